"""Orders of others that had an id of ours before, or get one since: no request of the call may reach them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal, localcontext
from random import Random

from hk_adapter.simulator import Simulator
from hk_adapter.simulator.exchange.book import Book
from hk_adapter.simulator.exchange.money import EXACT
from hk_adapter.simulator.exchange.orders import Order
from hk_adapter.testing.campaign.case import Case
from hk_adapter.testing.campaign.scenario import Scenario
from hk_adapter.testing.campaign.timeline import Timeline


class Strangers:
    """Places them at the simulated venue, which tells the ``time`` of a virtual second in Unix ms.

    Attributes:
        by_id: those that share a client id with one of ours.
        users: of each client id that is shared, the order of another that uses it last.
    """

    def __init__(
        self, scenario: Scenario, simulator: Simulator, timeline: Timeline, time: Callable[[float], int], dice: Random
    ) -> None:
        self.by_id: dict[str, Order] = {}
        self.users: dict[str, Order] = {}
        self._scenario = scenario
        self._simulator = simulator
        self._book = simulator.venue.book
        self._timeline = timeline
        self._time = time
        self._dice = dice

    def use_before(self, client_order_id: str) -> None:
        """Let an order have had a client's id long ago; the query by it shows that one."""
        old = self._ended_long_ago(f"used-{client_order_id}")
        old.client_order_id = client_order_id
        self.users[client_order_id] = self.by_id[old.order_id] = old

    def number_before(self, order: Order, client_order_id: str) -> None:
        """Let another order, which ended long ago, have the venue's id of one."""
        old = self._ended_long_ago(f"numbered-{client_order_id}")
        old.order_id, old.number = order.order_id, order.number

    def use_again(self, case: Case, now: float) -> None:
        """Let somebody place another order under the id of one that has ended."""
        order = case.order
        if order is None or not order.is_ended:
            return
        with localcontext(EXACT):
            new = self._book.take_in(
                self._simulator.account, case.plan.terms, f"new-{case.client_order_id}", self._time(now)
            )
            self._book.open(new, self._time(now))
        new.client_order_id = case.client_order_id
        self.users[case.client_order_id] = new
        self.by_id[new.order_id] = new
        self._timeline.add(now, f"order {new.order_id} is placed under the same client id")

    def number_again(self, case: Case, now: float) -> None:
        """Let another order get the id of one that has ended; it may have ended too by the time it is seen."""
        order, dice = case.order, self._dice
        if order is None or not order.is_ended or case.taken_at <= now:
            return
        terms, at = order.terms, self._time(now)
        if dice.random() < 0.5:
            terms = replace(terms, side=dice.choice(("BUY", "SELL")), price=terms.price + 1, amount=terms.amount * 2)
        part = (terms.amount * dice.choice((Decimal(0), Decimal("0.3"), Decimal(1)))).quantize(terms.market.step)
        with localcontext(EXACT):
            new = self._book.take_in(order.account, terms, f"anew-{case.client_order_id}", at, order.order_id)
            self._book.open(new, at)
            if part:
                self._book.fill(new, part, terms.price, at)
            if new.is_open and dice.random() < 0.5:
                Book.cancel(self._book, new, "USER_CANCEL", at)
        case.taken_at = now
        self._timeline.add(now, f"the numbers begin anew: another order is {order.order_id}, {new.status}")

    def _ended_long_ago(self, client_order_id: str) -> Order:
        with localcontext(EXACT):
            long_ago = self._time(-self._dice.choice((3.0, 30.0, 3600.0)))
            terms = self._scenario.orders[0].terms
            old = self._book.take_in(self._simulator.account, terms, client_order_id, long_ago)
            self._book.open(old, long_ago)
            if self._dice.random() < 0.3:
                self._book.fill(old, terms.amount, terms.price, long_ago + 500)
            else:
                Book.cancel(self._book, old, "USER_CANCEL", long_ago + 500)
        return old
