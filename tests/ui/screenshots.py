# SPDX-License-Identifier: GPL-3.0-or-later
"""screenshots.py OUT SUFFIX: pictures of each main state, OUT/STATE-SUFFIX.png, on the screen that
it is run on (scripts/screenshots chooses size and looks). The documents are data/samples/, the
answers are the starter model's own: nothing is set up by hand."""
import os
import pathlib
import shutil
import subprocess
import sys
import time

import desk
import harness

OUT, SUFFIX = pathlib.Path(sys.argv[1]), sys.argv[2]
ANSWERED = "How long is the notice period of the tenants?"
UNANSWERED = "Who won the chess championship of 1921?"
NARROW = SUFFIX.startswith("narrow")


def take(name, settle=0.8):
    """After transitions and blinking have had their time."""
    time.sleep(settle)
    target = OUT / f"{name}-{SUFFIX}.png"
    desk.Program.screenshot(target)
    # few colours: a fifth of the size, and no difference to the eye
    subprocess.run(["mogrify", "-strip", "-colors", "255", str(target)], check=True)
    print(target.name, flush=True)


def samples():
    folder = harness.keep() / "Flat"
    shutil.copytree(harness.TREE / "data" / "samples", folder)
    return folder


def ask(program, question):
    program.press("ctrl+l")
    program.write(question)
    program.press("Return")


def first_start(library, models, folder):
    with desk.Program("--library", library, env=models) as program:
        program.wait_words("Add a Folder…")
        take("first-start")
        program.press("ctrl+question")
        take("shortcuts")
        program.press("Escape")
        hover = subprocess.Popen([os.environ["DROP_FILES"], "--hold", "3", "180", "400",
                                  folder.as_uri()])
        take("drop", 1.5)
        assert hover.wait() == 0
        program.find(role="text", name="Ask about your documents…")
        desk.wait("the documents", lambda: harness.lectern_json(
            "status", library=library)["documents"]["ready"] == 5, 120)
        take("new-conversation")
        program.close()


def without_a_model(library, models):
    with desk.Program("--library", library, env=models) as program:
        program.find(role="text", name="Ask about your documents…")
        ask(program, ANSWERED)
        program.wait_words("three months")
        take("no-model", 2)
        program.close()


def conversation(library, models):
    with desk.Program("--library", library, env=models) as program:
        program.find(role="text", name="Ask about your documents…")
        ask(program, ANSWERED)
        program.wait_words("three months")
        take("evidence", 0.1)
        chip = program.find(starts="Source 1", patience=180)
        take("answer")
        program.click(chip)
        program.wait_words("Page 4 of ")
        take("page", 2)
        program.press("Escape")
        ask(program, UNANSWERED)
        program.wait_words("do not seem to say")
        take("not-found")
        program.press("ctrl+comma")
        take("preferences")
        program.press("Escape")
        if NARROW:
            program.press("F9")
            take("sidebar")
        program.click(program.find(role="list item", starts="All Documents"))
        program.wait_words("lease.pdf")
        take("library")
        program.close()


def main():
    harness.need_models(harness.EMBEDDER, harness.CHAT)
    OUT.mkdir(parents=True, exist_ok=True)
    library, folder = harness.keep() / "library", samples()
    chat = desk.only(harness.EMBEDDER, harness.CHAT)
    first_start(library, chat, folder)
    without_a_model(library, desk.only(harness.EMBEDDER))
    conversation(library, chat)


main()
