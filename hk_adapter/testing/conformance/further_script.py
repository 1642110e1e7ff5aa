"""What else the author of a plugin says of a venue: how it writes answers that only some hooks ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from hk_adapter.flow.http import Response
from hk_adapter.model import MarketTopic
from hk_adapter.testing.conformance.script import Asked, BatchRow, Refusal, Request, SignedExample, StateWord
from hk_adapter.testing.conformance.scripted_data import (
    ScriptedBalance,
    ScriptedBookOrders,
    ScriptedFill,
    ScriptedMarket,
    ScriptedOrder,
    ScriptedTicker,
    ScriptedTrade,
)


class WritesRefusalsByRequest(Protocol):
    """What else a script may write where the venue refuses one request otherwise than another."""

    def refused(self, asked: Asked, refusal: Refusal) -> Response:
        """Refuse this very request, in place of ``refusal``; a refusal that ``refusal`` has no word for is none."""


class WritesIdsByMarket(Protocol):
    """What else a script may write where ids have the market in them, such as ``ETH-USD:17``."""

    def order_id_in(self, symbol: str, number: int) -> str:
        """Write the id of an order of that market; ``order_id`` writes one of the script's ``symbol``."""


class WritesBatches(Protocol):
    """What else a script writes where the plugin has ``cancel_orders``."""

    def batch(self, rows: Sequence[BatchRow]) -> Response:
        """Answer a cancel of several orders, of which some may be refused; rows in the order of the request.

        One case leaves out the last rows: the answer of a venue that tells of fewer orders than it was asked for.
        """


class WritesCreates(Protocol):
    """What else a script writes where the plugin has ``create_orders``."""

    def created_many(self, rows: Sequence[BatchRow]) -> Response:
        """Answer a create of several orders, of which some may be refused; rows in the order of the request."""


class WritesHistory(Protocol):
    """What else a script writes where the plugin has ``fetch_orders``."""

    def history(self, orders: Sequence[ScriptedOrder], *, is_last: bool) -> Response:
        """Answer a request for ended orders, or for all; newest first."""


class WritesFills(Protocol):
    """What else a script writes where the plugin has ``fetch_my_trades``."""

    def fill_id(self, number: int) -> str:
        """Write the id that the venue would give to its fill of a number, the longest that it may have."""

    def fills(self, fills: Sequence[ScriptedFill], *, is_last: bool) -> Response:
        """Answer a request for one's fills, newest first."""


class WritesBalances(Protocol):
    """What else a script writes where the plugin has ``fetch_balance``."""

    def balances(self, balances: Sequence[ScriptedBalance]) -> Response:
        """Answer a request for what the account has."""


class WritesMarkets(Protocol):
    """What else a script writes where the plugin has ``fetch_markets``."""

    def markets(self, markets: Sequence[ScriptedMarket]) -> Response:
        """Answer a request for what can be traded."""


class WritesBooks(Protocol):
    """What else a script writes where the plugin has ``fetch_order_book``."""

    def book(self, book: ScriptedBookOrders) -> Response:
        """Answer a request for the book of a market."""


class WritesTrades(Protocol):
    """What else a script writes where the plugin has ``fetch_trades``."""

    def trades(self, trades: Sequence[ScriptedTrade]) -> Response:
        """Answer a request for the trades of a market; they come newest last."""


class WritesTickers(Protocol):
    """What else a script writes where the plugin has ``fetch_tickers``."""

    def tickers(self, tickers: Sequence[ScriptedTicker]) -> Response:
        """Answer a request for the ticker of a market, or of all."""


class WritesStreams(Protocol):
    """What else a script writes where the plugin has ``open_stream``."""

    def stream(self, kind: Request, key: str | None) -> Response:
        """Answer a request that opens, renews or closes a stream.

        ``key``, of 64 letters, is what a new stream is had by, and what the others name; None: it knows no such stream.
        """

    def ready_frames(self) -> Sequence[str]:
        """Write what comes first over a stream that was opened, such as that a subscription holds; it may be nothing.

        Each ``stream`` that opens one begins anew: where frames are counted, so does the count.
        """

    def frames(self, order: ScriptedOrder, fill: ScriptedFill | None) -> Sequence[str]:
        """Write the frames that tell how an order stands now; ``fill`` is what has just happened to it."""

    def balance_frames(self, balances: Sequence[ScriptedBalance]) -> Sequence[str]:
        """Write the frames that tell balances; none where the venue tells them otherwise."""

    def quiet_frames(self) -> Sequence[str]:
        """Write each kind of frame that tells nothing of an account, such as a pong."""

    def pings(self) -> Sequence[tuple[str, str]]:
        """Write each kind of frame that wants an answer, with its answer."""

    def fill_id(self, number: int) -> str:
        """As of ``fetch_my_trades``."""


class WritesCountdowns(Protocol):
    """What else a script has where the plugin has ``cancel_all_orders_after``."""

    @property
    def countdown_step(self) -> int:
        """In steps of how many ms the venue counts: 1000 for whole seconds, 1 for any time."""

    @property
    def longest_countdown(self) -> int:
        """The longest one that the venue keeps, in ms: 90,000 at least, or 90 steps; others are for no watchdog."""

    def countdown(self, milliseconds: int) -> Response:
        """Answer that a countdown has begun, or at 0 that there is none any more."""


class WritesMarketStreams(Protocol):
    """What else a script writes where the plugin has ``open_market_stream``."""

    def market_topic(self, text: str) -> MarketTopic | None:
        """Read what a text of the client's subscribes to; None where it is anything else, such as the end of that."""

    def book_frames(self, book: ScriptedBookOrders, before: ScriptedBookOrders | None, now: int) -> Sequence[str]:
        """Write the frames that show a book as it is ``now``, in ms UTC, or what changed of the one ``before``.

        None before: a subscription begins, and what it begins with. Where changes are counted, so does the script.
        """

    def trade_frames(self, trades: Sequence[ScriptedTrade], *, first: bool) -> Sequence[str]:
        """Write the frames that tell trades, the oldest first; ``first``: those that a subscription begins with."""

    def ticker_frames(self, ticker: ScriptedTicker) -> Sequence[str]:
        """Write the frames that show a ticker."""

    def market_quiet_frames(self) -> Sequence[str]:
        """Write each kind of frame that says nothing of a market, such as a pong."""

    def market_pings(self) -> Sequence[tuple[str, str]]:
        """Write each kind of frame that wants an answer, with its answer, both JSON; none where the venue has none."""


class WritesOtherMarkets(Protocol):
    """What else a script has, unless ``other_symbol`` is declared absent."""

    @property
    def other_symbol(self) -> str:
        """The unified symbol of another market, such as ``BTC/USD``: orders have theirs, and creates name it."""


class WritesStates(Protocol):
    """What else a script writes, unless ``state_words`` is declared absent."""

    def state_words(self) -> Sequence[StateWord]:
        """Return every word that the venue has for how a limit order stands, also the rare ones."""


class WritesSignatures(Protocol):
    """What else a script writes, unless ``signed_examples`` is declared absent."""

    def signed_examples(self) -> Sequence[SignedExample]:
        """Return requests whose signature is known: one with a query, one with a body, as the plugin's go out."""


MORE_METHODS: Mapping[str, tuple[str, ...]] = {
    "cancel_orders": ("batch",),
    "create_orders": ("created_many",),
    "fetch_orders": ("history",),
    "fetch_my_trades": ("fill_id", "fills"),
    "open_stream": ("stream", "ready_frames", "frames", "balance_frames", "quiet_frames", "pings", "fill_id"),
    "fetch_balance": ("balances",),
    "fetch_markets": ("markets",),
    "fetch_order_book": ("book",),
    "fetch_trades": ("trades",),
    "fetch_tickers": ("tickers",),
    "cancel_all_orders_after": ("countdown_step", "longest_countdown", "countdown"),
    "open_market_stream": ("market_topic", "book_frames", "market_quiet_frames", "market_pings"),
}
"""What a script must write where the plugin has a hook: each is declared absent, or written."""
FURTHER_METHODS: Mapping[str, str] = {
    **{name: name for name in ("other_symbol", "signed_examples", "state_words")},
    "streamed_trades": "trade_frames",
    "streamed_tickers": "ticker_frames",
}
"""What a script writes whatever hooks the plugin has, by the name under which it is declared absent."""
