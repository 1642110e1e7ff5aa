"""What a private stream is: the plan of its connection, what a frame says, and what those who watch are told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn, Protocol
from urllib.parse import urlsplit

from hk_adapter.model.account import Balances
from hk_adapter.model.enums import Evidence
from hk_adapter.model.order import Order, Trade
from hk_adapter.record import Record


class OrderSeen(Record, frozen=True, kw_only=True):
    """A frame showed an order, as it was at that moment.

    Attributes:
        trade: the fill that the same words tell of, under the id that the venue's lists have for it; None without one.
    """

    order: Order
    trade: Trade | None = None


class TradeSeen(Record, frozen=True, kw_only=True):
    """A frame showed a fill by itself.

    Attributes:
        trade: its ``id`` is the one that the venue's lists have; None where the frame has only another one.
        told_as: what the stream calls this fill, so that it counts once.
    """

    trade: Trade
    told_as: str


class BalancesSeen(Record, frozen=True, kw_only=True):
    """A frame showed balances: of the currencies that changed, or of all."""

    balances: Balances


class Reply(Record, frozen=True, kw_only=True):
    """A frame wants an answer, such as the pong to a ping."""

    text: str = ""


class Unread(Record, frozen=True, kw_only=True):
    """Something of a frame could not be read exactly: a doubt, which the host settles by asking.

    Attributes:
        order_id: the order that it is about, where that much can be read; None: it may be about any.
    """

    reason: str
    order_id: str | None = None


class StreamOver(Record, frozen=True, kw_only=True):
    """The venue says that this stream tells nothing more; the host opens another one."""

    reason: str


class StreamReady(Record, frozen=True, kw_only=True):
    """The venue says that from now on it tells everything: of a plan that ``awaits_ready``."""


StreamEvent = OrderSeen | TradeSeen | BalancesSeen | Reply | Unread | StreamOver | StreamReady
"""What one frame may say, any number of them. Frames that say nothing, such as a pong, give none."""


class StreamReader(Protocol):
    """Reads the frames of one connection. Pure: it does no I/O, and knows no clock."""

    def read(self, frame: str) -> Sequence[StreamEvent]:
        """Read one frame, every event of it in its order.

        What cannot be read exactly is ``Unread``, never left out, and never raised.
        """

    def ping(self, timestamp: int) -> str | None:
        """Write the client's own heartbeat; ``timestamp`` is in ms UTC. None where the venue knows none."""

    def venue_symbol(self, symbol: str) -> str:
        """Return the venue's word for a unified symbol. Raises InvalidArgument for what is none."""


class StreamRequest(Record, frozen=True, kw_only=True):
    """Open the account's private stream: orders, fills and balances. It has no choice of its own yet."""


class StreamPlan(Record, frozen=True, kw_only=True):
    """How one connection is to be had and kept. Its URL is a secret: it neither prints nor pickles.

    Attributes:
        url: with scheme ``wss``, on one of the venue's ``stream_hosts``; plain ``ws`` for loopback alone.
        reader: reads its frames.
        key: what ``renew_stream`` and ``close_stream`` need to know of it, such as a listen key; it is never shown.
        first: texts to send once it is open; those that are to be signed, the venue's ``sign_stream`` writes.
        ping_every: seconds between the client's own heartbeats; None sends none.
        silence: seconds without any frame after which the connection is taken for dead.
        renew_every: seconds between two ``renew_stream``; None needs none.
        lifetime: seconds after which it is replaced, before the venue ends it; None lasts as long as it can.
        awaits_ready: whether the venue confirms what it was sent at first, which the reader gives as ``StreamReady``.
            Until then the stream counts as not open; without it, from the moment at which it is connected.
    """

    url: str
    reader: StreamReader
    key: str = ""
    first: tuple[str, ...] = ()
    ping_every: float | None = None
    silence: float = 60.0
    renew_every: float | None = None
    lifetime: float | None = None
    awaits_ready: bool = False

    @property
    def origin(self) -> str:
        """Scheme, host and port of the URL."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    def __repr__(self) -> str:
        return f"<StreamPlan {self.origin}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a StreamPlan holds a secret and is never pickled")


class OrderUpdate(Record, frozen=True, kw_only=True):
    """An order changed, or was found.

    Attributes:
        order: as it is now.
        evidence: ``stream``; ``query`` where a list or a look-up showed it.
        live: whether the stream told it as it happened. False: it was found by asking, as what is open when a watch
            begins, and what happened while no stream was open.
        folded: how many earlier updates of this order were not delivered, because the consumer was slow: this one has
            what they said.
        dropped: how many updates of other orders were lost before this one, for the same reason.
    """

    order: Order
    evidence: Evidence = Evidence.STREAM
    live: bool = True
    folded: int = 0
    dropped: int = 0


class TradeUpdate(Record, frozen=True, kw_only=True):
    """A fill of the account's orders.

    Attributes:
        trade: its ``id`` is the one that ``fetch_my_trades`` has; None where the venue gives it none.
        evidence: ``stream``; ``query`` where the list of fills showed it.
        live: whether the stream told it as it happened. False: it was found by asking.
        dropped: how many fills were lost before this one, because the consumer was slow. None is ever folded.
    """

    trade: Trade
    evidence: Evidence = Evidence.STREAM
    live: bool = True
    dropped: int = 0


class BalanceUpdate(Record, frozen=True, kw_only=True):
    """Balances changed, or were found.

    Attributes:
        balances: of every currency, as they are now; their ``timestamp`` is the venue's last word of any.
        changed: the currencies that differ from the update before; all of them in the first.
        evidence: ``stream``; ``query`` where asking showed it.
        live: whether the stream told it as it happened. False: it was found by asking.
        folded: how many earlier updates were not delivered, because the consumer was slow: this one has what they said.
    """

    balances: Balances
    changed: frozenset[str]
    evidence: Evidence = Evidence.STREAM
    live: bool = True
    folded: int = 0
