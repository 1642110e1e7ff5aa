"""What the author of a plugin says of a venue: which request is which, and how it would write its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from msgspec import field

from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.hooks import Credentials
from hk_adapter.model import OrderSide, OrderStatus, OrderType
from hk_adapter.record import Record
from hk_adapter.testing.conformance.scripted_data import ScriptedOrder


class Request(StrEnum):
    """What a request asks of the venue."""

    CANCEL = "cancel"
    QUERY = "query"
    CREATE = "create"
    OPEN_ORDERS = "open_orders"
    CANCEL_MANY = "cancel_many"
    """To cancel several orders, each named by the venue's id."""
    CREATE_MANY = "create_many"
    """To place several orders."""
    ENDED_ORDERS = "ended_orders"
    """A page of the orders that have ended."""
    ALL_ORDERS = "all_orders"
    """A page of orders, whether they have ended or not."""
    FILLS = "fills"
    """A page of the account's fills."""
    BALANCES = "balances"
    MARKETS = "markets"
    """What can be traded, by which rules."""
    BOOK = "book"
    """The order book of a market."""
    TRADES = "trades"
    """The newest trades of a market, which everybody sees."""
    TICKERS = "tickers"
    """The last 24 hours of a market, or of all."""
    COUNTDOWN = "countdown"
    """To cancel everything by itself after a time, unless it is asked again, or to do so no more."""
    OPEN_STREAM = "open_stream"
    """To prepare a private stream, such as by a key for it."""
    RENEW_STREAM = "renew_stream"
    CLOSE_STREAM = "close_stream"
    OTHER = "other"
    """Anything else that the plugin asks on its way, such as the venue's time."""


class Asked(Record, frozen=True, kw_only=True):
    """One request, read.

    Attributes:
        order_id: the venue's id that it names.
        client_order_id: the client's id that it names.
        symbol: the market, unified: that of a create, of all rows of a page, or of the one order that is asked about or
            canceled; None names none.
        type: of an order that is to be created, where it is told; the same of ``side``, of ``price`` in quote currency,
            of ``amount`` in base currency, and of ``cost``, what a market order is to come to, in quote currency.
        after_id: the row after which a page goes on, by its id; None asks for the first page. Pages are newest first.
        limit: how many rows a page may have at the most; of several cancels or creates, how many are taken at once.
        orders: of a create of several, what is asked of each, in the order of the request.
        order_ids: of a cancel of several, the venue's ids, in the order of the request.
        since: of a list, only rows from then on, in ms UTC; None has no such bound. The same of ``until``.
        skipped: of a list whose pages are numbered, how many rows come before this one.
        stream_key: which stream is to be renewed, or closed.
        milliseconds: of a countdown, after how many the venue cancels everything; 0 takes it off.
        nonce: what must rise from one request of a key to the next, where the venue takes them in that order only.
    """

    kind: Request
    order_id: str | None = None
    client_order_id: str | None = None
    symbol: str | None = None
    type: OrderType | None = None
    side: OrderSide | None = None
    price: Decimal | None = None
    amount: Decimal | None = None
    cost: Decimal | None = None
    after_id: str | None = None
    limit: int = 100
    orders: tuple[Asked, ...] = ()
    order_ids: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None
    skipped: int = 0
    stream_key: str | None = None
    milliseconds: int | None = None
    nonce: int | None = None


class StateWord(Record, frozen=True, kw_only=True):
    """One of the venue's words for how an order stands, as its documentation has it.

    Attributes:
        word: the venue's own.
        status: what it says.
        filled: how much of an order of 1 is filled that stands so, in base currency; None is all of a closed one, and
            else nothing.
    """

    word: str
    status: OrderStatus
    filled: Decimal | None = None


class SignedExample(Record, frozen=True, kw_only=True):
    """A request of which it is known how it is signed: the example of the venue's documentation, or one of your own.

    One of your own is computed beside the plugin, with ``hmac`` and ``hashlib``. What is None, or not named, may be
    anything; what is told must hold the signature.

    Attributes:
        call: what ``sign`` is given; with its ``nonce`` where the venue takes requests in order.
        key: what it signs with, by ``example_key``.
        timestamp: the venue's time, in ms UTC.
        url: where the request goes, query and all.
        headers: some of those that it has, by their names.
        body: its bytes.
    """

    call: HttpCall
    key: Credentials
    timestamp: int = 0
    url: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


class Refusal(StrEnum):
    """Why a venue may refuse a request, as far as plugins must tell it apart."""

    NO_SUCH_ORDER = "no_such_order"
    ENDED = "ended"
    """The order has ended already."""
    BAD_KEY = "bad_key"
    RATE_LIMITED = "rate_limited"
    NO_FUNDS = "no_funds"
    DUPLICATE = "duplicate"
    """There is an order with this client order id already."""
    CLOSED = "closed"
    """The venue is closed for maintenance."""
    CLOCK_SKEW = "clock_skew"
    """The request's time, or its nonce, is not one that the venue takes."""
    UNKNOWN_WORD = "unknown_word"
    """The form of a refusal, with a word or code that no documentation has."""


class BatchRow(Record, frozen=True, kw_only=True):
    """What became of one order of a cancel, or a create, of several: ``refusal`` None is accepted.

    ``order`` of a cancel is as it was just before; of one that the venue does not know, only its ``id`` is true. Of a
    create that is refused, its ``id`` is nobody's.
    """

    order: ScriptedOrder
    refusal: Refusal | None = None


class Capabilities(Record, frozen=True, kw_only=True):
    """What a venue cannot do, and why; everything else the suite tries.

    Attributes:
        absent: the reason by the name of what is absent: a hook (``create_order``), several of them under one name
            (``market_data``), ``client_order_id`` for a venue that has no such ids, a ``Refusal`` that it has no word
            for, or what a script need not write (``a_row_that_cannot_be_read``) because the venue cannot say it.
    """

    absent: Mapping[str, str] = field(default_factory=dict)


class Script(Protocol):
    """How a venue is asked and how it answers. Write it from the venue's documentation, not from the plugin.

    Attributes:
        symbol: the unified symbol of a market whose orders have eight decimals at least, such as ``ETH/USD``.
        places: how many decimals that market takes, where they are fewer than 18; else left out. Creates have no more,
            and answers may.
        waits: a tuple of the seconds that the venue documents for how long to be silent after a rate limit; else left
            out.
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
