"""The walk over stored entries, by section 10.3 of the document."""

from typing import NamedTuple

import tree
from entry import Entry, parsed


class Finding(NamedTuple):
    """A code, and an entry, entries (both included), a line, or the ledger where all three are None."""

    code: str
    first: int | None = None
    last: int | None = None
    line: int | None = None


def at(code: str, first: int, last: int | None = None) -> Finding:
    return Finding(code, first, first if last is None else last)


class Expected(NamedTuple):
    """A root that the first `size` entries have to give."""

    size: int
    root: bytes
    is_outside: bool


class Stored:
    """A stored entry, and what it is by itself."""

    def __init__(self, seq: int, recorded: bytes, raw: bytes, ledger: str) -> None:
        self.seq = seq
        self.recorded = recorded
        self.computed = tree.leaf(raw)
        self.entry: Entry | None = parsed(raw)
        self.is_intact = self.computed == recorded
        self.is_placed = self.entry is not None and (self.entry.seq, self.entry.ledger) == (seq, ledger)
        self.is_sound = self.is_intact and self.is_placed
        self.is_judged = False
        """Whether a finding was made by looking at it alone."""
        self.before: Stored | None = None
        """The entry directly before it."""


class Walk:
    def __init__(self, ledger: str, first: int, frontier: list[bytes], expected: list[Expected]) -> None:
        self.ledger = ledger
        self.next = first
        self.tree: tree.Frontier | None = tree.Frontier(first, frontier)
        self.before: Stored | None = None
        self.is_broken = False
        self.doubt: int | None = None
        self.inside = self.outside = 0
        self.expected = expected
        self.findings: list[Finding] = []
        self.compare()

    def take(self, seq: int, recorded: bytes, raw: bytes) -> Entry | None:
        """One more stored entry. The entry, if it is one that belongs here."""
        if seq < self.next:
            self.findings.append(at("ENTRY_REPEATED", seq))
            return None
        this = Stored(seq, recorded, raw, self.ledger)
        is_next = seq == self.next
        if self.before is not None:
            self.settle(self.before, this if is_next and this.is_placed else None)
        if not is_next:
            self.skip_to(this)
        if this.entry is None:
            self.judge(this, "ENTRY_MALFORMED" if this.is_intact else "ENTRY_ALTERED")
        elif this.is_intact and not this.is_placed:
            self.judge(this, "ENTRY_MISPLACED")
        this.before = self.before if is_next else None
        if this.before is not None:
            this.before.before = None
        self.before = this
        self.next = seq + 1
        return this.entry if this.is_placed else None

    def judge(self, this: Stored, code: str) -> None:
        this.is_judged = True
        self.findings.append(at(code, this.seq))

    def skip_to(self, this: Stored) -> None:
        self.findings.append(at("ENTRY_MISSING", self.next, this.seq - 1))
        if this.seq == self.next + 1 and this.is_placed and this.entry is not None:
            if not this.is_sound:
                self.doubt = self.next
            self.join(bytes.fromhex(this.entry.prev))
        else:
            self.tree = None

    def settle(self, before: Stored, successor: Stored | None) -> None:
        """Decides what `before` was, now that its successor has said so by its `prev`, if there is one that can."""
        link = bytes.fromhex(successor.entry.prev) if successor and successor.entry else None
        leaf = before.computed if before.is_sound else link or before.recorded
        if not before.is_intact and not before.is_judged:
            if link == before.computed:
                self.findings.append(at("LEAF_ALTERED", before.seq))
                earlier = before.before
                own = before.entry.prev if before.entry and before.is_placed else None
                if earlier and earlier.is_sound and own and own != earlier.computed.hex():
                    self.findings.append(at("ENTRY_REWRITTEN", earlier.seq))
            else:
                self.findings.append(at("ENTRY_ALTERED", before.seq))
        is_link_judged = before.is_sound and successor is not None and successor.is_sound
        holds = link == leaf
        if self.is_broken:
            first = before.seq if is_link_judged and not holds else before.seq - 1
            last = before.seq - 1 if is_link_judged and holds else before.seq
            self.findings.append(at("ENTRY_REWRITTEN", first, last))
            self.is_broken = False
        else:
            self.is_broken = is_link_judged and not holds
        if is_link_judged and not holds or not before.is_sound and not (successor and successor.is_sound):
            self.doubt = before.seq
        self.join(leaf)

    def finish(self) -> None:
        """No entry follows."""
        before = self.before
        if before is not None:
            self.settle_last(before)
        for root in self.expected:
            if root.size > self.next:
                code = "ROLLED_BACK" if root.is_outside else "TAIL_MISSING"
                self.findings.append(at(code, self.next, root.size - 1))

    def settle_last(self, before: Stored) -> None:
        if self.is_broken:
            self.findings.append(at("ENTRY_REWRITTEN", before.seq - 1, before.seq))
        roots = [root.root for root in self.expected if root.size == self.next]
        leaf = before.computed
        if self.root_with(leaf) in roots:
            if not before.is_intact and not before.is_judged:
                self.findings.append(at("LEAF_ALTERED", before.seq))
        else:
            if not before.is_intact and not before.is_judged:
                self.findings.append(at("ENTRY_ALTERED", before.seq))
            leaf = before.recorded
        is_agreed = self.root_with(leaf) in roots
        self.join(leaf)
        if not before.is_sound and not is_agreed:
            self.doubt = before.seq

    def root_with(self, leaf: bytes) -> bytes | None:
        """The root if this leaf joined."""
        if self.tree is None:
            return None
        grown = tree.Frontier(self.tree.size, self.tree.hashes)
        grown.append(leaf)
        return grown.root()

    def join(self, leaf: bytes) -> None:
        if self.tree is not None:
            self.tree.append(leaf)
            self.compare()

    def compare(self) -> None:
        if self.tree is None:
            return
        size, root = self.tree.size, self.tree.root()
        for expected in [expected for expected in self.expected if expected.size == size]:
            agreed = self.outside if expected.is_outside else self.inside
            if expected.root == root:
                self.inside = size
                self.outside = size if expected.is_outside else self.outside
            elif self.doubt is None or self.doubt < agreed:
                code = "FORKED" if expected.is_outside else "CHECKPOINT_MISMATCH"
                self.findings.append(at(code, agreed, size - 1))
                self.doubt = size - 1

    def known_root(self) -> bytes | None:
        """The root of the whole, where something vouches for it."""
        if self.tree is None or (self.doubt is not None and self.doubt >= self.inside):
            return None
        return self.tree.root()
