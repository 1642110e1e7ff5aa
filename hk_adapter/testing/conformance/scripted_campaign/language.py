"""A script's requests and answers, as the wire of a scenario reads and forges them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from urllib.parse import urlsplit

from msgspec.structs import replace

from hk_adapter.flow.http import HttpRequest
from hk_adapter.model import CancelOutcome
from hk_adapter.simulator import SimRequest, SimResponse
from hk_adapter.testing.campaign.faults import Fault, Purpose
from hk_adapter.testing.campaign.request_log import Exchange, Refused
from hk_adapter.testing.campaign.truth import Query, Send, Word
from hk_adapter.testing.conformance.script import BatchRow, Refusal, Request, Script
from hk_adapter.testing.conformance.scripted_campaign.faults import OUTCOMES, ScriptedGround
from hk_adapter.testing.conformance.scripted_campaign.reading import PURPOSES, ScriptedExchangeRecord
from hk_adapter.testing.conformance.scripted_campaign.venue import ScriptedCase, ScriptedVenue
from hk_adapter.testing.conformance.scripted_orders import Reply


@dataclass(frozen=True, slots=True)
class ScriptedAnswer(SimResponse):
    """The venue's own answer, and what it says."""

    refusal: Refusal | None = None
    rows: tuple[BatchRow, ...] = ()


class ScriptedLanguage:
    """Reads and forges what goes to and from a scenario's place."""

    def __init__(self, place: ScriptedVenue, script: Script, faults: Mapping[Purpose, Sequence[Fault]]) -> None:
        self.faults = faults
        self._place = place
        self._script = script

    def begin(self, request: HttpRequest, now: float, deadline: float, *, shared: bool) -> Exchange:
        """Open the records of a request."""
        asked, parts = self._script.read(request), urlsplit(request.url)
        seen = SimRequest(request.method, parts.path, parts.query, request.headers, request.body or b"")
        purpose = PURPOSES.get(asked.kind, Purpose.QUERY)
        named = asked.order_id is not None or asked.client_order_id is not None
        lists = asked.kind in {Request.OPEN_ORDERS, Request.ENDED_ORDERS, Request.ALL_ORDERS, Request.FILLS}
        case = self._place.case_of(asked.order_id, asked.client_order_id) if named and not lists else None
        record = Send(now) if purpose is Purpose.CANCEL else Query(now, shared=case is None and shared)
        exchange = ScriptedExchangeRecord(seen, purpose, case, record, deadline, asked=asked, carried=request)
        if asked.kind is Request.CANCEL_MANY:
            found = [self._place.case_of(order_id) for order_id in asked.order_ids]
            exchange.batch = [(one, Send(now)) for one in found if one is not None]
            for one, send in exchange.batch:
                one.truth.sends.append(send)
        elif isinstance(record, Send):
            if case is not None:
                case.truth.sends.append(record)
        elif purpose is Purpose.QUERY:
            for each in self._place.cases if case is None else (case,):
                each.truth.queries.append(record)
        return exchange

    def handle(self, exchange: Exchange, now: float) -> SimResponse:
        """Have the scripted venue answer."""
        if not isinstance(exchange, ScriptedExchangeRecord):
            raise TypeError("a scripted venue answers what its own language has read")
        reply: Reply = self._place.handle(exchange, now)
        told = reply.response
        return ScriptedAnswer(told.status, told.headers, told.body, None, reply.refusal, reply.rows)

    def took(self, answer: SimResponse) -> bool:
        """Whether nothing was refused."""
        return isinstance(answer, ScriptedAnswer) and answer.refusal is None

    def own_word(self, answer: SimResponse) -> tuple[Word, CancelOutcome | None]:
        """Return what the venue answered."""
        if not isinstance(answer, ScriptedAnswer) or answer.refusal is None:
            return Word.ACCEPTED, None
        outcome = OUTCOMES.get(answer.refusal)
        return (Word.DOUBT if outcome is None else Word.REFUSED), outcome

    def says_ended(self, answer: SimResponse) -> bool:
        """Whether the venue said that the order has ended."""
        return isinstance(answer, ScriptedAnswer) and answer.refusal is Refusal.ENDED

    def refused_in(self, exchange: Exchange, answer: SimResponse) -> Refused:
        """Return what the venue answered of each order of a batch."""
        rows = answer.rows if isinstance(answer, ScriptedAnswer) else ()
        return {
            row.order.id: (OUTCOMES.get(row.refusal), row.refusal is Refusal.ENDED)
            for row in rows
            if row.refusal is not None
        }

    def ground(self, exchange: Exchange, rng: Random, now: float) -> ScriptedGround:
        """Return the order as it is now, and as it was."""
        self._place.settle(now)
        if not isinstance(exchange, ScriptedExchangeRecord):
            raise TypeError("a scripted venue answers what its own language has read")
        case, order, earlier = exchange.case, None, None
        if isinstance(case, ScriptedCase) and case.is_now is not None:
            order = replace(case.is_now)
            earlier = case.was if any(send.ran for send in case.truth.sends) else None
        return ScriptedGround(rng, exchange.purpose, None, None, asked=exchange.asked, order=order, earlier=earlier)
