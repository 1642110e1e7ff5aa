"""What a bot calls: ``connect`` and ``connect_async``, and the two facades of one open venue."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Literal

from hk_adapter.calls import Number
from hk_adapter.connection import ConnectArguments, Connection, open_connection
from hk_adapter.errors import NotSupported
from hk_adapter.flow.runners import AsyncRunner, BlockingRunner
from hk_adapter.flow.wire import AsyncPerformer, BlockingPerformer
from hk_adapter.in_process import AsyncInProcess, BlockingInProcess
from hk_adapter.model import CancelReport, Order, RecoveredOperation
from hk_adapter.simulator import SimulatorControl

WaitWord = Literal["final", "ack"]


class _Facade:
    """What both facades show of their connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._calls = connection.calls

    @property
    def venue_id(self) -> str:
        """The id that the venue was opened by."""
        return self._calls.venue_id

    @property
    def simulator(self) -> SimulatorControl:
        """The handle that arranges the simulated venue's state.

        Raises NotSupported unless the connection's environment is ``simulator``, in process.
        """
        if self._connection.simulator is None:
            raise NotSupported(
                "only environment='simulator' without a base_url has a simulator in process; a served one has its own"
                " control",
                venue=self.venue_id,
            )
        return SimulatorControl(self._connection.simulator)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.venue_id}>"


class Venue(_Facade):
    """One open venue for threads; may be used from many at once. A context manager.

    Every call has one deadline for everything it does, waits included.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._performer = _blocking_performer(connection)
        self._runner = BlockingRunner(connection.station, self._performer)

    def cancel_order(
        self,
        order_id: str | int | None = None,
        symbol: str | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_id: str | None = None,
        wait: WaitWord = "final",
        timeout: float | None = None,
    ) -> Order:
        """Cancel one order, and return it once what ``wait`` asks for is reached.

        Args:
            order_id: the venue's id; sent alone where ``client_order_id`` is given too.
            symbol: unified; checked against the answer. None: not checked.
            params: ccxt's way to give ``clientOrderId``; other keys are refused unless the venue knows them.
            client_order_id: the client's id; beside ``order_id`` it is checked against the answer.
            wait: ``final``: the order is proven off the book, and the returned order is its end. ``ack``: the venue
                accepted; the status is ``pending_cancel`` unless more is proven.
            timeout: seconds for the whole call; None is the connection's.

        Raises:
            InvalidArgument, ConfigurationError, NotSupported: before anything is sent.
            OutcomeUnknown: the cancel may or may not have run, or its end could not be proven in time.
            CancelRejected: refused, and the order was still on the book afterwards.
            OrderNotFound: the venue knows no such order.
            RateLimited, ClockSkew, AuthenticationError, BadRequest, VenueUnavailable, NotSent: it did not run.
            Mismatch: it ran, on an order with another symbol or client order id.
        Each but the first three carries a ``CancelReport`` as ``.report``.
        """
        return self._runner.run(self._calls.cancel_order(order_id, symbol, params, client_order_id, wait, timeout))

    def try_cancel(
        self,
        order_id: str | int | None = None,
        symbol: str | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_id: str | None = None,
        wait: WaitWord = "final",
        timeout: float | None = None,
    ) -> CancelReport:
        """Cancel one order and report what is known, whatever venue, network or plugins do.

        Arguments as ``cancel_order``. Raises only InvalidArgument, ConfigurationError and NotSupported, before
        anything is sent.
        """
        return self._runner.run(self._calls.try_cancel(order_id, symbol, params, client_order_id, wait, timeout))

    def cancel_orders(
        self,
        order_ids: Iterable[str | int],
        symbol: str | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_ids: Iterable[str] = (),
        wait: WaitWord = "final",
        timeout: float | None = None,
    ) -> list[CancelReport]:
        """Cancel several orders and report on each, in the order given: ``order_ids``, then ``client_order_ids``.

        Args:
            order_ids: the venue's ids; sent together as far as the venue can.
            symbol: unified, of all of them; checked against the answers. None: not checked.
            params: keys that only the venue knows.
            client_order_ids: the client's ids of further orders.
            wait: as ``cancel_order``.
            timeout: seconds for all of them; None is the connection's and 0.12 s for each order.

        Never raises for what venue, network or plugins do; else as ``try_cancel``.
        """
        return self._runner.run(self._calls.cancel_orders(order_ids, symbol, params, client_order_ids, wait, timeout))

    def cancel_all_orders(
        self,
        symbol: str | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        side: Literal["buy", "sell"] | None = None,
        client_id_prefix: str | None = None,
        wait: WaitWord = "final",
        timeout: float | None = None,
    ) -> list[CancelReport]:
        """Cancel the orders that are open when this call lists them, and report on each.

        Args:
            symbol: unified; None cancels orders of every symbol.
            params: keys that only the venue knows.
            side: only orders of this side; None means both.
            client_id_prefix: only orders whose client order id begins so, sparing those of other bots.
            wait: as ``cancel_order``.
            timeout: seconds for everything; None is the connection's and 30 s.

        Raises the listing's error (OutcomeUnknown, VenueError, NotSent) where the open orders could not be listed:
        an empty list means that nothing was open. Else as ``cancel_orders``.
        """
        return self._runner.run(self._calls.cancel_all_orders(symbol, params, side, client_id_prefix, wait, timeout))

    def create_order(
        self,
        symbol: str,
        type: Literal["limit", "market"],
        side: Literal["buy", "sell"],
        amount: Number | None,
        price: Number | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_id: str | None = None,
        time_in_force: Literal["GTC", "IOC", "FOK"] | None = None,
        post_only: bool = False,
        cost: Number | None = None,
        timeout: float | None = None,
    ) -> Order:
        """Place one order; it is sent once and never again.

        Args:
            symbol: unified, such as ``ETH/USD``.
            type: how the order takes its price.
            side: which way it trades the base currency.
            amount: base currency, as Decimal, int or str. None where ``cost`` is given.
            price: the limit, in quote currency per base unit. None for market orders.
            params: ccxt's way to give ``clientOrderId``; other keys are refused unless the venue knows them.
            client_order_id: None makes one, so that the order can be found whatever happens.
            time_in_force: None is the venue's default.
            post_only: refuse the order rather than take liquidity.
            cost: what a market order spends or receives, in quote currency.
            timeout: seconds for the whole call; None is the connection's.

        Raises:
            InvalidArgument, ConfigurationError, NotSupported, NotSent: nothing was sent.
            OrderRejected (InsufficientFunds, DuplicateClientOrderId) and other VenueErrors: refused; no order exists.
            OutcomeUnknown: it may exist; ``.order`` carries its ``client_order_id``.
        """
        return self._runner.run(
            self._calls.create_order(
                symbol, type, side, amount, price, params, client_order_id, time_in_force, post_only, cost, timeout
            )
        )

    def fetch_order(
        self,
        order_id: str | int | None = None,
        symbol: str | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_id: str | None = None,
    ) -> Order:
        """Ask the venue how one order stands, once.

        Raises OrderNotFound; OutcomeUnknown or UnexpectedPayload where no usable answer came.
        """
        return self._runner.run(self._calls.fetch_order(order_id, symbol, params, client_order_id))

    def fetch_time(self) -> int:
        """Ask the venue for its clock, in ms UTC. Needs no key."""
        return self._runner.run(self._calls.fetch_time())

    def recover(self, *, resend: bool = False, timeout: float | None = None) -> list[RecoveredOperation]:
        """Settle what the journal has in flight here, by looking each order up.

        Covers this venue, environment and key, oldest first. What is proven is written back; the rest stays in
        flight, and so does, untouched, what may still be under way in a living process. Nothing is placed or
        canceled, unless ``resend``: then what is not proven off the book is canceled anew.

        Args:
            resend: cancel anew; never places an order anew.
            timeout: seconds for all look-ups; None takes a second for each, and the connection's at least. A cancel
                that is sent anew has the connection's on top.

        Raises:
            NotSupported: the connection has no journal.
            ConfigurationError, PluginError: the journal cannot be read.
        """
        return self._runner.run(self._calls.recover(resend, timeout))

    def close(self) -> None:
        """Close every connection. Idempotent."""
        self._performer.close()

    def __enter__(self) -> Venue:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncVenue(_Facade):
    """One open venue for asyncio, used from its loop. An async context manager; may also be awaited.

    Methods, arguments and errors are those of ``Venue``.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._performer = _async_performer(connection)
        self._runner = AsyncRunner(connection.station, self._performer)

    async def cancel_order(
        self,
        order_id: str | int | None = None,
        symbol: str | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_id: str | None = None,
        wait: WaitWord = "final",
        timeout: float | None = None,
    ) -> Order:
        """Cancel one order, and return it once what ``wait`` asks for is reached; as ``Venue.cancel_order``."""
        return await self._runner.run(
            self._calls.cancel_order(order_id, symbol, params, client_order_id, wait, timeout)
        )

    async def try_cancel(
        self,
        order_id: str | int | None = None,
        symbol: str | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_id: str | None = None,
        wait: WaitWord = "final",
        timeout: float | None = None,
    ) -> CancelReport:
        """Cancel one order and report what is known; as ``Venue.try_cancel``."""
        return await self._runner.run(self._calls.try_cancel(order_id, symbol, params, client_order_id, wait, timeout))

    async def cancel_orders(
        self,
        order_ids: Iterable[str | int],
        symbol: str | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_ids: Iterable[str] = (),
        wait: WaitWord = "final",
        timeout: float | None = None,
    ) -> list[CancelReport]:
        """Cancel several orders and report on each; as ``Venue.cancel_orders``."""
        return await self._runner.run(
            self._calls.cancel_orders(order_ids, symbol, params, client_order_ids, wait, timeout)
        )

    async def cancel_all_orders(
        self,
        symbol: str | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        side: Literal["buy", "sell"] | None = None,
        client_id_prefix: str | None = None,
        wait: WaitWord = "final",
        timeout: float | None = None,
    ) -> list[CancelReport]:
        """Cancel the orders that are open and report on each; as ``Venue.cancel_all_orders``."""
        return await self._runner.run(
            self._calls.cancel_all_orders(symbol, params, side, client_id_prefix, wait, timeout)
        )

    async def create_order(
        self,
        symbol: str,
        type: Literal["limit", "market"],
        side: Literal["buy", "sell"],
        amount: Number | None,
        price: Number | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_id: str | None = None,
        time_in_force: Literal["GTC", "IOC", "FOK"] | None = None,
        post_only: bool = False,
        cost: Number | None = None,
        timeout: float | None = None,
    ) -> Order:
        """Place one order; it is sent once and never again; as ``Venue.create_order``."""
        return await self._runner.run(
            self._calls.create_order(
                symbol, type, side, amount, price, params, client_order_id, time_in_force, post_only, cost, timeout
            )
        )

    async def fetch_order(
        self,
        order_id: str | int | None = None,
        symbol: str | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_id: str | None = None,
    ) -> Order:
        """Ask the venue how one order stands, once; as ``Venue.fetch_order``."""
        return await self._runner.run(self._calls.fetch_order(order_id, symbol, params, client_order_id))

    async def fetch_time(self) -> int:
        """Ask the venue for its clock, in ms UTC; as ``Venue.fetch_time``."""
        return await self._runner.run(self._calls.fetch_time())

    async def recover(self, *, resend: bool = False, timeout: float | None = None) -> list[RecoveredOperation]:
        """Settle what the journal has in flight here; as ``Venue.recover``."""
        return await self._runner.run(self._calls.recover(resend, timeout))

    async def close(self) -> None:
        """Close every connection. Idempotent."""
        await self._performer.close()

    async def _opened(self) -> AsyncVenue:
        return self

    def __await__(self) -> Generator[Any, Any, AsyncVenue]:
        return self._opened().__await__()

    async def __aenter__(self) -> AsyncVenue:
        return self

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
    environment: Literal["production", "sandbox", "simulator"] = "production",
    site: str | None = None,
    base_url: str | None = None,
    profile: str | None = None,
    timeout: float = 10.0,
    budget: Literal["unlimited"] | None = None,
    proxy: str | None = None,
    plugins: Sequence[Any] = (),
    **venue_settings: Any,
) -> Venue:
    """Open one venue for threads. Sends nothing yet.

    Args:
        venue_id: such as ``hashkey``; see ``list_venues()``.
        api_key: with ``secret``; None takes them from the environment
            (``HK_ADAPTER_HASHKEY_API_KEY``, ``HK_ADAPTER_HASHKEY_SECRET``) or the profile. Public calls need none.
        secret: signs; it never leaves the process.
        private_key: not supported yet.
        environment: ``simulator`` runs offline and needs no keys.
        site: one of the venue's sites; None is its default (HashKey: ``hk``; ``global``, ``mena``).
        base_url: replaces the venue's host; plain http only to loopback.
        profile: a ``[profiles.NAME]`` of the config file.
        timeout: seconds for a whole call that names none.
        budget: the local rate budget: None is the venue's documented limits, ``unlimited`` none.
        proxy: URL of an HTTP proxy, or ``environment`` to take the proxy variables; None goes straight.
        plugins: wrappers for this connection: ids of installed ones, classes or objects; the first is outermost.
        venue_settings: what only this venue knows (HashKey: ``recv_window`` in ms).

    Raises:
        ConfigurationError, InvalidArgument: an unknown venue, site, environment or setting; unusable keys or hosts.
        NotSupported: the venue has no simulator.
        PluginError: the plugin cannot be loaded, or breaks its contract.
    """
    given = ConnectArguments(
        venue_id=venue_id, api_key=api_key, secret=secret, private_key=private_key, environment=environment, site=site,
        base_url=base_url, profile=profile, timeout=timeout, budget=budget, proxy=proxy, plugins=plugins,
        venue_settings=venue_settings,
    )  # fmt: skip
    del api_key, secret, private_key, base_url, proxy, venue_settings
    return Venue(open_connection(given))


def connect_async(
    venue_id: str,
    *,
    api_key: str | None = None,
    secret: str | None = None,
    private_key: str | None = None,
    environment: Literal["production", "sandbox", "simulator"] = "production",
    site: str | None = None,
    base_url: str | None = None,
    profile: str | None = None,
    timeout: float = 10.0,
    budget: Literal["unlimited"] | None = None,
    proxy: str | None = None,
    plugins: Sequence[Any] = (),
    **venue_settings: Any,
) -> AsyncVenue:
    """Open one venue for asyncio, as an async context manager or by ``await``.

    Sends nothing yet. Arguments and errors as ``connect``.
    """
    given = ConnectArguments(
        venue_id=venue_id, api_key=api_key, secret=secret, private_key=private_key, environment=environment, site=site,
        base_url=base_url, profile=profile, timeout=timeout, budget=budget, proxy=proxy, plugins=plugins,
        venue_settings=venue_settings,
    )  # fmt: skip
    del api_key, secret, private_key, base_url, proxy, venue_settings
    return AsyncVenue(open_connection(given))


def _blocking_performer(connection: Connection) -> BlockingPerformer:
    if connection.simulator is not None:
        return BlockingInProcess(connection.simulator)
    from hk_adapter.transport.requests_performer import RequestsPerformer  # noqa: PLC0415 - only for real HTTP

    return RequestsPerformer(proxy=connection.proxy, trust_env=connection.trust_env)


def _async_performer(connection: Connection) -> AsyncPerformer:
    if connection.simulator is not None:
        return AsyncInProcess(connection.simulator)
    from hk_adapter.transport.aiohttp_performer import AiohttpPerformer  # noqa: PLC0415 - aiohttp only when used

    return AiohttpPerformer(proxy=connection.proxy, trust_env=connection.trust_env)
