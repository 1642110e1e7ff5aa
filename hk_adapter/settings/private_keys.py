"""RSA and ECDSA keys, and the credentials that a private key makes, by its own kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hk_adapter.errors import InvalidArgument, shown
from hk_adapter.settings.credentials import DIGESTS, NamedValue
from hk_adapter.settings.ed25519 import Ed25519Credentials, PrivateKeyCredentials, opened

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.hashes import HashAlgorithm


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

    def ecdsa(self, digest: str, message: bytes, *, form: str = "der") -> bytes:
        """Sign by a digest of ``hashlib``'s; ``form`` is ``der``, or ``raw``: r and s, as long as the curve's keys.

        Raises InvalidArgument for another digest or form.
        """
        from cryptography.hazmat.primitives.asymmetric import ec, utils  # noqa: PLC0415 - an extra

        if form not in ("der", "raw"):
            raise InvalidArgument(f"form must be der or raw, not {shown(form)}")
        signature = self._sign(message, ec.ECDSA(_algorithm(digest)))
        if form == "der":
            return signature
        length = (self._key_size + 7) // 8
        return b"".join(part.to_bytes(length, "big") for part in utils.decode_dss_signature(signature))


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


def _algorithm(digest: str) -> HashAlgorithm:
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - an extra

    if digest not in DIGESTS:
        raise InvalidArgument(f"no digest is named {shown(digest)}")
    made: HashAlgorithm = getattr(hashes, digest.upper())()
    return made
