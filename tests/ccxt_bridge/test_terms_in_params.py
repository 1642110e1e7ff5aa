"""``params`` add to what an order call says: never another thing than its arguments, in no exchange's words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import hk_adapter as hk
from hk_adapter.venues.ccxt_bridge.terms import Terms
from tests.cases import each
from tests.ccxt_bridge.by_hand import always, run
from tests.ccxt_bridge.driven.answers import after_first
from tests.ccxt_bridge.driven.exchanges import driven, driven_members
from tests.ccxt_bridge.driven.plain import fields_of
from tests.ccxt_bridge.driven.stage import CANCELS

AMOUNT, PRICE, OWN = Decimal(13), Decimal(2000), "31234567"
ANSWER = after_first(always(200, b'{"id":"1","result":{"orderId":"1"},"data":{"id":"1"}}'))
FEWEST = {"dydx": 2}
"""Terms that are tried at least where they are not three: dYdX's amounts and prices are its chain's own units."""
SIDES = {"buy": "sell", "bid": "ask", "b": "s"}
TYPES = {"limit": "market", "market": "limit"}


def limit(symbol, **more):
    """A limit buy."""
    terms = {"symbol": symbol, "type": hk.OrderType.LIMIT, "side": hk.OrderSide.BUY, "amount": AMOUNT, "price": PRICE}
    return hk.CreateOrderRequest(client_order_id=OWN, **{**terms, **more})


def bought(symbol, **more):
    """A market buy."""
    return limit(symbol, type=hk.OrderType.MARKET, price=None, **more)


def calls(member, symbol):
    """Name the calls, and how each is asked with further params."""
    needed = CANCELS.get(member, {})
    placing = needed if member == "bitvavo" else {}
    return {
        "create_order, limit": lambda params: limit(symbol, params={**placing, **params}),
        "create_order, market": lambda params: bought(symbol, params={**placing, **params}),
        "create_order, by cost": lambda params: bought(symbol, amount=None, cost=AMOUNT, params={**placing, **params}),
        "cancel_order": lambda params: hk.CancelRequest(order_id="41", symbol=symbol, params={**needed, **params}),
        "cancel_order, by client id": lambda params: hk.CancelRequest(
            client_order_id=OWN, symbol=symbol, params={**needed, **params}
        ),
        "fetch_order": lambda params: hk.FetchOrderRequest(order_id="41", symbol=symbol, params=params),
    }


def came(venue, name, request):
    """Run one call; give what it sent, and the error that was raised."""
    sent: list[Any] = []
    try:
        run(getattr(venue, name.split(",")[0])(request), ANSWER, sent)
    except Exception as error:  # noqa: BLE001 - what it is is asked below
        return sent, error
    return sent, None


def other(value, market_id):
    """Give a value that says another thing than a term that was sent; None where it is no term."""
    text = str(value)
    if text in {"41", market_id} or OWN in text:
        return "77"
    for words in (SIDES, TYPES):
        if text.lower() in words:
            return words[text.lower()]
    try:
        return "77" if Decimal(text) in {AMOUNT, PRICE} else None
    except ArithmeticError:
        return None


def told(sent, market_id):
    """Give the terms that requests carry, by their names."""
    found = [(name.rpartition(".")[2], value) for one in sent for name, value in fields_of(one)]
    return {name: str(value) for name, value in found if name and other(value, market_id) is not None}


@each("member", driven_members())
def test_no_params_say_another_term(member):
    """Under each name that a term goes out with, another value is refused, or changes nothing of what goes out."""
    venue, symbol = driven(member)
    market_id = str(venue._exchange.markets[symbol]["id"])
    tried = 0
    for name, ask in calls(member, symbol).items():
        terms = told(came(venue, name, ask({}))[0], market_id)
        for field, value in terms.items():
            if not name.startswith("create") and value.lower() in {*SIDES, *TYPES}:
                continue  # no argument of a cancel or a look-up says it
            if field in CANCELS.get(member, {}):
                continue
            tried += 1
            sent, error = came(venue, name, ask({field: other(value, market_id)}))
            if sent:
                assert told(sent, market_id) == terms, (name, field)
            else:
                assert isinstance(error, hk.InvalidArgument | hk.NotSupported), (name, field, error)
    assert tried >= FEWEST.get(member, 3)


@each(
    ("member", "params"),
    [
        ("coinbaseexchange", {"funds": "50"}),
        ("kucoin", {"funds": 50}),
        ("alpaca", {"notional": "50"}),
        ("cryptocom", {"notional": Decimal(50)}),
        ("bitvavo", {"amountQuote": "50", "operatorId": 7}),
        ("coinbase", {"order_configuration": {"market_market_ioc": {"quote_size": "50"}}}),
        ("whitebit", {"total": "50"}),
        ("binance", {"quoteOrderQty": "50"}),
    ],
)
@each("place", [limit, bought])
def test_money_in_params_is_refused_by_any_name(member, params, place):
    """Beside an amount, or in its place, it would be spent; nothing leaves."""
    venue, symbol = driven(member)
    sent, error = came(venue, "create_order", place(symbol, params=params))
    assert (sent, type(error)) == ([], hk.InvalidArgument)
    assert "cost=" in str(error)


@each(
    ("member", "params"),
    [("okx", {"tgtCcy": "quote_ccy"}), ("kraken", {"oflags": "viqc"}), ("kraken", {"oflags": "fcib,viqc"})],
)
@each("side", list(hk.OrderSide))
def test_an_amount_is_not_made_money_by_a_unit(member, params, side):
    """Which ccxt would send on beside it."""
    venue, symbol = driven(member)
    sent, error = came(venue, "create_order", bought(symbol, side=side, params=params))
    assert (sent, type(error)) == ([], hk.NotSupported)


@each("name", ["preview", "validate", "dryRun", "dry_run", "validate_only", "testOrder"])
def test_an_order_that_would_only_be_checked_is_refused(name):
    """By whichever name: what is not placed is no order."""
    venue, symbol = driven("kraken")
    sent, error = came(venue, "create_order", limit(symbol, params={name: True}))
    assert (sent, type(error)) == ([], hk.NotSupported)


@each(
    ("member", "params"),
    [
        ("okx", {"tdMode": "cross"}),
        ("okx", {"tgtCcy": "base_ccy"}),
        ("binance", {"icebergQty": "1", "recvWindow": 5000}),
        ("kraken", {"oflags": "fciq", "validate": False}),
        ("bybit", {"isLeverage": 1, "category": "spot"}),
        ("bitfinex", {"flags": 64}),
    ],
)
def test_what_adds_to_an_order_is_sent_on(member, params):
    """As the exchange calls it."""
    venue, symbol = driven(member)
    sent, _ = came(venue, "create_order", limit(symbol, params=params))
    assert sent
    text = sent[-1].url + (sent[-1].body or b"").decode()
    assert all(name in text for name, value in params.items() if value)


def test_the_same_said_twice_is_no_contradiction():
    """A caller may repeat an argument in the exchange's own words."""
    venue, symbol = driven("binance")
    same = {"quantity": "13.0", "newClientOrderId": OWN, "side": "BUY"}
    assert came(venue, "create_order", limit(symbol, params=same))[0]


def test_a_number_that_is_as_much_by_chance_is_no_term():
    """An order of one, at a leverage of one: another leverage is none of its terms."""
    terms = Terms(params={"leverage": 5, "units": 7}, numbers=(Decimal(1),), is_order=True)
    assert terms.replaced({"leverage": "1"}, {"leverage": 5}) is None
    assert terms.replaced({"units": "1.0"}, {"units": 7}) == "units"
    assert terms.replaced({"units": "7.0"}, {"units": 7}) is None
