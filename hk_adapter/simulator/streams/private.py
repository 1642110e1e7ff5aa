"""The private streams of one account: what happens to its orders and money, told to every connection alike.

What belongs to one moment (a request, or something that came due) is gathered and then framed as the dialect has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import msgspec

from hk_adapter.simulator.dialect import Dialect
from hk_adapter.simulator.exchange.accounts import Account, Balance
from hk_adapter.simulator.exchange.money import ZERO
from hk_adapter.simulator.exchange.order_intake import OrderIntake
from hk_adapter.simulator.exchange.orders import Fill, Order, OrderStatus
from hk_adapter.simulator.streams.reports import (
    BALANCES,
    FILL_TICKET,
    ORDER_REPORT,
    Event,
    balance_report,
    fill_ticket,
    order_report,
)
from hk_adapter.simulator.streams.server_connection import ServerConnection

Amounts = dict[str, tuple[Decimal, Decimal]]

_NOTHING = (ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class Told:
    """Hold an event, what kind it is of, and of which order: none for balances."""

    kind: str
    order_id: str
    event: Event


class AccountFeed:
    """Send the connections of one account what happens to it; it watches the book while there are any."""

    def __init__(self, account: Account, dialect: Dialect, intake: OrderIntake) -> None:
        self.account = account
        self.connections: list[ServerConnection] = []
        self._dialect = dialect
        self._intake = intake
        self._gathered: list[Told] = []
        self._held = _amounts(account)

    def changed(self, order: Order, fill: Fill | None, now: int) -> None:
        """Record a change of an order."""
        if order.status is OrderStatus.PENDING_NEW and self._dialect.stream_pending_new == "silent":
            return
        report = order_report(order, self._intake.shown_status(order), fill, now)
        if order.status is OrderStatus.NEW and self._dialect.stream_first_name == "empty":
            report["e"] = ""
        told = [Told(ORDER_REPORT, order.order_id, report)]
        if fill is not None:
            ticket = Told(FILL_TICKET, order.order_id, fill_ticket(fill, now))
            told.insert(0 if self._dialect.stream_fill_order == "ticket_first" else 1, ticket)
        self._gathered += told

    def flush(self, now: int) -> None:
        """Send what was gathered, and the balances that are others than when they were last sent."""
        self._gather_balances(now)
        if not self._gathered:
            return
        gathered, self._gathered = self._gathered, []
        for frame in self._frames(gathered):
            text = msgspec.json.encode([told.event for told in frame]).decode()
            kinds = {told.kind for told in frame}
            for connection in self.connections:
                connection.put(text, now, kinds)

    def _gather_balances(self, now: int) -> None:
        amounts = _amounts(self.account)
        if amounts == self._held:
            return
        changed = {asset: Balance(*pair) for asset, pair in amounts.items() if pair != self._held.get(asset, _NOTHING)}
        self._held = amounts
        if changed:
            self._gathered.append(Told(BALANCES, "", balance_report(changed, now)))

    def _frames(self, gathered: list[Told]) -> list[list[Told]]:
        if self._dialect.stream_frames == "single":
            return [[told] for told in gathered]
        if self._dialect.stream_frames == "all":
            return [gathered]
        frames: dict[tuple[str, str], list[Told]] = {}
        for told in gathered:
            frames.setdefault((told.kind, told.order_id), []).append(told)
        return list(frames.values())


def _amounts(account: Account) -> Amounts:
    return {asset: (balance.free, balance.locked) for asset, balance in account.balances.items()}
