"""Which creates of one account have passed its block and are not over, and which orders came of those that are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import zip_longest
from typing import Any

from hk_adapter.errors import AdapterError, RequestState
from hk_adapter.model import CancelReport, CreateOrderRequest, CreateOrdersAnswer, CreateOrdersRequest, Order
from hk_adapter.record import Record

_MOST_REMEMBERED = 500
"""Orders; where a list can be had, it has those before them."""


LookParams = Callable[[CreateOrderRequest], Mapping[str, Any]]


class _Placed(Record, frozen=True):
    """An order, when its create was answered, and what was asked for where that had ``params``."""

    at: float
    order: Order
    asked: CreateOrderRequest | None


class Crossing:
    """One create that may leave, or has left. ``over_by``: when its call is over, in seconds of the monotonic clock."""

    def __init__(self, over_by: float) -> None:
        self.over_by = over_by


class CreatesUnderWay:
    """Counts them. Each step is one of the interpreter's: any thread may ask while others come and go."""

    def __init__(self) -> None:
        self._crossings: list[Crossing] = []
        self._placed: dict[tuple[str | None, str | None], _Placed] = {}  # by id and symbol
        self.in_doubt_until = float("-inf")
        """When the last create ended, by the monotonic clock, of which it is not known whether it ran."""

    def begin(self, over_by: float) -> Crossing:
        """Count one, before it looks at the block: then either it sees the block, or who blocks sees it."""
        crossing = Crossing(over_by)
        self._crossings.append(crossing)
        return crossing

    def end(self, crossing: Crossing) -> None:
        """Count one no more."""
        self._crossings.remove(crossing)

    def any_at(self, now: float) -> bool:
        """Whether one is not over whose deadline is later; one whose caller froze is over by its deadline."""
        return any(one.over_by > now for one in self._crossings.copy())

    def note_answer(self, answer: object, now: float, request: object = None) -> None:
        """Remember the orders that a create was answered with, but for those that have ended by then."""
        told = answer.results if isinstance(answer, CreateOrdersAnswer) else (answer,)
        asked = request.orders if isinstance(request, CreateOrdersRequest) else (request,)
        for one, terms in zip_longest(told, asked):
            if isinstance(one, Order) and one.id is not None:
                if one.status is None or not one.status.final:
                    self._remember(one, now, terms)
            elif isinstance(one, AdapterError):
                self.note_error(one, now)

    def note_error(self, error: BaseException, now: float) -> None:
        """Remember that a create may have run, unless its error says that it did not."""
        told = getattr(error, "request_state", None) if isinstance(error, AdapterError) else None
        if told not in {RequestState.NOT_SENT, RequestState.REFUSED}:
            self.in_doubt_until = max(self.in_doubt_until, now)

    def placed_since(self, moment: float) -> list[Order]:
        """Return the orders whose create was answered at a moment of the monotonic clock or later, and may be open."""
        return [one.order for one in list(self._placed.values()) if one.at >= moment]

    def placed_apart(self, look_params: LookParams) -> list[tuple[Order, Mapping[str, Any]]]:
        """Return the orders that may be open in a book of their own, each with the ``params`` that name the book.

        ``look_params`` tells of a create what its look-ups have to say.
        """
        asked = [(one.order, one.asked) for one in list(self._placed.values()) if one.asked is not None]
        return [(order, params) for order, request in asked if (params := look_params(request))]

    def note_ended(self, result: object) -> None:
        """Forget the orders that a cancel proved off the book; ids may count by symbol, where both say one."""
        for report in result if isinstance(result, list) else [result]:
            if isinstance(report, CancelReport) and report.final and report.order is not None:
                order_id, symbol = report.order.id, report.order.symbol
                for key in [(order_id, symbol), (order_id, None)] if symbol else list(self._placed):
                    if key[0] == order_id:
                        self._placed.pop(key, None)

    def _remember(self, order: Order, now: float, request: object) -> None:
        asked = request if isinstance(request, CreateOrderRequest) and request.params else None
        # The venue's own words take the most room.
        self._placed[order.id, order.symbol] = _Placed(now, order.replace(info={}), asked)
        while len(self._placed) > _MOST_REMEMBERED:
            with suppress(StopIteration):  # another thread has made room meanwhile
                self._placed.pop(next(iter(list(self._placed))), None)
