"""What a test arranges about API keys: further ones, what they may do, from where, and their end."""

from __future__ import annotations

from collections.abc import Iterable

from hk_adapter.simulator.access.keys import READ_ONLY, READ_WRITE, ApiKey, Permission
from hk_adapter.simulator.core import Simulator


class KeyControl:
    """Arrange a simulator's keys. Wrong arguments raise ValueError and change nothing."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def open(
        self,
        api_key: str,
        secret: str = "",
        *,
        public_key: str | None = None,
        account_id: str | None = None,
        permissions: Iterable[str] = READ_WRITE,
        addresses: Iterable[str] | None = None,
    ) -> None:
        """Open one more key for an account (None: the first), with a `secret` or the PEM of an Ed25519 `public_key`.

        `permissions` besides reading: `trading`, `internal_transfer`. `addresses` None lets every IP address in.
        """
        allowed = _permissions(permissions)
        with self._simulator.lock:
            account = self._simulator.account
            if account_id is not None:
                found = self._simulator.venue.register.by_id(account_id)
                if found is None:
                    raise ValueError(f"the venue knows no account {account_id!r}")
                account = found
            key = self._simulator.open_key(account, api_key, secret, public_key)
            key.permissions = allowed
            key.addresses = _addresses(addresses)

    def permit(self, api_key: str, permissions: Iterable[str] = READ_ONLY) -> None:
        """Set what a key may do besides reading; nothing unless told."""
        allowed = _permissions(permissions)
        with self._simulator.lock:
            self._key(api_key).permissions = allowed

    def admit_from(self, api_key: str, addresses: Iterable[str] | None) -> None:
        """Set the only IP addresses that a key may be used from; None is any."""
        with self._simulator.lock:
            self._key(api_key).addresses = _addresses(addresses)

    def disable(self, api_key: str) -> None:
        """Switch a key off."""
        with self._simulator.lock:
            self._key(api_key).enabled = False

    def enable(self, api_key: str) -> None:
        """Switch a key on again, also one that has expired."""
        with self._simulator.lock:
            key = self._key(api_key)
            key.enabled, key.expired, key.last_used = True, False, None

    def expire(self, api_key: str) -> None:
        """Expire a key."""
        with self._simulator.lock:
            self._key(api_key).expired = True

    def _key(self, api_key: str) -> ApiKey:
        key = self._simulator.keys.get(api_key)
        if key is None:
            raise ValueError("the venue knows no such key")
        return key


def _permissions(names: Iterable[str]) -> frozenset[Permission]:
    try:
        return frozenset(map(Permission, names))
    except ValueError as error:
        raise ValueError(f"permissions are among {', '.join(Permission)}") from error


def _addresses(addresses: Iterable[str] | None) -> frozenset[str] | None:
    return None if addresses is None else frozenset(addresses)
