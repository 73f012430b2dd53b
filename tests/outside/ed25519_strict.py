"""Ed25519 verification (RFC 8032), strict: for verifiers. Slow, and not for secrets."""

import hashlib

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)

Point = tuple[int, int, int, int]
"""Extended coordinates X, Y, Z, T: x = X/Z, y = Y/Z, xy = T/Z."""

NEUTRAL: Point = (0, 1, 1, 0)


def add(a: Point, b: Point) -> Point:
    lower = (a[1] - a[0]) * (b[1] - b[0]) % P
    upper = (a[1] + a[0]) * (b[1] + b[0]) % P
    cross = 2 * a[3] * b[3] * D % P
    depth = 2 * a[2] * b[2] % P
    e, f, g, h = upper - lower, depth - cross, depth + cross, upper + lower
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(scalar: int, point: Point) -> Point:
    total = NEUTRAL
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point = add(point, point)
        scalar >>= 1
    return total


def negative(point: Point) -> Point:
    return (-point[0] % P, point[1], point[2], -point[3] % P)


def decoded(encoding: bytes) -> Point | None:
    """The point that these 32 bytes stand for (RFC 8032, section 5.1.3)."""
    number = int.from_bytes(encoding, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if len(encoding) != 32 or y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P != u:
        x = x * SQRT_OF_MINUS_1 % P
    if v * x * x % P != u or (x == 0 and sign == 1):
        return None
    x = x if x & 1 == sign else P - x
    return (x, y, 1, x * y % P)


def encoded(point: Point) -> bytes:
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def is_of_small_order(point: Point) -> bool:
    x, y, z, _ = times(8, point)
    return x == 0 and y == z


def is_public_key(encoding: bytes) -> bool:
    point = decoded(encoding)
    return point is not None and not is_of_small_order(point)


GENERATOR = decoded((4 * pow(5, -1, P) % P).to_bytes(32, "little")) or NEUTRAL


def holds(public_key: bytes, message: bytes, signature: bytes) -> bool:
    if len(signature) != 64:
        return False
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    key, commitment = decoded(public_key), decoded(r)
    if key is None or commitment is None or s >= ORDER:
        return False
    if is_of_small_order(key) or is_of_small_order(commitment):
        return False
    k = int.from_bytes(hashlib.sha512(r + public_key + message).digest(), "little") % ORDER
    return encoded(add(times(s, GENERATOR), negative(times(k, key)))) == r
