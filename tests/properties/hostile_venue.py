"""A cancel in virtual time at a venue whose every answer is given beforehand, and what its answers can prove."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any, cast

from hk_adapter.errors import NotSent, OutcomeUnknown
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.operate import Core, report_cancel, report_cancels
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.flow.runtime import Liveness, Runtime
from hk_adapter.hooks import VenueHooks, VenueSettings
from hk_adapter.model import CancelManyRequest, CancelReport, CancelRequest, Operation, Wait
from hk_adapter.registry import open_venue, venue_hooks, venue_manager
from hk_adapter.settings import HmacCredentials
from hk_adapter.testing.virtual_time import Story, VirtualRunner, VirtualTime
from hk_adapter.transport.rate_budget import RateBudget
from hk_adapter.transport.request_builder import RequestBuilder
from hk_adapter.transport.venue_clock import VenueClock
from hk_adapter.venues.hashkey.plugin import HashKeyVenue

LOST, REFUSED = "lost", "refused"
Answer = Response | str
"""What an exchange comes to: an answer, LOST on the way, or a connection REFUSED."""

SUCCESS = (None, 0, 200, "0", "0000", "200")
CLOSED = ("-1101", "-2001")
OFF_BOOK = ("-1138", "-1139", "-1142")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class Told:
    """One exchange that is over. Times in virtual seconds."""

    method: str
    path: str
    begun: float
    ended: float
    answer: Answer

    @property
    def document(self) -> Any:
        """The answer's JSON; None where there is none."""
        if not isinstance(self.answer, Response):
            return None
        try:
            return json.loads(self.answer.body.decode("utf-8-sig"), parse_float=Decimal)
        except (ValueError, RecursionError):
            return None

    @property
    def orders(self) -> list[dict[str, Any]]:
        """The objects that a success shows, be it one order or a list."""
        document = self.document
        if not isinstance(self.answer, Response) or self.answer.status != 200:
            return []
        if isinstance(document, dict):
            return [document] if self.code in SUCCESS else []
        return [row for row in document if isinstance(row, dict)] if isinstance(document, list) else []

    @property
    def code(self) -> Any:
        """The code in the answer's object; None without one."""
        return self.document.get("code") if isinstance(self.document, dict) else None

    @property
    def refuses(self) -> bool:
        """Whether the answer may be read as a definite refusal: the venue's word that it did nothing."""
        if not isinstance(self.answer, Response):
            return self.answer == REFUSED
        if self.answer.status in {418, 429}:
            return True
        said = isinstance(self.code, str | int) and self.code not in SUCCESS
        return said and (self.answer.status < 500 or str(self.code) in CLOSED)

    @property
    def blocks(self) -> bool:
        """Whether the venue says that it blocks us."""
        return isinstance(self.answer, Response) and self.answer.status == 418


@dataclass
class HostileVenue:
    """Answers cancels and everything else from two lists, the last of which repeat; each takes ``delay`` seconds."""

    cancels: Sequence[Answer]
    others: Sequence[Answer]
    delay: float
    time: VirtualTime
    told: list[Told] = field(default_factory=list)

    def send(self, request: HttpRequest, deadline: float) -> Story[Response]:
        """Tell the story of one exchange."""
        answers = self.cancels if request.method == "DELETE" else self.others
        count = sum((one.method == "DELETE") == (request.method == "DELETE") for one in self.told)
        answer = answers[min(count, len(answers) - 1)]
        begun = self.time.now
        if begun + self.delay >= deadline and answer != REFUSED:
            answer = LOST
        yield min(begun + self.delay, deadline)
        self.told.append(Told(request.method, request.path, begun, self.time.now, answer))
        if isinstance(answer, Response):
            return answer
        if answer == REFUSED:
            raise NotSent("refused", unreachable=True)
        raise OutcomeUnknown("lost")


@cache
def _joined() -> tuple[HashKeyVenue, VenueHooks]:
    """Open the plugin once: nothing stays in it, nor in the look-ups, when a call has ended."""
    venue = cast("HashKeyVenue", open_venue(VenueSettings(venue_id="hashkey", environment="simulator")))
    core = Core(SharedLookups(), venue.cancel_batch, venue.check_cancel)
    hooks = venue_hooks(venue_manager(venue, core))
    core.attach(hooks)
    return venue, hooks


@dataclass
class Play:
    """One call that is over: what it said of each order, and what it was told."""

    reports: list[CancelReport]
    told: list[Told]
    took: float


def play(
    requests: Sequence[CancelRequest],
    cancels: Sequence[Answer],
    others: Sequence[Answer],
    *,
    delay: float,
    seed: int,
    wait: Wait,
    timeout: float,
) -> Play:
    """Cancel one order, or several in one call, on a budget, a line and a clock of its own."""
    time = VirtualTime()
    venue, hooks = _joined()
    clock = VenueClock(time.monotonic, lambda: 1_760_000_000.0 + time.now)
    runtime = Runtime(
        prepare=RequestBuilder(venue, HmacCredentials("key", "secret"), clock),
        clock=clock,
        admission=RateBudget(venue.limits),
        liveness=Liveness(),
        rng=random.Random(seed),
    )
    hostile = HostileVenue(cancels, others, delay, time)
    runner = VirtualRunner(runtime, hostile, time)
    if len(requests) == 1:
        operation = Operation(name="cancel_order", request=requests[0], timeout=timeout, wait=wait)
        reports = [runner.run(report_cancel(hooks, operation, "hashkey"))]
    else:
        many = CancelManyRequest(orders=tuple(requests))
        operation = Operation(name="cancel_orders", request=many, timeout=timeout, wait=wait)
        reports = runner.run(report_cancels(hooks, operation, "hashkey"))
    return Play(reports, hostile.told, time.now)


def rows_about(request: CancelRequest, told: Sequence[Told], among: Sequence[Told]) -> list[dict[str, Any]]:
    """Give the rows of some exchanges that show the order that was asked for.

    Asked for by the client's id alone, it is the order that any row showed under that id, by whatever name it is
    shown later.
    """
    if request.order_id is not None:
        ids = {request.order_id}
    else:
        ids = {str(row.get("orderId")) for one in told for row in one.orders if _is(row, request.client_order_id)}
    return [row for one in among for row in one.orders if _id_of(row) in ids]


def _id_of(row: dict[str, Any]) -> str | None:
    shown = row.get("orderId")
    return str(shown) if isinstance(shown, str | int) and not isinstance(shown, bool) else None


def _is(row: dict[str, Any], client_order_id: str | None) -> bool:
    shown = row.get("clientOrderId")
    return isinstance(shown, str | int) and not isinstance(shown, bool) and str(shown) == client_order_id


def proven_end(row: dict[str, Any]) -> tuple[str, Decimal] | None:
    """Give the end that a row proves, with its filled amount: a final word with amounts that agree."""
    amount, filled = _number(row.get("origQty")), _number(row.get("executedQty"))
    if filled is None or amount is None:
        return None
    word = row.get("status")
    if word == "FILLED":
        # A market order placed by its cash amount has no amount, which HashKey writes as 0.
        agrees = filled > 0 and (filled == amount or "MARKET" in str(row.get("type")))
    elif word == "CANCELED":
        agrees = 0 <= filled < amount or (amount == 0 and "MARKET" in str(row.get("type")))
    elif word == "PARTIALLY_CANCELED":
        agrees = filled > 0 and (filled < amount or (amount == 0 and "MARKET" in str(row.get("type"))))
    else:
        agrees = word == "REJECTED" and filled == 0
    return (str(word), filled) if agrees else None


def said_again(rows: list[dict[str, Any]]) -> set[tuple[str, Decimal]]:
    """Give the ends that rows show more than once, whatever their amounts; a fill of nothing is none."""
    said = [(str(row.get("status")), _number(row.get("executedQty")), _number(row.get("origQty"))) for row in rows]
    ends = {
        (word, filled) for word, filled, amount in said if filled is not None and said.count((word, filled, amount)) > 1
    }
    return ends - {("FILLED", Decimal(0))}


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        return None
    number = Decimal(value)
    return number if number.is_finite() else None
