"""Keys of the newer kind: their owner keeps the private half and the venue only learns the public one, as PEM.

Source: HashKey documentation, 2026. Base64 is the recommended form of a signature, hex is accepted too. Needs the
`cryptography` package, which is imported when the first such key is opened.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_HEX = re.compile(r"[0-9a-fA-F]{128}")


class PublicKey:
    """Check signatures against a public key.

    ValueError when the PEM text holds no Ed25519 key, ImportError without `cryptography`.
    """

    def __init__(self, pem: str) -> None:
        self._key = _load(pem)

    def verifies(self, signed: bytes, signature: str) -> bool:
        """Return whether a signature, as it stands in the request, is that of a text.

        A query is decoded as forms are: an unescaped `+` of Base64 arrives as a space, and nothing fits any more.
        """
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - only for those who use such keys

        raw = _decoded(unquote_plus(signature))
        if raw is None:
            return False
        try:
            self._key.verify(raw, signed)
        except InvalidSignature:
            return False
        return True


def _load(pem: str) -> Ed25519PublicKey:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - only for those who use such keys
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415

    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("public_key is not the PEM text of a public key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("public_key is not an Ed25519 key")  # noqa: TRY004 - it is the text that is wrong
    return key


def _decoded(signature: str) -> bytes | None:
    if _HEX.fullmatch(signature):
        return bytes.fromhex(signature)
    try:
        return b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return None
