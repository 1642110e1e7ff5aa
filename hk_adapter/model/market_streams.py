"""What a public stream of market data is: the plan of its connection, what a frame says, and what watchers are told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NoReturn, Protocol
from urllib.parse import urlsplit

from hk_adapter.errors import AdapterError
from hk_adapter.model.market_data import BookLevel, OrderBook, Ticker
from hk_adapter.model.order import Trade
from hk_adapter.model.streams import Reply, StreamOver
from hk_adapter.record import Record

TopicKind = Literal["order_book", "trades", "ticker"]


class MarketTopic(Record, frozen=True):
    """What may be subscribed to: one kind of data of one market; ``symbol`` is unified."""

    kind: TopicKind
    symbol: str


class BookSeen(Record, frozen=True, kw_only=True):
    """A frame showed a whole order book, which replaces the one before.

    Attributes:
        book: the best prices first, and no price without an amount.
        sequence: the number that the first change of this book follows; None where the venue has none.
        depth: how many prices a side the venue keeps up to date, where changes push others out without a word; None
            where it says so of each.
    """

    book: OrderBook
    sequence: int | None = None
    depth: int | None = None


class BookChanged(Record, frozen=True, kw_only=True):
    """A frame showed what changed of an order book: at each price what rests there now, 0 for nothing any more.

    Attributes:
        previous: the number of the change, or whole book, that it follows; anything else between is a gap.
        sequence: its own.
        timestamp: when it was so, in ms UTC; None: the venue did not say.
    """

    symbol: str
    bids: tuple[BookLevel, ...]
    asks: tuple[BookLevel, ...]
    previous: int
    sequence: int
    timestamp: int | None = None


class PublicTradesSeen(Record, frozen=True, kw_only=True):
    """A frame showed public trades of a market, the oldest first.

    Attributes:
        history: whether these are the last ones before the subscription, which may have been shown before.
    """

    symbol: str
    trades: tuple[Trade, ...]
    history: bool = False


class TickerSeen(Record, frozen=True, kw_only=True):
    """A frame showed a market's last 24 hours; its ``ticker`` has a symbol."""

    ticker: Ticker


class Subscribed(Record, frozen=True, kw_only=True):
    """The venue confirmed a subscription. One that says nothing needs none: its first data does."""

    topic: MarketTopic


class SubscriptionRefused(Record, frozen=True, kw_only=True):
    """The venue refused a subscription.

    Attributes:
        about: the topics that it may be about; where there are several, the host goes by which of them it waits for.
    """

    error: AdapterError
    about: tuple[MarketTopic, ...]


class TopicUnread(Record, frozen=True, kw_only=True):
    """Something of a frame could not be read exactly: the host subscribes again, and shows nothing of it until then.

    Attributes:
        topic: what it is about, where that much can be read; None: it may be about any.
    """

    reason: str
    topic: MarketTopic | None = None


MarketEvent = (
    BookSeen
    | BookChanged
    | PublicTradesSeen
    | TickerSeen
    | Subscribed
    | SubscriptionRefused
    | TopicUnread
    | Reply
    | StreamOver
)
"""What one frame of public data may say, any number of them. Frames that say nothing, such as a pong, give none."""


class MarketStreamReader(Protocol):
    """Writes subscriptions to one public connection, and reads its frames. It does no I/O, and knows no clock."""

    def subscribe(self, topic: MarketTopic) -> Sequence[str]:
        """Write what subscribes to a topic; asked again for one where its data are to begin anew.

        A book's data begin with a whole book, those of trades with the last ones where the venue shows them. Raises
        InvalidArgument for a symbol that the venue can have none of, and NotSupported for what it does not show.
        """

    def unsubscribe(self, topic: MarketTopic) -> Sequence[str]:
        """Write what ends a subscription; data on their way then say nothing any more."""

    def read(self, frame: str) -> Sequence[MarketEvent]:
        """Read one frame, every event of it in its order.

        What cannot be read exactly is ``TopicUnread``, never left out, and never raised: of each topic that it may be
        about, by as much as can be read. What is about nothing that was subscribed to says nothing.
        """

    def ping(self, timestamp: int) -> str | None:
        """Write the client's own heartbeat; ``timestamp`` is in ms UTC. None where the venue knows none."""


class MarketStreamRequest(Record, frozen=True, kw_only=True):
    """Open a public stream of market data. It has no choice of its own yet."""


class MarketStreamPlan(Record, frozen=True, kw_only=True):
    """How one public connection is to be had and kept. Its URL may hold a secret: it neither prints nor pickles.

    Attributes:
        url: with scheme ``wss``, on one of the venue's ``stream_hosts``; plain ``ws`` for loopback alone.
        reader: writes to it, and reads its frames.
        first: texts to send once it is open, before any subscription.
        ping_every: seconds between the client's own heartbeats; None sends none.
        silence: seconds without any frame after which the connection is taken for dead.
        lifetime: seconds after which it is replaced, before the venue ends it; None lasts as long as it can.
    """

    url: str
    reader: MarketStreamReader
    first: tuple[str, ...] = ()
    ping_every: float | None = None
    silence: float = 60.0
    lifetime: float | None = None

    @property
    def origin(self) -> str:
        """Scheme, host and port of the URL."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    def __repr__(self) -> str:
        return f"<MarketStreamPlan {self.origin}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a MarketStreamPlan may hold a secret and is never pickled")


class OrderBookUpdate(Record, frozen=True, kw_only=True):
    """A market's order book, as the stream showed it last.

    Attributes:
        folded: how many books before it were not delivered, because they were not read in time, or in doubt.
    """

    book: OrderBook
    folded: int = 0


class PublicTradeUpdate(Record, frozen=True, kw_only=True):
    """Somebody traded in a market.

    Attributes:
        live: whether the stream told it as it happened; no live one is older than one told before. False: it is one of
            the last before the watch began, or before the stream was opened again, or was sent late.
        gap: whether trades may be missing before this one, which happened while the stream was lost.
        dropped: how many trades were lost before this one, because they were not read in time.
    """

    trade: Trade
    live: bool = True
    gap: bool = False
    dropped: int = 0


class TickerUpdate(Record, frozen=True, kw_only=True):
    """A market's last 24 hours, as the stream showed them last.

    Attributes:
        folded: how many tickers before it were not delivered, because they were not read in time.
    """

    ticker: Ticker
    folded: int = 0
