"""Public trades and candles end at ``until``, whatever the venue makes of it; newer ones are not taken for all."""

from __future__ import annotations

import json

import pytest

import hk_adapter as hk
from hk_adapter.flow.http import Response
from hk_adapter.model import MarketRequest
from hk_adapter.venues.hashkey.parse.market_data import parse_candles
from tests.cases import each
from tests.ccxt_bridge.conditional_desks import called
from tests.ccxt_bridge.market_order_table import ready

NOW = 1_700_000_000_000
MINUTE = 60_000


@pytest.mark.parametrize("arguments", [("fetch_trades", "ETH/USD"), ("fetch_ohlcv", "ETH/USD", "1m")])
async def test_hashkey_takes_until_and_none_before_since(desk, arguments):
    """By keyword or by ccxt's spelling; one before ``since`` is refused."""
    for number in range(3):
        await desk.place("1", str(1900 + number))
        desk.simulator.counter_order("ETHUSD", "SELL", "1", str(1900 + number))
    rows = await desk.call(*arguments)
    at = rows[-1].timestamp
    for given in ({"until": at}, {"params": {"until": at}}):
        assert await desk.call(*arguments, **given) == rows
    assert await desk.call(*arguments, until=at, limit=1) == rows[-1:]
    assert all(one.timestamp < at for one in await desk.call(*arguments, until=at - 1))
    for given in ({"until": at - 1, "since": at}, {"until": "soon"}, {"until": 1, "params": {"until": 2}}):
        with pytest.raises(hk.InvalidArgument, match="until"):
            await desk.call(*arguments, **given)


async def test_a_hundred_trades_that_are_all_newer_are_not_none(desk):
    """HashKey has no way to older ones: that there were none is not known."""
    rows = [{"t": NOW + number, "p": "1900", "q": "1", "ibm": True} for number in range(100)]
    desk.simulator.fail_next(body=json.dumps(rows), path="/quote/v1/trades", status=200)
    with pytest.raises(hk.NotSupported, match="newest 100"):
        await desk.call("fetch_trades", "ETH/USD", until=NOW - 1)
    desk.simulator.fail_next(body=json.dumps(rows[:99]), path="/quote/v1/trades", status=200)
    assert await desk.call("fetch_trades", "ETH/USD", until=NOW - 1) == []


async def test_candles_are_asked_for_in_a_span_that_fits_a_page(desk):
    """Of a longer one, nobody says which the venue leaves out."""
    await desk.call("fetch_ohlcv", "ETH/USD", "5m", until=NOW, limit=3)
    asked = desk.simulator.requests[-1].parameters
    assert (asked["startTime"], asked["endTime"]) == (str(NOW - 1000 * 5 * MINUTE + 1), str(NOW))
    assert asked["limit"] == "1000"


def test_the_newest_up_to_then():
    """Of the candles up to ``until`` the last ones, unless ``since`` says where to begin."""
    rows = [[NOW + number * MINUTE, "1", "1", "1", "1", "1"] for number in range(5)]
    until = NOW + 3 * MINUTE
    assert [one.timestamp for one in parse_candles(rows, until=until, limit=2)] == [NOW + 2 * MINUTE, until]
    assert [one.timestamp for one in parse_candles(rows, since=NOW, until=until, limit=1)] == [NOW]


class Tape:
    """Binance's public lists, which may heed ``endTime`` or not."""

    def __init__(self, *, heeds: bool) -> None:
        self.heeds, self.queries = heeds, []

    def answer(self, request):
        """Show five rows, a minute apart."""
        self.queries.append(request.url)
        times = [NOW + number * MINUTE for number in range(5)]
        if self.heeds:
            times = [time for time in times if time <= NOW + 2 * MINUTE]
        if "klines" in request.url:
            rows = [[time, "1", "1", "1", "1", "1"] for time in times]
        else:
            rows = [{"a": time, "p": "1", "q": "1", "T": time, "m": True} for time in times]
        return Response(200, {}, json.dumps(rows).encode())


@each("heeds", [True, False])
@each("name", ["fetch_trades", "fetch_ohlcv"])
def test_through_the_bridge(name, heeds):
    """It is given to ccxt as ``until``, and what is newer is left out where the exchange did not heed it."""
    tape, timeframe = Tape(heeds=heeds), "1m" if name == "fetch_ohlcv" else None
    request = MarketRequest(symbol="ETH/USD", timeframe=timeframe, until=NOW + 2 * MINUTE)
    rows = called(tape, ready("binance"), name, request)
    assert [row.timestamp for row in rows] == [NOW, NOW + MINUTE, NOW + 2 * MINUTE]
    assert f"endTime={NOW + 2 * MINUTE}" in tape.queries[-1]


def test_newer_rows_alone_say_nothing_of_older_ones():
    """Where the exchange did not heed the bound, an empty list would be a lie."""
    request = MarketRequest(symbol="ETH/USD", until=NOW - 1)
    assert isinstance(called(Tape(heeds=False), ready("binance"), "fetch_trades", request), hk.NotSupported)
