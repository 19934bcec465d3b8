#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""No process of Lectern opens an internet socket: seen by a system-call trace, by running where
there is no network at all, and by looking at the filter of each process."""
import pathlib
import re
import shutil
import subprocess
import sys
import time

import documents
import harness

SAMPLES = harness.TREE / "data" / "samples"
INTERNET = re.compile(r"\b(socket|connect|bind|sendto)\(.*\bAF_(INET6?|PACKET|NETLINK)\b"
                      r"|io_uring_setup\(")
QUESTION = "How long is the notice period of the tenants?"


def traced(*command):
    """The lines of a trace of all its processes that show an internet socket."""
    if not shutil.which("strace"):
        raise harness.Skip("strace is not installed")
    log = harness.scratch() / "trace"
    probe = subprocess.run(["strace", "-o", log, "true"], capture_output=True, check=False)
    if probe.returncode:
        raise harness.Skip("tracing is not permitted here")
    harness.run("strace", "-f", "-o", log, "-e", "trace=network,io_uring_setup", *command,
                expect=None)
    return [line for line in log.read_text(errors="replace").splitlines()
            if INTERNET.search(line)]


def test_the_trace_sees_a_planted_socket():
    planted = "import socket; socket.socket(socket.AF_INET, socket.SOCK_STREAM)"
    assert traced(sys.executable, "-c", planted)


def test_index_and_ask_make_no_internet_socket():
    harness.need_models(harness.EMBEDDER, harness.SMALL_CHAT)
    library = harness.scratch() / "library"
    program = harness.binary()
    found = traced(program, "index", SAMPLES, "--library", library)
    assert not found, found
    found = traced(program, "ask", QUESTION, "--model", harness.SMALL_CHAT, "--library", library)
    assert not found, found
    # the traced runs did their work
    assert harness.lectern_json("status", library=library)["documents"]["ready"] > 0


def test_index_and_ask_work_without_a_network():
    harness.need_models(harness.EMBEDDER, harness.SMALL_CHAT)
    apart = next((way for way in (["unshare", "-n"], ["unshare", "-rn"])
                  if subprocess.run([*way, "true"], capture_output=True,
                                    check=False).returncode == 0), None)
    if not apart:
        raise harness.Skip("a network namespace cannot be made here")
    library = harness.scratch() / "library"
    program = harness.binary()
    harness.run(*apart, program, "index", SAMPLES, "--library", library)
    answer = harness.run(*apart, program, "ask", QUESTION, "--model", harness.SMALL_CHAT,
                         "--library", library).stdout
    assert "lease.pdf" in answer, answer


def processes_below(pid):
    """pid and its descendants."""
    found, todo = [], [pid]
    while todo:
        pid = todo.pop()
        found.append(pid)
        for children in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                todo += map(int, children.read_text().split())
            except OSError:
                pass
    return found


def test_every_process_has_a_filter():
    harness.need_models(harness.EMBEDDER)
    folder = harness.scratch()
    documents.make(folder / "notes", 20)
    program = subprocess.Popen([harness.binary(), "index", folder / "notes", "--library",
                                folder / "library"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    time.sleep(0.05)  # the first lines of main() install the filter
    filters = {}  # pid → the last state seen; a child is looked at more than once
    try:
        while program.poll() is None:
            for pid in processes_below(program.pid):
                try:
                    status = pathlib.Path(f"/proc/{pid}/status").read_text()
                except OSError:
                    continue
                mode = re.search(r"^Seccomp:\s*(\d)", status, re.MULTILINE)
                if mode:
                    filters[pid] = mode.group(1)
            time.sleep(0.002)
    finally:
        program.kill()
        program.wait()
    assert filters and set(filters.values()) == {"2"}, filters


harness.main(globals())
