"""RSA and ECDSA keys, and the credentials that a private key makes, by its own kind."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from hk_adapter.errors import ConfigurationError, InvalidArgument, shown
from hk_adapter.settings.credentials import DIGESTS, NamedValue
from hk_adapter.settings.ed25519 import Ed25519Credentials, PrivateKeyCredentials, opened
from hk_adapter.settings.recovery_id import CURVE, recoverable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
    from cryptography.hazmat.primitives.hashes import HashAlgorithm

_FORMS = ("der", "raw", "recoverable")
_LONG_AS = {20: "sha1", 28: "sha224", 32: "sha256", 48: "sha384", 64: "sha512"}
"""Digests of each length, in whose place one stands that was made already, by whatever function."""


class RsaCredentials(PrivateKeyCredentials):
    """A key and the RSA key that signs for it."""

    __slots__ = ()

    KIND = "rsa"

    def rsa(self, digest: str, message: bytes, *, padding: str = "pkcs1v15") -> bytes:
        """Sign by a digest of ``hashlib``'s; ``padding`` is ``pkcs1v15``, or ``pss`` with a salt as long as the digest.

        Raises InvalidArgument for another digest or padding.
        """
        from cryptography.hazmat.primitives.asymmetric import padding as paddings  # noqa: PLC0415 - an extra

        algorithm = _algorithm(digest)
        if padding == "pkcs1v15":
            return self._sign(message, paddings.PKCS1v15(), algorithm)
        if padding == "pss":
            salt = paddings.PSS.DIGEST_LENGTH
            return self._sign(message, paddings.PSS(mgf=paddings.MGF1(algorithm), salt_length=salt), algorithm)
        raise InvalidArgument(f"padding must be pkcs1v15 or pss, not {shown(padding)}")


class EcdsaCredentials(PrivateKeyCredentials):
    """A key and the key of an elliptic curve, such as P-256 or secp256k1, that signs for it."""

    __slots__ = ()

    KIND = "ecdsa"

    def ecdsa(self, digest: str | None, message: bytes, *, form: str = "der") -> bytes:
        """Sign by a digest of ``hashlib``'s, or where it is None, what is one already.

        ``form`` is ``der``; ``raw``: r and s, as long as the curve's keys; or, on secp256k1, ``recoverable``: 65 bytes,
        r, s and the recovery id, from 0 to 3.

        Raises InvalidArgument for another digest or form, and ConfigurationError for a key of another curve.
        """
        if form not in _FORMS:
            raise InvalidArgument(f"form must be one of {', '.join(_FORMS)}, not {shown(form)}")
        if form == "recoverable":
            return self._recoverable(_digested(digest, message))
        signature = self._ecdsa(message, _way(digest, message))
        if form == "der":
            return signature
        length = (self._key_size + 7) // 8
        return b"".join(part.to_bytes(length, "big") for part in _numbers(signature))

    def _recoverable(self, digested: bytes) -> bytes:
        if self._public.curve.name != CURVE:
            raise ConfigurationError(f"this venue wants a private key of the curve {CURVE}, and it is of another one")
        if len(digested) != 32:
            raise InvalidArgument(f"a recoverable signature is of a digest of 32 bytes, not of {len(digested)}")
        made = None
        while made is None:
            made = recoverable(self._public, digested, *_numbers(self._ecdsa(digested, _way(None, digested))))
        return made

    def _ecdsa(self, message: bytes, algorithm: HashAlgorithm | Prehashed) -> bytes:
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - an extra

        return self._sign(message, ec.ECDSA(algorithm))


def credentials_of(
    api_key: NamedValue,
    private_key: NamedValue,
    passphrase: NamedValue,
    parts: Mapping[str, NamedValue],
    kinds: frozenset[str],
) -> PrivateKeyCredentials:
    """Make the credentials of a private key, whichever of these kinds it is of."""
    key = opened(private_key, passphrase, kinds)
    made = {one.KIND: one for one in (Ed25519Credentials, RsaCredentials, EcdsaCredentials)}[key.kind]
    return made(api_key, NamedValue(private_key.name, key), passphrase, parts)


def _way(digest: str | None, message: bytes) -> HashAlgorithm | Prehashed:
    from cryptography.hazmat.primitives.asymmetric import utils  # noqa: PLC0415 - an extra

    if digest is not None:
        return _algorithm(digest)
    if len(message) not in _LONG_AS:
        raise InvalidArgument(f"no digest is of {len(message)} bytes: name the one to be made of the message")
    return utils.Prehashed(_algorithm(_LONG_AS[len(message)]))


def _algorithm(digest: str) -> HashAlgorithm:
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - an extra

    if digest not in DIGESTS:
        raise InvalidArgument(f"no digest is named {shown(digest)}")
    made: HashAlgorithm = getattr(hashes, digest.upper())()
    return made


def _digested(digest: str | None, message: bytes) -> bytes:
    if digest is None:
        return message
    if digest not in DIGESTS:
        raise InvalidArgument(f"no digest is named {shown(digest)}")
    return hashlib.new(digest, message).digest()


def _numbers(signature: bytes) -> tuple[int, int]:
    from cryptography.hazmat.primitives.asymmetric import utils  # noqa: PLC0415 - an extra

    return utils.decode_dss_signature(signature)
