"""What a venue could not take, or nobody can have meant, is refused by name, rule and value, and nothing is sent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

import hk_adapter as hk
from tests.cases import each

FUTURE = 4_102_444_800_000
"""The year 2100; a fixed time, so that a case has the same name in every process that runs the tests."""
ORDER = {"symbol": "ETH/USD", "type": "limit", "side": "buy", "amount": "1", "price": "1900"}
MARKET_ORDER = {"symbol": "ETH/USD", "type": "market", "side": "buy", "amount": "1"}

NUMBERS: list[tuple[Any, list[str]]] = [
    (1.5, ["float", "'1.5'"]),
    (True, ["bool"]),
    ("one", ["'one'"]),
    ("1_000", ["'1_000'"]),
    ("NaN", ["finite"]),
    ("Infinity", ["finite"]),
    ("-Infinity", ["finite"]),
    ("0", ["above 0"]),
    ("-1", ["above 0", "-1"]),
    ("1e-99", ["60 digits"]),
    ([1], ["list"]),
]
TEXTS: list[tuple[Any, list[str]]] = [
    (5, ["int"]),
    ("", ["empty"]),
    (" ", ["empty"]),
    ("ETH/USD\n", ["ASCII"]),
    ("ÉTH/USD", ["ASCII"]),
]
SINCES: list[tuple[Any, list[str]]] = [
    (FUTURE, ["future", str(FUTURE)]),
    (1_763_000_000, ["ms UTC", "1763000000"]),
    (-1, ["-1"]),
    (1.5, ["1.5"]),
    ("2026-11-22", ["'2026-11-22'"]),
    (True, ["True"]),
]
LIMITS: list[tuple[Any, list[str]]] = [(0, ["0"]), (-5, ["-5"]), (1.0, ["1.0"]), ("10", ["'10'"]), (True, ["True"])]
PARAMS: list[tuple[Any, list[str]]] = [({"surprise": 1}, ["'surprise'"]), ([1], ["mapping"]), ({1: 2}, ["1"])]
LISTS = ["fetch_open_orders", "fetch_orders", "fetch_closed_orders", "fetch_canceled_orders", "fetch_my_trades"]
CATALOGUES = ["load_markets", "fetch_markets", "fetch_currencies"]
SYMBOL_READS = ["fetch_ticker", "fetch_order_book", "fetch_trades", "fetch_ohlcv"]


def wrong(base: dict[str, Any], name: str, values: list[tuple[Any, list[str]]], call: str) -> list[Any]:
    """One case for each wrong value of one argument; the message must name the argument, too."""
    return [
        pytest.param(call, {**base, name: value}, [name, *said], id=f"{call} {name}={str(value)[:20]!r}")
        for value, said in values
    ]


CASES = [
    *wrong(ORDER, "amount", NUMBERS, "create_order"),
    *wrong(ORDER, "price", NUMBERS, "create_order"),
    *wrong(MARKET_ORDER | {"amount": None}, "cost", NUMBERS, "create_order"),
    *wrong(ORDER, "symbol", [*TEXTS, (None, ["needed"]), ("ETHUSD", ["'ETHUSD'"])], "create_order"),
    *wrong(ORDER, "type", [("stop", ["'stop'", "limit"]), (None, ["None"]), (1, ["1"])], "create_order"),
    *wrong(ORDER, "side", [("long", ["'long'", "buy"]), (None, ["None"])], "create_order"),
    *wrong(ORDER, "time_in_force", [("DAY", ["'DAY'", "GTC"]), (1, ["1"])], "create_order"),
    *wrong(ORDER, "post_only", [("yes", ["'yes'"]), (1, ["1"]), (None, ["None"])], "create_order"),
    *wrong(ORDER, "test", [("yes", ["'yes'"]), (1, ["1"])], "create_order"),
    *wrong(ORDER, "client_order_id", [*TEXTS[:3], ("x" * 256, ["255"])], "create_order"),
    *wrong(ORDER, "timeout", [(0, []), (-1, []), ("5", []), (float("nan"), [])], "create_order"),
    *wrong(ORDER, "params", [*PARAMS, ({"stpMode": "NONE"}, ["stpMode", "'NONE'"])], "create_order"),
    pytest.param("create_order", ORDER | {"price": None}, ["price"], id="a limit order without a price"),
    pytest.param("create_order", ORDER | {"amount": None}, ["amount"], id="a limit order without an amount"),
    pytest.param("create_order", ORDER | {"cost": "5"}, ["cost"], id="a limit order with a cost"),
    pytest.param("create_order", MARKET_ORDER | {"price": "1"}, ["price"], id="a market order with a price"),
    pytest.param("create_order", MARKET_ORDER | {"cost": "5"}, ["amount", "cost"], id="both amount and cost"),
    pytest.param("create_order", MARKET_ORDER | {"amount": None}, ["amount", "cost"], id="neither amount nor cost"),
    pytest.param("create_order", MARKET_ORDER | {"post_only": True}, ["post_only"], id="a market order that rests"),
    pytest.param("create_order", ORDER | {"post_only": True, "time_in_force": "IOC"}, ["post_only", "IOC"], id="both"),
    pytest.param(
        "create_order",
        ORDER | {"client_order_id": "a", "params": {"clientOrderId": "b"}},
        ["'a'", "'b'"],
        id="two client ids that differ",
    ),
    pytest.param("create_orders", {"orders": [ORDER, ORDER | {"price": "0"}]}, ["orders[1]", "price"], id="one wrong"),
    pytest.param(
        "create_orders",
        {"orders": [ORDER | {"qty": "1"}]},
        ["orders[0]", "'qty'; it has amount, client_order_id"],
        id="an unknown argument",
    ),
    pytest.param(
        "create_orders",
        {"orders": [ORDER | {"clientOrderId": "a"}]},
        ["orders[0]", "'clientOrderId'; did you mean 'client_order_id'?"],
        id="an argument by ccxt's name",
    ),
    pytest.param("create_orders", {"orders": ORDER}, ["orders"], id="a mapping for several"),
    pytest.param("create_orders", {"orders": ["ETH/USD"]}, ["orders[0]"], id="a text for an order"),
    pytest.param("create_orders", {"orders": [ORDER], "params": {"x": 1}}, ["params"], id="params of all"),
    pytest.param(
        "create_orders",
        {"orders": [ORDER | {"client_order_id": own} for own in ("a7", "b7", "A7")]},
        ["client_order_id", "'a7' in orders[0]", "'A7' in orders[2]"],
        id="one id twice",
    ),
    pytest.param(
        "cancel_orders", {"order_ids": ["7", "7", "12", "07"]}, ["order_ids[3]"], id="an id that is read as another"
    ),
    pytest.param(
        "cancel_orders",
        {"order_ids": [], "client_order_ids": ["x", "x", "a7", "A7"]},
        ["'a7' in client_order_ids[2]", "'A7' in client_order_ids[3]"],
        id="two client ids but for case",
    ),
    pytest.param("cancel_orders", {"order_ids": ["1", None]}, ["order_ids[1] is needed"], id="no id at a place"),
    pytest.param("cancel_orders", {"order_ids": ["1", hk.Order(id="2")]}, ["order_ids[1]", "Order"], id="an order"),
    pytest.param("recover", {"close": ["a", 5]}, ["close[1]", "int"], id="an entry that is none"),
    pytest.param("fetch_tickers", {"symbols": ["ETH/USD", None]}, ["symbols[1] is needed"], id="no symbol at a place"),
    *[
        pytest.param(
            "create_order",
            ORDER | {"params": {given: True}},
            [repr(given), "clientOrderId, timeInForce, postOnly, cost, stpMode"],
            id=f"{given}, which is near",
        )
        for given in ("clientOrderID", "postonly")
    ],
    *[
        pytest.param(name, {"params": {"untill": 1}}, ["'untill'", "until, partial"], id=f"{name}: untill")
        for name in LISTS
        if name.endswith("orders")
    ],
    *[case for name in LISTS for case in wrong({}, "since", SINCES, name)],
    *[case for name in LISTS for case in wrong({}, "limit", LIMITS, name)],
    *[case for name in LISTS for case in wrong({}, "symbol", [*TEXTS, ("ETHUSD", ["'ETHUSD'"])], name)],
    *[case for name in LISTS for case in wrong({}, "params", PARAMS, name)],
    *[case for name in [*LISTS, "fetch_balance"] for case in wrong({}, "account_id", [(-1, []), (1.5, [])], name)],
    *wrong({}, "params", PARAMS, "fetch_balance"),
    *wrong({}, "params", PARAMS, "fetch_accounts"),
    *wrong({}, "params", PARAMS, "check_key"),
    *wrong({}, "symbols", [("ETH/USD", ["str"]), (["ETH/USD"] * 2, ["twice"]), (5, ["int"])], "fetch_trading_fees"),
    *wrong({}, "symbols", [("ETH/USD", ["str"]), (["ETH/USD"] * 2, ["twice"]), (5, ["int"])], "fetch_tickers"),
    *[
        case
        for name in SYMBOL_READS
        for case in wrong({}, "symbol", [*TEXTS, (None, ["needed"]), ("ETHUSD", ["'ETHUSD'"])], name)
    ],
    *[case for name in SYMBOL_READS for case in wrong({"symbol": "ETH/USD"}, "params", PARAMS, name)],
    *[
        case
        for name in ("fetch_order_book", "fetch_trades", "fetch_ohlcv")
        for case in wrong({"symbol": "ETH/USD"}, "limit", LIMITS, name)
    ],
    *[case for name in ("fetch_trades", "fetch_ohlcv") for case in wrong({"symbol": "ETH/USD"}, "since", SINCES, name)],
    *wrong({"symbol": "ETH/USD"}, "timeframe", [("1y", ["'1y'", "1m"]), (60, ["int"]), ("", ["empty"])], "fetch_ohlcv"),
    *[
        case
        for name in ("load_markets", "fetch_markets", "fetch_currencies")
        for case in wrong({}, "params", PARAMS, name)
    ],
    *wrong({"order_id": "1"}, "params", PARAMS, "fetch_order"),
    pytest.param("fetch_order", {}, ["order_id", "client_order_id"], id="no order named"),
    pytest.param("fetch_order", {"order_id": "9" * 21}, ["order_id", "20"], id="too long an id"),
    *wrong({"symbol": "ETH/USD"}, "amount", NUMBERS, "amount_to_precision"),
]


@each(("call", "arguments", "said"), CASES)
async def test_bad_input_is_refused_before_a_request_and_named(desk, call, arguments, said):
    """The error is InvalidArgument, says which argument and why, and no request has left."""
    with pytest.raises(hk.InvalidArgument) as caught:
        await desk.call(call, **arguments)
    assert [word for word in said if word not in str(caught.value)] == []
    assert caught.value.request_state == "not_sent"
    assert isinstance(caught.value, ValueError)
    assert desk.simulator.requests == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": "1.00000001"}, ["amount", "1.00000001", "step"]),
        ({"price": "1900.001"}, ["price", "1900.001", "step"]),
        ({"amount": "0.00001"}, ["amount"]),
        ({"amount": "1000000"}, ["amount", "maximum"]),
        ({"amount": "0.001", "price": "1"}, ["cost", "minimum"]),
    ],
)
async def test_the_markets_rules_once_they_are_known(desk, changes, said):
    """After ``load_markets`` an order against its market's rules is denied, by rule and value, and not sent."""
    await desk.call("load_markets")
    desk.simulator.requests.clear()
    with pytest.raises(hk.OrderDenied) as caught:
        await desk.call("create_order", **(ORDER | changes))
    assert [word for word in said if word not in str(caught.value)] == []
    assert caught.value.request_state == "not_sent"
    with pytest.raises(hk.OrderDenied, match=r"orders\[0\]: .*(step|minimum|maximum)"):
        await desk.call("create_orders", [ORDER | changes])
    assert desk.simulator.requests == []


async def test_rounding_is_there_for_who_asks(desk):
    """Numbers rounded by the venue's steps are taken; before the markets are known, nothing can be rounded."""
    with pytest.raises(hk.InvalidArgument, match="load_markets"):
        desk.venue.amount_to_precision("ETH/USD", "1.00000001")
    await desk.call("load_markets")
    amount = desk.venue.amount_to_precision("ETH/USD", "1.00000001")
    price = desk.venue.price_to_precision("ETH/USD", "1899.999")
    order = await desk.call("create_order", "ETH/USD", "limit", "buy", amount, price)
    assert (order.amount, order.price) == (amount, price)


@pytest.mark.parametrize("name", ["amount", "price", "cost"])
@pytest.mark.parametrize(
    ("rounding", "steps"), [("down", ["3", "3", "3"]), ("nearest", ["3", "4", "4"]), ("up", ["4", "4", "4"])]
)
async def test_rounding_the_way_that_is_asked_for(desk, name, rounding, steps):
    """A buyer rounds a price down and a seller up; what fits is left alone, and other words are refused."""
    await desk.call("load_markets")
    market = desk.venue.market("ETH/USD")
    step = {"amount": market.amount_step, "price": market.price_step, "cost": market.cost_step}[name]
    to_precision = getattr(desk.venue, f"{name}_to_precision")
    for part, whole in zip(["3.4999999999", "3.5", "3.9"], steps, strict=True):
        found = to_precision("ETH/USD", Decimal(part) * step, rounding=rounding)
        assert found == Decimal(whole) * step
    assert to_precision("ETH/USD", 3 * step, rounding=rounding) == 3 * step
    with pytest.raises(hk.InvalidArgument, match="rounding must be one of down, up, nearest"):
        to_precision("ETH/USD", step, rounding="half")


async def test_a_symbol_that_is_not_in_the_catalogue(desk):
    """Where the catalogue is known, an unknown symbol is a wrong argument; without it, the venue says so."""
    with pytest.raises(hk.BadRequest):
        await desk.call("create_order", **(ORDER | {"symbol": "DOGE/USD"}))
    await desk.call("load_markets")
    desk.simulator.requests.clear()
    with pytest.raises(hk.InvalidArgument, match="'DOGE/USD'"):
        await desk.call("create_order", **(ORDER | {"symbol": "DOGE/USD"}))
    assert desk.simulator.requests == []
