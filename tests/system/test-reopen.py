#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a second `index` does: nothing where nothing changed, and just what is needed elsewhere.
Two at once on one library get the same result as one."""
import json
import os
import shutil
import stat
import subprocess

import documents
import harness


class Place:
    def __init__(self, n=6):
        harness.need_models(harness.EMBEDDER)
        self.root = harness.scratch()
        self.notes = documents.make(self.root / "notes", n)
        self.library = self.root / "library"
        self.environment = harness.environment_with_embedder(self.root)

    def lectern(self, *arguments, library=None, **options):
        return harness.lectern(*arguments, library=library or self.library,
                               env=self.environment, **options)

    def json(self, *arguments, **options):
        return json.loads(self.lectern(*arguments, "--json", **options).stdout)

    def index(self, *paths):
        return self.json("index", *(paths or [self.notes]))

    def status(self):
        return self.json("status")

    def found(self, words):
        """Files and texts of the passages found, as one string."""
        result = self.lectern("search", words, "--json", expect=None)
        assert result.returncode in (0, 3), result.stderr
        return "".join(p["file"] + p["text"] for p in json.loads(result.stdout)["passages"])

    def sound(self):
        self.lectern("doctor", "--check")


def later(path):
    """A time of change that no clock step can hide."""
    os.utime(path, (path.stat().st_atime, path.stat().st_mtime + 10))


def test_the_second_time_does_nothing():
    place = Place()
    first, second = place.index(), place.index()
    assert (first["new"], first["ready"]) == (6, 6), first
    assert (second["new"], second["changed"], second["removed"]) == (0, 0, 0), second
    assert (second["passages"], second["embedded"], second["same"]) == (0, 0, 6), second


def test_a_changed_file_is_read_again():
    place = Place()
    place.index()
    documents.write(place.notes, 3, version=1)
    later(place.notes / "keeper-3.md")
    result = place.index()
    assert (result["changed"], result["new"], result["same"]) == (1, 0, 5), result
    assert str(documents.number(3, 1)) in place.found("number of keeper-3")
    assert str(documents.number(3, 0)) not in place.found(f"{documents.number(3, 0)}")
    assert place.status()["contents"] == 6
    place.sound()


def test_a_touched_file_costs_no_embedding():
    place = Place()
    place.index()
    later(place.notes / "keeper-3.md")
    result = place.index()
    assert (result["passages"], result["embedded"]) == (0, 0), result


def test_a_moved_file_costs_no_embedding():
    place = Place()
    place.index()
    (place.notes / "keeper-3.md").rename(place.notes / "moved.md")
    result = place.index()
    assert result["embedded"] == 0, result
    assert "moved.md" in place.found("number of keeper-3")
    assert place.status()["documents"]["ready"] == 6


def test_a_copy_costs_no_embedding():
    place = Place()
    before = place.index()
    shutil.copy(place.notes / "keeper-3.md", place.notes / "copy.md")
    result = place.index()
    status = place.status()
    assert result["embedded"] == 0, result
    assert (status["documents"]["ready"], status["passages"]) == (7, before["passages"]), status


def test_a_deleted_file_vanishes():
    place = Place()
    place.index()
    (place.notes / "keeper-3.md").unlink()
    result = place.index()
    assert result["removed"] == 1, result
    assert "keeper-3.md" not in place.found("number of keeper-3")
    assert str(documents.number(3)) not in place.found(f"{documents.number(3)}")
    assert place.status()["contents"] == 5
    place.sound()


def test_a_root_that_is_away_is_kept():
    place = Place()
    place.index()
    place.notes.rename(place.root / "away")
    place.lectern("index", expect=None)
    status = place.status()
    assert status["documents"]["offline"] == 6 and status["contents"] == 6, status
    (place.root / "away").rename(place.notes)
    result = place.index()
    assert place.status()["documents"]["ready"] == 6 and result["embedded"] == 0, result


def test_a_forgotten_file_does_not_come_back():
    place = Place()
    place.index()
    place.lectern("forget", place.notes / "keeper-3.md")
    assert "keeper-3.md" not in place.found("number of keeper-3")
    place.index()
    assert place.status()["documents"]["ready"] == 5
    assert "keeper-3.md" not in place.found("number of keeper-3")
    place.sound()


def test_the_library_is_the_owners_alone():
    place = Place(n=1)
    os.umask(0o022)
    place.index()
    assert stat.S_IMODE(place.library.stat().st_mode) == 0o700
    open_to_others = [str(p) for p in place.library.rglob("*")
                      if p.is_file() and p.stat().st_mode & 0o077]
    assert not open_to_others, open_to_others


def test_two_at_once():
    place = Place(n=24)
    command = [harness.binary(), "index", place.notes, "--library", place.library]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                             env=place.environment)
            for _ in range(2)]
    for program in both:
        out, err = program.communicate(timeout=300)
        assert program.returncode == 0, out + err
    place.lectern("index", place.notes, library=place.root / "alone")
    alone = place.json("status", library=place.root / "alone")
    status = place.status()
    for key in ("documents", "contents", "passages", "embedded", "jobs", "roots"):
        assert status[key] == alone[key], f"{key}: {status[key]}, alone {alone[key]}"
    place.sound()


harness.main(globals())
