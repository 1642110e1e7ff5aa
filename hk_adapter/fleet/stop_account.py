"""Stop one account, as one flow: cancel what is open until a list shows nothing, and every order's end is proven."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from hk_adapter.errors import (
    AdapterError,
    AuthenticationError,
    BadRequest,
    ConfigurationError,
    InvalidArgument,
    NotSent,
    NotSupported,
    OrderDenied,
    OutcomeUnknown,
    PluginError,
    RateLimited,
)
from hk_adapter.execution.cancel.scope import break_of, check_prefix, orders_in_scope, untold_rows
from hk_adapter.execution.known_orders import LISTS_LAG
from hk_adapter.execution.open_orders import OpenOrders
from hk_adapter.fleet.arrivals import Arrivals
from hk_adapter.fleet.found_orders import FoundOrders, OrderKey, why_not
from hk_adapter.fleet.kill_report import AccountStop, StopProgress
from hk_adapter.fleet.kill_scope import KillScope
from hk_adapter.fleet.known_open import KnownOpen
from hk_adapter.fleet.stopped import Stopped
from hk_adapter.flow.effects import Now, Sleep
from hk_adapter.model import CancelReport, Order

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
"""Seconds between two rounds; longer while nothing comes of them."""
LEAST_ROUND = 5.0
"""Seconds that a round may take, or a third of what is left: what arrives meanwhile is canceled by the next one."""
MOST_REFUSALS = 2
"""How often an account is listed that refuses the key or the request; each time its pages are asked for anew.

A dry run takes no order off the book by going on: it lists no account more often that cannot be listed, whatever the
reason, as a list that is cut off, or no network; only a rate limit is waited for.
"""

_TOO_SHORT = "the time was over before a list showed that nothing is open and nothing may arrive any more"

_NEVER = (InvalidArgument, NotSupported, ConfigurationError, OrderDenied)
_REFUSALS = (AuthenticationError, BadRequest, PluginError)

_POINTLESS = (*_NEVER, *_REFUSALS, RateLimited)
"""Errors of a list after which a cancel would meet the same."""

Tell = Callable[[StopProgress], None]


class AccountRun:
    """One account being stopped. Times in seconds of the monotonic clock."""

    def __init__(self, name: str, venue_id: str, scope: KillScope, tell: Tell) -> None:
        self._name, self._venue_id, self._scope, self._tell = name, venue_id, scope, tell
        self._found = FoundOrders()
        self._arrivals = Arrivals(self._found)
        self._seen: set[str] = set()
        self._books: dict[tuple[str | None, str | None], Mapping[str, Any]] = {}
        self._began = self._now = self._end = 0.0
        self._listings = self._refusals = self._denials = 0
        self._sent = self._dry = self._has_read = self._was_listed = False
        self._known: KnownOpen | None = None
        self._market_type: str | None = None
        self._pause = FIRST_PAUSE
        self._clean = False
        self._error: AdapterError | None = None
        self._cause: AdapterError | None = None

    async def stop(self, account: Stopped, *, blocked: bool) -> AccountStop:
        """Cancel everything in scope and say what became of it. Raises nothing that a venue or network can do.

        ``blocked``: whether creates are blocked; then what has left before is waited for.
        """
        with self._watching(account):
            await self._begin()
            while (pause := await self._round(account, blocked)) is not None:
                await Sleep(pause)
        await self._read_clock()
        return self.told(over=True)

    async def preview(self, account: Stopped) -> AccountStop:
        """List what would be canceled; sends only reads."""
        self._dry = True
        with self._watching(account):
            await self._begin()
            while (pause := await self._look(account)) is not None:
                await Sleep(pause)
        await self._read_clock()
        return self.told(over=True)

    async def _look(self, account: Stopped) -> float | None:
        """List once. Returns the seconds until the next try; None: it is over."""
        asked = self._scope.asked
        try:
            check_prefix(asked, account.client_ids)
            rows = await account.calls.fetch_open_orders(asked.symbol, params={"partial": True})
        except AdapterError as error:
            await self._learn_known(account.known)
            return await self._after(error)
        listed = OpenOrders(rows, list(getattr(rows, "unread", ())))
        placed = account.orders.still_open(self._market_type)
        apart = [order for order, params in placed if params and self._scope.covers(order)]
        self._found.learn_listed(())
        self._found.learn_open([*orders_in_scope(listed, asked), *apart])
        self._found.learn_untold(untold_rows(listed, asked, (), account.client_ids))
        self._listings, self._was_listed, self._clean, self._error = 1, True, True, None
        return None

    def told(self, error: AdapterError | None = None, *, over: bool = False) -> AccountStop:
        """Return what is known. ``error``: what ended it from outside, from another thread perhaps."""
        if error is not None and self._known is not None:
            self._learn_here(self._known)
        self._show(over=over)
        orders = self._found.all()
        if not self._dry:
            orders = tuple(one if one.final else one.replace(why=why_not(one, error or self._error)) for one in orders)
        return AccountStop(
            account=self._name,
            venue_id=self._venue_id,
            orders=orders,
            listings=self._listings,
            clean=self._clean and error is None,
            market_type=self._market_type,
            error=error or self._error,
            elapsed=self._now - self._began,
        )

    def _learn_here(self, known: KnownOpen) -> None:
        """Name what this process knows to be open, as long as the venue has not said it."""
        if not self._was_listed:
            for known_by, order in known.here(self._market_type):
                if self._scope.covers(order):
                    self._found.learn_known(known_by, order)

    async def _learn_known(self, known: KnownOpen) -> None:
        """Name what is known to be open; a journal is read once."""
        self._learn_here(known)
        if not self._was_listed and not self._has_read:
            self._has_read = True
            for known_by, order in await known.written():
                if self._scope.covers(order):
                    self._found.learn_known(known_by, order)

    def _saw(self, orders: Iterable[Order]) -> None:
        self._seen |= {order.id for order in orders if order.id is not None and self._scope.covers(order)}
        self._show()

    def _show(self, *, over: bool = False) -> None:
        found, final = self._found.counts()
        found = max(found, len(self._seen))
        listed = self._was_listed
        self._tell(
            StopProgress(account=self._name, found=found, final=final, listed=listed, sent=self._sent, over=over)
        )

    def _sends(self) -> None:
        if not self._sent:
            self._sent = True
            self._show()

    @contextmanager
    def _watching(self, account: Stopped) -> Iterator[None]:
        """Show what is listed, and that a cancel is about to be sent, for as long as the block lasts."""
        account.seen.listener, account.seen.before_cancel = self._saw, self._sends
        self._known = account.known
        self._market_type = None if self._scope.symbol is not None else account.market_type
        try:
            yield
        finally:
            account.seen.listener = account.seen.before_cancel = None

    async def _begin(self) -> None:
        self._began = self._arrivals.began = self._now = (await Now()).monotonic
        self._end = self._began + self._scope.timeout

    async def _read_clock(self) -> float:
        self._now = (await Now()).monotonic
        return self._now

    async def _round(self, account: Stopped, blocked: bool) -> float | None:
        """List, cancel, and look whether that was all. Returns the seconds until the next round; None: it is over."""
        began, before = await self._read_clock(), self._found.counts()
        if began >= self._end:
            self._note_over()
            return None
        settled = not blocked or self._arrivals.are_over(account, began)
        arrived = began >= self._arrivals.quiet_from(account)
        scope = self._scope
        try:
            listed = await account.calls.cancel_all_orders(
                scope.symbol, side=scope.side, client_id_prefix=scope.client_id_prefix, timeout=self._share()
            )
        except AdapterError as error:
            await self._learn_known(account.known)
            if not isinstance(error, _POINTLESS):
                await self._cancel_unlisted(account, set(), listed=False)
            return await self._after(error)
        broken = break_of(listed)
        self._error, self._cause, self._refusals = broken, broken, 0
        shown = self._found.learn_listed(listed, to_the_end=broken is None, arrived=arrived)
        self._listings += 1
        self._was_listed = self._was_listed or broken is None
        if broken is not None:
            await self._learn_known(account.known)
        unlisted = await self._cancel_unlisted(account, shown, listed=self._was_listed)
        self._show()
        if (
            settled
            and not listed
            and self._all_final()
            and (not blocked or await self._arrivals.are_over_for_all(account, began))
        ):
            self._clean = True
            return None
        if (denied := self._denied(settled)) is not None:
            self._error = denied
            return None
        moved, reports = self._found.counts() != before, [*listed, *unlisted]
        return await self._until_next(account, reports, moved=moved, idle=not reports)

    def _denied(self, settled: bool) -> AdapterError | None:
        """Return why no further pass would do better: every cancel that is left meets what no repeat can change.

        Where one order could be canceled, one that arrives can be too, and is waited for first.
        """
        errors = [None if one.report is None else one.report.error for one in self._found.all() if not one.final]
        refused = bool(errors) and all(isinstance(one, (*_NEVER, AuthenticationError)) for one in errors)
        self._denials = self._denials + 1 if refused else 0
        if not refused or not (settled or self._found.counts()[1] == 0):
            return None
        if self._denials < MOST_REFUSALS and not all(isinstance(one, _NEVER) for one in errors):
            return None
        if isinstance(errors[0], OrderDenied):
            told = OrderDenied(f"{len(errors)} orders stay open, and no repeat would change why: {errors[0]}")
            told.__cause__ = errors[0]
            return told
        return errors[0]

    def _all_final(self) -> bool:
        return all(order.final for order in self._found.all())

    async def _cancel_unlisted(
        self, account: Stopped, shown: Collection[OrderKey], *, listed: bool
    ) -> list[CancelReport]:
        """Cancel by their ids those that no list has shown: their ends are to be proven, or they are too new for it.

        Where open orders were ``listed``, of those that this process placed only the ones of just now; else all. So are
        those that it placed in a book of their own, which no list shows: each with the ``params`` that name that book.
        """
        open_ones = self._found.unsettled(shown)
        placed = account.orders.still_open(self._market_type)
        self._books |= {(one.id, one.symbol): params for one, params in placed if params}
        opened = account.orders.opened_since(self._began - LISTS_LAG, self._market_type)
        opened += [one for one, params in placed if params or not listed]
        open_ones += [one for one in opened if not self._found.knows(one) and self._scope.covers(one)]
        told: list[CancelReport] = []
        for orders, symbol, params in self._by_book(open_ones):
            told += await self._cancel_named(account, orders, symbol, params)
        return told

    def _by_book(self, orders: Iterable[Order]) -> list[tuple[dict[str, Order], str | None, Mapping[str, Any]]]:
        """Group orders by their symbols and the books that they were placed in."""
        groups: dict[tuple[str | None, str], tuple[dict[str, Order], str | None, Mapping[str, Any]]] = {}
        for one in sorted(orders, key=lambda one: one.symbol or ""):
            params = self._books.get((one.id, one.symbol), {})
            group = groups.setdefault((one.symbol, repr(dict(params))), ({}, one.symbol, params))
            if one.id is not None:
                group[0][one.id] = one
        return list(groups.values())

    async def _cancel_named(
        self, account: Stopped, orders: Mapping[str, Order], symbol: str | None, params: Mapping[str, Any]
    ) -> list[CancelReport]:
        await self._read_clock()
        if self._share() <= 0:
            return []
        try:
            reports = await account.calls.cancel_orders(list(orders), symbol, params, timeout=self._share())
        except AdapterError as error:  # what the caller did wrong, as by an id that cannot be one: they stay unsettled
            self._error = error
            return []
        for order, report in zip(orders.values(), reports, strict=True):
            self._found.learn(order, report)
        return reports

    def _share(self) -> float:
        left = self._end - self._now
        return min(left, max(LEAST_ROUND, left / 3))

    async def _after(self, error: AdapterError) -> float | None:
        """Decide about a list that could not be had. What we did not send hides nothing that the venue told before."""
        if not isinstance(error, NotSent) or error.unreachable:
            self._cause = error
        self._error = self._cause or error
        self._refusals += isinstance(error, _REFUSALS) or (self._dry and not isinstance(error, RateLimited))
        self._show()
        if isinstance(error, _NEVER) or self._refusals >= MOST_REFUSALS:
            return None
        pause = await self._pause_for(error.retry_after or 0.0, moved=False)
        if pause is None and self._was_listed and isinstance(error, NotSent):
            self._error = OutcomeUnknown(_TOO_SHORT)
            self._error.__cause__ = error
        return pause

    async def _until_next(
        self, account: Stopped, reports: Iterable[CancelReport], *, moved: bool, idle: bool
    ) -> float | None:
        wanted = max((one.retry_after or 0.0 for one in reports if not one.final), default=0.0)
        now = await self._read_clock()
        if idle and self._all_final():  # all that is left is to wait until nothing may arrive any more
            wanted, moved = max(wanted, self._arrivals.quiet_from(account) - now), True
        pause = await self._pause_for(wanted, moved=moved)
        if pause is None:
            self._note_over()
        return pause

    def _note_over(self) -> None:
        """Record that the time is over, where nothing else says why the account is not complete."""
        if self._error is None and self._all_final():
            self._error = OutcomeUnknown(_TOO_SHORT)

    async def _pause_for(self, wanted: float, *, moved: bool) -> float | None:
        """Return how long to rest; None where nothing could follow it in time."""
        self._pause = FIRST_PAUSE if moved else min(2 * self._pause, LONGEST_PAUSE)
        left = self._end - await self._read_clock()
        if wanted >= left or left <= FIRST_PAUSE:
            return None
        return max(wanted, min(self._pause, left / 2))
