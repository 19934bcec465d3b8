#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the desktop is told of the program: data/ against its formats, and against the program."""
import pathlib
import re
import shutil
import sys
import xml.etree.ElementTree as xml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import harness  # pylint: disable=wrong-import-position

ID = "org.lectern.Lectern"
DATA = harness.TREE / "data"


def checked(program, *arguments):
    if not shutil.which(program):
        raise harness.Skip(f"{program} is missing: ./check installs it")
    harness.run(program, *arguments)


def test_the_desktop_file_is_valid():
    """As installed: without the lines for translators."""
    target = harness.scratch() / f"{ID}.desktop"
    target.write_text((DATA / f"{ID}.desktop.in").read_text())
    checked("desktop-file-validate", target)


def test_the_metainfo_is_valid():
    target = harness.scratch() / f"{ID}.metainfo.xml"
    target.write_text((DATA / f"{ID}.metainfo.xml.in").read_text())
    checked("appstreamcli", "validate", "--no-net", target)


def test_the_schema_has_the_keys_of_the_program():
    keys = {k.get("name") for k in xml.parse(DATA / f"{ID}.gschema.xml").iter("key")}
    named = set(re.findall(r'#define LEC_SETTINGS_\w+\s+"([a-z-]+)"',
                           (harness.TREE / "app" / "settings.h").read_text()))
    assert keys == named, keys ^ named


def test_a_damaged_value_has_a_range_to_fall_out_of():
    for key in xml.parse(DATA / f"{ID}.gschema.xml").iter("key"):
        if key.get("type") in "ix":
            assert key.find("range") is not None, key.get("name")


def test_the_shortcuts_window_knows_the_actions():
    """Each action that it names is one of the program's; each with a key is in it."""
    code = (harness.TREE / "ui" / "actions.c").read_text()
    overlay = (harness.TREE / "ui" / "help-overlay.ui").read_text()
    shown = set(re.findall(r'action-name">([^<]+)<', overlay))
    with_key = set(re.findall(r'\{"((?:win|app)\.[a-z-]+)", \{"<', code))
    assert with_key <= shown | {"app.quit"}, with_key - shown
    for action in shown:
        name = action.split(".")[1]
        assert f'"{name}"' in code or f'"{action}"' in code, action


if __name__ == "__main__":
    harness.main(globals())
