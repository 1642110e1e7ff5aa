"""From the frames of HashKey's private stream to events: each read as strictly as an answer over REST.

Sources: MENA documentation, Sept 2026, and HK's, Nov 2025. A frame is an array of events, or one object: a ping.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hk_adapter.errors import AdapterError, InvalidArgument, UnexpectedPayload
from hk_adapter.model import (
    Balance,
    Balances,
    BalancesSeen,
    Fee,
    Order,
    OrderSeen,
    OrderSide,
    Reply,
    StreamEvent,
    Trade,
    TradeSeen,
    Unread,
)
from hk_adapter.parsing import (
    Fields,
    SaidTwice,
    exact_product,
    exact_sum,
    name_of,
    read_json,
    reading,
    write_json,
)
from hk_adapter.record import set_once
from hk_adapter.venues.hashkey.error_codes import VENUE
from hk_adapter.venues.hashkey.parse.account import balances_of
from hk_adapter.venues.hashkey.parse.orders import parse_order
from hk_adapter.venues.hashkey.symbols import SymbolNames

_MOST_EVENTS = 10_000
"""Events that one frame is taken to have at the most; a full page of orders, each with fills, has fewer."""

_AS_REST = tuple(
    {
        "i": "orderId",
        "c": "clientOrderId",
        "s": "symbol",
        "S": "side",
        "o": "type",
        "f": "timeInForce",
        "q": "origQty",
        "p": "price",
        "X": "status",
        "z": "executedQty",
        "Z": "cumulativeQuoteQty",
        "V": "avgPrice",
        "O": "time",
        "U": "updateTime",
    }.items()
)
"""What the fields of an ``executionReport`` are called over REST."""
_SIDES = {"BUY": OrderSide.BUY, "SELL": OrderSide.SELL}
_REPORT, _TICKET, _BALANCES = "executionReport", "ticketInfo", "outboundAccountInfo"
_OF_OTHER_ACCOUNTS = frozenset(
    {
        "outboundCustodyAccountInfo",
        "outboundFiatAccountInfo",
        "outboundOptAccountInfo",
        "outboundContractAccountInfo",
        "outboundContractPositionInfo",
        "contractExecutionReport",
    }
)
"""Events of accounts and orders that are not spot: nothing of them is told."""


class FrameReader:
    """Reads the frames of one site's private stream."""

    def __init__(self, names: SymbolNames) -> None:
        self._names = names

    def read(self, frame: str) -> list[StreamEvent]:
        """Read every event of a frame, in its order."""
        try:
            payload = read_json(frame.encode(), rows=_MOST_EVENTS)
        except (InvalidArgument, UnicodeError):
            payload = None
        rows = payload if isinstance(payload, list) else [payload]
        return [event for row in rows if (event := self._event(row)) is not None]

    def ping(self, timestamp: int) -> str:
        """Write the client's ping, which is answered by a pong."""
        return write_json({"ping": timestamp}).decode()

    def venue_symbol(self, symbol: str) -> str:
        """Return the venue's word for a symbol."""
        return self._names.word(symbol)

    def _event(self, row: Any) -> StreamEvent | None:
        try:
            return self._read(row)
        except AdapterError as error:
            return Unread(reason=str(error), order_id=name_of(row, "o" if _kind(row) == _TICKET else "i"))

    def _read(self, row: Any) -> StreamEvent | None:
        kind = _kind(row)
        if kind == _REPORT:
            order = parse_report(row, self._names)
            return OrderSeen(order=order, trade=_fill_of(row, order))
        if kind == _TICKET:
            return parse_ticket(row, self._names)
        if kind == _BALANCES:
            return BalancesSeen(balances=_balances(row))
        if isinstance(row, Mapping) and "ping" in row:
            return _pong(row)
        if kind in _OF_OTHER_ACCOUNTS or (isinstance(row, Mapping) and "pong" in row):
            return None
        raise UnexpectedPayload(f"{VENUE}: an event of a kind that nobody knows: {str(kind)[:40]!r}", venue=VENUE)


def parse_report(row: Any, names: SymbolNames) -> Order:
    """Read the order of an ``executionReport``. Raises UnexpectedPayload for what cannot be read exactly.

    Its type says how a market order was placed (``MARKET_OF_BASE``), where REST says ``MARKET`` alone; a flag of its
    own says whether a limit order only makes.
    """
    with reading("an executionReport", VENUE):
        fields = Fields(row)
        if row.get("w") not in (None, True, False):
            raise InvalidArgument("w is neither true nor false")
        makes = fields.maybe_flag("m")
    as_rest = {name: row[key] for key, name in _AS_REST if key in row}
    order = parse_order(as_rest, operation="open_stream", unify=names.unified)
    set_once(order, "post_only", order.post_only or makes)
    set_once(order, "info", dict(row))
    return order


def parse_ticket(row: Any, names: SymbolNames) -> TradeSeen:
    """Read a ``ticketInfo``. Its id is REST's ``ticketId`` and not its ``id``: the fill has none here.

    It says nothing of fees.
    """
    with reading("a ticketInfo", VENUE):
        fields = Fields(row)
        price, amount = _above_zero(fields, "p"), _above_zero(fields, "q")
        trade = Trade(
            id=None,
            order_id=fields.id("o"),
            symbol=names.unified(fields.text("s"), None),
            side=fields.word("S", _SIDES),
            taker_or_maker="maker" if fields.flag("m") else "taker",
            price=price,
            amount=amount,
            cost=exact_product(price, amount),
            timestamp=fields.time("t"),
            info=dict(row),
        )
        return TradeSeen(trade=trade, told_as=fields.id("T"))


def _fill_of(row: Mapping[str, Any], order: Order) -> Trade | None:
    """Read the fill of a report: ``d`` is REST's ``id`` of it, and empty where the report tells of none.

    Its fee may be below REST's, by what HK adds up to its least fee (``feeSupplementaryAmount``).
    """
    with reading("the fill of an executionReport", VENUE):
        fields = Fields(row)
        amount = fields.maybe_amount("l") or Decimal(0)
        fill = fields.maybe_id("d")
        if fill is None or fill == "0":
            if amount:
                raise InvalidArgument("l without the id of a fill")
            return None
        if not amount:
            raise InvalidArgument("the id of a fill, and nothing filled")
        if order.filled is not None and amount > order.filled:
            raise InvalidArgument(f"l {amount} is above z {order.filled}")
        price = _above_zero(fields, "L")
        return Trade(
            id=fill,
            order_id=order.id,
            symbol=order.symbol,
            side=order.side,
            taker_or_maker=fields.word("rt", {"taker": "taker", "maker": "maker"}) if fields.has("rt") else None,
            price=price,
            amount=amount,
            cost=exact_product(price, amount),
            fees=_fees(fields),
            timestamp=fields.maybe_moment("U") or fields.maybe_moment("E"),
            info=dict(row),
        )


def _above_zero(fields: Fields, name: str) -> Decimal:
    number = fields.number(name)
    if not number > 0:
        raise InvalidArgument(f"{name} of a fill is not above 0")
    return number


def _fees(fields: Fields) -> tuple[Fee, ...]:
    if not fields.has("n") or not fields.has("N"):
        return ()
    return (Fee(currency=fields.code("N"), cost=fields.number("n")),)


def _balances(row: Mapping[str, Any]) -> Balances:
    with reading("an outboundAccountInfo", VENUE):
        fields = Fields(row)
        rows, moment = fields.rows("B"), fields.maybe_moment("E")
    by_currency, unread = balances_of(rows, _balance, "a")
    return Balances(by_currency=by_currency, timestamp=moment, unread=unread, info=dict(row))


def _balance(row: Any) -> tuple[str, Balance]:
    with reading("a balance", VENUE):
        fields = Fields(row)
        free, used = fields.number("f"), fields.number("l")
        return fields.code("a"), Balance(free=free, used=used, total=exact_sum(free, used))


def _kind(row: Any) -> str | None:
    """Return an event's kind; the documentation's first report has an empty one, and all else of a report."""
    fields = row.certain if isinstance(row, SaidTwice) else row
    if not isinstance(fields, Mapping):
        return None
    kind = fields.get("e")
    if kind in (None, "") and {"i", "X", "z"} <= fields.keys():
        return _REPORT
    return kind if isinstance(kind, str) else None


def _pong(row: Mapping[str, Any]) -> Reply:
    with reading("a ping", VENUE):
        return Reply(text=write_json({"pong": Fields(row).time("ping")}).decode())
