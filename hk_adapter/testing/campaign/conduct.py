"""What a caller does on the wire, as the oracle is told of it: against which limits and blocks, and in whose way."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from hk_adapter.model import CancelOutcome
from hk_adapter.simulator import SimResponse
from hk_adapter.testing.campaign.caller import settle_scope
from hk_adapter.testing.campaign.case import Case
from hk_adapter.testing.campaign.faults import Purpose
from hk_adapter.testing.campaign.kinds import Kind
from hk_adapter.testing.campaign.language import Ground
from hk_adapter.testing.campaign.request_log import Exchange
from hk_adapter.testing.campaign.scenario import OrderPlan, Scenario
from hk_adapter.testing.campaign.scenario_venue import DOCUMENTED
from hk_adapter.testing.campaign.truth import Query, Send, Span
from hk_adapter.testing.campaign.verdicts import Verdict
from hk_adapter.testing.virtual_time import VirtualTime

_MINUTE = DOCUMENTED.suspension_ms / 1000
"""Seconds that too many orders cost there; a block without a Retry-After lasts as long here."""

_STILL_COUNTED = 1.0 + 1.0
"""Seconds for which a query that nobody waits for any more keeps its place: it may be that late, and counts for one."""
_FEW = 2
"""Orders that can be looked up one by one, and nobody is held up."""
_FOR_NO_ORDER = 4
"""Queries that prove that an order does not exist: two under each of its ids, a second apart."""

_MORE_ARRIVALS = ("request arrives", "delivered twice")
"""Faults through which more reaches the venue in a second than was sent in it."""


class Conduct:
    """Watches the requests of one scenario.

    Attributes:
        listings: the looks at all open orders that were answered.
    """

    def __init__(self, scenario: Scenario, place: Ground, time: VirtualTime) -> None:
        self._scenario = scenario
        self._place = place
        self._time = time
        self._blocked_until = -math.inf
        self._under_way: list[Exchange] = []
        self._live: dict[Purpose, list[Exchange]] = {purpose: [] for purpose in place.limits}
        self._misconduct: set[Verdict] = set()
        self._silences: dict[Purpose, list[Span]] = {purpose: [] for purpose in Purpose}
        self.listings: list[Query] = []

    def goes_out(self, exchange: Exchange) -> None:
        """See a request leave."""
        self._watch(exchange)
        self._under_way.append(exchange)
        if exchange.purpose is Purpose.CANCEL and (
            self._scenario.kind is Kind.ODD_IDS or self._names_another(exchange) or exchange.reaches_another
        ):
            self._misconduct.add(Verdict.NOT_SPARED)

    def speaks_beside(self) -> None:
        """See something leave that no limit counts."""
        if self._time.now < self._blocked_until:
            self._misconduct.add(Verdict.SPOKE_WHILE_BLOCKED)

    def is_over(self, exchange: Exchange) -> None:
        """See a request end, in whatever way but that its caller left."""
        self._under_way.remove(exchange)

    def note_limits(self, exchange: Exchange, response: SimResponse) -> None:
        """Write down until when a rate limit forbids what: a block everything."""
        record, now = exchange.record, self._time.now
        record.blocked = response.status == 418
        limited = isinstance(record, Send) and record.refusal is CancelOutcome.RATE_LIMITED
        if not limited and response.status not in {418, 429}:
            return
        asked = response.headers.get("Retry-After", "")
        if asked.isdecimal():
            seconds = float(asked)
        else:
            seconds = _MINUTE if record.blocked or exchange.purpose is Purpose.CANCEL else 0.0
        if record.blocked:
            self._blocked_until = now + seconds
        for purpose in Purpose if record.blocked else (exchange.purpose,):
            self._silences[purpose].append((now, now + seconds))

    def close(self, struck: Mapping[str, int]) -> None:
        """Hand over to the oracle what was seen of the whole scenario, with the faults that struck in it."""
        scenario, cases = self._scenario, self._place.cases
        late = any(name.startswith(_MORE_ARRIVALS) for name in struck)
        if self._place.was_breached and not scenario.neighbours and not late:
            self._misconduct.add(Verdict.OVER_LIMIT)
        quiet = (
            scenario.kind in self._place.quiet_kinds and not struck and is_quiet(scenario) and _are_told_apart(cases)
        )
        for case in cases:
            case.truth.quiet = quiet and is_plain(case.plan)
            case.truth.slots_lost = [*self._slots_lost(), *self._slots_needed(case)]
            case.truth.no_looks, case.truth.no_sends = self._silences[Purpose.QUERY], self._silences[Purpose.CANCEL]
        if scenario.mass is not None:
            settle_scope(scenario.mass, cases, self.listings)
        if scenario.one_call:
            for case in cases:
                case.truth.others_ended = _others_ended(case, cases)
        cases[0].truth.misconduct = {*cases[0].truth.misconduct, *self._misconduct}

    def _watch(self, exchange: Exchange) -> None:
        """See that nothing goes out while the venue blocks us, nor more than its limits allow."""
        now = self._time.now
        if now < self._blocked_until:
            self._misconduct.add(Verdict.SPOKE_WHILE_BLOCKED)
        limit = self._place.limits.get(exchange.purpose)
        if limit is not None:
            live = [one for one in self._live[exchange.purpose] if now < (one.record.ended or one.deadline) + 1]
            if len(live) >= limit:
                self._misconduct.add(Verdict.OVER_LIMIT)
            self._live[exchange.purpose] = [*live, exchange]

    def _slots_lost(self) -> list[Span]:
        """Return when queries of callers who left kept a slot: of one that froze, until its request cannot leave."""
        queries = [one for one in self._under_way if one.purpose is Purpose.QUERY]
        return [(one.record.begun, (one.record.ended or one.deadline) + _STILL_COUNTED) for one in queries]

    def _slots_needed(self, case: Case) -> list[Span]:
        """Return when queries for the others that do not exist kept a slot, no more of them than prove that."""
        others = [one.truth.queries for one in self._place.cases if one is not case and one.order is None]
        alone = [query for queries in others for query in [one for one in queries if not one.shared][:_FOR_NO_ORDER]]
        return [(one.begun, one.ended + 1.0) for one in alone]

    def _names_another(self, exchange: Exchange) -> bool:
        """Whether a request names, by the venue's id, an order that only shares its client id with one of ours."""
        return any(f"orderId={order_id}&" in f"{exchange.request.query}&" for order_id in self._place.strangers)


def _others_ended(case: Case, cases: Sequence[Case]) -> float:
    """Return when the last of the other orders of one call had ended, of those that cannot end at once."""
    others = [one for one in cases if one is not case and one.plan.exists and not is_prompt(one.plan)]
    lives = [one.truth.states for one in others if one.truth.asked]
    return max((life[-1].since if life and life[-1].ended else math.inf for life in lives), default=0.0)


def _are_told_apart(cases: Sequence[Case]) -> bool:
    """Whether lists can show what is asked for; they leave out an id that two orders have, and each costs a query."""
    shared = [case for case in cases if case.namesake is not None and not case.plan.spared]
    return len(shared) <= _FEW and not any(case.truth.either for case in shared)


def is_quiet(scenario: Scenario) -> bool:
    """Whether nothing troubles venue, clocks and key."""
    troubled = scenario.outage is not None or scenario.neighbours or scenario.step is not None
    denied = scenario.wrapper is not None and scenario.wrapper[1:] == ("before", "denied")
    return not (troubled or denied or scenario.skew or scenario.drift or scenario.paused)


def is_plain(plan: OrderPlan) -> bool:
    """Whether an order takes a cancel at once, and is there, and the call has the time for it that is usual."""
    in_view = plan.exists and not plan.hidden_for
    return in_view and plan.timeout >= OrderPlan(terms=plan.terms).timeout and is_prompt(plan)


def is_prompt(plan: OrderPlan) -> bool:
    """Whether nothing keeps an order from taking a cancel at once."""
    return not (plan.lag or plan.locked_until or plan.shown_from or plan.taken_from)
