# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person does first, from an empty library to a cited answer, with keys, clicks and a drop
from another program; everything that is checked is read out of the widgets (AT-SPI)."""
import os
import pathlib
import re
import shutil
import subprocess
import time

import desk
import harness

QUESTION = "How long is the notice period of the tenants?"


def documents():
    folder = harness.scratch() / "papers"
    shutil.copytree(harness.TREE / "data" / "samples", folder)
    return folder


def drop(*paths):
    """A file manager's drop in the middle of the window."""
    result = subprocess.run(
        [os.environ["DROP_FILES"], "640", "450", *(pathlib.Path(p).as_uri() for p in paths)],
        capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, f"the drop was not taken: {result.returncode} {result.stderr}"


def ask(program, question):
    program.press("ctrl+l")
    program.write(question)
    program.press("Return")


def ready(library):
    return harness.lectern_json("status", library=library)["documents"]["ready"]


def test_from_a_drop_to_a_cited_answer():
    """Drop, wait, ask, read the answer and its page, open the page, stop another, come back."""
    models = desk.only(harness.CHAT, harness.EMBEDDER)
    folder, library = documents(), harness.scratch() / "library"

    with desk.Program("--library", library, env=models) as program:
        program.wait_words("Add a Folder…")
        program.wait_words("Nothing leaves this computer.")
        drop(folder)
        program.find(role="text", name="Ask about your documents…")
        desk.wait(lambda: "five ready documents; there is:\n" + program.outline(),
                  lambda: ready(library) == 5, 120)

        begin = time.monotonic()
        ask(program, QUESTION)
        program.wait_words("three months")  # a passage, before a word is written
        print(f"# evidence could be read {time.monotonic() - begin:.2f} s after the last key")
        chip = program.find(starts="Source 1", patience=180)
        label = chip.get_name()
        match = re.search(r"lease\.pdf, page (\d+)", label)
        assert match, label
        program.wait_words("lease.pdf")

        program.click(chip)
        program.wait_words(f"Page {match.group(1)} of ")
        program.press("Escape")

        ask(program, "List what the manual of the heating boiler says about service, holidays, "
            "radiators, pressure and faults, in a long list with many words.")
        stop = program.find(name="Stop", patience=60)
        program.click(stop)
        program.wait_words("You stopped this answer.")
        assert program.close() == 0

    with desk.Program("--library", library, env=models) as program:
        row = program.find(role="list item", starts=QUESTION[:20])
        program.click(row)
        again = program.find(starts="Source 1")
        assert again.get_name() == label, (again.get_name(), label)
        program.wait_words("You stopped this answer.")
        assert program.close() == 0


harness.main(globals())
