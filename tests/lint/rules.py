# SPDX-License-Identifier: GPL-3.0-or-later
"""The house rules that a program can check. Each rule takes a Tree and returns its violations, one
sentence each; RULES names them all. test-rules.py runs them over this tree, and proves for each
that a planted violation is seen."""
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess

SOURCE = (".c", ".h", ".glsl", ".comp")
# What each folder may include besides its own headers: the layers of ARCHITECTURE.md.
ENGINE_PUBLIC = {f"engine/{name}.h"
                 for name in ("engine", "embed", "quant", "speech", "device", "gguf")}
INDEX_PUBLIC = {f"index/{name}.h" for name in ("index", "find", "catalogue", "conversations")}
RAG_PUBLIC = {f"rag/{name}.h"
              for name in ("rag", "documents", "collections", "preview", "conversations", "viewer",
                            "changes")}
LAYERS = {
    "engine": {"shaders/push.h"},
    "shaders": set(),
    "confine": set(),
    "index": set(),
    "rag": {"confine/confine.h", "config.h"} | INDEX_PUBLIC | ENGINE_PUBLIC,
    "app": {"confine/confine.h", "config.h"} | RAG_PUBLIC | ENGINE_PUBLIC,
    "ui": {"config.h"} | RAG_PUBLIC,  # for their plain structs; app/ makes the calls
    "main.c": {"app/cli/cli.h", "confine/confine.h", "rag/rag.h", "ui/ui.h", "config.h"},
}
# Folders whose every header another folder may include.
OPEN_TO = {"ui": ("app",)}
GENERATED = re.compile(r"generated", re.IGNORECASE)
# Kernels and forward passes read best in one piece (HOUSE-STYLE, "Length").
LONG_FUNCTIONS = re.compile(r"^(engine/cpu/|engine/(decoder|encoder)\.c$|tests/)")


class Tree:
    """The files of a checkout that git knows or would add; all files where there is no git."""

    def __init__(self, root, build=None):
        self.root = pathlib.Path(root)
        self.build = pathlib.Path(build) if build else None
        listed = subprocess.run(
            ["git", "-C", root, "ls-files", "-co", "--exclude-standard", "-z"],
            capture_output=True, check=False)
        if listed.returncode == 0 and (self.root / ".git").exists():
            names = listed.stdout.decode().split("\0")
        else:
            names = [str(p.relative_to(self.root)) for p in self.root.rglob("*") if p.is_file()]
        self.names = sorted(n for n in names if n and (self.root / n).is_file())

    def sources(self):
        return [n for n in self.names if n.endswith(SOURCE)]

    def bytes(self, name):
        return (self.root / name).read_bytes()

    def text(self, name):
        return self.bytes(name).decode("utf-8", "replace")

    def lines(self, name):
        return self.text(name).splitlines()

    def is_text(self, name):
        return b"\0" not in self.bytes(name)[:8000] and not name.endswith(".pdf")

    def first_line(self, name):
        with open(self.root / name, "rb") as file:
            return file.readline(200).decode("utf-8", "replace")

    def shell_scripts(self):
        return [n for n in self.names
                if n.endswith(".sh") or re.match(r"#!.*\b(ba)?sh\b", self.first_line(n))]

    def python_scripts(self):
        return [n for n in self.names if n.endswith(".py") or "python" in self.first_line(n)]


def layers(tree):
    """A folder includes only what its layer allows, and names headers from the root."""
    bad = []
    include = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
    for name in tree.sources():
        folder = name.split("/")[0]
        if folder not in LAYERS:
            continue
        for number, line in enumerate(tree.lines(name), 1):
            match = include.match(line)
            if not match:
                continue
            header = match.group(1)
            if "/" not in header and header != "config.h":
                bad.append(f'{name}:{number}: "{header}" is not named from the root')
            elif header.split("/")[0] in (folder, *OPEN_TO.get(folder, ())):
                continue
            elif header not in LAYERS[folder]:
                bad.append(f'{name}:{number}: {folder}/ must not include "{header}"')
    return bad


def compile_flags(tree):
    """folder → the -I and -D options that a source of that folder is compiled with."""
    flags = {}
    commands = json.loads((tree.build / "compile_commands.json").read_text())
    for command in commands:
        path = pathlib.Path(os.path.normpath(tree.build / command["file"]))
        try:
            folder = path.relative_to(tree.root.resolve()).parts[0]
        except ValueError:
            continue
        words = shlex.split(command["command"])
        kept = flags.setdefault(folder, [])
        for word, after in zip(words, words[1:] + [""]):
            if word in ("-I", "-isystem"):
                kept += [word, str(tree.build / after)]
            elif word.startswith("-I"):
                kept.append("-I" + os.path.normpath(tree.build / word[2:]))
            elif word.startswith("-isystem"):
                kept.append("-isystem" + os.path.normpath(tree.build / word[8:]))
            elif word.startswith("-D"):
                kept.append(word)
    return {folder: list(dict.fromkeys(kept)) for folder, kept in flags.items()}


def headers_alone(tree):
    """Each header compiles by itself, and says #pragma once."""
    bad = []
    flags = compile_flags(tree) if tree.build else {}
    for name in tree.sources():
        folder = name.split("/")[0]
        if not name.endswith(".h") or folder not in LAYERS:
            continue
        if "#pragma once" not in tree.lines(name):
            bad.append(f"{name}: no #pragma once")
        result = subprocess.run(
            ["gcc", "-std=gnu11", "-D_GNU_SOURCE", "-fsyntax-only", "-Wall", "-Werror",
             f"-I{tree.root}", *flags.get(folder, []), "-x", "c", "-"],
            cwd=tree.root, input=f'#include "{name}"\n', capture_output=True, text=True,
            check=False)
        if result.returncode:
            bad.append(f"{name}: does not compile alone: {result.stderr[:600]}")
    return bad


def is_generated(tree, name):
    return any(GENERATED.search(line) for line in tree.lines(name)[:15])


def lengths(tree):
    """Sources ≤ 700 lines, headers ≤ 250, shaders ≤ 200, READMEs ≤ 60, root meson.build ≤ 150."""
    bad = []
    for name in tree.names:
        base = name.split("/")[-1]
        if name.endswith(".h"):
            limit = 250
        elif name.endswith((".glsl", ".comp")):
            limit = 200
        elif name.endswith(".c") or name in tree.python_scripts() + tree.shell_scripts():
            limit = 700
        elif base == "README.md" and "/" in name:
            limit = 60
        elif name == "meson.build":
            limit = 150
        else:
            continue
        n_lines = len(tree.lines(name))
        if n_lines > limit and not is_generated(tree, name):
            bad.append(f"{name}: {n_lines} lines; the limit is {limit}")
    return bad


def functions(tree):
    """Functions of at most 60 lines, kernels and forward passes excepted."""
    bad = []
    for name in tree.sources():
        if not name.endswith(".c") or LONG_FUNCTIONS.match(name) or is_generated(tree, name):
            continue
        lines = tree.lines(name)
        start = None
        for number, line in enumerate(lines, 1):
            # the formatter puts a function's braces, and no others, alone in the first column
            if line == "{":
                start = number
            elif line == "}" and start:
                if number - start - 1 > 60:
                    bad.append(f"{name}:{start}: a function of {number - start - 1} lines")
                start = None
    return bad


def widths(tree):
    """Lines of at most 100 columns in sources and scripts; no tabs, no space at the end."""
    bad = []
    for name in tree.names:
        code = (name.endswith(SOURCE) or name.endswith("meson.build") or
                name in tree.shell_scripts() + tree.python_scripts())
        if not code or is_generated(tree, name):
            continue
        for number, line in enumerate(tree.lines(name), 1):
            if len(line) > 100:
                bad.append(f"{name}:{number}: {len(line)} columns")
            if "\t" in line or line != line.rstrip():
                bad.append(f"{name}:{number}: a tab, or a space at the end")
    return bad


def licences(tree):
    """An SPDX line at the top of every source and script."""
    wanted = "SPDX-License-Identifier: GPL-3.0-or-later"
    code = set(tree.sources()) | set(tree.shell_scripts()) | set(tree.python_scripts())
    code |= {n for n in tree.names if n.split("/")[-1] in ("meson.build", "meson_options.txt")}
    return [f"{name}: no SPDX line" for name in sorted(code)
            if not any(wanted in line for line in tree.lines(name)[:3])]


def words(tree):
    """Nothing left for later, and nothing of one machine, in what is committed."""
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    machine = re.compile(r"(?<![\w.~$}])/(work|root|home/[a-z]+|tmp/w)/(?!…)")
    registry = re.compile(r"\b(pypi|pythonhosted|npmjs)\.(org|com)|\bfiles\.pythonhosted\b")
    example = re.compile(r"/home/(ada|anna|user|me)/")
    bad = []
    for name in tree.names:
        if name in ("COPYING", "tests/lint/rules.py", "tests/lint/test-rules.py"):
            continue  # these two hold the patterns
        if not tree.is_text(name):
            continue
        for number, line in enumerate(tree.lines(name), 1):
            if later.search(line) and not name.startswith("data/samples/"):
                bad.append(f"{name}:{number}: {later.search(line).group()}")
            for match in machine.finditer(line):
                if not example.match(match.group()):
                    bad.append(f"{name}:{number}: a path of one machine: {match.group()}")
            if registry.search(line):
                bad.append(f"{name}:{number}: the name of a package registry's host")
    return bad


def names(tree):
    """Boring names: kebab-case, and no utils, helpers, misc."""
    bad = []
    for name in tree.sources():
        base = name.split("/")[-1].rsplit(".", 1)[0]
        if re.search(r"\b(utils?|helpers?|misc|common)\b", base):
            bad.append(f"{name}: a name that says nothing")
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", base):
            bad.append(f"{name}: not kebab-case")
    return bad


def formatting(tree):
    """clang-format 14 leaves every source as it is. None: another version is installed."""
    program = shutil.which("clang-format-14") or shutil.which("clang-format")
    if not program:
        return None
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    if " 14." not in version.stdout:
        return None
    sources = [n for n in tree.sources() if n.endswith((".c", ".h"))
               and not is_generated(tree, n)]
    bad = []
    for name in sources:
        result = subprocess.run([program, "--dry-run", "-Werror", "--style=file", name],
                                cwd=tree.root, capture_output=True, text=True, check=False)
        if result.returncode:
            bad.append(f"{name}: clang-format -i {name} ({result.stderr.splitlines()[0][:120]})")
    return bad


def readmes(tree):
    """A README.md in each folder of code."""
    folders = {name.split("/")[0] for name in tree.sources() if "/" in name} - {"tests"}
    return [f"{folder}/README.md is missing" for folder in sorted(folders | {"data"})
            if f"{folder}/README.md" not in tree.names]


def shell(tree):
    """Shell scripts parse, and shellcheck has no warning."""
    bad = []
    for name in tree.shell_scripts():
        program = "bash" if "bash" in tree.first_line(name) or name.endswith(".sh") else "sh"
        result = subprocess.run([program, "-n", name], cwd=tree.root, capture_output=True,
                                text=True, check=False)
        if result.returncode:
            bad.append(f"{name}: {result.stderr.strip()}")
        if shutil.which("shellcheck"):
            result = subprocess.run(["shellcheck", "-x", "-S", "warning", "-f", "gcc", name],
                                    cwd=tree.root, capture_output=True, text=True, check=False)
            if result.returncode:
                bad.append(result.stdout.strip())
    return bad


def python(tree):
    """Python files parse."""
    bad = []
    for name in tree.python_scripts():
        try:
            compile(tree.text(name), name, "exec")
        except SyntaxError as error:
            bad.append(f"{name}: {error}")
    return bad


def models(tree):
    """The table of what is fetched and the program's catalogue name the same bytes."""
    catalogue = {m["file"]: m for m in json.loads(tree.text("data/models.json"))["models"]}
    bad = []
    for model in json.loads(tree.text("scripts/models.json"))["models"]:
        for entry in model["files"]:
            if "/" in entry["file"]:
                continue  # a folder that is imported under another name
            known = catalogue.get(entry["file"])
            if not known:
                bad.append(f"data/models.json does not know {entry['file']}")
            elif known["sha256"] != entry["sha256"]:
                bad.append(f"{entry['file']}: two sha256")
    return bad


def packages(tree):
    """Each line of packages.txt has its four fields."""
    return [f"scripts/packages.txt:{number}: when, package, there if, why"
            for number, line in enumerate(tree.lines("scripts/packages.txt"), 1)
            if line and not line.startswith("#")
            and (len(line.split(None, 3)) < 4 or line.split()[0] not in ("run", "check"))]


def samples(tree):
    """The sample PDF is what its script writes."""
    made = subprocess.run([str(tree.root / "tests/tools/make-lease-pdf"), "/dev/stdout"],
                          capture_output=True, check=True).stdout
    return [] if made == tree.bytes("data/samples/lease.pdf") else [
        "data/samples/lease.pdf is not what tests/tools/make-lease-pdf writes"]


RULES = [layers, headers_alone, lengths, functions, widths, licences, words, names, formatting,
         readmes, shell, python, models, packages, samples]
