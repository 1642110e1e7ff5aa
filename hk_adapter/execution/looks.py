"""Look-ups, shared: all calls of one key that wait for an order's end are settled by one look at the venue."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Lock

from hk_adapter.errors import AdapterError, NotSupported, OrderNotFound, OutcomeUnknown
from hk_adapter.execution.ask import ATTEMPT_TIMEOUT, Attempt, ask
from hk_adapter.execution.heed import heed, is_block
from hk_adapter.flow.effects import Flow, Lane, Now, Sleep
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import FetchOrderRequest, ListOrdersRequest, Order, OrderPage

WORTH_A_PAGE = 3
"""Orders waiting from which on two list calls are cheaper than one query each."""
SINGLES_A_ROUND = 2
"""Single queries after a pair of lists that showed some of the orders nowhere."""
LONGEST_LOOK = 2 * ATTEMPT_TIMEOUT
"""Seconds after which another call may look, though one is said to be looking still."""
ASK_AGAIN = 0.02
"""Seconds after which a call asks again whether another one's look has settled its order."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The venue showed the order."""

    order: Order


@dataclass(frozen=True, slots=True)
class Missed:
    """The venue knows the order under none of its ids; looked for at a monotonic time in seconds."""

    at: float


@dataclass(frozen=True, slots=True)
class Gone:
    """A complete list of open orders, begun after the asking, does not have the order."""


Sight = Shown | Missed | Gone | AdapterError
"""What a look-up came to; an error where no usable answer came."""


Names = tuple[FetchOrderRequest, ...]
"""The look-ups that name one order: by its venue id first."""


@dataclass(slots=True, eq=False)
class _Want:
    """One call's wait for one order."""

    requests: Names
    sight: Sight | None = None


class Looks:
    """The look-ups of one key. Whoever finds nobody looking looks for all who wait. Thread-safe.

    A look proves nothing but an end to calls that asked after it had begun.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._wants: list[_Want] = []
        self._leader: object = None
        self._led_until = -math.inf

    async def look(self, hooks: VenueHooks, orders: Sequence[Names], deadline: float) -> list[Sight]:
        """Learn how orders stand, from look-ups begun after this was called.

        ``deadline`` is in seconds of the monotonic clock.
        """
        wants = [_Want(names) for names in orders]
        with self._lock:
            self._wants.extend(wants)
        try:
            while waiting := [want for want in wants if want.sight is None]:
                await self._turn(hooks, waiting, deadline)
            return [want.sight for want in wants if want.sight is not None]
        finally:
            with self._lock:
                self._wants = [want for want in self._wants if want not in wants]

    async def _turn(self, hooks: VenueHooks, waiting: list[_Want], deadline: float) -> None:
        now = (await Now()).monotonic
        leader = object()
        batch = self._lead(leader, now)
        if batch:
            try:
                await self._serve(hooks, batch, deadline)
            finally:
                self._follow(leader)
        elif now >= deadline:
            for want in waiting:
                want.sight = OutcomeUnknown("another call's look-up did not come to this order in time")
        else:
            await Sleep(ASK_AGAIN)

    def _lead(self, leader: object, now: float) -> list[_Want]:
        """Give all who wait to the caller that shall look for them; nobody while another one looks.

        Who leads for longer than a look should take may have stopped, with its loop or its thread: the next one leads.
        """
        with self._lock:
            if self._leader is not None and now < self._led_until:
                return []
            self._leader, self._led_until = leader, now + LONGEST_LOOK
            return [want for want in self._wants if want.sight is None]

    def _follow(self, leader: object) -> None:
        with self._lock:
            if self._leader is leader:
                self._leader = None

    async def _serve(self, hooks: VenueHooks, batch: list[_Want], deadline: float) -> None:
        if len(batch) < WORTH_A_PAGE:
            await self._serve_singly(hooks, batch, deadline)
            return
        try:
            await self._serve_by_lists(hooks, batch, deadline)
        except NotSupported:
            await self._serve_singly(hooks, batch, deadline)

    async def _serve_singly(self, hooks: VenueHooks, batch: Iterable[_Want], deadline: float) -> None:
        block: AdapterError | None = None
        for want in batch:
            want.sight = block or await _query(hooks, want.requests, deadline)
            block = _block_of(want.sight)

    async def _serve_by_lists(self, hooks: VenueHooks, batch: list[_Want], deadline: float) -> None:
        # The open orders first: what ends between the two lists is in the second.
        opened = await _list(hooks.fetch_open_orders, deadline)
        ended = _block_of(opened) or await _list(hooks.fetch_orders, deadline)
        if isinstance(ended, OrderPage):
            self._publish(ended.orders, batch)
            await self._read_on(hooks, ended, batch, deadline)
        if isinstance(opened, OrderPage):
            _show(opened.orders, batch)
        lost = [want for want in batch if want.sight is None]
        if block := _block_of(ended):
            for want in lost:
                want.sight = block
            return
        await self._serve_singly(hooks, lost[:SINGLES_A_ROUND], deadline)
        failures = [answer for answer in (opened, ended) if isinstance(answer, AdapterError)]
        for want in lost[SINGLES_A_ROUND:]:
            complete = isinstance(opened, OrderPage) and opened.complete
            want.sight = Gone() if complete else _no_answer(failures)

    async def _read_on(self, hooks: VenueHooks, page: OrderPage, batch: list[_Want], deadline: float) -> None:
        """Read as many further pages of order history as the orders waited for could fill."""
        pages, rows = 1, len(page.orders)
        while page.next_before_id is not None and rows * pages < len(batch):
            answer = await _list(hooks.fetch_orders, deadline, page.next_before_id)
            if isinstance(answer, AdapterError):
                return
            page, pages = answer, pages + 1
            self._publish(page.orders, batch)

    def _publish(self, orders: Iterable[Order], batch: list[_Want]) -> None:
        """Show a list's orders to those it was fetched for, and its ended ones to all who came since."""
        known = list(orders)
        _show(known, batch)
        with self._lock:
            late = [want for want in self._wants if want.sight is None and want not in batch]
        _show([order for order in known if order.status is not None and order.status.final], late)


def _block_of(answer: object) -> AdapterError | None:
    """Give an answer back if it says that the venue blocks us: then nothing more is asked."""
    return answer if isinstance(answer, AdapterError) and is_block(answer) else None


def _no_answer(failures: list[AdapterError]) -> AdapterError:
    return failures[0] if failures else OutcomeUnknown("the lists of orders did not show this one")


def _show(orders: Iterable[Order], wants: list[_Want]) -> None:
    """Show the orders that are wanted by the venue's id; a client's id may have been used before, so it is queried."""
    by_id = {order.id: order for order in orders if order.id is not None}
    for want in wants:
        order = by_id.get(want.requests[0].order_id or "")
        if order is not None and want.sight is None:
            want.sight = Shown(order)


async def _query(hooks: VenueHooks, requests: Names, deadline: float) -> Sight:
    """Look under one id after the other until one shows the order."""
    begun = (await Now()).monotonic
    for request in requests:
        attempt = Attempt(deadline, Lane.CONFIRM)
        try:
            return Shown(await ask(hooks.fetch_order, Order, attempt, request=request))
        except OrderNotFound:
            continue
        except AdapterError as error:
            await heed(error, attempt)
            return error
    return Missed(begun)


async def _list(
    hook: Callable[..., Flow[OrderPage]], deadline: float, before_id: str | None = None
) -> OrderPage | AdapterError:
    attempt = Attempt(deadline, Lane.CONFIRM)
    try:
        return await ask(hook, OrderPage, attempt, request=ListOrdersRequest(before_id=before_id))
    except NotSupported:
        raise
    except AdapterError as error:
        await heed(error, attempt)
        return error
