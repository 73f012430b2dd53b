#!/usr/bin/env python3
"""Changes one byte of a SQLite database, asks a verifier about it, and does so again with a fresh copy.

Knows SQLite and the form of a finding, and nothing of what the tables mean. The verifier has to exit with 11 and to
name the row: by its `seq`, or by its table and its key.

    flip_database.py DATABASE --seed 1 --tries 20 --beside DIRECTORY -- env X={database} Y={beside} verifier --json

`{database}` stands for the changed copy, `{beside}` for a copy of the directory that the verifier may write to.
"""

import argparse
import random
import re
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from verdict import ALTERED, Verdict, ask

SKIPPED = ["inbox", "leases", "outbox"]
"""Queues and leases: they hold nothing an auditor relies upon."""

Value = int | str | bytes
Key = tuple[str, ...]


class Flip(NamedTuple):
    """One value with one byte changed, in a row that its old and its new keys name."""

    table: str
    row: int
    column: str
    old: Value
    new: Value
    at: int
    seqs: set[int]
    """Its `seq` before and after, if the table has such a column."""
    keys: list[tuple[Key, list[Key]]]
    """Its key before and after, each with the keys of all other rows."""

    def __str__(self) -> str:
        change = f"{excerpt(self.old, self.at)} -> {excerpt(self.new, self.at)}"
        return f"{self.table} {'/'.join(self.keys[0][0])} {self.column}[{self.at}]: {change}"

    def is_named_by(self, verdict: Verdict) -> bool:
        return any(
            any(place.holds(seq) for seq in self.seqs)
            or (place.table == self.table and any(names(place.row or "", *key) for key in self.keys))
            for place in verdict.places
        )


def names(words: str, key: Key, others: list[Key]) -> bool:
    """Whether the parts of the row's key that a finding says are those of this row alone."""
    said = [index for index, part in enumerate(key) if part and stands_in(part, words)]
    return bool(said) and not any(all(other[index] == key[index] for index in said) for other in others)


def stands_in(part: str, words: str) -> bool:
    """Whether it stands there as a word: the key 5 is not named by a finding about 15."""
    return re.search(rf"(?<![A-Za-z0-9_-]){re.escape(part)}(?![A-Za-z0-9_-])", words) is not None


def excerpt(value: Value, at: int) -> str:
    """The changed byte with a little before and behind it."""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        value = value.encode()
    return repr(value[max(0, at - 4) : at + 5])[1:]


def other_byte(value: Value, pick: random.Random) -> tuple[Value, int] | None:
    """The value with one byte changed, and the byte's position. None if it has no byte."""
    if isinstance(value, int):
        digits = str(value)
        at = pick.choice([index for index, digit in enumerate(digits) if digit != "-"])
        digit = pick.choice([digit for digit in "0123456789" if digit != digits[at]])
        return int(digits[:at] + digit + digits[at + 1 :]), at
    raw = value.encode() if isinstance(value, str) else value
    if not raw:
        return None
    while True:
        at = pick.randrange(len(raw))
        byte = pick.choice([byte for byte in range(256) if byte != raw[at]])
        changed = raw[:at] + bytes([byte]) + raw[at + 1 :]
        if isinstance(value, bytes):
            return changed, at
        try:
            return changed.decode(), at
        except UnicodeDecodeError:
            continue


class Database:
    """A database whose rows are changed behind its owner's back."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def tables(self) -> list[str]:
        """Those with rows."""
        every = self.db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'")
        return [name for (name,) in every.fetchall() if self.db.execute(f'SELECT 1 FROM "{name}"').fetchone()]

    def choose(self, skipped: list[str], pick: random.Random) -> Flip | None:
        """Any byte of any column of any row of any table. None if the value picked is NULL or empty."""
        table = pick.choice(sorted(set(self.tables()) - set(skipped)))
        columns = self.db.execute(f'PRAGMA table_info("{table}")').fetchall()
        row = pick.choice([row for (row,) in self.db.execute(f'SELECT rowid FROM "{table}" ORDER BY rowid')])
        column = pick.choice([column[1] for column in columns])
        stored = dict(zip([column[1] for column in columns], self.row(table, row)))
        value = stored[column]
        changed = None if value is None else other_byte(value, pick)
        if changed is None:
            return None
        after = {**stored, column: changed[0]}
        primary = [name for _, name in sorted((info[5], info[1]) for info in columns if info[5])] or ["rowid"]
        listed = ", ".join(f'"{name}"' for name in primary)
        others = self.db.execute(f'SELECT {listed} FROM "{table}" WHERE rowid <> ?', (row,)).fetchall()
        others = [tuple(str(part) for part in key) for key in others]
        return Flip(
            table, row, column, value, *changed,
            seqs={version["seq"] for version in (stored, after) if "seq" in version},
            keys=[(tuple(str(version.get(name, row)) for name in primary), others) for version in (stored, after)],
        )

    def row(self, table: str, row: int) -> tuple:
        return self.db.execute(f'SELECT * FROM "{table}" WHERE rowid = ?', (row,)).fetchone()

    def make(self, flip: Flip) -> None:
        """Takes the table's triggers away, changes the value, and puts them back.

        Raises sqlite3.IntegrityError where SQLite itself refuses the change.
        """
        triggers = self.db.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (flip.table,)
        ).fetchall()
        with self.db:
            self.db.execute("BEGIN IMMEDIATE")
            for name, _ in triggers:
                self.db.execute(f'DROP TRIGGER "{name}"')
            self.db.execute(f'UPDATE "{flip.table}" SET "{flip.column}" = ? WHERE rowid = ?', (flip.new, flip.row))
            for _, sql in triggers:
                self.db.execute(sql)
        stored = self.db.execute(f'SELECT "{flip.column}" FROM "{flip.table}" WHERE rowid = ?', (flip.row,)).fetchone()
        if stored != (flip.new,):
            raise RuntimeError(f"{flip}: SQLite stored something else")


def still(database: Path, scratch: Path) -> Path:
    """A copy of the database as it is now, the log beside it included, in one file."""
    whole = scratch / "whole.sqlite"
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as source:
        with closing(sqlite3.connect(whole)) as target:
            source.backup(target)
    return whole


def attempts(
    whole: Path, scratch: Path, skipped: list[str], pick: random.Random
) -> Iterator[tuple[Flip | None, Path, str]]:
    """For ever: a change and the fresh copy that has it. No change, but why, if there was none to make."""
    copy = scratch / "flipped.sqlite"
    while True:
        for leftover in scratch.glob("flipped.sqlite*"):
            leftover.unlink()
        shutil.copyfile(whole, copy)
        with closing(sqlite3.connect(copy, isolation_level=None)) as db:
            flipped = Database(db)
            flip, refusal = flipped.choose(skipped, pick), "NULL or empty"
            try:
                if flip is not None:
                    flipped.make(flip)
            except sqlite3.IntegrityError as refused:
                flip, refusal = None, f"{flip}: SQLite refuses: {refused}"
        yield flip, copy, refusal


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tries", type=int, default=20)
    parser.add_argument("--beside", type=Path, help="copied anew for each run, as {beside}")
    parser.add_argument("--skip", action="append", default=SKIPPED, help="one more table to leave alone")
    parser.add_argument("--quiet", action="store_true", help="print only what was not found or not named")
    parser.add_argument("verifier", nargs="+")
    asked = parser.parse_args()
    pick = random.Random(asked.seed)
    tried = found = named = passed_over = 0
    print(f"seed {asked.seed}; not touched: {', '.join(asked.skip)}")
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        beside = scratch / "beside"
        for flip, copy, refusal in attempts(still(asked.database, scratch), scratch, asked.skip, pick):
            if tried == asked.tries:
                break
            if flip is None:
                passed_over += 1
                if not asked.quiet:
                    print(refusal)
                continue
            shutil.rmtree(beside, ignore_errors=True)
            if asked.beside:
                shutil.copytree(asked.beside, beside)
            places = {"{database}": str(copy), "{beside}": str(beside)}
            verdict = ask([filled(word, places) for word in asked.verifier])
            is_found = verdict.exit_code == ALTERED
            is_named = flip.is_named_by(verdict)
            tried, found, named = tried + 1, found + is_found, named + is_named
            if not (asked.quiet and is_found and is_named):
                missed = "" if is_found and is_named else "NOT NAMED: " if is_found else "NOT FOUND: "
                print(f"{missed}{flip}: exit {verdict.exit_code}, {verdict.named()}", flush=True)
    print(f"passed over {passed_over} that were NULL, empty or refused by SQLite")
    print(f"{tried} tried, {found} found, {named} named")
    return 0 if found == named == tried else 1


def filled(word: str, places: dict[str, str]) -> str:
    for name, path in places.items():
        word = word.replace(name, path)
    return word


if __name__ == "__main__":
    sys.exit(main())
