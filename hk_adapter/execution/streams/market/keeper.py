"""Keep one public stream: open it, subscribe to what is watched, read it, and open it again when it is lost."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from hk_adapter.execution.streams.link import OPENING, after, open_link, ping_text, read_and_tend, tend_and_close
from hk_adapter.execution.streams.market.asking import AsksForMarkets
from hk_adapter.execution.streams.market.board import Board
from hk_adapter.execution.streams.market.feed import MarketFeed
from hk_adapter.execution.streams.market.reading import events_of
from hk_adapter.execution.streams.reopening import Reopening
from hk_adapter.flow.bell import Bell
from hk_adapter.flow.effects import Now
from hk_adapter.flow.log_line import Lines
from hk_adapter.flow.streams import CloseStream, Listen, Receive, SendFrame
from hk_adapter.model import MarketStreamPlan, Reply, StreamOver


class MarketKeeper:
    """The public stream of one venue, in one flow: ``run``, until it is abandoned, and ``finish`` after that.

    ``patience``: seconds within which it must be open for the first time, and each topic be answered.

    Attributes:
        feed: those who watch.
        is_live: whether the stream is open; what is whole of it, each topic knows.
    """

    def __init__(self, asks: AsksForMarkets, patience: float = OPENING) -> None:
        self._asks = asks
        self._log = Lines("hk_adapter.streams", most=20)
        self._reopening = Reopening(patience)
        self._bell = Bell()
        self.feed = MarketFeed(self._bell.ring)
        self._board = Board(self.feed, patience)
        self.is_live = False
        self._heard_at = 0.0
        self._link: Any = None
        self._over = False

    async def run(self) -> None:
        """Keep the stream until nobody wants it any more. Raises what no further try would mend."""
        await self._reopening.keep(self._once, self.feed.note)

    async def finish(self) -> None:
        """Close what is open, after ``run``."""
        self._over, self.is_live = True, False
        self._board.lose()
        link, self._link = self._link, None
        if link is not None:
            await CloseStream(link)

    async def _once(self) -> float:
        """Open a connection, and keep it until it is lost; return how long it was there, in seconds."""
        plan = await self._asks.open_market_stream()
        link = self._link = await open_link(plan.url)
        begun = self._heard_at = (await Now()).monotonic
        self._board.open(begun)
        self._over, self.is_live = False, True
        error = await read_and_tend(link, self._reading(plan, link), self._tending(plan, link))
        self._link = None
        if error is not None:
            raise error
        return (await Now()).monotonic - begun

    async def _reading(self, plan: MarketStreamPlan, link: Any) -> None:
        try:
            while True:
                frame = await Receive(link, self._heard_at + plan.silence)
                now = (await Now()).monotonic
                if self._over:
                    return
                if frame is not None:
                    self._heard_at = now
                    await self._take(plan, link, frame, now)
                elif now >= self._heard_at + plan.silence:
                    self._log.warning("the stream has been silent for %.0f s, and is opened again", plan.silence)
                    return
        finally:
            self._lose()

    async def _take(self, plan: MarketStreamPlan, link: Any, frame: str, now: float) -> None:
        due = self._board.next_due()
        for event in events_of(plan, frame):
            if isinstance(event, Reply):
                await SendFrame(link, event.text)
            elif isinstance(event, StreamOver):
                self._lose()
                return
            else:
                self._board.hear(event, now)
        self._reopening.was_live = self._board.has_told
        if self._board.next_due() < due:
            self._bell.ring()

    async def _tending(self, plan: MarketStreamPlan, link: Any) -> None:
        try:
            await tend_and_close(link, partial(self._tend, plan, link))
        finally:
            self._lose()

    async def _tend(self, plan: MarketStreamPlan, link: Any) -> None:
        for first in plan.first:
            await SendFrame(link, first)
        now = (await Now()).monotonic
        ping, end = (after(now, span) for span in (plan.ping_every, plan.lifetime))
        while not self._over:
            moment = await Now()
            now = moment.monotonic
            if now >= end:
                return
            if now >= ping:
                ping = after(now, plan.ping_every)
                if (text := ping_text(plan.reader, moment.timestamp)) is not None:
                    await SendFrame(link, text)
                continue
            for text in self._board.texts(plan.reader, now):
                await SendFrame(link, text)
            due = min(self._board.next_due(), ping, end)
            if due > now and not self._over:
                await Listen(self._bell, None if due == math.inf else due)

    def _lose(self) -> None:
        """Record that this connection is over. Whoever watches knows at once that nothing is whole."""
        self._over, self.is_live = True, False
        self._board.lose()
        self._bell.ring()
