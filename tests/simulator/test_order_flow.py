"""Whatever orders come, meet, expire and are canceled: money is conserved, and every trade adds up."""

from collections import defaultdict
from decimal import Decimal, localcontext
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from hk_adapter.simulator import Dialect, OrderView, Simulator
from hk_adapter.simulator.exchange.money import EXACT

from .conftest import CANCEL_ALL, CANCEL_BY_IDS, CREATE, NOW, OPEN_ORDERS, ORDER, Client

SYMBOLS = ("ETHUSD", "ETHUSDT")
ASSETS = ("ETH", "USD", "USDT")
RATES = {"main": ("0.001", "0.002"), "sub": ("0", "0.0017"), "other": ("0.003", "0")}
OPEN = ("NEW", "PARTIALLY_FILLED")

PRICES = st.integers(1897, 1903).map(str)
AMOUNTS = st.integers(100, 20_000).map(lambda steps: str(Decimal(steps).scaleb(-4)))
CASH = st.integers(1_000, 4_000_000).map(lambda cents: str(Decimal(cents).scaleb(-2)))
LIMITS = st.fixed_dictionaries(
    {"type": st.just("LIMIT"), "quantity": AMOUNTS, "price": PRICES},
    optional={"timeInForce": st.sampled_from(["GTC", "IOC", "FOK"])},
)
MAKERS = st.fixed_dictionaries({"type": st.just("LIMIT_MAKER"), "quantity": AMOUNTS, "price": PRICES})
BY_AMOUNT = st.fixed_dictionaries({"type": st.just("MARKET"), "quantity": AMOUNTS})
BY_CASH = st.fixed_dictionaries({"type": st.just("MARKET"), "amount": CASH})
TERMS = st.tuples(
    st.one_of(LIMITS, LIMITS, MAKERS, BY_AMOUNT, BY_CASH),
    st.fixed_dictionaries(
        {"symbol": st.sampled_from(SYMBOLS), "side": st.sampled_from(["BUY", "SELL"])},
        optional={"stpMode": st.sampled_from(["EXPIRE_TAKER", "EXPIRE_MAKER"])},
    ),
).map(lambda pair: pair[0] | pair[1])
WHO = st.sampled_from(["main", "sub", "other"])
STEPS = st.one_of(
    st.tuples(st.just("create"), WHO, TERMS),
    st.tuples(st.just("create"), WHO, TERMS),
    st.tuples(
        st.just("counter"), st.tuples(st.sampled_from(SYMBOLS), st.sampled_from(["BUY", "SELL"]), AMOUNTS, PRICES)
    ),
    st.tuples(st.just("cancel"), WHO, st.integers(0, 9)),
    st.tuples(st.just("cancel by venue"), st.integers(0, 9)),
    st.tuples(st.just("cancel many"), WHO, st.sampled_from([CANCEL_ALL, OPEN_ORDERS, CANCEL_BY_IDS])),
    st.tuples(st.just("fees"), WHO, st.sampled_from(["0", "0.01"])),
)


class Market:
    """Hold a venue with four accounts, and the totals at the start."""

    def __init__(self, dialect: Dialect) -> None:
        simulator = Simulator(balances={"ETH": 20, "USD": 20_000, "USDT": 20_000}, dialect=dialect)
        self.clients = {"main": Client(simulator)}
        self.control = self.clients["main"].control
        funds = {"ETH": 5, "USD": 9_000}
        self.ids = {
            "main": simulator.account.account_id,
            "sub": self.control.open_sub_account("sub", "hush", funds),
            "other": self.control.open_account("other", "hush"),
        }
        for name in ("sub", "other"):
            self.clients[name] = Client(simulator, NOW, name, "hush")
        self.control.set_fees("0.0005", "0.0005", simulator.counter_party.account_id)
        for name, rates in RATES.items():
            self.control.set_fees(*rates, self.ids[name])
        self.book = simulator.venue.book
        self.accounts = [*simulator.accounts.values(), simulator.counter_party, self.book.fee_account]
        self.totals = self.sums()

    def sums(self) -> dict[str, Decimal]:
        """Sum up each asset over all accounts."""
        return {asset: self.control.total(asset) for asset in ASSETS}

    def play(self, step: tuple[Any, ...]) -> None:
        """Let one step happen, 3 ms after the one before."""
        name, *arguments = step
        for client in self.clients.values():
            client.now += 3
        now = self.clients["main"].now
        self.control.advance(now)
        live = [order.order_id for order in self.control.orders() if order.ended_at is None]
        if name == "counter":
            self.control.counter_order(*arguments[0], now=now)
        elif name == "fees":
            self.control.set_fees(arguments[1], arguments[1], self.ids[arguments[0]])
        elif name == "cancel by venue":
            resting = [order.order_id for order in self.control.orders() if order.status in OPEN]
            if resting:
                self.control.cancel(resting[arguments[0] % len(resting)], now=now)
        else:
            self._send(name, self.clients[arguments[0]], arguments[1], live)

    def check(self) -> None:
        """Hold money, book and trades against each other."""
        assert self.sums() == self.totals
        self._check_balances()
        for symbol in SYMBOLS:
            with localcontext(EXACT):
                bids, asks = self.book.depth(symbol)
            assert not bids or not asks or bids[0][0] < asks[0][0]
        self._check_trades()

    def _send(self, name: str, client: Client, what: Any, live: list[str]) -> None:
        if name == "create":
            client.send("POST", CREATE, **what)
        elif name == "cancel many":
            client.send("DELETE", what, symbol="ETHUSD", ids=",".join(live[:5]))
        elif live:
            client.send("DELETE", ORDER, orderId=live[what % len(live)])

    def _check_balances(self) -> None:
        locked: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for order in self.book:
            assert not order.is_ended or order.locked == 0
            locked[order.account.account_id, order.terms.pays] += order.locked
        for account in self.accounts:
            for asset in ASSETS:
                balance = account.balance(asset)
                assert balance.free >= 0
                assert balance.locked == locked[account.account_id, asset]

    def _check_trades(self) -> None:
        sides = defaultdict(list)
        for order in self.book:
            fills, terms = order.fills, order.terms
            assert order.filled == sum(fill.quantity for fill in fills)
            assert order.cost == sum(fill.quote_amount for fill in fills)
            assert order.filled <= terms.amount or terms.cash
            assert order.cost <= terms.cash or not terms.cash
            for fill in fills:
                sides[fill.ticket_id].append(fill)
                if terms.price:
                    assert fill.price <= terms.price if terms.side == "BUY" else fill.price >= terms.price
        for one, other in sides.values():
            assert {one.side, other.side} == {"BUY", "SELL"}
            assert (one.quantity, one.price, one.time) == (other.quantity, other.price, other.time)
            assert one.is_maker is not other.is_maker
            assert (one.counter_order, other.counter_order) == (other.order, one.order)
            (maker,) = (fill for fill in (one, other) if fill.is_maker)
            assert maker.price == maker.order.terms.price
            assert one.order.account is not other.order.account or one.order.account.is_outside


def expected_lock(order: OrderView, rate: Decimal) -> Decimal:
    """Tell what an open limit order may still cost, the dearer fee included where it is paid in fiat."""
    if order.side == "SELL":
        return order.remaining
    return order.remaining * order.price * (1 + (rate if order.symbol == "ETHUSD" else 0))


@settings(deadline=None, max_examples=120, database=None)
@given(
    st.lists(STEPS, min_size=12, max_size=40),
    st.sampled_from([(0, 0), (0, 5)]),
    st.sampled_from(["CANCELED", "REJECTED"]),
    st.sampled_from(["-2010", "REJECTED"]),
)
def test_money_is_conserved(steps: list[tuple[Any, ...]], delay: tuple[int, int], fok: str, post_only: str) -> None:
    """Sums over all accounts and fees stay; nothing is negative; what is locked is what live orders lock."""
    share = 0.1 if delay[1] else 0.0
    dialect = Dialect(
        accept_delay_ms=delay,
        cancel_delay_ms=delay,
        reject_share=share,
        fok_unfilled=fok,
        post_only_crossing=post_only,
    )
    market = Market(dialect)
    for step in steps:
        market.play(step)
        market.check()
    market.control.advance(market.clients["main"].now + 100)
    market.check()
    for order in market.control.orders():
        event(f"{order.type} {order.time_in_force} {order.status} {order.cancel_reason}")


@settings(deadline=None, max_examples=60, database=None)
@given(st.lists(st.tuples(WHO, st.one_of(LIMITS, MAKERS), st.sampled_from(["BUY", "SELL"])), min_size=4, max_size=20))
def test_what_is_locked_is_what_open_orders_may_cost(orders: list[tuple[str, dict[str, Any], str]]) -> None:
    """For each account: remaining sells, and remaining buys at their limits with the dearer fee in fiat."""
    market = Market(Dialect())
    for who, terms, side in orders:
        market.clients[who].send("POST", CREATE, **terms, side=side, symbol="ETHUSD")
    for who, account_id in market.ids.items():
        resting = [one for one in market.control.orders() if one.account_id == account_id and one.status in OPEN]
        rate = max(map(Decimal, RATES[who]))
        for side, asset in (("BUY", "USD"), ("SELL", "ETH")):
            expected = sum((expected_lock(one, rate) for one in resting if one.side == side), Decimal(0))
            assert market.control.balance(asset, account_id).locked == expected


def test_equal_flows_end_alike() -> None:
    """Matching draws nothing: the same calls leave the same orders, fills and money."""
    ends = []
    for _ in range(2):
        market = Market(Dialect())
        for step in (
            ("create", "main", {"symbol": "ETHUSD", "side": "SELL", "type": "LIMIT", "quantity": "2", "price": "1900"}),
            ("counter", ("ETHUSD", "SELL", "1", "1899")),
            ("create", "other", {"symbol": "ETHUSD", "side": "BUY", "type": "MARKET", "amount": "3000"}),
        ):
            market.play(step)
        orders = market.control.orders()
        ends.append((orders, [market.control.fills(order.order_id) for order in orders], market.sums()))
    assert ends[0] == ends[1]
    assert [len(fills) for fills in ends[0][1]] == [1, 2]
