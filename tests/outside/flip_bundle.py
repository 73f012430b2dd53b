#!/usr/bin/env python3
"""Changes one byte of a bundle, asks a checker about it, and does so again with the next byte.

The checker has to exit with 11 and to name a line or an entry. It also counts how often that is the very place.

    flip_bundle.py BUNDLE --seed 1 --tries 20 -- countersign-check --json --policy FILE {bundle}
"""

import argparse
import random
import re
import sys
import tempfile
from pathlib import Path

from verdict import ALTERED, Verdict, ask


def is_named(verdict: Verdict) -> bool:
    return any(place.line is not None or place.first is not None for place in verdict.places)


def is_at(verdict: Verdict, line: int, entries: range, first: int) -> bool:
    """Whether it names the line, or the entry that stands on it."""
    seq = first + line - entries.start if line in entries else None
    return any(place.line == line or (seq is not None and place.holds(seq)) for place in verdict.places)


def entry_lines(lines: list[bytes]) -> tuple[range, int]:
    """The numbers of the lines with entries, and the position of the first entry."""
    first = int(lines[2].split()[1])
    for number, line in enumerate(lines, 1):
        if line.startswith(b"entries "):
            return range(number + 1, number + 1 + int(line.split()[1])), first
    raise ValueError("no line begins with `entries`")


def any_byte(whole: bytes, pick: random.Random) -> int:
    """Any byte of any line, the line's end included: a long line is as likely as a short one."""
    lines = re.findall(rb"[^\n]*\n", whole)
    line = pick.randrange(len(lines))
    return sum(map(len, lines[:line])) + pick.randrange(len(lines[line]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tries", type=int, default=20)
    parser.add_argument("--quiet", action="store_true", help="print only what was not found or not named")
    parser.add_argument("checker", nargs="+")
    asked = parser.parse_args()
    pick = random.Random(asked.seed)
    whole = asked.bundle.read_bytes()
    entries, first = entry_lines(whole.split(b"\n"))
    found = named = exact = 0
    print(f"seed {asked.seed}")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "flipped.bundle"
        checker = [word.replace("{bundle}", str(copy)) for word in asked.checker]
        for _ in range(asked.tries):
            at = any_byte(whole, pick)
            byte = pick.choice([byte for byte in range(256) if byte != whole[at]])
            copy.write_bytes(whole[:at] + bytes([byte]) + whole[at + 1 :])
            line = whole.count(b"\n", 0, at) + 1
            verdict = ask(checker)
            is_found = verdict.exit_code == ALTERED
            found, named = found + is_found, named + is_named(verdict)
            exact += is_at(verdict, line, entries, first)
            if not (asked.quiet and is_found and is_named(verdict)):
                missed = "" if is_found and is_named(verdict) else "NOT NAMED: " if is_found else "NOT FOUND: "
                change = f"{whole[at : at + 1]!r} -> {bytes([byte])!r}"
                words = f"line {line}, byte {at}: {change}: exit {verdict.exit_code}, {verdict.named()}"
                print(missed + words, flush=True)
    print(f"{asked.tries} tried, {found} found, {named} named, {exact} at the very place")
    return 0 if found == named == asked.tries else 1


if __name__ == "__main__":
    sys.exit(main())
