"""Credentials that stand before a key, to hear what it is given to sign, or to sign falsely in its place."""

from __future__ import annotations

from typing import Any

from hk_adapter.hooks import Credentials


class Overheard:
    """Signs as the key does, and keeps what was signed; where ``false``, it signs otherwise than the key would.

    Attributes:
        heard: each message, after the way in which it was signed.
    """

    def __init__(self, key: Credentials, *, false: bool = False) -> None:
        self._key = key
        self._false = false
        self.heard: list[tuple[str, Any, bytes]] = []

    @property
    def api_key(self) -> str:
        """The public part."""
        return self._key.api_key

    @property
    def kind(self) -> str:
        """How it signs."""
        return self._key.kind

    def part(self, name: str) -> str:
        """Return a further part of the key."""
        return self._key.part(name)

    def hmac(self, digest: str, message: bytes, *, key_encoding: str = "utf-8") -> bytes:
        """Sign with the secret."""
        self.heard.append(("hmac", digest, message))
        return self._as_wanted(self._key.hmac(digest, message, key_encoding=key_encoding))

    def hmac_sha256(self, message: bytes) -> str:
        """Sign with the secret; lower-case hex."""
        self.heard.append(("hmac", "sha256", message))
        return self._as_wanted(bytes.fromhex(self._key.hmac_sha256(message))).hex()

    def ed25519(self, message: bytes) -> bytes:
        """Sign with the private key."""
        self.heard.append(("ed25519", None, message))
        return self._as_wanted(self._key.ed25519(message))

    def rsa(self, digest: str, message: bytes, *, padding: str = "pkcs1v15") -> bytes:
        """Sign with the private key."""
        self.heard.append(("rsa", digest, message))
        return self._as_wanted(self._key.rsa(digest, message, padding=padding))

    def ecdsa(self, digest: str | None, message: bytes, *, form: str = "der") -> bytes:
        """Sign with the private key."""
        self.heard.append(("ecdsa", digest, message))
        return self._as_wanted(self._key.ecdsa(digest, message, form=form))

    def _as_wanted(self, signature: bytes) -> bytes:
        return bytes(byte ^ 0x55 for byte in signature) if self._false else signature
