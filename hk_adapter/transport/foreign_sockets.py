"""WebSockets for a library that has its own way with them: opened by the connection's rules, and all closed with it."""

from __future__ import annotations

import asyncio
from typing import Any

from hk_adapter.errors import NotSent
from hk_adapter.flow.real_time import monotonic
from hk_adapter.transport.aiohttp_streams import AiohttpLink, AiohttpStreams


class ForeignSockets:
    """Used in one loop. ``seconds`` is how long opening one may take."""

    def __init__(self, streams: AiohttpStreams, seconds: float) -> None:
        self._streams = streams
        self._seconds = seconds
        self._links: list[AiohttpLink] = []
        self._opening = set[asyncio.Task[AiohttpLink]]()
        self._closed = False

    async def open_socket(self, url: str, **options: Any) -> Any:
        """As Ways.open_socket."""
        await self._close([link for link in self._links if link.socket.closed])
        if self._closed:  # looked at without a pause before the next one is opened
            raise NotSent("nobody watches any more")
        opening = asyncio.ensure_future(self._streams.open_link(url, monotonic() + self._seconds, **options))
        self._opening.add(opening)
        opening.add_done_callback(self._keep)
        try:
            await asyncio.wait([opening])
        finally:
            opening.cancel()
        if opening.cancelled():
            raise NotSent("nobody watches any more")
        return opening.result().socket

    async def close(self) -> None:
        """Close all of them, and let none be opened any more."""
        self._closed = True
        if opening := list(self._opening):
            for one in opening:
                one.cancel()
            await asyncio.wait(opening)
            await asyncio.sleep(0)  # for what was open already, and is kept by a callback
        await self._close(list(self._links))

    def _keep(self, opened: asyncio.Task[AiohttpLink]) -> None:
        """Keep what was opened, also where whoever asked for it was canceled in that moment."""
        self._opening.discard(opened)
        if not opened.cancelled() and opened.exception() is None:
            self._links.append(opened.result())

    async def _close(self, links: list[AiohttpLink]) -> None:
        self._links = [one for one in self._links if one not in links]
        for link in links:
            await link.close()
