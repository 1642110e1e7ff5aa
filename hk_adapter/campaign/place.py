"""The venue of one scenario: the simulator's core, what is going to happen there, and what truly did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import localcontext
from heapq import heappop, heappush

from hk_adapter.campaign.faults import Errand
from hk_adapter.campaign.records import Truth
from hk_adapter.campaign.scenario import OrderPlan, Scenario, end_of
from hk_adapter.campaign.timeline import Timeline
from hk_adapter.simulator import DEFAULT_API_KEY, Limits, SimRequest, SimResponse, Simulator
from hk_adapter.simulator.book import Book
from hk_adapter.simulator.money import EXACT
from hk_adapter.simulator.orders import Order
from hk_adapter.simulator.refusals import refuse
from hk_adapter.simulator.shapes import cancel_answer, query_answer

EPOCH = 1_760_000_000.0
"""Unix seconds at the scenarios' time 0."""

_BALANCES = {"USD": 1_000_000, "ETH": 1_000, "BTC": 1_000}
_ID_NAMES = ("orderId", "clientOrderId", "origClientOrderId")
_REFUSED_BY = {"expired": ("0103", 401), "limited": ("0003", 429)}
_UNGIVEN_ID = "1999999999999999999"


@dataclass(slots=True, eq=False)
class Case:
    """One order of a scenario.

    Attributes:
        order: None for one that never existed.
        before: how a query showed it before a cancel was accepted.
    """

    plan: OrderPlan
    truth: Truth
    order_id: str
    client_order_id: str
    order: Order | None
    before: dict[str, object] | None = None


class Place:
    """Answers requests as the venue would at a moment, and keeps the truth."""

    def __init__(self, scenario: Scenario, timeline: Timeline) -> None:
        self._scenario = scenario
        self._timeline = timeline
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        self._scheduled = 0
        self._now = 0.0
        limits = Limits() if scenario.limited else None
        self.simulator = Simulator(dialect=scenario.dialect, balances=_BALANCES, limits=limits, keep_requests=0)
        for when, cancels in scenario.neighbours:
            self.at(when, lambda now, cancels=cancels: self._count_neighbour(now, cancels))  # type: ignore[misc]
        self._book = self.simulator.venue.book
        self._book.cancel = self._cancel  # type: ignore[method-assign]
        self.cases = [self._case(number, plan) for number, plan in enumerate(scenario.orders)]
        self._by_id = {one: case for case in self.cases for one in (case.order_id, case.client_order_id)}

    def at(self, when: float, action: Callable[[float], None]) -> None:
        """Let something happen at a moment."""
        self._scheduled += 1
        heappush(self._events, (when, self._scheduled, action))

    def settle(self, until: float) -> None:
        """Let everything happen that is due."""
        while self._events and self._events[0][0] <= until:
            when, _, action = heappop(self._events)
            self._now = when
            action(when)

    def time(self, now: float) -> int:
        """Read the venue's clock, in Unix ms."""
        scenario = self._scenario
        seconds = EPOCH + now * (1 + scenario.drift)
        if scenario.step is not None and now >= scenario.step[0]:
            seconds += scenario.step[1]
        return int(seconds * 1000)

    def case_of(self, query: Mapping[str, str]) -> Case | None:
        """Find whose order a request names."""
        for name in _ID_NAMES:
            if name in query:
                return self._by_id.get(query[name])
        return None

    def meant_by(self, scope: Mapping[str, str]) -> list[Case]:
        """List the orders that a cancel without ids means, ended or not: those of its symbol and side."""
        return [
            case
            for case in self.cases
            if case.order is not None
            and scope.get("symbol") in {None, case.plan.terms.market.symbol}
            and scope.get("side") in {None, case.plan.terms.side}
        ]

    def handle(self, request: SimRequest, case: Case | None, now: float) -> SimResponse:
        """Answer a request that arrives now."""
        self.settle(now)
        self._now = now
        gated = self._gate(request, case, now)
        if gated is not None:
            return gated
        order = None if case is None else case.order
        if case is not None and order is not None and order.is_open and request.method == "DELETE":
            case.before = self.row(order, Errand.QUERY)
        return self.simulator.handle(request, self.time(now))

    def row(self, order: Order, errand: Errand) -> dict[str, object]:
        """Show an order as the answer to a cancel or a look-up would now."""
        status = self.simulator.venue.desk.shown_status(order)
        return cancel_answer(order, status) if errand is Errand.CANCEL else query_answer(order, status)

    def _count_neighbour(self, now: float, cancels: bool) -> None:
        """Let another program with the same key ask something: all that matters of it is that it counts."""
        limiter = self.simulator.limiter
        if limiter is not None:
            limiter.refuse("DELETE" if cancels else "GET", "/api/v1/spot/order", DEFAULT_API_KEY, self.time(now))

    def _gate(self, request: SimRequest, case: Case | None, now: float) -> SimResponse | None:
        outage = self._scenario.outage
        if outage is not None and outage.begins <= now < outage.ends:
            return _outage_answer(outage.kind, request)
        if case is None:
            return None
        if now < case.plan.shown_from:
            dialect = self._scenario.dialect
            return refuse(dialect.cancel_unknown if request.method == "DELETE" else dialect.query_unknown)
        if request.method == "DELETE" and now < case.plan.locked_until:
            return refuse("-1144") if case.order is not None and case.order.is_open else None
        return None

    def _case(self, number: int, plan: OrderPlan) -> Case:
        truth = Truth(wait=plan.wait, timeout=plan.timeout, takes_cancels_from=max(plan.locked_until, plan.taken_from))
        outage = self._scenario.outage
        if outage is not None:
            truth.outages.append((outage.begins, outage.ends))
        client_order_id = f"{plan.prefix}{number}"
        if not plan.exists:
            return Case(plan, truth, f"{_UNGIVEN_ID[:-1]}{number}", client_order_id, None)
        with localcontext(EXACT):
            order = self._book.take_in(self.simulator.account, plan.terms, client_order_id, self.time(-2.0))
            if not plan.taken_from:
                self._book.open(order, self.time(-2.0))
        case = Case(plan, truth, order.order_id, client_order_id, order)
        truth.note(-2.0, order.filled, None)
        self._arrange(case, order)
        return case

    def _arrange(self, case: Case, order: Order) -> None:
        plan = case.plan
        for when, amount in plan.fills:
            self.at(when, lambda now, amount=amount: self._fill(case, order, amount, now))  # type: ignore[misc]
        if plan.foreign_cancel is not None:
            self.at(plan.foreign_cancel, lambda now: self._end(case, order, "SYSTEM_CANCEL", now))
        if plan.taken_from:
            self.at(plan.taken_from, lambda now: self._decide(case, order, now))

    def _decide(self, case: Case, order: Order, now: float) -> None:
        """Let the matching engine take the order, or refuse it."""
        if case.plan.refused:
            with localcontext(EXACT):
                self._book.reject(order, self.time(now))
            self._note(case, order, now)
            return
        with localcontext(EXACT):
            self._book.open(order, self.time(now))
        if order.cancel_once_open is not None:
            self._end(case, order, "USER_CANCEL", now)

    def _fill(self, case: Case, order: Order, amount: object, now: float) -> None:
        if order.is_open:
            with localcontext(EXACT):
                part = min(amount, order.remaining)  # type: ignore[call-overload]
                self._book.fill(order, part, order.terms.price, self.time(now))
            self._note(case, order, now)

    def _end(self, case: Case, order: Order, reason: str, now: float) -> None:
        if order.is_open:
            with localcontext(EXACT):
                Book.cancel(self._book, order, reason, self.time(now))
            case.truth.canceled_by_us = reason == "USER_CANCEL"
            self._note(case, order, now)

    def _cancel(self, order: Order, reason: str, now: int) -> None:
        """Stand where the book's own cancel would: an accepted cancel takes effect after the plan's lag."""
        case = self._by_id[order.order_id]
        if case.plan.lag:
            self.at(self._now + case.plan.lag, lambda when: self._end(case, order, reason, when))
        else:
            self._end(case, order, reason, self._now)

    def _note(self, case: Case, order: Order, now: float) -> None:
        end = end_of(str(order.status))
        case.truth.note(now, order.filled, end)
        self._timeline.add(now, f"order {case.order_id}: {end or order.status}, filled {order.filled}")


def _outage_answer(kind: str, request: SimRequest) -> SimResponse | None:
    if kind == "maintenance":
        return refuse("-2001", msg="Platform is closed", status=503)
    if request.path == "/api/v1/time" or kind not in _REFUSED_BY:
        return None
    code, status = _REFUSED_BY[kind]
    return refuse(code, status=status)
