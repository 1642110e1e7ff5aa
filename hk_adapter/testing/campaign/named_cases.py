"""Which of a scenario's orders a request names, where ids may be those of an order of each symbol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from hk_adapter.simulator.exchange.orders import Order
from hk_adapter.testing.campaign.case import Case

_ID_NAMES = ("orderId", "clientOrderId", "origClientOrderId", "newClientOrderId")


class NamedCases:
    """Finds cases by what a request says of them."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        self._by_name: dict[str, list[Case]] = {}

    def file(self, name: str, case: Case) -> None:
        """Let an id be that of a case."""
        named = self._by_name.setdefault(name, [])
        if case not in named:
            named.append(case)

    def with_order(self, order: Order) -> Case | None:
        """Find whose order it is; None for nobody's of the scenario."""
        return next((case for case in self._by_name.get(order.order_id, ()) if case.order is order), None)

    def of(self, query: Mapping[str, str]) -> Case | None:
        """Find the order that a request reaches; where several have the id and it names no symbol, one of them."""
        for name in _ID_NAMES:
            if name in query:
                return self._reached(self._by_name.get(query[name], ()), query.get("symbol"))
        return None

    def _reached(self, cases: Sequence[Case], symbol: str | None) -> Case | None:
        if len(cases) < 2:
            case = cases[0] if cases else None
            return case if case is None or case.namesake is None or symbol is None else _of_symbol(case, symbol)
        if symbol is not None:
            return next((case for case in cases if case.plan.terms.market.symbol == symbol), None)
        return self._dice.choice([case for case in cases if case.order is not None] or list(cases))


def _of_symbol(case: Case, symbol: str) -> Case | None:
    """Return the one of two orders that is of a symbol, though it may have another id by now."""
    return next((one for one in (case, case.namesake) if one and one.plan.terms.market.symbol == symbol), None)


def whose_call(reached: Case, query: Mapping[str, str]) -> Case:
    """Return the order for whose call a request went out; where that names no symbol, it may reach another one."""
    other = reached.namesake
    if other is None:
        return reached
    if reached.plan.spared and reached.truth.either is not None:
        return other
    named = "symbol" in query or other.plan.spared
    return other if reached.plan.namesake and not named else reached
