"""What a pool of either kind knows of its accounts, without opening any."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Generic, NoReturn, Self, TypeVar

from hk_adapter.errors import AdapterError, InvalidArgument
from hk_adapter.fleet.member import PoolAccount, by_name, chosen
from hk_adapter.fleet.seen_open import SeenOpen
from hk_adapter.plugins.risk import CreateBlock
from hk_adapter.venue.connection import Connection

V = TypeVar("V")


class PoolBase(Generic[V]):
    """Accounts by their names; what blocks their creates, and what is open of them."""

    def __init__(self, accounts: Iterable[PoolAccount], *, block_file: str | os.PathLike[str] | None = None) -> None:
        """Collect the accounts; each is opened when it is needed, and all of them by ``open`` or ``with``.

        Args:
            accounts: each with a name of its own.
            block_file: a path. While a file is there nothing is placed by any of them, nor by other processes that
                were given the same path. None is ``HK_ADAPTER_CREATE_BLOCK``, without which there is none.

        Raises InvalidArgument, ConfigurationError; sends nothing.
        """
        self._members = by_name(accounts)
        self._blocks = {name: CreateBlock(block_file) for name in self._members}
        self._seen = {name: SeenOpen() for name in self._members}
        self._open: dict[str, tuple[V, Connection]] = {}
        self._failures: dict[str, AdapterError] = {}
        self._closed = False

    @classmethod
    def of_profiles(
        cls, profiles: Iterable[str], *, block_file: str | os.PathLike[str] | None = None, **given: Any
    ) -> Self:
        """Collect the accounts of profiles of the config file, by the profiles' names.

        ``given`` are further arguments of ``connect`` for all of them. Raises as ``PoolAccount.of_profile``.
        """
        if isinstance(profiles, str):
            raise InvalidArgument("profiles must be a list of names, not one text")
        return cls([PoolAccount.of_profile(name, **given) for name in profiles], block_file=block_file)

    @property
    def members(self) -> Mapping[str, PoolAccount]:
        """The accounts by their names, opened or not."""
        return dict(self._members)

    @property
    def blocks(self) -> Mapping[str, CreateBlock]:
        """What may block the creates of each account."""
        return dict(self._blocks)

    @property
    def seen(self) -> Mapping[str, SeenOpen]:
        """What shows the open orders of each account as they are listed."""
        return dict(self._seen)

    @property
    def failures(self) -> Mapping[str, AdapterError]:
        """Why accounts could not be opened, the last time that they were to be; empty where all could."""
        return dict(self._failures)

    def block_creates(self, reason: str = "by hand", *, accounts: Iterable[str] | None = None) -> None:
        """Block new orders of these accounts in this process from now on; None is all. The file stays as it is."""
        for name in chosen(self._members, accounts, None):
            self._blocks[name].block_creates(reason)

    def allow_creates(self, *, accounts: Iterable[str] | None = None) -> None:
        """Unblock new orders of these accounts, None being all, as far as this process goes.

        The file stays as it is: remove it where other processes, and this one, shall place orders again.
        """
        for name in chosen(self._members, accounts, None):
            self._blocks[name].allow_creates()

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds keys and connections: open one in each process")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self._members)} accounts, {len(self._open)} open>"
