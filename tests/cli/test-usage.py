#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be said wrong on the command line is said back in a sentence, with exit code 2, and
what is not there with 3. No test here needs a model."""
import json
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import harness

VERBS = ("index status forget search ask generate tokenize logits embed models devices "
         "doctor").split()


def bare(*arguments, **options):
    """The program on a machine without models and without a library."""
    home = harness.scratch()
    environment = dict(os.environ, XDG_DATA_HOME=str(home / "data"), LC_ALL="C",
                       XDG_CACHE_HOME=str(home / "cache"), LECTERN_MODELS="")
    environment.pop("DISPLAY", None)
    environment.pop("WAYLAND_DISPLAY", None)
    return harness.run(harness.binary(), *arguments, env=environment, **options)


def refused(*arguments, words=(), expect=2, **options):
    result = bare(*arguments, expect=expect, **options)
    assert result.stdout == "", result.stdout
    lines = result.stderr.strip().splitlines()
    assert 1 <= len(lines) <= 2 and lines[0].startswith("lectern: "), result.stderr
    assert lines[0].endswith("."), result.stderr
    for word in words:
        assert word in lines[0], f"{word!r} is not in: {lines[0]}"
    if expect == 2:
        assert "--help" in result.stderr, result.stderr
    return result


def test_help_names_every_verb():
    out = bare("--help").stdout
    assert all(verb in out for verb in VERBS)


def test_without_a_display_no_window():
    for arguments in ((), ("open",), ("--library", "/nowhere/at/all")):
        result = bare(*arguments, expect=1)
        assert "display" in result.stderr and "--help" in result.stderr, result.stderr


def test_version():
    assert re.fullmatch(r"lectern \d+\.\d+\.\d+( \w+)?\n", bare("--version").stdout)


def test_help_of_every_verb():
    for verb in VERBS:
        out = bare(verb, "--help").stdout
        assert f"lectern {verb}" in out and "--json" in out and "--library" in out, out


def test_verbs_that_are_none():
    for verb in ("no-such-verb", "", "Ask", "speak", "eval", "replay", "read-document"):
        refused(verb, words=["nknown verb"])


def test_unknown_options():
    refused("--no-such-option", words=["--no-such-option"])
    for verb in VERBS:
        refused(verb, "--no-such-option", words=["--no-such-option"])


def test_what_is_missing():
    refused("search", words=["empty"])
    refused("search", "  ", words=["empty"])
    refused("forget", words=["missing"])
    refused("generate", words=["-p"])
    refused("logits", words=["-p"])
    refused("models")
    refused("models", "info")
    refused("models", "import")


def test_what_is_too_much():
    refused("status", "now", words=["too many"])
    refused("ask", "why?", "--batch", "x.jsonl", words=["not both"])
    refused("search", "why?", "--batch", "x.jsonl", words=["not both"])
    refused("models", "list", "a", "b")


def test_values_that_cannot_be():
    refused("search", "x", "-k", "0", words=["-k"])
    refused("search", "x", "-k", "many")
    refused("generate", "-p", "x", "-n", "-1", words=["-n"])
    refused("generate", "-p", "x", "--temp", "-1", words=["--temp"])
    refused("generate", "-p", "x", "--temp", "nan", words=["--temp"])
    refused("generate", "-p", "x", "--top-p", "1.5", words=["--top-p"])
    refused("logits", "-p", "x", "-k", "0", words=["-k"])
    refused("ask", "x", "-n", "-1", words=["-n"])
    refused("status", "--threads", "-1", words=["--threads"])
    refused("status", "--device", "abacus", words=["abacus"])
    refused("index", ".", "--timeout", "-1", words=["--timeout"])
    refused("doctor", "everything")
    refused("models", "import", ".", "--type", "q2", words=["q2"])
    refused("models", "import", ".", "--pooling", "max", words=["max"])


def test_common_options_before_the_verb():
    home = harness.scratch()
    bare("--library", home / "none", "status", expect=3)
    bare("--threads", "-3", "status", expect=2)


def test_empty_questions():
    for question in ("", " \n\t "):
        refused("ask", question, words=["question"])
    refused("ask", words=["question"])
    refused("ask", "-", words=["question"], input="\n \n")


def test_no_library_is_nothing_there():
    for verb in (["ask", "why?"], ["search", "why"], ["status"], ["forget", "x"], ["index"]):
        refused(*verb, words=["lectern index"], expect=3)
    empty = harness.scratch()
    refused("search", "why", "--library", empty, words=["lectern index"], expect=3)


def test_no_models_is_said():
    refused("generate", "-p", "x", words=["./run"], expect=1)
    refused("tokenize", words=["./run"], expect=1, input="x")
    refused("embed", words=["./run"], expect=1, input="x")
    refused("generate", "-p", "x", "--model", "zebra", words=["zebra"], expect=1)
    refused("models", "info", "zebra", words=["zebra"], expect=1)


def test_models_that_are_not_here_are_listed():
    models = json.loads(bare("models", "list", "--json").stdout)["models"]
    assert {m["role"] for m in models} == {"chat", "chat-small", "embedder"}, models
    assert not any(m["installed"] for m in models)
    assert "./run" in bare("models", "list").stdout


def test_doctor_without_anything_is_well():
    result = json.loads(bare("doctor", "library", "models", "--json").stdout)
    assert result["ok"] and not result["library"]["exists"] and result["models"] == [], result


def test_import_refuses_what_is_no_encoder():
    folder = harness.scratch()
    refused("models", "import", folder, words=["config.json"], expect=1)
    (folder / "config.json").write_text('{"model_type": "llama"}')
    refused("models", "import", folder, words=["llama", "bert"], expect=1)
    refused("models", "import", folder / "none.gguf", words=["none.gguf"], expect=1)
    junk = folder / "junk.gguf"
    junk.write_bytes(b"GGUF" + b"\xff" * 100)
    refused("models", "import", junk, words=["junk"], expect=1)
    os.mkfifo(folder / "pipe.gguf")
    refused("models", "import", folder / "pipe.gguf", words=["pipe.gguf"], expect=1, limit=20)
    assert not list(folder.rglob("*.new"))


def test_output_that_nobody_takes():
    with open("/dev/full", "w") as full:
        result = subprocess.run([harness.binary(), "--help"], stdout=full, stderr=subprocess.PIPE,
                                text=True, check=False)
    assert result.returncode == 1 and "space" in result.stderr, result
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run([harness.binary(), "--help"], stdout=writer, stderr=subprocess.PIPE,
                            text=True, check=False)
    os.close(writer)
    assert result.returncode == 1 and result.stderr == "", result


harness.main(globals())
