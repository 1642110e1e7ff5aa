"""Draws what a scenario's kind brings, with dice of its own: the usual part of a seed stays what it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from random import Random

from hk_adapter.model import Wait
from hk_adapter.simulator.exchange.markets import MARKETS
from hk_adapter.testing.campaign.broken_wrappers import RAISED
from hk_adapter.testing.campaign.kinds import Kind
from hk_adapter.testing.campaign.scenario import USUAL_DIALECT, BySymbol, Leave, Mass, OrderPlan, Scenario

QUERY, OPEN_ORDERS, HISTORY = "/api/v1/spot/order", "/api/v1/spot/openOrders", "/api/v1/spot/tradeOrders"
VIEWS = (QUERY, OPEN_ORDERS, HISTORY)
ODD = ("{} ", " {}", "0{}", "+{}", "{},{}", "{}.0", "{}\n")
"""Ways to write an order id that are not the venue's."""
NewOrder = Callable[[], OrderPlan]


def draw_kind(scenario: Scenario, kind: Kind, rng: Random, new: NewOrder) -> None:
    """Turn a usual scenario into one of a kind; ``new`` draws one more usual order."""
    scenario.kind = kind
    if kind is Kind.USUAL:
        return
    if kind is not Kind.ARRIVALS and scenario.mass is not None:
        _without_mass(scenario)
    _DRAWERS[kind](scenario, rng, new)


def _without_mass(scenario: Scenario) -> None:
    scenario.mass, scenario.one_call = None, False
    scenario.orders = [plan for plan in scenario.orders if plan.prefix == "own-"][:3] or scenario.orders[:1]
    for plan in scenario.orders:
        plan.prefix = "own-"


def _together(scenario: Scenario, rng: Random, new: NewOrder, most: int = 4, share: float = 0.3) -> None:
    """Let there be several orders now and then, so that they are looked up by lists."""
    if len(scenario.orders) == 1 and rng.random() < share:
        scenario.orders += [new() for _ in range(rng.randint(2, most))]
        for plan in scenario.orders:
            plan.wait = scenario.orders[0].wait


def _lagging(scenario: Scenario, rng: Random, new: NewOrder) -> None:
    _together(scenario, rng, new)
    scenario.lags = {view: rng.choice((0.0, rng.random() * 3, rng.random() * 35)) for view in VIEWS}


def _flicker(scenario: Scenario, rng: Random, new: NewOrder) -> None:
    _together(scenario, rng, new)
    scenario.lags = {view: 0.2 + rng.random() * 35 for view in VIEWS}
    scenario.replicas = True


def _late_fills(scenario: Scenario, rng: Random, new: NewOrder) -> None:
    _together(scenario, rng, new)
    for plan in scenario.orders:
        plan.posted_late = rng.random()
        if plan.exists and not plan.refused:
            part = (plan.terms.amount * Decimal("0.4")).quantize(plan.terms.market.step)
            plan.fills = [(max(plan.taken_from, rng.random() * 0.3 - 0.1), part)]


def _market(scenario: Scenario, rng: Random, new: NewOrder) -> None:
    for plan in scenario.orders:
        amount = plan.terms.amount
        plan.terms = replace(plan.terms, type="MARKET", side="SELL", price=Decimal(0), time_in_force="IOC")
        part = (amount * Decimal("0.9")).quantize(plan.terms.market.step)
        plan.exists, plan.foreign_cancel, plan.taken_from, plan.refused = True, None, 0.0, False
        plan.completes = rng.choice((-1.0, rng.random() * 0.5))
        plan.fills = [(plan.completes - 0.01, part)]


def _second_answer(scenario: Scenario, rng: Random, new: NewOrder) -> None:
    # An outage or a limit that meets the second copy alone would deny what the first one did.
    scenario.outage, scenario.limited = None, False
    scenario.step, scenario.drift = None, 0.0  # by a clock that jumps nobody can tell whose send ended it
    _together(scenario, rng, new)
    if rng.random() < 0.4:
        _place(scenario, rng)


def _shifted(scenario: Scenario, rng: Random, new: NewOrder) -> None:
    _together(scenario, rng, new)


def _used_ids(scenario: Scenario, rng: Random, new: NewOrder) -> None:
    plan = new()
    # By a clock that jumps nobody can tell older from newer, nor which was meant that came before the cancel left.
    scenario.step, scenario.drift, scenario.outage, scenario.paused = None, 0.0, None, 0.0
    scenario.orders, scenario.one_call = [plan], False
    plan.named = rng.choice(("client_order_id", "client_order_id", "both"))
    plan.exists, plan.used = True, rng.choice(("older", "older", "newer"))
    if plan.used == "newer":
        plan.foreign_cancel = rng.random() * 0.5
        plan.taken_from, plan.refused, plan.fills = 0.0, False, []
    elif rng.random() < 0.3:
        _place(scenario, rng)


def _named_twice(scenario: Scenario, rng: Random, new: NewOrder) -> None:
    scenario.orders = [new() for _ in range(rng.randint(1, 3))]
    scenario.one_call = True
    for plan in scenario.orders:
        plan.named, plan.twin = "order_id", True
        plan.wait, plan.timeout = scenario.orders[0].wait, scenario.orders[0].timeout


def _odd_ids(scenario: Scenario, rng: Random, new: NewOrder) -> None:
    scenario.orders, scenario.one_call = [new() for _ in range(rng.choice((1, 1, 2, 3)))], False
    scenario.one_call = len(scenario.orders) > 1
    for plan in scenario.orders:
        plan.named, plan.wait, plan.timeout = "order_id", Wait.FINAL, 10.0
    rng.choice(scenario.orders).written = rng.choice(ODD)


def _arrivals(scenario: Scenario, rng: Random, new: NewOrder) -> None:
    scenario.one_call, scenario.dialect = True, USUAL_DIALECT
    scenario.mass = Mass(
        symbol=rng.choice((None, "ETH/USD")),
        side=rng.choice((None, None, "buy")),
        site=rng.choice(("hk", "global")),
        batch=rng.choice((0, 2, 2, 100)),
    )
    scenario.orders = [new() for _ in range(rng.randint(2, 5))]
    for plan in scenario.orders[-rng.randint(1, 2) :]:
        plan.arrives = rng.random() * 0.5
        plan.exists, plan.foreign_cancel, plan.fills = True, None, []
        plan.taken_from, plan.refused, plan.shown_from, plan.locked_until = 0.0, False, 0.0, 0.0
    for plan in scenario.orders:
        plan.named, plan.prefix = "order_id", "own-"
        plan.wait, plan.timeout = scenario.orders[0].wait, scenario.orders[0].timeout


def _just_placed(scenario: Scenario, rng: Random, new: NewOrder) -> None:
    _together(scenario, rng, new, 3)
    _place(scenario, rng)
    for plan in scenario.orders:
        plan.hidden_for = rng.choice((0.0, rng.random() * 2, rng.random() * 12))
        plan.cancels_lag = rng.random() < 0.5


def _place(scenario: Scenario, rng: Random) -> None:
    """Let this connection place the orders; all buy, so that none meets another."""
    for plan in scenario.orders:
        plan.terms = replace(plan.terms, side="BUY", type="LIMIT")
        plan.exists, plan.placed, plan.refused = True, True, False
        plan.taken_from = plan.shown_from = plan.locked_until = 0.0
        plan.foreign_cancel = None if plan.foreign_cancel is None else max(0.0, plan.foreign_cancel)
    scenario.skew, scenario.step, scenario.drift, scenario.paused = 0.0, None, 0.0, 0.0
    scenario.dialect = replace(scenario.dialect, create_status=rng.choice(("NEW", "PENDING_NEW")))


def _little_time(scenario: Scenario, rng: Random, new: NewOrder) -> None:
    scenario.rate = 0.0
    scenario.orders, scenario.one_call = [new() for _ in range(rng.randint(11, 16))], False
    scenario.limited, scenario.neighbours, scenario.outage = True, [], None
    scenario.step, scenario.drift, scenario.paused = None, 0.0, 0.0
    scenario.jitter = 0.9
    for plan in scenario.orders:
        plan.timeout = rng.choice((10.0, 1.0 + rng.random() * 0.6))


def _interrupts(scenario: Scenario, rng: Random, new: NewOrder) -> None:
    _together(scenario, rng, new)
    scenario.rate = rng.choice((0.0, scenario.rate))
    scenario.paused = 0.0
    calls = 1 if scenario.one_call else len(scenario.orders)
    for call in range(calls):
        if call == 0 or rng.random() < 0.5:
            steps = rng.choice((None, rng.randint(1, 14)))
            scenario.leaves[call] = Leave(rng.random() ** 2 * 2 if steps is None else None, steps)
    for plan in scenario.orders:
        plan.timeout = 10.0


def _dead_leaders(scenario: Scenario, rng: Random, new: NewOrder) -> None:
    scenario.orders, scenario.one_call = [new() for _ in range(rng.randint(3, 6))], False
    scenario.rate = rng.choice((0.0, scenario.rate))
    scenario.paused = 0.0
    for call in range(rng.randint(1, len(scenario.orders) - 1)):
        # A look of the first call is under way some way's time after its send was answered.
        when = scenario.latency * (2 + rng.random() * 4)
        scenario.leaves[call] = Leave(when, None, frozen=rng.random() < 0.4)
    for plan in scenario.orders:
        plan.timeout, plan.wait = 10.0, Wait.FINAL


def _wrappers(scenario: Scenario, rng: Random, new: NewOrder) -> None:
    _together(scenario, rng, new)
    scenario.rate = rng.choice((0.0, scenario.rate))
    scenario.wrapper = (
        rng.choice(("operate", "attempt")),
        rng.choice(("before", "after", "aside")),
        rng.choice(RAISED),
    )


def _other_terms(scenario: Scenario, rng: Random, new: NewOrder) -> None:
    _together(scenario, rng, new)
    for plan in scenario.orders:
        if plan.named == "client_order_id":
            plan.named = "both"  # by a client's id alone a row may be that of an order that had it before


def _used_order_ids(scenario: Scenario, rng: Random, new: NewOrder) -> None:
    used = rng.choice(("older", "newer", "newer"))
    _together(scenario, rng, new, share=1.0 if used == "older" else 0.3)  # only a list shows an older one
    scenario.step, scenario.drift = None, 0.0  # by a clock that jumps nobody can tell older from newer
    for plan in scenario.orders:
        plan.exists, plan.used_id, plan.taken_from, plan.refused = True, used, 0.0, False
    if used == "older":
        _place(scenario, rng)  # else nothing would tell that the order is younger
    for plan in scenario.orders:
        if used == "older":
            plan.hidden_for = rng.choice((0.0, rng.random() * 4))
        elif rng.random() < 0.7:
            plan.lag = 3.0 + rng.random()  # so that it ends when its id is another's at once


def _ids_by_symbol(scenario: Scenario, rng: Random, new: NewOrder) -> None:
    scenario.step, scenario.drift = None, 0.0  # by a clock that jumps one that comes may seem to have ended before
    ids, own_ids = rng.choice(((True, False), (True, True), (True, True), (False, True)))
    scenario.by_symbol = BySymbol(ids, own_ids, told=rng.random() < 0.6)
    if rng.random() < 0.2:
        _all_by_symbol(scenario, rng, new)
        return
    _together(scenario, rng, new, 3)
    if rng.random() < 0.3:
        _place(scenario, rng)
        for plan in scenario.orders:
            plan.hidden_for = rng.choice((0.0, rng.random() * 2))
    for number, plan in reversed([*enumerate(scenario.orders)]):
        plan.named = rng.choice((plan.named, "order_id", "client_order_id", "both"))
        other = _namesake(plan, rng, new)
        call = rng.choice(("first", "first", "second", "both", "no symbol"))
        if call == "both":
            other.placed, other.comes = plan.placed, None
            other.named = rng.choice((plan.named, "order_id", "client_order_id"))
            if other.placed:
                other.terms = replace(other.terms, side="BUY", type="LIMIT")
        else:
            spared = plan if call == "second" and other.comes is None and not plan.placed else other
            spared.spared = True
            plan.names_symbol = other.names_symbol = call != "no symbol"
            if not (plan.names_symbol or scenario.by_symbol.own_ids or scenario.by_symbol.told):
                plan.named = other.named = "order_id"  # else nothing would tell the symbol that goes with its id
        scenario.orders.insert(number + 1, other)


def _all_by_symbol(scenario: Scenario, rng: Random, new: NewOrder) -> None:
    """Let one call cancel all of a symbol, or all, at a venue that counts ids by symbol."""
    _arrivals(scenario, rng, new)
    for number, plan in reversed([*enumerate(scenario.orders)]):
        plan.arrives = None
        if rng.random() < 0.8:
            other = _namesake(plan, rng, new)
            other.prefix, other.named = plan.prefix, plan.named
            if scenario.mass is not None and scenario.mass.symbol is None:
                other.comes, plan.names_symbol, other.names_symbol = None, False, False
            scenario.orders.insert(number + 1, other)


def _namesake(plan: OrderPlan, rng: Random, new: NewOrder) -> OrderPlan:
    """Draw an order of another symbol that is to have the id of one, often with all its terms."""
    other = new()
    terms = plan.terms if rng.random() < 0.5 else other.terms
    other.terms = replace(terms, market=MARKETS["BTCUSD" if plan.terms.market.symbol == "ETHUSD" else "ETHUSD"])
    other.exists, other.namesake = True, True
    other.taken_from, other.refused, other.shown_from, other.completes = 0.0, False, 0.0, None
    if rng.random() < 0.25:
        other.comes, other.fills = rng.random() * 1.5, []
        other.foreign_cancel = rng.choice((None, other.comes + rng.random() * 0.5))
    other.named, other.wait, other.timeout = plan.named, plan.wait, plan.timeout
    return other


_DRAWERS: dict[Kind, Callable[[Scenario, Random, NewOrder], None]] = {
    Kind.LAGGING_VIEWS: _lagging,
    Kind.FLICKER: _flicker,
    Kind.LATE_FILLS: _late_fills,
    Kind.MARKET_ORDERS: _market,
    Kind.SECOND_ANSWER: _second_answer,
    Kind.SHIFTED_ANSWERS: _shifted,
    Kind.DOUBLED_KEYS: _shifted,
    Kind.USED_CLIENT_IDS: _used_ids,
    Kind.NAMED_TWICE: _named_twice,
    Kind.ODD_IDS: _odd_ids,
    Kind.ARRIVALS: _arrivals,
    Kind.JUST_PLACED: _just_placed,
    Kind.LITTLE_TIME: _little_time,
    Kind.INTERRUPTS: _interrupts,
    Kind.DEAD_LEADERS: _dead_leaders,
    Kind.WRAPPERS: _wrappers,
    Kind.OTHER_TERMS: _other_terms,
    Kind.USED_ORDER_IDS: _used_order_ids,
    Kind.IDS_BY_SYMBOL: _ids_by_symbol,
}
