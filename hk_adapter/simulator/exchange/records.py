"""Every order the venue has known, found by either of its ids, or by account: those that live and those that ended.

And each account's fills, which outlive their orders.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator, Sequence
from operator import attrgetter

from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.exchange.orders import Fill, Order

_by_number = attrgetter("number")


class Records:
    """Keep orders until they are forgotten. An order's number is its id; later orders have greater ones."""

    def __init__(self) -> None:
        self._by_id: dict[str, Order] = {}
        self._by_client_id: dict[tuple[str, str], Order] = {}
        self._live: defaultdict[str, dict[Order, None]] = defaultdict(dict)
        self._ended: defaultdict[str, list[Order]] = defaultdict(list)
        self._fills: defaultdict[str, list[Fill]] = defaultdict(list)

    def __iter__(self) -> Iterator[Order]:
        return iter(self._by_id.values())

    def by_id(self, order_id: str) -> Order | None:
        """Find any account's order, finished ones too."""
        return self._by_id.get(order_id)

    def by_client_id(self, account: Account, client_order_id: str) -> Order | None:
        """Find an account's order by the id its client chose."""
        return self._by_client_id.get((account.account_id, client_order_id))

    def add(self, order: Order) -> None:
        """Add a new order."""
        self._by_id[order.order_id] = order
        self._by_client_id[order.account.account_id, order.client_order_id] = order
        self._live[order.account.account_id][order] = None

    def end(self, order: Order) -> None:
        """File an order under those that ended."""
        del self._live[order.account.account_id][order]
        insort(self._ended[order.account.account_id], order, key=_by_number)

    def forget(self, order: Order) -> None:
        """Drop an order that has ended, as if it had never been; its account keeps its fills."""
        del self._by_id[order.order_id]
        del self._by_client_id[order.account.account_id, order.client_order_id]
        ended = self._ended[order.account.account_id]
        del ended[bisect_left(ended, order.number, key=_by_number)]

    def live(self, account: Account) -> list[Order]:
        """List an account's orders that have not ended, oldest first."""
        return sorted(self._live[account.account_id], key=_by_number)

    def ended(self, account: Account, below: int | None) -> Iterator[Order]:
        """Yield an account's orders that ended, newest first, with ids smaller than `below` (None: all)."""
        ended = self._ended[account.account_id]
        start = len(ended) if below is None else bisect_left(ended, below, key=_by_number)
        return (ended[index] for index in range(start - 1, -1, -1))

    def add_fill(self, fill: Fill) -> None:
        """Keep a fill for the account whose order it is of."""
        self._fills[fill.order.account.account_id].append(fill)

    def fills(self, account: Account) -> Sequence[Fill]:
        """List an account's fills, in the order in which they happened."""
        return tuple(self._fills[account.account_id]) if account.account_id in self._fills else ()
