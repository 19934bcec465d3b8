#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a file, a model, a library or a question is said in a sentence that names it,
with the right exit code, and costs nothing else."""
import json
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import threading

import documents
import encrypted_pdf
import harness

LEASE = harness.TREE / "data" / "samples" / "lease.pdf"
SENTENCE_END = (".", "!", ".)", "”")


def one_sentence(text, *names):
    """A clear sentence that names what it is about; no stack of messages, no bare code."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    assert lines, "nothing was said"
    assert any(all(str(name) in line for name in names) for line in lines), \
        f"{names} not named in: {text}"
    assert len(lines) <= 3, text
    assert "CRITICAL" not in text and "WARNING" not in text, text


class Place:
    """A folder with one good document, a library, and no embedder unless asked for: what is tested
    here is reading."""

    def __init__(self):
        self.root = harness.scratch()
        self.notes = self.root / "notes"
        self.notes.mkdir()
        (self.notes / "good.md").write_text(documents.text(1))
        self.library = self.root / "library"
        self.environment = dict(os.environ, XDG_CACHE_HOME=str(self.root / "no-models"),
                                XDG_DATA_HOME=str(self.root / "no-models"))

    def index(self, *arguments, expect=0, before=(), limit=300):
        command = [*before, harness.binary(), "index", *(arguments or [self.notes]), "--json",
                   "--library", self.library]
        return harness.run(*command, expect=expect, env=self.environment, limit=limit)

    def problems(self, result):
        """file name → (state, reason); the good document must be ready."""
        counts = json.loads(result.stdout)
        assert counts["ready"] >= 1, counts
        found = harness.run(harness.binary(), "search", "number of keeper-1", "--json", "--library",
                            self.library, env=self.environment)
        assert json.loads(found.stdout)["passages"][0]["file"].endswith("good.md")
        return {pathlib.Path(p["file"]).name: (p["state"], p["reason"])
                for p in counts["problems"]}


def assert_problem(name, contents=None, make=None, before=(), words=()):
    """The file is named with a reason beside the good one, and alone it means exit code 1."""
    place = Place()
    path = place.notes / name
    if make:
        make(path)
    else:
        path.write_bytes(contents)
    problems = place.problems(place.index(before=before))
    assert name in problems, f"{name} is not among {problems}"
    state, reason = problems[name]
    assert state in ("failed", "skipped") and len(reason) > 10, problems
    assert reason.endswith(SENTENCE_END), reason
    for word in words:
        assert word in reason.lower(), f"{word!r} is not in: {reason}"
    place.index(path, before=before, expect=1)


def test_empty_file():
    assert_problem("empty.txt", b"", words=["empty"])


def test_binary_junk_named_txt():
    junk = random.Random(1).randbytes(20000)
    assert_problem("junk.txt", junk)


def test_truncated_pdf():
    assert_problem("cut.pdf", LEASE.read_bytes()[:900])


def test_pdf_that_is_none():
    assert_problem("letter.pdf", b"%PDF-1.7\nDear all, this is not a PDF.\n" * 20)


def test_text_that_calls_itself_pdf():
    place = Place()
    (place.notes / "letter.pdf").write_text("Dear all,\nthis is not a PDF.\n" * 20)
    counts = json.loads(place.index().stdout)  # read as what it is, or refused with a reason
    assert counts["ready"] + len(counts["problems"]) == 2, counts


def test_encrypted_pdf():
    assert_problem("secret.pdf", encrypted_pdf.make(),
                   words=["password"])


def without_privilege():
    """A command prefix under which file permissions count: root may read everything, unless it
    gives that up."""
    if os.geteuid() != 0:
        return []
    before = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    if not shutil.which("setpriv") or subprocess.run(
            [*before, "true"], capture_output=True, check=False).returncode:
        raise harness.Skip("root's permissions cannot be laid down here")
    return before


def test_folder_without_permission():
    before = without_privilege()
    place = Place()
    locked = place.root / "locked"
    locked.mkdir()
    locked.chmod(0)
    try:
        result = place.index(locked, before=before, expect=1)
    finally:
        locked.chmod(0o700)
    problems = json.loads(result.stdout)["problems"]
    assert [p["file"] for p in problems] == [str(locked)], problems
    assert "permissions" in problems[0]["reason"], problems


def test_file_without_permission():
    before = without_privilege()

    def make(path):
        path.write_text("private")
        path.chmod(0)

    assert_problem("private.txt", make=make, before=before, words=["permi"])


def test_dangling_symlink():
    assert_problem("dangling.txt", make=lambda path: path.symlink_to("nowhere.txt"))


def test_symlink_loop():
    assert_problem("loop.txt", make=lambda path: path.symlink_to("loop.txt"))


def test_folder_loop():
    place = Place()
    (place.notes / "below").mkdir()
    (place.notes / "below" / "up").symlink_to(place.notes)
    result = json.loads(place.index(limit=60).stdout)
    assert result["ready"] == 1, result


def test_fifo():
    assert_problem("pipe.txt", make=os.mkfifo)


def test_path_that_is_not_there():
    place = Place()
    result = place.index(place.notes, place.root / "missing.txt", expect=1)
    assert "missing.txt" in place.problems(result)


def test_invalid_utf_8_is_read():
    place = Place()
    (place.notes / "latin.txt").write_bytes("Die Gebühr beträgt 48 Euro. ".encode("latin-1") * 20)
    (place.notes / "broken.txt").write_bytes(b"The fee \xff\xfe\xc3 is 52 euros. \xe2\x82 " * 20)
    counts = json.loads(place.index().stdout)
    assert counts["ready"] == 3, counts
    found = harness.run(harness.binary(), "search", "Gebühr beträgt", "--json", "--library",
                        place.library, env=place.environment).stdout
    assert "Gebühr" in json.loads(found)["passages"][0]["text"], found


def test_a_file_that_grows_while_it_is_read():
    place = Place()
    path = place.notes / "growing.txt"
    path.write_text("One line.\n" * 1000)
    stop = threading.Event()

    def grow():
        with open(path, "a", encoding="utf-8") as file:
            while not stop.wait(0.002):
                file.write("Another line of the log.\n")
                file.flush()

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        place.index(expect=None)
    finally:
        stop.set()
        writer.join()
    with open(path, "a", encoding="utf-8") as file:
        file.write("The last word is zanzibar.\n")
    counts = json.loads(place.index().stdout)
    assert counts["ready"] == 2, counts
    found = harness.run(harness.binary(), "search", "zanzibar", "--json", "--library",
                        place.library, env=place.environment)
    assert "growing.txt" in found.stdout


def test_text_of_100_mb():
    place = Place()
    paragraph = documents.text(2).encode() + b"\n"
    n_bytes = 100 << 20 if harness.FULL else 12 << 20
    (place.notes / "large.txt").write_bytes(paragraph * (n_bytes // len(paragraph)))
    problems = place.problems(place.index(limit=900))
    assert set(problems) <= {"large.txt"}, problems  # read, or refused by a limit with a reason


def test_file_over_the_size_limit():
    assert_problem("huge.txt", make=lambda path: (path.touch(), os.truncate(path, 8 << 30)),
                   words=["limit"])


# --- models -----------------------------------------------------------------------------------


def assert_model_refused(make):
    harness.need_models(harness.SMALL_CHAT)
    path = harness.scratch() / "model.gguf"
    make(path)
    result = harness.lectern("generate", "-p", "Hello", "-n", "4", "--model", path, expect=1)
    one_sentence(result.stderr, "model.gguf")


def head_of_model(n):
    with open(harness.SMALL_CHAT, "rb") as file:
        return bytearray(file.read(n))


def test_truncated_model():
    assert_model_refused(lambda path: path.write_bytes(head_of_model(4 << 20)))


def test_model_cut_in_its_header():
    assert_model_refused(lambda path: path.write_bytes(head_of_model(1000)))


def test_model_that_is_none():
    assert_model_refused(lambda path: path.write_bytes(b"not a model at all\n" * 100))


def test_lying_models():
    def lie(offset, value):
        def make(path):
            data = head_of_model(4 << 20)
            data[offset:offset + len(value)] = value
            path.write_bytes(data)
        return make

    every = b"\xff" * 8
    assert_model_refused(lie(4, b"\x63\x00\x00\x00"))  # the version
    assert_model_refused(lie(8, every))  # number of tensors
    assert_model_refused(lie(16, every))  # number of keys
    assert_model_refused(lie(24, every))  # length of the first key


def test_missing_model():
    missing = harness.scratch() / "missing.gguf"
    result = harness.lectern("generate", "-p", "Hello", "--model", missing, expect=1)
    one_sentence(result.stderr, "missing.gguf")


def test_a_folder_as_model():
    folder = harness.scratch()
    result = harness.lectern("generate", "-p", "Hello", "--model", folder, expect=1)
    one_sentence(result.stderr, folder)


def test_the_wrong_kind_of_model():
    harness.need_models(harness.EMBEDDER, harness.SMALL_CHAT)
    result = harness.lectern("generate", "-p", "Hello", "--model", harness.EMBEDDER, expect=1)
    one_sentence(result.stderr, harness.EMBEDDER.name)
    result = harness.lectern("embed", "--model", harness.SMALL_CHAT, expect=1, input="Hello\n")
    one_sentence(result.stderr, harness.SMALL_CHAT.name)


# --- libraries ----------------------------------------------------------------------------------


def test_a_library_of_a_newer_version():
    place = Place()
    place.index()
    databases = [p for p in place.library.rglob("*")
                 if p.is_file() and p.read_bytes()[:15] == b"SQLite format 3"]
    assert len(databases) == 1, databases
    with sqlite3.connect(databases[0]) as database:
        database.execute("PRAGMA user_version = 9999")
    database.close()
    before = databases[0].read_bytes()
    for verb in (["index", place.notes], ["search", "keeper"], ["status"], ["doctor"]):
        result = harness.run(harness.binary(), *verb, "--library", place.library, expect=1,
                             env=place.environment)
        # doctor tells its findings on stdout
        one_sentence(result.stderr if verb != ["doctor"] else "".join(
            line for line in result.stdout.splitlines() if "newer" in line), "newer")
    assert databases[0].read_bytes() == before, "a newer library was written to"


def test_a_full_disk():
    place = Place()
    for seed in range(2, 60):
        (place.notes / f"note-{seed}.md").write_text(documents.text(seed) * 8)
    place.library.mkdir()
    steps = f"""
        mount -t tmpfs -o size=700k none {place.library} || exit 77
        {harness.binary()} index {place.notes} --library {place.library}; echo "full: $?"
        mount -o remount,size=200m {place.library}
        {harness.binary()} index {place.notes} --library {place.library}; echo "again: $?"
        {harness.binary()} doctor --check --library {place.library}; echo "doctor: $?"
        {harness.binary()} status --json --library {place.library}
    """
    result = harness.run("unshare", "-m", "sh", "-c", steps, expect=None, env=place.environment)
    if result.returncode == 77 or "unshare" in result.stderr:
        raise harness.Skip("a file system of its own cannot be mounted here")
    assert "full: 1" in result.stdout, result.stdout + result.stderr
    assert "full" in result.stderr or "space" in result.stderr, result.stderr
    assert "again: 0" in result.stdout and "doctor: 0" in result.stdout, \
        result.stdout + result.stderr
    status = json.loads(result.stdout[result.stdout.index("{"):])
    assert status["documents"]["ready"] == 59, status


def test_a_library_that_is_a_file():
    place = Place()
    place.library.write_text("I am a file\n")
    result = place.index(expect=1)
    one_sentence(result.stderr, place.library)
    assert place.library.read_text() == "I am a file\n"


# --- questions ------------------------------------------------------------------------------------


def small_library():
    harness.need_models(harness.EMBEDDER, harness.SMALL_CHAT)
    folder = harness.scratch()
    documents.make(folder / "notes", 2)
    harness.lectern("index", folder / "notes", library=folder / "library")
    return folder / "library"


def test_an_empty_question():
    library = small_library()
    for question in ("", "  \n\t "):
        result = harness.lectern("ask", question, "--model", harness.SMALL_CHAT, library=library,
                                 expect=2)
        assert "question" in result.stderr.lower(), result.stderr


def test_a_question_of_200_kb():
    library = small_library()
    question = "How many ropes are there in the harbour of the old town? " * 3600
    batch = library.parent / "batch.jsonl"
    batch.write_text(json.dumps({"id": 1, "question": question[:200000]}) + "\n" +
                     json.dumps({"id": 2, "question": "What is the number of keeper-1?"}) + "\n")
    result = harness.lectern("ask", "--batch", batch, "--model", harness.SMALL_CHAT,
                             library=library, expect=None)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["id"] for line in lines] == [1, 2], result.stdout[:300] + result.stderr
    assert "long" in lines[0]["error"], str(lines[0])[-300:]
    assert "answer" in lines[1], lines[1]


harness.main(globals())
