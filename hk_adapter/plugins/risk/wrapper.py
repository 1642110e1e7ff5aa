"""The wrapper: it denies what is beyond the limits, once for the whole call and once more before each request."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, ClassVar, Literal

from hk_adapter.errors import OrderDenied
from hk_adapter.flow.effects import Flow
from hk_adapter.flow.wrapper import wraps_flow
from hk_adapter.model import CreateOrderRequest, CreateOrdersRequest
from hk_adapter.plugins.reads import READS
from hk_adapter.plugins.risk.block_reason import BY_HAND, block_reason
from hk_adapter.plugins.risk.limits import read_limits
from hk_adapter.plugins.risk.objections import objection

PASSES = ("cancel", *READS)
"""What the names of calls and hooks begin with that are never denied."""

Number = Decimal | int | str


class Risk:
    """Denies new orders beyond its limits with OrderDenied, before anything is sent. Cancels and reads always pass.

    One object serves any number of connections, threads and loops.
    """

    shares_looks = True
    """Around a look it does nothing."""
    holds_creates = True
    """It is refused where it would hold none back: by the ccxt class, whose orders are placed by ccxt's own code."""
    hk_adapter_settings: ClassVar[Mapping[str, Any]] = {
        "max_cost": (Decimal, dict),
        "max_amount": (Decimal, dict),
        "symbols": list,
        "unknown": str,
        "known_params": list,
        "block_creates": bool,
    }
    """What a profile may say of it."""

    def __init__(
        self,
        *,
        max_cost: Number | Mapping[str, Number] | None = None,
        max_amount: Number | Mapping[str, Number] | None = None,
        symbols: Collection[str] | None = None,
        unknown: Literal["refuse", "pass"] | None = None,
        known_params: Collection[str] | None = None,
        block_creates: bool | None = None,
    ) -> None:
        """Set the limits; each that is None is read from its variable, such as ``HK_ADAPTER_RISK_MAX_COST``.

        Args:
            max_cost: of one order, in quote currency: amount times price, or its ``cost``. A mapping gives each symbol
                its own, and an order of any other symbol is denied.
            max_amount: of one order, in base currency, in the same manner.
            symbols: the only ones that may be traded.
            unknown: whether an order passes that cannot be held to a limit beforehand, as a market order by amount
                to ``max_cost``; None without a variable refuses it.
            known_params: names of ``params`` that change neither symbol, side, type, amount nor price of an order,
                beside those that never do; any other makes an order one that cannot be held to a limit.
            block_creates: whether no order may be placed at all, from the start.

        Raises ConfigurationError for what cannot be a limit, and where no limit and no block is set at all.
        """
        given = {
            "max_cost": max_cost,
            "max_amount": max_amount,
            "symbols": symbols,
            "unknown": unknown,
            "known_params": known_params,
            "block_creates": block_creates,
        }
        self._limits = read_limits(given)
        self._block: str | None = "from the start" if self._limits.block_creates else None

    @property
    def creates_blocked(self) -> bool:
        """Whether no order may be placed."""
        return self._block is not None

    def block_creates(self, reason: str = BY_HAND) -> None:
        """Block new orders from now on, until ``allow_creates``; one whose request has begun may still go out."""
        self._block = block_reason(reason)

    def allow_creates(self) -> None:
        """Unblock new orders that are within the limits."""
        self._block = None

    @wraps_flow
    async def operate(self, flow: Flow[Any], operation: Any) -> Any:
        """Deny a call, all of its orders, where one of them is beyond a limit."""
        if not operation.name.startswith(PASSES):
            self._check(operation.request, operation.name)
        return await flow

    @wraps_flow
    async def attempt(self, flow: Flow[Any], request: Any, hook: str) -> Any:
        """Deny a request where creates were blocked since its call began, or a wrapper's own call has brought it."""
        if not hook.startswith(PASSES):
            self._check(request, hook)
        return await flow

    def _check(self, request: Any, name: str) -> None:
        if not isinstance(request, CreateOrderRequest | CreateOrdersRequest):
            raise OrderDenied(f"risk: {name} is not known to it, and so not allowed")
        if (reason := self._block) is not None:
            raise OrderDenied(f"risk: new orders are blocked {reason}")
        for place, order in enumerate(getattr(request, "orders", (request,))):
            if (reason := objection(order, self._limits)) is not None:
                where = f"orders[{place}]: " if isinstance(request, CreateOrdersRequest) else ""
                raise OrderDenied(f"risk: {where}{reason}")
