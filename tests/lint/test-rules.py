#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs each house rule over this tree, and over a small tree with a planted violation, which the
rule must see: a check that has never failed proves nothing."""
import os
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import harness  # pylint: disable=wrong-import-position
import rules  # pylint: disable=wrong-import-position

SPDX = "/* SPDX-License-Identifier: GPL-3.0-or-later */\n"
SH = "#!/bin/sh\n# SPDX-License-Identifier: GPL-3.0-or-later\n"
PY = "#!/usr/bin/env python3\n# SPDX-License-Identifier: GPL-3.0-or-later\n"
CATALOGUE = '{"models": [{"file": "a.gguf", "sha256": "1"}]}\n'
FETCHED = '{"models": [{"files": [{"file": "a.gguf", "sha256": "1"}]}]}\n'

# A small tree in which every rule is kept.
GOOD = {
    "engine/README.md": "# engine\n",
    "engine/engine.h": SPDX + "#pragma once\nint eng_one(void);\n",
    "engine/engine.c": SPDX + '#include "engine/engine.h"\n\n'
                       'int eng_one(void)\n{\n    return 1;\n}\n',
    "index/README.md": "# index\n",
    "index/index.h": SPDX + "#pragma once\nint idx_one(void);\n",
    "rag/README.md": "# rag\n",
    "rag/rag.h": SPDX + '#pragma once\n#include "engine/engine.h"\n#include "index/index.h"\n',
    "data/README.md": "# data\n",
    "data/models.json": CATALOGUE,
    "scripts/models.json": FETCHED,
    "scripts/packages.txt": "# packages\nrun gcc cmd:gcc the compiler\n",
    "scripts/go": SH + "true\n",
    "scripts/make": PY + "print()\n",
}

# rule → violations: each is (file, its contents), put into the good tree alone.
LONG_FUNCTION = SPDX + "int f(void)\n{\n" + "    g();\n" * 61 + "}\n"
PLANTED = {
    "layers": [("index/store.c", SPDX + '#include "engine/engine.h"\n'),
               ("rag/ask.c", SPDX + '#include "index/store.h"\n'),
               ("engine/gguf.c", SPDX + '#include "index/index.h"\n'),
               ("rag/ask.c", SPDX + '#include "engine/cpu/cpu.h"\n'),
               ("rag/ask.c", SPDX + '#include "rag.h"\n'),
               ("rag/ask.c", SPDX + '#include "app/paths.h"\n'),
               ("app/cli/cli.c", SPDX + '#include "index/index.h"\n'),
               ("main.c", SPDX + '#include "index/index.h"\n'),
               ("confine/confine.c", SPDX + '#include "rag/rag.h"\n')],
    "headers_alone": [("engine/gguf.h", SPDX + "#pragma once\nint f(struct a *a, size_t n);\n"),
                      ("engine/gguf.h", SPDX + "int f(void);\n")],
    "lengths": [("engine/gguf.c", SPDX + "\n" * 700), ("engine/gguf.h", SPDX + "\n" * 250),
                ("engine/README.md", "\n" * 61), ("scripts/go", SH + "\n" * 699)],
    "functions": [("engine/gguf.c", LONG_FUNCTION)],
    "widths": [("engine/gguf.c", SPDX + "// " + "x" * 98 + "\n"),
               ("engine/gguf.c", SPDX + "\tint a;\n"), ("scripts/go", SH + "true \n")],
    "licences": [("engine/gguf.c", "int a;\n"), ("scripts/go", "#!/bin/sh\ntrue\n"),
                 ("scripts/make", "#!/usr/bin/env python3\n"), ("meson.build", "project()\n")],
    "words": [("engine/gguf.c", SPDX + "/* TO" + "DO: more */\n"),
              ("README.md", "see /root" + "/lectern\n"),
              ("scripts/go", SH + "cd /wo" + "rk/main\n"),
              ("scripts/go", SH + "get https://pypi" + ".org/simple\n")],
    "names": [("engine/utils.c", SPDX), ("engine/string-helpers.c", SPDX),
              ("engine/readGguf.c", SPDX)],
    "formatting": [("engine/gguf.c", SPDX + "int  f( void ) { return 1; }\n")],
    "readmes": [("app/cli/cli.c", SPDX)],
    "shell": [("scripts/go", SH + "if true; then\n"),
              ("scripts/go", SH + 'rm -rf "$1/"*; cd $1\n')],
    "python": [("scripts/make", PY + "def f(:\n")],
    "models": [("data/models.json", CATALOGUE.replace('"1"', '"2"')),
               ("data/models.json", '{"models": []}')],
    "packages": [("scripts/packages.txt", "run gcc\n"), ("scripts/packages.txt", "x gcc - why\n")],
    "samples": [("data/samples/lease.pdf", "%PDF-1.4\n")],
}


def small_tree(extra=None):
    root = harness.scratch()
    for name, text in {**GOOD, **dict([extra] if extra else [])}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    shutil.copy(harness.TREE / ".clang-format", root)
    (root / "tests" / "tools").mkdir(parents=True)
    shutil.copy(harness.TREE / "tests/tools/make-lease-pdf", root / "tests" / "tools")
    (root / "data" / "samples").mkdir(exist_ok=True)
    if not extra or not extra[0].endswith(".pdf"):
        shutil.copy(harness.TREE / "data/samples/lease.pdf", root / "data" / "samples")
    return rules.Tree(root)


def test_this_tree(rule):
    found = rule(rules.Tree(harness.TREE, os.environ.get("MESON_BUILD_ROOT")))
    if found is None:
        raise harness.Skip("clang-format 14 is not installed")
    assert not found, "\n" + "\n".join(found)


def test_planted(rule):
    found = rule(small_tree())
    if found is None:
        raise harness.Skip("clang-format 14 is not installed")
    assert not found, f"the good tree breaks the rule: {found}"
    for name, text in PLANTED[rule.__name__]:
        assert rule(small_tree((name, text))), f"not seen: {name}: {text[-60:]!r}"


TESTS = {}
for each in rules.RULES:
    TESTS[f"test_{each.__name__}"] = lambda each=each: test_this_tree(each)
    TESTS[f"test_{each.__name__}_sees_a_planted_violation"] = lambda each=each: test_planted(each)
harness.main(TESTS)
