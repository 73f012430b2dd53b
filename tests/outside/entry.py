"""Canonical JSON and entries, by sections 3 and 4 of the document. Decides on bytes alone."""

import datetime
import re
from typing import NamedTuple

LARGEST = 2**53
DEEPEST = 16
LONGEST = 65_536
SHORT_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


class NotCanonical(ValueError):
    """The bytes are not in the one form that this value has."""


class Reader:
    """Reads one value, and takes no byte that another form of it could have."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def take(self, token: str) -> None:
        if not self.text.startswith(token, self.at):
            raise NotCanonical(f"{token} expected at {self.at}")
        self.at += len(token)

    def next(self) -> str:
        return self.text[self.at : self.at + 1]

    def value(self, depth: int) -> object:
        match self.next():
            case "{":
                return self.object(depth)
            case "[":
                return self.array(depth)
            case '"':
                return self.string()
            case "t":
                self.take("true")
                return True
            case "f":
                self.take("false")
                return False
            case _:
                return self.integer()

    def object(self, depth: int) -> dict[str, object]:
        check_depth(depth)
        members: dict[str, object] = {}
        before: bytes | None = None
        self.take("{")
        while self.next() != "}":
            if before is not None:
                self.take(",")
            name = self.string()
            order = name.encode("utf-16-be")
            if before is not None and order <= before:
                raise NotCanonical("a name is out of order")
            before = order
            self.take(":")
            members[name] = self.value(depth + 1)
        self.take("}")
        return members

    def array(self, depth: int) -> list[object]:
        check_depth(depth)
        items: list[object] = []
        self.take("[")
        while self.next() != "]":
            if items:
                self.take(",")
            items.append(self.value(depth + 1))
        self.take("]")
        return items

    def string(self) -> str:
        self.take('"')
        characters = []
        while (character := self.next()) != '"':
            self.at += 1
            if character < " ":
                raise NotCanonical("a string does not end, or has a control character")
            characters.append(self.escaped() if character == "\\" else character)
        self.at += 1
        return "".join(characters)

    def escaped(self) -> str:
        short = SHORT_ESCAPES.get(self.next())
        if short is not None:
            self.at += 1
            return short
        long = re.compile(r"u00[01][0-9a-f]").match(self.text, self.at)
        if long is None or chr(int(long[0][1:], 16)) in SHORT_ESCAPES.values():
            raise NotCanonical("an escape that is not needed")
        self.at = long.end()
        return chr(int(long[0][1:], 16))

    def integer(self) -> int:
        digits = re.compile(r"0|-?[1-9][0-9]*").match(self.text, self.at)
        if digits is None or len(digits[0]) > 17 or abs(int(digits[0])) > LARGEST:
            raise NotCanonical("not an integer in its range")
        self.at = digits.end()
        return int(digits[0])


def check_depth(depth: int) -> None:
    if depth > DEEPEST:
        raise NotCanonical("nested too deep")


def canonical(raw: bytes) -> object:
    """The value, or NotCanonical."""
    try:
        reader = Reader(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise NotCanonical("not UTF-8") from error
    value = reader.value(1)
    if reader.at != len(reader.text):
        raise NotCanonical("something follows the value")
    return value


class Entry(NamedTuple):
    """What a verifier needs of an entry."""

    ledger: str
    seq: int
    prev: str
    digests: frozenset[str]


HASH = r"[0-9a-f]{64}"
WORD = r"[A-Za-z0-9:/_.-]{1,255}"
FORMS = {
    "at": r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z",
    "id": r"evt_[0-7][0-9A-HJKMNP-TV-Z]{25}",
    "idem": HASH,
    "ledger": r"[!-*,-~]{1,200}",
    "prev": HASH,
    "severity": r"INFO|LOW|MEDIUM|HIGH|CRITICAL",
    "source": r"[A-Z][A-Z0-9_]{0,63}",
    "subject": WORD,
    "type": r"[A-Z][A-Z0-9_]{0,63}",
}
MEMBERS = {*FORMS, "actor", "payload", "seq", "v"}


def has_form(value: object, form: str) -> bool:
    return isinstance(value, str) and re.fullmatch(form, value) is not None


def is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def exists(at: str) -> bool:
    """Whether there is such a day and such a time. Years have a period of 400 years, so 0000 is as 2000."""
    year = int(at[:4]) % 400 + 2000
    try:
        datetime.date(year, int(at[5:7]), int(at[8:10]))
        datetime.time(int(at[11:13]), int(at[14:16]), int(at[17:19]))
    except ValueError:
        return False
    return True


def parsed(raw: bytes) -> Entry | None:
    """The entry, if the bytes are one."""
    if len(raw) > LONGEST:
        return None
    try:
        value = canonical(raw)
    except NotCanonical:
        return None
    if not isinstance(value, dict) or set(value) != MEMBERS:
        return None
    if not all(has_form(value[name], form) for name, form in FORMS.items()):
        return None
    actor, payload, seq = value["actor"], value["payload"], value["seq"]
    right = (
        isinstance(actor, dict)
        and set(actor) == {"id", "kind"}
        and has_form(actor["id"], WORD)
        and actor["kind"] in ("API_KEY", "PERSON", "SYSTEM")
        and isinstance(payload, dict)
        and is_integer(seq)
        and 0 <= seq < LARGEST
        and is_integer(value["v"])
        and value["v"] == 1
        and exists(value["at"])
        and (value["prev"] == "0" * 64) == (seq == 0)
    )
    if not right:
        return None
    digests = payload.get("_sd")
    digests = digests if isinstance(digests, list) else []
    return Entry(value["ledger"], seq, value["prev"], frozenset(word for word in digests if isinstance(word, str)))
