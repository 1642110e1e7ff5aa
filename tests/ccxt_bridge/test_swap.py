"""The swap: one bot, three venues, and only the venue's id changes."""

from __future__ import annotations

from decimal import Decimal

import pytest

import hk_adapter as hk
from tests.ccxt_bridge.kraken_desk import API_KEY, SECRET


class Quoter:
    """Keep one order to buy and one to sell around a price, and leave nothing behind."""

    def __init__(self, venue, symbol, amount, spread):
        self.venue, self.symbol, self.amount, self.spread = venue, symbol, Decimal(amount), Decimal(spread)
        self.bought = self.sold = Decimal(0)
        self.quotes = []

    def quote(self, middle):
        """Place both orders."""
        for side, price in (("buy", middle - self.spread), ("sell", middle + self.spread)):
            limit = self.venue.price_to_precision(self.symbol, price)
            self.quotes.append(self.venue.create_order(self.symbol, "limit", side, self.amount, limit, post_only=True))

    def requote(self, middle):
        """Take both orders off, count what they traded, and place them around another price."""
        for order in self.quotes:
            self._count(self.venue.cancel_order(order.id, self.symbol))
        self.quotes.clear()
        self.quote(middle)

    def stop(self):
        """Take everything off; say whether all of it is proven to be off the book."""
        reports = self.venue.cancel_all_orders(self.symbol)
        for report in reports:
            self._count(report.order)
        return all(report.final for report in reports) and not self.venue.fetch_open_orders(self.symbol)

    def _count(self, order):
        if order.side == "buy":
            self.bought += order.filled
        else:
            self.sold += order.filled


SIMULATED = {"environment": "simulator", "budget": "unlimited"}
VENUES = {
    "hashkey": lambda kraken: SIMULATED,
    "ccxt:hashkey": lambda kraken: SIMULATED | {"rateLimit": 1},
    "ccxt:kraken": lambda kraken: {"base_url": kraken.url, "api_key": API_KEY, "secret": SECRET, "rateLimit": 1},
}
"""Where each venue of this test is to be found; a real bot has this in its environment or profile."""


@pytest.mark.parametrize("venue_id", VENUES)
def test_the_bot_runs_anywhere(venue_id, kraken):
    """Quote, requote after a part traded, stop: the same calls, the same truth, whatever the venue is."""
    with hk.connect(venue_id, **VENUES[venue_id](kraken)) as venue:
        venue.load_markets()
        bot = Quoter(venue, "ETH/USD", "1.25", "10.004")
        bot.quote(Decimal(1900))
        first_buy, first_sell = bot.quotes
        fill = kraken.fill if venue_id == "ccxt:kraken" else venue.simulator.fill
        fill(first_buy.id, "0.5")
        fill(first_sell.id, "1.25")
        bot.requote(Decimal("1950.25"))
        assert (bot.bought, bot.sold) == (Decimal("0.5"), Decimal("1.25"))
        resting = {order.side: order.price for order in venue.fetch_open_orders("ETH/USD")}
        assert resting == {"buy": Decimal("1940.25"), "sell": Decimal("1960.25")}
        assert bot.stop()
        assert venue.fetch_order(first_buy.id, "ETH/USD").status == "canceled"


@pytest.mark.parametrize("venue_id", VENUES)
async def test_the_calls_are_the_same_under_asyncio(venue_id, kraken):
    """The asyncio facade takes the same calls to the same ends."""
    async with hk.connect_async(venue_id, **VENUES[venue_id](kraken)) as venue:
        order = await venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
        done = await venue.cancel_order(order.id, "ETH/USD")
        assert (done.id, done.status, done.filled, done.amount) == (order.id, "canceled", 0, 1)
        assert await venue.fetch_open_orders("ETH/USD") == []
