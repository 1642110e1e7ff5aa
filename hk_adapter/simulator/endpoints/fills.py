"""An account's fills, page by page, newest first.

Sources: HashKey documentation 2025/2026. They reach back 30 days; fromId and toId, and a client's id, pick among them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from hk_adapter.simulator.endpoints.parameters import whole_number
from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.exchange.money import plain
from hk_adapter.simulator.exchange.orders import Fill
from hk_adapter.simulator.exchange.state import Answer, Parameters, VenueState
from hk_adapter.simulator.refusals import Refusal

REACH_MS = 30 * 24 * 3600 * 1000

_LIMITS = {"500-1000": (500, 1000), "200-500": (200, 500)}


def account_fills(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """List an account's fills; a main account's key may ask for those of a sub-account."""
    asked = venue.register.asked_for(account, parameters, venue.dialect.foreign_account)
    return _page(venue, asked, parameters, now)


def sub_account_fills(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """List the fills of the sub-account that a main account's key names."""
    named = parameters.get("subAccountId")
    if not named:
        raise Refusal("0001", "subAccountId")
    sub = venue.register.by_id(named)
    if sub is None or sub.parent is not account:
        raise Refusal(venue.dialect.foreign_account)
    return _page(venue, sub, parameters, now)


def fills_by_client_id(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """List the fills of the order that the client gave an id; these rows say less of the fee."""
    if not parameters.get("clientOrderId"):
        raise Refusal("0001", "clientOrderId")
    fills = _fills_asked_for(venue, account, parameters, now - REACH_MS, now)
    return [_short_row(fill) for fill in fills]


def fill_row(fill: Fill, words: str) -> dict[str, object]:
    """Show a fill in the fields that a site has."""
    fee = plain(fill.commission)
    row: dict[str, object] = {
        **_identity(fill),
        "commission": fee,
        "commissionAsset": fill.commission_asset,
        **_trade(fill),
        "fee": _fee(fill) if words == "global" else _fee(fill) | _origin_of_fee(fill),
        "feeCoinId": fill.commission_asset,
        "feeAmount": fee,
    }
    if words == "hk":
        row["feeSupplementaryAmount"] = "0"
    row["makerRebate"] = "0"
    if words == "hk":
        row["accountId"] = fill.order.account.account_id
    if words != "global":
        row |= {"hskDeduct": False, "hskDeductPrice": ""}
    return row


def _page(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    symbol = parameters.get("symbol") or None
    if symbol is not None and symbol not in venue.markets:
        raise Refusal("0201", "symbol")
    start, end = whole_number(parameters, "startTime"), whole_number(parameters, "endTime")
    oldest = now - REACH_MS
    if start is not None and start < oldest and venue.dialect.old_fills != "left_out":
        raise Refusal(venue.dialect.old_fills)
    last = now if end is None else end
    fills = _fills_asked_for(venue, account, parameters, oldest if start is None else max(start, oldest), last, symbol)
    return [fill_row(fill, venue.dialect.fill_rows) for fill in fills]


def _fills_asked_for(
    venue: VenueState, account: Account, parameters: Parameters, first: int, last: int, symbol: str | None = None
) -> Iterator[Fill]:
    default, most = _LIMITS[venue.dialect.fills_limit]
    limit = whole_number(parameters, "limit")
    if limit == 0:
        raise Refusal("-1130", "limit")
    client_id = parameters.get("clientOrderId") or None
    is_within = _bounds(venue, parameters)
    fills = (
        fill
        for fill in _newest_first(venue.book.records.fills(account))
        if first <= fill.time <= last
        and symbol in (None, fill.order.terms.market.symbol)
        and client_id in (None, fill.order.client_order_id)
        and is_within(int(fill.id))
    )
    return islice(fills, min(default if limit is None else limit, most))


def _bounds(venue: VenueState, parameters: Parameters) -> Callable[[int], bool]:
    low, high = whole_number(parameters, "fromId"), whole_number(parameters, "toId")
    if low is not None and high is not None and venue.dialect.fills_between == "inclusive":
        return lambda number: low <= number <= high
    return lambda number: (low is None or number > low) and (high is None or number < high)


def _newest_first(fills: Iterable[Fill]) -> list[Fill]:
    return sorted(fills, key=lambda fill: int(fill.id), reverse=True)


def _short_row(fill: Fill) -> dict[str, object]:
    return {
        **_identity(fill),
        **_trade(fill),
        "fee": _fee(fill),
        "feeSupplementaryAmount": "0",
        "makerRebate": "0",
        "accountId": fill.order.account.account_id,
    }


def _identity(fill: Fill) -> dict[str, object]:
    symbol = fill.order.terms.market.symbol
    return {
        "id": fill.id,
        "clientOrderId": fill.order.client_order_id,
        "ticketId": fill.ticket_id,
        "symbol": symbol,
        "symbolName": symbol,
        "orderId": fill.order.order_id,
        "matchOrderId": "0",
        "price": plain(fill.price),
        "qty": plain(fill.quantity),
    }


def _trade(fill: Fill) -> dict[str, object]:
    return {"time": str(fill.time), "isBuyer": fill.side == "BUY", "isMaker": fill.is_maker}


def _fee(fill: Fill) -> dict[str, object]:
    return {
        "feeCoinId": fill.commission_asset,
        "feeCoinName": fill.commission_asset,
        "fee": plain(fill.commission),
    }


def _origin_of_fee(fill: Fill) -> dict[str, object]:
    return {
        "originFee": plain(fill.commission),
        "originCoinId": fill.commission_asset,
        "originCoinName": fill.commission_asset,
    }
