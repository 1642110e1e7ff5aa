"""The venue of one scenario: the simulator's core, what is going to happen there, and what truly did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, localcontext
from functools import partial
from random import Random

from hk_adapter.simulator import DEFAULT_API_KEY, Limits, SimRequest, SimResponse, Simulator
from hk_adapter.simulator.endpoints.shapes import cancel_answer, query_answer
from hk_adapter.simulator.exchange.book import Book
from hk_adapter.simulator.exchange.money import EXACT
from hk_adapter.simulator.exchange.orders import Order
from hk_adapter.simulator.refusals import refuse
from hk_adapter.testing.campaign.agenda import Agenda
from hk_adapter.testing.campaign.case import Case
from hk_adapter.testing.campaign.faults import Purpose
from hk_adapter.testing.campaign.kinds import Kind
from hk_adapter.testing.campaign.scenario import BEFORE, EPOCH, OrderPlan, Scenario, end_of
from hk_adapter.testing.campaign.strangers import Strangers
from hk_adapter.testing.campaign.timeline import Timeline
from hk_adapter.testing.campaign.truth import Truth
from hk_adapter.testing.campaign.views import Past, ShownRecords

DOCUMENTED = Limits()
LIMITS = {Purpose.CANCEL: DOCUMENTED.orders_per_second, Purpose.QUERY: DOCUMENTED.queries_per_second}
"""Calls a second and key, the lowest that the simulated venue documents."""

_BALANCES = {"USD": 1_000_000, "ETH": 1_000, "BTC": 1_000}
_ID_NAMES = ("orderId", "clientOrderId", "origClientOrderId", "newClientOrderId")
_REFUSED_BY = {"expired": ("0103", 401), "limited": ("0003", 429)}
_MARKET_PRICE = Decimal(1900)
_SHOWS_THE_PAST = frozenset(
    {Kind.LAGGING_VIEWS, Kind.FLICKER, Kind.LATE_FILLS, Kind.USED_CLIENT_IDS, Kind.JUST_PLACED, Kind.SECOND_ANSWER}
)
_QUIET_KINDS = frozenset({Kind.MARKET_ORDERS, Kind.INTERRUPTS, Kind.DEAD_LEADERS, Kind.WRAPPERS})
_LEAST_TO_ANEW = 3.2
"""Seconds from a cancel's coming until its order's number may be another's: more than our clock may be wrong by."""
_UNGIVEN_ID = "1999999999999999999"


class ScenarioVenue(Agenda):
    """Answers requests as the venue would at a moment, and keeps the truth."""

    limits = LIMITS
    quiet_kinds = _QUIET_KINDS

    def __init__(self, scenario: Scenario, timeline: Timeline) -> None:
        super().__init__()
        self._scenario = scenario
        self._timeline = timeline
        limits = Limits() if scenario.limited else None
        self.simulator = Simulator(dialect=scenario.dialect, balances=_BALANCES, limits=limits, keep_requests=0)
        for when, cancels in scenario.neighbours:
            self.at(when, lambda now, cancels=cancels: self._count_neighbour(now, cancels))  # type: ignore[misc]
        self._book = self.simulator.venue.book
        self._book.cancel = self._cancel  # type: ignore[method-assign]
        self._true_records = self._book.records
        self._pasts: dict[str, Past] = {}
        self._dice = Random(scenario.seed)  # noqa: S311 - it repeats
        self._others = Strangers(scenario, self.simulator, timeline, self.time, self._dice)
        self.lagged = 0.0
        self._keeps_past = scenario.kind in _SHOWS_THE_PAST or any(plan.hidden_for for plan in scenario.orders)
        self.cases = [self._case(number, plan) for number, plan in enumerate(scenario.orders)]
        self._by_id = {one: case for case in self.cases for one in (case.order_id, case.client_order_id)}

    @property
    def was_breached(self) -> bool:
        """Whether the venue found its limits breached."""
        limiter = self.simulator.limiter
        return limiter is not None and bool(limiter.bans)

    @property
    def strangers(self) -> Mapping[str, Order]:
        """Orders of others that share a client id with one of ours."""
        return self._others.by_id

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
            if (case.order is not None or case.plan.arrives is not None)
            and scope.get("symbol") in {None, case.plan.terms.market.symbol}
            and scope.get("side") in {None, case.plan.terms.side}
        ]

    def arrive(self, listed: float) -> None:
        """Let those orders come to the book that come between a list and what follows it."""
        for case in self.cases:
            if case.plan.arrives is not None and case.order is None and not case.comes:
                case.comes = True
                self.at(listed + 0.001 + case.plan.arrives * self._scenario.latency, partial(self._come, case))

    def handle(self, request: SimRequest, case: Case | None, now: float) -> SimResponse:
        """Answer a request that arrives now."""
        self.settle(now)
        self._now = now
        gated = self._gate(request, case, now)
        if gated is not None:
            return gated
        order = None if case is None else case.order
        if case is not None and order is not None and order.is_open and request.method == "DELETE":
            case.before = self.row(order, Purpose.QUERY)
        if request.method == "GET" and self._keeps_past:
            return self._shown(request, now)
        answer = self.simulator.handle(request, self.time(now))
        if request.method == "POST" and case is not None and case.order is None and answer.status == 200:
            self._created(case, now)
        if request.method == "DELETE":
            self._plan_anew(self.cases if case is None else (case,), now)
        return answer

    def lag(self, path: str) -> float:
        """Return how far behind a view is that answers now; each replica has a lag of its own."""
        lag = self._scenario.lags.get(path, 0.0)
        return lag * self._dice.choice((0.0, self._dice.random(), 1.0)) if self._scenario.replicas else lag

    def _shown(self, request: SimRequest, now: float) -> SimResponse:
        """Answer a look-up from a view of its own."""
        self.lagged = self.lag(request.path)
        self._book.records = ShownRecords(self._true_records, self._pasts, now - self.lagged, now)
        try:
            return self.simulator.handle(request, self.time(now))
        finally:
            self._book.records = self._true_records

    def row(self, order: Order, purpose: Purpose) -> dict[str, object]:
        """Return an order as the answer to a cancel or a look-up would now."""
        status = self.simulator.venue.desk.shown_status(order)
        return cancel_answer(order, status) if purpose is Purpose.CANCEL else query_answer(order, status)

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
        if case.plan.cancels_lag and request.method == "DELETE" and now < case.hidden_until:
            return refuse(self._scenario.dialect.cancel_unknown)
        if request.method == "DELETE" and now < case.plan.locked_until:
            return refuse("-1144") if case.order is not None and case.order.is_open else None
        return None

    def _case(self, number: int, plan: OrderPlan) -> Case:
        truth = Truth(wait=plan.wait, timeout=plan.timeout, takes_cancels_from=max(plan.locked_until, plan.taken_from))
        truth.posted_late = plan.posted_late
        truth.refusable = self._scenario.kind is Kind.ODD_IDS
        outage = self._scenario.outage
        if outage is not None:
            truth.outages.append((outage.begins, outage.ends))
        client_order_id = f"{plan.prefix}{number}"
        if not plan.exists:
            return Case(plan, truth, f"{_UNGIVEN_ID[:-1]}{number}", client_order_id, None)
        if plan.used == "older":
            self._others.use_before(client_order_id)
        if plan.placed or plan.arrives is not None:
            return Case(plan, truth, f"{_UNGIVEN_ID[:-1]}{number}", client_order_id, None)
        with localcontext(EXACT):
            order = self._taken_in(plan, client_order_id, BEFORE)
            if not plan.taken_from:
                self._book.open(order, self.time(BEFORE))
        case = Case(plan, truth, order.order_id, client_order_id, order)
        self._take(case, order, BEFORE)
        self._arrange(case, order)
        return case

    def _taken_in(self, plan: OrderPlan, client_order_id: str, now: float) -> Order:
        terms = plan.terms
        if terms.type != "MARKET":
            return self._book.take_in(self.simulator.account, terms, client_order_id, self.time(now))
        # The book would have to hold what a market order meets: it is taken in as a limit order, and renamed.
        limited = replace(terms, type="LIMIT", price=_MARKET_PRICE)
        order = self._book.take_in(self.simulator.account, limited, client_order_id, self.time(now))
        order.terms, order.price_text = replace(terms, price=_MARKET_PRICE), "0"
        return order

    def _take(self, case: Case, order: Order, now: float) -> None:
        """Begin the life of an order that the venue has taken in."""
        case.order, case.order_id = order, order.order_id
        case.truth.order_id = order.order_id
        past = Past(order, posted_late=case.plan.posted_late)
        if case.plan.placed:
            past.shown_from = case.hidden_until = now + case.plan.hidden_for
        if case.plan.used is not None:
            past.used_by = lambda: self._others.users.get(case.client_order_id)
        if case.plan.used_id is not None:
            case.truth.made = order.created
        if case.plan.used_id == "older":
            self._others.number_before(order, case.client_order_id)
            self._timeline.add(now, f"order {order.order_id} has the id of an older one")
        past.keep(now)
        self._pasts[order.order_id] = past
        case.truth.note(now, order.filled, end_of(str(order.status)))

    def _created(self, case: Case, now: float) -> None:
        order = self._true_records.by_client_id(self.simulator.account, case.client_order_id)
        if order is not None:
            self._take(case, order, now)
            self._by_id[order.order_id] = case
            for when, amount in case.plan.fills:
                self.at(now + max(0.01, when), partial(self._fill, case, order, amount))
            if case.plan.foreign_cancel is not None:
                self.at(now + max(0.02, case.plan.foreign_cancel), partial(self._end, case, order, "SYSTEM_CANCEL"))
            self._timeline.add(now, f"order {order.order_id} is taken in as {case.client_order_id}")

    def _come(self, case: Case, now: float) -> None:
        """Let an order come that somebody else places."""
        with localcontext(EXACT):
            order = self._taken_in(case.plan, case.client_order_id, now)
            self._book.open(order, self.time(now))
        self._take(case, order, now)
        self._by_id[order.order_id] = case
        self._timeline.add(now, f"order {order.order_id} comes to the book")

    def _plan_anew(self, cases: Sequence[Case], now: float) -> None:
        """Let the numbers begin anew some time after a cancel came."""
        for case in cases:
            if case.plan.used_id == "newer":
                after = max(_LEAST_TO_ANEW, case.plan.lag) + self._dice.choice((0.0, self._dice.random()))
                self.at(now + after, partial(self._others.number_again, case))

    def _arrange(self, case: Case, order: Order) -> None:
        plan = case.plan
        for when, amount in plan.fills:
            self.at(when, lambda now, amount=amount: self._fill(case, order, amount, now))  # type: ignore[misc]
        if plan.foreign_cancel is not None:
            self.at(plan.foreign_cancel, lambda now: self._end(case, order, "SYSTEM_CANCEL", now))
            if plan.used == "newer":
                self.at(plan.foreign_cancel + self._dice.random() * 0.5, partial(self._others.use_again, case))
        if plan.completes is not None:
            self.at(plan.completes, partial(self._complete, case, order))
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

    def _complete(self, case: Case, order: Order, now: float) -> None:
        if order.is_open:
            with localcontext(EXACT):
                self._book.complete(order, self.time(now))
            self._note(case, order, now)

    def _end(self, case: Case, order: Order, reason: str, now: float) -> None:
        if order.is_open:
            with localcontext(EXACT):
                Book.cancel(self._book, order, reason, self.time(now))
            case.truth.canceled_by_us = reason == "USER_CANCEL"
            self._note(case, order, now)

    def _cancel(self, order: Order, reason: str, now: int) -> None:
        """Stand where the book's own cancel would: an accepted cancel takes effect after the plan's lag."""
        case = self._by_id.get(order.order_id)
        if case is None or case.order is not order:
            Book.cancel(self._book, order, reason, now)  # nobody's of this call
        elif case.plan.lag:
            self.at(self._now + case.plan.lag, lambda when: self._end(case, order, reason, when))
        else:
            self._end(case, order, reason, self._now)

    def _note(self, case: Case, order: Order, now: float) -> None:
        end = end_of(str(order.status))
        case.truth.note(now, order.filled, end)
        if self._keeps_past:
            self._pasts[order.order_id].keep(now)
        self._timeline.add(now, f"order {case.order_id}: {end or order.status}, filled {order.filled}")


def _outage_answer(kind: str, request: SimRequest) -> SimResponse | None:
    if kind == "maintenance":
        return refuse("-2001", msg="Platform is closed", status=503)
    if request.path == "/api/v1/time" or kind not in _REFUSED_BY:
        return None
    code, status = _REFUSED_BY[kind]
    return refuse(code, status=status)
