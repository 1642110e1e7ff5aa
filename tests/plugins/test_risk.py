"""New orders beyond the limits are denied before anything is sent; cancels and reads pass, whatever the limits."""

from __future__ import annotations

from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter import ConfigurationError, CreateOrderRequest, OrderDenied, wraps_flow
from hk_adapter.plugins.risk import Risk
from hk_adapter.plugins.risk.limits import read_limits
from hk_adapter.plugins.risk.objections import objection
from tests.cases import each

ORDER = {"symbol": "ETH/USD", "type": "limit", "side": "buy", "amount": "1", "price": "1900"}
UNSET = dict.fromkeys(["max_cost", "max_amount", "symbols", "unknown", "known_params", "block_creates"])


def limited(**given):
    """Make limits from arguments alone."""
    return read_limits(UNSET | given, env={})


def asked(**changes):
    """Make a request of an order, by default for 1 ETH at 1900 USD."""
    numbers = {name: Decimal(changes.pop(name)) for name in ("amount", "price", "cost") if changes.get(name)}
    terms = {"symbol": "ETH/USD", "type": "limit", "side": "buy", "client_order_id": "mine"}
    return CreateOrderRequest(**terms | numbers | changes)


LIMIT_ORDER = {"amount": "1", "price": "1900"}
BY_AMOUNT = {"type": "market", "amount": "1"}
BY_COST = {"type": "market", "cost": "1900"}


OBJECTIONS = {
    "cost-at-the-limit": ({"max_cost": "1900"}, LIMIT_ORDER, None),
    "cost-above": ({"max_cost": "1899.99"}, LIMIT_ORDER, "worth 1900, is above 1899.99"),
    "cost-above-by-the-last-digit": (
        {"max_cost": "1"},
        {"amount": "1." + "0" * 28 + "1", "price": "1." + "0" * 28 + "1"},
        "is above 1",
    ),
    "cost-of-a-sell": ({"max_cost": 1000}, LIMIT_ORDER | {"side": "sell"}, "worth 1900"),
    "market-by-cost": ({"max_cost": "1900"}, BY_COST, None),
    "market-by-cost-above": ({"max_cost": "1899"}, BY_COST, "worth 1900"),
    "market-by-amount": ({"max_cost": "1900000"}, BY_AMOUNT, "not known beforehand"),
    "market-by-amount-let-pass": ({"max_cost": "1", "unknown": "pass"}, BY_AMOUNT, None),
    "amount-at-the-limit": ({"max_amount": "1"}, LIMIT_ORDER, None),
    "amount-above": ({"max_amount": "0.5"}, LIMIT_ORDER, "amount 1, is above 0.5"),
    "market-amount-above": ({"max_amount": "0.5"}, BY_AMOUNT, "amount 1"),
    "amount-of-a-market-order-by-cost": ({"max_amount": "100"}, BY_COST, "not known beforehand"),
    "amount-is-held-though-the-cost-passes": ({"max_amount": "0.5", "unknown": "pass"}, BY_AMOUNT, "is above"),
    "own-limit": ({"max_cost": {"ETH/USD": 1900, "BTC/USD": 5}}, LIMIT_ORDER, None),
    "own-limit-above": ({"max_amount": {"ETH/USD": "0.1", "BTC/USD": 5}}, LIMIT_ORDER, "is above 0.1"),
    "no-limit-of-its-own": ({"max_cost": {"BTC/USD": 5}, "unknown": "pass"}, LIMIT_ORDER, "none for ETH/USD"),
    "symbol": ({"symbols": ["ETH/USD"]}, BY_AMOUNT, None),
    "other-symbol": ({"symbols": ["BTC/USD"]}, LIMIT_ORDER, "ETH/USD is not among"),
    "contracts": ({"max_cost": "1900"}, LIMIT_ORDER | {"symbol": "ETH/USD:USD"}, "not known beforehand"),
    "contracts-by-amount": ({"max_amount": "5"}, LIMIT_ORDER | {"symbol": "ETH/USD:ETH"}, "not known beforehand"),
    "contracts-by-number": ({"max_amount": {"ETH/USD:ETH": 1}}, LIMIT_ORDER | {"symbol": "ETH/USD:ETH"}, None),
    "contracts-by-number-above": (
        {"max_amount": {"ETH/USD:ETH": "0.5"}},
        LIMIT_ORDER | {"symbol": "ETH/USD:ETH"},
        "amount 1, is above 0.5",
    ),
    "contracts-by-amount-let-pass": (
        {"max_amount": "0.5", "unknown": "pass"},
        LIMIT_ORDER | {"symbol": "ETH/USD:ETH"},
        "is above",
    ),
    "a-venues-own-word": ({"max_cost": "1900"}, LIMIT_ORDER | {"symbol": "ETHUSD_PERP"}, "not known beforehand"),
    "a-venues-own-word-by-amount": ({"max_amount": "5"}, LIMIT_ORDER | {"symbol": "ETHUSD_PERP"}, "not known"),
    "harmless-params": ({"max_cost": "1900"}, LIMIT_ORDER | {"params": {"triggerPrice": "1", "postOnly": 1}}, None),
    "params-that-may-change-it": ({"max_cost": "1900"}, LIMIT_ORDER | {"params": {"quantity": "9"}}, "'quantity'"),
    "params-that-may-change-the-symbol": (
        {"symbols": ["ETH/USD"]},
        BY_AMOUNT | {"params": {"symbol": "x"}},
        "'symbol'",
    ),
    "known-params": (
        {"max_cost": "1900", "known_params": ["recvWindow"]},
        LIMIT_ORDER | {"params": {"recvWindow": 5000}},
        None,
    ),
    "params-let-pass": ({"max_cost": "1900", "unknown": "pass"}, LIMIT_ORDER | {"params": {"x": 1}}, None),
    "blocked-is-no-limit": ({"block_creates": False}, BY_AMOUNT | {"params": {"x": 1}}, None),
}


@each("limits, order, word", OBJECTIONS.values(), ids=OBJECTIONS)
def test_what_there_is_against_an_order(limits, order, word):
    """Each limit is exact, and what cannot be held to it beforehand is beyond it, unless told otherwise."""
    told = objection(asked(**order), limited(**limits))
    assert (told is None) is (word is None), told
    assert word is None or word in told


async def test_an_order_beyond_a_limit_is_not_sent(open_desk):
    """The error is the one for what was refused before it was sent, and says which limit."""
    desk = await open_desk(plugins=[Risk(max_cost="1000")])
    with pytest.raises(OrderDenied, match=r"risk: max_cost: ETH/USD, worth 1900, is above 1000") as caught:
        await desk.call("create_order", **ORDER)
    assert (caught.value.request_state, caught.value.operation) == (hk.RequestState.NOT_SENT, "create_order")
    assert desk.simulator.requests == []


async def test_an_order_within_the_limits_is_placed(open_desk):
    """And is the order that was asked for."""
    desk = await open_desk(plugins=[Risk(max_cost="1900", max_amount=1, symbols=["ETH/USD"])])
    order = await desk.call("create_order", **ORDER)
    assert (order.status, order.amount, order.price) == ("open", 1, 1900)


async def test_one_of_several_beyond_a_limit_keeps_all_back(open_desk):
    """As a wrong argument of one does; the error names its place."""
    desk = await open_desk(plugins=[Risk(max_amount="1")])
    with pytest.raises(OrderDenied, match=r"orders\[1\]: max_amount"):
        await desk.call("create_orders", [ORDER, ORDER | {"amount": "1.01"}])
    assert desk.simulator.requests == []


async def test_an_order_only_to_be_checked_is_held_to_them_too(open_desk):
    """So that the check tells what the order itself would come to."""
    desk = await open_desk(plugins=[Risk(max_cost="1000")])
    with pytest.raises(OrderDenied):
        await desk.call("create_order", **ORDER, test=True)
    assert desk.simulator.requests == []


async def test_cancels_and_reads_pass(open_desk):
    """One by one, several, all: whatever is blocked or limited, and with the same requests as without."""
    plain = await open_desk(budget="unlimited")
    risk = Risk(max_cost="1900", symbols=["ETH/USD"], block_creates=False)
    desk = await open_desk(plugins=[risk], budget="unlimited")
    seen = []
    for one in (plain, desk):
        orders = [await one.place() for _ in range(4)]
        risk.block_creates()
        report = await one.try_cancel(orders[0].id)
        many = await one.call("cancel_orders", [orders[1].id])
        everything = await one.call("cancel_all_orders", "ETH/USD")
        await one.call("fetch_open_orders")
        risk.allow_creates()
        assert {str(each.outcome) for each in (report, *many, *everything)} == {"canceled"}
        assert report.error is None
        seen.append([(request.method, request.path) for request in one.simulator.requests])
    assert seen[0] == seen[1]


async def test_creates_can_be_blocked_while_it_runs(open_desk):
    """From one moment on nothing is placed, with the reason that was given; and from another on it is again."""
    risk = Risk(block_creates=False)
    desk = await open_desk(plugins=[risk])
    await desk.place()
    risk.block_creates("until the desk is back")
    assert risk.creates_blocked
    with pytest.raises(OrderDenied, match="blocked until the desk is back"):
        await desk.call("create_order", **ORDER)
    assert desk.seen("POST") == []
    risk.allow_creates()
    assert (await desk.place()).status == "open"


async def test_a_block_stops_what_a_call_has_not_sent_yet(open_desk):
    """Each request is looked at again: of several orders, those not yet sent when creates were blocked are refused."""
    risk = Risk(block_creates=False)

    class BlocksAfterTheFirst:
        @wraps_flow
        async def attempt(self, flow, hook):
            await flow
            risk.block_creates()

    desk = await open_desk(plugins=[BlocksAfterTheFirst(), risk])
    orders = [ORDER, ORDER | {"symbol": "BTC/USD", "amount": "0.01"}]
    reports = await desk.call("create_orders", orders)
    assert [report.created for report in reports] in ([True, False], [True, True])
    if desk.venue.__class__ is hk.Venue:  # one after another
        assert isinstance(reports[1].error, OrderDenied)
        assert len(desk.simulator.requests) == 1


async def test_what_it_does_not_know_is_denied():
    """A hook that is neither a cancel, a read nor a create of ours, whatever it may be one day, is not let through."""
    with pytest.raises(OrderDenied, match="edit_order is not known"):
        Risk(max_cost=1)._check(object(), "edit_order")


UNUSABLE = {
    "nothing": ({}, "no limit"),
    "float": ({"max_cost": 1.5}, "max_cost: a float is not exact"),
    "zero": ({"max_amount": 0}, "max_amount must be above 0"),
    "negative-for-one": ({"max_cost": {"ETH/USD": "-1"}}, "above 0"),
    "nan": ({"max_cost": "NaN"}, "must be finite"),
    "a-text-of-symbols": ({"symbols": "ETH/USD"}, "must be a list of names"),
    "no-symbols": ({"symbols": []}, "holds no name"),
    "odd-symbol": ({"symbols": [1]}, "must hold names"),
    "odd-word": ({"max_cost": 1, "unknown": "maybe"}, "'refuse' or 'pass'"),
    "odd-flag": ({"block_creates": "yes"}, "true or false"),
}


@each("given, word", UNUSABLE.values(), ids=UNUSABLE)
def test_what_cannot_be_a_limit(given, word):
    """It is refused when it is made, by name, and nothing runs without the limits that were meant."""
    with pytest.raises(ConfigurationError, match="risk") as caught:
        Risk(**given)
    assert word in str(caught.value)


async def test_by_its_id_it_reads_its_variables(open_desk, monkeypatch):
    """A profile or ``plugins=["risk"]`` has no arguments: the variables are the limits then."""
    with pytest.raises(ConfigurationError, match="HK_ADAPTER_RISK_MAX_COST"):
        await open_desk(plugins=["risk"])
    monkeypatch.setenv("HK_ADAPTER_RISK_MAX_COST", "1000")
    monkeypatch.setenv("HK_ADAPTER_RISK_SYMBOLS", "BTC/USD, ETH/USD")
    monkeypatch.setenv("HK_ADAPTER_RISK_BLOCK_CREATES", "false")
    desk = await open_desk(plugins=["risk"])
    with pytest.raises(OrderDenied, match="above 1000"):
        await desk.call("create_order", **ORDER)
    assert (await desk.place(amount="0.5")).status == "open"
    monkeypatch.setenv("HK_ADAPTER_RISK_MAX_AMOUNT", "much")
    with pytest.raises(ConfigurationError, match="HK_ADAPTER_RISK_MAX_AMOUNT is not a number"):
        await open_desk(plugins=["risk"])


def test_an_argument_goes_before_its_variable(monkeypatch):
    """Each by itself: what is not given as an argument still holds from its variable."""
    env = {"HK_ADAPTER_RISK_MAX_COST": "1", "HK_ADAPTER_RISK_MAX_AMOUNT": "2"}
    limits = read_limits(UNSET | {"max_cost": "5"}, env)
    assert (limits.max_cost, limits.max_amount) == (5, 2)
