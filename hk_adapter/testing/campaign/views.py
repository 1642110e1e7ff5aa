"""What look-ups are shown where that is not how the orders stand: replicas that lag, fills and ids that show late."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from decimal import Decimal

from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.exchange.orders import CANCELED, OPEN, Order, OrderStatus
from hk_adapter.simulator.exchange.records import Records


@dataclass(slots=True)
class Past:
    """One order's life as copies, oldest first, each with the second from which on it was so.

    Attributes:
        posted_late: seconds by which its fills show late.
        shown_from: before this no view has it.
        used_by: the order that a query by its client id shows in its place; None: itself.
    """

    order: Order
    copies: list[tuple[float, Order]] = field(default_factory=list)
    posted_late: float = 0.0
    shown_from: float = 0.0
    used_by: Callable[[], Order | None] | None = None

    def keep(self, now: float) -> None:
        """Record how the order stands from now on."""
        self.copies.append((now, copy(self.order)))

    def at(self, when: float, now: float) -> Order | None:
        """Return it as a replica shows it that has come as far as a moment; the first copy stands for all before."""
        if now < self.shown_from or not self.copies:
            return None
        found = copy(self._as_of(when))
        if self.posted_late and found.status in OPEN | CANCELED:
            _fill_up_to(found, self._as_of(when - self.posted_late).filled)
        return found

    def _as_of(self, when: float) -> Order:
        found = self.copies[0][1]
        for since, one in self.copies:
            if since <= when:
                found = one
        return found


def _fill_up_to(order: Order, filled: Decimal) -> None:
    if filled == order.filled:
        return
    order.filled, order.cost = filled, filled * order.terms.price
    if order.status in CANCELED:
        order.status = OrderStatus.PARTIALLY_CANCELED if filled else OrderStatus.CANCELED
    else:
        order.status = OrderStatus.PARTIALLY_FILLED if filled else OrderStatus.NEW


class ShownRecords(Records):
    """The venue's records as one view shows them: as of ``when``, to who asks ``now``; read only."""

    def __init__(self, true: Records, pasts: Mapping[str, Past], when: float, now: float) -> None:
        super().__init__()
        self._true = true
        self._pasts = pasts
        self._when = when
        self._now = now

    def by_id(self, order_id: str) -> Order | None:
        """Find an order as it is shown."""
        return self._shown(self._true.by_id(order_id))

    def by_client_id(self, account: Account, client_order_id: str) -> Order | None:
        """Find the order that is shown for a client's id."""
        found = self._true.by_client_id(account, client_order_id)
        past = None if found is None else self._pasts.get(found.order_id)
        if past is not None and past.used_by is not None:
            return self._shown(past.used_by()) or self._shown(found)
        return self._shown(found)

    def live(self, account: Account) -> list[Order]:
        """List what is shown as not ended."""
        return [order for order in self._all(account) if not order.is_ended]

    def ended(self, account: Account, below: int | None) -> Iterator[Order]:
        """Yield what is shown as ended, newest first."""
        ended = [order for order in self._all(account) if order.is_ended and (below is None or order.number < below)]
        return reversed(ended)

    def _all(self, account: Account) -> list[Order]:
        own = sorted((order for order in self._true if order.account is account), key=lambda order: order.number)
        return [shown for order in own if (shown := self._shown(order)) is not None]

    def _shown(self, order: Order | None) -> Order | None:
        past = None if order is None else self._pasts.get(order.order_id)
        return order if past is None or past.order is not order else past.at(self._when, self._now)
