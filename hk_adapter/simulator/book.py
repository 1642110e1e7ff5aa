"""What happens to an order, and to the money behind it: taken in, opened and matched, filled, canceled, rejected.

Money moves here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from hk_adapter.simulator.accounts import Account
from hk_adapter.simulator.ids import Ids
from hk_adapter.simulator.ladder import Ladder
from hk_adapter.simulator.orders import Order, OrderTerms
from hk_adapter.simulator.records import Records
from hk_adapter.simulator.refusals import Refusal

_OTHER = {"BUY": "SELL", "SELL": "BUY"}


class Book:
    """Keep the orders of all pairs. Callers compute under `money.EXACT`."""

    def __init__(self, seed: int) -> None:
        self.records = Records()
        self._ids = Ids(seed)
        self._ladders: dict[tuple[str, str], Ladder] = {}

    def __iter__(self) -> Iterator[Order]:
        return iter(self.records)

    def take_in(self, account: Account, terms: OrderTerms, client_order_id: str | None, now: int) -> Order:
        """Lock what an order may cost, not opening it yet; Refusal for a used client id or too little money."""
        if client_order_id is None:
            client_order_id = self._free_client_id(account, now)
        elif self.records.by_client_id(account, client_order_id) is not None:
            raise Refusal("-1141")
        order_id = self._ids.order_id(now)
        if not account.reserve(*terms.locks(terms.amount)):
            raise Refusal("0401")
        order = Order(
            order_id=order_id,
            client_order_id=client_order_id,
            account=account,
            terms=terms,
            created=now,
            updated=now,
        )
        self.records.add(order)
        return order

    def would_trade(self, account: Account, terms: OrderTerms) -> bool:
        """Tell whether an order would meet another account's if it were opened now."""
        return next(self._makers(account, terms), None) is not None

    def open(self, order: Order, now: int) -> None:
        """Trade an order with those of other accounts that it reaches, at their prices; the rest of it rests.

        Two orders of one account never trade with each other: they rest side by side.
        """
        order.open(now)
        self._ladder(order.terms, order.terms.side).add(order)
        for maker in self._makers(order.account, order.terms):
            amount = min(maker.remaining, order.remaining)
            self.fill(maker, amount, maker.terms.price, now)
            self.fill(order, amount, maker.terms.price, now)
            if not order.is_open:
                return

    def fill(self, order: Order, amount: Decimal, price: Decimal, now: int) -> None:
        """Trade part of an open order; no fee is charged yet. A better price frees the rest."""
        terms, account = order.terms, order.account
        asset, locked = terms.locks(amount)
        paid, received = (amount * price, amount) if terms.side == "BUY" else (amount, amount * price)
        account.pay(asset, paid)
        account.release(asset, locked - paid)
        account.receive(terms.market.base if terms.side == "BUY" else terms.market.quote, received)
        order.fill(amount, price, now)
        if order.is_ended:
            self._take_off(order)

    def cancel(self, order: Order, reason: str, now: int) -> None:
        """Take an open order off the book and free what it still locks."""
        order.account.release(*order.terms.locks(order.remaining))
        order.cancel(reason, now)
        self._take_off(order)

    def reject(self, order: Order, now: int) -> None:
        """Refuse an order that was taken in but not opened, and free what it locks."""
        order.account.release(*order.terms.locks(order.remaining))
        order.reject(now)
        self.records.end(order)

    def _take_off(self, order: Order) -> None:
        self._ladder(order.terms, order.terms.side).remove(order)
        self.records.end(order)

    def _makers(self, account: Account, terms: OrderTerms) -> Iterator[Order]:
        reached = self._ladder(terms, _OTHER[terms.side]).reached_by(terms.price)
        return (order for order in reached if order.account is not account)

    def _ladder(self, terms: OrderTerms, side: str) -> Ladder:
        place = (terms.market.symbol, side)
        ladder = self._ladders.get(place)
        if ladder is None:
            ladder = self._ladders[place] = Ladder(side)
        return ladder

    def _free_client_id(self, account: Account, now: int) -> str:
        client_order_id = self._ids.client_order_id(now)
        while self.records.by_client_id(account, client_order_id) is not None:
            client_order_id = self._ids.client_order_id(now)
        return client_order_id
