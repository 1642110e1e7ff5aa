"""From a bot's arguments to flows: checked once, for both facades. Nothing is sent before every check has passed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hk_adapter.errors import AdapterError, ConfigurationError, InvalidArgument, NotSupported
from hk_adapter.execution.recover import Recovery
from hk_adapter.execution.whole_call import placed, report_cancel, report_cancels, run_operation
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import (
    CancelAllRequest,
    CancelManyRequest,
    CancelReport,
    CancelRequest,
    CreateOrderRequest,
    FetchOrderRequest,
    Operation,
    Order,
    OrderSide,
    OrderType,
    Place,
    RecoveredOperation,
    TimeInForce,
    Wait,
    arguments,
)
from hk_adapter.model.numbers import to_decimal

Number = Decimal | int | str

SECONDS_AN_ORDER = 0.12
"""Added to the time of ``cancel_orders`` for each order: one by one, HashKey's limit takes 10 a second."""
SECONDS_FOR_ALL = 30.0
"""Added to the time of ``cancel_all_orders``, whose number of orders is not known before it lists them."""


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of one connection. Each method checks its arguments and gives a flow for a runner.

    Attributes:
        timeout: seconds for a whole call where the caller names none.
        has_credentials: whether private calls can be signed.
        place: where these calls go; None only where no connection made them.
        recovery: settles what a journal has in flight there; None without a journal.
    """

    venue_id: str
    hooks: VenueHooks
    timeout: float
    has_credentials: bool
    place: Place | None = None
    recovery: Recovery | None = None

    async def cancel_order(self, *args: Any, **kwargs: Any) -> Order:
        """As ``Venue.cancel_order``; arguments as ``try_cancel``."""
        report = await self.try_cancel(*args, **kwargs)
        try:
            return report.order_or_raise()
        except AdapterError as error:
            placed(error, "cancel_order", self.venue_id)
            raise

    async def try_cancel(
        self,
        order_id: str | int | None,
        symbol: str | None,
        params: Mapping[str, Any] | None,
        client_order_id: str | None,
        wait: str,
        timeout: float | None,
    ) -> CancelReport:
        """As ``Venue.try_cancel``."""
        order_id, client_order_id, rest = _ids(order_id, client_order_id, params)
        request = CancelRequest(
            order_id=order_id,
            client_order_id=client_order_id,
            symbol=arguments.printable_text("symbol", symbol),
            params=rest,
        )
        operation = self._private("cancel_order", request, timeout, arguments.wait(wait))
        return await report_cancel(self.hooks, operation, self.venue_id)

    async def cancel_orders(
        self,
        order_ids: Iterable[str | int],
        symbol: str | None,
        params: Mapping[str, Any] | None,
        client_order_ids: Iterable[str],
        wait: str,
        timeout: float | None,
    ) -> list[CancelReport]:
        """As ``Venue.cancel_orders``."""
        symbol = arguments.printable_text("symbol", symbol)
        rest = arguments.params(params)
        known = [_required("order_ids", arguments.order_id("order_ids", one)) for one in _items("order_ids", order_ids)]
        own = [
            _required("client_order_ids", arguments.printable_text("client_order_ids", one))
            for one in _items("client_order_ids", client_order_ids)
        ]
        orders = [CancelRequest(order_id=one, symbol=symbol, params=rest) for one in known]
        orders += [CancelRequest(client_order_id=one, symbol=symbol, params=rest) for one in own]
        if not orders:
            return []
        if len(set(known)) < len(known) or len(set(own)) < len(own):
            raise InvalidArgument("order_ids and client_order_ids must not name an order twice")
        operation = self._private(
            "cancel_orders",
            CancelManyRequest(orders=tuple(orders)),
            self.timeout + SECONDS_AN_ORDER * len(orders) if timeout is None else timeout,
            arguments.wait(wait),
        )
        return await report_cancels(self.hooks, operation, self.venue_id)

    async def cancel_all_orders(
        self,
        symbol: str | None,
        params: Mapping[str, Any] | None,
        side: str | None,
        client_id_prefix: str | None,
        wait: str,
        timeout: float | None,
    ) -> list[CancelReport]:
        """As ``Venue.cancel_all_orders``."""
        request = CancelAllRequest(
            symbol=arguments.printable_text("symbol", symbol),
            side=arguments.optional_word("side", side, OrderSide),
            client_id_prefix=arguments.printable_text("client_id_prefix", client_id_prefix),
            params=arguments.params(params),
        )
        seconds = self.timeout + SECONDS_FOR_ALL if timeout is None else timeout
        operation = self._private("cancel_all_orders", request, seconds, arguments.wait(wait))
        return await run_operation(self.hooks, operation, list, self.venue_id)

    async def create_order(
        self,
        symbol: str,
        type: str,
        side: str,
        amount: Number | None,
        price: Number | None,
        params: Mapping[str, Any] | None,
        client_order_id: str | None,
        time_in_force: str | None,
        post_only: bool,
        cost: Number | None,
        timeout: float | None,
    ) -> Order:
        """As ``Venue.create_order``."""
        own_id, rest = _client_order_id(client_order_id, params)
        request = CreateOrderRequest(
            symbol=_required("symbol", arguments.printable_text("symbol", symbol)),
            type=arguments.word("type", type, OrderType),
            side=arguments.word("side", side, OrderSide),
            amount=_positive("amount", amount),
            price=_positive("price", price),
            cost=_positive("cost", cost),
            client_order_id=own_id or uuid.uuid4().hex,
            time_in_force=arguments.optional_word("time_in_force", time_in_force, TimeInForce),
            post_only=arguments.flag("post_only", post_only),
            params=rest,
        )
        _check_order_terms(request)
        operation = self._private("create_order", request, timeout)
        return await run_operation(self.hooks, operation, Order, self.venue_id)

    async def fetch_order(
        self,
        order_id: str | int | None,
        symbol: str | None,
        params: Mapping[str, Any] | None,
        client_order_id: str | None,
    ) -> Order:
        """As ``Venue.fetch_order``."""
        order_id, client_order_id, rest = _ids(order_id, client_order_id, params)
        request = FetchOrderRequest(
            order_id=order_id,
            client_order_id=client_order_id,
            symbol=arguments.printable_text("symbol", symbol),
            params=rest,
        )
        operation = self._private("fetch_order", request, None)
        return await run_operation(self.hooks, operation, Order, self.venue_id)

    async def fetch_time(self) -> int:
        """As ``Venue.fetch_time``."""
        operation = Operation(name="fetch_time", request=None, timeout=self.timeout, place=self.place)
        return await run_operation(self.hooks, operation, int, self.venue_id)

    async def recover(self, resend: bool, timeout: float | None) -> list[RecoveredOperation]:
        """As ``Venue.recover``."""
        resend = arguments.flag("resend", resend)
        seconds = None if timeout is None else arguments.timeout(timeout, self.timeout)
        self._check_credentials("recover")
        if self.recovery is None:
            raise NotSupported("this connection has no journal; name one in plugins=", venue=self.venue_id)
        return await self.recovery.run(resend=resend, timeout=seconds, least=self.timeout)

    def _private(self, name: str, request: Any, timeout: float | None, wait: Wait = Wait.FINAL) -> Operation:
        seconds = arguments.timeout(timeout, self.timeout)
        self._check_credentials(name)
        return Operation(name=name, request=request, timeout=seconds, wait=wait, place=self.place)

    def _check_credentials(self, name: str) -> None:
        if not self.has_credentials:
            raise ConfigurationError(
                f"{name} needs an API key and its secret: give api_key and secret, or a profile, or set them in the"
                " environment",
                venue=self.venue_id,
                operation=name,
            )


def _ids(
    order_id: Any, client_order_id: Any, params: Mapping[str, Any] | None
) -> tuple[str | None, str | None, dict[str, Any]]:
    known = arguments.order_id("order_id", order_id)
    own, rest = _client_order_id(client_order_id, params)
    if known is None and own is None:
        raise InvalidArgument("order_id or client_order_id is needed")
    return known, own, rest


def _client_order_id(keyword: Any, params: Mapping[str, Any] | None) -> tuple[str | None, dict[str, Any]]:
    """Take the keyword, or ccxt's spelling of it in ``params``; both may be given if they agree."""
    rest = arguments.params(params)
    own = arguments.printable_text("client_order_id", keyword)
    if "clientOrderId" in rest:
        spelled = arguments.printable_text("params['clientOrderId']", rest.pop("clientOrderId"))
        if own is not None and spelled is not None and own != spelled:
            raise InvalidArgument(f"client_order_id {own!r} and params['clientOrderId'] {spelled!r} differ")
        own = own or spelled
    return own, rest


def _items(name: str, values: Any) -> list[Any]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InvalidArgument(f"{name} must be several ids, not {type(values).__name__}")
    return list(values)


def _positive(name: str, value: Number | None) -> Decimal | None:
    if value is None:
        return None
    number = to_decimal(name, value)
    if number <= 0:
        raise InvalidArgument(f"{name} must be above 0, not {number}")
    return number


def _required(name: str, value: str | None) -> str:
    if value is None:
        raise InvalidArgument(f"{name} is needed")
    return value


def _check_order_terms(request: CreateOrderRequest) -> None:
    if request.type is OrderType.LIMIT:
        if request.price is None or request.amount is None:
            raise InvalidArgument("a limit order needs an amount and a price")
        if request.cost is not None:
            raise InvalidArgument("cost is for market orders; a limit order has amount and price")
        return
    if request.price is not None or request.post_only:
        raise InvalidArgument("a market order takes no price and cannot be post_only")
    if (request.amount is None) == (request.cost is None):
        raise InvalidArgument("a market order needs either an amount (base) or a cost (quote)")
