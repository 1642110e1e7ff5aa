"""All connections: opened, told what happened, pinged, and ended when their key does or nobody answers.

Source: HashKey documentation, 2026: a ping every 30 seconds on private streams, which the client answers; a client may
ping too. It tells neither the code of an end nor what answers a wrong path: 1000, and HTTP 400 and 404.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random

import msgspec

from hk_adapter.simulator.access.listen_keys import ListenKey
from hk_adapter.simulator.exchange.agenda import Agenda
from hk_adapter.simulator.exchange.state import VenueState
from hk_adapter.simulator.streams.faults import StreamFaults
from hk_adapter.simulator.streams.market import IDLE_MS, MarketStreams
from hk_adapter.simulator.streams.private import AccountFeed
from hk_adapter.simulator.streams.server_connection import CUT, ServerConnection

PRIVATE = "/api/v1/ws/"
PUBLIC = {"/quote/ws/v1": 1, "/quote/ws/v2": 2}
SWITCHED, BAD_REQUEST, NOT_FOUND = 101, 400, 404
ENDED, RESTARTED = 1000, 1012
BACKLOG = 10_000
"""How many frames may wait on one connection; with more it is cut."""
PING_MS = 30_000
SILENCE_MS = 60 * 60 * 1000
"""How long a private stream lives without a word of its client's."""


class Streams:
    """Keep the connections. Callers hold the simulator's lock, and compute under `money.EXACT`."""

    def __init__(self, venue: VenueState, agenda: Agenda, seed: int) -> None:
        self.connections: list[ServerConnection] = []
        """Those that are open."""
        self.on_flush: Callable[[], None] | None = None
        """Called whenever what has happened is sent, before it is."""
        self.faults = StreamFaults()
        self._venue = venue
        self._agenda = agenda
        self._feeds: dict[str, AccountFeed] = {}
        self._markets = MarketStreams(venue, agenda)
        self._known_next: int | None = None
        self._random = Random(f"streams {seed}")  # noqa: S311 - chance must be repeatable here
        venue.listen_keys.on_end = self._end_of_key

    def open(self, path: str, now: int) -> tuple[int, ServerConnection]:
        """Open a connection: 101 and it, or a refusal's status (0: no connection came about) and one that has ended."""
        path, key = path.partition("?")[0], None
        status = self.faults.refusals.pop(0) if self.faults.refusals else SWITCHED
        if status == SWITCHED and path.startswith(PRIVATE):
            key = self._venue.listen_keys.find(path.removeprefix(PRIVATE))
            if key is None and self._venue.dialect.listen_key_stranger == "refused":
                status = BAD_REQUEST
        elif status == SWITCHED and path not in PUBLIC:
            status = NOT_FOUND
        connection = ServerConnection(self.faults, self._delay, BACKLOG, now)
        if status != SWITCHED:
            connection.end(CUT, f"refused: HTTP {status}" if status else "refused", now)
            connection.take(now)
        elif path in PUBLIC:
            self._open_public(connection, PUBLIC[path], now)
        elif key is None:
            connection.end(ENDED, "no such listen key", now)
        else:
            self._open_private(connection, key, now)
        return status, connection

    def hear(self, connection: ServerConnection, text: str, now: int) -> None:
        """Answer a client's frame; what makes no sense is ignored."""
        if connection.is_over:
            return
        connection.hear(now)
        try:
            said = msgspec.json.decode(text)
        except (msgspec.DecodeError, UnicodeEncodeError):
            return
        if not isinstance(said, dict):
            return
        if connection.key is None:
            self._markets.hear(connection, said, now)
        elif "ping" in said:
            connection.put(_text({"pong": said["ping"], "channelId": connection.channel}), now)

    def hang_up(self, connection: ServerConnection, now: int) -> None:
        """End a connection for its client."""
        connection.hang_up(now)
        self._sweep()

    def flush(self, now: int) -> None:
        """Send every connection what has happened since the last time."""
        if self.on_flush is not None:
            self.on_flush()
        for feed in list(self._feeds.values()):
            feed.flush(now)
        self._markets.flush(now)
        self._sweep()
        self._tell_who_waits()

    def restart(self, now: int, *, keys_survive: bool) -> None:
        """End every connection, and with them, if so, every listen key."""
        self.flush(now)
        for connection in self.connections:
            connection.end(RESTARTED, "service restart", now)
        if not keys_survive:
            for key in self._venue.listen_keys.all():
                self._venue.listen_keys.end(key, now)
        self._sweep()

    def _open_private(self, connection: ServerConnection, key: ListenKey, now: int) -> None:
        connection.key = key
        connection.channel = self._channel()
        account = key.account
        feed = self._feeds.get(account.account_id)
        if feed is None:
            feed = self._feeds[account.account_id] = AccountFeed(account, self._venue.dialect, self._venue.intake)
            self._venue.book.order_observers[account.account_id] = feed
        feed.connections.append(connection)
        self._attend(connection)
        self._agenda.add(now + PING_MS, partial(self._ping, connection))

    def _open_public(self, connection: ServerConnection, version: int, now: int) -> None:
        connection.channel = self._channel()
        self._markets.open(connection, version)
        self._attend(connection)
        self._agenda.add(now + IDLE_MS, partial(self._end_if_idle, connection))

    def _attend(self, connection: ServerConnection) -> None:
        self.connections.append(connection)
        self._agenda.afterwards = self.flush

    def _tell_who_waits(self) -> None:
        # Whoever waits for what the agenda had must look again once something is due sooner.
        due, known = self._agenda.next, self._known_next
        self._known_next = due
        if due is not None and (known is None or due < known):
            for connection in self.connections:
                connection.wake()

    def _sweep(self) -> None:
        if not any(connection.is_over for connection in self.connections):
            return
        self.connections = [connection for connection in self.connections if not connection.is_over]
        for account_id, feed in list(self._feeds.items()):
            feed.connections = [connection for connection in feed.connections if not connection.is_over]
            if not feed.connections:
                del self._feeds[account_id], self._venue.book.order_observers[account_id]
        self._markets.sweep()
        if not self.connections:
            self._agenda.afterwards = None

    def _end_of_key(self, key: ListenKey, now: int) -> None:
        self.flush(now)
        for connection in self.connections:
            if connection.key is key:
                connection.end(ENDED, "the listen key has ended", now)
        self._sweep()

    def _ping(self, connection: ServerConnection, now: int) -> None:
        if connection.is_over:
            return
        if self._is_silent(connection, now):
            connection.end(ENDED, "no pong", now)
            return
        connection.unanswered += 1
        connection.put(_text({"ping": now, "channelId": connection.channel}), now, ("ping",))
        self._agenda.add(now + PING_MS, partial(self._ping, connection))

    def _is_silent(self, connection: ServerConnection, now: int) -> bool:
        if self._venue.dialect.stream_heartbeat == "two_pings":
            return connection.unanswered >= 2
        return now - connection.heard >= SILENCE_MS

    def _end_if_idle(self, connection: ServerConnection, now: int) -> None:
        if connection.is_over:
            return
        if now - connection.touched >= IDLE_MS:
            connection.end(CUT, "", now)
        else:
            self._agenda.add(connection.touched + IDLE_MS, partial(self._end_if_idle, connection))

    def _delay(self) -> int:
        low, high = self._venue.dialect.stream_delay_ms
        return self._random.randint(low, high) if high else 0

    def _channel(self) -> str:
        return "-".join(f"{self._random.getrandbits(bits):0{bits // 4}x}" for bits in (64, 32, 32, 64, 32))


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()
