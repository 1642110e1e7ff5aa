"""A venue whose stream and look-ups are scripted, in virtual time: each test writes what happens when."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hk_adapter.errors import AdapterError, InvalidArgument, NotSupported, OrderNotFound, VenueUnavailable
from hk_adapter.execution.streams.consumer import Consumer
from hk_adapter.execution.streams.keeper import Keeper
from hk_adapter.execution.streams.poll_interval import Interval
from hk_adapter.execution.streams.poller import Poller
from hk_adapter.execution.streams.waiting import Waiting
from hk_adapter.flow.effects import Sleep
from hk_adapter.flow.runtime import Liveness, Runtime
from hk_adapter.model import (
    Balance,
    Balances,
    BalancesSeen,
    BalanceUpdate,
    Order,
    OrderSeen,
    OrderStatus,
    OrderUpdate,
    PartialList,
    Reply,
    StreamOver,
    StreamPlan,
    StreamReady,
    Trade,
    TradeSeen,
    TradeUpdate,
    Unread,
    UnreadRow,
)
from hk_adapter.testing.virtual_time import Story, VirtualRunner, VirtualTime
from hk_adapter.transport.rate_budget import RateBudget
from hk_adapter.transport.venue_clock import VenueClock

EPOCH = 1_700_000_000_000
"""When the virtual clock stood at 0, in ms UTC."""
WORDS = {"open": OrderStatus.OPEN, "filled": OrderStatus.CLOSED, "canceled": OrderStatus.CANCELED}


def row(order_id: str, status: str = "open", filled: str = "0", at: int | None = None, **more: Any) -> Order:
    """Give an order of one unit, as a list or a look-up shows it; ``at`` is the venue's time of its last change."""
    return Order(
        id=order_id,
        symbol=more.pop("symbol", "ETH/USD"),
        type="limit",
        amount=Decimal(1),
        filled=Decimal(filled),
        status=WORDS[status],
        last_update_timestamp=at,
        **more,
    )


def fill(trade_id: str | None, order_id: str, amount: str, at: int | None = None, **more: Any) -> Trade:
    """Give a fill; ``at`` is in ms after the script's own epoch, at which the clock of the test stands at 0."""
    return Trade(
        id=trade_id,
        order_id=order_id,
        symbol=more.pop("symbol", "ETH/USD"),
        price=more.pop("price", Decimal(2000)),
        amount=Decimal(amount),
        timestamp=None if at is None else EPOCH + at,
        **more,
    )


def funds(*rows: tuple[str, str, str], at: int | None = None, **more: Any) -> Balances:
    """Give balances: of each currency its code, what is free and what is used; ``at`` as of a fill."""
    by_currency = {
        code: Balance(free=Decimal(free), used=Decimal(used), total=Decimal(free) + Decimal(used))
        for code, free, used in rows
    }
    return Balances(by_currency=by_currency, timestamp=None if at is None else EPOCH + at, **more)


class OwnSeen(OrderSeen):
    """A class of the plugin's own, where a record is wanted."""


class Reader:
    """Reads frames of our own: lists of lists, the first word of each its kind."""

    def read(self, frame: str) -> list[Any]:
        """Read one frame."""
        return [self._event(*event) for event in json.loads(frame)]

    def _event(self, kind: str, *said: Any) -> Any:
        if kind == "order":
            return OrderSeen(order=row(*said))
        if kind == "fill":
            order_id, trade_id, amount, filled, *time = said
            trade = fill(trade_id, order_id, amount, *time)
            return OrderSeen(order=row(order_id, "filled" if filled == "1" else "open", filled), trade=trade)
        if kind == "funds":
            at, *rows = said
            return BalancesSeen(balances=funds(*rows, at=at))
        if kind == "ticket":
            trade = fill(None, said[0], said[1], *said[3:])
            return TradeSeen(trade=trade, told_as=said[2])
        if kind == "unread":
            return Unread(reason="nonsense", order_id=said[0])
        if kind == "ping":
            return Reply(text=f"pong {said[0]}")
        if kind == "broken":
            raise RuntimeError("a bug")
        if kind == "inexact":
            return OwnSeen(order=row(said[0]))
        if kind == "ready":
            return StreamReady()
        return StreamOver(reason="so it says")

    def ping(self, timestamp: int) -> str | None:
        """Write a ping."""
        return "ping"

    def venue_symbol(self, symbol: str) -> str:
        """Give the venue's word."""
        if "/" not in symbol:
            raise InvalidArgument("symbol: no unified one")
        return symbol.replace("/", "")


@dataclass
class Link:
    """One connection: frames by the time at which they come; None ends it then."""

    time: VirtualTime
    frames: list[tuple[float, str | None]]
    sent: list[tuple[float, str]] = field(default_factory=list)
    closed: bool = False

    def take(self) -> str | None:
        """Give what is due."""
        if self.closed:
            raise VenueUnavailable("closed")
        if self.frames and self.frames[0][0] <= self.time.now:
            frame = self.frames.pop(0)[1]
            if frame is None:
                self.closed = True
                raise VenueUnavailable("cut")
            return frame
        return None

    def send(self, text: str) -> None:
        """Note it."""
        self.sent.append((self.time.now, text))

    def close(self) -> None:
        """Note it."""
        self.closed = True


Answer = Order | AdapterError


class Scripted:
    """The venue: what its streams tell, and what it answers, each call after 0.05 s.

    ``streams``: the frames of each connection, in turn; an error refuses one. ``open_rows`` and ``orders``: functions
    of the time that give the list of open orders, and what a look-up shows. ``poll_every``: it has no streams, and is
    asked again and again; ``by_symbol``: and lists by symbol alone.
    """

    by_symbol = False

    def __init__(self, *, look_every: float = 0.02, poll_every: float | None = None, **plan: Any) -> None:
        self.time = VirtualTime(100.0)
        self.plan = plan
        self.streams: list[list[tuple[float, str | None]] | AdapterError] = []
        self.open_rows: Callable[[float], list[Order]] = lambda now: []
        self.history: Callable[[float], list[Order]] | None = None
        self.fills: Callable[[float], list[Trade]] = lambda now: []
        self.funds: Callable[[float], Balances] = lambda now: funds()
        self.fill_errors: list[AdapterError | None] = []
        self.unread: tuple[UnreadRow, ...] = ()
        self.unread_of_history: tuple[UnreadRow, ...] = ()
        self.orders: Callable[[str, float], Answer] = lambda order_id, now: OrderNotFound("unknown")
        self.behind: float | None = None
        """Seconds by which the venue's clock, where it can be asked for, is behind ours."""
        self.list_errors: list[AdapterError] = []
        self.renewals: list[bool | AdapterError] = []
        self.asked: list[tuple[float, str]] = []
        self.looked_by: list[tuple[str, str | None]] = []
        self.links: list[Link] = []
        self.keys = 0
        self.keeper = Keeper(self) if poll_every is None else Poller(self, Interval(seconds=poll_every))
        self.runner = VirtualRunner(
            Runtime(
                prepare=lambda call: None,
                clock=VenueClock(self.time.monotonic, lambda: 1_700_000_000 + self.time.now),
                admission=RateBudget({}),
                liveness=Liveness(),
                rng=random.Random(1),
            ),
            Opener(self),
            self.time,
            look_every,
        )

    def names(self) -> list[str]:
        """List what was asked."""
        return [name for _, name in self.asked]

    async def _answer(self, name: str) -> float:
        self.asked.append((round(self.time.now, 3), name))
        at = self.time.now
        await Sleep(0.05)
        return at

    async def open_stream(self) -> StreamPlan:
        """Give a plan, each with a key of its own."""
        await self._answer("open")
        self.keys += 1
        return StreamPlan(**{"url": "wss://x.example/s", "reader": Reader(), "key": str(self.keys)} | self.plan)

    async def first_texts(self, plan: StreamPlan) -> tuple[str, ...]:
        """Write nothing but what the plan says."""
        return plan.first

    async def renew_stream(self, plan: StreamPlan) -> bool:
        """Renew, as the script says."""
        await self._answer(f"renew {plan.key}")
        said = self.renewals.pop(0) if self.renewals else True
        if isinstance(said, AdapterError):
            raise said
        return said

    async def close_stream(self, plan: StreamPlan, timeout: float) -> bool:
        """Take a key back."""
        await self._answer(f"close {plan.key}")
        return True

    async def open_orders(self, symbol: str | None = None) -> list[Order]:
        """List what is open."""
        at = await self._answer("list" if symbol is None else f"list {symbol}")
        if self.list_errors:
            raise self.list_errors.pop(0)
        if symbol is None and self.by_symbol:
            raise NotSupported("by symbol only")
        return PartialList([one for one in self.open_rows(at) if symbol in {None, one.symbol}], self.unread)

    async def newest_orders(self, symbol: str | None = None) -> list[Order]:
        """List the newest orders."""
        at = await self._answer("history")
        if self.history is None:
            raise NotSupported("no such list")
        return PartialList(self.history(at), self.unread_of_history)

    async def my_trades(self, since: int, symbol: str | None = None) -> list[Trade]:
        """List the fills from a time on; what is asked is noted in ms after the epoch."""
        at = await self._answer(f"fills {since - EPOCH}" if symbol is None else f"fills {since - EPOCH} {symbol}")
        if self.fill_errors and (error := self.fill_errors.pop(0)) is not None:
            raise error
        if symbol is None and self.by_symbol:
            raise NotSupported("by symbol only")
        rows = [one for one in self.fills(at) if one.timestamp is None or one.timestamp >= since]
        rows = [one for one in rows if symbol in {None, one.symbol}]
        return PartialList(rows)

    async def balance(self) -> Balances:
        """Ask for the balances, as they are when the question arrives."""
        self.asked.append((round(self.time.now, 3), "balance"))
        said = self.funds(self.time.now)
        await Sleep(0.05)
        return said

    async def server_time(self) -> int:
        """Give the venue's time, where the script has one."""
        if self.behind is None:
            raise NotSupported("no such endpoint")
        at = await self._answer("time")
        return int(EPOCH + (at - self.behind) * 1000)

    async def order(self, order_id: str, symbol: str | None) -> Order:
        """Look an order up."""
        at = await self._answer(f"look {order_id}")
        self.looked_by.append((order_id, symbol))
        said = self.orders(order_id, at)
        if isinstance(said, AdapterError):
            raise said
        return said

    def open_link(self) -> Link:
        """Open the next connection."""
        frames = self.streams.pop(0) if self.streams else []
        if isinstance(frames, AdapterError):
            raise frames
        link = Link(self.time, frames)
        self.links.append(link)
        return link

    def watch(self, until: float, *consumers: Consumer) -> Exception | None:
        """Keep the stream up to a time, abandon it then, and give what ended it before, if anything did."""
        for consumer in consumers:
            self.keeper.feed.join(consumer)
        story = self.runner._drive(self.keeper.run())
        ended = None
        try:
            while (when := next(story)) <= until:
                self.time.jump(when)
        except StopIteration:
            raise AssertionError("it ended by itself") from None
        except Exception as error:  # noqa: BLE001 - told to the test
            ended = error
        story.close()
        self.time.jump(until)
        self.keeper.feed.end()
        self.runner.run(self.keeper.finish())
        return ended


class Opener:
    """Stands where the network would: it opens streams, and carries no request."""

    def __init__(self, venue: Scripted) -> None:
        self._venue = venue

    def open_stream(self, url: str, deadline: float) -> Story[Any]:
        """Open the next connection."""
        yield self._venue.time.now
        return self._venue.open_link()

    def send(self, request: Any, deadline: float) -> Story[Any]:
        """No request goes over HTTP here."""
        raise NotImplementedError


def frame(*events: Any) -> str:
    """Write a frame."""
    return json.dumps([list(event) for event in events])


def told(consumer: Consumer) -> list[tuple[str, str, str, bool]]:
    """List what a consumer was told: order, status, filled, whether live."""
    updates: list[OrderUpdate] = list(consumer._waiting)
    return [(one.order.id or "", str(one.order.status), str(one.order.filled), one.live) for one in updates]


def told_fills(consumer: Consumer) -> list[tuple[str | None, str, bool]]:
    """List which fills a consumer was told of: id, amount, whether live."""
    updates: list[TradeUpdate] = list(consumer._waiting)
    return [(one.trade.id, str(one.trade.amount), one.live) for one in updates]


def told_funds(consumer: Waiting[BalanceUpdate], code: str = "USD") -> list[tuple[str, bool]]:
    """List what a consumer was told of one currency: what is free, whether live; only where it changed."""
    return [(str(one.balances[code].free), one.live) for one in consumer._waiting if code in one.changed]
