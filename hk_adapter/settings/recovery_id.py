"""Signatures on secp256k1 that tell whose they are: r, s and the recovery id v, as chains want them.

The id says which of the curve's points has r. That point is made anew from what everybody may know: the signature, the
digest and the public key; the private key has no part in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

CURVE = "secp256k1"
_FIELD = 2**256 - 2**32 - 977
_ORDER = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141


def recoverable(public_key: EllipticCurvePublicKey, digest: bytes, r: int, s: int) -> bytes | None:
    """Return 65 bytes: r, s and v, from 0 to 3, with s in the lower half of its range, which is all that chains take.

    None in the one case of about 2**128 for which the point cannot be told: sign again.
    """
    v = _recovery_id(public_key, int.from_bytes(digest, "big"), r, s)
    if v is None:
        return None
    if s > _ORDER // 2:
        s, v = _ORDER - s, v ^ 1
    return r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([v])


def _recovery_id(public_key: EllipticCurvePublicKey, digest: int, r: int, s: int) -> int | None:
    inverse = pow(s, -1, _ORDER)
    of_base, of_key = digest * inverse % _ORDER, r * inverse % _ORDER
    if of_base == 0:
        return None
    base_x, base_y = _times_base(of_base)
    key_x = _x_of_times(public_key, of_key)
    root = pow(pow(key_x, 3, _FIELD) + 7, (_FIELD + 1) // 4, _FIELD)
    for key_y in (root, _FIELD - root):  # the x of a multiple leaves two of it
        if base_x == key_x:
            continue
        slope = (key_y - base_y) * pow(key_x - base_x, -1, _FIELD) % _FIELD
        x = (slope * slope - base_x - key_x) % _FIELD
        y = (slope * (base_x - x) - base_y) % _FIELD
        if x % _ORDER == r:
            return (y & 1) | (2 if x >= _ORDER else 0)
    return None


def _times_base(number: int) -> tuple[int, int]:
    """Return a multiple of the curve's base point."""
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - an extra

    point = ec.derive_private_key(number, ec.SECP256K1()).public_key().public_numbers()
    return point.x, point.y


def _x_of_times(point: EllipticCurvePublicKey, number: int) -> int:
    """Return the x of a multiple of a point, as a key agreement makes it."""
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - an extra

    return int.from_bytes(ec.derive_private_key(number, ec.SECP256K1()).exchange(ec.ECDH(), point), "big")
