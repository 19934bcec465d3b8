#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 at random moments of indexing; then the library must equal an undisturbed one.

Before each run some documents are changed, added or removed, so that there is work to be killed in.
20 kills; 120 with LECTERN_FULL=1.
"""
import json
import os
import random
import shutil
import signal
import subprocess
import time

import documents
import harness

SEED = int(os.environ.get("LECTERN_SEED", "20251122"))
N_DOCUMENTS = 24
COUNTS = ("contents", "passages", "embedded", "roots")


def lectern(*arguments, library, **options):
    environment = harness.environment_with_embedder(library.parent)
    return harness.lectern(*arguments, library=library, env=environment, **options)


def counts(library):
    status = json.loads(lectern("status", "--json", library=library).stdout)
    return {**{key: status[key] for key in COUNTS}, "documents": status["documents"]}


def assert_sound(library, when):
    """doctor finds nothing to repair."""
    result = lectern("doctor", "--check", library=library, expect=None)
    assert result.returncode == 0, f"{when}: {result.stdout}{result.stderr}"


def shuffle_documents(folder, rng, turn):
    for seed in rng.sample(range(N_DOCUMENTS), 6):
        documents.write(folder, seed, turn)
    documents.write(folder, N_DOCUMENTS + turn, turn)
    if turn > 2:
        (folder / f"keeper-{N_DOCUMENTS + turn - 2}.md").unlink(missing_ok=True)


def leftovers(library):
    return [p for p in library.rglob("*") if p.name.endswith((".new", ".tmp", ".part"))]


def test_kill_at_random_moments():
    harness.need_models(harness.EMBEDDER)
    rng = random.Random(SEED)
    n_kills = 120 if harness.FULL else 20
    folder = harness.scratch()
    notes = documents.make(folder / "notes", N_DOCUMENTS)
    library = folder / "library"
    environment = harness.environment_with_embedder(folder)
    begin = time.monotonic()
    lectern("index", notes, library=folder / "measured")
    whole = time.monotonic() - begin
    killed = 0
    for turn in range(1, 10 * n_kills):
        if killed == n_kills:
            break
        shuffle_documents(notes, rng, turn)
        program = subprocess.Popen([harness.binary(), "index", notes, "--library", library],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env=environment)
        try:
            program.wait(timeout=rng.uniform(0, whole if killed < 3 else whole / 2))
        except subprocess.TimeoutExpired:
            program.send_signal(signal.SIGKILL)
            program.wait()
            killed += 1
        if library.exists() and turn % 5 == 0:
            assert_sound_enough(library, turn)
    assert killed == n_kills, f"only {killed} of the runs could be killed"

    lectern("index", notes, library=library)
    lectern("index", notes, library=folder / "undisturbed")
    assert counts(library) == counts(folder / "undisturbed"), \
        f"{counts(library)}\nundisturbed: {counts(folder / 'undisturbed')}"
    assert_sound(library, "at the end")
    assert not leftovers(library), leftovers(library)
    for path in sorted(notes.iterdir())[:4]:
        found = lectern("search", f"number of {path.stem}", "--json", library=library).stdout
        hits = json.loads(found)["passages"]
        assert hits[0]["file"] == str(path), hits[:2]
        assert len([h for h in hits if h["text"] == hits[0]["text"]]) == 1, "a passage is doubled"


def assert_sound_enough(library, turn):
    """Between kills: work may be left to do, but a copy of the library opens and is repaired
    without a loss."""
    copy = harness.scratch() / "library"
    shutil.copytree(library, copy)
    lectern("doctor", library=copy)
    assert_sound(copy, f"after run {turn}, repaired")


harness.main(globals())
