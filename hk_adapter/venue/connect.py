"""What a bot calls: ``connect`` and ``connect_async``, and one open venue for threads or for asyncio."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from os import PathLike
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

from hk_adapter.flow.blocking_runner import BlockingRunner
from hk_adapter.flow.http import AsyncTransport, BlockingTransport
from hk_adapter.flow.streams import Link, StreamTransport
from hk_adapter.transport.in_process import AsyncInProcess, BlockingInProcess
from hk_adapter.transport.stream_urls import allowed
from hk_adapter.venue import rehearsal
from hk_adapter.venue.asynchronous import AsyncCalls
from hk_adapter.venue.blocking import BlockingCalls
from hk_adapter.venue.connect_arguments import ConnectArguments
from hk_adapter.venue.connection import Connection, open_connection
from hk_adapter.venue.thread_streams import Making, ThreadStreams

if TYPE_CHECKING:
    from hk_adapter.execution.streams.keeper_protocol import StreamKeeper
    from hk_adapter.execution.streams.market.keeper import MarketKeeper
    from hk_adapter.flow.async_runner import AsyncRunner
    from hk_adapter.transport.aiohttp_streams import AiohttpStreams
    from hk_adapter.transport.foreign_sockets import ForeignSockets
    from hk_adapter.venue.hinting import Hinting


class Venue(BlockingCalls):
    """One open venue for threads; may be used from many at once. A context manager.

    Every call has one deadline for everything it does, waits included.
    """

    def __init__(self, connection: Connection, transport: BlockingTransport | None = None) -> None:
        """Open what is joined already; ``transport`` carries its requests, None makes one of its own."""
        self._transport = transport or blocking_transport(connection)
        hinting = None if connection.hints is None else partial(hinting_of, connection)
        self._background = ThreadStreams(_making(connection, keeper_of, "hk_adapter stream", hinting))
        self._markets_live = ThreadStreams(_making(connection, market_keeper_of, "hk_adapter market stream"))
        runner = BlockingRunner(connection.runtime, self._transport)
        super().__init__(connection, runner, self._background, self._markets_live)
        connection.shared.looks.known.hold(self, anew=rehearsal.current() is not None)

    def _opened(self, timeout: float | None = None) -> Venue:
        if not self._connection.loads_markets:
            return self
        calls = self._calls if timeout is None else replace(self._calls, timeout=timeout)
        try:
            self._runner.run(calls.load_markets())
        except BaseException:
            self.close()
            raise
        return self

    def close(self) -> None:
        """Close every connection, and end every watch. Idempotent.

        A call that is under way in another thread sends nothing more, and ends by its own deadline with what it knows
        by then: let calls end, or give them a shorter ``timeout``, before closing. Calls after it are NotSent.
        """
        self._background.close()
        self._markets_live.close()
        self._connection.shared.looks.known.release(self)
        self._transport.close()

    def __enter__(self) -> Venue:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncVenue(AsyncCalls):
    """One open venue for asyncio, used from its loop. An async context manager; may also be awaited.

    Methods, arguments and errors are those of ``Venue``.
    """

    def __init__(self, connection: Connection, transport: AsyncTransport | None = None) -> None:
        """Open what is joined already; ``transport`` carries its requests, None makes one of its own."""
        self._transport = transport or async_transport(connection)
        from hk_adapter.flow.async_runner import AsyncRunner  # noqa: PLC0415 - asyncio only where it is used
        from hk_adapter.venue.loop_streams import LoopStreams  # noqa: PLC0415 - as above

        runner = AsyncRunner(connection.runtime, self._transport, stream_transport(connection))
        hinting = None if connection.hints is None else hinting_of(connection, runner)
        self._loop_streams = LoopStreams(partial(keeper_of, connection), runner, hinting)
        self._markets_live = LoopStreams(partial(market_keeper_of, connection), runner)
        super().__init__(connection, runner, self._loop_streams, self._markets_live)
        connection.shared.looks.known.hold(self, anew=rehearsal.current() is not None)

    async def close(self) -> None:
        """Close every connection, and end every watch. Idempotent. A call under way ends as ``Venue.close`` says."""
        await self._loop_streams.close()
        await self._markets_live.close()
        self._connection.shared.looks.known.release(self)
        await self._transport.close()

    async def _opened(self) -> AsyncVenue:
        if not self._connection.loads_markets or self.markets is not None:
            return self
        try:
            await self.load_markets()
        except BaseException:
            await self.close()
            raise
        return self

    def __await__(self) -> Generator[Any, Any, AsyncVenue]:
        return self._opened().__await__()

    async def __aenter__(self) -> AsyncVenue:
        return await self._opened()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def connect(
    venue_id: str,
    *,
    api_key: str | None = None,
    secret: str | None = None,
    private_key: str | None = None,
    key_parts: Mapping[str, str] | None = None,
    environment: Literal["production", "sandbox", "simulator"] = "production",
    site: str | None = None,
    base_url: str | None = None,
    profile: str | None = None,
    timeout: float = 10.0,
    budget: str | None = None,
    proxy: str | None = None,
    ca_file: str | PathLike[str] | None = None,
    client_ids: Callable[[], str] | str | int | None = None,
    plugins: Sequence[Any] = (),
    poll_every: float | None = None,
    **venue_settings: Any,
) -> Venue:
    """Open one venue for threads. Sends nothing yet, but for ``ccxt:``, whose markets are loaded.

    Args:
        venue_id: such as ``hashkey``; see ``list_venues()``.
        api_key: with ``secret``; None takes them from the environment
            (``HK_ADAPTER_HASHKEY_API_KEY``, ``HK_ADAPTER_HASHKEY_SECRET``) or the profile. Public calls need none.
        secret: signs; it never leaves the process.
        private_key: instead of ``secret``: an Ed25519 key, or of a kind that the venue takes, as PEM text or the path
            of a PEM file; one on secp256k1 also as 64 hex digits.
        key_parts: what the venue's keys have besides, such as a ``passphrase``, by its name; HashKey's have nothing.
        environment: ``simulator`` runs offline and needs no keys.
        site: one of the venue's sites; None is its default (HashKey: ``hk``; ``global``, ``mena``).
        base_url: replaces the venue's host; plain http only to loopback.
        profile: a ``[profiles.NAME]`` of the config file.
        timeout: seconds for a whole call that names none, up to 3,600: ccxt's own ``timeout`` is in ms.
        budget: the rate budget: None is the venue's documented limits, for this process; ``unlimited`` none; the URL of
            a Redis (``redis://``, ``rediss://``, ``unix://``) the limits for all processes that give the same one:
            see "Many processes" in the documentation.
        proxy: URL of an HTTP proxy, or ``environment`` to take the proxy variables; None goes straight.
        ca_file: PEM file of the authorities to trust instead of the public ones, such as a company's own; None is the
            profile's, else, with ``proxy="environment"``, ``SSL_CERT_FILE``.
        client_ids: makes the client order ids of orders whose caller gives none: a function, called without arguments,
            that never gives an id twice; or, for tests, a seed, which makes the same ids again for the same orders.
            None makes them by chance.
        plugins: wrappers for this connection: ids of installed ones, classes or objects; the first is outermost.
        poll_every: seconds between two questions for open orders, fills or balances while these are watched at a venue
            that has no stream; None goes by the venue's limits, and by how much is watched: from 2 to 60.
        venue_settings: what only this venue knows (HashKey: ``recv_window`` in ms, ``rate_limits``, ``second_look`` in
            seconds, ``batch_path``, ``batch_signature``, ``depth_frames``).

    Raises:
        ConfigurationError, InvalidArgument: an unknown venue, site, environment or setting; unusable keys or hosts.
        NotSupported: the venue has no simulator.
        PluginError: the plugin cannot be loaded, or breaks its contract.
    """
    given = ConnectArguments(
        venue_id=venue_id, api_key=api_key, secret=secret, private_key=private_key, key_parts=key_parts,
        environment=environment, site=site, base_url=base_url, profile=profile, timeout=timeout, budget=budget,
        proxy=proxy, ca_file=ca_file, client_ids=client_ids, plugins=plugins, poll_every=poll_every,
        venue_settings=venue_settings,
    )  # fmt: skip
    del api_key, secret, private_key, key_parts, base_url, proxy, budget, venue_settings
    return Venue(open_connection(given))._opened()


def connect_async(
    venue_id: str,
    *,
    api_key: str | None = None,
    secret: str | None = None,
    private_key: str | None = None,
    key_parts: Mapping[str, str] | None = None,
    environment: Literal["production", "sandbox", "simulator"] = "production",
    site: str | None = None,
    base_url: str | None = None,
    profile: str | None = None,
    timeout: float = 10.0,
    budget: str | None = None,
    proxy: str | None = None,
    ca_file: str | PathLike[str] | None = None,
    client_ids: Callable[[], str] | str | int | None = None,
    plugins: Sequence[Any] = (),
    poll_every: float | None = None,
    **venue_settings: Any,
) -> AsyncVenue:
    """Open one venue for asyncio, as an async context manager or by ``await``.

    Sends nothing yet. Arguments and errors as ``connect``.
    """
    given = ConnectArguments(
        venue_id=venue_id, api_key=api_key, secret=secret, private_key=private_key, key_parts=key_parts,
        environment=environment, site=site, base_url=base_url, profile=profile, timeout=timeout, budget=budget,
        proxy=proxy, ca_file=ca_file, client_ids=client_ids, plugins=plugins, poll_every=poll_every,
        venue_settings=venue_settings,
    )  # fmt: skip
    del api_key, secret, private_key, key_parts, base_url, proxy, budget, venue_settings
    return AsyncVenue(open_connection(given))


def blocking_transport(connection: Connection, *, most_idle: int | None = None) -> BlockingTransport:
    """Make what carries a connection's requests from threads; ``most_idle`` sockets to a host are kept."""
    if connection.simulator is not None:
        return BlockingInProcess(connection.simulator)
    from hk_adapter.transport.requests_transport import RequestsTransport  # noqa: PLC0415 - only for real HTTP

    more: dict[str, Any] = {} if most_idle is None else {"most_idle": most_idle}
    plain = (connection.base_url or "").startswith("http:")
    return RequestsTransport(
        proxy=connection.proxy, trust_env=connection.trust_env, ca_file=connection.ca_file, plain=plain, **more
    )


def async_transport(connection: Connection) -> AsyncTransport:
    """Make what carries a connection's requests from tasks."""
    if connection.simulator is not None:
        return AsyncInProcess(connection.simulator)
    from hk_adapter.transport.aiohttp_transport import AiohttpTransport  # noqa: PLC0415 - aiohttp only when used

    return AiohttpTransport(proxy=connection.proxy, trust_env=connection.trust_env, ca_file=connection.ca_file)


def keeper_of(connection: Connection) -> StreamKeeper:
    """Make what keeps a connection's stream, or lists again and again where the venue has none."""
    from hk_adapter.execution.streams.asking import Asking  # noqa: PLC0415 - only for whoever watches
    from hk_adapter.execution.streams.keeper import Keeper  # noqa: PLC0415 - as above
    from hk_adapter.execution.streams.poller import Poller  # noqa: PLC0415 - as above

    calls, looks = connection.calls, connection.shared.looks
    asking = Asking(
        hooks=calls.hooks,
        venue_id=calls.venue_id,
        place=calls.place,
        timeout=calls.timeout,
        sign=connection.sign_stream,
    )
    if any(connection.has[key] in {True, "partial"} for key in ("watchOrders", "watchMyTrades", "watchBalance")):
        return Keeper(asking, calls.timeout, looks)
    return Poller(asking, connection.interval, calls.timeout, looks)


def market_keeper_of(connection: Connection) -> MarketKeeper:
    """Make what keeps a connection's public stream."""
    from hk_adapter.execution.streams.market.asking import AskingForMarkets  # noqa: PLC0415 - only for whoever watches
    from hk_adapter.execution.streams.market.keeper import MarketKeeper  # noqa: PLC0415 - as above

    calls = connection.calls
    asking = AskingForMarkets(hooks=calls.hooks, venue_id=calls.venue_id, place=calls.place, timeout=calls.timeout)
    return MarketKeeper(asking, calls.timeout)


def hinting_of(connection: Connection, runner: AsyncRunner) -> Hinting:
    """Make what listens beside a connection's poll, which has ``hints``."""
    from hk_adapter.venue.hinting import SECONDS, Hinting  # noqa: PLC0415 - only for whoever watches

    def sockets(hosts: frozenset[str]) -> ForeignSockets:
        from hk_adapter.transport.foreign_sockets import ForeignSockets  # noqa: PLC0415 - aiohttp only when used

        return ForeignSockets(_aiohttp_streams(connection, hosts), SECONDS)

    hints: Any = connection.hints
    return Hinting(hints, runner, sockets)


def _making(
    connection: Connection,
    keeper: Callable[[Connection], StreamKeeper],
    name: str,
    hinting: Callable[[AsyncRunner], Hinting] | None = None,
) -> Making:
    return Making(
        keeper=partial(keeper, connection),
        runtime=connection.runtime,
        transport=partial(async_transport, connection),
        streams=partial(stream_transport, connection),
        name=name,
        hinting=hinting,
    )


def stream_transport(connection: Connection) -> StreamTransport:
    """Make what opens a connection's streams."""
    return _LateStreams(connection)


class _LateStreams:
    """Opens streams; what it does that with is imported and made by the first one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._transport: StreamTransport | None = None

    async def open_stream(self, url: str, deadline: float) -> Link:
        """As StreamTransport.open_stream."""
        if self._transport is None:
            self._transport = _streams_of(self._connection)
        return await self._transport.open_stream(url, deadline)


def _streams_of(connection: Connection) -> StreamTransport:
    if connection.simulator is not None:
        from hk_adapter.transport.in_process_streams import InProcessStreams  # noqa: PLC0415 - asyncio only when used

        return InProcessStreams(connection.simulator, allowed(connection.stream_hosts, connection.base_url))
    return _aiohttp_streams(connection, connection.stream_hosts)


def _aiohttp_streams(connection: Connection, hosts: frozenset[str]) -> AiohttpStreams:
    from hk_adapter.transport.aiohttp_streams import AiohttpStreams  # noqa: PLC0415 - aiohttp only when used

    check = allowed(hosts, connection.base_url)
    return AiohttpStreams(check, proxy=connection.proxy, trust_env=connection.trust_env, ca_file=connection.ca_file)
