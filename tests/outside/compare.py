#!/usr/bin/env python3
"""Changes bundles in many ways, and holds what a checker says of each against what ledger_verifier.py says.

Both have to give the same exit code and the same findings at the same places.

    compare.py BUNDLE... --policy FILE --flips 300 --moves 60 -- countersign-check --json --policy FILE {bundle}
"""

import argparse
import random
import re
import sys
import tempfile
from pathlib import Path

import ledger_verifier
from flip_bundle import any_byte
from verdict import Place, ask
from walk import Finding

Change = tuple[str, bytes]
"""What was done, and the bundle then."""


def flipped(text: bytes, pick: random.Random) -> Change:
    at = any_byte(text, pick)
    # Half of the time, a byte that looks like what stands there.
    likely = b"0123456789abcdefABC+/=- \n\"{}[]:,\\" if pick.random() < 0.5 else bytes(range(256))
    byte = pick.choice([byte for byte in likely if byte != text[at]])
    words = f"line {text.count(bytes([10]), 0, at) + 1}, byte {at}: {text[at : at + 1]!r} -> {bytes([byte])!r}"
    return words, text[:at] + bytes([byte]) + text[at + 1 :]


def moved(text: bytes, pick: random.Random) -> Change:
    """Lines deleted, repeated or exchanged, with or without the counts, or the end cut off."""
    lines = re.findall(rb"[^\n]*\n", text)
    a, b = sorted(pick.sample(range(len(lines)), 2))
    match pick.randrange(9):
        case 0:
            return f"line {a + 1} deleted", b"".join(lines[:a] + lines[a + 1 :])
        case 1:
            return f"line {a + 1} repeated", b"".join(lines[: a + 1] + lines[a:])
        case 2:
            lines[a], lines[b] = lines[b], lines[a]
            return f"lines {a + 1} and {b + 1} exchanged", b"".join(lines)
        case 3:
            at = pick.randrange(1, len(text))
            return f"cut before byte {at}", text[:at]
        case 4:
            return f"line {a + 1} put over line {b + 1}", b"".join(lines[:b] + [lines[a]] + lines[b + 1 :])
        case 5:
            parts = lines[:a] + lines[a + 1 : b + 1] + [lines[a]] + lines[b + 1 :]
            return f"line {a + 1} moved behind {b + 1}", b"".join(parts)
        case 6:
            return among_the_blocks(lines, pick)
        case _:
            return among_the_entries(lines, pick)


def among_the_blocks(lines: list[bytes], pick: random.Random) -> Change:
    """Disclosures, checkpoints or hashes of the proof left out, repeated or exchanged; the count follows."""
    word, block = pick.choice([(b"disclosures", 1), (b"checkpoints", 6), (b"consistency", 1)])
    top = next(index for index, line in enumerate(lines) if line.startswith(word + b" ")) + 1
    count = int(lines[top - 1].split()[1])
    blocks = [lines[top + index * block : top + (index + 1) * block] for index in range(count)]
    below = lines[top + count * block :]
    if not blocks:
        added = [word + b" 1\n", b"0" * 64 + b"\n"]
        return f"a hash added to the {word.decode()}", b"".join([*lines[: top - 1], *added, *below])
    a, b = pick.randrange(count), pick.randrange(count)
    match pick.randrange(3):
        case 0:
            words = f"block {a} of the {word.decode()} left out"
            blocks = blocks[:a] + blocks[a + 1 :]
        case 1:
            words = f"block {a} of the {word.decode()} put before {b} once more"
            blocks = blocks[:b] + [blocks[a]] + blocks[b:]
        case _:
            words = f"blocks {a} and {b} of the {word.decode()} exchanged"
            blocks[a], blocks[b] = blocks[b], blocks[a]
    count_line = word + b" %d\n" % len(blocks)
    return words, b"".join([*lines[: top - 1], count_line, *sum(blocks, []), *below])


def among_the_entries(lines: list[bytes], pick: random.Random) -> Change:
    """Changes that keep the form: `end` and the count follow."""
    top = next(index for index, line in enumerate(lines) if line.startswith(b"entries ")) + 1
    count = int(lines[top - 1].split()[1])
    records = lines[top : top + count]
    a, b = pick.randrange(count), pick.randrange(count)
    match pick.randrange(3):
        case 0:
            words = f"entry line {a} left out"
            records = records[:a] + records[a + 1 :]
        case 1:
            words = f"entry line {a} put before {b} once more"
            records = records[:b] + [records[a]] + records[b:]
        case _:
            words = f"entry lines {a} and {b} exchanged"
            records[a], records[b] = records[b], records[a]
    head = [line for line in lines[:top]]
    head[3] = b"end %d\n" % (int(lines[3].split()[1]) + len(records) - count)
    head[-1] = b"entries %d\n" % len(records)
    return words, b"".join(head + records + lines[top + count :])


def as_place(finding: Finding) -> Place:
    return Place(finding.code, finding.first, finding.last, finding.line)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bundles", type=Path, nargs="+")
    parser.add_argument("--policy", type=Path, required=True)
    parser.add_argument("--kept", type=Path, action="append", default=[], help="the checker has to be told of it too")
    parser.add_argument("--flips", type=int, default=300)
    parser.add_argument("--moves", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    # argparse would take the checker for further bundles.
    ours, checker = sys.argv[1:], []
    if "--" in ours:
        ours, checker = ours[: ours.index("--")], ours[ours.index("--") + 1 :]
    asked = parser.parse_args(ours)
    pick = random.Random(asked.seed)
    keys = ledger_verifier.policy(asked.policy.read_text())
    kept = [ledger_verifier.kept_checkpoint(file.read_bytes(), keys) for file in asked.kept]
    compared = agreed = refused = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "changed.bundle"
        command = [word.replace("{bundle}", str(copy)) for word in checker]
        for file in asked.bundles:
            text = file.read_bytes()
            changes = [("as it is", text)]
            changes += [flipped(text, pick) for _ in range(asked.flips)]
            changes += [moved(text, pick) for _ in range(asked.moves)]
            for words, changed in changes:
                copy.write_bytes(changed)
                theirs, own = ask(command), ledger_verifier.judge(changed, keys, kept)
                own_code = ledger_verifier.EXIT_CODES[own.verdict()]
                own_places = sorted(map(str, map(as_place, own.findings)))
                is_agreed = (theirs.exit_code, sorted(map(str, theirs.places))) == (own_code, own_places)
                compared, agreed, refused = compared + 1, agreed + is_agreed, refused + (own_code != 0)
                if not is_agreed:
                    print(f"{file.name}, {words}:")
                    print(f"  checker {theirs.exit_code}: {theirs.named()}")
                    print(f"  document {own_code}: {', '.join(own_places)}")
    print(f"{compared} compared, {agreed} agreed, {refused} refused")
    return 0 if compared == agreed else 1


if __name__ == "__main__":
    sys.exit(main())
