"""Ed25519 keys, and how any private key is opened, from PEM text or a PEM file.

The cryptography package, which opens them, is an extra: it is imported once such a key is given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from hk_adapter.errors import AdapterError, ConfigurationError
from hk_adapter.settings.credentials import (
    CALLED,
    WRITTEN_LINE_ENDS,
    Hidden,
    KeyCredentials,
    NamedValue,
    Secret,
    forget,
    given,
    has_written_line_ends,
)
from hk_adapter.settings.private_file import path_of, read_private_file

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

_HEX_KEY = re.compile(r"(?:0x)?[0-9a-fA-F]{64}")
"""A private key of secp256k1, as its users have it."""

INSTALL = 'pip install "hk-adapter[ed25519]"'

_LONGEST_NAME = 40
"""Characters of a file's name that is shown: a raw Ed25519 key has 43 or more in Base64, 64 in hex."""


class OpenedKey(Hidden):
    """A private key that was read, and how it signs."""

    __slots__ = ("key", "kind")

    def __init__(self, kind: str, key: Any) -> None:
        self.kind = kind
        self.key = key


class PrivateKeyCredentials(KeyCredentials):
    """A key and the private key that signs for it.

    Args:
        api_key: the public part.
        private_key: PKCS#8 PEM text, or the path of a file that holds it; ``~`` is the home directory. One on secp256k1
            may be its 64 hex digits.
        passphrase: unlocks an encrypted private key; not used for any other.
        parts: what a venue wants of a key besides, each by its name.

    Raises:
        ConfigurationError: the cryptography package is not installed; the file cannot be read or is open to others;
            what is given is no private key of this kind, or the passphrase does not unlock it. Never with any content.
    """

    __slots__ = ("__private_key",)

    KIND = ""

    def __init__(
        self,
        api_key: str | Secret | NamedValue,
        private_key: str | Secret | NamedValue,
        passphrase: str | Secret | NamedValue | None,
        parts: Mapping[str, NamedValue] = MappingProxyType({}),
    ) -> None:
        both = given("api_key", api_key), given("private_key", private_key), given("passphrase", passphrase)
        del api_key, private_key, passphrase
        try:
            super().__init__(both[0], parts)
            self.__private_key = opened(both[1], both[2], frozenset({self.KIND})).key
        except AdapterError as error:
            clean = forget(error)
        else:
            return
        raise clean

    @property
    def kind(self) -> str:
        """How it signs."""
        return self.KIND

    @property
    def public_key(self) -> str:
        """The public half as PEM text, which is what the venue is given."""
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - an extra, only for such keys

        form = serialization.PublicFormat.SubjectPublicKeyInfo
        text: bytes = self.__private_key.public_key().public_bytes(serialization.Encoding.PEM, form)
        return text.decode()

    @property
    def _public(self) -> Any:
        """The public half."""
        return self.__private_key.public_key()

    @property
    def _key_size(self) -> int:
        size: int = self.__private_key.key_size
        return size

    def _sign(self, *arguments: Any) -> bytes:
        signature: bytes = self.__private_key.sign(*arguments)
        return signature


class Ed25519Credentials(PrivateKeyCredentials):
    """A key and the Ed25519 key that signs for it."""

    __slots__ = ()

    KIND = "ed25519"

    def ed25519(self, message: bytes) -> bytes:
        """Sign with the private key; 64 bytes (RFC 8032)."""
        return self._sign(message)


def is_pem(text: str) -> bool:
    """Whether a text is meant as PEM, and not as the path of a file."""
    return "-----BEGIN" in text


def is_key(text: str) -> bool:
    """Whether a text is meant as a key itself, PEM or hex, and not as the path of a file."""
    return is_pem(text) or _HEX_KEY.fullmatch(text) is not None


def opened(key: NamedValue, passphrase: NamedValue, kinds: frozenset[str]) -> OpenedKey:
    """Read a private key that signs in one of these ways; one that is read already stays as it is."""
    if isinstance(key.value, OpenedKey):
        return key.value
    try:
        from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - an extra, only for such keys
        from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415
    except ImportError as error:
        raise ConfigurationError(f"private keys need the cryptography package: {INSTALL}") from error
    if "ecdsa" in kinds and _HEX_KEY.fullmatch(key.text()):
        return OpenedKey("ecdsa", _of_hex(key))
    pem, called = _pem(key)
    unlocking = _unlocking(pem, called, passphrase)
    try:
        private_key = load_pem_private_key(pem, unlocking)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        fault = "is no private key in PKCS#8 PEM" if unlocking is None else f"is not unlocked by {passphrase.name}"
        fault = WRITTEN_LINE_ENDS if has_written_line_ends(pem.decode("latin-1")) else fault
        raise ConfigurationError(f"{called} {fault}") from error
    kind = _kind_of(private_key)
    if kind not in kinds:
        wanted = " or ".join(CALLED[one] for one in sorted(kinds) if one != "hmac")
        raise ConfigurationError(f"{called} is a private key of another kind than {wanted}")
    return OpenedKey(kind, private_key)


def _of_hex(key: NamedValue) -> PrivateKeyTypes:
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - as above

    try:
        return ec.derive_private_key(int(key.text(), 16), ec.SECP256K1())
    except ValueError as error:
        raise ConfigurationError(f"{key.name} is no private key of secp256k1") from error


def _kind_of(private_key: PrivateKeyTypes) -> str | None:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa  # noqa: PLC0415 - as above

    if isinstance(private_key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(private_key, rsa.RSAPrivateKey):
        return "rsa"
    return "ecdsa" if isinstance(private_key, ec.EllipticCurvePrivateKey) else None


def _pem(key: NamedValue) -> tuple[bytes, str]:
    """Return the PEM and what errors call it."""
    text = key.text()
    if is_pem(text):
        return text.encode("utf-8", "surrogatepass"), key.name
    path = path_of(text)
    called = f"{key.name}: file {path}" if _may_be_shown(path) else f"{key.name} is not PEM text, and the file it names"
    return read_private_file(path, called, or_pipe=True), called


def _may_be_shown(path: Path) -> bool:
    """Whether it is surely a path: a key pasted in its place, in Base64 or hex, must not be repeated."""
    return "." in path.name or (path.parent.is_dir() and path.is_absolute() and len(path.name) < _LONGEST_NAME)


def _unlocking(pem: bytes, called: str, passphrase: NamedValue) -> bytes | None:
    if b"PRIVATE KEY-----" not in pem and b"PUBLIC KEY-----" in pem:
        raise ConfigurationError(f"{called} is a public key: the venue has that one, signing takes the private one")
    if b"ENCRYPTED" not in pem:
        return None
    if passphrase.value is None:
        raise ConfigurationError(f"{called} is encrypted: its passphrase belongs in {passphrase.name}")
    return passphrase.text().encode("utf-8", "surrogatepass")
