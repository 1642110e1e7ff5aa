"""API keys: whose they are, how their requests are signed, what they may do and from where.

Sources: HashKey documentation 2025/2026. A key may read only, or also write; HK splits writing into kinds, of which
trading covers creating and canceling spot orders (Nov 2025). Unused for 90 days a key is deactivated, and each use
counts anew.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from hk_adapter.simulator.dialect import Dialect
from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.refusals import Refusal

UNUSED_MS = 90 * 24 * 3600 * 1000


class Permission(StrEnum):
    """Name what a key may do besides reading, as far as this venue has endpoints for it."""

    TRADING = "trading"
    INTERNAL_TRANSFER = "internal_transfer"


READ_ONLY: frozenset[Permission] = frozenset()
READ_WRITE = frozenset(Permission)


class Verifier(Protocol):
    """Check signatures, by whichever method a key was created for."""

    def verifies(self, signed: bytes, signature: str) -> bool:
        """Return whether a signature, as it stands in the request, is that of a text."""
        ...


class Secret:
    """Check HMAC-SHA256 signatures; their hex is not case-sensitive."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def verifies(self, signed: bytes, signature: str) -> bool:
        """Return whether a signature, as it stands in the request, is that of a text."""
        expected = hmac.digest(self._secret, signed, "sha256").hex()
        return hmac.compare_digest(signature.lower().encode(), expected.encode())


@dataclass(slots=True, kw_only=True, eq=False)
class ApiKey:
    """Keep a key's state. `addresses` None lets every caller in; `last_used` is None until the first use, in ms."""

    account: Account
    verifier: Verifier = field(repr=False)
    permissions: frozenset[Permission] = READ_WRITE
    addresses: frozenset[str] | None = None
    enabled: bool = True
    expired: bool = False
    last_used: int | None = None

    def is_forgotten(self, now: int) -> bool:
        """Return whether the key was not used for so long that the venue deactivates it."""
        return self.last_used is not None and now - self.last_used > UNUSED_MS


ASSET_TRANSFER = ("POST", "/api/v1/account/assetTransfer")
LISTEN_KEY_CREATE = ("POST", "/api/v1/userDataStream")
LISTEN_KEY_RENEW = ("PUT", "/api/v1/userDataStream")
LISTEN_KEY_DELETE = ("DELETE", "/api/v1/userDataStream")
LISTENING = frozenset({LISTEN_KEY_CREATE, LISTEN_KEY_RENEW, LISTEN_KEY_DELETE})
"""The calls about listen keys: who may read may listen."""

_NOT_TRADING: Mapping[tuple[str, str], Permission] = {ASSET_TRANSFER: Permission.INTERNAL_TRANSFER}


def check_permission(key: ApiKey, route: tuple[str, str], dialect: Dialect) -> None:
    """Raise Refusal when a key may not make a call; every key may read."""
    if route[0] == "GET" or _NOT_TRADING.get(route, Permission.TRADING) in key.permissions:
        return
    if route not in LISTENING:
        raise Refusal(dialect.no_permission)
