"""Draws a scenario from its seed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random

from hk_adapter.model import Wait
from hk_adapter.simulator import Dialect
from hk_adapter.simulator.exchange.markets import MARKETS
from hk_adapter.simulator.exchange.orders import OrderTerms
from hk_adapter.testing.campaign.kind_generator import draw_kind
from hk_adapter.testing.campaign.kinds import BEYOND, SHARE, Kind
from hk_adapter.testing.campaign.scenario import Mass, OrderPlan, Outage, Scenario

RATES = (0.01, 0.25)
"""Fault rates that a campaign without one of its own draws from, per scenario."""

_AMOUNTS = tuple(Decimal(text) for text in ("1", "0.5", "2.75", "0.0417"))
_PRICES = tuple(Decimal(text) for text in ("1900", "1834.17", "2411.5"))
_PARTS = tuple(Decimal(text) for text in ("0.1", "0.4", "0.73"))
_TERMS, _OTHER_TERMS = (
    tuple(
        OrderTerms(
            market=MARKETS[market],
            side=side,
            type=kind,
            time_in_force="GTC",
            stp_mode="EXPIRE_TAKER",
            price=price,
            amount=amount,
        )
        for side, kind in (("BUY", "LIMIT"), ("SELL", "LIMIT_MAKER"))
        for price in _PRICES
        for amount in _AMOUNTS
    )
    for market in ("ETHUSD", "BTCUSD")
)
_TOO_LATE = ("-1142", "0212", "0211", "-1143", "-2011")
_DIALECTS = tuple(
    Dialect(
        cancel_answer=shown,
        cancel_pending_new=pending,
        cancel_in_flight=in_flight,
        cancel_again=again,
        cancel_rejected="0212" if code == "-1142" else code,
        cancel_filled="-1139" if code == "-1142" else code,
        cancel_canceled=code,
        cancel_partially_canceled="-1138" if code == "-1142" else code,
        cancel_unknown=unknown,
    )
    for code, unknown in zip(_TOO_LATE, ("0211", "0212", "-1143", "-2013", "-2011"), strict=True)
    for shown in ("as_before", "as_after")
    for pending in ("applied_after", "-1144", "0211")
    for in_flight in ("as_before", "PENDING_CANCEL")
    for again in ("accepted", "-1144", "-2011", "-1024")
)
_MASS_SHARE = 0.01
_LIMITED_SHARE = 0.1
_TROUBLES = (
    *("skew", "skew", "step", "drift", "paused"),
    *("expired", "maintenance", "limited", "silent", "unreachable"),
)


def draw(seed: int, rng: Random, rate: float | None, only: Kind | None = Kind.USUAL) -> Scenario:
    """Draw a scenario; ``rate`` None draws that too, and ``only`` None its kind."""
    scenario = _usual(seed, rng, rate)
    if only is not Kind.USUAL:
        dice = Random(f"kind {seed}")  # noqa: S311 - it repeats, and leaves the usual scenarios what they are
        drawn = dice.choice(BEYOND) if dice.random() < SHARE else Kind.USUAL
        kind = drawn if only is None else only
        draw_kind(scenario, kind, dice, lambda: _order(dice, scenario.rate))
    return scenario


def _usual(seed: int, rng: Random, rate: float | None) -> Scenario:
    chosen = rng.choice(RATES) if rate is None else rate
    scenario = Scenario(
        seed=seed,
        rate=chosen,
        orders=[],
        latency=rng.choice((0.004, 0.02, 0.12)) * (0.5 + rng.random()),
    )
    kind = rng.random()
    if kind < _MASS_SHARE:
        _mass(scenario, rng)
    else:
        together = 1 if kind < 0.98 else rng.randint(2, 5)
        scenario.orders = [_order(rng, chosen) for _ in range(together)]
        scenario.one_call = together > 1 and rng.random() < 0.5
    if scenario.one_call:
        for plan in scenario.orders:
            plan.wait, plan.timeout = scenario.orders[0].wait, scenario.orders[0].timeout
    if rng.random() < 0.2:
        scenario.dialect = rng.choice(_DIALECTS)
    if rng.random() < chosen / 4:
        _trouble(scenario, rng)
    if rng.random() < _LIMITED_SHARE and scenario.step is None and not scenario.drift:
        _limit(scenario, rng)
    return scenario


def _mass(scenario: Scenario, rng: Random) -> None:
    """Let one call cancel all there is of a symbol, a side, a client id's beginning, or at all."""
    scenario.one_call = True
    scenario.mass = Mass(
        symbol=rng.choice((None, "ETH/USD")),
        side=rng.choice((None, None, "buy", "sell")),
        prefix=rng.choice((None, None, "own-")),
        site=rng.choice(("hk", "global")),
        batch=rng.choice((0, 2, 100)),
    )
    for _ in range(rng.randint(1, 6)):
        plan = _order(rng, scenario.rate, _TERMS if rng.random() < 0.8 else _OTHER_TERMS)
        plan.prefix = rng.choice(("own-", "own-", "own-", "else-"))
        scenario.orders.append(plan)


def _limit(scenario: Scenario, rng: Random) -> None:
    """Let the venue keep its limits, which are those that the adapter keeps, and sometimes share the key."""
    scenario.limited = True
    limit_answer, retry_after = rng.choice(("json", "empty", "html", "json_400")), rng.choice(("absent", "seconds"))
    scenario.dialect = replace(scenario.dialect, limit_answer=limit_answer, retry_after=retry_after)
    if rng.random() < scenario.rate:
        times = (rng.random() * 4 for _ in range(rng.randint(1, 14)))
        scenario.neighbours = sorted((when, rng.random() < 0.6) for when in times)


def _order(rng: Random, rate: float, terms: tuple[OrderTerms, ...] = _TERMS) -> OrderPlan:
    plan = OrderPlan(terms=rng.choice(terms))
    plan.named = "order_id" if rng.random() < 0.9 else rng.choice(("client_order_id", "both"))
    if rng.random() < 0.15:
        plan.wait = Wait.ACK
    if rng.random() < 0.02:
        plan.timeout = rng.choice((1.0, 3.0, 5.0, 30.0))
    _life(plan, rng)
    if rng.random() < rate / 4:
        _hitch(plan, rng)
    return plan


def _life(plan: OrderPlan, rng: Random) -> None:
    """Let the order be filled or canceled, before the cancel or against it."""
    luck, step = rng.random(), plan.terms.market.step
    if luck < 0.55:
        return
    part = (plan.terms.amount * rng.choice(_PARTS)).quantize(step)
    if luck < 0.70:
        plan.fills = [(-1.0, part)]
    elif luck < 0.77:
        plan.fills = [(-1.0, plan.terms.amount)]
    elif luck < 0.87:
        plan.fills = [(-1.0, part), (rng.random() * 0.5, plan.terms.amount - part)]
    elif luck < 0.92:
        plan.fills = [(rng.random() * 0.5, part)]
    elif luck < 0.95:
        plan.foreign_cancel = -0.5
        plan.fills = [(-1.0, part)] if rng.random() < 0.5 else []
    elif luck < 0.98:
        plan.foreign_cancel = rng.random() * 0.5
    else:
        plan.exists = False


def _hitch(plan: OrderPlan, rng: Random) -> None:
    kind = rng.choice(("lag", "slow lag", "locked", "unseen", "pending", "rejected"))
    if kind == "lag":
        plan.lag = rng.random() * 0.8
    elif kind == "slow lag":
        plan.lag = rng.random() * plan.timeout * 1.2
    elif kind == "locked":
        plan.locked_until = rng.random() * plan.timeout
    elif kind == "unseen":
        # Two misses a second apart mean "not found" by contract, so an order that exists is hidden for less.
        plan.shown_from = rng.random() * 0.9
    elif plan.exists and plan.foreign_cancel is None:
        plan.taken_from = rng.random() * 3
        plan.refused = kind == "rejected"
        plan.fills = [(max(at, plan.taken_from), amount) for at, amount in plan.fills if not plan.refused]


def _trouble(scenario: Scenario, rng: Random) -> None:
    kind = rng.choice(_TROUBLES)
    if kind == "skew":
        scenario.skew = rng.choice((-1, 1)) * rng.choice((0.9, 1.2, 7.0, 3600.0))
    elif kind == "step":
        scenario.step = (rng.random() * 3, rng.choice((-1, 1)) * rng.choice((2.0, 8.0, 600.0)))
    elif kind == "drift":
        scenario.drift = rng.choice((-1, 1)) * 0.01
        scenario.skew = 0.98
    elif kind == "paused":
        scenario.paused = rng.random() * 15
    else:
        begins = rng.choice((0.0, rng.random()))
        scenario.outage = Outage(kind, begins, begins + (1e9 if kind == "expired" else rng.random() * 12))
