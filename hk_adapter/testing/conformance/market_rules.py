"""Markets: what can be traded, by the rules that the venue has, and no market that it has not."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

from hk_adapter.errors import AdapterError
from hk_adapter.model import Market
from hk_adapter.testing.conformance.as_it_is import FINE, LONG
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.exchange import Fate
from hk_adapter.testing.conformance.further_script import WritesMarkets
from hk_adapter.testing.conformance.no_lists import no_lists
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Request, Script
from hk_adapter.testing.conformance.scripted_data import ScriptedMarket
from hk_adapter.testing.conformance.spoiling import ROW, UNREADABLE, spoilt

_PLACES = 18
_STEP = Decimal("0.01")


class MarketRules:
    """Cases of ``fetch_markets``."""

    bench: Bench
    script: Script
    absent: frozenset[str]

    @needs("fetch_markets", "other_symbol")
    def test_markets_are_read_as_they_are(self) -> None:
        """Each has its own symbol, currencies, steps and limits, with every digit; a limit may be left out.

        Look at: which field of the row is a step, a limit of amounts or of costs, and that a count of digits is none.
        """
        fine = FINE if getattr(self.script, "places", _PLACES) >= _PLACES else Decimal("0.00000001")
        self._there_are(
            ScriptedMarket(
                symbol=self.script.symbol,
                price_step=_STEP,
                amount_step=Decimal("0.0001"),
                least_amount=Decimal("0.003"),
                most_amount=Decimal(9000),
                least_cost=Decimal(12),
            ),
            ScriptedMarket(
                symbol=self._other_one, price_step=fine, amount_step=fine, least_amount=fine, most_amount=LONG
            ),
        )
        read = self._read()
        for true in self.bench.exchange.desk.markets:
            _is_as_it_is(read[true.symbol], true)

    @needs("fetch_markets", "other_symbol")
    def test_a_market_that_takes_no_orders_is_told_so(self) -> None:
        """One that is halted is not active, or nobody says; so it is of one that is not.

        Look at: from what ``active`` is read, and which of the venue's words mean that orders are taken.
        """
        self._there_are(
            ScriptedMarket(symbol=self.script.symbol, active=False), ScriptedMarket(symbol=self._other_one, active=True)
        )
        read = {market.symbol: market.active for market in self.bench.venue.fetch_markets()}
        for true in self.bench.exchange.desk.markets:
            told = f"{true.symbol} is {'' if true.active else 'not '}active, and was read as {read.get(true.symbol)}"
            require(read.get(true.symbol) in (None, true.active), told)

    @needs("fetch_markets")
    def test_each_list_of_markets_is_a_new_one(self) -> None:
        """A rule that changed between two lists is so in the second, and a market that is gone is not there.

        Look at: what the plugin remembers between two calls of ``fetch_markets``: names, and no rules.
        """
        for step in (_STEP, _STEP / 10):
            self._there_are(ScriptedMarket(symbol=self.script.symbol, price_step=step))
            read = self._read()
            _is_as_it_is(read[self.script.symbol], self.bench.exchange.desk.markets[0])
            require(len(read) == 1, f"there is one market, and {sorted(read)} were listed")

    @needs("fetch_markets")
    def test_what_is_no_list_of_markets_is_no_empty_one(self) -> None:
        """Where a refusal comes instead, a page of a gateway or an answer without rows, it is an error.

        Look at: what is read where the field with the rows is missing.
        """
        for answer in no_lists(self.script, Request.MARKETS, self.absent):
            self.bench.exchange.meet(Request.MARKETS, Fate(instead=answer))
            with suppress(AdapterError):
                read = self.bench.venue.fetch_markets()
                told = f"HTTP {answer.status} with {answer.body[:60]!r} came, and {len(read)} were listed as all"
                require(self.script.symbol in {market.symbol for market in read}, told)

    @needs("fetch_markets", "other_symbol", UNREADABLE)
    def test_a_market_that_cannot_be_read_has_no_rules_made_up(self) -> None:
        """Of one whose least amount is no number there is no market with another one; the others are listed.

        Look at: what of a row cannot be read: then the row is ``unread``, and is not read without it.
        """
        writer: WritesMarkets = self.script  # type: ignore[assignment]
        bad = ScriptedMarket(symbol=self.script.symbol, least_amount=Decimal(ROW), amount_step=FINE)
        page = spoilt(writer.markets([bad, ScriptedMarket(symbol=self._other_one)]))
        self.bench.exchange.meet(Request.MARKETS, Fate(instead=page))
        try:
            read = {market.symbol: market for market in self.bench.venue.fetch_markets()}
        except AdapterError:
            return
        made_up = read.get(self.script.symbol)
        require(made_up is None, f"its least amount cannot be read, and it was read as {made_up and made_up.amount}")
        require(set(read) == {self._other_one}, f"another one can be read, and {sorted(read)} were listed")

    @property
    def _other_one(self) -> str:
        other: str = self.script.other_symbol  # type: ignore[attr-defined]
        return other

    def _there_are(self, *markets: ScriptedMarket) -> None:
        self.bench.exchange.desk.markets = list(markets)

    def _read(self) -> dict[str, Market]:
        read = {market.symbol: market for market in self.bench.venue.fetch_markets()}
        true = {market.symbol for market in self.bench.exchange.desk.markets}
        require(true <= read.keys(), f"there are {sorted(true)}, and {sorted(read)} were listed")
        return read


def _is_as_it_is(read: Market, true: ScriptedMarket) -> None:
    told: dict[str, tuple[object, object]] = {
        "base": (read.base, true.base),
        "quote": (read.quote, true.quote),
        "price_step": (read.price_step, true.price_step),
        "amount_step": (read.amount_step, true.amount_step),
    }
    for name, (is_read, is_so) in told.items():
        require(is_read == is_so, f"{name} of {true.symbol} is {is_so}, and was read as {is_read}")
    limits = {
        "the least amount": (read.amount.min, true.least_amount),
        "the most amount": (read.amount.max, true.most_amount),
        "the least cost": (read.cost.min, true.least_cost),
    }
    for name, (is_read, is_so) in limits.items():
        require(is_read in (None, is_so), f"{name} in {true.symbol} is {is_so}, and was read as {is_read}")
