#!/usr/bin/env python3
"""Verifies a bundle by docs/LEDGER.md, and by nothing else: written from that document, with Python's library alone.

    ledger_verifier.py BUNDLE --policy FILE [--kept CHECKPOINT]... [--json]

A policy has lines of `log` and a verifier key. Exits as section 10.5 has it.
"""

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import NamedTuple

import bundle
import notes
import tree
from entry import Entry, parsed
from walk import Expected, Finding, Walk

NOT_COMPLETED, NOTHING = 1, 3
VERDICTS = ["VERIFIED", "INCOMPLETE", "ALTERED", "ROLLED_BACK"]
EXIT_CODES = {"VERIFIED": 0, "INCOMPLETE": 10, "ALTERED": 11, "ROLLED_BACK": 12}
VERDICT_OF = {"NO_CHECKPOINT": "INCOMPLETE", "ROLLED_BACK": "ROLLED_BACK", "FORKED": "ROLLED_BACK"}


class Judgement(NamedTuple):
    findings: list[Finding]
    read: bundle.Bundle | None
    covered: notes.Checkpoint | None
    """The last checkpoint that covers the end."""
    unjudged: list[int]
    """Sizes of kept checkpoints that the bundle could not be held against."""

    def verdict(self) -> str:
        verdicts = [VERDICT_OF.get(finding.code, "ALTERED") for finding in self.findings]
        return max(verdicts, key=VERDICTS.index, default="VERIFIED")


Kept = tuple[str, notes.Checkpoint]
"""A checkpoint from an earlier visit, of the ledger that it says."""


def kept_checkpoint(note: bytes, keys: list[notes.Key]) -> Kept:
    origin = note.split(b"\n")[0].decode("utf-8", "replace")
    return origin, notes.checkpoint(note, origin, keys)


def judge(text: bytes, keys: list[notes.Key], kept: list[Kept]) -> Judgement:
    try:
        read = bundle.read(text)
    except bundle.Malformed as malformed:
        return Judgement([Finding("BUNDLE_ALTERED", line=malformed.line)], None, None, [])
    findings: list[Finding] = []
    checkpoints = verified_checkpoints(read, keys, findings)
    last = checkpoints[-1] if checkpoints else None
    covered = last if last and last.size >= read.end else None

    expected = [Expected(point.size, point.root, False) for point in checkpoints if point.size <= read.end]
    unjudged: list[int] = []
    for origin, point in kept:
        if origin != read.ledger:
            unjudged.append(point.size)
        elif read.first <= point.size <= read.end or point.size > max([read.end, *(own.size for own in checkpoints)]):
            expected.append(Expected(point.size, point.root, True))
        elif last and point.size == last.size:
            if point.root != last.root:
                findings.append(Finding("FORKED", 0, point.size - 1))
        else:
            unjudged.append(point.size)

    walk = Walk(read.ledger, read.first, read.frontier, expected)
    entries = []
    for recorded, raw in read.entries:
        entry = parsed(raw)
        is_own = entry is not None and entry.ledger == read.ledger and read.first <= entry.seq < read.end
        counts = is_own and tree.leaf(raw) == recorded
        placed = walk.take(entry.seq if entry and counts else walk.next, recorded, raw)
        entries.extend([placed] if placed else [])
    walk.finish()
    findings += walk.findings

    root = walk.known_root()
    if covered is None:
        findings.append(Finding("NO_CHECKPOINT"))
        if read.proof:
            findings.append(Finding("PROOF_FAILS", line=read.consistency))
    elif root and not tree.extends(read.end, root, covered.size, covered.root, read.proof):
        findings.append(Finding("PROOF_FAILS", line=read.consistency))
    findings += disclosure_findings(read, entries)
    return Judgement(findings, read, covered, unjudged)


def verified_checkpoints(read: bundle.Bundle, keys: list[notes.Key], findings: list[Finding]) -> list[notes.Checkpoint]:
    """Those that are signed and in order; findings for the others."""
    checkpoints: list[notes.Checkpoint] = []
    for note in read.checkpoints:
        try:
            point = notes.checkpoint(note.raw, read.ledger, keys)
        except notes.Refused:
            findings.append(Finding("CHECKPOINT_ALTERED", line=note.number))
            continue
        before = checkpoints[-1].size if checkpoints else read.first
        if point.size <= before or before > read.end:
            findings.append(Finding("BUNDLE_ALTERED", line=note.number))
        else:
            checkpoints.append(point)
    return checkpoints


def disclosure_findings(read: bundle.Bundle, entries: list[Entry]) -> list[Finding]:
    digests = frozenset().union(*(entry.digests for entry in entries))
    return [
        Finding("DISCLOSURE_ALTERED", line=line.number)
        for line in read.disclosures
        if not is_disclosure(line.raw) or base64url(hashlib.sha256(line.raw).digest()) not in digests
    ]


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def is_disclosure(text: bytes) -> bool:
    """Whether it is the base64url of an array of salt, name and value."""
    if re.fullmatch(rb"[A-Za-z0-9_-]+", text) is None:
        return False
    try:
        raw = base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
        items = json.loads(raw.decode("utf-8"), parse_constant=refuse)
    except (binascii.Error, ValueError, RecursionError):
        return False
    is_array = isinstance(items, list) and len(items) == 3
    return base64url(raw).encode() == text and is_array and isinstance(items[0], str) and isinstance(items[1], str)


def refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def policy(text: str) -> list[notes.Key]:
    keys = []
    for line in text.splitlines():
        word, _, value = line.strip().partition(" ")
        if word == "log":
            keys.append(notes.key(value.strip()))
        elif word and not word.startswith("#"):
            raise notes.Refused("a line of the policy is neither `log` nor a remark")
    return keys


def in_json(judgement: Judgement) -> dict:
    read, covered = judgement.read, judgement.covered
    places = [
        {"code": code, **({"line": line} if line else {} if first is None else {"from": first, "to": last})}
        for code, first, last, line in judgement.findings
    ]
    return {
        "verdict": judgement.verdict(),
        "ledger": read and read.ledger,
        "first": read and read.first,
        "end": read and read.end,
        "checkpoint": covered and {"size": covered.size, "root": covered.root.hex()},
        "unjudged": judgement.unjudged,
        "findings": places,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--policy", type=Path, required=True)
    parser.add_argument("--kept", type=Path, action="append", default=[], help="a checkpoint from an earlier visit")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    try:
        keys = policy(asked.policy.read_text())
        kept = [kept_checkpoint(file.read_bytes(), keys) for file in asked.kept]
        text = asked.bundle.read_bytes()
    except (notes.Refused, OSError, UnicodeDecodeError) as error:
        print(f"not completed: {error}", file=sys.stderr)
        return NOT_COMPLETED
    if not text:
        print("the bundle is empty", file=sys.stderr)
        return NOTHING
    judgement = judge(text, keys, kept)
    answer = in_json(judgement)
    if asked.json:
        print(json.dumps(answer))
    else:
        for name in ("verdict", "ledger", "first", "end", "checkpoint"):
            print(f"{name:<12}{answer[name]}")
        for size in judgement.unjudged:
            print(f"not compared with the kept checkpoint of {size} entries")
        for finding in answer["findings"]:
            print(" ".join(str(part) for part in finding.values()))
    return EXIT_CODES[judgement.verdict()]


if __name__ == "__main__":
    sys.exit(main())
