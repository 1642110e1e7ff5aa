"""Makes of a campaign's scenario one that a script's venue can play."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from hk_adapter.testing.campaign.generator import draw
from hk_adapter.testing.campaign.kinds import Kind
from hk_adapter.testing.campaign.scenario import Mass, OrderPlan, Outage, Scenario
from hk_adapter.testing.conformance.script import Refusal

RATE = 0.4
"""How probable a fault is, per exchange: far beyond any real venue's, so that few cancels show much."""
_LATE_SHARE = 0.3
_ACK_SHARE = 0.3
_LONG_SHARE = 0.2
_SEVERAL_SHARE = 0.1
_ONE_CALL_SHARE = 0.7
_MASS_SHARE = 0.04
_MUCH = Decimal("1234567890.12345678")

REFUSED_BY = {"expired": Refusal.BAD_KEY, "maintenance": Refusal.CLOSED, "limited": Refusal.RATE_LIMITED}
"""How the venue refuses in each kind of outage in which it answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MassOfOneMarket(Mass):
    """One ``cancel_all_orders`` of the script's symbol."""

    def covers(self, plan: OrderPlan) -> bool:
        """Whether an order is within the scope of the call."""
        return plan.exists and self.side in {None, plan.terms.side.lower()}


def draw_scripted(
    seed: int, rng: Random, absent: Container[str], *, together: bool, listed: str | None = None
) -> Scenario:
    """Draw the scenario of a seed, without what only HashKey does, nor what is declared ``absent``.

    ``together`` says whether one call, or several at once, may cancel several orders. ``listed`` is the symbol whose
    open orders can be listed, so that one call may cancel them all; None where they cannot.
    """
    scenario, dice = draw(seed, rng, RATE, Kind.USUAL), Random(f"scripted {seed}")  # noqa: S311 - it repeats
    scenario.skew = scenario.drift = scenario.paused = 0.0
    scenario.step = scenario.mass = None
    scenario.limited, scenario.neighbours = False, []
    if not together:
        del scenario.orders[1:]
    elif dice.random() < _SEVERAL_SHARE:
        others = range(dice.randint(1, 4))
        scenario.orders += [draw(dice.getrandbits(30), dice, RATE, Kind.USUAL).orders[0] for _ in others]
    scenario.one_call = len(scenario.orders) > 1 and dice.random() < _ONE_CALL_SHARE
    if together and listed is not None and dice.random() < _MASS_SHARE:
        scenario.mass = MassOfOneMarket(symbol=listed, side=dice.choice((None, None, "buy", "sell")))
        scenario.one_call = True
    if scenario.outage is not None and REFUSED_BY.get(scenario.outage.kind, "") in absent:
        scenario.outage = Outage("silent", scenario.outage.begins, scenario.outage.ends)
    for plan in scenario.orders:
        _fit(plan, dice, absent)
        if scenario.one_call:
            plan.wait, plan.timeout = scenario.orders[0].wait, scenario.orders[0].timeout
    return scenario


def _fit(plan: OrderPlan, dice: Random, absent: Container[str]) -> None:
    """Make an order one that any venue has, whose cancel takes effect late more often than HashKey's does."""
    if plan.refused:
        plan.fills = []
    plan.locked_until = plan.taken_from = 0.0
    plan.refused = False
    late = dice.random() < _LATE_SHARE
    plan.lag = max(plan.lag, dice.random() * 2) if late else plan.lag
    if dice.random() < _ACK_SHARE and plan.timeout == OrderPlan(terms=plan.terms).timeout:
        plan.wait = type(plan.wait).ACK
    if "client_order_id" in absent:
        plan.named = "order_id"
    plan.prefix = "own"
    if dice.random() < _LONG_SHARE:
        _lengthen(plan)


def _lengthen(plan: OrderPlan) -> None:
    """Write an order with more digits than a float holds; whatever filled it whole still does."""
    amount = plan.terms.amount + _MUCH
    filled = sum((part for _, part in plan.fills), Decimal(0))
    if plan.fills and filled == plan.terms.amount:
        when, part = plan.fills[-1]
        plan.fills[-1] = (when, part + _MUCH)
    plan.terms = replace(plan.terms, amount=amount)
