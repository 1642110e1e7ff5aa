"""From a frame of market data to its events, each as exactly what it is: a class of a plugin's own may lie. Pure."""

from __future__ import annotations

from hk_adapter.errors import PluginError
from hk_adapter.execution.exact_types import exact
from hk_adapter.execution.streams.reading import read_exactly
from hk_adapter.model import BookChanged, BookSeen, MarketEvent, MarketStreamPlan, OrderBook, TopicUnread

_EXACT = frozenset({type(None), str, int})


def events_of(plan: MarketStreamPlan, frame: str) -> list[MarketEvent]:
    """Read a frame's events, exactly. Raises PluginError as ``read_exactly`` does."""
    return read_exactly(plan.reader.read, frame, _exact, lambda why: TopicUnread(reason=why))


def _exact(event: MarketEvent) -> MarketEvent:
    """Make an event exact. The levels of a book are checked where it is kept: there are many, and many books."""
    if type(event) is BookSeen and type(event.book) is OrderBook:
        book = event.book
        plain = (book.symbol, book.timestamp, book.nonce, event.sequence, event.depth)
        if type(book.bids) is type(book.asks) is tuple and _EXACT.issuperset(map(type, plain)):
            return event
        raise PluginError("a book of a stream is no record of plain text, numbers and tuples")
    if type(event) is BookChanged:
        plain = (event.symbol, event.timestamp, event.previous, event.sequence, None)
        if type(event.bids) is type(event.asks) is tuple and _EXACT.issuperset(map(type, plain)):
            return event
        raise PluginError("a change of a book is no record of plain text, numbers and tuples")
    made: MarketEvent = exact(event)
    return made
