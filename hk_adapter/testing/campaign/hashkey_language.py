"""HashKey's requests and answers, as the wire of a scenario reads and forges them."""

from __future__ import annotations

import json
from random import Random

from hk_adapter.flow.http import HttpRequest
from hk_adapter.model import CancelOutcome
from hk_adapter.simulator import SimResponse
from hk_adapter.testing.campaign.fault_list import FAULTS
from hk_adapter.testing.campaign.faults import ForgeryContext
from hk_adapter.testing.campaign.forged_codes import says_ended
from hk_adapter.testing.campaign.request_log import Exchange, Refused, begin, own_word, refused_in
from hk_adapter.testing.campaign.scenario_venue import ScenarioVenue
from hk_adapter.testing.campaign.truth import Word


class HashKeyLanguage:
    """Reads and forges what goes to and from a scenario's place."""

    faults = FAULTS

    def __init__(self, place: ScenarioVenue) -> None:
        self._place = place

    def begin(self, request: HttpRequest, now: float, deadline: float, *, shared: bool) -> Exchange:
        """Open the records of a request."""
        return begin(self._place, request, now, deadline, shared=shared)

    def handle(self, exchange: Exchange, now: float) -> SimResponse:
        """Let the simulated venue answer."""
        return self._place.handle(exchange.request, exchange.case, now)

    def took(self, answer: SimResponse) -> bool:
        """Whether it is HTTP 200."""
        return answer.status == 200

    def own_word(self, answer: SimResponse) -> tuple[Word, CancelOutcome | None]:
        """Read the status, and the code."""
        return own_word(answer)

    def says_ended(self, answer: SimResponse) -> bool:
        """Read the code."""
        if answer.status in {200, 418, 429} and b'"code"' not in answer.body[:200]:
            return False
        try:
            whole = json.loads(answer.body)
        except ValueError:
            return False
        return isinstance(whole, dict) and says_ended(str(whole.get("code")))

    def refused_in(self, exchange: Exchange, answer: SimResponse) -> Refused:
        """Read the result of a batch."""
        return refused_in(answer) if exchange.batch else {}

    def ground(self, exchange: Exchange, rng: Random, now: float) -> ForgeryContext:
        """Show the order as it is now, and as it was."""
        self._place.settle(now)
        case, row, before = exchange.case, None, None
        if case is not None and case.order is not None:
            row = self._place.row(case.order, exchange.purpose)
            before = case.before if any(send.ran for send in case.truth.sends) else None
        return ForgeryContext(rng, exchange.purpose, row, before)
