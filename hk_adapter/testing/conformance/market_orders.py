"""Market orders: sent as what they are, or not at all; and what became of one is the venue's word."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hk_adapter.errors import AdapterError, RequestState
from hk_adapter.model import Order, OrderSide, OrderType
from hk_adapter.testing.conformance.as_it_is import require_as_it_is
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.exchange import Fate
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Asked, Request, Script

_AMOUNT, _COST = Decimal("0.5"), Decimal(950)


class MarketOrders:
    """Cases of ``create_order`` at whatever price there is."""

    bench: Bench
    script: Script
    absent: frozenset[str]

    @needs("create_order")
    def test_an_order_is_sent_as_its_type_or_not_at_all(self) -> None:
        """No market order goes out as a limit order, nor the other way round; what cannot be sent is refused before.

        Look at: ``type`` of the request, in ``check_create`` or ``create_order``: what is not written is
        ``InvalidArgument``, or ``NotSupported``.
        """
        sent = self._creates_of(self._create_at_market(OrderSide.BUY, amount=_AMOUNT))
        if not sent:
            require("market_orders" in self.absent, "no market order was sent, and nothing says that there are none")
        require("market_orders" not in self.absent or not sent, "a market order was sent, though there are none")
        for one in sent:
            require(one.type is not None, "a market order was sent: let the script read its `type`")
            require(one.type is OrderType.MARKET, f"a market order was asked for, and a {one.type} order was sent")
        own = None if "client_order_id" in self.absent else self.bench.own_id(61)
        before = self.bench.exchange.count(Request.CREATE)
        self.bench.venue.create_order(self.script.symbol, "limit", "buy", _AMOUNT, "1900", client_order_id=own)
        told = [one.type for one in self._creates()[before:]]
        require(told in ([None], [OrderType.LIMIT]), f"a limit order was asked for, and sent as {told}")

    @needs("create_order", "market_orders")
    def test_a_market_order_is_sent_once_as_it_was_asked_for(self) -> None:
        """The venue gets one create with the side and the amount, without a price.

        Look at: how ``create_order`` writes an order that has no ``price``.
        """
        for number, side in enumerate(OrderSide):
            order = self._create_at_market(side, number, amount=_AMOUNT)
            require(isinstance(order, Order), f"it was created, and ended in {order!r}")
            sent = self._creates_of(order)
            require(len(sent) == 1, f"{len(sent)} creates were sent")
            one = sent[0]
            told = f"{side} {_AMOUNT} was asked for, and {one.side} {one.amount} sent, or for {one.cost}"
            require((one.side, one.amount, one.cost) == (side, _AMOUNT, None), told)
            require(not one.price, f"it has no price, and was sent with {one.price}")
            if isinstance(order, Order):
                require_as_it_is(order, self.bench.exchange.orders[str(order.id)])

    @needs("create_order", "market_orders")
    def test_what_a_market_order_may_cost_is_no_amount(self) -> None:
        """One by its cost goes out with that cost, in quote currency, or nothing is sent.

        Look at: ``request.cost``: it is no ``amount``, and an ``amount`` is not worked out of it.
        """
        for number, side in enumerate(OrderSide):
            order = self._create_at_market(side, number, cost=_COST)
            for one in self._creates_of(order):
                told = f"a {side} for {_COST} was asked for; {one.side} {one.amount}, for {one.cost}, was sent"
                require((one.side, one.amount, one.cost) == (side, None, _COST), told)

    @needs("create_order", "market_orders")
    def test_a_market_order_is_not_filled_by_being_taken(self) -> None:
        """Where the answer shows nothing filled, the order has not ended, and nothing is filled of it.

        Look at: from what ``create_order`` reads status and ``filled``: the answer, and not the order's type.
        """
        order = self._create_at_market(OrderSide.SELL, amount=_AMOUNT)
        require(isinstance(order, Order), f"it was created, and ended in {order!r}")
        if isinstance(order, Order):
            read = f"it was taken, and told to be {order.status} with {order.filled} filled"
            require(not order.filled and not order.fees and not order.trades, read)
            require(order.status is None or not order.status.final, read)

    @needs("create_order", "fetch_order", "client_order_id", "market_orders")
    def test_a_market_order_whose_answer_was_lost_is_found(self) -> None:
        """It is found under the client's id, and never sent again: it may be filled long since.

        Look at: that ``create_order`` catches nothing of what its effects raise.
        """
        self.bench.exchange.meet(Request.CREATE, Fate(lost=True))
        order = self._create_at_market(OrderSide.BUY, amount=_AMOUNT, timeout=30.0)
        require(
            isinstance(order, Order) and order.id in self.bench.exchange.orders, f"it exists, and ended in {order!r}"
        )
        sent = self.bench.exchange.count(Request.CREATE)
        require(sent == 1, f"it was sent {sent} times")

    def _create_at_market(self, side: OrderSide, number: int = 0, **given: Any) -> Order | AdapterError:
        own = None if "client_order_id" in self.absent else self.bench.own_id(70 + number)
        self._before = self.bench.exchange.count(Request.CREATE)
        symbol = self.script.symbol
        try:
            return self.bench.venue.create_order(symbol, "market", side.value, client_order_id=own, **given)
        except AdapterError as error:
            return error

    def _creates_of(self, ended: Order | AdapterError) -> list[Asked]:
        """Return the creates that went out for an order that was just asked for."""
        sent = self._creates()[self._before :]
        if isinstance(ended, AdapterError) and not sent:
            told = f"nothing was sent, and it ended in {ended!r}"
            require(ended.request_state is RequestState.NOT_SENT, told)
        return sent

    def _creates(self) -> list[Asked]:
        return [one.asked for one in self.bench.exchange.seen if one.asked.kind is Request.CREATE]
