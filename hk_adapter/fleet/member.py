"""One account of a pool: how it is opened, and what is known of it before that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from hk_adapter.errors import AdapterError, ConfigurationError, InvalidArgument, shown
from hk_adapter.fleet.seen_open import SeenOpen
from hk_adapter.plugins.risk import CreateBlock
from hk_adapter.settings import profile_budget, profile_places
from hk_adapter.transport.shared_budget.address import is_address, read_address
from hk_adapter.transport.shared_budget.block_flag import BlockFlag
from hk_adapter.venue.connect_arguments import ConnectArguments
from hk_adapter.venue.connect_for import arguments_of


class PoolAccount:
    """A name, and the arguments of ``connect`` that open it. It may hold a secret, and is printed without it."""

    __slots__ = ("_fault", "_given", "name", "venue_id")

    def __init__(self, name: str, venue_id: str, **given: Any) -> None:
        """Describe an account. ``given`` are the further arguments of ``connect``, such as ``api_key`` or ``profile``.

        Nothing is read or opened yet. Raises InvalidArgument for what can be no name.
        """
        if not is_account_name(name):
            raise InvalidArgument(f"name must be printable text without blanks around it, not {shown(name)}")
        self.name, self.venue_id, self._given = str.__str__(name), venue_id, given
        self._fault: AdapterError | None = None

    @classmethod
    def of_profile(cls, profile: str, **given: Any) -> PoolAccount:
        """Describe the account of a profile of the config file, by the profile's name.

        ``given`` are further arguments of ``connect``; without an ``environment`` it is the profile's, and one that
        names none is refused: production is never assumed.

        Raises ConfigurationError where there is no such profile, or it does not say where it is for.
        """
        places = profile_places()
        if profile not in places:
            raise ConfigurationError(f"there is no profile {shown(profile)}; there are: {', '.join(places) or 'none'}")
        venue_id, environment = places[profile]
        if venue_id is None:
            raise ConfigurationError(f"profile {profile!r} does not say which venue it is for")
        wanted = given.pop("environment", environment)
        if wanted is None:
            raise ConfigurationError(f"profile {profile!r} names no environment, and none was given")
        return cls(profile, venue_id, profile=profile, environment=wanted, **given)

    @classmethod
    def unusable(cls, name: str, venue_id: str, fault: AdapterError) -> PoolAccount:
        """Describe an account that cannot be opened, to be told beside the others: opening it raises ``fault``."""
        made = cls(name, venue_id)
        made._fault = fault
        return made

    def arguments(self, block: CreateBlock, seen: SeenOpen) -> ConnectArguments:
        """Return what it is opened with; the block stands innermost, where a request is about to be sent."""
        if self._fault is not None:
            raise self._fault
        given = arguments_of(self.venue_id, self._given)
        by_profile = given.profile is not None
        by_profile &= given.api_key is given.secret is given.private_key is None
        return given.replace(plugins=(*given.plugins, seen, block), profiles_key=by_profile)

    @property
    def block_flag(self) -> BlockFlag | None:
        """The create block of the Redis that has its budget; None where none has, or where its URL cannot be used."""
        try:
            budget = self._budget()
            return BlockFlag(read_address(budget)) if isinstance(budget, str) and is_address(budget) else None
        except (ConfigurationError, InvalidArgument):  # opening the account tells it
            return None

    def _budget(self) -> Any:
        given, profile = self._given.get("budget"), self._given.get("profile")
        return profile_budget(self.venue_id, profile=profile) if given is None and profile is not None else given

    def __reduce__(self) -> NoReturn:
        raise TypeError("a PoolAccount may hold a key: name it in each process")

    def __repr__(self) -> str:
        return f"<PoolAccount {self.name} at {self.venue_id}>"


def is_account_name(name: object) -> bool:
    """Return whether that can be an account's name: printable text of any script, as profiles may be called."""
    return isinstance(name, str) and bool(name) and name.isprintable() and name == name.strip()


def by_name(accounts: Iterable[PoolAccount]) -> dict[str, PoolAccount]:
    """Return the accounts by their names. Raises InvalidArgument where two have the same, and where there is none."""
    if isinstance(accounts, PoolAccount):
        raise InvalidArgument("a pool is made of a list of PoolAccount, not of one by itself")
    named: dict[str, PoolAccount] = {}
    for account in accounts:
        if not isinstance(account, PoolAccount):
            raise InvalidArgument(f"a pool is made of PoolAccount, not of {shown(account)}")
        if named.setdefault(account.name, account) is not account:
            raise InvalidArgument(f"two accounts of the pool are named {account.name!r}")
    if not named:
        raise InvalidArgument("a pool needs an account")
    return named


def chosen(
    members: Mapping[str, PoolAccount], accounts: Iterable[str] | None, venues: Iterable[str] | None
) -> list[str]:
    """Return the names of those that are among ``accounts`` and at one of ``venues``; None picks by nothing.

    Raises InvalidArgument for a name that no member has, and where nothing is picked.
    """
    by_account = _checked("accounts", accounts, members)
    by_venue = _checked("venues", venues, {member.venue_id for member in members.values()})
    names = [name for name, one in members.items() if by_account(name) and by_venue(one.venue_id)]
    if not names:
        raise InvalidArgument("accounts and venues pick no account of the pool")
    return names


def _checked(what: str, picked: Iterable[str] | None, known: Iterable[str]) -> Callable[[str], bool]:
    if picked is None:
        return lambda name: True
    if isinstance(picked, str):
        raise InvalidArgument(f"{what} must be a list of names, not one text")
    try:
        names = set(picked)
    except TypeError:  # no list, or what cannot be a name in it
        raise InvalidArgument(f"{what} must be a list of names, not {shown(picked)}") from None
    if odd := sorted(str(one) for one in names - set(known)):
        raise InvalidArgument(f"{what}: the pool has no {', '.join(odd)}")
    return names.__contains__
