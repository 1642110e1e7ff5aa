"""The virtual transport: carries requests to the scenario's venue, and answers back, if nothing befalls them."""

from __future__ import annotations

import json
from collections import Counter
from random import Random
from typing import NoReturn

from hk_adapter.errors import NotSent, OutcomeUnknown
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.model import CancelOutcome
from hk_adapter.simulator import SimRequest, SimResponse
from hk_adapter.testing.campaign.case import Case
from hk_adapter.testing.campaign.conduct import Conduct
from hk_adapter.testing.campaign.fault_list import AMOUNT_0, ANOTHER_SYMBOL, DEAD, ONCE, SUCCESS_ALONE
from hk_adapter.testing.campaign.faults import Fault, Forge, Forged, ForgeryContext, Point, Purpose, Row
from hk_adapter.testing.campaign.kind_faults import (
    DOUBLED,
    OF_KIND,
    SECOND_ANSWER,
    SHIFTED,
    Earlier,
    doubled,
    shifted,
)
from hk_adapter.testing.campaign.kinds import Kind
from hk_adapter.testing.campaign.language import Ground, Language
from hk_adapter.testing.campaign.other_terms import OTHER_TERMS, RowsOfOthers
from hk_adapter.testing.campaign.request_log import Exchange
from hk_adapter.testing.campaign.scenario import BEFORE, Scenario
from hk_adapter.testing.campaign.timeline import Timeline
from hk_adapter.testing.campaign.truth import Query, Send, Word
from hk_adapter.testing.virtual_time import Story, VirtualTime

_NOTHING = SimRequest("GET", "/")


class Wire:
    """One scenario's network. Every fault is drawn from the scenario's seed."""

    def __init__(
        self,
        scenario: Scenario,
        place: Ground,
        language: Language,
        time: VirtualTime,
        rng: Random,
        timeline: Timeline,
    ) -> None:
        self._scenario = scenario
        self._place = place
        self._language = language
        self._time = time
        self._rng = rng
        self._timeline = timeline
        self._conduct = Conduct(scenario, place, time)
        self._are_several = sum(not one.plan.spared for one in place.cases) > 1 and not scenario.one_call
        self._contradicted: list[Case | None] = []
        self._others = RowsOfOthers(rng)
        self._earlier = self._read_before() if scenario.kind is Kind.SHIFTED_ANSWERS else []
        self.struck: Counter[str] = Counter()

    def send(self, request: HttpRequest, deadline: float, *, beside: bool = False) -> Story[Response]:
        """Play the story of one exchange; ``beside``: it is none of the calls' own, and proves nothing for them."""
        exchange = self._language.begin(request, self._time.now, deadline, shared=self._are_several)
        if beside:
            exchange.leave_calls(self._place.cases)
        self._conduct.goes_out(exchange)
        self._place.lagged = 0.0
        fault, forged = self._fault(exchange)
        if fault is not None:
            self.struck[fault.name] += 1
        self._timeline.add(self._time.now, f"{exchange.purpose} goes out{f'; {fault.name}' if fault else ''}")
        try:
            response = yield from self._told(exchange, fault, forged)
            self._conduct.note_limits(exchange, response)
            if fault is None:
                self._remember(exchange, response)
        except (NotSent, OutcomeUnknown) as error:
            self._timeline.add(self._time.now, f"{exchange.purpose}: {error}")
            self._conduct.is_over(exchange)
            raise
        finally:
            exchange.end(self._time.now)
        self._conduct.is_over(exchange)
        self._timeline.add(self._time.now, f"{exchange.purpose} is answered: {response.status} {response.body[:200]!r}")
        return Response(response.status, {name.lower(): text for name, text in response.headers.items()}, response.body)

    def speaks_beside(self) -> None:
        """Record that something goes out that no limit counts, and a block forbids."""
        self._conduct.speaks_beside()

    def close(self) -> None:
        """Return to the oracle what was seen of the whole scenario."""
        self._conduct.close(self.struck)

    def _fault(self, exchange: Exchange) -> tuple[Fault | None, Forged | None]:
        """Draw a fault; one that would be unfair here is none."""
        outage = self._scenario.outage
        if outage is not None and outage.kind in DEAD and outage.begins <= self._time.now < outage.ends:
            return DEAD[outage.kind], None
        own, rate = OF_KIND.get(self._scenario.kind, (None, 0.0))
        if own is not None and exchange.purpose in own.purposes and self._rng.random() < rate:
            return own, None
        if self._rng.random() >= self._scenario.rate:
            return None, None
        faults = self._language.faults.get(exchange.purpose)
        if not faults:
            return None, None
        fault = self._rng.choice(faults)
        if fault.point is Point.BEFORE_CONNECT and self._scenario.kind is Kind.USED_CLIENT_IDS:
            return None, None  # an order that comes before the first cancel leaves is as good as the one that was meant
        return (fault, None) if fault.forge is None else self._fair(exchange, fault, fault.forge)

    def _fair(self, exchange: Exchange, fault: Fault, forge: Forge) -> tuple[Fault | None, Forged | None]:
        """Forge an answer where that is fair."""
        if self._scenario.kind is Kind.IDS_BY_SYMBOL and fault.name == ANOTHER_SYMBOL:
            return None, None  # there it is another order's answer
        if exchange.batch and fault.name == SUCCESS_ALONE:
            return None, None  # of a batch it says that every cancel was accepted
        if self._scenario.kind is Kind.MARKET_ORDERS and fault.name == AMOUNT_0:
            return None, None  # a market order that is to spend so much has none
        if fault.name in ONCE and exchange.purpose is Purpose.QUERY:
            if exchange.case in self._contradicted:
                return None, None
            self._contradicted.append(exchange.case)
        forged = forge(self._language.ground(exchange, self._rng, self._time.now))
        return (None, None) if forged is None else (fault, forged)

    def _told(self, exchange: Exchange, fault: Fault | None, forged: Forged | None) -> Story[SimResponse]:
        if fault is None:
            return (yield from self._answered(exchange, (yield from self._arrival(exchange, self._way()))))
        if forged is not None:
            return (yield from self._forged(exchange, fault, forged))
        own = {
            SECOND_ANSWER: self._delivered_twice,
            SHIFTED: self._shifted,
            DOUBLED: self._doubled,
            OTHER_TERMS: self._of_another,
        }.get(fault)
        return (yield from (self._befallen(exchange, fault) if own is None else own(exchange)))

    def _befallen(self, exchange: Exchange, fault: Fault) -> Story[SimResponse]:
        """Let a fault of the network strike."""
        if fault.point is Point.BEFORE_CONNECT:
            yield from self._unreachable(exchange, fault)
        if fault.point in {Point.AFTER_CONNECT, Point.MID_REQUEST}:
            yield from self._lost(exchange, stalled=fault.name.startswith("stall"))
        if fault.point is Point.IN_THE_QUEUE:
            return (yield from self._queued(exchange, fault))
        answer = yield from self._arrival(exchange, self._way())
        if fault.point is Point.AFTER_ACTING:
            yield from self._lost(exchange, stalled=fault.name.startswith("stall"))
        if fault.point is Point.MID_RESPONSE:
            return (yield from self._broken(exchange, answer, fault))
        return (yield from self._answered(exchange, answer))

    def _unreachable(self, exchange: Exchange, fault: Fault) -> Story[NoReturn]:
        longest = exchange.deadline - self._time.now
        yield self._time.now + (longest if fault.name == "connect timeout" else min(longest, self._rng.random() * 0.3))
        if isinstance(exchange.record, Send):
            exchange.record.word = Word.UNSENT
        if isinstance(exchange.record, Send):
            for case in (exchange.called_for or exchange.case, *(case for case, _ in exchange.batch)):
                if case is not None:
                    case.truth.unreachable += 1
        raise NotSent(fault.name, unreachable=True)

    def _lost(self, exchange: Exchange, *, stalled: bool) -> Story[NoReturn]:
        yield exchange.deadline if stalled else min(exchange.deadline, self._time.now + self._rng.random() * 0.2)
        raise OutcomeUnknown("the connection was lost" if not stalled else "no answer came before the deadline")

    def _queued(self, exchange: Exchange, fault: Fault) -> Story[SimResponse]:
        if fault.name == "request arrives late":
            answer = yield from self._arrival(exchange, 0.5 + self._rng.random() * 8)
        else:
            answer = yield from self._arrival(exchange, self._way())
            if self._language.took(answer):  # a copy of what was refused could run, and no answer would tell
                self._place.at(self._time.now + self._rng.random(), lambda now: self._act_again(exchange, now))
        return (yield from self._answered(exchange, answer))

    def _delivered_twice(self, exchange: Exchange) -> Story[SimResponse]:
        """Let the venue get a request twice, and hand back its second answer.

        Only where the first was taken, and the second tells of an order that has ended, or that exists: a refusal of a
        working order whose cancel is on its way would deny what no look-up could show.
        """
        answer = yield from self._arrival(exchange, self._way())
        if self._language.took(answer) and not exchange.scope:
            yield min(self._time.now + self._rng.random() * 0.3, exchange.deadline)
            self._place.settle(self._time.now)
            cases = (exchange.case, *(case for case, _ in exchange.batch))
            over = all(case.order is not None and case.order.is_ended for case in cases if case is not None)
            if exchange.purpose is Purpose.CREATE or over:
                again = self._act(exchange, self._time.now)
                answer = answer if again.status in {418, 429} else again  # a limit may meet the second copy alone
        return (yield from self._answered(exchange, answer))

    def _shifted(self, exchange: Exchange) -> Story[SimResponse]:
        """Answer with what answers something else, whether the venue acts or not."""
        if self._rng.random() < 0.5:
            yield from self._arrival(exchange, self._way())
        yield from self._way_back(exchange, self._way())
        order_id = None if exchange.case is None else exchange.case.order_id
        answer, shows = shifted(self._earlier, exchange.purpose, order_id, self._rng)
        if isinstance(exchange.record, Query):
            exchange.record.served, exchange.record.as_of = (None, None) if shows is None else (self._time.now, shows)
        return answer

    def _doubled(self, exchange: Exchange) -> Story[SimResponse]:
        answer = yield from self._arrival(exchange, self._way())
        spoilt = doubled(answer, self._rng)
        if spoilt is None:
            return (yield from self._answered(exchange, answer))
        yield from self._way_back(exchange, self._way())
        if isinstance(exchange.record, Query) and exchange.case is not None:
            exchange.record.served = None
        return spoilt

    def _of_another(self, exchange: Exchange) -> Story[SimResponse]:
        answer = yield from self._arrival(exchange, self._way())
        spoilt = self._others.forge(exchange, answer, self._time.now)
        if spoilt is None:
            answer = yield from self._answered(exchange, answer)
            self._others.hear(exchange, answer)
            return answer
        yield from self._way_back(exchange, self._way())
        if isinstance(exchange.record, Send):
            exchange.record.word, exchange.record.refusal = self._language.own_word(answer)
        return spoilt

    def _remember(self, exchange: Exchange, response: SimResponse) -> None:
        """Keep an answer, if this is a scenario in which it may come again, or what it tells is held against others."""
        if self._scenario.kind is Kind.OTHER_TERMS:
            self._others.hear(exchange, response)
        if self._scenario.kind is Kind.SHIFTED_ANSWERS:
            record = exchange.record
            shows = record.shows if isinstance(record, Query) else record.ran_at
            self._earlier.append(Earlier(response, shows))

    def _way(self) -> float:
        """Return how many seconds a request, or an answer, takes this time."""
        latency, jitter = self._scenario.latency, self._scenario.jitter
        return latency * (1 - jitter + self._rng.random() * 5 * jitter) if jitter else latency

    def _arrival(self, exchange: Exchange, after: float) -> Story[SimResponse]:
        """Let the request reach the venue, which acts on it, even if its sender has given up by then."""
        when = self._time.now + after
        if when >= exchange.deadline:
            self._place.at(when, lambda now: self._act_again(exchange, now))
            yield exchange.deadline
            raise OutcomeUnknown("no answer came before the deadline")
        yield when
        return self._act(exchange, when)

    def _act_again(self, exchange: Exchange, now: float) -> None:
        self._act(exchange, now)

    def _act(self, exchange: Exchange, now: float) -> SimResponse:
        before = exchange.cancels_in_scope()
        answer = self._language.handle(exchange, now)
        record = exchange.record
        if self._language.took(answer):
            exchange.ran(now, self._language.refused_in(exchange, answer), before)
            if isinstance(record, Query) and record.served is None:  # not by a later copy
                record.served = now
                record.as_of = now - self._place.lagged if self._place.lagged else None
                if exchange.names_nothing and not exchange.beside and self._scenario.kind is Kind.ARRIVALS:
                    self._place.arrive(now)
        self._timeline.add(now, f"the venue handles {exchange.purpose}: {answer.status} {answer.body[:200]!r}")
        return answer

    def _answered(self, exchange: Exchange, answer: SimResponse, after: float | None = None) -> Story[SimResponse]:
        """Let the venue's own answer travel back."""
        yield from self._way_back(exchange, self._way() if after is None else after)
        if isinstance(exchange.record, Send):
            exchange.record.word, exchange.record.refusal = self._language.own_word(answer)
            exchange.record.said_ended = self._language.says_ended(answer)
            if exchange.batch and self._language.took(answer):
                exchange.refused = self._language.refused_in(exchange, answer)
        elif self._language.took(answer):
            exchange.record.heard = not exchange.names_nothing
            if self._scenario.by_symbol is not None and self._scenario.by_symbol.told:
                exchange.see_symbol()
            exchange.see_taken(exchange.record.served)
            if exchange.names_nothing and not exchange.beside:
                self._conduct.listings.append(exchange.record)
        return answer

    def _way_back(self, exchange: Exchange, after: float) -> Story[None]:
        when = self._time.now + after
        if when >= exchange.deadline:
            yield exchange.deadline
            raise OutcomeUnknown("no answer came before the deadline")
        yield when

    def _broken(self, exchange: Exchange, answer: SimResponse, fault: Fault) -> Story[SimResponse]:
        if fault.name == "slow trickle in time":
            patience = exchange.deadline - self._time.now
            return (yield from self._answered(exchange, answer, patience * self._rng.random() * 0.9))
        if fault.name == "slow trickle too late":
            yield from self._lost(exchange, stalled=True)
        yield from self._way_back(exchange, self._way())
        if fault.name == "truncated":
            raise OutcomeUnknown("the answer broke off")
        if answer.status in {418, 429}:  # whatever is left of the body
            self._heard(exchange, Forged(answer, Word.REFUSED, CancelOutcome.RATE_LIMITED))
        return SimResponse(answer.status, answer.headers, answer.body[: self._rng.randrange(max(1, len(answer.body)))])

    def _forged(self, exchange: Exchange, fault: Fault, forged: Forged) -> Story[SimResponse]:
        acts = fault.point is Point.AFTER_ACTING or (fault.point is Point.EITHER and self._rng.random() < 0.5)
        if acts:
            answer = yield from self._arrival(exchange, self._way())
            if not self._language.took(answer) and fault.point is Point.AFTER_ACTING:
                return (yield from self._answered(exchange, answer))
            if forged.word is Word.ACCEPTED and fault.forge is not None:
                # The row must be the one that was truly answered, but for what is forged.
                row: Row = json.loads(answer.body)
                forged = fault.forge(ForgeryContext(self._rng, exchange.purpose, row, None)) or forged
        else:
            yield self._time.now + min(self._scenario.latency, (exchange.deadline - self._time.now) / 2)
            self._place.settle(self._time.now)
        yield from self._way_back(exchange, self._way())
        self._heard(exchange, forged)
        return forged.response

    def _heard(self, exchange: Exchange, forged: Forged) -> None:
        record = exchange.record
        if isinstance(record, Send):
            record.word, record.refusal = forged.word, forged.refusal
            record.said_ended = forged.word is Word.REFUSED and self._language.says_ended(forged.response)
        else:
            record.served = None if forged.word is not Word.ACCEPTED else record.served

    def _read_before(self) -> list[Earlier]:
        """Return what a bot has asked on the connection before it cancels: its orders, as they were."""
        asked = [Exchange(_NOTHING, Purpose.QUERY, case, Query(BEFORE), BEFORE) for case in self._place.cases]
        rows = [self._language.ground(one, self._rng, BEFORE).row for one in asked]
        return [Earlier(SimResponse(200, body=json.dumps(row).encode()), BEFORE) for row in rows if row is not None]
