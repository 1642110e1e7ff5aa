"""What the author of a plugin says of a venue: which request is which, and how it would write its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from msgspec import Struct, field

from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.model import OrderSide, OrderStatus
from hk_adapter.record import Record


class Request(StrEnum):
    """What a request asks of the venue."""

    CANCEL = "cancel"
    QUERY = "query"
    CREATE = "create"
    OPEN_ORDERS = "open_orders"
    OTHER = "other"
    """Anything else that the plugin asks on its way, such as the venue's time."""


class Asked(Record, frozen=True, kw_only=True):
    """One request, read.

    Attributes:
        order_id: the venue's id that it names.
        client_order_id: the client's id that it names.
        side: of an order that is to be created; the same of ``price`` in quote and ``amount`` in base currency.
        after_id: the order after which a page of open orders goes on; None asks for the first page.
        limit: how many orders a page may have at the most.
    """

    kind: Request
    order_id: str | None = None
    client_order_id: str | None = None
    side: OrderSide | None = None
    price: Decimal | None = None
    amount: Decimal | None = None
    after_id: str | None = None
    limit: int = 100


class ScriptedOrder(Struct, kw_only=True):
    """One order as it truly is at the scripted venue: a limit order of the script's symbol. Times in ms UTC.

    Attributes:
        price: in quote currency.
        amount: in base currency; ``filled`` is that part of it which is executed.
        word: the venue's own word for its status instead of the one that the script has for ``status``.
    """

    id: str
    client_order_id: str | None = None
    side: OrderSide = OrderSide.BUY
    price: Decimal = Decimal(1900)
    amount: Decimal = Decimal(1)
    filled: Decimal = Decimal(0)
    status: OrderStatus = OrderStatus.OPEN
    word: str | None = None
    created: int = 0
    updated: int = 0

    @property
    def is_ended(self) -> bool:
        """Whether it is off the book."""
        return self.status.final


class Refusal(StrEnum):
    """Why a venue may refuse a request, as far as plugins must tell it apart."""

    NO_SUCH_ORDER = "no_such_order"
    ENDED = "ended"
    """The order has ended already."""
    BAD_KEY = "bad_key"
    RATE_LIMITED = "rate_limited"
    NO_FUNDS = "no_funds"
    CLOSED = "closed"
    """The venue is closed for maintenance."""
    UNKNOWN_WORD = "unknown_word"
    """The form of a refusal, with a word or code that no documentation has."""


class Capabilities(Record, frozen=True, kw_only=True):
    """What a venue cannot do, and why; everything else the suite tries.

    Attributes:
        absent: the reason by the name of what is absent: a hook (``create_order``), ``client_order_id`` for a venue
            that has no such ids, or a ``Refusal`` that it has no word for.
    """

    absent: Mapping[str, str] = field(default_factory=dict)


class Script(Protocol):
    """How a venue is asked and how it answers. Write it from the venue's documentation, not from the plugin.

    Attributes:
        symbol: the unified symbol of a market whose orders have eight decimals, such as ``ETH/USD``.
    """

    @property
    def symbol(self) -> str:
        """See above."""

    def order_id(self, number: int) -> str:
        """Write the id that the venue would give to its order of a number, the longest that it may have."""

    def read(self, request: HttpRequest) -> Asked:
        """Read a request as the venue would."""

    def order(self, order: ScriptedOrder) -> Response:
        """Answer a query of one order."""

    def accepted(self, order: ScriptedOrder) -> Response:
        """Answer a cancel that was accepted; ``order`` is as it was just before."""

    def created(self, order: ScriptedOrder) -> Response:
        """Answer a create that was accepted."""

    def page(self, orders: Sequence[ScriptedOrder], *, is_last: bool) -> Response:
        """Answer a request for open orders."""

    def refusal(self, refusal: Refusal) -> Response:
        """Refuse a request."""

    def other(self, request: HttpRequest, now: int) -> Response:
        """Answer anything else that the plugin asks; ``now`` in ms UTC."""
