# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole-program tests: each `test_…` function of a script is one TAP line.

    import harness
    def test_index_twice(): "the second run does nothing" …  (assert, or raise harness.Skip)
    harness.main(globals())

The binary comes as LECTERN_BINARY; each test has a scratch folder of its own (harness.scratch()),
and a program that hangs is ended by run()'s time limit. The machine is shared: limits are wide.
"""
import atexit
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import traceback

TREE = pathlib.Path(__file__).resolve().parents[2]
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))
# The first folder of $LECTERN_MODELS, as the program has it: tests of the window have another home.
MODELS = pathlib.Path(os.environ.get("LECTERN_MODELS", "").split(":")[0]
                      or CACHE / "lectern" / "models")
SMALL_CHAT = MODELS / "smollm2-135m-instruct-q4_1.gguf"
CHAT = MODELS / "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"
EMBEDDER = MODELS / "all-minilm-l6-v2.gguf"
FULL = os.environ.get("LECTERN_FULL") == "1"  # ./check --full: the long forms

_scratch_folders = []


class Skip(Exception):
    """The reason why this machine cannot run the test."""


def scratch():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lectern-test-"))
    _scratch_folders.append(folder)
    return folder


def keep():
    """A scratch folder for all tests of the script."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lectern-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def binary():
    path = os.environ.get("LECTERN_BINARY")
    if not path:
        raise Skip("LECTERN_BINARY does not name the program")
    assert os.access(path, os.X_OK), f"{path} is not built"
    return path


def need_models(*paths):
    for path in paths:
        if not path.exists():
            raise Skip(f"{path.name} is missing: scripts/fetch-models --for-tests, then ./check")


def environment_with_embedder(folder):
    """An environment in which the embedder is the only model: doctor need not check the others."""
    models = folder / "cache" / "lectern" / "models"
    models.mkdir(parents=True, exist_ok=True)
    if not (models / EMBEDDER.name).exists():
        shutil.copy(EMBEDDER, models)
    return dict(os.environ, XDG_CACHE_HOME=str(folder / "cache"),
                XDG_DATA_HOME=str(folder / "data"))


def run(*arguments, expect=0, limit=300, **options):
    """Runs a program to its end; fails the test unless the exit code is `expect` (None: any)."""
    result = subprocess.run([str(a) for a in arguments], capture_output=True, text=True,
                            errors="replace", timeout=limit, check=False, **options)
    if expect is not None and result.returncode != expect:
        raise AssertionError(f"{' '.join(str(a) for a in arguments)[:300]}\nexit code "
                             f"{result.returncode}, expected {expect}\nstdout: "
                             f"{result.stdout[-1500:]}\nstderr: {result.stderr[-1500:]}")
    return result


def lectern(*arguments, library=None, **options):
    command = [binary(), *arguments]
    if library is not None:
        command += ["--library", library]
    return run(*command, **options)


def lectern_json(*arguments, **options):
    """The one JSON object that a verb prints with --json."""
    return json.loads(lectern(*arguments, "--json", **options).stdout)


def main(names):
    tests = [(name, value) for name, value in names.items()
             if name.startswith("test_") and callable(value)]
    wanted = sys.argv[1:]
    if wanted:
        tests = [(name, value) for name, value in tests if name in wanted]
    print("TAP version 13")
    print(f"1..{len(tests)}", flush=True)
    failed = 0
    for number, (name, test) in enumerate(tests, 1):
        title = f"{number} - {name[5:].replace('_', ' ')}"
        try:
            test()
            print("ok", title, flush=True)
        except Skip as reason:
            print("ok", title, "# SKIP", reason, flush=True)
        except Exception as error:
            failed += 1
            print("not ok", title, flush=True)
            what = str(error) if isinstance(error, AssertionError) else ""
            for line in (what or traceback.format_exc()).splitlines():
                print("#", line, flush=True)
        finally:
            while _scratch_folders:
                shutil.rmtree(_scratch_folders.pop(), ignore_errors=True)
    sys.exit(1 if failed else 0)
