"""Has each hook of a plugin send something, one after another."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from contextlib import suppress
from functools import partial

from hk_adapter.errors import AdapterError
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.script import Script

_HOURS_AGO = 7_200_000
PUBLIC = frozenset({"fetch_time", "fetch_markets", "fetch_order_book", "fetch_trades", "fetch_tickers"})
"""The hooks that ask for what everybody may see."""
OF_ACCOUNTS = frozenset({"fetch_order", "fetch_open_orders", "fetch_orders", "fetch_my_trades", "fetch_balance"})
"""The hooks that may be asked about another account."""


def calls_of(bench: Bench, script: Script, absent: Container[str]) -> Iterator[tuple[str, Callable[[], object]]]:
    """Return a call for each hook that there is, with the hook's name."""
    venue, symbol = bench.venue, script.symbol
    order, others = bench.exchange.place(), [bench.exchange.place() for _ in range(2)]
    since = bench.exchange.now() - _HOURS_AGO
    own = None if "client_order_id" in absent else bench.own_id(7)
    calls: dict[str, Callable[[], object]] = {
        "cancel_order": lambda: bench.cancel(order),
        "fetch_order": lambda: venue.fetch_order(order.id),
        "create_order": lambda: venue.create_order(symbol, "limit", "buy", "0.5", "1900", client_order_id=own),
        "fetch_open_orders": lambda: venue.fetch_open_orders(symbol),
        "cancel_orders": lambda: venue.cancel_orders([one.id for one in others], wait="ack"),
        "fetch_orders": lambda: venue.fetch_canceled_orders(symbol, since),
        "fetch_my_trades": lambda: venue.fetch_my_trades(symbol, since),
        "fetch_time": venue.fetch_time,
        "fetch_balance": venue.fetch_balance,
        "fetch_markets": venue.fetch_markets,
        "cancel_all_orders_after": lambda: venue.cancel_all_orders_after(0),
        "fetch_order_book": lambda: venue.fetch_order_book(symbol),
        "fetch_trades": lambda: venue.fetch_trades(symbol),
        "fetch_tickers": lambda: venue.fetch_ticker(symbol),
    }
    yield from ((hook, call) for hook, call in calls.items() if _is_there(bench, hook, absent))


def reads_of(bench: Bench, script: Script, absent: Container[str]) -> Iterator[tuple[str, Callable[..., object]]]:
    """Return a call for each hook that reads and takes params, with the hook's name; it takes further keywords."""
    venue, symbol = bench.venue, script.symbol
    order, since = bench.exchange.place(), bench.exchange.now() - _HOURS_AGO
    calls: dict[str, Callable[..., object]] = {
        "fetch_order": partial(venue.fetch_order, order.id),
        "fetch_open_orders": partial(venue.fetch_open_orders, symbol),
        "fetch_orders": partial(venue.fetch_canceled_orders, symbol, since),
        "fetch_my_trades": partial(venue.fetch_my_trades, symbol, since),
        "fetch_balance": venue.fetch_balance,
        "fetch_markets": venue.fetch_markets,
        "fetch_order_book": partial(venue.fetch_order_book, symbol),
        "fetch_trades": partial(venue.fetch_trades, symbol),
        "fetch_tickers": partial(venue.fetch_ticker, symbol),
    }
    yield from ((hook, call) for hook, call in calls.items() if _is_there(bench, hook, absent))


def ask_all(bench: Bench, script: Script, absent: Container[str]) -> None:
    """Make each of these calls, whatever comes of it: that is another case's."""
    for _, call in calls_of(bench, script, absent):
        with suppress(AdapterError):
            call()


def _is_there(bench: Bench, hook: str, absent: Container[str]) -> bool:
    return hook not in absent and hasattr(bench.opened_venue, hook)
