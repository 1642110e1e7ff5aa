"""What a caller asks of a venue: checked, venue-neutral, and still without any venue's words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msgspec import field

from hk_adapter.errors import AdapterError
from hk_adapter.model.enums import OrderSide, OrderStatus, OrderType, TimeInForce, Wait
from hk_adapter.model.order import Order
from hk_adapter.model.place import Place
from hk_adapter.record import Record


class CancelRequest(Record, frozen=True, kw_only=True, gc=False):
    """Cancel one order, named by at least one id.

    Attributes:
        order_id: the venue's id; where both ids are given, this one is sent.
        client_order_id: the client's id; beside ``order_id`` the answer must carry it.
        symbol: unified; the answer must not contradict it. None: not said.
        params: what is left of ccxt's ``params``; the venue plugin refuses keys it does not know.
    """

    order_id: str | None = None
    client_order_id: str | None = None
    symbol: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)

    def acknowledged(self, **told: Any) -> Order:
        """Return the order as pending, under the ids asked for, for an answer that accepts and shows no order.

        ``told`` are fields of ``Order`` that the answer said too. Where it names the order by itself, read it instead:
        an answer about another order is found out by its id alone.
        """
        ids = {"id": self.order_id, "client_order_id": self.client_order_id}
        return Order(**ids | {"status": OrderStatus.PENDING_CANCEL} | told)


class CancelOrdersRequest(Record, frozen=True, kw_only=True):
    """Cancel several orders by their venue ids, in one request of the venue.

    Attributes:
        params: what is left of ccxt's ``params``; the venue plugin refuses keys it does not know.
    """

    order_ids: tuple[str, ...]
    symbol: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


class CancelOrdersAnswer(Record, frozen=True, kw_only=True):
    """What the venue said to a cancel of several orders: ids that are not in ``refused`` were accepted.

    An error there that is no refusal, such as OutcomeUnknown, leaves that order in doubt.
    """

    refused: Mapping[str, AdapterError]


class CancelAllRequest(Record, frozen=True, kw_only=True):
    """Cancel what is on the book.

    Attributes:
        symbol: unified; None means every symbol.
        side: None means both.
        client_id_prefix: only orders whose client order id begins so; None means all.
        params: what is left of ccxt's ``params``; the venue plugin refuses keys it does not know.
    """

    symbol: str | None = None
    side: OrderSide | None = None
    client_id_prefix: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


class CountdownRequest(Record, frozen=True, kw_only=True):
    """Let the venue cancel everything by itself, unless it is asked again in time.

    Attributes:
        milliseconds: after which it does; 0 takes the countdown off.
        params: what is left of ccxt's ``params``; the venue plugin refuses keys it does not know.
    """

    milliseconds: int
    params: Mapping[str, Any] = field(default_factory=dict)


class CancelManyRequest(Record, frozen=True, kw_only=True):
    """Cancel several orders, each named by its venue id or its client order id."""

    orders: tuple[CancelRequest, ...]


class FetchOrderRequest(Record, frozen=True, kw_only=True, gc=False):
    """Look one order up. Fields as in CancelRequest; ``account_id`` names a sub-account, None is the key's own."""

    order_id: str | None = None
    client_order_id: str | None = None
    symbol: str | None = None
    account_id: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


class ListOrdersRequest(Record, frozen=True, kw_only=True):
    """List orders, newest first, one page of them.

    Attributes:
        symbol: unified; None lists every symbol.
        before_id: what the page before gave as ``next_before_id``, whatever its plugin means by it; None starts at the
            newest.
        limit: rows wanted; None, or more than the venue's largest page, is that page.
        since: only orders from then on, in ms UTC; None has no such bound. A hint: the page may hold older ones.
        until: only orders up to then, in ms UTC; None has no such bound. A hint: the page may hold newer ones.
        account_id: a sub-account; None is the key's own.
        any_account: rows of other accounts do no harm, as where the caller picks orders by ids that it knows; a plugin
            need not find out which are the key's own.
        partial: whether the caller takes what can be read. Hooks need not heed it: they tell what they leave out.
        params: what is left of ccxt's ``params``; the venue plugin refuses keys it does not know.
    """

    symbol: str | None = None
    before_id: str | None = None
    limit: int | None = None
    since: int | None = None
    until: int | None = None
    account_id: str | None = None
    any_account: bool = False
    partial: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)


class UnreadRow(Record, frozen=True, kw_only=True):
    """A row of a list that cannot be read exactly, or was not asked for.

    Attributes:
        reason: why, in words.
        order: of a list of orders: as much of it as can be read, its id at least; None where not even that can be.
        about: of any other list: the row's own id, symbol, currency or time, as the venue writes it; None where it has
            none that can be read.
        maybe_foreign: of a list of orders: whether it does not say whose order it is, and may be another account's.
    """

    reason: str
    order: Order | None = None
    about: str | None = None
    maybe_foreign: bool = False


class OrderPage(Record, frozen=True, kw_only=True):
    """One page of a list of orders.

    Attributes:
        complete: whether nothing is missing: no further page, and every row could be read.
        next_before_id: the cursor of the next page, any text; None where there is none.
        left_out: rows that could not be read exactly, or were not asked for.
        unread: those rows, as far as the plugin tells them.
        cut_off: whether there may be a further page that no cursor names; False: nothing but rows is missing. None says
            neither: where the page is not complete then, and names no next one, there may be.
    """

    orders: tuple[Order, ...]
    complete: bool
    next_before_id: str | None = None
    left_out: int = 0
    unread: tuple[UnreadRow, ...] = ()
    cut_off: bool | None = None


class CreateOrderRequest(Record, frozen=True, kw_only=True):
    """Place one order.

    Attributes:
        amount: base currency; None where ``cost`` is given.
        price: the limit, in quote currency per base unit; None for market orders.
        cost: what to spend or receive, in quote currency; market orders only.
        client_order_id: always set, so that a create whose outcome is unknown can be looked up.
        fresh_id: whether it was made for this call alone: then no other order can have it.
        test: only have the venue check it; no order may come of it.
    """

    symbol: str
    type: OrderType
    side: OrderSide
    client_order_id: str
    amount: Decimal | None = None
    price: Decimal | None = None
    cost: Decimal | None = None
    time_in_force: TimeInForce | None = None
    post_only: bool = False
    fresh_id: bool = False
    test: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)

    def acknowledged(self, order_id: str | None, **told: Any) -> Order:
        """Return the order as asked for, under the venue's id, for an answer that says no more.

        ``told`` are fields of ``Order`` that the answer said too, such as ``status``, ``timestamp`` and ``info``. What
        it did not say of how the order stands is None.
        """
        terms: dict[str, Any] = {
            "client_order_id": self.client_order_id,
            "symbol": self.symbol,
            "type": str(self.type),
            "side": self.side,
            "time_in_force": self.time_in_force,
            "post_only": self.post_only,
            "price": self.price,
            "amount": self.amount,
        }
        return Order(id=order_id, **terms | told)


class CreateOrdersRequest(Record, frozen=True, kw_only=True):
    """Place several orders in one request of the venue: of one symbol, and no more than its ``create_batch``.

    As an operation's request: any number, of any symbols.
    """

    orders: tuple[CreateOrderRequest, ...]


class CreateOrdersAnswer(Record, frozen=True, kw_only=True):
    """What the venue said to each order of a batch, in the order asked: the order, or why it was refused.

    An error that is no refusal, such as OutcomeUnknown, leaves that order in doubt.
    """

    results: tuple[Order | AdapterError, ...]


class Operation(Record, frozen=True, kw_only=True, gc=False):
    """One whole call, as wrappers of ``operate`` and of ``attempt`` see it.

    Attributes:
        name: the hook it is about, such as ``cancel_order``; ``recover`` of the looks of a recovery.
        request: the hook's request; None where it takes none.
        timeout: seconds for the whole call, waits included.
        wait: what a cancel waits for.
        deadline: when the whole call must be over, in seconds of the monotonic clock; the host sets it.
        place: where it goes; None only where no connection made it.
        id: tells the call from every other of this process; the host sets it. 0: it is not begun.
    """

    name: str
    request: Any
    timeout: float
    wait: Wait = Wait.FINAL
    deadline: float | None = None
    place: Place | None = None
    id: int = 0

    def end(self, now: float) -> float:
        """Return when the whole call must be over; without a ``deadline`` it begins ``now``."""
        return now + self.timeout if self.deadline is None else self.deadline

    def due(self, deadline: float, call_id: int | None = None) -> Operation:
        """Return the same call with its ``deadline``, and its id where one is given."""
        return Operation(
            name=self.name,
            request=self.request,
            timeout=self.timeout,
            wait=self.wait,
            deadline=deadline,
            place=self.place,
            id=self.id if call_id is None else call_id,
        )
