"""Whatever a program has set its decimal context to, money is read, compared and sent to the last digit."""

from __future__ import annotations

import decimal
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

import hk_adapter as hk
from hk_adapter.model.decimals import exact_product, own_context
from hk_adapter.venues.ccxt_bridge.order_in_answer import shows_an_order
from hk_adapter.venues.hashkey.parse import parse_order
from tests.ccxt_bridge.by_hand import NEW, always, opened, run

FEW = decimal.Context(prec=2)
STRICT = decimal.Context(prec=2, Emin=-1, Emax=1, traps=[decimal.Inexact, decimal.Rounded, decimal.Overflow])
FILLED = {
    "orderId": "17",
    "symbol": "ETHUSD",
    "origQty": "1",
    "executedQty": "0.3333333",
    "cumulativeQuoteQty": "633.33327",
    "avgPrice": "1900",
    "status": "CANCELED",
    "side": "BUY",
    "type": "LIMIT",
    "price": "1900",
}


@pytest.fixture(params=[FEW, STRICT], ids=["few digits", "strict"])
def _programs_own(request: pytest.FixtureRequest) -> Iterator[None]:
    """Compute as a program does that rounds to a few digits, or lets nothing be rounded."""
    with decimal.localcontext(request.param):
        yield


@pytest.mark.usefixtures("_programs_own")
def test_what_was_paid_is_read():
    """Neither is an order unreadable that has fills, nor are its average and cost left out."""
    order = parse_order(FILLED, operation="fetch_order")
    assert (order.filled, order.average, order.cost) == tuple(map(Decimal, ("0.3333333", "1900", "633.33327")))


@pytest.mark.usefixtures("_programs_own")
async def test_a_cancel_of_an_order_with_fills(open_desk):
    """Its end is proven, with what was filled and paid."""
    desk = await open_desk()
    order = await desk.place("1.2345", "1900.12")
    desk.simulator.fill(order.id, "0.4321")
    report = await desk.try_cancel(order.id)
    assert report.outcome is hk.CancelOutcome.PARTIALLY_CANCELED
    assert (report.order.filled, report.order.average) == (Decimal("0.4321"), Decimal("1900.12"))


@pytest.mark.usefixtures("_programs_own")
@pytest.mark.parametrize("member", ["kraken", "binance", "bitstamp"])
def test_the_bridge_sends_the_amount_that_was_asked_for(member):
    """Ccxt cuts numbers to a market's steps by whatever context is set: it is given its own."""
    amount, price = Decimal("13.5791"), Decimal("2000.12")
    sent: list[Any] = []
    request = replace(NEW, amount=amount, price=price)
    with pytest.raises(hk.AdapterError):
        run(opened(member).create_order(request), always(200, b"{}"), sent)
    told = f"{sent[-1].url} {(sent[-1].body or b'').decode()}"
    assert str(amount) in told
    assert str(price) in told


@pytest.mark.usefixtures("_programs_own")
def test_two_numbers_are_not_one():
    """What ccxt tells of an order is looked for in the answer by every digit of it."""
    assert not shows_an_order({"amount": "0.3333333", "info": {"max": "0.3333334"}}, set())
    assert shows_an_order({"amount": "0.3333333", "info": {"max": "0.33333330"}}, set())


def test_the_default_context_has_no_say(monkeypatch):
    """``decimal.DefaultContext`` is what a context is made of that does not say all by itself."""
    for name, value in {"prec": 2, "Emin": -1, "Emax": 1, "rounding": decimal.ROUND_UP}.items():
        before = getattr(decimal.DefaultContext, name)
        monkeypatch.setattr(decimal.DefaultContext, name, value)
        assert getattr(own_context(), name) == before or name == "prec"
    assert own_context(decimal.Inexact).multiply(Decimal("1.23456"), 1000) == exact_product(
        Decimal("1.23456"), Decimal(1000)
    )
