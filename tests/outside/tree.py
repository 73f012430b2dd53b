"""The Merkle tree, by sections 5 and 9 of the document."""

import hashlib


def leaf(raw: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + raw).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree by the roots of its complete subtrees, the largest first."""

    def __init__(self, size: int, hashes: list[bytes]) -> None:
        self.size = size
        self.hashes = list(hashes)

    def append(self, joining: bytes) -> None:
        size = self.size
        while size & 1:
            joining = node(self.hashes.pop(), joining)
            size >>= 1
        self.hashes.append(joining)
        self.size += 1

    def root(self) -> bytes:
        if not self.hashes:
            return hashlib.sha256().digest()
        root = self.hashes[-1]
        for subtree in reversed(self.hashes[:-1]):
            root = node(subtree, root)
        return root


def extends(old: int, old_root: bytes, new: int, new_root: bytes, proof: list[bytes]) -> bool:
    """Whether the proof shows that the tree of `new` leaves begins with that of `old` leaves."""
    if old == 0 or old > new:
        return False
    if old == new:
        return not proof and old_root == new_root
    if not proof:
        return False
    hashes = [old_root, *proof] if old & (old - 1) == 0 else proof
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = hashes[0]
    for p in hashes[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(p, fr), node(p, sr)
            while fn & 1 == 0 and fn > 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == old_root and sr == new_root
