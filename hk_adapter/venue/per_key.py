"""What all connections of one key share in this process: rate budget, look-ups, known orders, whether it is heard."""

from __future__ import annotations

from collections.abc import Mapping

from hk_adapter.execution.known_orders import KnownOrders
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.flow.guard import Guard
from hk_adapter.flow.runtime import Admission
from hk_adapter.hooks import Declared
from hk_adapter.record import Record
from hk_adapter.transport import in_order
from hk_adapter.transport.liveness import Line
from hk_adapter.transport.rate_budget import RateBudget, Unlimited
from hk_adapter.transport.shared_budget.address import BudgetAddress


class KeyState(Record, frozen=True):
    """One key's budget, look-ups (which hold its known orders) and line."""

    budget: Admission
    looks: SharedLookups
    line: Line


_lock = Guard()
_budgets: dict[tuple[object, ...], RateBudget] = {}
_by_key: dict[tuple[object, ...], KeyState] = {}
_lines: dict[tuple[object, ...], in_order.Line] = {}


def new_shared(limits: Mapping[str, Declared], *, limited: bool = True) -> KeyState:
    """Make what one key shares, for ``limits`` by group, which are kept only where it is ``limited``."""
    return KeyState(RateBudget(limits if limited else {}), SharedLookups(KnownOrders()), Line())


def shared_by(key: tuple[object, ...], limits: Mapping[str, Declared], *, limited: bool = True) -> KeyState:
    """Return what all connections with this ``key`` share; where limits differ, the tightest count.

    Connections that are not ``limited`` share their look-ups with each other, and with all others what is known of the
    key's orders, and the account: what they send counts for the others. It is kept when they are closed: a new
    connection must heed what the venue told the last one.
    """
    with _lock:
        budget = _budgets.get(key)
        if budget is None:
            budget = _budgets[key] = RateBudget({})
        budget.adopt(limits, limited=limited)
        return _kept((*key, limited), key, budget if limited else Unlimited(budget))


def shared_in_redis(
    key: tuple[object, ...], limits: Mapping[str, Declared], address: BudgetAddress, name: str
) -> KeyState:
    """As ``shared_by``, with a budget that other processes share too, under a ``name`` that shows no key.

    Raises ConfigurationError where the Redis library is missing.
    """
    from hk_adapter.transport.shared_budget.admission import SharedBudget  # noqa: PLC0415 - few share by Redis
    from hk_adapter.transport.shared_budget.link import link_to  # noqa: PLC0415 - as above

    link = link_to(address)
    with _lock:
        state = _by_key.get((*key, address))
        budget = SharedBudget(link, name, address.processes, address.without_redis) if state is None else state.budget
        if isinstance(budget, SharedBudget):
            budget.adopt(limits)
        return state or _kept((*key, address), key, budget)


def _kept(place: tuple[object, ...], key: tuple[object, ...], admission: Admission) -> KeyState:
    state = _by_key.get(place)
    if state is None:
        known = next((one.looks.known for other, one in _by_key.items() if other[:-1] == key), KnownOrders())
        state = _by_key[place] = KeyState(admission, SharedLookups(known), Line())
    return state


def line_of(key: tuple[object, ...]) -> in_order.Line:
    """Return the line in which a key's ordered requests go out; kept, for its next nonce must be higher."""
    with _lock:
        return _lines.setdefault(key, in_order.Line())
