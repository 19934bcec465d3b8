# SPDX-License-Identifier: GPL-3.0-or-later
"""bench-window.py LIBRARY QUESTIONS.jsonl [--questions]: the window's figures that a person feels,
on a library that is there, of at least so many documents as are to be claimed. Run by
with-display.

    start      from exec until the composer can be seen on the accessibility bus, warm, 5 times
    memory     PSS of the program without a model, a minute of nothing later
    evidence   from Enter until the first passage can be seen there, over the questions
    word       from Enter until the answer's first word can be, over the questions

What is seen is seen by polling the accessibility bus, so each figure includes that look (told as
"look"): the true one is smaller."""
import json
import pathlib
import statistics
import sys
import time

import desk
import harness

COMPOSER = {"role": "text", "name": "Ask about your documents…"}


def pss(pid):
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0


def starts(library, models):
    seconds = []
    for _ in range(6):
        begin = time.monotonic()
        with desk.Program("--library", library, env=models, fill=False) as program:
            program.find(**COMPOSER)
            seconds.append(time.monotonic() - begin)
            program.close()
    return seconds[1:]


def memory(library, models):
    with desk.Program("--library", library, env=models) as program:
        program.find(**COMPOSER)
        time.sleep(60)
        return pss(program.process.pid)


def questions(library, models, texts):
    evidence, words, looks = [], [], []
    with desk.Program("--library", library, env=models) as program:
        for text in texts:
            program.press("ctrl+n")
            program.find(**COMPOSER)
            program.press("ctrl+l")
            program.write(text)
            time.sleep(0.5)
            begin = time.monotonic()
            program.press("Return")
            desk.wait("evidence", lambda: program.find_now(role="push button", starts="Open "))
            evidence.append(time.monotonic() - begin)
            desk.wait("a word", lambda: program.find_now(role="button", name="Ask") or any(
                program.text(n) for n in program.find_all(role="text", name="Answer"))
                or "do not seem to say" in program.words(), 120)
            words.append(time.monotonic() - begin)
            begin = time.monotonic()
            program.find_now(role="push button", starts="Open ")
            looks.append(time.monotonic() - begin)
            program.find(patience=180, role="push button", name="Ask")
    return evidence, words, looks


def told(name, values, unit="s"):
    print(f"{name:10} median {statistics.median(values):.2f} {unit}, "
          f"{min(values):.2f}…{max(values):.2f}, n {len(values)}", flush=True)


def main():
    library = sys.argv[1]
    lines = pathlib.Path(sys.argv[2]).read_text().splitlines()
    texts = [json.loads(line)["question"] for line in lines if line.strip()][:20]
    models = desk.only(harness.CHAT, harness.EMBEDDER)
    if "--questions" not in sys.argv:
        told("start", starts(library, models))
        print(f"{'memory':10} {memory(library, models):.0f} MB PSS", flush=True)
    evidence, words, looks = questions(library, models, texts)
    told("evidence", evidence)
    told("word", words)
    told("look", looks)


main()
