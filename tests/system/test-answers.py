#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""index, search and ask over data/samples: the right document and page, the shape of --json, and
the exit codes."""
import json

import harness

SAMPLES = harness.TREE / "data" / "samples"
VERBS = ("index status forget search ask generate tokenize logits embed models devices "
         "doctor").split()
# question → where its answer stands, and what of it must be in the passage found
FACTS = [
    ("How long is the notice period of the tenants?", "lease.pdf", 4, "three months"),
    ("How high is the deposit?", "lease.pdf", 2, "2,820"),
    ("May the tenants keep a dog?", "lease.pdf", 3, "consent"),
    ("What does E-17 mean?", "heating.md", None, "flue"),
    ("At what pressure does the boiler stop?", "heating.md", None, "0.8 bar"),
    ("Torque of the pedals", "bicycle.html", None, "35 N m"),
    ("When will the water meter be changed?", "water-letter.txt", None, "5 March 2024"),
    ("When does the ferry Guillemot leave on Fridays?", "trip.md", None, "17:40"),
]
_shared = {}


def library():
    """The samples, indexed once for all tests of this file."""
    if "library" not in _shared:
        harness.need_models(harness.EMBEDDER, harness.SMALL_CHAT)
        _shared["library"] = harness.keep() / "library"
        _shared["counts"] = harness.lectern_json("index", SAMPLES, library=_shared["library"])
    return _shared["library"]


def ask(*arguments, **options):
    return harness.lectern("ask", *arguments, "--model", harness.SMALL_CHAT, library=library(),
                           **options)


def test_every_sample_becomes_ready():
    library()
    counts = _shared["counts"]
    n = len(list(SAMPLES.iterdir()))
    assert (counts["ready"], counts["failed"], counts["skipped"]) == (n, 0, 0), counts
    assert counts["embedded"] == counts["passages"] > 0, counts


def test_search_finds_the_page():
    for question, file, page, text in FACTS:
        passages = harness.lectern_json("search", question, library=library())["passages"]
        where = [(p["file"].rsplit("/", 1)[-1], p["page"]) for p in passages]
        assert where[0] == (file, page), f"{question}: {where[:3]}"
        assert text in passages[0]["text"], f"{question}: {passages[0]['text']}"


def test_ask_cites_the_page():
    question, file, page, text = FACTS[0]
    answer = json.loads(ask(question, "--json").stdout)
    for key in ("question", "answer", "citations", "passages", "supported", "unsupported_values",
                "dropped", "query_used", "model", "prompt_tokens", "generated_tokens",
                "stop_reason", "seconds", "timings"):
        assert key in answer, f"--json has no {key}"
    assert answer["supported"], answer["answer"]
    first = answer["citations"][0]
    assert (first["file"].rsplit("/", 1)[-1], first["page"]) == (file, page), answer["citations"]
    assert text in first["quote"], first
    assert any(p["in_prompt"] for p in answer["passages"])


def test_ask_prints_sources_for_a_person():
    out = ask(FACTS[0][0]).stdout
    assert "lease.pdf" in out and "page 4" in out, out


def test_ask_says_when_the_documents_do_not():
    result = ask("Who won the world championship of chess in 1972?", "--json")
    answer = json.loads(result.stdout)
    assert answer["supported"] is False, answer["answer"]


def test_ask_batch_keeps_ids():
    folder = harness.scratch()
    batch = folder / "questions.jsonl"
    questions = [{"id": f"q{i}", "question": fact[0], "extra": [1]}
                 for i, fact in enumerate(FACTS[:3])]
    batch.write_text("".join(json.dumps(q) + "\n" for q in questions))
    lines = [json.loads(line) for line in ask("--batch", batch).stdout.splitlines()]
    assert [line["id"] for line in lines] == ["q0", "q1", "q2"]
    assert all("seconds" in line and "passages" in line for line in lines)


def test_an_empty_library_is_said():
    harness.need_models(harness.EMBEDDER, harness.SMALL_CHAT)
    empty = harness.scratch() / "library"
    result = harness.lectern("ask", "Anything?", "--model", harness.SMALL_CHAT, library=empty,
                             expect=3)
    assert result.stderr.strip(), "no sentence"
    harness.lectern("search", "anything", library=empty, expect=3)


def test_wrong_usage_is_2():
    harness.lectern("no-such-verb", expect=2)
    harness.lectern("index", "--no-such-option", expect=2)
    harness.lectern("search", expect=2)
    harness.lectern("ask", expect=2)


def test_every_verb_has_help():
    for verb in VERBS:
        assert verb in harness.lectern(verb, "--help").stdout, verb
    assert all(verb in harness.lectern("--help").stdout for verb in VERBS)
    assert harness.lectern("--version").stdout.strip()


harness.main(globals())
