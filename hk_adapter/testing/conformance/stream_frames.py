"""Frames of the private stream: each is read as it is, or told as a doubt, and nothing is done beside."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import cast

from hk_adapter.model import (
    BalancesSeen,
    Order,
    OrderSeen,
    OrderSide,
    OrderStatus,
    Reply,
    StreamEvent,
    StreamOver,
    StreamPlan,
    StreamReady,
    Trade,
    TradeSeen,
    Unread,
)
from hk_adapter.model.decimals import exact_sum
from hk_adapter.testing.conformance.as_it_is import FINE, LONG, require_as_it_is
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.further_script import WritesStates, WritesStreams
from hk_adapter.testing.conformance.other_values import with_other_values
from hk_adapter.testing.conformance.promises import BrokenPromise, needs, require
from hk_adapter.testing.conformance.reads import fuzzed
from hk_adapter.testing.conformance.script import Script
from hk_adapter.testing.conformance.scripted_data import ScriptedBalance, ScriptedFill, ScriptedOrder
from hk_adapter.testing.conformance.side_effects import watched
from hk_adapter.testing.conformance.spoiling import ROW, UNREADABLE

_NOBODYS_WORD = "zz_nobody_knows"
_FEW = 120
_SECOND = 1000
_MINUTE = 60_000


class StreamFrames:
    """Cases of what the reader of ``open_stream``'s plan makes of frames."""

    bench: Bench
    script: Script
    absent: frozenset[str]

    @needs("open_stream")
    def test_a_stream_is_ready_when_the_venue_says_so(self) -> None:
        """A plan that ``awaits_ready`` is told ready once, by the last of what comes first, and by no order or pong.

        Look at: which frame becomes ``StreamReady``: the one that confirms the last subscription.
        """
        plan, frames = self.bench.streams.open(), self._writer.ready_frames()
        told = [_readies(self._events_of(plan, [frame])) for frame in frames]
        awaited = [0] * (len(frames) - 1) + [1] if plan.awaits_ready else [0] * len(frames)
        require(told == awaited, f"of the frames that come first, these say that it is ready: {told}, not {awaited}")
        later = [*self._writer.quiet_frames(), *self._frames_of(self.bench.exchange.place())]
        require(not _readies(self._events_of(plan, later)), "a stream is told ready by what does not say so")

    @needs("open_stream")
    def test_an_order_of_the_stream_is_read_as_it_is(self) -> None:
        """Its ids, market, side, numbers, status and time come through with every digit, and nothing that is not so.

        Look at: which field of the frame becomes which of the ``Order``, and in what units numbers and times are told.
        """
        plan = self._plan()
        for order in self._different():
            read = self._orders_of(plan, self._frames_of(order))
            require(read, f"a frame told of {order.id}, and no order was read")
            for one in read:
                require_as_it_is(one, order)
                told = (one.status, one.filled)
                is_so = (order.status, order.filled)
                require(told == is_so, f"{order.id} is {is_so[0]} with {is_so[1]} filled, and was read as {told}")

    @needs("open_stream", "state_words")
    def test_each_state_of_the_stream_is_read(self) -> None:
        """An order stands as the venue's word in the frame says, also where the word is a rare one.

        Look at: the table of status words of the stream: it has all that the documentation has.
        """
        writer: WritesStates = self.script  # type: ignore[assignment]
        plan = self._plan()
        for state in writer.state_words():
            whole = state.status is OrderStatus.CLOSED
            filled = Decimal(whole) if state.filled is None else state.filled
            order = self.bench.exchange.place(filled=f"{filled:f}", status=state.status, word=state.word)
            read = [one.status for one in self._orders_of(plan, self._frames_of(order))]
            require(read, f"a frame told of an order that is {state.word}, and none was read")
            told = f"{state.word} says {state.status}, and was read as {read[-1]}"
            require(read[-1] is state.status, told)

    @needs("open_stream")
    def test_a_state_of_the_stream_that_nobody_knows_is_a_doubt(self) -> None:
        """An order whose word is unknown has not ended by it: the frame is a doubt, or the order has no status.

        Look at: what stands where the table of status words lacks one: never a usual status, and never nothing.
        """
        order = self.bench.exchange.place(word=_NOBODYS_WORD)
        events = self._events_of(self._plan(), self._frames_of(order))
        seen = [one.order for one in events if isinstance(one, OrderSeen)]
        told = f"nobody knows {_NOBODYS_WORD}, and it was read as {[one.status for one in seen]}"
        require(all(one.status is None for one in seen), told)
        require(seen or any(map(_is_doubt, events)), f"nobody knows {_NOBODYS_WORD}: nothing was told")

    @needs("open_stream", "streamed_fills")
    def test_a_fill_of_the_stream_is_read_whole(self) -> None:
        """A frame that tells of a fill gives it, with every digit, its side, price and order.

        Look at: which fields are those of the fill, and which of all that is filled; a fill without an id of the
        venue's lists is told under another one.
        """
        plan = self._plan()
        long = Decimal("1234567890.12345678")
        self._fill_read(plan, OrderSide.SELL, Decimal("1.00000001"), long, Decimal("0.00000003"), maker=True)
        self._fill_read(plan, OrderSide.BUY, LONG, FINE, LONG, maker=False)
        self._fill_read(plan, OrderSide.BUY, Decimal(1), Decimal(1900), Decimal(0), maker=True)

    @needs("open_stream")
    def test_no_fill_of_the_stream_is_made_up(self) -> None:
        """A frame that shows a part of an order filled, and tells of no fill, gives none.

        Look at: what ``OrderSeen.trade`` is made of: the frame's own fill, and never what is filled in all.
        """
        order = self.bench.exchange.place(filled="0.5")
        made_up = self._fills_of(self._plan(), self._frames_of(order))
        require(not made_up, f"the frame tells of no fill, and it was read as {made_up}")

    def _fill_read(
        self, plan: StreamPlan, side: OrderSide, amount: Decimal, price: Decimal, fee: Decimal, *, maker: bool
    ) -> None:
        whole = exact_sum(amount, amount)
        order = self.bench.exchange.place(side=side, price=price, amount=whole, filled=f"{amount:f}")
        order.updated += 30 * _MINUTE
        fill = ScriptedFill(
            id=self._writer.fill_id(len(self.bench.exchange.orders)),
            order=order,
            price=price,
            amount=amount,
            fee=fee,
            maker=maker,
            time=order.updated,
        )
        read = self._fills_of(plan, self._frames_of(order, fill))
        require(read, f"a frame told of the fill {fill.id}, and none was read")
        for one in read:
            _is_that_fill(one, fill)

    @needs("open_stream")
    def test_balances_of_the_stream_are_read_as_they_are(self) -> None:
        """What is free and what is held of a currency is read with every digit, where the venue tells it so.

        Look at: which field of the row is which; a script whose venue tells no balances so writes no frame of them.
        """
        rows = [
            ScriptedBalance(currency="ETH", free=LONG, used=FINE),
            ScriptedBalance(currency="USD", free=Decimal(0), used=Decimal("1.5")),
        ]
        frames = self._writer.balance_frames(rows)
        seen = [one.balances for one in self._events_of(self._plan(), frames) if isinstance(one, BalancesSeen)]
        require(seen or not frames, "a frame told of balances, and none were read")
        read = {name: one[name] for one in seen for name in one}
        for true in rows if frames else ():
            require(true.currency in read, f"there is {true.currency}, and it is not among {sorted(read)}")
            told = read[true.currency]
            pairs = ((told.free, true.free), (told.used, true.used), (told.total, true.total))
            wrong = any(number not in (None, is_so) for number, is_so in pairs)
            require(not wrong, f"there is {true.currency}: {true.free} free, {true.used} held; it was read as {told}")

    @needs("open_stream", UNREADABLE)
    def test_a_frame_that_cannot_be_read_is_a_doubt(self) -> None:
        """Where a number of an order is none, the frame is ``Unread``: not left out, not raised, and no order.

        Look at: what ``read`` catches: all that is wrong with a frame, and each becomes an ``Unread``.
        """
        order = self.bench.exchange.place(amount=Decimal(ROW))
        plan, frames = self._plan(), self._frames_of(order)
        spoilt = [frame.replace(ROW, "NaN") for frame in frames]
        require(spoilt != list(frames), f"the script does not write the amount {ROW} with these digits")
        events = self._events_of(plan, spoilt)
        require(any(map(_is_doubt, events)), f"a frame could not be read, and gave {events}")
        read = [one.order.amount for one in events if isinstance(one, OrderSeen) and one.order.amount is not None]
        require(not read, f"an amount that is no number was read as {read}")

    @needs("open_stream")
    def test_garbage_on_the_stream_is_never_raised(self) -> None:
        """Whatever frames come, ``read`` gives events: a connection is not lost by one, nor an order.

        Look at: what ``read`` does between the text and the events; any field may be a list, a number, or missing.
        """
        plan = self._plan()
        for frame in self._frames_of(self.bench.exchange.place(filled="0.5")):
            for body in fuzzed(frame.encode(), _FEW):
                self._events_of(plan, [body.decode("utf-8", "replace")])
            self._events_of(plan, with_other_values(frame))

    @needs("open_stream")
    def test_frames_that_say_nothing_give_nothing(self) -> None:
        """A pong, or the word that a subscription holds, is no event and no doubt; a ping gets its answer.

        Look at: which frames the venue documents besides: an ``Unread`` makes the host ask for every open order.
        """
        plan = self._plan()
        for frame in self._writer.quiet_frames():
            events = self._events_of(plan, [frame])
            require(not events, f"the frame {frame[:60]!r} says nothing, and gave {events}")
        for ping, pong in self._writer.pings():
            replies = [one.text for one in self._events_of(plan, [ping]) if isinstance(one, Reply)]
            require(replies, f"the frame {ping[:60]!r} wants an answer, and got none")
            require(_parsed(replies[0]) == _parsed(pong), f"{ping[:60]!r} is answered by {pong!r}, not {replies[0]!r}")

    @needs("open_stream")
    def test_what_a_frame_says_depends_on_no_other(self) -> None:
        """An order is read the same, whatever was told before it, and by the reader of another connection.

        Look at: what the reader remembers from one frame to the next: how many came, and nothing of an order.
        """
        first, second = (self.bench.exchange.place(filled=filled) for filled in ("0", "0.75"))
        plan = self._plan()
        alone = self._events_of(plan, self._frames_of(first))
        self._events_of(plan, self._frames_of(second))
        again = self._events_of(plan, self._frames_of(first))
        require(again == alone, "an order was read otherwise after another one had come")
        plan = self._plan()
        again = self._events_of(plan, self._frames_of(first))
        require(again == alone, "an order was read otherwise by the next connection's reader")

    @needs("open_stream", "the_hosts_clock")
    def test_a_reader_does_nothing_beside(self) -> None:
        """It opens no socket, starts no thread, never sleeps, and reads no clock.

        Look at: the imports of the reader: times are those of the frames.
        """
        plan, frames = self._plan(), self._frames_of(self.bench.exchange.place(filled="0.5"))
        with watched(clocks=True) as done, suppress(Exception):  # what it raises is another case's
            self._events_of(plan, frames)
        require(not done, f"a reader did something by itself: {', '.join(done)}")

    @property
    def _writer(self) -> WritesStreams:
        return cast("WritesStreams", self.script)

    def _plan(self) -> StreamPlan:
        """Open a stream, and read what comes first over it."""
        plan = self.bench.streams.open()
        self._events_of(plan, self._writer.ready_frames())
        return plan

    def _frames_of(self, order: ScriptedOrder, fill: ScriptedFill | None = None) -> Sequence[str]:
        return self._writer.frames(order, fill)

    def _events_of(self, plan: StreamPlan, frames: Iterable[str]) -> list[StreamEvent]:
        events: list[StreamEvent] = []
        for frame in frames:
            try:
                events += plan.reader.read(frame)
            except Exception as error:
                told = f"a frame was not read but raised {type(error).__name__}: {error}"
                raise BrokenPromise(told) from error
        return events

    def _orders_of(self, plan: StreamPlan, frames: Iterable[str]) -> list[Order]:
        events = self._events_of(plan, frames)
        doubts = [one.reason for one in events if isinstance(one, Unread)]
        require(not doubts, f"a frame as documented could not be read: {doubts}")
        return [one.order for one in events if isinstance(one, OrderSeen)]

    def _fills_of(self, plan: StreamPlan, frames: Iterable[str]) -> list[Trade]:
        events = self._events_of(plan, frames)
        beside = [one.trade for one in events if isinstance(one, OrderSeen) and one.trade is not None]
        return beside + [one.trade for one in events if isinstance(one, TradeSeen)]

    def _different(self) -> list[ScriptedOrder]:
        """Place orders that have nothing in common."""
        now, own = self.bench.exchange.now(), "client_order_id" not in self.absent
        other = getattr(self.script, "other_symbol", self.script.symbol)
        terms: tuple[tuple[OrderSide, Decimal, Decimal, str, OrderStatus, str], ...] = (
            (OrderSide.BUY, Decimal("1900.5"), Decimal(2), "0", OrderStatus.OPEN, self.script.symbol),
            (OrderSide.SELL, LONG, LONG, f"{FINE:f}", OrderStatus.OPEN, other),
            (OrderSide.BUY, FINE, Decimal("3.00000001"), "1.25", OrderStatus.CANCELED, self.script.symbol),
            (OrderSide.SELL, Decimal("1234567890.12345678"), Decimal("0.5"), "0.5", OrderStatus.CLOSED, other),
            (OrderSide.SELL, Decimal(1901), Decimal(1), "0", OrderStatus.CANCELED, self.script.symbol),
        )
        placed = [
            self.bench.exchange.place(
                side=side,
                price=price,
                amount=amount,
                filled=filled,
                status=status,
                symbol=symbol,
                created=now - (1 + number) * 10 * _MINUTE,
                client_order_id=self.bench.own_id(80 + number) if own else None,
            )
            for number, (side, price, amount, filled, status, symbol) in enumerate(terms)
        ]
        for order in placed:
            order.updated += 3 * _MINUTE
        return placed


def _is_that_fill(read: Trade, true: ScriptedFill) -> None:
    told: dict[str, tuple[object, object]] = {
        "order_id": (read.order_id, true.order.id),
        "price": (read.price, true.price),
        "amount": (read.amount, true.amount),
        "side": (read.side, true.order.side),
        "symbol": (read.symbol, true.order.symbol),
    }
    for name, (is_read, is_so) in told.items():
        require(is_read == is_so, f"{name} of the fill {true.id} is {is_so}, and was read as {is_read}")
    require(read.id in (None, true.id), f"the fill {true.id} was read as {read.id}")
    rested = "maker" if true.maker else "taker"
    require(read.taker_or_maker in (None, rested), f"it is the {rested}'s, and was read as the {read.taker_or_maker}'s")
    costs = [fee.cost for fee in read.fees]
    require(costs in ([], [true.fee]), f"it cost {true.fee}, and was read to cost {costs}")
    at, when = read.timestamp, true.time
    require(at is None or abs(at - when) <= _SECOND, f"it was made at {when}, and was read as made at {at}")


def _readies(events: Iterable[StreamEvent]) -> int:
    return sum(isinstance(one, StreamReady) for one in events)


def _is_doubt(event: StreamEvent) -> bool:
    """Whether the host asks for what is open because of it."""
    return isinstance(event, Unread | StreamOver)


def _parsed(text: str) -> object:
    """Read JSON, of which no spelling is the only one; what is none stays text."""
    try:
        return json.loads(text)
    except ValueError:
        return text
