# SPDX-License-Identifier: GPL-3.0-or-later
"""A person at the window: sees it through the accessibility bus (AT-SPI), acts by real key
presses and clicks (XTest, by way of xdotool), on the screen that with-display made.

    program = desk.Program("--library", folder)
    program.press("ctrl+l")
    program.write("How long is the notice period?")
    program.press("Return")
    program.wait_words("three months")
    program.click(program.find(starts="Source 1"))

Everything waits with a limit that is wide, because the machine is shared; what is not there when it
is over is an AssertionError that shows what was there instead.
"""
import os
import pathlib
import subprocess
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import harness  # noqa: E402

PATIENCE = 60
VISIBLE = Atspi.StateType.VISIBLE  # SHOWING is set on windows alone by GTK 4.8


def xdo(*arguments):
    subprocess.run(["xdotool", *map(str, arguments)], check=True, capture_output=True)


def wait(what, condition, patience=PATIENCE):
    """The first true value of the condition; a bus error is a "not yet"."""
    end = time.monotonic() + patience
    while True:
        try:
            value = condition()
        except GLib.Error:
            value = None
        if value:
            return value
        if time.monotonic() > end:
            shown = what() if callable(what) else what
            raise AssertionError(f"waited {patience} s for {shown}")
        time.sleep(0.05)


def only(*models):
    """A folder of models that holds just these: what a machine with only them would have."""
    harness.need_models(*models)
    folder = harness.scratch()
    for model in models:
        (folder / model.name).symlink_to(model)
    return {"LECTERN_MODELS": str(folder)}


class Program:
    def __init__(self, *arguments, env=None, fill=True):
        self.process = subprocess.Popen(
            [harness.binary(), *map(str, arguments)], env=dict(os.environ, **(env or {})))
        self.root = None
        self.root = wait("the program on the accessibility bus", self._application)
        wait("its window", lambda: self.find_now(role="frame"))
        if not fill:
            return
        # It fills the screen: a widget's place in the window is its place on the screen.
        wait("the window manager", lambda: subprocess.run(
            ["wmctrl", "-r", ":ACTIVE:", "-b", "add,maximized_vert,maximized_horz"],
            check=False, capture_output=True).returncode == 0)

    def _application(self):
        assert self.process.poll() is None, f"the program ended: {self.process.returncode}"
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(i)
            if child and child.get_process_id() == self.process.pid and child.get_child_count():
                return child
        return None

    # --- seeing ---

    def walk(self, node=None):
        """Everything that is shown, from the top. What has no place on the screen is not; a page
        that was shown and lies behind another still has one, and is met too."""
        stack = [node or self.root]
        while stack:
            node = stack.pop()
            try:
                if node is not self.root:
                    if not node.get_state_set().contains(VISIBLE):
                        continue
                    if not self._has_place(node):
                        continue
                yield node
                children = [node.get_child_at_index(i) for i in range(node.get_child_count())]
            except GLib.Error:
                continue  # it went while we looked
            stack += [c for c in reversed(children) if c]

    @staticmethod
    def _has_place(node):
        try:
            box = Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW)
        except GLib.Error:
            return True  # a page of a stack has none of its own; what is on it does
        return box.width > 0 and box.height > 0

    def find_all(self, role=None, name=None, starts=None, within=None):
        for node in self.walk(within):
            try:
                if role and node.get_role_name() != role:
                    continue
                label = node.get_name() or ""
            except GLib.Error:
                continue
            if name is not None and label != name:
                continue
            if starts is not None and not label.startswith(starts):
                continue
            yield node

    def find_now(self, **what):
        return next(self.find_all(**what), None)

    def find(self, patience=PATIENCE, **what):
        return wait(lambda: f"{what}; there is:\n{self.outline()}", lambda: self.find_now(**what),
                    patience)

    def gone(self, **what):
        wait(lambda: f"the end of {what}", lambda: not self.find_now(**what))

    def outline(self):
        lines = []
        for node in self.walk():
            try:
                text = self.text(node)
                lines.append(f"  {node.get_role_name()} {node.get_name()!r} {text[:80]!r}")
            except GLib.Error:
                pass
        return "\n".join(lines)

    @staticmethod
    def text(node):
        try:
            interface = node.get_text_iface()
            return Atspi.Text.get_text(interface, 0, -1) if interface else ""
        except GLib.Error:
            return ""

    def words(self):
        """All that can be read in the window: names and texts."""
        parts = []
        for node in self.walk():
            try:
                parts += [node.get_name() or "", self.text(node)]
            except GLib.Error:
                pass
        return "\n".join(p for p in parts if p)

    def wait_words(self, words, patience=PATIENCE):
        wait(lambda: f"{words!r} in:\n{self.outline()}", lambda: words in self.words(), patience)

    # --- acting ---

    def place(self, node):
        """The middle of a widget on the screen, which the window fills but for its border."""
        frame = self.find_now(role="frame")
        whole = Atspi.Component.get_extents(frame, Atspi.CoordType.WINDOW)
        box = Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW)
        width, height = map(int, subprocess.run(
            ["xdotool", "getdisplaygeometry"], check=True, capture_output=True).stdout.split())
        return (box.x + box.width // 2 + (width - whole.width) // 2,
                box.y + box.height // 2 + (height - whole.height) // 2)

    def click(self, node, button=1):
        x, y = self.place(node)
        xdo("mousemove", x, y)
        time.sleep(0.1)
        xdo("click", button)

    @staticmethod
    def press(*keys):
        for key in keys:
            xdo("key", "--clearmodifiers", key)
            time.sleep(0.05)

    @staticmethod
    def write(text):
        xdo("type", "--delay", "8", text)

    @staticmethod
    def screenshot(path):
        subprocess.run(["import", "-window", "root", str(path)], check=True)

    # --- leaving ---

    def close(self, patience=PATIENCE):
        """Ctrl+Q, as a person would; the exit code."""
        self.press("ctrl+q")
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError("the program did not end") from None

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
