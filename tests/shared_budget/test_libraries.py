"""A plugin that sends by a library of its own: what places orders there is held as everywhere, and nothing else is."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, ClassVar

import pytest

import hk_adapter as hk
from hk_adapter.execution.attempt import PLACING
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import CancelRequest, CreateOrderRequest, CreateOrdersAnswer, ListOrdersRequest, OrderPage
from hk_adapter.plugins.reads import READS
from hk_adapter.plugins.risk import CreateBlock
from hk_adapter.registry import unregister_venue
from hk_adapter.transport.shared_budget import link as link_module
from hk_adapter.transport.shared_budget.address import BLOCK_KEY, read_address
from hk_adapter.transport.shared_budget.block_flag import BlockFlag

from .conftest import Server, wait_until

TERMS = ("ETH/USD", "limit", "buy", "1", "1900")
BY_NAME = dict(zip(("symbol", "type", "side", "amount", "price"), TERMS, strict=True))


class Quay:
    """A venue whose library keeps its sockets to itself. The plugin and the opened venue in one."""

    hosts = frozenset({"https://quay.invalid"})
    limits: ClassVar[dict[str, Any]] = {}
    request_lifetime = 5000
    create_batch = 2

    def __init__(self) -> None:
        self.book: dict[str, hk.Order] = {}
        self.sent: list[str] = []
        self.before_send: Callable[[], object] = lambda: None

    @hk.hookimpl
    def open_venue(self, settings: hk.VenueSettings) -> Quay:
        """Be opened."""
        return self

    def sign(self, call: Any, credentials: Any, timestamp: int) -> hk.HttpRequest:
        """Never needed."""
        raise NotImplementedError

    @hk.hookimpl
    async def create_order(self, request: CreateOrderRequest) -> hk.Order:
        """Ask what the market is, and place one."""
        await self._library("ask", lambda: None, reads=True)
        self.before_send()
        return await self._library("place", lambda: self._place(request))

    @hk.hookimpl
    async def create_orders(self, request: Any) -> CreateOrdersAnswer:
        """Place some."""
        orders = await self._library("place some", lambda: tuple(self._place(one) for one in request.orders))
        return CreateOrdersAnswer(results=orders)

    @hk.hookimpl
    async def cancel_order(self, request: CancelRequest) -> hk.Order:
        """Cancel one."""
        return await self._library("cancel", lambda: self._cancel(str(request.order_id)))

    @hk.hookimpl
    async def fetch_order(self, request: hk.FetchOrderRequest) -> hk.Order:
        """Show one. That it reads, it does not say."""
        return await self._library("look", lambda: self.book[str(request.order_id)])

    @hk.hookimpl
    async def fetch_open_orders(self, request: ListOrdersRequest) -> OrderPage:
        """Show what is open, in the same manner."""
        orders = await self._library("list", lambda: [one for one in self.book.values() if not one.status.final])
        return OrderPage(orders=tuple(orders), complete=True)

    async def _library(self, what: str, act: Callable[[], Any], *, reads: bool = False) -> Any:
        def acted() -> Any:
            self.sent.append(what)
            return act()

        async def waited() -> Any:
            await asyncio.sleep(0)
            return acted()

        return await hk.Foreign(acted, waited, reads=reads)

    def _place(self, request: CreateOrderRequest) -> hk.Order:
        name = f"q{len(self.book)}"
        self.book[name] = hk.Order(
            id=name,
            client_order_id=request.client_order_id,
            symbol=request.symbol,
            side=request.side,
            type=request.type,
            price=request.price,
            amount=request.amount,
            filled=Decimal(0),
            status=hk.OrderStatus.OPEN,
        )
        return self.book[name]

    def _cancel(self, name: str) -> hk.Order:
        self.book[name] = self.book[name].replace(status=hk.OrderStatus.CANCELED)
        return self.book[name]


@pytest.fixture
def quay() -> Iterator[Quay]:
    """Register it."""
    venue = Quay()
    hk.register_venue("quay", venue)
    yield venue
    unregister_venue("quay")


@pytest.fixture
def redis(own_server: Server) -> Server:
    """A Redis of this test's own, whose block nobody else sees."""
    return own_server


async def done(result: Any) -> Any:
    """Wait where there is something to wait for."""
    return await result if inspect.isawaitable(result) else result


async def opened(facade: str, **options: Any) -> Any:
    """Connect by either facade."""
    connect: Any = hk.connect if facade == "blocking" else hk.connect_async
    return connect("quay", environment="sandbox", api_key="a-key", secret="a-secret", **options)


async def test_its_creates_are_blocked_in_redis(facade: str, quay: Quay, redis: Server) -> None:
    """While the block is up no create of the library begins, one or many; what cancels and lists goes out."""
    venue = await opened(facade, budget=redis.url())
    order = await done(venue.create_order(*TERMS))
    BlockFlag(read_address(redis.url())).put_up("by the desk")
    quay.sent.clear()
    with pytest.raises(hk.NotSent, match="new orders are blocked by the desk"):
        await done(venue.create_order(*TERMS))
    many = await done(venue.create_orders([BY_NAME, BY_NAME]))
    assert {type(one.error) for one in many} == {hk.NotSent}
    assert quay.sent == ["ask"]
    assert [one.id for one in await done(venue.fetch_open_orders())] == [order.id]
    assert (await done(venue.cancel_order(order.id, "ETH/USD"))).status == "canceled"
    with redis.client() as client:
        client.delete(BLOCK_KEY)
    assert (await done(venue.create_order(*TERMS))).id == "q1"
    await done(venue.close())


async def test_without_redis_it_places_nothing(facade: str, quay: Quay, redis: Server) -> None:
    """As everywhere else; cancels go on."""
    venue = await opened(facade, budget=redis.url())
    order = await done(venue.create_order(*TERMS))
    redis.stop()
    with pytest.raises(hk.NotSent, match=r"no new order goes out .* Redis is out of reach"):
        await done(venue.create_order(*TERMS))
    assert list(quay.book) == [order.id]
    assert (await done(venue.cancel_order(order.id, "ETH/USD"))).status == "canceled"
    await done(venue.close())


async def test_where_creates_go_on_without_redis(facade: str, quay: Quay, redis: Server) -> None:
    """By ``without_redis=all`` it places, but nothing that Redis had blocked when it was last heard."""
    venue = await opened(facade, budget=redis.url(without_redis="all"))
    redis.stop()
    await done(venue.create_order(*TERMS))
    redis.start()
    BlockFlag(read_address(redis.url())).put_up("by the desk")
    link = link_module.link_to(read_address(redis.url(without_redis="all")))
    wait_until(lambda: link.gone is None)
    with pytest.raises(hk.NotSent, match="by the desk"):
        await done(venue.create_order(*TERMS))
    redis.stop()
    with pytest.raises(hk.NotSent, match="by the desk"):
        await done(venue.create_order(*TERMS))
    assert list(quay.book) == ["q0"]
    await done(venue.close())


async def test_a_switch_that_is_thrown_meanwhile(facade: str, quay: Quay) -> None:
    """A block of this process holds a create that had begun, as long as its library has not."""
    block = CreateBlock()
    venue = await opened(facade, plugins=[block])
    quay.before_send = lambda: block.block_creates("by the desk")
    with pytest.raises(hk.NotSent, match="new orders are blocked by the desk"):
        await done(venue.create_order(*TERMS))
    assert quay.sent == ["ask"]
    await done(venue.close())


async def test_a_wrappers_library_in_a_create(facade: str, quay: Quay, redis: Server) -> None:
    """What a wrapper sends on its own account around a create is held too, and around a cancel it is not."""
    told = []

    class Hedge:
        """Sends something of its own before each call."""

        @hk.wraps_flow
        async def operate(self, flow: Any, operation: Any) -> Any:
            """Send, and let the call go on."""

            async def waited() -> None:
                told.append(operation.name)

            await hk.Foreign(lambda: told.append(operation.name), waited)
            return await flow

    venue = await opened(facade, budget=redis.url(), plugins=[Hedge()])
    order = await done(venue.create_order(*TERMS))
    BlockFlag(read_address(redis.url())).put_up("by the desk")
    with pytest.raises(hk.AdapterError, match="blocked by the desk"):
        await done(venue.create_order(*TERMS))
    assert (await done(venue.cancel_order(order.id, "ETH/USD"))).status == "canceled"
    assert told == ["create_order", "cancel_order"]
    await done(venue.close())


def test_no_hook_places_orders_under_another_name() -> None:
    """Each hook places orders, cancels or reads, and says so by how its name begins."""
    hooks = {name for name in vars(VenueHooks) if not name.startswith("_")} - {"open_venue", "operate", "attempt"}
    assert {one for one in hooks if one.startswith(PLACING)} == {"create_order", "create_orders"}
    assert {one for one in hooks if not one.startswith((PLACING, "cancel", *READS))} == set()
