"""How an order meets those that rest: price-time priority, time in force, and no trade of an account with itself.

Sources: HashKey documentation 2025/2026: the remainder of IOC and market orders ends CANCELED or PARTIALLY_CANCELED,
and RISKLIMIT_CANCEL is the reason that covers it. Whose stpMode counts is not said: here that of the order that comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from hk_adapter.simulator.dialect import Dialect
from hk_adapter.simulator.exchange.book import Book
from hk_adapter.simulator.exchange.filters import worst_price
from hk_adapter.simulator.exchange.funds import has_spent, part_for_market
from hk_adapter.simulator.exchange.money import ZERO
from hk_adapter.simulator.exchange.orders import Order, OrderTerms

REMAINDER = "RISKLIMIT_CANCEL"
SELF_TRADE = "SELF_TRADE_CANCEL"


class Matching:
    """Trade orders that were taken in; each then rests or ends."""

    def __init__(self, book: Book, dialect: Dialect) -> None:
        self._book = book
        self._dialect = dialect

    def would_trade(self, terms: OrderTerms) -> bool:
        """Return whether an order would meet any other, also one of its own account, if it were opened now."""
        return next(self._makers(terms), None) is not None

    def enter(self, order: Order, now: int) -> None:
        """Open an order: trade it with those it reaches, at their prices; the rest of it rests or ends."""
        terms = order.terms
        whole = terms.time_in_force != "FOK" or self._can_fill_whole(order)
        if not whole and self._dialect.fok_unfilled == "REJECTED":
            self._book.reject(order, now)
            return
        self._book.admit(order, now)
        if whole:
            self._trade(order, now)
        if order.is_ended:
            return
        if terms.time_in_force == "GTC":
            self._book.rest(order)
        elif terms.cash and order.fills and has_spent(order, order.fills[-1].price):
            self._book.complete(order, now)
        else:
            self._book.cancel(order, REMAINDER, now)

    def _trade(self, order: Order, now: int) -> None:
        terms = order.terms
        for maker in self._makers(terms):
            if _is_self_trade(maker, order):
                expired = maker if terms.stp_mode == "EXPIRE_MAKER" else order
                self._book.cancel(expired, SELF_TRADE, now)
            elif part := _part(order, maker):
                self._book.trade(maker, order, part, now)
            else:
                if terms.cash and has_spent(order, maker.terms.price):
                    self._book.complete(order, now)
                return
            if order.is_ended:
                return

    def _makers(self, terms: OrderTerms) -> Iterator[Order]:
        return self._book.makers(terms, self._worst(terms) if terms.type == "MARKET" else terms.price)

    def _worst(self, terms: OrderTerms) -> Decimal | None:
        """Return where a market order stops."""
        if self._dialect.price_band == "unchecked":
            return None
        last = self._book.tape.last_price(terms.market.symbol)
        return None if last is None else worst_price(terms.side, last)

    def _can_fill_whole(self, order: Order) -> bool:
        terms = order.terms
        wanted = terms.cash or terms.amount
        for maker in self._makers(terms):
            if not _is_self_trade(maker, order):
                wanted -= maker.remaining * maker.terms.price if terms.cash else maker.remaining
            elif terms.stp_mode != "EXPIRE_MAKER":
                return False
            if wanted <= ZERO:
                return True
        return False


def _is_self_trade(maker: Order, order: Order) -> bool:
    return maker.account is order.account and not order.account.is_outside


def _part(order: Order, maker: Order) -> Decimal:
    if order.terms.type == "MARKET":
        return part_for_market(order, maker)
    return min(maker.remaining, order.remaining)
