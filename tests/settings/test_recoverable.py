"""A signature on secp256k1 with its recovery id tells by which key it was made, and nothing else does."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from hk_adapter.errors import ConfigurationError, InvalidArgument
from hk_adapter.settings import KeyForm, load_credentials
from hk_adapter.settings.recovery_id import recoverable
from tests.cases import each
from tests.settings.test_signing import pem_of, told

CHAIN = KeyForm(kinds=frozenset({"ecdsa"}))
FIELD = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
BASE = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)
Point = tuple[int, int] | None


def plus(one: Point, other: Point) -> Point:
    """Add two points of the curve, by the book."""
    if one is None or other is None:
        return one or other
    if one[0] == other[0] and (one[1] + other[1]) % FIELD == 0:
        return None
    if one == other:
        slope = 3 * one[0] ** 2 * pow(2 * one[1], -1, FIELD)
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, FIELD)
    x = (slope * slope - one[0] - other[0]) % FIELD
    return x, (slope * (one[0] - x) - one[1]) % FIELD


def times(number: int, point: Point) -> Point:
    """Multiply a point."""
    found: Point = None
    while number:
        found = plus(found, point) if number & 1 else found
        point, number = plus(point, point), number >> 1
    return found


def signer_of(digest: bytes, signature: bytes) -> Point:
    """Find the public key that made a signature, as a chain does."""
    r, s, v = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big"), signature[64]
    x = r + ORDER * (v >> 1)
    y = pow(x**3 + 7, (FIELD + 1) // 4, FIELD)
    point = (x, y if y & 1 == v & 1 else FIELD - y)
    inverse = pow(r, -1, ORDER)
    of_base = times(-int.from_bytes(digest, "big") * inverse % ORDER, BASE)
    return plus(of_base, times(s * inverse % ORDER, point))


def chain_key(text: Any) -> Any:
    """Load a key of a venue that takes such only."""
    pytest.importorskip("cryptography")
    return load_credentials("acme", api_key="0xaddress", private_key=text, form=CHAIN, env={})


@each("number", [1, 2, 0xC0FFEE, ORDER - 1])
def test_the_signer_is_found_by_the_signature_alone(number: int) -> None:
    """By r, s and v, whichever point was meant; and s is in its lower half."""
    credentials = chain_key(f"{number:064x}")
    for text in range(8):
        digest = hashlib.sha3_256(b"%d" % text).digest()
        made = credentials.ecdsa(None, digest, form="recoverable")
        assert len(made) == 65
        assert made[64] in (0, 1)
        assert 0 < int.from_bytes(made[32:64], "big") <= ORDER // 2
        assert signer_of(digest, made) == times(number, BASE)


def test_a_digest_may_be_named_or_be_made_already() -> None:
    """As any curve's signature, also without the recovery id."""
    credentials = chain_key("0x" + "11" * 32)
    named = credentials.ecdsa("sha256", b"message", form="recoverable")
    assert signer_of(hashlib.sha256(b"message").digest(), named) == times(int("11" * 32, 16), BASE)
    ec = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ec")
    hashes = pytest.importorskip("cryptography.hazmat.primitives.hashes")
    key = ec.generate_private_key(ec.SECP384R1())
    for digest, kind in (("sha256", hashes.SHA256()), ("sha384", hashes.SHA384()), ("sha512", hashes.SHA512())):
        made = chain_key(pem_of(key)).ecdsa(None, hashlib.new(digest, b"message").digest())
        key.public_key().verify(made, b"message", ec.ECDSA(kind))


def test_a_signature_in_the_upper_half_is_turned() -> None:
    """Chains take one of the two that say the same."""
    ec = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ec")
    private = 0x1234567890ABCDEF
    digest = hashlib.sha256(b"message").digest()
    for k in (2, 3, 5, 7, 11, 13):  # the secret number that a library would draw
        x, y = times(k, BASE) or (0, 0)
        r = x % ORDER
        s = pow(k, -1, ORDER) * (int.from_bytes(digest, "big") + r * private) % ORDER
        public = ec.derive_private_key(private, ec.SECP256K1()).public_key()
        low, high = recoverable(public, digest, r, min(s, ORDER - s)), recoverable(public, digest, r, max(s, ORDER - s))
        assert low == high is not None
        assert signer_of(digest, low) == times(private, BASE)
        assert low[64] == (y & 1) ^ (s > ORDER // 2)


@each(
    ("arguments", "kind", "words"),
    [
        ({"digest": None, "message": b"short"}, InvalidArgument, "of a digest of 32 bytes, not of 5"),
        ({"digest": "sha512", "message": b""}, InvalidArgument, "of a digest of 32 bytes, not of 64"),
        ({"digest": "keccak", "message": b""}, InvalidArgument, "no digest is named 'keccak'"),
        ({"digest": None, "message": b"short", "form": "raw"}, InvalidArgument, "no digest is of 5 bytes"),
        ({"digest": "sha256", "message": b"", "form": "rsv"}, InvalidArgument, "der, raw, recoverable, not 'rsv'"),
    ],
)
def test_what_cannot_be_signed(arguments: Any, kind: type[Exception], words: str) -> None:
    """It says why."""
    with pytest.raises(kind, match=words):
        chain_key("11" * 32).ecdsa(**{"form": "recoverable"} | arguments)


def test_another_curve_has_no_such_signature() -> None:
    """It is said when it signs: which curves a venue takes, it says itself."""
    ec = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ec")
    with pytest.raises(ConfigurationError, match="wants a private key of the curve secp256k1"):
        chain_key(pem_of(ec.generate_private_key(ec.SECP256R1()))).ecdsa("sha256", b"", form="recoverable")


@pytest.mark.parametrize("number", [0, ORDER, 2**256 - 1])
def test_a_number_that_is_no_key_is_not_told(number: int) -> None:
    """Neither in the error nor in its frames."""
    text = f"{number:064x}"
    with pytest.raises(ConfigurationError, match="private_key is no private key of secp256k1") as caught:
        chain_key(text)
    assert text not in told(caught.value)


def test_hex_is_a_key_where_the_venue_takes_curves_only(tmp_path: Any) -> None:
    """Elsewhere it is no key, and not shown; in a profile it is no relative path."""
    with pytest.raises(ConfigurationError) as caught:
        load_credentials("acme", api_key="key", private_key="ab" * 32, form=KeyForm(), env={})
    assert "abab" not in told(caught.value)
    config = tmp_path / "config.toml"
    config.write_text(f'[profiles.chain]\nvenue = "acme"\napi_key = "0xa"\nprivate_key = "{"ab" * 32}"\n')
    config.chmod(0o600)
    found = load_credentials("acme", profile="chain", form=CHAIN, env={"HK_ADAPTER_CONFIG": str(config)})
    assert found is not None
    assert found.kind == "ecdsa"
    assert "abab" not in repr(found)
