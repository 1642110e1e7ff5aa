"""Ed25519 keys, from PEM text or a PEM file.

The cryptography package, which opens them, is an extra: it is imported once such a key is given.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from hk_adapter.errors import AdapterError, ConfigurationError
from hk_adapter.settings.credentials import Hidden, NamedValue, Secret, forget, given
from hk_adapter.settings.private_file import read_private_file

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

INSTALL = 'pip install "hk-adapter[ed25519]"'

_LONGEST_NAME = 40
"""Characters of a file's name that is shown: a raw Ed25519 key has 43 or more in Base64, 64 in hex."""


class Ed25519Credentials(Hidden):
    """A key and the private key that signs for it, as ``hk_adapter.hooks.Credentials`` wants them.

    Args:
        api_key: the public part.
        private_key: PKCS#8 PEM text, or the path of a file that holds it; ``~`` is the home directory.
        passphrase: unlocks an encrypted private key; not used for any other.

    Raises:
        ConfigurationError: the cryptography package is not installed; the file cannot be read or is open to others;
            what is given is no Ed25519 private key, or the passphrase does not unlock it. Never with any content.
    """

    __slots__ = ("__api_key", "__private_key")

    def __init__(
        self,
        api_key: str | Secret | NamedValue,
        private_key: str | Secret | NamedValue,
        passphrase: str | Secret | NamedValue | None,
    ) -> None:
        parts = given("api_key", api_key), given("private_key", private_key), given("passphrase", passphrase)
        del api_key, private_key, passphrase
        try:
            self.__api_key = parts[0].checked()
            self.__private_key = _opened(parts[1], parts[2])
        except AdapterError as error:
            clean = forget(error)
        else:
            return
        raise clean

    @property
    def api_key(self) -> str:
        """The public part, as it goes into a header."""
        return self.__api_key.reveal()

    @property
    def kind(self) -> str:
        """How it signs."""
        return "ed25519"

    @property
    def public_key(self) -> str:
        """The public half as PEM text, which is what the venue is given."""
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - an extra, only for such keys

        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.__private_key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()

    def ed25519(self, message: bytes) -> bytes:
        """Sign with the private key; 64 bytes (RFC 8032)."""
        return self.__private_key.sign(message)

    def hmac_sha256(self, message: bytes) -> NoReturn:
        """Raise ConfigurationError: there is no secret to do so with."""
        raise ConfigurationError("an Ed25519 key cannot sign by HMAC: that takes a key with a secret")


def is_pem(text: str) -> bool:
    """Whether a text is meant as PEM, and not as the path of a file."""
    return "-----BEGIN" in text


def path_of(text: str) -> Path:
    """Read a text as a path; ``~`` is the home directory, and stays where there is none."""
    return Path(os.path.expanduser(text))


def _opened(key: NamedValue, passphrase: NamedValue) -> Ed25519PrivateKey:
    try:
        from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - an extra, only for such keys
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415
    except ImportError as error:
        raise ConfigurationError(f"Ed25519 keys need the cryptography package: {INSTALL}") from error
    pem, called = _pem(key)
    unlocking = _unlocking(pem, called, passphrase)
    try:
        opened = load_pem_private_key(pem, unlocking)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        fault = "is no private key in PKCS#8 PEM" if unlocking is None else f"is not unlocked by {passphrase.name}"
        raise ConfigurationError(f"{called} {fault}") from error
    if not isinstance(opened, ed25519.Ed25519PrivateKey):
        raise ConfigurationError(f"{called} is a private key of another kind than Ed25519")
    return opened


def _pem(key: NamedValue) -> tuple[bytes, str]:
    """Return the PEM and what errors call it."""
    text = key.text()
    if is_pem(text):
        return text.encode("utf-8", "surrogatepass"), key.name
    path = path_of(text)
    called = f"{key.name}: file {path}" if _may_be_shown(path) else f"{key.name} is not PEM text, and the file it names"
    return read_private_file(path, called), called


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
