"""Runs a verifier and reads what it said. Knows the exit codes and the form of a finding, and nothing else."""

import json
import subprocess
from collections.abc import Iterator
from typing import NamedTuple

ALTERED = 11


class Place(NamedTuple):
    """Where a finding is: an entry or entries, a line, or a row of a table. What does not apply is None."""

    code: str
    first: int | None = None
    last: int | None = None
    line: int | None = None
    table: str | None = None
    row: str | None = None

    def holds(self, seq: int) -> bool:
        return self.first is not None and self.last is not None and self.first <= seq <= self.last

    def __str__(self) -> str:
        if self.line is not None:
            return f"{self.code} at line {self.line}"
        if self.first is not None:
            entries = f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"
            return f"{self.code} at seq {entries}"
        if self.table is not None:
            return f"{self.code} at {self.table} {self.row!r}"
        return self.code


class Verdict(NamedTuple):
    exit_code: int
    places: list[Place]
    words: str
    """What it printed where that was not JSON."""

    def named(self) -> str:
        return ", ".join(str(place) for place in self.places) or self.words.strip() or "nothing"


def ask(command: list[str]) -> Verdict:
    """The verdict of a verifier that answers in JSON."""
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    try:
        places = [place(finding) for finding in findings(json.loads(done.stdout))]
        return Verdict(done.returncode, places, "")
    except ValueError:
        words = (done.stdout + done.stderr).decode(errors="replace")
        return Verdict(done.returncode, [], words)


def findings(answer: object) -> Iterator[dict]:
    """Everything in the answer that has a code, at whatever depth."""
    if isinstance(answer, dict):
        if "code" in answer:
            yield answer
            return
        answer = list(answer.values())
    if isinstance(answer, list):
        for item in answer:
            yield from findings(item)


def place(finding: dict) -> Place:
    where = finding.get("place", finding)
    where = where if isinstance(where, dict) else {}
    code = str(finding["code"])
    if "line" in where:
        return Place(code, line=where["line"])
    if "seq" in where:
        return Place(code, where["seq"], where["seq"])
    if "from" in where:
        return Place(code, where["from"], where["to"])
    if "table" in where:
        return Place(code, table=where["table"], row=str(where.get("row", "")))
    return Place(code)
