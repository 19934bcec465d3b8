#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shapes of --json, the engine's verbs and batches, over the small models and a small
library."""
import json
import math
import os
import pathlib
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import documents
import harness

_shared = {}


def chat(verb, *arguments, **options):
    harness.need_models(harness.SMALL_CHAT)
    return harness.lectern(verb, *arguments, "--model", harness.SMALL_CHAT, **options)


def library():
    if "library" not in _shared:
        harness.need_models(harness.EMBEDDER)
        folder = harness.keep()
        documents.make(folder / "notes", 4)
        (folder / "notes" / "größe \udcff.md".encode("utf-8", "surrogateescape").decode(
            "utf-8", "surrogateescape")).write_text("# Odd\n\nThe zeppelin is 245 metres long.\n")
        _shared["index"] = harness.lectern_json("index", folder / "notes",
                                                library=folder / "library")
        _shared["library"] = folder / "library"
        _shared["notes"] = folder / "notes"
    return _shared["library"]


def has(value, *keys):
    missing = [key for key in keys if key not in value]
    assert not missing, f"{missing} not in {sorted(value)}"


def test_index_and_status():
    library()
    has(_shared["index"], "seen", "new", "changed", "same", "removed", "ready", "failed", "skipped",
        "passages", "embedded", "text_seconds", "vector_seconds", "problems")
    status = harness.lectern_json("status", library=library())
    has(status, "library", "documents", "contents", "passages", "embedded", "jobs", "roots",
        "database_bytes", "vector_index_bytes", "vector_index_current", "schema_version",
        "problems")
    assert status["documents"] == {"waiting": 0, "reading": 0, "ready": 5, "failed": 0,
                                   "skipped": 0, "offline": 0}, status
    assert "5" in harness.lectern("status", library=library()).stdout


def test_index_of_a_path_that_is_not_there():
    library()
    result = harness.lectern("index", _shared["notes"] / "none.md", library=library(), expect=1)
    assert "none.md" in result.stdout + result.stderr


def test_search():
    result = harness.lectern_json("search", "zeppelin", library=library())
    has(result, "query", "passages", "seconds")
    first = result["passages"][0]
    has(first, "file", "page", "position", "title", "heading", "text", "score", "text_score",
        "vector_score", "text_rank", "vector_rank")
    assert "245" in first["text"] and first["text_rank"] == 1 and first["page"] is None, first
    assert "\ufffd" in first["file"], "a name that is no UTF-8 is shown all the same"
    assert len(harness.lectern_json("search", "number", "-k", "2",
                                    library=library())["passages"]) == 2
    assert "245" in first["telling"], first["telling"]
    assert "zeppelin" in harness.lectern("search", "zeppelin", library=library()).stdout
    asked = harness.lectern("search", "-k", "1", "-", library=library(), input="zeppelin\n")
    assert "245" in asked.stdout, asked.stdout


def test_search_of_nonsense():
    """Some passage is always the nearest one; that alone is no find."""
    result = harness.lectern("search", "qwrtz", "xcvbn", library=library(), expect=3)
    assert result.stdout == "" and "has to do with it" in result.stderr, result.stderr


def test_search_scope():
    inside = _shared_notes() / "keeper-2.md"
    files = {p["file"] for p in harness.lectern_json("search", "number of keeper", "--scope",
                                                     inside, library=library())["passages"]}
    assert files == {str(inside)}, files
    other = _shared_notes() / "keeper-3.md"
    found = harness.lectern_json("search", "number of keeper", "--scope", inside, "--scope", other,
                                 library=library())
    both = {p["file"] for p in found["passages"]}
    assert both == {str(inside), str(other)}, both


def _shared_notes():
    library()
    return _shared["notes"]


def test_search_batch():
    lines = harness.lectern("search", "--batch", "-", library=library(),
                            input='{"id": 7, "question": "zeppelin", "more": [1]}\n\n'
                                  '{"id": "b", "question": "number of keeper-1"}\n').stdout
    first, second = [json.loads(line) for line in lines.splitlines()]
    assert (first["id"], second["id"]) == (7, "b")
    assert "245" in first["passages"][0]["text"] and "seconds" in second


def test_batches_that_are_wrong():
    folder = harness.scratch()
    cases = {"broken.jsonl": ('{"id": 1, "question": "a"}\n{"id": 2,\n', "line 2", 2),
             "lacking.jsonl": ('{"id": 1}\n', "question", 2),
             "unnamed.jsonl": ('{"question": "a"}\n', "id", 2),
             "array.jsonl": ("[1]\n", "line 1", 2),
             "deep.jsonl": ("[" * 100000 + "\n", "line 1", 2),
             "empty.jsonl": ("\n\n", "no question", 2)}
    for name, (text, word, code) in cases.items():
        (folder / name).write_text(text)
        result = harness.lectern("search", "--batch", folder / name, library=library(), expect=code)
        assert name in result.stderr and word in result.stderr, result.stderr
        assert result.stdout == ""
    os.mkfifo(folder / "pipe.jsonl")
    for path in (folder / "pipe.jsonl", folder / "none.jsonl", folder):
        result = harness.lectern("search", "--batch", path, library=library(), expect=1, limit=60)
        assert str(path) in result.stderr, result.stderr


def test_index_of_a_folder_that_is_away():
    """What was read is kept, and nobody calls it failed."""
    folder = harness.scratch()
    documents.make(folder / "notes", 2)
    place = folder / "library"
    harness.need_models(harness.EMBEDDER)
    harness.lectern("index", folder / "notes", library=place)
    (folder / "notes").rename(folder / "away")
    for paths in ([], [folder / "notes"]):
        result = harness.lectern_json("index", *paths, library=place)
        assert [p["state"] for p in result["problems"]] == ["offline"], result
        assert "failed" not in harness.lectern("index", *paths, library=place).stdout.split("\n")[0]
    assert harness.lectern_json("status", library=place)["documents"]["offline"] == 2
    (folder / "away").rename(folder / "notes")
    one = harness.lectern("index", folder / "notes" / "keeper-1.md", library=place).stdout
    assert one.startswith("1 document ready"), one


def test_a_disk_within_a_folder():
    """Unplugged, its files are away and not gone; plugged in again they are as they were."""
    folder = harness.scratch()
    documents.make(folder / "notes", 2)
    documents.make(folder / "made", 3)
    (folder / "notes" / "disk").mkdir()
    (folder / "mounted").mkdir()
    harness.need_models(harness.EMBEDDER)
    program = f"{harness.binary()} --library {folder}/library"
    steps = f"""
        cd {folder}
        mount -t tmpfs none mounted && cp -a made/. mounted && mount --bind mounted notes/disk \
            || exit 77
        {program} index notes >&2; {program} status --json
        umount notes/disk
        {program} index --json; {program} status --json
        {program} index notes >&2; {program} status --json
        mount --bind mounted notes/disk
        {program} index --json; {program} status --json
    """
    result = harness.run("unshare", "-m", "sh", "-c", steps, expect=None)
    if result.returncode == 77 or "unshare" in result.stderr:
        raise harness.Skip("nothing can be mounted here")
    first, away, then, named, back, last = [json.loads(x) for x in result.stdout.splitlines()]
    assert first["documents"]["ready"] == 5 and first["roots"] == 2, first
    assert [p["state"] for p in away["problems"]] == ["offline"] and away["removed"] == 0, away
    for status in (then, named):
        assert (status["documents"]["ready"], status["documents"]["offline"]) == (2, 3), status
    assert (back["new"], back["changed"], back["embedded"]) == (0, 0, 0), back
    assert last["documents"]["ready"] == 5, last


def test_library_on_a_read_only_medium():
    """status, search and ask look things up there; what would write says why it cannot."""
    folder = harness.scratch()
    documents.make(folder / "notes", 3)
    place = folder / "library"
    harness.need_models(harness.EMBEDDER, harness.SMALL_CHAT)
    harness.lectern("index", folder / "notes", library=place)
    program = harness.binary()
    steps = f"""
        mount --bind {place} {place} && mount -o remount,ro,bind {place} || exit 77
        {program} status --library {place} --json && {program} search --library {place} keeper-1 \
            --json && {program} ask --library {place} --model {harness.SMALL_CHAT} -n 8 \
            "What is the number of keeper-1?" --json || exit 1
        {program} index --library {place} {folder}/notes && exit 2
        {program} forget --library {place} {folder}/notes && exit 3
        exit 0
    """
    result = harness.run("unshare", "-m", "sh", "-c", steps, expect=None)
    if result.returncode == 77 or "unshare" in result.stderr:
        raise harness.Skip("nothing can be mounted here")
    assert result.returncode == 0, (result.returncode, result.stderr)
    status, found, answer = [json.loads(line) for line in result.stdout.splitlines()[:3]]
    assert status["documents"]["ready"] == 3 and found["passages"], status
    assert answer["passages"] and answer["answer_id"] == 0, answer
    assert result.stderr.count("can only be read now") == 3, result.stderr
    assert "Read-only file system" in result.stderr, result.stderr


def test_forget():
    folder = harness.scratch()
    documents.make(folder / "notes", 2)
    place = folder / "library"
    harness.need_models(harness.EMBEDDER)
    harness.lectern("index", folder / "notes", library=place)
    result = harness.lectern_json("forget", folder / "notes" / "keeper-1.md", library=place)
    assert result["forgotten"][0]["removed"] == 1, result
    harness.lectern("forget", folder / "elsewhere", library=place, expect=3)


def test_doctor_of_a_sound_library():
    result = harness.lectern_json("doctor", "library", "--check", library=library())
    assert result["ok"] and result["library"]["findings"] == [], result


def test_ask():
    answer = json.loads(chat("ask", "How long is the zeppelin?", "--json", "-n", "24",
                             library=library()).stdout)
    has(answer, "question", "answer", "citations", "passages", "supported", "unsupported_values",
        "dropped", "query_used", "model", "prompt_tokens", "generated_tokens", "stop_reason",
        "seconds", "timings", "sentences")
    for passage in answer["passages"]:
        has(passage, "file", "page", "text", "score", "in_prompt")
    for citation in answer["citations"]:
        has(citation, "n", "file", "page", "quote")
    has(answer["timings"], "load_seconds", "search_seconds", "prefill_seconds", "decode_seconds")


def test_answers_in_text_are_compact():
    result = chat("ask", "How long is the zeppelin?", "-n", "24", library=library())
    assert "left out" not in result.stderr, result.stderr
    for line in result.stdout.splitlines():
        assert "“" not in line or line.endswith("”") or "No source" in line, result.stdout
    again = harness.lectern("index", library=library())
    assert "passages added" not in again.stdout, again.stdout


def test_ask_batch_goes_on_after_a_bad_question():
    result = chat("ask", "--batch", "-", "-n", "8", library=library(), expect=1,
                  input='{"id": "a", "question": " "}\n{"id": "b", "question": "zeppelin?"}\n')
    first, second = [json.loads(line) for line in result.stdout.splitlines()]
    assert first["id"] == "a" and "error" in first, first
    has(second, "id", "question", "answer", "passages", "seconds")


def test_generate():
    plain = chat("generate", "-p", "The capital of France is", "-n", "8").stdout
    result = json.loads(chat("generate", "-p", "The capital of France is", "-n", "8",
                             "--json").stdout)
    has(result, "text", "tokens", "model", "device", "prompt_tokens", "generated_tokens",
        "accepted_drafts", "stop_reason", "timings")
    assert plain == result["text"] + "\n", (plain, result["text"])
    assert len(result["tokens"]) == 8 and result["stop_reason"] == "length", result
    seeds = [chat("generate", "-p", "Once", "-n", "8", "--temp", "1.5", "--top-k", "50", "--seed",
                  seed).stdout for seed in (1, 1, 2)]
    assert seeds[0] == seeds[1] != seeds[2], seeds


def test_generate_chat():
    result = json.loads(chat("generate", "--chat", "-p", "Say hello.", "-n", "64",
                             "--json").stdout)
    assert result["prompt_tokens"] > 8 and "<|im_end|>" not in result["text"], result


def test_generate_is_cancelled_by_a_signal():
    harness.need_models(harness.SMALL_CHAT)
    program = subprocess.Popen([harness.binary(), "generate", "-p", "Once", "-n", "100000",
                                "--ignore-eos", "--ctx", "8192", "--model", harness.SMALL_CHAT],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    program.stdout.read(20)  # it is writing
    program.send_signal(signal.SIGINT)
    begin = time.monotonic()
    program.communicate(timeout=60)
    assert program.returncode == 130, program.returncode
    assert time.monotonic() - begin < 30


def test_tokenize_and_back():
    text = "Füße  <|im_end|>\n 日本"
    ids = chat("tokenize", "--no-bos", input=text).stdout
    assert ids == " ".join(ids.split()) + "\n", "one line, separated by spaces"
    assert chat("tokenize", "--decode", input=ids).stdout == text
    special = chat("tokenize", "--special", input="<|im_end|>").stdout.split()
    assert special == ["2"], special
    assert len(chat("tokenize", input="<|im_end|>").stdout.split()) > 1
    as_json = json.loads(chat("tokenize", "--no-bos", "--json", input=text).stdout)
    assert as_json["ids"] == [int(i) for i in ids.split()]
    assert chat("tokenize", input="").stdout == "\n"
    for wrong in ("x", "1 2x", "-1", "99999999999999999999", "49152000"):
        chat("tokenize", "--decode", input=wrong, expect=2)


def test_logits():
    result = json.loads(chat("logits", "-p", "The capital of France is", "-k", "5",
                             "--json").stdout)
    top = result["top"]
    assert len(top) == 5 and top[0]["text"] == " Paris" and top[0]["id"] == 7042, top
    assert all(a["logprob"] >= b["logprob"] for a, b in zip(top, top[1:]))
    assert sum(math.exp(t["logprob"]) for t in top) <= 1.0001


def test_embed():
    harness.need_models(harness.EMBEDDER)
    out = harness.lectern("embed", input="a cat\n\na kitten\n").stdout.splitlines()
    vectors = [[float(x) for x in line.split(" ")] for line in out]
    assert [len(v) for v in vectors] == [384] * 3
    assert all(abs(sum(x * x for x in v) - 1) < 1e-4 for v in vectors)
    as_json = [json.loads(line) for line in harness.lectern("embed", "--json",
                                                            input="a cat\n").stdout.splitlines()]
    assert as_json == [vectors[0]]
    assert harness.lectern("embed", input="").stdout == ""
    harness.lectern("embed", input=b"\xff\x00 odd\n".decode("latin-1"))


def test_wrong_kind_of_model():
    harness.need_models(harness.EMBEDDER, harness.SMALL_CHAT)
    result = harness.lectern("generate", "-p", "x", "--model", harness.EMBEDDER, expect=1)
    assert "encoder" in result.stderr
    result = harness.lectern("embed", "--model", harness.SMALL_CHAT, expect=1, input="x\n")
    assert "chat model" in result.stderr


def test_device_that_is_not_here():
    result = chat("generate", "-p", "x", "--device", "vulkan", expect=1)
    assert "cpu" in result.stderr, result.stderr


def test_models():
    harness.need_models(harness.EMBEDDER)
    models = harness.lectern_json("models", "list")["models"]
    has(models[0], "id", "title", "role", "license", "file", "installed", "bytes", "sha256")
    info = harness.lectern_json("models", "info", harness.EMBEDDER)
    assert info["metadata"]["general.architecture"] == "bert"
    assert info["metadata"]["tokenizer.ggml.tokens"] == {"elements": 30522}
    assert {"name": "token_embd.weight", "type": "Q8_0", "shape": [30522, 384]} in info["tensors"]
    assert "bert.block_count" in harness.lectern("models", "info", harness.EMBEDDER).stdout
    verdict = harness.lectern_json("models", "verify", "all-minilm")["models"]
    assert [(m["ok"], m["sha256_compared"]) for m in verdict] == [(True, True)], verdict


def test_models_verify_sees_damage():
    harness.need_models(harness.EMBEDDER)
    home = harness.scratch()
    data = bytearray(harness.EMBEDDER.read_bytes())
    data[len(data) // 2] ^= 1
    (home / harness.EMBEDDER.name).write_bytes(data)
    result = harness.lectern("models", "verify", "all-minilm", expect=1,
                             env=dict(os.environ, LECTERN_MODELS=str(home)))
    assert str(home) in result.stderr and "SHA-256" in result.stderr, result.stderr


def test_models_import_a_file():
    harness.need_models(harness.EMBEDDER)
    home = harness.scratch()
    environment = dict(os.environ, XDG_DATA_HOME=str(home))
    result = harness.lectern("models", "import", harness.EMBEDDER, "--name", "My Model!", "--json",
                             env=environment)
    path = pathlib.Path(json.loads(result.stdout)["file"])
    assert path == home / "lectern" / "models" / "my-model-.gguf", path
    assert path.read_bytes() == harness.EMBEDDER.read_bytes()
    verdict = json.loads(harness.lectern("models", "verify", "my-model", "--json",
                                         env=environment).stdout)
    assert verdict["models"][0]["sha256_compared"], verdict


def test_models_import_names_the_file_that_is_wrong():
    home = harness.scratch()
    wrong = home / "mine.gguf"
    wrong.write_bytes(b"not a model")
    result = harness.lectern("models", "import", wrong, expect=1,
                             env=dict(os.environ, XDG_DATA_HOME=str(home)))
    assert str(wrong) in result.stderr and ".new" not in result.stderr, result.stderr


def cosine(a, b):
    dot = sum(x * y for x, y in zip(a, b))
    return dot / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))


def test_q8_0_is_near_f32():
    """Why q8_0 is the importer's default."""
    source = harness.MODELS / "all-MiniLM-L6-v2-hf"
    harness.need_models(harness.EMBEDDER, source)
    exact = harness.scratch() / "f32.gguf"
    harness.lectern("models", "import", source, "--type", "f32", "-o", exact)
    lines = "".join(documents.text(seed).replace("\n", " ") + "\n" for seed in range(8))
    lines += "notice period\nHow long is the lease?\n§ 12 (3) b\n"
    vectors = [[json.loads(line) for line in harness.lectern("embed", "--json", "--model", model,
                                                             input=lines).stdout.splitlines()]
               for model in (exact, harness.EMBEDDER)]
    worst = min(cosine(a, b) for a, b in zip(*vectors))
    assert worst >= 0.995, worst


def test_devices():
    devices = harness.lectern_json("devices")["devices"]
    has(devices[0], "name", "title", "features", "memory_bytes", "memory_free_bytes", "used",
        "verdict", "self_test")
    assert devices[0]["name"] == "cpu" and devices[0]["self_test"] is True, devices
    assert "cpu" in harness.lectern("devices").stdout


harness.main(globals())
