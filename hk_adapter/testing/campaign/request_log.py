"""One request under way: what it is for, whose order it is about, and the records that the oracle will read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from hk_adapter.flow.http import HttpRequest
from hk_adapter.model import CancelOutcome
from hk_adapter.simulator import SimRequest, SimResponse
from hk_adapter.testing.campaign.case import Case
from hk_adapter.testing.campaign.faults import Purpose
from hk_adapter.testing.campaign.forged_codes import family_of, says_ended
from hk_adapter.testing.campaign.scenario_venue import ScenarioVenue
from hk_adapter.testing.campaign.truth import Query, Send, Word

OPEN_ORDERS = "/api/v1/spot/openOrders"
_SCOPES = frozenset({OPEN_ORDERS, "/api/v1/spot/cancelAllOpenOrders"})
_TIME = "/api/v1/time"

Refused = dict[str, tuple[CancelOutcome | None, bool]]
"""Orders whose cancel was refused, by id: why, None where that leaves it open, and whether as ended."""


@dataclass(slots=True, eq=False)
class Exchange:
    """One request, and its records.

    Attributes:
        case: the order that it names; None for a list, a batch, a scope or the time.
        batch: for a cancel of several orders by id, each with its own record; ``record`` stands for them till the end.
        scope: the same, for a cancel that names no order, of those that it means.
        refused: of a batch, the ones that the answer we got says were refused: why, None where that leaves it open, and
            whether as ended.
        beside: whether no call asked for it.
        called_for: the order for whose call it went out, where it may reach another one.
    """

    request: SimRequest
    purpose: Purpose
    case: Case | None
    record: Send | Query
    deadline: float
    batch: list[tuple[Case, Send]] = field(default_factory=list)
    scope: list[tuple[Case, Send]] = field(default_factory=list)
    refused: Refused = field(default_factory=dict)
    beside: bool = False
    called_for: Case | None = None

    def leave_calls(self, cases: Sequence[Case]) -> None:
        """Remove it from the records of the calls."""
        self.beside = True
        for case in cases:
            case.truth.queries = [one for one in case.truth.queries if one is not self.record]

    @property
    def names_nothing(self) -> bool:
        """Whether it is a list of open orders, which cannot show an end."""
        return self.request.path == OPEN_ORDERS

    @property
    def reaches_another(self) -> bool:
        """Whether it names its order by an id under which the call has been shown another one."""
        return self.case is not None and self.case.is_shown_taken and self._names_id(self.case)

    def see_symbol(self) -> None:
        """Write down of which symbol the order is that a look shows."""
        is_look = self.purpose is Purpose.QUERY and not self.beside
        if is_look and self.case is not None and self.case.truth.symbol is not None:
            (self.called_for or self.case).truth.shown.add(self.case.truth.symbol)

    def see_taken(self, served: float | None) -> None:
        """Write down that a look which was served at a moment shows another order under the id of the one meant."""
        case = self.case
        if case is not None and not self.beside and served is not None and self._is_of_another(case, served):
            case.is_shown_taken = True

    def _is_of_another(self, case: Case, now: float) -> bool:
        """Whether the id by which it names its order is another one's at a moment."""
        return now >= case.taken_at and self._names_id(case)

    def _names_id(self, case: Case) -> bool:
        return f"orderId={case.order_id}&" in f"{self.request.query}&"

    def cancels_in_scope(self) -> list[int]:
        """Count the cancels that the venue has taken in of each order in scope."""
        return [0 if case.order is None else len(case.order.cancels) for case, _ in self.scope]

    def ran(self, now: float, refused: Refused, before: list[int]) -> None:
        """Write down that the venue carried a cancel out; of a batch, what it did not refuse.

        ``before`` is what ``cancels_in_scope`` gave: the orders whose cancel was accepted since are those reached.
        """
        record = self.record
        if isinstance(record, Send):
            record.run(now)
            record.astray = record.astray or (self.case is not None and self._is_of_another(self.case, now))
            for case, send in self.batch:
                if case.order_id not in refused:
                    send.run(now)
            for (case, send), count in zip(self.scope, before, strict=True):
                if case.order is not None and any(not attempt.code for attempt in case.order.cancels[count:]):
                    send.run(now)

    def end(self, now: float) -> None:
        """Write down what the exchange came to."""
        self.record.ended = now
        for _, send in (*self.batch, *self.scope):
            send.take(self.record)
        for case, send in self.batch:
            if send.word is Word.ACCEPTED and case.order_id in self.refused:
                send.refusal, send.said_ended = self.refused[case.order_id]
                send.word = Word.DOUBT if send.refusal is None else Word.REFUSED


def begin(place: ScenarioVenue, request: HttpRequest, now: float, deadline: float, *, shared: bool) -> Exchange:
    """Open the records of a request that goes out; ``shared`` says whether several calls may have asked for a list."""
    path, _, query = request.url.partition("://")[2].partition("?")
    path = path[path.index("/") :]
    seen = SimRequest(request.method, path, query, request.headers, request.body or b"")
    # We put a cancel's parameters into the query, ccxt's class puts them into the body.
    parameters = dict(part.split("=", 1) for part in (query or seen.body.decode()).split("&") if part)
    if request.method == "DELETE":
        return _cancel(place, seen, parameters, now, deadline)
    if path == _TIME:
        return Exchange(seen, Purpose.TIME, None, Query(now), deadline)
    case = place.case_of(parameters)
    if request.method == "POST":
        return Exchange(seen, Purpose.CREATE, case, Query(now), deadline)
    record = Query(now, shared=case is None and shared)
    meant = None if case is None else place.whose_call(case, parameters)
    for one in place.cases if meant is None else (meant,):
        one.truth.queries.append(record)
    return Exchange(seen, Purpose.QUERY, case, record, deadline, called_for=meant)


def _cancel(
    place: ScenarioVenue, seen: SimRequest, parameters: dict[str, str], now: float, deadline: float
) -> Exchange:
    case, record = place.case_of(parameters), Send(now)
    meant = None if case is None else place.whose_call(case, parameters)
    exchange = Exchange(seen, Purpose.CANCEL, case, record, deadline, called_for=meant)
    if "ids" in parameters:
        ids = parameters["ids"].split(",")
        named = [place.case_of({**parameters, "orderId": order_id}) for order_id in ids]
        exchange.batch = [(one, Send(now)) for one in named if one is not None]
        for one, send in exchange.batch:
            one.truth.sends.append(send)
    elif seen.path in _SCOPES:
        exchange.scope = [(one, Send(now)) for one in place.meant_by(parameters)]
        for one, send in exchange.scope:
            one.truth.scope_sends.append(send)
    elif meant is not None:
        meant.truth.sends.append(record)
    return exchange


def own_word(answer: SimResponse) -> tuple[Word, CancelOutcome | None]:
    """Read what the venue's own answer says about a cancel."""
    if answer.status == 200:
        return Word.ACCEPTED, None
    if answer.status in {418, 429}:
        return Word.REFUSED, CancelOutcome.RATE_LIMITED
    refusal = family_of(json.loads(answer.body)["code"])
    return (Word.DOUBT if refusal is None else Word.REFUSED), refusal


def refused_in(answer: SimResponse) -> Refused:
    """Read which orders a batch's own answer says were not canceled."""
    rows = json.loads(answer.body)["result"] or ()
    return {row["orderId"]: (family_of(row["code"]), says_ended(row["code"])) for row in rows}
