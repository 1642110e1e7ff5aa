"""Whatever happens, all that can be read of it tells the same story: balances, fills, orders, book, trades, klines."""

import json
from collections import defaultdict
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hk_adapter.simulator import SimRequest, Simulator

from .conftest import NOW, OPEN_ORDERS, Client

KEYS = ("simulator-key", "second", "third")
SECRETS = ("simulator-secret", "hush", "hush")
FUNDS = {"USDT": 100_000, "ETH": 50, "USD": 100_000}
SYMBOLS = ("ETHUSDT", "ETHUSD")
COINS = {"ETHUSDT": ("ETH", "USDT"), "ETHUSD": ("ETH", "USD")}

steps = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 2]),
        st.sampled_from(["BUY", "SELL", "cancel", "transfer"]),
        st.sampled_from(SYMBOLS),
        st.integers(-20, 20),
        st.integers(100, 30_000),
        st.sampled_from([0, 1, 61_000, 3_600_001]),
    ),
    max_size=25,
)


class Market:
    """Let three accounts trade, the second of them a sub-account of the first."""

    def __init__(self, maker: str, taker: str) -> None:
        simulator = Simulator(balances=FUNDS)
        self.clients = [Client(simulator, NOW, *pair) for pair in zip(KEYS, SECRETS, strict=True)]
        self.control = self.clients[0].control
        self.own_id = simulator.account.account_id
        self.sub_id = self.control.open_sub_account("second", "hush", FUNDS)
        self.control.open_account("third", "hush", FUNDS)
        self.control.set_fees(maker, taker)
        self.moved: defaultdict[tuple[int, str], Decimal] = defaultdict(Decimal)

    def step(self, who: int, what: str, symbol: str, offset: int, amount: int, later: int) -> None:
        """Create or cancel an order, or move money; time passes before it."""
        for client in self.clients:
            client.now += later
        quantity, client = f"{Decimal(amount) / 10_000:f}", self.clients[who]
        if what == "cancel":
            for row in self.open_orders(who)[:1]:
                client.ok("DELETE", "/api/v1/spot/order", orderId=row["orderId"])
        elif what == "transfer":
            self._transfer(quantity)
        else:
            terms = {"symbol": symbol, "side": what, "type": "LIMIT", "quantity": quantity, "price": str(2000 + offset)}
            assert client.send("POST", "/api/v1.1/spot/order", **terms).status in (200, 400)

    def _transfer(self, quantity: str) -> None:
        asked = {"fromAccountId": self.own_id, "toAccountId": self.sub_id, "coin": "ETH", "quantity": quantity}
        if self.clients[0].send("POST", "/api/v1/account/assetTransfer", **asked).status == 200:
            self.moved[0, "ETH"] -= Decimal(quantity)
            self.moved[1, "ETH"] += Decimal(quantity)

    def open_orders(self, who: int, **parameters: str) -> Any:
        """Read an account's own open orders; without its id, a main account's key reads its sub-accounts' too."""
        own = {"accountId": self.own_id} if who == 0 else {}
        return self.read(who, OPEN_ORDERS, **own, **parameters)

    def read(self, who: int, path: str, **parameters: Any) -> Any:
        """Read with an account's key what must be there."""
        response = self.clients[who].send("GET", path, **parameters)
        assert response.status == 200, response.body
        return json.loads(response.body)

    def public(self, path: str, query: str) -> Any:
        """Read without a key."""
        client = self.clients[0]
        return json.loads(client.simulator.handle(SimRequest("GET", path, query), client.now).body)


def after(happenings: list[tuple[int, str, str, int, int, int]], maker: str = "0.001", taker: str = "0.002") -> Market:
    """Let all of it happen."""
    market = Market(maker, taker)
    for one in happenings:
        market.step(*one)
    return market


@settings(max_examples=60, deadline=None)
@given(steps)
def test_balances_are_funds_and_fills(happenings: list[tuple[int, str, str, int, int, int]]) -> None:
    """What an account has is what it began with, its fills, their fees, and what was moved."""
    market = after(happenings)
    for who in range(3):
        expected = defaultdict(Decimal, {coin: Decimal(amount) for coin, amount in FUNDS.items()})
        for fill in market.read(who, "/api/v1/account/trades", limit=1000):
            base, quote = COINS[fill["symbol"]]
            sign = 1 if fill["isBuyer"] else -1
            expected[base] += sign * Decimal(fill["qty"])
            expected[quote] -= sign * Decimal(fill["qty"]) * Decimal(fill["price"])
            expected[fill["commissionAsset"]] -= Decimal(fill["commission"])
        balances = {row["asset"]: row for row in market.read(who, "/api/v1/account")["balances"]}
        for coin in FUNDS:
            row = {name: Decimal(balances[coin][name]) for name in ("total", "free", "locked")}
            assert row["total"] == expected[coin] + market.moved[who, coin]
            assert row["total"] == row["free"] + row["locked"]
            assert min(row.values()) >= 0


@settings(max_examples=60, deadline=None)
@given(steps)
def test_the_book_is_what_rests(happenings: list[tuple[int, str, str, int, int, int]]) -> None:
    """Each price of depth holds what all open orders there have left; best prices and tickers say the same."""
    market = after(happenings)
    for symbol in SYMBOLS:
        rests: dict[str, defaultdict[Decimal, Decimal]] = {"BUY": defaultdict(Decimal), "SELL": defaultdict(Decimal)}
        for who in range(3):
            for row in market.open_orders(who, symbol=symbol):
                rests[row["side"]][Decimal(row["price"])] += Decimal(row["origQty"]) - Decimal(row["executedQty"])
        depth = market.public("/quote/v1/depth", f"symbol={symbol}")
        for side, key in (("BUY", "b"), ("SELL", "a")):
            levels = [(Decimal(price), Decimal(amount)) for price, amount in depth[key]]
            assert levels == sorted(rests[side].items(), reverse=side == "BUY")
        (best,) = market.public("/quote/v1/ticker/bookTicker", f"symbol={symbol}")
        assert [best["b"], best["bq"]] == (depth["b"][0] if depth["b"] else ["0", "0"])
        assert [best["a"], best["aq"]] == (depth["a"][0] if depth["a"] else ["0", "0"])
        assert not (depth["b"] and depth["a"]) or Decimal(best["b"]) < Decimal(best["a"])


@settings(max_examples=60, deadline=None)
@given(steps)
def test_public_trades_are_the_makers_fills(happenings: list[tuple[int, str, str, int, int, int]]) -> None:
    """Every trade has one maker and one taker with the same ticket, and klines sum the trades up at any length."""
    market = after(happenings)
    for symbol in SYMBOLS:
        fills = [fill for who in range(3) for fill in market.read(who, "/api/v1/account/trades", symbol=symbol)]
        makers = {fill["ticketId"]: fill for fill in fills if fill["isMaker"]}
        takers = {fill["ticketId"]: fill for fill in fills if not fill["isMaker"]}
        assert set(makers) == set(takers)
        assert len(fills) == len(makers) + len(takers)
        told = [
            (int(fill["time"]), fill["price"], fill["qty"], fill["isBuyer"])
            for fill in sorted(makers.values(), key=lambda fill: int(fill["ticketId"]))
        ]
        trades = market.public("/quote/v1/trades", f"symbol={symbol}")
        assert [(trade["t"], trade["p"], trade["q"], trade["ibm"]) for trade in trades] == told
        volume = sum((Decimal(amount) for _, _, amount, _ in told), Decimal(0))
        for length in ("1m", "1h", "1M"):
            klines = market.public("/quote/v1/klines", f"symbol={symbol}&interval={length}")
            assert sum(Decimal(row[5]) for row in klines) == volume
            assert sum(row[8] for row in klines) == len(told)
