"""Every order the venue has known, and the three things that happen to one: placed, filled, canceled.

Money moves here and nowhere else. Limit orders only rest: matching them belongs in this room and comes later.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from .accounts import Account
from .ids import Ids
from .orders import Order, OrderTerms
from .refusals import Refusal


class Book:
    """Keep orders under both of their ids. Callers compute under `money.EXACT`."""

    def __init__(self, seed: int) -> None:
        self._ids = Ids(seed)
        self._by_id: dict[str, Order] = {}
        self._by_client_id: dict[tuple[str, str], Order] = {}

    def __iter__(self) -> Iterator[Order]:
        return iter(self._by_id.values())

    def by_id(self, order_id: str) -> Order | None:
        """Find any account's order, finished ones too."""
        return self._by_id.get(order_id)

    def by_client_id(self, account: Account, client_order_id: str) -> Order | None:
        """Find an account's order by the id its client chose."""
        return self._by_client_id.get((account.account_id, client_order_id))

    def place(self, account: Account, terms: OrderTerms, client_order_id: str | None, now: int) -> Order:
        """Let an order rest and lock what it may cost; Refusal for a used client id or too little money."""
        if client_order_id is None:
            client_order_id = self._free_client_id(account, now)
        elif self.by_client_id(account, client_order_id) is not None:
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
        self._by_id[order_id] = order
        self._by_client_id[account.account_id, client_order_id] = order
        return order

    def fill(self, order: Order, amount: Decimal, price: Decimal, now: int) -> None:
        """Trade part of an open order against the outside; no fee is charged yet. A better price frees the rest."""
        terms, account = order.terms, order.account
        asset, locked = terms.locks(amount)
        paid, received = (amount * price, amount) if terms.side == "BUY" else (amount, amount * price)
        account.pay(asset, paid)
        account.release(asset, locked - paid)
        account.receive(terms.market.base if terms.side == "BUY" else terms.market.quote, received)
        order.fill(amount, price, now)

    def cancel(self, order: Order, reason: str, now: int) -> None:
        """Take an open order off the book and free what it still locks."""
        order.account.release(*order.terms.locks(order.remaining))
        order.cancel(reason, now)

    def _free_client_id(self, account: Account, now: int) -> str:
        client_order_id = self._ids.client_order_id(now)
        while self.by_client_id(account, client_order_id) is not None:
            client_order_id = self._ids.client_order_id(now)
        return client_order_id
