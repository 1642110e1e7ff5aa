"""One round of looking orders up: by two lists for many, singly for a few and for those that no list shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from hk_adapter.errors import AdapterError, NotSent, NotSupported, OrderNotFound, OutcomeUnknown
from hk_adapter.execution.agreement import is_of_another_symbol
from hk_adapter.execution.attempt import Attempt, OperationHooks
from hk_adapter.execution.order_page import ask_page
from hk_adapter.execution.rate_limits import is_block
from hk_adapter.execution.send_times import latest_time
from hk_adapter.flow.caller import Caller, calling
from hk_adapter.flow.effects import Flow, Lane, Now
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import FetchOrderRequest, ListOrdersRequest, Order, OrderPage
from hk_adapter.model.ids import folded
from hk_adapter.model.order import order_of
from hk_adapter.record import Record

WORTH_A_PAGE = 3
"""Orders waiting from which on two list calls are cheaper than one query each."""
SINGLES_A_ROUND = 2
"""Single queries of a round for the looking call's own orders, and how many others may look next for theirs."""
TIME_FOR_SINGLES = 3.0
"""Seconds in which a call may go on to ask singly for its own orders, while no other call waits."""


class Shown(Record, frozen=True):
    """The venue showed the order, in a look begun at a monotonic time in seconds.

    ``beside`` is what another list of the same look showed of it; None where none did. ``by_stream``: it was not asked
    for; the account's stream had told it, or told it then.
    """

    order: Order
    at: float
    beside: Order | None = None
    by_stream: bool = False


class Missed(Record, frozen=True):
    """The venue knows the order under none of its ids; looked for at a monotonic time in seconds.

    ``gone`` tells that a complete list of open orders, begun after the asking, does not have it either; ``as_of`` is as
    in ``Gone``. ``unread`` is what could be read of a list's row that names it.
    """

    at: float
    gone: bool = False
    as_of: Mapping[str | None, int] = field(default_factory=dict)
    unread: Order | None = None


class Gone(Record, frozen=True):
    """A complete list of open orders, begun after the asking, does not have the order.

    ``as_of`` is the newest time of the venue that the list shows of each symbol, in ms UTC: the list is no older than
    that there, while nothing else tells how far it lags, and a venue may keep the book of each symbol by itself.
    ``unread`` is as in ``Missed``.
    """

    as_of: Mapping[str | None, int] = field(default_factory=dict)
    unread: Order | None = None


LookupResult = Shown | Missed | Gone | AdapterError
"""What a look-up came to; an error where no usable answer came."""


def unread_in(result: LookupResult) -> Order | None:
    """Return what could be read of an answer, or of a row of one, that names the order and cannot be read otherwise."""
    match result:
        case Shown():
            return None
        case Missed(unread=order) | Gone(unread=order):
            return order
        case error:
            return order_of(error)


Names = tuple[FetchOrderRequest, ...]
"""The look-ups that name one order: by its venue id first."""


class PendingLookup(Struct, eq=False):
    """One call's wait for one order."""

    requests: Names
    result: LookupResult | None = None
    only_one: bool = False
    """Whether no other order can have the client order id, so that a list's row with it is the order."""
    opened: Order | None = None
    """The order's row in the list of open orders."""
    unread: Order | None = None
    """What could be read of a list's row that names the order."""
    written_otherwise: bool = False
    """Whether the open orders have a row whose id is this one's but for case or leading zeros."""
    listed: Gone | AdapterError | None = None
    """What lists that do not show it came to, while it is still to be asked for singly; None where none were asked."""
    caller: Caller | None = None
    """Who drives the call; None where it is none of the runners for real time."""

    def has_caller(self) -> bool:
        """Whether somebody is there to be told: the call is not frozen, nor left behind in a loop that stopped."""
        return self.caller is None or self.caller is calling.get() or self.caller.can_go_on()

    def told_by_lists(self) -> LookupResult | None:
        """Return what lists tell of an order that none shows; None where none were asked.

        One that may be there under an id that is written otherwise is not proven off the book, however young the list.
        """
        if not isinstance(self.listed, Gone):
            return self.listed
        return replace(self.listed, as_of={} if self.written_otherwise else self.listed.as_of, unread=self.unread)

    @property
    def params(self) -> Mapping[str, Any]:
        """What else its look-ups ask with: a venue may keep orders of another kind in a book of their own."""
        return self.requests[0].params if self.requests else {}

    def is_by_id_alone(self) -> bool:
        """Whether it is named by the venue's id, and asked for with nothing else."""
        return bool(self.requests) and self.requests[0].order_id is not None and not self.params

    def is_asked_with(self, params: Mapping[str, Any]) -> bool:
        """Whether it is looked for with exactly these params: a list that was asked for with others proves nothing."""
        return self.params == params and repr(dict(self.params)) == repr(dict(params))  # True is 1 to Python only

    def is_alike(self, other: PendingLookup) -> bool:
        """Whether one query shows the order to both."""
        return self.requests == other.requests and self.is_asked_with(other.params)


class LookupRound(Struct, eq=False):
    """One round, led by one call: by lists for itself and for others, singly for itself alone.

    So nobody's answer waits for a query that only another one needs; whoever needs one makes it next.

    Attributes:
        own: what the leading call waits for, in the order in which it is asked for singly; it comes first.
        others: what other calls wait for, who came first at the front. All of these are asked for with the same params.
        late: gives what calls wait for that came since, with whatever params.
        deadline: the leading call's, in seconds of the monotonic clock.
        strangers: as ``others``, asked for with other params: no list of this round can show them.
        blocked: whether the venue said that it blocks us.
        next: what is to be looked for next, by whoever waits for it: the first that this round told nothing of.
    """

    hooks: OperationHooks
    own: list[PendingLookup]
    others: list[PendingLookup]
    late: Callable[[], list[PendingLookup]]
    deadline: float
    strangers: list[PendingLookup] = field(default_factory=list)
    blocked: bool = False
    next: list[PendingLookup] = field(default_factory=list)

    async def serve(self) -> None:
        """Look the orders up, and record it for those who wait; who is told nothing has to look again."""
        await self._serve_alike()
        if (self.others or self.strangers) and not self.blocked:
            self.next = self._unanswered(self.others)[:SINGLES_A_ROUND] + self.strangers[:SINGLES_A_ROUND]

    async def _serve_alike(self) -> None:
        are_many = len(self.own) + len(self.others) >= WORTH_A_PAGE
        if are_many and any(lookup.listed is None for lookup in self.own):
            with suppress(NotSupported):
                await self._by_lists()
                return
        await self._singly(self.own[:SINGLES_A_ROUND])

    async def _by_lists(self) -> None:
        # The open orders first: what ends between the two lists is in the second.
        begun = (await Now()).monotonic
        opened = await self._list(VenueHooks.fetch_open_orders)
        if isinstance(opened, OrderPage):
            _note_open(opened, self._unanswered())
        ended = _block_of(opened) or await self._list(VenueHooks.fetch_orders)
        if isinstance(ended, OrderPage):
            self._note_page(ended, begun)
            await self._read_on(ended, begun)
        if isinstance(opened, OrderPage):
            _note_shown(opened.orders, self._unanswered(), begun)
        failures = [answer for answer in (opened, ended) if isinstance(answer, AdapterError)]
        if block := _block_of(ended):
            self._settle(self._unanswered(), block)
        if isinstance(opened, OrderPage) and opened.complete:
            listed: Gone | AdapterError = Gone(_newest_times(opened.orders, latest_time(await Now())))
        else:
            listed = _no_answer(failures)
        await self._ask_for_own(listed)
        self._settle(self._unanswered(self.own), listed)
        if any(isinstance(failure, NotSent) for failure in failures):
            return  # what the leading call had no time to send, another one that waits may have
        unanswered = self._unanswered(self.others)
        for lookup in unanswered[:SINGLES_A_ROUND]:
            lookup.listed = listed
        self._settle(unanswered[SINGLES_A_ROUND:], listed)

    async def _ask_for_own(self, listed: Gone | AdapterError) -> None:
        """Ask singly for the leading call's orders that no list shows; ``listed`` is what the lists tell of them."""
        own = self._unanswered(self.own)
        goes_on_until = (await Now()).monotonic + TIME_FOR_SINGLES
        for lookup in own:
            lookup.listed = listed
        await self._singly(own[:SINGLES_A_ROUND])
        for lookup in own[SINGLES_A_ROUND:]:
            if self._unanswered(self.others) or self.late() or (await Now()).monotonic >= goes_on_until:
                return
            await self._singly([lookup])

    async def _singly(self, pending: Sequence[PendingLookup]) -> None:
        """Ask for one order after the other; what is shown is shown to all who wait for the same order."""
        for lookup in pending:
            if lookup.result is not None:
                continue
            same = [other for other in (*self._unanswered(), *self.late()) if other.is_alike(lookup)]
            result = await _query(self.hooks, lookup.requests, self.deadline)
            if isinstance(result, Missed):
                listed = lookup.told_by_lists()
                gone = listed if isinstance(listed, Gone) else None
                as_of = {} if gone is None else gone.as_of
                result = replace(result, gone=gone is not None, as_of=as_of, unread=lookup.unread)
            lookup.result = result
            if isinstance(result, Shown):
                for other in same:
                    other.result = result if other.result is None else other.result
            if block := _block_of(result):
                self._settle(self._unanswered(), block)
                return

    async def _read_on(self, page: OrderPage, begun: float) -> None:
        """Read as many further pages of order history as the orders waited for could fill."""
        pages, rows = 1, len(page.orders)
        while page.next_before_id is not None and 0 < rows * pages < len(self.own) + len(self.others):
            answer = await self._list(VenueHooks.fetch_orders, page.next_before_id)
            if isinstance(answer, AdapterError):
                return
            page, pages = answer, pages + 1
            self._note_page(page, begun)

    async def _list(
        self, hook: Callable[[VenueHooks, ListOrdersRequest], Flow[OrderPage]], before_id: str | None = None
    ) -> OrderPage | AdapterError:
        attempt = Attempt(self.deadline, Lane.CONFIRM)
        request = ListOrdersRequest(before_id=before_id, any_account=True, params=self._params)
        try:
            return await ask_page(self.hooks, hook, attempt, request)
        except NotSupported:
            raise
        except AdapterError as error:
            error.order = None  # a list's is nobody's own
            return error

    def _note_page(self, page: OrderPage, begun: float) -> None:
        """Record a list's orders for those it was fetched for, and its ended ones for all who came since."""
        known = list(page.orders)
        _note_unread(page, self._unanswered())
        _note_shown(known, self._unanswered(), begun)
        late = [lookup for lookup in self.late() if lookup.is_asked_with(self._params)]
        _note_shown([order for order in known if order.status is not None and order.status.final], late, begun)

    @property
    def _params(self) -> Mapping[str, Any]:
        return next((lookup.params for lookup in (*self.own, *self.others)), {})

    def _unanswered(self, among: Iterable[PendingLookup] | None = None) -> list[PendingLookup]:
        return [lookup for lookup in ((*self.own, *self.others) if among is None else among) if lookup.result is None]

    def _settle(self, pending: Iterable[PendingLookup], listed: Gone | AdapterError) -> None:
        """Record what the lists came to for orders that they do not show, or that the venue blocks us."""
        self.blocked = self.blocked or _block_of(listed) is not None
        for lookup in pending:
            lookup.listed = listed
            lookup.result = lookup.told_by_lists()


def _newest_times(orders: Iterable[Order], latest: float) -> dict[str | None, int]:
    """Return the newest time that orders of each symbol show; one still to come tells nothing of a list's age."""
    newest: dict[str | None, int] = {}
    for order in orders:
        for time in (order.timestamp, order.last_update_timestamp):
            if time is not None and time <= latest:
                newest[order.symbol] = max(time, newest.get(order.symbol, time))
    return newest


def _block_of(answer: object) -> AdapterError | None:
    """Return an answer if it says that the venue blocks us: then nothing more is asked."""
    return answer if isinstance(answer, AdapterError) and is_block(answer) else None


def _no_answer(failures: list[AdapterError]) -> AdapterError:
    return failures[0] if failures else OutcomeUnknown("the lists of orders did not show this one")


def _note_open(opened: OrderPage, pending: Iterable[PendingLookup]) -> None:
    """Record the rows of the open orders: what they say was filled counts, whatever else is shown."""
    by_id = {order.id: order for order in opened.orders}
    for lookup in (unanswered := list(pending)):
        row = by_id.get(lookup.requests[0].order_id)
        lookup.opened = None if row is None or is_of_another_symbol(row, lookup.requests[0]) else row
    if any(lookup.opened is None for lookup in unanswered):
        others = {folded(order.id) for order in opened.orders if order.id is not None}
        for lookup in unanswered:
            asked = lookup.requests[0].order_id
            lookup.written_otherwise = asked is not None and asked not in by_id and folded(asked) in others
    _note_unread(opened, unanswered)


def _note_unread(page: OrderPage, pending: Iterable[PendingLookup]) -> None:
    """Record what can be read of rows that name an order: whatever else is not to be read of it, it exists."""
    by_id: dict[str, list[Order]] = {}
    by_client_id: dict[str, list[Order]] = {}
    rows = [row.order for row in page.unread if row.order is not None]
    for order in rows:
        by_id.setdefault(order.id or "", []).append(order)
        by_client_id.setdefault(order.client_order_id or "", []).append(order)
    for lookup in pending if rows else ():
        for asked in lookup.requests:
            by_own_id = by_client_id.get(asked.client_order_id, ()) if asked.client_order_id else ()
            named = by_id.get(asked.order_id, ()) if asked.order_id else by_own_id
            lookup.unread = next((one for one in named if not is_of_another_symbol(one, asked)), lookup.unread)


def _note_shown(orders: Iterable[Order], pending: Iterable[PendingLookup], begun: float) -> None:
    """Record the orders that are wanted by the venue's id.

    A client's id may have been used before, so it is queried, unless no other order can have it. Some venues count ids
    by symbol: a row of another symbol than was asked for is no order that is wanted.
    """
    listed = list(orders)
    by_id = {order.id: order for order in listed}
    by_client_id = {order.client_order_id: order for order in listed}
    for lookup in pending:
        asked = lookup.requests[0]
        order = by_client_id.get(asked.client_order_id) if lookup.only_one else by_id.get(asked.order_id)
        if order is not None and lookup.result is None and not is_of_another_symbol(order, asked):
            lookup.result = Shown(order, begun, None if lookup.opened is order else lookup.opened)


async def _query(hooks: OperationHooks, requests: Names, deadline: float) -> LookupResult:
    """Look under one id after the other until one shows the order."""
    begun = (await Now()).monotonic
    for request in requests:
        attempt = Attempt(deadline, Lane.CONFIRM)
        try:
            return Shown(await hooks.call(VenueHooks.fetch_order, Order, attempt, request), begun)
        except OrderNotFound:
            continue
        except AdapterError as error:
            return error
    return Missed(begun)
