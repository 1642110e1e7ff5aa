"""The venue of one scenario: the simulator's core, what is going to happen there, and what truly did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, localcontext
from functools import partial
from random import Random
from urllib.parse import parse_qsl

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
from hk_adapter.testing.campaign.named_cases import NamedCases, whose_call
from hk_adapter.testing.campaign.order_lives import OrderLives
from hk_adapter.testing.campaign.records_by_symbol import count_by_symbol
from hk_adapter.testing.campaign.scenario import BEFORE, EPOCH, OrderPlan, Scenario, end_of
from hk_adapter.testing.campaign.strangers import Strangers
from hk_adapter.testing.campaign.timeline import Timeline
from hk_adapter.testing.campaign.truth import Truth
from hk_adapter.testing.campaign.views import Past, ShownRecords

DOCUMENTED = Limits()
LIMITS = {Purpose.CANCEL: DOCUMENTED.orders_per_second, Purpose.QUERY: DOCUMENTED.queries_per_second}
"""Calls a second and key, the lowest that the simulated venue documents."""

_BALANCES = {"USD": 1_000_000, "ETH": 1_000, "BTC": 1_000}
_REFUSED_BY = {"expired": ("0103", 401), "limited": ("0003", 429)}
_MARKET_PRICE = Decimal(1900)
_SHOWS_THE_PAST = frozenset(
    {Kind.LAGGING_VIEWS, Kind.FLICKER, Kind.LATE_FILLS, Kind.USED_CLIENT_IDS, Kind.JUST_PLACED, Kind.SECOND_ANSWER}
)
_QUIET_KINDS = frozenset({Kind.MARKET_ORDERS, Kind.INTERRUPTS, Kind.DEAD_LEADERS, Kind.WRAPPERS, Kind.IDS_BY_SYMBOL})
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
        counted = scenario.by_symbol
        self._by_symbol = None if counted is None else count_by_symbol(self._book, own_ids=counted.own_ids)
        self._true_records = self._book.records
        self._pasts: dict[str, Past] = {}
        self._dice = Random(scenario.seed)  # noqa: S311 - it repeats
        self._others = Strangers(scenario, self.simulator, timeline, self.time, self._dice)
        self.lagged = 0.0
        self._keeps_past = scenario.kind in _SHOWS_THE_PAST or any(plan.hidden_for for plan in scenario.orders)
        self._lives = OrderLives(self._book, self.time, timeline, self._pasts if self._keeps_past else None)
        self._named = NamedCases(self._dice)
        self.cases: list[Case] = []
        for number, plan in enumerate(scenario.orders):
            case = self._case(number, plan)
            self.cases.append(case)
            self._named.file(case.order_id, case)
            self._named.file(case.client_order_id, case)

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
        """Find whose order a request names; where several have the id and it names no symbol, one of them."""
        return self._named.of(query)

    def whose_call(self, case: Case, query: Mapping[str, str]) -> Case:
        """Return the order for whose call a request went out that reaches one: another one where it names no symbol."""
        return whose_call(case, query)

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
        if self._by_symbol is not None:
            # Ids are those of the symbol that a request names, or of the order that it reaches.
            named = parse_qsl(request.query) if case is None else ()
            self._by_symbol.asked = dict(named).get("symbol", "") if case is None else case.plan.terms.market.symbol
        gated = self._gate(request, case, now)
        if gated is not None:
            return gated
        order = None if case is None else case.order
        if case is not None and order is not None and order.is_open and request.method == "DELETE":
            case.before = self.row(order, Purpose.QUERY)
        if request.method == "GET" and self._keeps_past:
            return self._shown(request, now)
        answer = self._answer(request, case, now)
        if request.method == "POST" and case is not None and case.order is None and answer.status == 200:
            self._created(case, now)
        if request.method == "DELETE":
            self._plan_anew(self.cases if case is None else (case,), now)
        return answer

    def _answer(self, request: SimRequest, case: Case | None, now: float) -> SimResponse:
        """Let the simulator answer; an order that it takes in may get the id of one of another symbol."""
        if self._by_symbol is None or case is None:
            return self.simulator.handle(request, self.time(now))
        self._by_symbol.next_id = case.shared_id
        try:
            return self.simulator.handle(request, self.time(now))
        finally:
            self._by_symbol.next_id = None

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
        status = self.simulator.venue.intake.shown_status(order)
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
        if self._by_symbol is not None:
            truth.symbol = f"{plan.terms.market.base}/{plan.terms.market.quote}"
            truth.asked = not plan.spared
        symbol = truth.symbol if plan.names_symbol else None
        if plan.namesake:
            return self._namesake(plan, truth, client_order_id, symbol)
        unknown = Case(plan, truth, f"{_UNGIVEN_ID[:-1]}{number}", client_order_id, None, symbol=symbol)
        if not plan.exists:
            return unknown
        if plan.used == "older":
            self._others.use_before(client_order_id)
        if plan.placed or plan.arrives is not None:
            return unknown
        with localcontext(EXACT):
            order = self._taken_in(plan, client_order_id, BEFORE)
            if not plan.taken_from:
                self._book.open(order, self.time(BEFORE))
        case = Case(plan, truth, order.order_id, client_order_id, order, symbol=symbol)
        self._take(case, order, BEFORE)
        self._arrange(case, order)
        return case

    def _namesake(self, plan: OrderPlan, truth: Truth, client_order_id: str, symbol: str | None) -> Case:
        """Let an order have the id of the one before it, of another symbol."""
        first, counted = self.cases[-1], self._scenario.by_symbol
        ids, own_ids = (True, False) if counted is None else (counted.ids, counted.own_ids)
        own = first.client_order_id if own_ids else client_order_id
        order_id = first.order_id if ids else f"{_UNGIVEN_ID[:-1]}{len(self.cases)}"
        case = Case(plan, truth, order_id, own, None, symbol=symbol, namesake=first, shares_id=ids)
        first.namesake = case
        by_id = plan.named != "client_order_id"
        shares_name = own_ids if not by_id else ids or (first.plan.placed and own_ids)
        if shares_name and None in {case.symbol, first.symbol}:
            truth.either, first.truth.either = first.truth, truth
        if plan.placed or (first.plan.placed and plan.comes is None):
            return case
        if plan.comes is not None:
            self.at(plan.comes, partial(self._come, case))
        else:
            self._come(case, BEFORE - self._dice.choice((0.0, self._dice.random())))
        return case

    def _taken_in(self, plan: OrderPlan, client_order_id: str, now: float, order_id: str | None = None) -> Order:
        terms = plan.terms
        if terms.type != "MARKET":
            return self._book.take_in(self.simulator.account, terms, client_order_id, self.time(now), order_id)
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
        if case.plan.used_id is not None or case.truth.symbol is not None:
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
            self._named.file(order.order_id, case)
            self._follow(case, now)
            for when, amount in case.plan.fills:
                self.at(now + max(0.01, when), partial(self._lives.fill, case, order, amount))
            if case.plan.foreign_cancel is not None:
                self.at(
                    now + max(0.02, case.plan.foreign_cancel), partial(self._lives.end, case, order, "SYSTEM_CANCEL")
                )
            self._timeline.add(now, f"order {order.order_id} is taken in as {case.client_order_id}")

    def _come(self, case: Case, now: float) -> None:
        """Let an order come that somebody else places."""
        with localcontext(EXACT):
            order = self._taken_in(case.plan, case.client_order_id, now, case.shared_id)
            self._book.open(order, self.time(now))
        self._take(case, order, now)
        self._named.file(order.order_id, case)
        self._timeline.add(now, f"order {order.order_id} comes to the book")
        if case.namesake is not None:
            self._arrange(case, order, now)
            self._timeline.add(now, f"it is of {case.truth.symbol}; one of another symbol has its id, or its client id")

    def _follow(self, case: Case, now: float) -> None:
        """Let the one of another symbol come that somebody else places, where it was waiting for the id."""
        other = case.namesake
        if other is not None and other.plan.namesake and not other.plan.placed and other.order is None:
            if other.shares_id:
                other.order_id = case.order_id
                self._named.file(other.order_id, other)
            if other.plan.comes is None:
                self._come(other, now)

    def _plan_anew(self, cases: Sequence[Case], now: float) -> None:
        """Let the numbers begin anew some time after a cancel came."""
        for case in cases:
            if case.plan.used_id == "newer":
                after = max(_LEAST_TO_ANEW, case.plan.lag) + self._dice.choice((0.0, self._dice.random()))
                self.at(now + after, partial(self._others.number_again, case))

    def _arrange(self, case: Case, order: Order, since: float = BEFORE) -> None:
        """Plan what others do to an order, and what the venue itself does."""
        plan, lives = case.plan, self._lives
        for when, amount in plan.fills:
            self.at(max(since, when), partial(lives.fill, case, order, amount))
        if plan.foreign_cancel is not None:
            self.at(max(since, plan.foreign_cancel), partial(lives.end, case, order, "SYSTEM_CANCEL"))
            if plan.used == "newer":
                self.at(plan.foreign_cancel + self._dice.random() * 0.5, partial(self._others.use_again, case))
        if plan.completes is not None:
            self.at(plan.completes, partial(lives.complete, case, order))
        if plan.taken_from:
            self.at(plan.taken_from, partial(lives.decide, case, order))

    def _cancel(self, order: Order, reason: str, now: int) -> None:
        """Stand where the book's own cancel would: an accepted cancel takes effect after the plan's lag."""
        case = self._named.with_order(order)
        if case is None:
            Book.cancel(self._book, order, reason, now)  # nobody's of this call
        elif case.plan.lag:
            self.at(self._now + case.plan.lag, partial(self._lives.end, case, order, reason))
        else:
            self._lives.end(case, order, reason, self._now)


def _outage_answer(kind: str, request: SimRequest) -> SimResponse | None:
    if kind == "maintenance":
        return refuse("-2001", msg="Platform is closed", status=503)
    if request.path == "/api/v1/time" or kind not in _REFUSED_BY:
        return None
    code, status = _REFUSED_BY[kind]
    return refuse(code, status=status)
