"""One scenario, drawn from its seed: the orders, what will happen to them, and what troubles venue and clocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from hk_adapter.campaign.records import End
from hk_adapter.model import Wait
from hk_adapter.simulator import Dialect
from hk_adapter.simulator.catalogue import MARKETS
from hk_adapter.simulator.orders import OrderTerms

RATES = (0.01, 0.25)
"""Fault rates that a campaign without one of its own draws from, per scenario."""

_AMOUNTS = tuple(Decimal(text) for text in ("1", "0.5", "2.75", "0.0417"))
_PRICES = tuple(Decimal(text) for text in ("1900", "1834.17", "2411.5"))
_PARTS = tuple(Decimal(text) for text in ("0.1", "0.4", "0.73"))
_TERMS = tuple(
    OrderTerms(
        market=MARKETS["ETHUSD"],
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
USUAL_DIALECT = _DIALECTS[0]
_TROUBLES = (
    *("skew", "skew", "step", "drift", "paused"),
    *("expired", "maintenance", "limited", "silent", "unreachable"),
)


@dataclass(slots=True, kw_only=True)
class OrderPlan:
    """One order and the call that cancels it. Times in seconds from the scenario's start, amounts in base currency.

    Attributes:
        exists: False for an id that the venue never gave.
        named: which ids the call gives: ``order_id``, ``client_order_id`` or ``both``.
        fills: when it is filled, by how much.
        foreign_cancel: when somebody else cancels it; None: nobody.
        shown_from: before this the venue does not find it.
        taken_from: before this it is PENDING_NEW.
        refused: whether the matching engine rejects it, at ``taken_from``.
        lag: how long after an accepted cancel it leaves the book.
        locked_until: until then a cancel is refused for now (-1144).
    """

    terms: OrderTerms
    exists: bool = True
    named: str = "order_id"
    wait: Wait = Wait.FINAL
    timeout: float = 10.0
    fills: list[tuple[float, Decimal]] = field(default_factory=list)
    foreign_cancel: float | None = None
    shown_from: float = 0.0
    taken_from: float = 0.0
    refused: bool = False
    lag: float = 0.0
    locked_until: float = 0.0


@dataclass(frozen=True, slots=True)
class Outage:
    """A span of trouble with the venue.

    It refuses everything signed (``expired``, ``maintenance``, ``limited``), answers nothing (``silent``), or cannot
    be reached (``unreachable``).
    """

    kind: str
    begins: float
    ends: float


@dataclass(slots=True, kw_only=True)
class Scenario:
    """Everything that a seed decides before anything is sent.

    Attributes:
        rate: how probable a fault is, per exchange and per trouble of a scenario.
        latency: seconds each way.
        skew: seconds that our wall clock is ahead of the venue's.
        drift: seconds that the venue's clock gains per second.
        step: when the venue's clock jumps, and by how many seconds; None: never.
        paused: until then the key's orders are held back here, for an earlier breach of the limit.
        one_call: whether one ``cancel_orders`` cancels all orders, rather than a call each.
    """

    seed: int
    rate: float
    orders: list[OrderPlan]
    latency: float
    dialect: Dialect = USUAL_DIALECT
    skew: float = 0.0
    drift: float = 0.0
    step: tuple[float, float] | None = None
    outage: Outage | None = None
    paused: float = 0.0
    one_call: bool = False


def draw(seed: int, rng: Random, rate: float | None) -> Scenario:
    """Draw a scenario; ``rate`` None draws that too."""
    chosen = rng.choice(RATES) if rate is None else rate
    together = 1 if rng.random() < 0.98 else rng.randint(2, 5)
    scenario = Scenario(
        seed=seed,
        rate=chosen,
        orders=[_order(rng, chosen) for _ in range(together)],
        latency=rng.choice((0.004, 0.02, 0.12)) * (0.5 + rng.random()),
    )
    if rng.random() < 0.2:
        scenario.dialect = rng.choice(_DIALECTS)
    if rng.random() < chosen / 4:
        _trouble(scenario, rng)
    if together > 1 and rng.random() < 0.5:
        scenario.one_call = True
        for plan in scenario.orders:
            plan.wait, plan.timeout = scenario.orders[0].wait, scenario.orders[0].timeout
    return scenario


def _order(rng: Random, rate: float) -> OrderPlan:
    plan = OrderPlan(terms=rng.choice(_TERMS))
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


def end_of(word: str) -> End | None:
    """Read the venue's status word as an end; None while on the book."""
    if word == "FILLED":
        return End.FILLED
    if word in {"CANCELED", "PARTIALLY_CANCELED"}:
        return End.CANCELED
    return End.REJECTED if word == "REJECTED" else None
