"""What connections of one key share in this process: rate budget, known orders, look-ups where they see the same."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import NoneType
from typing import Any

from msgspec.structs import replace

from hk_adapter.errors import ConfigurationError
from hk_adapter.execution.known_orders import KnownOrders
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.flow.guard import Guard
from hk_adapter.flow.runtime import Admission, Liveness
from hk_adapter.flow.simulated import SimulatedVenue
from hk_adapter.hooks import NONCES_A_SECOND, Credentials, Declared, OpenedVenue, VenueSettings
from hk_adapter.model.place import account_mark
from hk_adapter.record import Record
from hk_adapter.transport.in_order import InOrder, RequestQueue
from hk_adapter.transport.rate_budget import RateBudget, Unlimited
from hk_adapter.transport.shared_budget.address import BudgetAddress
from hk_adapter.venue import rehearsal
from hk_adapter.venue.connect_arguments import UNLIMITED, ConnectArguments, budget_address


class KeyState(Record, frozen=True):
    """One key's budget, look-ups (which hold its known orders), and whether its venue answers."""

    budget: Admission
    looks: SharedLookups
    liveness: Liveness


_PLAIN = frozenset({str, int, float, bool, Decimal, NoneType})

_SECRET_NAME = re.compile(r"(?i)secret|passw|passphrase|token|twofa|otp|(api|private|sign|access)_?key|^pin$")
"""What only signs, and chooses no book. Who somebody is, as ``uid`` or ``walletAddress``, does choose one."""

_lock = Guard()
_budgets: dict[tuple[object, ...], RateBudget] = {}
_by_key: dict[tuple[object, ...], KeyState] = {}
_queues: dict[tuple[object, ...], RequestQueue] = {}


def new_shared(limits: Mapping[str, Declared], *, limited: bool = True) -> KeyState:
    """Make what one key shares, for ``limits`` by group, which are kept only where it is ``limited``."""
    return KeyState(RateBudget(limits if limited else {}), SharedLookups(KnownOrders()), Liveness())


def shared_of(
    given: ConnectArguments,
    settings: VenueSettings,
    venue: OpenedVenue,
    credentials: Credentials | None,
    simulator: SimulatedVenue | None,
) -> KeyState:
    """Return what a connection that is opened shares with the others of its key, in this process or by Redis.

    Raises ConfigurationError where a budget in Redis cannot tell the venue's keys apart, or the library is missing.
    """
    held = rehearsal.current()
    limited = given.budget != UNLIMITED and not (held is not None and held.replays)
    address = budget_address(given) if limited else None
    text = _key_text(venue, credentials, wallets=address is not None)
    if simulator is not None or text is None:
        # Nobody else talks to this simulator; without a key nothing is counted by key.
        return state_of_its_own(venue, limited=limited)
    family = given.venue_id.partition(":")[0]
    key, view = (family, venue.hosts, text), view_of(settings)
    if address is None:
        shared = shared_by(key, venue.limits, limited=limited, view=view)
    else:
        site = account_mark(" ".join(sorted(venue.hosts)))
        name = f"hk-adapter:budget:{family}:{site}:{account_mark(text)}"
        shared = shared_in_redis(key, getattr(venue, "shared_limits", venue.limits), address, name, view)
    return _in_order(shared, venue, queue_of(key))


def _key_text(venue: OpenedVenue, credentials: Credentials | None, *, wallets: bool) -> str | None:
    """Return what the connections of one key have in common; None without one.

    ``wallets``: whether what a venue's own library signs with, a wallet, is a key as well.
    """
    if credentials is not None:
        return credentials.api_key
    if not wallets or not getattr(venue, "has_key", False):
        return None
    text: str | None = getattr(venue, "key_text", None)
    if text is None:
        raise ConfigurationError("this venue's plugin does not tell its keys apart: it can have no budget in Redis")
    return account_mark(text)


def state_of_its_own(venue: OpenedVenue, *, limited: bool = True) -> KeyState:
    """Make what the connections of a key share, for one that shares nothing; ``limited``: whether limits are kept."""
    return _in_order(new_shared(venue.limits, limited=limited), venue, RequestQueue())


def _in_order(shared: KeyState, venue: OpenedVenue, queue: RequestQueue) -> KeyState:
    """Return the state with a key's requests in a queue, where its venue says that they must be."""
    ordered: bool | frozenset[str] = getattr(venue, "ordered", False)
    if not ordered:
        return shared
    groups, parts = None if ordered is True else ordered, getattr(venue, "nonces_a_second", NONCES_A_SECOND)
    return replace(shared, budget=InOrder(shared.budget, queue, groups, parts))


def view_of(settings: VenueSettings) -> str | None:
    """Return a mark of what a connection's look-ups depend on: those of another one may see another book.

    None where a setting is no plain value, so that nobody can tell whether two are the same.
    """
    text = _view_text(settings, _sorted)
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()  # the settings may hold a secret


def written_view_of(settings: VenueSettings, key: str) -> str | None:
    """Return a mark as ``view_of``, fit to be written to a file; other processes make the same of the same settings.

    A short secret could be had back from a plain mark by trying all there are: what a name says to be secret is left
    out, for no secret chooses a book, and without the ``key``, of which the file shows nothing, nobody can try.
    """
    text = _view_text(settings, lambda options: _open_part(_sorted(options)), key)
    if text is None:
        return None
    return hashlib.sha256(b"hk_adapter view\0" + text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _view_text(settings: VenueSettings, part: Callable[[Any], Any], *before: str) -> str | None:
    """Write what a view depends on, with the ``part`` of its options; None where they are no plain values."""
    options = dict(settings.options)
    try:
        if not _is_plain(options):
            return None
        return repr((*before, settings.venue_id, settings.environment, settings.site, part(options)))
    except RecursionError:  # a table that has itself within
        return None


def _open_part(value: Any) -> Any:
    if type(value) is dict:
        return {name: _open_part(one) for name, one in value.items() if _SECRET_NAME.search(name) is None}
    return [_open_part(one) for one in value] if type(value) is list else value


def _is_plain(value: Any) -> bool:
    if type(value) is dict:
        return all(type(name) is str and _is_plain(one) for name, one in value.items())
    return all(map(_is_plain, value)) if type(value) in {list, tuple} else type(value) in _PLAIN


def _sorted(value: Any) -> Any:
    if type(value) is dict:
        return {name: _sorted(value[name]) for name in sorted(value)}
    return [_sorted(one) for one in value] if type(value) in {list, tuple} else value


def shared_by(
    key: tuple[object, ...], limits: Mapping[str, Declared], *, limited: bool = True, view: str | None = ""
) -> KeyState:
    """Return what all connections with this ``key`` share; where limits differ, the tightest count.

    Connections that are not ``limited``, and those of another ``view``, share their look-ups with each other alone, and
    with all others what is known of the key's orders, and the account: what they send counts for the others. It is kept
    when they are closed: a new connection must heed what the venue told the last one. One whose ``view`` is None looks
    for itself.
    """
    with _lock:
        budget = _budgets.get(key)
        if budget is None:
            budget = _budgets[key] = RateBudget({})
        budget.adopt(limits, limited=limited)
        return _kept((*key, limited), key, budget if limited else Unlimited(budget), view)


def shared_in_redis(
    key: tuple[object, ...], limits: Mapping[str, Declared], address: BudgetAddress, name: str, view: str | None = ""
) -> KeyState:
    """As ``shared_by``, with a budget that other processes share too, under a ``name`` that shows no key.

    Raises ConfigurationError where the Redis library is missing.
    """
    from hk_adapter.transport.shared_budget.admission import SharedBudget  # noqa: PLC0415 - few share by Redis
    from hk_adapter.transport.shared_budget.link import link_to  # noqa: PLC0415 - as above

    link = link_to(address)
    with _lock:
        place = (*key, address)
        budget = next((one.budget for other, one in _by_key.items() if other[:-1] == place), None)
        budget = budget or SharedBudget(link, name, address.processes, address.without_redis)
        if isinstance(budget, SharedBudget):
            budget.adopt(limits)
        return _kept(place, key, budget, view)


def _kept(place: tuple[object, ...], key: tuple[object, ...], admission: Admission, view: str | None) -> KeyState:
    state = _by_key.get((*place, view))
    if state is None:
        known = next((one.looks.known for other, one in _by_key.items() if other[:-2] == key), KnownOrders())
        state = _by_key[(*place, view)] = KeyState(admission, SharedLookups(known), Liveness())
    return replace(state, looks=SharedLookups(state.looks.known)) if view is None else state


def queue_of(key: tuple[object, ...]) -> RequestQueue:
    """Return the queue in which a key's ordered requests go out; kept, for its next nonce must be higher."""
    with _lock:
        return _queues.setdefault(key, RequestQueue())
