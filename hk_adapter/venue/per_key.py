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
        shared = _by_key.get((*key, limited))
        if shared is None:
            admission = budget if limited else Unlimited(budget)
            other = _by_key.get((*key, not limited))
            known = KnownOrders() if other is None else other.looks.known
            shared = _by_key[*key, limited] = KeyState(admission, SharedLookups(known), Line())
        return shared


def line_of(key: tuple[object, ...]) -> in_order.Line:
    """Return the line in which a key's ordered requests go out; kept, for its next nonce must be higher."""
    with _lock:
        return _lines.setdefault(key, in_order.Line())
