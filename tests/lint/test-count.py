#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""scripts/count-tests over made-up logs: what fails, breaks off or is skipped is not counted as
passed."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import harness  # pylint: disable=wrong-import-position


def count(*entries, expect):
    folder = harness.scratch() / "build"
    (folder / "meson-logs").mkdir(parents=True)
    log = folder / "meson-logs" / "testlog.json"
    log.write_text("".join(json.dumps({"name": "t", "stdout": "", **e}) + "\n" for e in entries))
    return harness.run(harness.TREE / "scripts" / "count-tests", folder,
                       expect=expect).stdout.splitlines()


def tap(text, result="OK"):
    return {"stdout": text, "result": result}


def test_subtests_are_counted():
    lines = count(tap("TAP version 13\n1..3\nok 1 - a\nok 2 /b # SKIP no device\nok 3 c\n"),
                  {"result": "OK"}, expect=0)
    assert lines[-1] == "3 passed, 0 failed, 1 skipped", lines
    assert any("/b: no device" in line for line in lines), lines


def test_subtests_of_subtests_are_not():
    lines = count(tap("1..1\n# Subtest: a\n    ok 1 x\n    ok 2 y\n    1..2\nok 1 a\n"), expect=0)
    assert lines[-1] == "1 passed, 0 failed, 0 skipped", lines


def test_a_failure_is_named():
    lines = count(tap("1..2\nok 1 a\nnot ok 2 - the bad one\n", "FAIL"), expect=1)
    assert lines[-1] == "1 passed, 1 failed, 0 skipped", lines
    assert "FAILED: build/t: the bad one" in lines, lines


def test_a_program_that_breaks_off_fails():
    assert count(tap("1..3\nok 1 a\n", "ERROR"), expect=1)[-1] == "1 passed, 1 failed, 0 skipped"
    assert count(tap("ok 1 a\n", "TIMEOUT"), expect=1)[-1] == "1 passed, 1 failed, 0 skipped"
    assert count({"result": "FAIL"}, expect=1)[-1] == "0 passed, 1 failed, 0 skipped"
    # all said ok, and then it crashed
    assert count(tap("1..1\nok 1 a\n", "FAIL"), expect=1)[-1] == "1 passed, 1 failed, 0 skipped"


def test_a_skipped_program_has_a_reason():
    lines = count({"result": "SKIP", "stdout": "no such device\n"}, {"result": "OK"}, expect=0)
    assert lines == ["skipped: build/t: no such device", "1 passed, 0 failed, 1 skipped"], lines
    lines = count(tap("1..0 # SKIP no model\n", "SKIP"), {"result": "OK"}, expect=0)
    assert lines[-1] == "1 passed, 0 failed, 1 skipped", lines


def test_nothing_is_no_success():
    assert count(expect=1)[-1] == "0 passed, 0 failed, 0 skipped"
    missing = harness.run(harness.TREE / "scripts" / "count-tests", harness.scratch() / "none",
                          expect=1).stdout.splitlines()
    assert missing[-1] == "0 passed, 1 failed, 0 skipped", missing


harness.main(globals())
