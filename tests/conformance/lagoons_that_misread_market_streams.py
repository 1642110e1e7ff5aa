"""Plugins that show on a public stream what is not so; and the case that says so."""

# ruff: noqa: D102 - what each method lies about is in its class

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import hk_adapter as hk
from hk_adapter.model import (
    BookChanged,
    BookSeen,
    MarketStreamPlan,
    MarketTopic,
    PublicTradesSeen,
    TickerSeen,
    TopicUnread,
)
from tests.conformance.lagoon import Lagoon
from tests.conformance.lagoon_market_stream import LagoonMarketReader

_OPENED = "test_a_public_stream_is_opened_where_the_venue_says"
_ASKED = "test_what_is_watched_is_subscribed_to_and_ended"
_BOOK = "test_a_book_of_the_stream_is_shown_as_it_is"
_GAP = "test_no_book_is_shown_that_lacks_a_change"
_TRADES = "test_trades_of_the_stream_are_told_once_and_as_they_are"
_TICKER = "test_a_ticker_of_the_stream_is_shown_as_it_is"
_UNREAD = "test_a_market_frame_that_cannot_be_read_is_a_doubt"
_GARBAGE = "test_garbage_on_a_public_stream_is_never_raised"
_QUIET = "test_market_frames_that_say_nothing_give_nothing"
_NOBODY = "test_what_nobody_watches_says_nothing"
_BESIDE = "test_a_reader_of_markets_does_nothing_beside"


class MarketsElsewhere(Lagoon):
    """The stream is at a host that is not declared."""

    case = _OPENED

    def market_plan(self) -> MarketStreamPlan:
        return super().market_plan().replace(url="wss://elsewhere.example/markets")


class PingsMarketsTooLate(Lagoon):
    """Who is silent is taken for dead before it is asked."""

    case = _OPENED

    def market_plan(self) -> MarketStreamPlan:
        return super().market_plan().replace(ping_every=90.0)


class _WatchesOneMarket(LagoonMarketReader):
    def subscribe(self, topic: MarketTopic) -> list[str]:
        return super().subscribe(topic.replace(symbol="ETH/USD"))


class WatchesOneMarket(Lagoon):
    """Whatever market is watched, one is subscribed to."""

    case, market_reader = _ASKED, _WatchesOneMarket


class _EndsNothing(LagoonMarketReader):
    def unsubscribe(self, topic: MarketTopic) -> list[str]:
        return [self.said("watch", topic)]


class EndsNoWatch(Lagoon):
    """The end of a watch begins it again."""

    case, market_reader = _ASKED, _EndsNothing


class _Changed(LagoonMarketReader):
    def events(self, topic: MarketTopic, told: Mapping[str, Any]) -> Iterator[Any]:
        for event in super().events(topic, told):
            yield self.changed(event)

    def changed(self, event: Any) -> Any:
        return event


class _Swaps(_Changed):
    def changed(self, event: Any) -> Any:
        return event.replace(bids=event.asks, asks=event.bids) if isinstance(event, BookChanged) else event


class SwapsTheStreamsSides(Lagoon):
    """What changed of the bids is told of the asks."""

    case, market_reader = _BOOK, _Swaps


class _Unsorted(_Changed):
    def changed(self, event: Any) -> Any:
        if not isinstance(event, BookSeen):
            return event
        return event.replace(book=event.book.replace(bids=event.book.bids[::-1]))


class SortsNoBook(Lagoon):
    """The worst price comes first."""

    case, market_reader = _BOOK, _Unsorted


class _Others(_Changed):
    def changed(self, event: Any) -> Any:
        return event.replace(book=event.book.replace(symbol="ETH/USD")) if isinstance(event, BookSeen) else event


class ShowsAnothersBook(Lagoon):
    """Each book is shown as that of one market."""

    case, market_reader = _BOOK, _Others


class _Silent(_Changed):
    def read(self, frame: str) -> list[Any]:
        return []


class ShowsNoBooks(Lagoon):
    """Nothing is read."""

    case, market_reader = _BOOK, _Silent


class _Breaks(_Changed):
    def changed(self, event: Any) -> Any:
        raise KeyError("book")


class BreaksAtStreamedBooks(Lagoon):
    """What is as documented breaks the reader."""

    case, market_reader = _BOOK, _Breaks


class _Floats(_Changed):
    def changed(self, event: Any) -> Any:
        if not isinstance(event, BookSeen):
            return event
        bids = tuple(hk.BookLevel(price, hk_decimal(amount)) for price, amount in event.book.bids)
        return event.replace(book=event.book.replace(bids=bids))


def hk_decimal(number: Any) -> Any:
    """Round a number as floats do."""
    return type(number)(repr(float(number)))


class FloatsStreamedBooks(Lagoon):
    """Amounts come by way of floats."""

    case, market_reader = _BOOK, _Floats


class _FollowsNothing(_Changed):
    def changed(self, event: Any) -> Any:
        return event.replace(previous=0) if isinstance(event, BookChanged) else event


class FollowsNothing(Lagoon):
    """A change is told without the one that it follows: no book would ever stay whole."""

    case, market_reader = _BOOK, _FollowsNothing


class _TakesChangesForBooks(_Changed):
    def changed(self, event: Any) -> Any:
        if not isinstance(event, BookChanged):
            return event
        bids, asks = (tuple(one for one in side if one.amount) for side in (event.bids, event.asks))
        return BookSeen(book=hk.OrderBook(symbol=event.symbol, bids=bids, asks=asks), sequence=event.sequence)


class TakesChangesForBooks(Lagoon):
    """What changed is told as if it were all there is."""

    case, market_reader = _BOOK, _TakesChangesForBooks


class _CountsByItself(_Changed):
    number = 0

    def changed(self, event: Any) -> Any:
        if isinstance(event, BookSeen):
            return event.replace(sequence=self.number)
        if not isinstance(event, BookChanged):
            return event
        self.number += 1
        return event.replace(previous=self.number - 1, sequence=self.number)


class CountsChangesByItself(Lagoon):
    """What is lost is not missed: the numbers are not the venue's."""

    case, market_reader = _GAP, _CountsByItself


class _SaysTwice(_Changed):
    def events(self, topic: MarketTopic, told: Mapping[str, Any]) -> Iterator[Any]:
        for event in super().events(topic, told):
            yield event
            if isinstance(event, PublicTradesSeen):
                yield event.replace(trades=tuple(one.replace(id=f"{one.id}-2") for one in event.trades))


class TellsTradesTwice(Lagoon):
    """Each trade is told under two ids."""

    case, market_reader = _TRADES, _SaysTwice


class _NumbersTrades(_Changed):
    count = 0

    def changed(self, event: Any) -> Any:
        if not isinstance(event, PublicTradesSeen):
            return event
        self.count += 1
        return event.replace(trades=tuple(one.replace(id=f"{one.id}{self.count}") for one in event.trades))


class NumbersTradesByItself(Lagoon):
    """The ids are not the venue's."""

    case, market_reader = _TRADES, _NumbersTrades


class _AllIsNews(_Changed):
    def changed(self, event: Any) -> Any:
        return event.replace(history=False) if isinstance(event, PublicTradesSeen) else event


class CallsHistoryNews(Lagoon):
    """What was traded before the watch is told as if it happened now."""

    case, market_reader = _TRADES, _AllIsNews


class _Makers(_Changed):
    def changed(self, event: Any) -> Any:
        if not isinstance(event, PublicTradesSeen):
            return event
        other = {hk.OrderSide.BUY: hk.OrderSide.SELL, hk.OrderSide.SELL: hk.OrderSide.BUY}
        return event.replace(trades=tuple(one.replace(side=other[one.side]) for one in event.trades))


class TellsTheMakersSideOfStreams(Lagoon):
    """The side is that of who rested."""

    case, market_reader = _TRADES, _Makers


class _SwapsPrices(_Changed):
    def changed(self, event: Any) -> Any:
        if not isinstance(event, TickerSeen):
            return event
        ticker = event.ticker
        return event.replace(ticker=ticker.replace(high=ticker.low, low=ticker.high))


class SwapsHighAndLow(Lagoon):
    """The one is told as the other."""

    case, market_reader = _TICKER, _SwapsPrices


class _LastIsBid(_Changed):
    def changed(self, event: Any) -> Any:
        return (
            event.replace(ticker=event.ticker.replace(bid=event.ticker.last))
            if isinstance(event, TickerSeen)
            else event
        )


class MakesUpABid(Lagoon):
    """The last price is told as the best bid, too."""

    case, market_reader = _TICKER, _LastIsBid


class _LeavesOut(LagoonMarketReader):
    def read(self, frame: str) -> list[Any]:
        return [one for one in super().read(frame) if not isinstance(one, TopicUnread)]


class LeavesOutWhatItCannotRead(Lagoon):
    """Nobody hears that a frame could not be read."""

    case, market_reader = _UNREAD, _LeavesOut


class _Raises(LagoonMarketReader):
    def read(self, frame: str) -> list[Any]:
        told: Any = None
        with suppress(ValueError):
            told = json.loads(frame)
        if isinstance(told, dict) and told.get("pair") in {"none", "nobody"}:
            return []
        return super().read(frame)


class RaisesAtListsInPlaceOfNames(Lagoon):
    """A name of another kind is looked up, and breaks the reader."""

    case, market_reader = _GARBAGE, _Raises


class _DoubtsPongs(LagoonMarketReader):
    def read(self, frame: str) -> list[Any]:
        return super().read(frame) or [TopicUnread(reason="nothing")]


class DoubtsPongsOfMarkets(Lagoon):
    """Whatever says nothing is a doubt."""

    case, market_reader = _QUIET, _DoubtsPongs


class _AnswersNoPing(LagoonMarketReader):
    def read(self, frame: str) -> list[Any]:
        return [one for one in super().read(frame) if not isinstance(one, hk.Reply)]


class AnswersNoPingOfMarkets(Lagoon):
    """The venue would hang up."""

    case, market_reader = _QUIET, _AnswersNoPing


class _DoubtsOthers(LagoonMarketReader):
    def read(self, frame: str) -> list[Any]:
        about = json.loads(frame).get("pair", "").replace("-", "/")
        if about and about not in {topic.symbol for topic in self.asked}:
            return [TopicUnread(reason="nobody asked for it")]
        return super().read(frame)


class DoubtsWhatNobodyWatches(Lagoon):
    """A frame about another market puts all that is watched in doubt."""

    case, market_reader = _NOBODY, _DoubtsOthers


class _NeverEnds(LagoonMarketReader):
    def unsubscribe(self, topic: MarketTopic) -> list[str]:
        return [self.said("unwatch", topic)]


class ReadsWhatHasEnded(Lagoon):
    """What is watched no more is read on."""

    case, market_reader = _NOBODY, _NeverEnds


class _ReadsAClock(_Changed):
    def changed(self, event: Any) -> Any:
        time.time()
        return event


class ReadsAClockOfMarkets(Lagoon):
    """The time is not the frame's."""

    case, market_reader = _BESIDE, _ReadsAClock


BAD = (
    MarketsElsewhere, PingsMarketsTooLate, WatchesOneMarket, EndsNoWatch, SwapsTheStreamsSides, SortsNoBook,
    ShowsAnothersBook, ShowsNoBooks, BreaksAtStreamedBooks, FloatsStreamedBooks, FollowsNothing, TakesChangesForBooks,
    CountsChangesByItself, TellsTradesTwice, NumbersTradesByItself, CallsHistoryNews, TellsTheMakersSideOfStreams,
    SwapsHighAndLow, MakesUpABid, LeavesOutWhatItCannotRead, RaisesAtListsInPlaceOfNames, DoubtsPongsOfMarkets,
    AnswersNoPingOfMarkets, DoubtsWhatNobodyWatches, ReadsWhatHasEnded, ReadsAClockOfMarkets,
)  # fmt: skip
