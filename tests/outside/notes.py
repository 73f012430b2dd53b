"""Verifier keys, signed notes and checkpoints, by section 6 of the document."""

import base64
import binascii
import hashlib
import re
from typing import NamedTuple

import ed25519_strict

WHITE_SPACE = {0x20, 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000}
WHITE_SPACE |= {*range(0x09, 0x0E), *range(0x2000, 0x200B)}
CONTROL = {*range(0x20), *range(0x7F, 0xA0)}
SIGNATURE_LINES = range(1, 65)
DECIMAL = re.compile(r"0|[1-9][0-9]{0,19}", re.ASCII)


class Refused(ValueError):
    """It has not its form, or is not signed."""


class Key(NamedTuple):
    name: str
    id: bytes
    public: bytes


class Checkpoint(NamedTuple):
    size: int
    root: bytes


def decimal(text: str) -> int:
    if DECIMAL.fullmatch(text) is None or int(text) >= 2**64:
        raise Refused("not a decimal number")
    return int(text)


def base64_of(text: str) -> bytes:
    """What canonical base64 stands for."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise Refused("not base64") from error
    if base64.b64encode(raw).decode() != text:
        raise Refused("not canonical base64")
    return raw


def is_name(name: str) -> bool:
    return bool(name) and not any(ord(character) in WHITE_SPACE | CONTROL for character in name)


def key(text: str) -> Key:
    """Reads a verifier key."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not is_name(parts[0]) or re.fullmatch(r"[0-9a-f]{8}", parts[1]) is None:
        raise Refused("not a verifier key")
    raw = base64_of(parts[2])
    if len(raw) != 33 or raw[0] != 1 or not ed25519_strict.is_public_key(raw[1:]):
        raise Refused("not an Ed25519 key")
    if hashlib.sha256(parts[0].encode() + b"\n" + raw).digest()[:4].hex() != parts[1]:
        raise Refused("the key id is another key's")
    return Key(parts[0], bytes.fromhex(parts[1]), raw[1:])


def signature_line(line: str) -> tuple[str, bytes]:
    """The name, and what follows it."""
    parts = line.split(" ", 2)
    if len(parts) != 3 or parts[0] != "\u2014" or not is_name(parts[1]) or "+" in parts[1]:
        raise Refused("not a signature line")
    raw = base64_of(parts[2])
    if len(raw) < 5:
        raise Refused("a signature too short")
    return parts[1], raw


def signed_text(note: bytes, keys: list[Key]) -> str:
    """The text of a note that one of the keys signed."""
    try:
        text = note.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("not UTF-8") from error
    if any(character < " " and character != "\n" for character in text) or not text.endswith("\n"):
        raise Refused("not a note")
    end = text.rfind("\n\n")
    if end < 0:
        raise Refused("no signature")
    said, lines = text[: end + 1], text[end + 2 : -1].split("\n")
    if len(lines) not in SIGNATURE_LINES:
        raise Refused("no signature, or too many")
    is_signed = False
    for name, raw in [signature_line(line) for line in lines]:
        for known in keys:
            if (known.name, known.id) == (name, raw[:4]):
                if not ed25519_strict.holds(known.public, said.encode(), raw[4:]):
                    raise Refused("a signature does not hold")
                is_signed = True
    if not is_signed:
        raise Refused("signed by nobody known")
    return said


def checkpoint(note: bytes, origin: str, keys: list[Key]) -> Checkpoint:
    """Reads a checkpoint of this ledger, or refuses it."""
    lines = signed_text(note, [known for known in keys if known.name == origin]).split("\n")
    if len(lines) != 4 or lines[0] != origin:
        raise Refused("not a checkpoint of this ledger")
    root = base64_of(lines[2])
    if len(root) != 32:
        raise Refused("not a root")
    return Checkpoint(decimal(lines[1]), root)
