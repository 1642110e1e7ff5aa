"""A create's order is that of its answer, whatever an exchange makes of the client order id."""

from __future__ import annotations

import json
import random

import pytest

import hk_adapter as hk
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.operate import Core
from hk_adapter.flow.http import Response
from hk_adapter.flow.runtime import Liveness, Runtime
from hk_adapter.model import Operation
from hk_adapter.testing.virtual_time import VirtualRunner, VirtualTime
from hk_adapter.transport.rate_budget import RateBudget
from hk_adapter.transport.venue_clock import VenueClock
from hk_adapter.venues.ccxt_bridge.client_ids import known_as
from tests.asking import plain
from tests.ccxt_bridge import table_page
from tests.ccxt_bridge.by_hand import NOW
from tests.ccxt_bridge.client_id_table import MARK, OWN, PAGE, limit_order, placed, rows
from tests.ccxt_bridge.conditional_desks import called
from tests.ccxt_bridge.market_order_table import ready

GATE = {"id": "41", "text": f"t-{OWN}", "currency_pair": "ETHUSD", "status": "open", "side": "buy", "type": "limit"}
COINBASE = {"success": True, "success_response": {"order_id": "41", "client_order_id": OWN}}
CRYPTOCOM = {"code": 0, "result": {"order_id": "41"}}


class Net:
    """Answers every request alike; None is an answer that never comes."""

    def __init__(self, time, answer):
        self.time, self.answer, self.asked = time, answer, 0

    def send(self, request, deadline):
        """Tell the story of one exchange."""
        self.asked += request.method != "GET"
        yield self.time.now + 0.05
        if self.answer is None:
            raise hk.OutcomeUnknown("no answer came")
        return Response(200, {}, json.dumps(self.answer).encode())


def created(member, answer):
    """Run one whole create_order, in virtual time; give what came of it and how many requests left."""
    venue, time = ready(member), VirtualTime()
    core = Core(SharedLookups(), client_ids=venue.client_ids)
    core.attach(plain(venue))
    runtime = Runtime(
        prepare=lambda call: call.request,
        clock=VenueClock(time.monotonic, time.monotonic),
        admission=RateBudget({}),
        liveness=Liveness(),
        rng=random.Random(1),
    )
    net = Net(time, answer)
    operation = Operation(name="create_order", request=limit_order(member), timeout=10.0)
    try:
        return VirtualRunner(runtime, net, time).run(core.operate(operation=operation)), net.asked
    except hk.AdapterError as error:
        return error, net.asked


def test_the_page_has_the_table():
    """For the ccxt that it was made with."""
    assert table_page.lines(PAGE, MARK) == list(rows())


@pytest.mark.parametrize(
    ("member", "answer", "known"),
    [("gate", GATE, f"t-{OWN}"), ("coinbase", COINBASE, OWN), ("cryptocom", CRYPTOCOM, None)],
)
def test_an_accepted_create_is_an_order(member, answer, known):
    """With the id of its answer, and the client order id that the exchange knows; asked once."""
    order, asked = created(member, answer)
    assert isinstance(order, hk.Order), order
    assert (order.id, order.client_order_id, asked) == ("41", known, 1)


def test_an_answer_that_names_another_order_is_none():
    """Gate was told one id and shows another."""
    _, found = placed("gate", json.dumps(GATE | {"text": "t-foreign"}).encode())
    assert isinstance(found, hk.UnexpectedPayload)


def test_a_lost_answer_is_not_looked_for_by_an_id_that_was_never_sent():
    """It says so, instead of naming the id."""
    error, asked = created("coinmate", None)
    assert isinstance(error, hk.OutcomeUnknown)
    assert (OWN in str(error), "by its terms" in str(error), asked) == (False, True, 1)
    assert error.order is not None


def test_the_exchanges_form_of_an_id_is_the_one_that_was_asked_for():
    """Ccxt looks Gate's orders up by the prefixed id, and Gate shows that."""
    assert known_as({"clientOrderId": f"t-{OWN}"}, OWN, "gate") == {"clientOrderId": OWN}
    assert known_as({"clientOrderId": f"t-x{OWN}"}, OWN, "gate") == {"clientOrderId": f"t-x{OWN}"}
    assert known_as({"clientOrderId": f"t-{OWN}"}, OWN, "kraken") == {"clientOrderId": f"t-{OWN}"}


class GateDesk:
    """Gate, with one order that it knows by the prefixed id."""

    def __init__(self):
        self.asked = []

    def answer(self, request):
        """Answer one request."""
        self.asked.append(request.url.partition("?")[0].rpartition("/")[2])
        order = GATE | {"amount": "13", "left": "13", "price": "2000", "create_time_ms": NOW}
        return Response(200, {}, json.dumps(order).encode())


def test_a_create_whose_answer_was_lost_is_queried_by_the_exchanges_form_of_its_id():
    """Ccxt's query of Gate's takes a client order id, and reads it where it builds the request."""
    desk = GateDesk()
    found = called(desk, ready("gate"), "create_order", limit_order("gate"), losing=1)
    assert isinstance(found, hk.Order), found
    assert (found.id, found.client_order_id, desk.asked[-2:]) == ("41", OWN, ["orders", f"t-{OWN}"])


class CoinbaseDesk:
    """Coinbase, with the order that it was asked for, in its list."""

    def __init__(self):
        self.told = None

    def answer(self, request):
        """Answer one request."""
        if request.method == "POST":
            self.told = json.loads(request.body)["client_order_id"]
        terms = {"limit_limit_gtc": {"base_size": "13", "limit_price": "2000"}}
        order = {"order_id": "41", "client_order_id": self.told, "product_id": "ETHUSD", "status": "OPEN"}
        order |= {"order_configuration": terms, "side": "BUY", "order_type": "LIMIT", "filled_size": "0"}
        order |= {"created_time": "2026-09-21T13:20:01Z"}
        return Response(200, {}, json.dumps({"orders": [order], "has_next": False, "cursor": ""}).encode())


def test_an_exchange_that_ccxt_makes_ids_for_is_told_the_callers():
    """Coinbase's orders had an id of ccxt's making, and a create whose answer was lost was never found."""
    desk = CoinbaseDesk()
    found = called(desk, ready("coinbase"), "create_order", limit_order("coinbase"), losing=1)
    assert isinstance(found, hk.Order), found
    assert (desk.told, found.id, found.client_order_id) == (OWN, "41", OWN)
