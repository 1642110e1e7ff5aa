"""Orders that live in a state for which ccxt does not ask are open orders all the same."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

import hk_adapter as hk
from hk_adapter.flow.http import Response
from hk_adapter.model import ListOrdersRequest
from tests.cases import each
from tests.ccxt_bridge.by_hand import run
from tests.ccxt_bridge.driven.exchanges import driven
from tests.ccxt_bridge.exchanges_there import needs, there

STATES = {
    "blockchaincom": ("status", "ordStatus", "exOrdId", ["OPEN", "PART_FILLED"]),
    "coinbase": ("order_status", "status", "order_id", ["PENDING", "QUEUED", "OPEN", "CANCEL_QUEUED"]),
    "dydx": ("status", "status", "id", ["UNTRIGGERED", "BEST_EFFORT_OPENED", "OPEN"]),
    "foxbit": ("state", "state", "id", ["ACTIVE", "PARTIALLY_FILLED"]),
}
"""By what an exchange's lists are filtered, where its rows have that and their ids, and the states of living orders."""


class Desk:
    """An exchange with one order in each of its living states, which it lists by that state alone."""

    def __init__(self, member):
        self.venue, self.symbol = driven(member)
        self.filter, self.state, self.id, states = STATES[member]
        self.market = self.venue._exchange.markets[self.symbol]["id"]
        self.orders = {str(41 + number): state for number, state in enumerate(states)}
        self.asked = []

    def answer(self, request):
        """List the orders in the states that are asked for."""
        asked = parse_qs(urlsplit(request.url).query)[self.filter]
        self.asked.append(asked)
        rows = [self.row(one, state) for one, state in self.orders.items() if state in asked]
        self.moved()
        wrapped = {"coinbase": {"orders": rows}, "foxbit": {"data": rows}}.get(self.venue._exchange.id, rows)
        return Response(200, {}, json.dumps(wrapped).encode())

    def moved(self):
        """Nothing moves."""

    def row(self, order_id, state):
        """Write an order."""
        names = dict.fromkeys(("symbol", "market_symbol", "product_id", "ticker"), self.market)
        return {self.id: order_id, self.state: state, "side": "BUY", "size": "1", "price": "2000", **names}

    def listed(self, **params):
        """List the open orders."""
        request = ListOrdersRequest(symbol=self.symbol, params=params)
        return run(self.venue.fetch_open_orders(request), self.answer)


@each("member", there(STATES))
def test_each_state_is_listed(member):
    """Each order once, and the list is whole."""
    desk = Desk(member)
    page = desk.listed()
    assert sorted(order.id for order in page.orders) == sorted(desk.orders)
    assert page.complete
    assert not [order for order in page.orders if order.status is not None and order.status.final]


@each("member", there(STATES))
def test_an_order_that_moves_meanwhile_is_listed(member):
    """From its first state to its last one, between any two of the requests; once, as it stands then."""
    states = STATES[member][3]
    for after in range(1, 4):
        desk = Desk(member)
        desk.orders = {"41": states[0]}

        def move(desk=desk, after=after):
            if len(desk.asked) == after:
                desk.orders["41"] = states[-1]

        desk.moved = move
        assert [order.id for order in desk.listed().orders] == ["41"]


@each("member", there(STATES))
def test_a_state_that_the_caller_names_is_asked_for_alone(member):
    """By the exchange's own name for it."""
    desk = Desk(member)
    name, _, _, states = STATES[member]
    page = desk.listed(**{name: states[-1]})
    assert desk.asked == [[states[-1]]]
    assert len(page.orders) == 1


@needs("foxbit")
def test_a_list_that_fails_spoils_the_others():
    """What it would have shown is not known."""
    desk = Desk("foxbit")

    def answer(request):
        return Response(500, {}, b"{}") if "PARTIALLY" in request.url else desk.answer(request)

    with pytest.raises(hk.AdapterError):
        run(desk.venue.fetch_open_orders(ListOrdersRequest(symbol=desk.symbol)), answer)
