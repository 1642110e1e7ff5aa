"""Whatever stands in an answer, reading it ends in records of the model or in one of our errors, and nothing else."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hk_adapter.errors import AdapterError
from hk_adapter.flow.effects import Flow
from hk_adapter.flow.http import Response
from hk_adapter.model import (
    AccountRequest,
    CreateOrderRequest,
    CreateOrdersRequest,
    ListOrdersRequest,
    ListTradesRequest,
    MarketRequest,
    OrderSide,
    OrderType,
    SymbolsRequest,
)
from hk_adapter.venues.hashkey.plugin import HashKeyVenue
from tests.cases import each
from tests.venues.hashkey import (
    test_account,
    test_batches,
    test_fills,
    test_market_data,
    test_markets,
    test_order_lists,
)
from tests.venues.hashkey.driving import opened

BTC = MarketRequest(symbol="BTC/USD", timeframe="1m")
NEW = CreateOrderRequest(
    symbol="BTC/USD",
    type=OrderType.LIMIT,
    side=OrderSide.BUY,
    client_order_id="own-1",
    amount=Decimal("0.01"),
    price=Decimal(98001),
)
Asking = Callable[[HashKeyVenue], Flow[Any]]
ANSWERS: dict[str, tuple[Any, Asking]] = {
    "batch": (
        test_batches.answer(test_batches.taken("own-1")),
        lambda venue: venue.create_orders(CreateOrdersRequest(orders=(NEW,))),
    ),
    "orders": ([test_order_lists.ROW], lambda venue: venue.fetch_orders(ListOrdersRequest())),
    "fills": (
        [test_fills.ROW | test_fills.HONG_KONG],
        lambda venue: venue.fetch_my_trades(ListTradesRequest(client_order_id="own-1")),
    ),
    "balances": (test_account.BALANCES, lambda venue: venue.fetch_balance(AccountRequest())),
    "fees": (test_account.VIP, lambda venue: venue.fetch_trading_fees(SymbolsRequest(symbols=("ETH/USD",)))),
    "accounts": ([test_account.MAIN], lambda venue: venue.fetch_accounts(AccountRequest())),
    "key": ({"accountType": "master"}, lambda venue: venue.check_key(AccountRequest())),
    "markets": (test_markets.catalogue(test_markets.ETH), lambda venue: venue.fetch_markets(SymbolsRequest())),
    "market": (test_markets.ETH, lambda venue: venue.fetch_markets(SymbolsRequest(symbols=("ETH/USD",)))),
    "currencies": (
        test_markets.catalogue(coins=[test_markets.COIN]),
        lambda venue: venue.fetch_currencies(SymbolsRequest()),
    ),
    "tickers": ([test_market_data.TICKER], lambda venue: venue.fetch_tickers(SymbolsRequest())),
    "ticker": ([test_market_data.TICKER], lambda venue: venue.fetch_tickers(SymbolsRequest(symbols=("ETH/USD",)))),
    "book": (test_market_data.BOOK, lambda venue: venue.fetch_order_book(BTC)),
    "trades": (test_market_data.TRADES, lambda venue: venue.fetch_trades(BTC)),
    "candles": (test_market_data.KLINES, lambda venue: venue.fetch_ohlcv(BTC)),
    "status": ({}, lambda venue: venue.fetch_status()),
    "time": ({"serverTime": 1722256487996}, lambda venue: venue.fetch_time()),
}
JUNK = [
    "null",
    "true",
    "1",
    "-1",
    "0",
    "1.5",
    "1e999",
    "9" * 400,
    "999999999999999",
    '""',
    '" "',
    '"0"',
    '"-0.0"',
    '"NaN"',
    '"sNaN"',
    '"1e61"',
    '"1_0"',
    '"\\u202e"',
    '"ETH/USD"',
    '"x"',
    "[]",
    "{}",
    "[null]",
    "[[]]",
    '["1"]',
    '{"fee":"x"}',
    '[{"filterType":"LOT_SIZE"}]',
]
HOLE = "hole-for-junk"


@st.composite
def damaged(draw: st.DrawFn, answer: Any) -> bytes:
    """Take a good answer and put junk at one to three of its places, as JSON text."""
    document = json.loads(json.dumps(answer))
    count = draw(st.integers(1, 3))
    for _ in range(count):
        document = _with_hole(draw, document)
    text = json.dumps(document)
    while f'"{HOLE}"' in text:
        text = text.replace(f'"{HOLE}"', draw(st.sampled_from(JUNK)), 1)
    return text.encode()


def _with_hole(draw: st.DrawFn, value: Any) -> Any:
    if isinstance(value, dict) and value and draw(st.integers(0, 9)):
        name = draw(st.sampled_from(sorted(value)))
        if draw(st.integers(0, 9)) == 0:
            return {key: one for key, one in value.items() if key != name}
        return value | {name: _with_hole(draw, value[name])}
    if isinstance(value, list) and value and draw(st.integers(0, 9)):
        place = draw(st.integers(0, len(value) - 1))
        return [*value[:place], _with_hole(draw, value[place]), *value[place + 1 :]]
    return HOLE


def result_of(flow: Flow[Any], body: bytes) -> Any:
    """Answer the one request of a hook; None where it ends in one of our errors."""
    flow.send(None)
    try:
        flow.send(Response(200, {}, body))
    except StopIteration as stop:
        return stop.value
    except AdapterError:
        return None
    raise AssertionError("a hook sent a second request")


@each("name", ANSWERS)
def test_a_good_answer_is_read(name: str) -> None:
    """The answers that are damaged below can be read as they are."""
    answer, asking = ANSWERS[name]
    assert result_of(asking(opened()), json.dumps(answer).encode()) is not None


@pytest.mark.parametrize("name", ANSWERS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_answer_is_read_or_refused(name: str, data: st.DataObject) -> None:
    """Nothing but the model's records and our errors comes out; what comes out can be given to ccxt's users."""
    answer, asking = ANSWERS[name]
    body = data.draw(damaged(answer))
    found = result_of(asking(opened()), body)
    for record in found if isinstance(found, tuple) else (found,):
        if hasattr(record, "to_ccxt"):
            record.to_ccxt()
        if dataclasses.is_dataclass(record) and not isinstance(record, type):
            assert dataclasses.replace(record) == record
