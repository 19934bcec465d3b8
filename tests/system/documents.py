# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders of small documents for the whole-program tests: made from a seed, each with one fact that
is in no other ("The number of keeper-17 is 48121.")."""
import random

WORDS = ("harbour rope ferry lantern timber market orchard kettle winter ladder copper window "
         "garden bridge cellar sparrow anchor meadow candle barrel station letter whistle").split()


def text(seed, version=0):
    rng = random.Random(f"{seed}/{version}")
    out = [f"# Notes of keeper-{seed}", ""]
    for _ in range(3):
        out.append(f"## The {rng.choice(WORDS)} and the {rng.choice(WORDS)}")
        out.append("")
        for _ in range(4):
            a, b, c, d = rng.sample(WORDS, 4)
            out.append(f"The {a} stands beside the {b}, and the {c} is older than the {d}.")
        out.append("")
    out.append(f"The number of keeper-{seed} is {number(seed, version)}.")
    return "\n".join(out) + "\n"


def number(seed, version=0):
    return 10000 + (seed * 7919 + version * 104729) % 89999


def write(folder, seed, version=0):
    (folder / f"keeper-{seed}.md").write_text(text(seed, version))


def make(folder, n):
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(n):
        write(folder, seed)
    return folder
