"""What the documents leave open or contradict, each with its candidates: one setting per open question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from types import MappingProxyType
from typing import TypeVar

Value = TypeVar("Value", str, int, bool)


def _one_of(default: Value, *others: Value) -> Value:
    answer: Value = field(default=default, metadata={"candidates": (default, *others)})
    return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """Choose how the venue behaves where its documents do not say; ValueError for a word no source knows.

    The defaults are the codes whose tabled text says most exactly what happened. `0212`, which cannot tell a
    finished order from one that never existed, is a candidate for every cancel that comes too late.
    """

    wrong_signature: str = _one_of("0001", "0002")
    """The table lists a wrong signature as a second 0001; ccxt knows it as 0002."""
    unknown_key: str = _one_of("0102", "-1002")
    """For a key that is missing or not ours."""
    key_headers: str = _one_of("either", "X-HK-APIKEY", "X-APIKEY")
    """The header that the key is read from: HK and Global say X-HK-APIKEY, MENA's document of 2026 X-APIKEY."""
    disabled_key: str = _one_of("0102", "-1002")
    """For a key that was switched off; the text of 0102 speaks of validity."""
    unused_keys: str = _one_of("kept", "deactivated")
    """Whether a key that nobody used for 90 days is 0103, as documented since Oct 2025."""
    no_permission: str = _one_of("-1005", "0102", "-1186", "-3117")
    """For a call that the key's permissions do not cover; -1186 speaks of creating orders."""
    foreign_account: str = _one_of("-3117", "0104")
    """For an accountId whose account the key may not read."""

    account_id_required: bool = _one_of(False, True)
    """Whether balances need an accountId: HK's page of Nov 2025 says so, that of 2026 does not."""
    zero_balances: str = _one_of("listed", "absent")
    """Whether balances list an asset of which nothing is there."""
    account_user_ids: bool = _one_of(True, False)
    """Whether the list of accounts has a userId; it came in 2025."""
    key_types: str = _one_of("hk", "mena")
    """checkApiKey's words: HK's `master`, whose word for a sub-account's key is not shown, or `Master Account`."""
    vip_symbols_required: bool = _one_of(False, True)
    """Whether vipInfo needs symbols: HK's page of Nov 2025 says so, that of 2026 does not."""
    vip_time_name: str = _one_of("updateTimestamp", "updateTimeStamp")
    """How vipInfo spells its time: as in the samples, or as in the table below them."""
    fill_rows: str = _one_of("hk", "mena", "global")
    """Which fields a fill has: HK's of 2025, MENA's without the account and the supplementary fee, Global's of 2024
    without what the fee was before a deduction."""
    fills_limit: str = _one_of("500-1000", "200-500")
    """How many fills a page has when nobody says, and at most: 2026, or as ccxt's notes on Global have it."""
    fills_between: str = _one_of("exclusive", "inclusive")
    """Whether fromId and toId themselves are among the fills between them."""
    old_fills: str = _one_of("left_out", "-2028", "-2036")
    """What a startTime more than 30 days back does: what is older is left out, or the request is refused."""
    fills_by_client_id_served: bool = _one_of(True, False)
    """Whether the site has tradesByClOrderId, which the document of 2026 does not list. Without it: HTTP 404."""
    end_of_day_served: bool = _one_of(True, False)
    """Whether the site has eodBalance, which the document of 2026 does not list. Without it: HTTP 404."""
    transfer_too_much: str = _one_of("-1161", "0401")
    """For a transfer of more than is there."""

    site_word: str = _one_of("upper", "lower")
    """How an answer spells a site: HK as seen live, hk as documented."""
    unknown_site: str = _one_of("as_default", "refused")
    """What a site that nobody knows does."""
    symbol_fields: str = _one_of("2026", "2025")
    """Whether a pair also has a tradeStatus and coins' ids, as since 2026."""
    quoted_unknown: int = _one_of(-100011, -100010)
    """Market data's code for a pair that is not listed."""
    depth_most: int = _one_of(100, 200)
    """How many prices of a side depth shows at most: as seen live, or as documented."""
    ticker_inst_type: bool = _one_of(True, False)
    """Whether a ticker says what it is of; it came in 2025."""
    book_ticker_symbol_required: bool = _one_of(False, True)
    """Whether bookTicker needs a symbol; its table does not say optional, as those of other tickers do."""
    kline_gaps: str = _one_of("left_out", "flat")
    """Whether a time without trades has a kline, flat at the last price."""
    kline_cut: str = _one_of("latest", "earliest")
    """Which klines are left when there are more than the limit."""
    kline_close_time: str = _one_of("zero", "last_ms")
    """A kline's close time: 0 in every sample, though it is called a time."""

    batch_signature: str = _one_of("either", "query", "query_and_body")
    """What a batch of new orders is signed over: the query alone, as a client did whose orders were accepted in 2024,
    or query and JSON body, as the general rule has it."""

    create_status: str = _one_of("NEW", "PENDING_NEW", "as_matched")
    """The word in a create answer: NEW until 2025, PENDING_NEW in samples of 2026, both as if nothing had traded
    yet; or how the order stands after matching. While an order waits to be accepted it is always PENDING_NEW."""
    accept_delay_ms: tuple[int, int] = (0, 0)
    """How long an order stays PENDING_NEW: between these two, drawn per order."""
    reject_share: float = 0.0
    """How many of the orders taken in are REJECTED by matching in the end, from 0 to 1, drawn per order."""
    pending_new_shown: str = _one_of("everywhere", "query_only", "nowhere")
    """Where an order can be seen while PENDING_NEW; a query that must not see it says unknown."""
    post_only_crossing: str = _one_of("-2010", "-1156", "REJECTED")
    """How a LIMIT_MAKER that would trade is refused: by code, or taken in and then REJECTED. One that would trade
    only by the time it is accepted is REJECTED in any case."""

    fok_unfilled: str = _one_of("CANCELED", "REJECTED")
    """How a FOK order that cannot be filled whole ends; no page says."""
    market_fok: str = _one_of("-1115", "accepted")
    """What a market order with FOK does: 2026 has IOC alone, Global's page of v1.1 both."""
    market_buy_quantity: str = _one_of("quote", "base")
    """What the quantity of a market buy is on the older path: cash, or base units as one row of Nov 2025 has it."""
    price_band: str = _one_of("unchecked", "0210", "0207")
    """How a price outside the band around the last trade is refused; nothing says what the band is around. Where it
    is checked, it also bounds the prices at which a market order trades."""
    open_orders_limit: str = _one_of("unchecked", "-2017", "-2002")
    """How an order above the catalogue's 300 open ones of a pair is refused; -2002 is known to another client only."""
    order_fees: str = _one_of("empty", "filled")
    """Whether a query shows an order's fees: empty on MENA and Global, filled and with more fields on HK."""
    order_test_served: bool = _one_of(True, False)
    """Whether the site has orderTest, which the document of 2026 does not list. Without it: HTTP 404."""
    batch_create_paths: str = _one_of("both", "v1_1", "v1")
    """Where the site takes batches of new orders; at the other path: HTTP 404."""
    batch_entry_code: str = _one_of("text", "number")
    """Whether an entry that was taken in has the code "0000", or the number 0 as a table of 2025 has it."""

    cancel_delay_ms: tuple[int, int] = (0, 0)
    """How long an accepted cancel takes to have its effect: between these two, drawn per order and request."""
    cancel_answer: str = _one_of("as_before", "as_after", "CANCELED")
    """What an accepted cancel shows: the order as it was, as all samples since 2024 do; how it stands when the
    request was taken in; or CANCELED as on an older page, whether or not the cancel has had its effect yet."""
    cancel_in_flight: str = _one_of("as_before", "PENDING_CANCEL")
    """The word for an open order whose cancel is on its way; PENDING_CANCEL is known to other clients only."""
    cancel_again: str = _one_of("accepted", "-1144", "-2011", "-1024")
    """A further cancel while one is on its way."""
    cancel_pending_new: str = _one_of("applied_after", "-1144", "0211")
    """A cancel of an order that is still PENDING_NEW: accepted and applied once the order is, or refused."""
    cancel_filled: str = _one_of("-1139", "0212", "0211", "-1143", "-2011")
    """For a cancel of an order that is filled."""
    cancel_canceled: str = _one_of("-1142", "0212", "0211", "-1143", "-2011")
    """For a cancel of an order that is canceled with nothing filled."""
    cancel_partially_canceled: str = _one_of("-1142", "-1138", "0212", "0211", "-1143", "-2011")
    """For a cancel of an order that is canceled after a part of it was filled."""
    cancel_rejected: str = _one_of("0212", "0211", "-1143", "-2011")
    """For a cancel of an order that matching rejected."""
    cancel_unknown: str = _one_of("0211", "0212", "-1143", "-2013", "-2011")
    """For a cancel of an order that the account does not have."""
    query_unknown: str = _one_of("0211", "-1143", "-2013")
    """0211 is the tabled text for an id without an order; no source shows the answer of a query."""
    both_ids: str = _one_of("order_id", "client_order_id")
    """Which id counts when a request carries both."""

    batch_failure: str = _one_of("0211", "-2013", "as_single")
    """The code of each id that cancelOrderByIds did not cancel: two documented examples, or the single cancel's."""
    batch_all_done: str = _one_of("empty_list", "null")
    """`result` when every id was canceled: the samples show a list, the note beside them says null."""
    batch_too_large: str = _one_of("-2022", "-2030")
    """For a batch with more entries than it may have."""
    mass_cancel_cap: int = _one_of(200, 1000)
    """How many orders one DELETE openOrders takes, newest first: 200 in 2026, 1000 in Nov 2025."""
    mass_cancel_nothing: str = _one_of("success", "0211")
    """DELETE openOrders when there is nothing to cancel."""
    mass_cancel_pending_new: str = _one_of("spared", "canceled")
    """Whether a mass cancel also takes orders that are still PENDING_NEW."""
    cancel_all_served: bool = _one_of(True, False)
    """Whether the site has cancelAllOpenOrders; HK's pages of Nov 2025 do not list it. Without it: HTTP 404."""

    cursor_name: str = _one_of("fromOrderId", "orderId", "either")
    """What the lists call the id to go on from: 2026 and Nov 2025 differ. The other name means nothing."""
    open_orders_paging: str = _one_of("newest_first", "oldest_first")
    """From the cursor towards smaller ids, as order history, or towards greater ones."""
    history_time: str = _one_of("created", "updated")
    """Which of an order's times history holds against startTime, endTime and its 90 days."""
    history_rejected: str = _one_of("listed", "absent")
    """Whether order history, which also has orders canceled unfilled, has rejected ones."""

    listen_key_signature: str = _one_of("required", "optional")
    """Whether a listen key is asked for with time and signature, as its table of parameters has it, or by the key
    alone, as the table of classes and an older page have it."""
    listen_key_name: str = _one_of("listenKey", "listenkey")
    """How the answer spells the listen key; HK's older table has no capital."""
    listen_key_again: str = _one_of("same", "another", "replaces")
    """What a second request for a listen key gives while the first lives: the same one, renewed; one more; or one
    that ends the first."""
    listen_key_unknown: str = _one_of("-1130", "0001")
    """How a listen key that is not known, or not any more, is refused; no code is documented."""
    listen_key_stranger: str = _one_of("refused", "closed")
    """What opening a stream with a listen key that is not known does: HTTP 400, or a connection that ends at once."""
    stream_frames: str = _one_of("by_order", "single", "all")
    """Which events of one moment share an array: reports of one order, as in the sample; none; or all there are."""
    stream_fill_order: str = _one_of("report_first", "ticket_first")
    """What of a fill comes first, the order's report or the ticket."""
    stream_pending_new: str = _one_of("silent", "shown")
    """Whether an order that is taken in and not open yet is told of."""
    stream_first_name: str = _one_of("named", "empty")
    """Whether the report of a NEW order names its event; the sample shows it empty."""
    stream_heartbeat: str = _one_of("60_minutes", "two_pings")
    """When a private stream ends for want of a pong: an hour without any, or as an older page has it two pings in a
    row."""
    limit_answer: str = _one_of("json", "empty", "html", "json_400")
    """The body of a 429 or 418. `json_400`: HTTP 400 instead of 429, as the error table has it."""
    retry_after: str = _one_of("absent", "seconds")
    """Whether a 429 or 418 says how long to wait; no such header is documented or was seen."""
    stream_delay_ms: tuple[int, int] = (0, 0)
    """How long after what it tells a frame arrives: between these two, drawn per frame; they never overtake."""

    def __post_init__(self) -> None:
        for name, candidates in self.candidates().items():
            if (value := getattr(self, name)) not in candidates:
                raise ValueError(f"dialect {name}={value!r}: expected one of {', '.join(map(str, candidates))}")
        for name in ("accept_delay_ms", "cancel_delay_ms", "stream_delay_ms"):
            low, high = getattr(self, name)
            if not 0 <= low <= high:
                raise ValueError(f"dialect {name}={(low, high)!r}: expected 0 <= low <= high")
        if not 0 <= self.reject_share <= 1:
            raise ValueError(f"dialect reject_share={self.reject_share!r}: expected 0 to 1")

    @classmethod
    @cache
    def candidates(cls) -> Mapping[str, tuple[str | int | bool, ...]]:
        """Return each setting that chooses between words, with its candidates, the default first."""
        return MappingProxyType({item.name: item.metadata["candidates"] for item in fields(cls) if item.metadata})
