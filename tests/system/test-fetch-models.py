#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""scripts/fetch-models against a server of our own on 127.0.0.1, which can break off, ignore
ranges, send something else, or keep silent."""
import hashlib
import http.server
import json
import os
import socket
import threading
import time

import harness

BODY = bytes((i * 131 + i // 251) % 256 for i in range(3_000_000))
PATH = "publisher/model.gguf"


class Server:
    """Serves BODY at PATH. break_after: bytes after which the next answer is cut, once."""

    def __init__(self, body=BODY, ranges=True, break_after=None, code=None):
        owner = self
        self.requests = []  # (path, Range header)
        self.break_after = break_after

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # http.server asks for this name
                wanted = self.headers.get("Range")
                owner.requests.append((self.path, wanted))
                if code or self.path != "/" + PATH:
                    self.send_error(code or 404)
                    return
                start = int(wanted[6:].split("-")[0]) if wanted and ranges else 0
                if start >= len(body):
                    self.send_error(416)
                    return
                self.send_response(206 if start else 200)
                if start:
                    self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
                self.send_header("Content-Length", str(len(body) - start))
                self.end_headers()
                cut, owner.break_after = owner.break_after, None
                self.wfile.write(body[start:start + cut if cut else None])
                self.wfile.flush()
                self.close_connection = True

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()


class Place:
    """A cache folder and a table with one model."""

    def __init__(self, body=BODY):
        self.root = harness.scratch()
        self.models = self.root / "cache" / "lectern" / "models"
        self.model = self.models / "model.gguf"
        self.table = self.root / "models.json"
        self.table.write_text(json.dumps({"publisher": "http://127.0.0.1:9/", "models": [{
            "name": "a model", "licence": "CC0-1.0", "files": [{
                "file": "model.gguf", "bytes": len(body), "url": PATH,
                "sha256": hashlib.sha256(body).hexdigest(),
                "parts": [["no-such-package==0", "model.gguf"]]}]}]}))

    def fetch(self, url, expect=0):
        environment = dict(os.environ, XDG_CACHE_HOME=str(self.root / "cache"),
                           LECTERN_MODELS_URL=url, no_proxy="127.0.0.1")
        return harness.run(harness.TREE / "scripts" / "fetch-models", "--table", self.table,
                           "--no-packages", expect=expect, env=environment, limit=60)


def test_a_file_is_fetched_once():
    place = Place()
    with Server() as server:
        place.fetch(server.url)
        assert place.model.read_bytes() == BODY
        assert len(server.requests) == 1
        second = place.fetch(server.url)
        assert len(server.requests) == 1 and second.stderr == "", second.stderr


def test_a_broken_transfer_is_resumed():
    place = Place()
    with Server(break_after=1_000_000) as server:
        result = place.fetch(server.url)
        assert place.model.read_bytes() == BODY
        assert server.requests == [("/" + PATH, None), ("/" + PATH, "bytes=1000000-")], \
            server.requests
        assert "broke off" in result.stderr


def test_a_part_of_an_earlier_run_is_used():
    place = Place()
    place.models.mkdir(parents=True)
    (place.models / "model.gguf.part").write_bytes(BODY[:2_000_000])
    with Server() as server:
        place.fetch(server.url)
        assert place.model.read_bytes() == BODY
        assert server.requests[0][1] == "bytes=2000000-"
    assert not (place.models / "model.gguf.part").exists()


def test_a_server_without_ranges_sends_it_whole():
    place = Place()
    place.models.mkdir(parents=True)
    (place.models / "model.gguf.part").write_bytes(b"x" * 2_000_000)
    with Server(ranges=False) as server:
        place.fetch(server.url)
    assert place.model.read_bytes() == BODY


def test_another_sha256_is_refused():
    place = Place()
    with Server(body=BODY[:-1] + b"\x01") as server:
        result = place.fetch(server.url, expect=1)
    assert "another sha256" in result.stderr
    assert not place.model.exists() and not (place.models / "model.gguf.part").exists()


def test_a_damaged_part_is_not_kept():
    place = Place()
    place.models.mkdir(parents=True)
    (place.models / "model.gguf.part").write_bytes(b"x" * 2_000_000)
    with Server() as server:
        place.fetch(server.url, expect=1)
        assert not place.model.exists()
        place.fetch(server.url)
    assert place.model.read_bytes() == BODY


def test_a_longer_file_is_refused():
    place = Place()
    with Server(body=BODY + BODY) as server:
        place.fetch(server.url, expect=1)
    assert not place.model.exists()


def test_a_changed_file_is_noticed():
    place = Place()
    with Server() as server:
        place.fetch(server.url)
        place.model.write_bytes(b"y" * len(BODY))
        place.fetch(server.url)
    assert place.model.read_bytes() == BODY


def test_an_error_of_the_server_ends_it():
    place = Place()
    with Server(code=403) as server:
        result = place.fetch(server.url, expect=1)
    assert "403" in result.stderr


def test_a_refusing_address_costs_no_time():
    place = Place()
    begin = time.monotonic()
    place.fetch("http://127.0.0.1:9/", expect=1)
    place.fetch("http://name.invalid/", expect=1)
    assert time.monotonic() - begin < 6


def test_a_silent_address_costs_three_seconds():
    place = Place()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begin = time.monotonic()
        place.fetch(f"http://127.0.0.1:{silent.getsockname()[1]}/", expect=1)
        assert time.monotonic() - begin < 6  # three, and the start of Python on a busy machine


harness.main(globals())
