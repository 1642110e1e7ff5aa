"""What happens to an order, and to the money behind it: taken in, resting, traded, canceled, rejected.

Money is locked and freed here and moved by `funds`, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.exchange.fees import NO_FEES
from hk_adapter.simulator.exchange.funds import limit_lock, market_lock, settle
from hk_adapter.simulator.exchange.ids import Ids
from hk_adapter.simulator.exchange.ladder import Ladder
from hk_adapter.simulator.exchange.money import ZERO
from hk_adapter.simulator.exchange.observers import MarketObserver, OrderObserver
from hk_adapter.simulator.exchange.orders import Fill, Order, OrderTerms
from hk_adapter.simulator.exchange.records import Records
from hk_adapter.simulator.exchange.tape import PublicTrade, Tape
from hk_adapter.simulator.refusals import Refusal

Levels = list[tuple[Decimal, Decimal]]

FEE_ACCOUNT = "fees"

_OTHER = {"BUY": "SELL", "SELL": "BUY"}


class Book:
    """Keep the orders of all pairs, and what was traded. Callers compute under `money.EXACT`."""

    def __init__(self, seed: int) -> None:
        self.records = Records()
        self.fee_account = Account(FEE_ACCOUNT, "", "")
        """Where all fees go."""
        self.fees_at_first = NO_FEES
        """The rates of accounts that are opened from now on."""
        self.tape = Tape()
        self.order_observers: dict[str, OrderObserver] = {}
        """Who is told what happens to orders, by account id."""
        self.market_observers: dict[str, MarketObserver] = {}
        """Who is told what everybody sees of a pair, by symbol."""
        self._ids = Ids(seed)
        self._ladders: dict[tuple[str, str], Ladder] = {}

    def __iter__(self) -> Iterator[Order]:
        return iter(self.records)

    def trades(self, symbol: str) -> Sequence[PublicTrade]:
        """List the last public trades of a pair, oldest first: each with price, quantity, time, is_buyer_maker."""
        return self.tape.of(symbol)

    def depth(self, symbol: str) -> tuple[Levels, Levels]:
        """Return bids and asks as (price, quantity), best first, each price once."""
        bids, asks = (self._ladders.get((symbol, side)) for side in ("BUY", "SELL"))
        return ([] if bids is None else bids.levels(), [] if asks is None else asks.levels())

    def take_in(
        self,
        account: Account,
        terms: OrderTerms,
        client_order_id: str | None,
        now: int,
        order_id: str | None = None,
    ) -> Order:
        """Lock what an order may cost, not opening it yet; Refusal for a used client id or too little money.

        `order_id` is that of an order which has ended, where numbers begin anew; None: a number of its own.
        """
        if client_order_id is None:
            client_order_id = self._free_client_id(account, now)
        elif self.records.by_client_id(account, client_order_id) is not None:
            raise Refusal("-1141")
        order_id = order_id or self._ids.order_id(now)
        if terms.type == "MARKET":
            locked = market_lock(terms, account.fees, self._others(account, terms))
        else:
            locked = limit_lock(terms, account.fees, terms.amount)
        if not account.reserve(terms.pays, locked):
            raise Refusal("0401")
        order = Order(
            order_id=order_id,
            client_order_id=client_order_id,
            account=account,
            terms=terms,
            created=now,
            updated=now,
            fees=account.fees,
            locked=locked,
        )
        self.records.add(order)
        if self.order_observers:
            self._tell(order, None, now)
        return order

    def makers(self, terms: OrderTerms, worst: Decimal | None) -> Iterator[Order]:
        """Yield what an order reaches up to its worst price (None: any), best price first, then the oldest.

        The order that was given last may end meanwhile.
        """
        ladder = self._ladders.get((terms.market.symbol, _OTHER[terms.side]))
        return iter(()) if ladder is None else ladder.reached_by(worst)

    def open(self, order: Order, now: int) -> None:
        """Put an order on the book, without trading it with anything."""
        self.admit(order, now)
        self.rest(order)

    def admit(self, order: Order, now: int) -> None:
        """Open an order, without putting it where others can reach it."""
        order.open(now)
        if self.order_observers:
            self._tell(order, None, now)

    def rest(self, order: Order) -> None:
        """Put an open order behind the others at its price."""
        self._ladder(order.terms, order.terms.side).add(order)
        order.is_resting = True
        if self.market_observers:
            self._tell_of_market(order)

    def fill(self, order: Order, amount: Decimal, price: Decimal, now: int) -> None:
        """Trade part of an open order with the outside, which has no order here."""
        ticket_id = self.print(order.terms.market.symbol, amount, price, order.terms.side == "BUY", now)
        self._fill(order, None, amount, price, ticket_id, now)

    def trade(self, maker: Order, taker: Order, amount: Decimal, now: int) -> None:
        """Trade two open orders with each other, at the price of the one that rests."""
        price = maker.terms.price
        ticket_id = self.print(maker.terms.market.symbol, amount, price, maker.terms.side == "BUY", now)
        self._fill(maker, taker, amount, price, ticket_id, now)
        self._fill(taker, maker, amount, price, ticket_id, now, is_maker=False)

    def print(self, symbol: str, amount: Decimal, price: Decimal, is_buyer_maker: bool, now: int) -> str:
        """Put a trade on the public tape, and return its ticket id."""
        ticket_id = self._ids.ticket_id(now)
        trade = PublicTrade(ticket_id=ticket_id, price=price, quantity=amount, time=now, is_buyer_maker=is_buyer_maker)
        self.tape.add(symbol, trade)
        if self.market_observers and (watcher := self.market_observers.get(symbol)) is not None:
            watcher.traded(trade)
        return ticket_id

    def cancel(self, order: Order, reason: str, now: int) -> None:
        """Remove an open order from the book and free what it still locks."""
        self.end(order)
        order.cancel(reason, now)
        if self.order_observers:
            self._tell(order, None, now)

    def complete(self, order: Order, now: int) -> None:
        """End an open order as filled, though nothing measures what remains of it, and free what it still locks."""
        self.end(order)
        order.complete(now)
        if self.order_observers:
            self._tell(order, None, now)

    def reject(self, order: Order, now: int) -> None:
        """Refuse an order that does not rest, and free what it locks."""
        self.end(order)
        order.reject(now)
        if self.order_observers:
            self._tell(order, None, now)

    def end(self, order: Order) -> None:
        """Free what an order locks, and file it under those that ended."""
        if order.locked:
            order.account.release(order.terms.pays, order.locked)
            order.locked = ZERO
        if order.is_resting:
            self._ladder(order.terms, order.terms.side).remove(order)
            order.is_resting = False
            if self.market_observers:
                self._tell_of_market(order)
        self.records.end(order)

    def _fill(
        self,
        order: Order,
        counter: Order | None,
        amount: Decimal,
        price: Decimal,
        ticket_id: str,
        now: int,
        *,
        is_maker: bool = True,
    ) -> None:
        rate = order.fees.maker if is_maker else order.fees.taker
        fee, asset = settle(order, amount, price, rate, self.fee_account)
        fill = Fill(
            id=self._ids.fill_id(now),
            ticket_id=ticket_id,
            order=order,
            counter_order=counter,
            price=price,
            quantity=amount,
            quote_amount=amount * price,
            is_maker=is_maker,
            side=order.terms.side,
            commission=fee,
            commission_asset=asset,
            time=now,
        )
        order.fills.append(fill)
        self.records.add_fill(fill)
        order.fill(amount, price, now)
        if order.is_ended:
            self.end(order)
        elif order.is_resting and self.market_observers:
            self._tell_of_market(order)
        if self.order_observers:
            self._tell(order, fill, now)

    def _tell(self, order: Order, fill: Fill | None, now: int) -> None:
        watcher = self.order_observers.get(order.account.account_id)
        if watcher is not None:
            watcher.changed(order, fill, now)

    def _tell_of_market(self, order: Order) -> None:
        watcher = self.market_observers.get(order.terms.market.symbol)
        if watcher is not None:
            watcher.moved()

    def _others(self, account: Account, terms: OrderTerms) -> Iterator[Order]:
        return (order for order in self.makers(terms, None) if order.account is not account or account.is_outside)

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
