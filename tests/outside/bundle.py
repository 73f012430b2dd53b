"""The lines of a bundle, by section 8 of the document. Judges their form, and nothing that they say."""

import re
from typing import NamedTuple

import notes
import tree

HASH = re.compile(rb"[0-9a-f]{64}")
RECORD = re.compile(rb"([0-9a-f]{64}) (.*)", re.DOTALL)


class Malformed(ValueError):
    """A line has another form."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


class Line(NamedTuple):
    """Something that stands on a line, or begins there."""

    number: int
    raw: bytes


class Bundle(NamedTuple):
    ledger: str
    first: int
    end: int
    frontier: list[bytes]
    entries: list[tuple[bytes, bytes]]
    """Recorded leaf and bytes."""
    disclosures: list[Line]
    checkpoints: list[Line]
    """Notes, each under the number of the line where it begins."""
    consistency: int
    """The number of the line that begins with this word."""
    proof: list[bytes]


class Lines:
    """The lines from the top, each taken once."""

    def __init__(self, text: bytes) -> None:
        self.lines = re.findall(rb"[^\n]*\n|[^\n]+\Z", text)
        self.taken = 0

    def take(self) -> bytes:
        """The next line without its end."""
        self.taken += 1
        if self.taken > len(self.lines) or not self.lines[self.taken - 1].endswith(b"\n"):
            raise self.malformed()
        return self.lines[self.taken - 1][:-1]

    def malformed(self) -> Malformed:
        """This line, or an earlier one that is altered and so may be what brought the lines out of step."""
        for number, line in enumerate(self.lines[: self.taken], 1):
            record = RECORD.fullmatch(line.removesuffix(b"\n"))
            if record and tree.leaf(record[2]).hex().encode() != record[1]:
                return Malformed(number)
        return Malformed(self.taken)

    def text(self) -> str:
        """The next line, which is not an entry's and so has to be UTF-8."""
        try:
            return self.take().decode("utf-8")
        except UnicodeDecodeError as error:
            raise self.malformed() from error

    def word(self, word: str) -> str:
        """The value on the line that begins with this word."""
        said, space, value = self.text().partition(" ")
        self.demand(said == word and space != "")
        return value

    def number(self, word: str) -> int:
        value = self.word(word)
        try:
            return notes.decimal(value)
        except notes.Refused as error:
            raise self.malformed() from error

    def hash(self) -> bytes:
        line = self.take()
        if HASH.fullmatch(line) is None:
            raise self.malformed()
        return bytes.fromhex(line.decode())

    def demand(self, condition: bool) -> None:
        """Refuses the line taken last."""
        if not condition:
            raise self.malformed()


def is_origin(text: str) -> bool:
    return re.fullmatch(r"[!-*,-~]{1,200}", text) is not None


def read(text: bytes) -> Bundle:
    lines = Lines(text)
    lines.demand(lines.take() == b"countersign-bundle/v1")
    ledger = lines.word("ledger")
    lines.demand(is_origin(ledger))
    first = lines.number("first")
    end = lines.number("end")
    lines.demand(end > first)
    count = lines.number("frontier")
    lines.demand(count == first.bit_count())
    frontier = [lines.hash() for _ in range(count)]
    lines.demand(lines.number("entries") == end - first)
    entries = [record(lines) for _ in range(end - first)]
    disclosures: list[Line] = []
    for _ in range(lines.number("disclosures")):
        raw = lines.text().encode()
        lines.demand(not disclosures or disclosures[-1].raw < raw)
        disclosures.append(Line(lines.taken, raw))
    checkpoints: list[Line] = []
    for _ in range(lines.number("checkpoints")):
        height = lines.number("note")
        begins = lines.taken + 1
        checkpoints.append(Line(begins, "".join(lines.text() + "\n" for _ in range(height)).encode()))
    height = lines.number("consistency")
    consistency = lines.taken
    proof = [lines.hash() for _ in range(height)]
    if lines.taken < len(lines.lines):
        lines.taken += 1
        raise lines.malformed()
    return Bundle(ledger, first, end, frontier, entries, disclosures, checkpoints, consistency, proof)


def record(lines: Lines) -> tuple[bytes, bytes]:
    parts = RECORD.fullmatch(lines.take())
    if parts is None:
        raise lines.malformed()
    return bytes.fromhex(parts[1].decode()), parts[2]
