"""The table of endpoints tells the truth: what each hook sends, where, at what cost, and what reads the answer."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from decimal import Decimal

import pytest

from hk_adapter.errors import NotSupported
from hk_adapter.flow.effects import Flow
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import (
    AccountRequest,
    CancelAllRequest,
    CancelOrdersRequest,
    CancelRequest,
    CreateOrderRequest,
    CreateOrdersRequest,
    FetchOrderRequest,
    ListOrdersRequest,
    ListTradesRequest,
    MarketRequest,
    OrderSide,
    OrderType,
    StreamPlan,
    StreamRequest,
    SymbolsRequest,
)
from hk_adapter.venues.hashkey import endpoints
from hk_adapter.venues.hashkey.endpoints import ENDPOINTS, Endpoint
from hk_adapter.venues.hashkey.parse.stream import FrameReader
from hk_adapter.venues.hashkey.plugin import HashKeyVenue
from hk_adapter.venues.hashkey.sites import SITES
from hk_adapter.venues.hashkey.symbols import SymbolNames
from tests.cases import each
from tests.venues.hashkey.driving import opened, sent

LIMIT = CreateOrderRequest(
    symbol="ETH/USD",
    type=OrderType.LIMIT,
    side=OrderSide.BUY,
    client_order_id="1",
    amount=Decimal(1),
    price=Decimal(1900),
)
SUB = "1649292498437183232"
PLAN = StreamPlan(url="wss://stream-glb.hashkey.com/api/v1/ws/key", reader=FrameReader(SymbolNames()), key="key")
ASKED: dict[str, object] = {
    "CREATE_ORDER": LIMIT,
    "TEST_ORDER": replace(LIMIT, test=True),
    "CREATE_ORDERS": CreateOrdersRequest(orders=(LIMIT,)),
    "CANCEL_ORDER": CancelRequest(order_id="1"),
    "CANCEL_ORDERS": CancelOrdersRequest(order_ids=("1",)),
    "CANCEL_SYMBOL": CancelAllRequest(symbol="ETH/USD"),
    "CANCEL_EVERY_SYMBOL": CancelAllRequest(),
    "ORDER": FetchOrderRequest(order_id="1"),
    "OPEN_ORDERS": ListOrdersRequest(),
    "ORDER_HISTORY": ListOrdersRequest(),
    "SUB_OPEN_ORDERS": ListOrdersRequest(account_id=SUB),
    "SUB_ORDER_HISTORY": ListOrdersRequest(account_id=SUB),
    "FILLS": ListTradesRequest(),
    "ORDER_FILLS": ListTradesRequest(order_id="1"),
    "SUB_FILLS": ListTradesRequest(account_id=SUB),
    "BALANCES": AccountRequest(),
    "FEES": SymbolsRequest(),
    "ACCOUNTS": AccountRequest(),
    "KEY": AccountRequest(),
    "NEW_LISTEN_KEY": StreamRequest(),
    "RENEW_LISTEN_KEY": PLAN,
    "END_LISTEN_KEY": PLAN,
    "MARKETS": SymbolsRequest(),
    "CURRENCIES": SymbolsRequest(),
    "TICKERS": SymbolsRequest(),
    "BOOK": MarketRequest(symbol="ETH/USD"),
    "TRADES": MarketRequest(symbol="ETH/USD"),
    "CANDLES": MarketRequest(symbol="ETH/USD", timeframe="1m"),
    "TIME": None,
    "PING": None,
}
NAMES = {name: row for name, row in vars(endpoints).items() if isinstance(row, Endpoint)}


def asked(venue: HashKeyVenue, name: str) -> Flow[object]:
    """Ask the hook of a row for what makes it use that row."""
    hook = getattr(venue, NAMES[name].hook)
    request = ASKED[name]
    flow: Flow[object] = hook() if request is None else hook(request)
    return flow


AT_ITS_SITES = [(name, site) for name, row in NAMES.items() for site in row.sites]
ELSEWHERE = [(name, site) for name, row in NAMES.items() for site in sorted(set(SITES) - set(row.sites))]


def test_no_row_is_missing() -> None:
    """Each row is in the list, and each is asked for here."""
    assert set(NAMES.values()) == set(ENDPOINTS)
    assert len(NAMES) == len(ENDPOINTS)
    assert set(ASKED) == set(NAMES)


def test_every_venue_hook_has_a_row() -> None:
    """The plugin has the whole contract, but what the core does by itself, what sends nothing, and a countdown."""
    hooks = {name for name in vars(VenueHooks) if not name.startswith("_")} - {
        "operate",
        "attempt",
        "open_market_stream",
        "cancel_all_orders_after",  # the venue has none
    }
    assert {row.hook for row in ENDPOINTS} == hooks
    assert not [name for name in hooks if not hasattr(HashKeyVenue, name)]


@each(("name", "site"), AT_ITS_SITES)
def test_a_hook_sends_what_its_row_says(name: str, site: str) -> None:
    """Method, path, weight, group and lane; signed unless it is public."""
    row, call = NAMES[name], sent(asked(opened(site), name))
    path = SITES[site].batch_path if name == "CREATE_ORDERS" else row.path
    assert (call.method, call.path) == (row.method, path)
    assert (call.weight, call.group, call.lane) == (row.weight, row.group, row.lane)
    assert call.signed is (row.group != "public")


@pytest.mark.parametrize(("name", "site"), [one for one in ELSEWHERE if one[0].startswith("SUB_")])
def test_a_sub_account_is_asked_for_in_one_way_or_the_other(name: str, site: str) -> None:
    """Where there are no endpoints for sub-accounts, the plain ones are asked, with an accountId."""
    call = sent(asked(opened(site), name))
    assert call.path == NAMES[name.removeprefix("SUB_")].path
    assert call.params["accountId"] == SUB


@pytest.mark.parametrize(("name", "site"), [one for one in ELSEWHERE if not one[0].startswith("SUB_")])
def test_what_a_site_lacks_is_not_sent(name: str, site: str) -> None:
    """The hook says which endpoint the site lacks."""
    with pytest.raises(NotSupported, match=f"{site}.*{NAMES[name].path}"):
        sent(asked(opened(site), name))


PARSERS = {
    "CREATE_ORDER": "parse_order",
    "TEST_ORDER": None,
    "CREATE_ORDERS": "parse_created",
    "CANCEL_ORDER": "parse_order",
    "CANCEL_ORDERS": "parse_refusals",
    "CANCEL_SYMBOL": None,
    "CANCEL_EVERY_SYMBOL": None,
    "ORDER": "parse_order",
    "OPEN_ORDERS": "parse_page",
    "ORDER_HISTORY": "parse_page",
    "SUB_OPEN_ORDERS": "parse_page",
    "SUB_ORDER_HISTORY": "parse_page",
    "FILLS": "parse_fills",
    "ORDER_FILLS": "parse_fills",
    "SUB_FILLS": "parse_fills",
    "BALANCES": "parse_balances",
    "FEES": "parse_fees",
    "ACCOUNTS": "parse_accounts",
    "KEY": "parse_key",
    "MARKETS": "parse_markets",
    "CURRENCIES": "parse_currencies",
    "TICKERS": "parse_tickers",
    "BOOK": "parse_book",
    "TRADES": "parse_public_trades",
    "CANDLES": "parse_candles",
    "TIME": "parse_time",
    "PING": None,
}
"""What reads the answer of each row; None where nothing but success is in it."""


@each("name", NAMES)
def test_each_answer_is_read_by_its_parser(name: str) -> None:
    """The hook of a row uses the parser that is named here, and no other one of these."""
    hook = getattr(HashKeyVenue, NAMES[name].hook)
    source = inspect.getsource(hook)
    if "self._list(" in source:
        source = inspect.getsource(HashKeyVenue._list)
    if "self._fills(" in source:
        source = inspect.getsource(HashKeyVenue._fills)
    used = set(re.findall(r"\b(parse_\w+)\(", source))
    assert used == {parser for row, parser in PARSERS.items() if NAMES[row].hook == NAMES[name].hook} - {None}


def test_what_a_site_lacks_is_said() -> None:
    """Hong Kong cancels every symbol by their symbols only; the others lack nothing that a hook is for."""
    assert opened("hk").support == {"cancel_all_orders": "partial"}
    assert opened("global").support == {}
    assert opened("mena").support == {}


def test_batch_sizes_are_the_documented_ones() -> None:
    """Up to 20 orders are placed at once, up to 100 canceled by id."""
    assert (opened().create_batch, opened().cancel_batch) == (20, 100)
