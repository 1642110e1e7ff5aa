"""What everybody may see of a market: its book, its trades and its ticker, each as it is, or an error."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

from hk_adapter.errors import AdapterError
from hk_adapter.flow.http import Response
from hk_adapter.model import OrderSide, Ticker
from hk_adapter.model.decimals import exact_sum
from hk_adapter.testing.conformance.as_it_is import FINE, LONG
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.exchange import Fate
from hk_adapter.testing.conformance.further_script import WritesTrades
from hk_adapter.testing.conformance.no_lists import no_lists
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.reads import fuzzed
from hk_adapter.testing.conformance.script import Request, Script
from hk_adapter.testing.conformance.scripted_data import ScriptedBookOrders, ScriptedTicker, ScriptedTrade
from hk_adapter.testing.conformance.scripted_desk import usual_ticker
from hk_adapter.testing.conformance.spoiling import ROW, UNREADABLE, spoilt

_SECOND = 1000
_FEW = 40
_JSON = {"content-type": "application/json"}
_KINDS = {
    "fetch_balance": Request.BALANCES,
    "fetch_markets": Request.MARKETS,
    "fetch_order_book": Request.BOOK,
    "fetch_trades": Request.TRADES,
    "fetch_tickers": Request.TICKERS,
}


class MarketData:
    """Cases of ``fetch_order_book``, ``fetch_trades`` and ``fetch_tickers``."""

    bench: Bench
    script: Script
    absent: frozenset[str]

    @needs("fetch_order_book", "other_symbol")
    def test_an_order_book_is_read_as_it_is(self) -> None:
        """Bids and asks of the market that was asked for are read, the best first, each on its side.

        Look at: which list is which, and that prices are compared as numbers and not as text.
        """
        bids = ((Decimal("1900.5"), Decimal(2)), (Decimal(999), Decimal("0.25")), (Decimal("99.25"), Decimal(3)))
        asks = ((Decimal("1901.25"), Decimal("1.5")), (Decimal(20_000), Decimal("0.5")))
        other: str = self.script.other_symbol  # type: ignore[attr-defined]
        self._read_whole_books(
            ScriptedBookOrders(symbol=self.script.symbol, bids=bids, asks=asks),
            ScriptedBookOrders(symbol=other, bids=((Decimal(7), Decimal(8)),), asks=((Decimal(9), Decimal(10)),)),
        )

    @needs("fetch_order_book", "exact_books")
    def test_numbers_of_an_order_book_are_read_exactly(self) -> None:
        """Prices and amounts of a book come with every digit.

        Look at: that numbers are read as text into ``Decimal``, and never by way of a float.
        """
        bids, asks = ((LONG, FINE), (FINE, LONG)), ((exact_sum(LONG, FINE), LONG),)
        self._read_whole_books(ScriptedBookOrders(symbol=self.script.symbol, bids=bids, asks=asks))

    def _read_whole_books(self, *books: ScriptedBookOrders) -> None:
        self.bench.exchange.desk.books = {book.symbol: book for book in books}
        for true in books:
            read = self.bench.venue.fetch_order_book(true.symbol)
            is_so = f"bids {true.bids} and asks {true.asks}"
            told = f"the book of {true.symbol} has {is_so}; it was read as {read.bids} and {read.asks}"
            require((read.bids, read.asks) == (true.bids, true.asks), told)
            require(read.symbol == true.symbol, f"the book of {true.symbol} was told to be that of {read.symbol}")

    @needs("fetch_order_book")
    def test_a_side_without_orders_is_empty(self) -> None:
        """A book that has bids alone, and one that has nothing, is read so, and is no error.

        Look at: what an empty list is read as: it is there, and a list that is missing is not.
        """
        symbol = self.script.symbol
        for bids in (((Decimal(7), Decimal(8)),), ()):
            self.bench.exchange.desk.books[symbol] = ScriptedBookOrders(symbol=symbol, bids=bids)
            read = self.bench.venue.fetch_order_book(symbol)
            require((read.bids, read.asks) == (bids, ()), f"there are bids {bids} alone, and it was read as {read}")

    @needs("fetch_order_book")
    def test_what_is_no_book_is_no_empty_one(self) -> None:
        """Where a refusal comes instead, a page of a gateway or an answer without prices, it is an error.

        Look at: what is read where a side of the book is missing.
        """
        symbol = self.script.symbol
        self._all_errors(
            Request.BOOK, lambda: self.bench.venue.fetch_order_book(symbol), lambda read: read.bids or read.asks
        )

    @needs("fetch_trades")
    def test_public_trades_are_read_as_they_are(self) -> None:
        """Price, amount, time and the taker's side come with every digit, the oldest first.

        Look at: whose side the venue tells, the taker's or the maker's; and which way its list runs.
        """
        now = self.bench.exchange.now() // _SECOND * _SECOND
        terms: tuple[tuple[OrderSide, Decimal, Decimal], ...] = (
            (OrderSide.BUY, Decimal("1900.5"), Decimal("0.25")),
            (OrderSide.SELL, LONG, FINE),
            (OrderSide.SELL, FINE, LONG),
        )
        made = [
            ScriptedTrade(
                id=str(9000 + number),
                symbol=self.script.symbol,
                side=side,
                price=price,
                amount=amount,
                time=now - (len(terms) - number) * 60 * _SECOND,
            )
            for number, (side, price, amount) in enumerate(terms)
        ]
        self.bench.exchange.desk.trades = made
        listed = self.bench.venue.fetch_trades(self.script.symbol)
        read = [(one.side, one.price, one.amount) for one in listed]
        require(read == list(terms), f"there were {list(terms)}, oldest first, and they were read as {read}")
        for one, true in zip(listed, made, strict=True):
            told = f"it was made at {true.time}, and was read as made at {one.timestamp}"
            require(one.timestamp is None or abs(one.timestamp - true.time) <= _SECOND, told)
            require(one.id in (None, true.id), f"the trade {true.id} was read as {one.id}")
            require(one.symbol in (None, true.symbol), f"a trade of {true.symbol} was read as one of {one.symbol}")
            require(
                not any(fee.cost for fee in one.fees), f"nobody said what {true.id} cost, and it was read {one.fees}"
            )

    @needs("fetch_trades")
    def test_what_is_no_list_of_trades_is_no_empty_one(self) -> None:
        """Where a refusal comes instead, a page of a gateway or an answer without rows, it is an error.

        Look at: what is read where the field with the rows is missing.
        """
        self._all_errors(Request.TRADES, lambda: self.bench.venue.fetch_trades(self.script.symbol), bool)

    @needs("fetch_trades", UNREADABLE)
    def test_a_public_trade_that_cannot_be_read_is_told(self) -> None:
        """A list of which one row is no trade is an error, and never that list without the row.

        Look at: ``ReadRows``, which tells what is ``unread``.
        """
        writer: WritesTrades = self.script  # type: ignore[assignment]
        now, symbol = self.bench.exchange.now(), self.script.symbol
        rows = [
            ScriptedTrade(
                id=amount[0], symbol=symbol, side=OrderSide.BUY, price=Decimal(1900), amount=Decimal(amount), time=now
            )
            for amount in ("1", ROW)
        ]
        self.bench.exchange.meet(Request.TRADES, Fate(instead=spoilt(writer.trades(rows))))
        try:
            listed = self.bench.venue.fetch_trades(symbol)
        except AdapterError:
            return
        require(False, f"one of two trades cannot be read, and {len(listed)} were listed as all")

    @needs("fetch_tickers", "other_symbol")
    def test_a_ticker_is_read_as_it_is(self) -> None:
        """Of each market its own prices and volume are read, with every digit, alone and among all, or left out.

        Look at: which field is the first price of the day and which the last one, the bid and the ask.
        """
        other: str = self.script.other_symbol  # type: ignore[attr-defined]
        fine = ScriptedTicker(
            symbol=other,
            bid=Decimal("0.000000000000000007"),
            ask=Decimal("0.000000000000000009"),
            open=Decimal("0.000000000000000003"),
            high=Decimal("1234567890.12345678"),
            low=FINE,
            last=Decimal("0.000000000000000008"),
            volume=LONG,
            time=self.bench.exchange.now() - 60 * _SECOND,
        )
        usual = usual_ticker(self.script.symbol).replace(time=self.bench.exchange.now())
        self.bench.exchange.desk.tickers = [usual, fine]
        for true in (usual, fine):
            _is_as_told(self.bench.venue.fetch_ticker(true.symbol), true)
        for symbol, read in self.bench.venue.fetch_tickers([usual.symbol, other]).items():
            _is_as_told(read, usual if symbol == usual.symbol else fine)

    @needs("fetch_tickers")
    def test_what_is_no_ticker_is_an_error(self) -> None:
        """Where a refusal comes instead, a page of a gateway or an answer without it, nothing is told of the market.

        Look at: what is read where the row is missing.
        """
        symbol = self.script.symbol
        self._all_errors(Request.TICKERS, lambda: self.bench.venue.fetch_ticker(symbol), lambda _: False)

    @needs("fetch_order_book", "fetch_trades", "fetch_tickers")
    def test_each_look_at_a_market_is_a_new_one(self) -> None:
        """What changed between two looks at a book, a ticker or the trades is so in the second.

        Look at: what the plugin remembers between two calls.
        """
        venue, desk, symbol = self.bench.venue, self.bench.exchange.desk, self.script.symbol
        for number in (1, 2):
            price, time = Decimal(1900 + number), self.bench.exchange.now()
            desk.books[symbol] = ScriptedBookOrders(symbol=symbol, bids=((price, Decimal(1)),))
            desk.tickers = [usual_ticker(symbol).replace(last=price, time=time)]
            trade = ScriptedTrade(
                id=str(number), symbol=symbol, side=OrderSide.BUY, price=price, amount=Decimal(1), time=time
            )
            desk.trades = [*desk.trades, trade]
            best = venue.fetch_order_book(symbol).bids[0].price
            require(best == price, f"the best bid is {price} now, and was read as {best}")
            last = venue.fetch_ticker(symbol).last
            require(last in (None, price), f"the last price is {price} now, and was read as {last}")
            listed = [one.price for one in venue.fetch_trades(symbol)]
            require(len(listed) == number, f"there are {number} trades now, and {len(listed)} were listed")
            self.bench.advance(60.0)

    def test_garbage_is_no_balance_and_no_market(self) -> None:
        """Whatever bytes come back to these reads, they end well or in an error of this package.

        Look at: what each hook does between the bytes and what it gives: all of it within what turns a ``KeyError``
        into an ``UnexpectedPayload``.
        """
        venue, symbol = self.bench.venue, self.script.symbol
        calls: dict[str, Callable[[], object]] = {
            "fetch_balance": venue.fetch_balance,
            "fetch_markets": venue.fetch_markets,
            "fetch_order_book": lambda: venue.fetch_order_book(symbol),
            "fetch_trades": lambda: venue.fetch_trades(symbol),
            "fetch_tickers": lambda: venue.fetch_ticker(symbol),
        }
        self._fill_the_desk()
        for hook, call in calls.items():
            if hook in self.absent or not hasattr(self.bench.opened_venue, hook):
                continue
            kind = _KINDS[hook]
            call()
            for body in fuzzed(self.bench.exchange.said[-1], _FEW):
                self.bench.exchange.meet(kind, Fate(instead=Response(200, _JSON, body)))
                try:
                    call()
                except AdapterError as error:
                    require("broke" not in str(error), f"{body[:60]!r} broke {hook}: {error} from {error.__cause__!r}")

    def _fill_the_desk(self) -> None:
        desk, symbol, now = self.bench.exchange.desk, self.script.symbol, self.bench.exchange.now()
        one = ((Decimal(1900), Decimal(1)),)
        desk.books[symbol] = ScriptedBookOrders(symbol=symbol, bids=one, asks=((Decimal(1901), Decimal(2)),))
        trade = ScriptedTrade(
            id="1", symbol=symbol, side=OrderSide.BUY, price=Decimal(1900), amount=Decimal(1), time=now
        )
        desk.trades = [trade]

    def _all_errors(self, kind: Request, ask: Callable[[], Any], is_there: Callable[[Any], object]) -> None:
        """Require an error of each answer that is none; what is there though it came is none of ours."""
        self._fill_the_desk()
        for answer in no_lists(self.script, kind, self.absent):
            self.bench.exchange.meet(kind, Fate(instead=answer))
            with suppress(AdapterError):
                read = ask()
                told = f"HTTP {answer.status} with {answer.body[:60]!r} came, and it was read as {read!r}"
                require(is_there(read), told)


def _is_as_told(read: Ticker, true: ScriptedTicker) -> None:
    told = {
        "bid": (read.bid, true.bid),
        "ask": (read.ask, true.ask),
        "open": (read.open, true.open),
        "high": (read.high, true.high),
        "low": (read.low, true.low),
        "last": (read.last, true.last),
        "base_volume": (read.base_volume, true.volume),
    }
    for name, (number, is_so) in told.items():
        require(number in (None, is_so), f"{name} of {true.symbol} is {is_so}, and was read as {number}")
    require(any(number is not None for number, _ in told.values()), f"nothing was read of {true.symbol}")
    require(read.symbol in (None, true.symbol), f"the ticker of {true.symbol} was told to be that of {read.symbol}")
    at, when = read.timestamp, true.time
    require(at is None or abs(at - when) <= _SECOND, f"it was so at {when}, and was read as so at {at}")
