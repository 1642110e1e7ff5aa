"""The campaign's oracle against lies about fills and balances: each must be named, and the truth must pass."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from hk_adapter.execution.streams.expected_fills import ExpectedFills
from hk_adapter.execution.streams.fills import Fills
from hk_adapter.execution.streams.funds import Funds
from hk_adapter.model import Balance, Balances, BalanceUpdate, Fee, OrderSide, Trade, TradeUpdate
from hk_adapter.simulator import FillView, Simulator, SimulatorControl
from hk_adapter.testing.stream_campaign import watch_many
from hk_adapter.testing.stream_campaign.balances import BalanceHistory, of_balances
from hk_adapter.testing.stream_campaign.fills import HELD, of_fills

BEGUN = 1_700_000_000_000


def true_fill(number: int) -> FillView:
    """Give the truth of a fill, so many seconds after the beginning."""
    return FillView(
        id=f"f{number}",
        ticket_id=f"t{number}",
        order_id="7",
        counter_order_id=None,
        account_id="a",
        symbol="ETHUSD",
        side="BUY",
        price=Decimal(1900),
        amount=Decimal("0.5"),
        cost=Decimal(950),
        is_maker=True,
        fee=Decimal("0.0005"),
        fee_asset="ETH",
        time=BEGUN + number * 1000,
    )


def told(number: int, at: float | None = None, **lies: Any) -> tuple[int, TradeUpdate]:
    """Give what is told of that fill, at once or at another second, but for the lies."""
    truth = {
        "id": f"f{number}",
        "order_id": "7",
        "symbol": "ETH/USD",
        "side": OrderSide.BUY,
        "taker_or_maker": "maker",
        "price": Decimal(1900),
        "amount": Decimal("0.5"),
        "cost": Decimal(950),
        "fees": (Fee(currency="ETH", cost=Decimal("0.0005")),),
        "timestamp": BEGUN + number * 1000,
    }
    return BEGUN + round((number if at is None else at) * 1000), TradeUpdate(trade=Trade(**truth | lies))


LIES: dict[str, tuple[Sequence[tuple[int, TradeUpdate]], list[str]]] = {
    "nothing": ([told(1), told(2)], ["missed fill"]),
    "one twice": ([told(1), told(2), told(2), told(3)], ["fill twice"]),
    "one that was not": ([told(1), told(2), told(3), told(4)], ["invented fill"]),
    "one without its id": ([told(1), told(2), told(3, id=None)], ["invented fill", "missed fill"]),
    "of another order": ([told(1), told(2), told(3, order_id="8")], ["other fill"]),
    "on the other side": ([told(1), told(2), told(3, side=OrderSide.SELL)], ["other fill"]),
    "at another price": ([told(1), told(2), told(3, price=Decimal(1901))], ["other fill"]),
    "of another amount": ([told(1), told(2), told(3, amount=Decimal("0.4"))], ["other fill"]),
    "without its fee": ([told(1), told(2), told(3, fees=())], ["other fill"]),
    "with another fee": (
        [told(1), told(2), told(3, fees=(Fee(currency="USD", cost=Decimal("0.0005")),))],
        ["other fill"],
    ),
    "as a taker's": ([told(1), told(2), told(3, taker_or_maker="taker")], ["other fill"]),
    "at another time": ([told(1), told(2), told(3, timestamp=BEGUN + 2500)], ["other fill"]),
    "behind a later one": ([told(1), told(3), told(2, at=4)], ["fill order"]),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_about_fills_is_named(lie: str) -> None:
    """Each is told once, as the lists have it, in its order."""
    updates, wrong = LIES[lie]
    truth = [true_fill(number) for number in (1, 2, 3)]
    assert of_fills(updates, truth, BEGUN, []) == wrong


def test_what_may_be_told_of_fills() -> None:
    """All of them; none of before the watch; and a later one first that was held back for a gap as long as any is."""
    truth = [true_fill(number) for number in (1, 2, 3)]
    assert of_fills([told(1), told(2), told(3)], truth, BEGUN, []) == []
    assert of_fills([told(2), told(3)], truth, BEGUN + 1500, []) == []
    assert of_fills([], truth, None, []) == []
    opened = BEGUN + 2500
    held = 2.5 + HELD / 1000
    assert of_fills([told(1), told(3, at=held), told(2, at=held + 1)], truth, BEGUN, [opened]) == []
    assert of_fills([told(1), told(3, at=held - 0.1), told(2, at=held)], truth, BEGUN, [opened]) == ["fill order"]
    assert of_fills([told(1), told(3), told(2)], truth, BEGUN, None) == []


HISTORY = {"USD": [(Decimal(free), Decimal(0)) for free in (10, 8, 10, 6)]}


def _usd(free: int) -> Balance:
    return Balance(free=Decimal(free), used=Decimal(0), total=Decimal(free))


def shown(*free: int, changed: bool = True) -> list[BalanceUpdate]:
    """Give updates of what is free in USD."""
    balances = [Balances(by_currency={"USD": _usd(one)}) for one in free]
    return [BalanceUpdate(balances=one, changed=frozenset({"USD"} if changed else ())) for one in balances]


@pytest.mark.parametrize(
    ("updates", "wrong"),
    [
        (shown(10, 8, 10, 6), []),
        (shown(8, 6), []),
        (shown(6), []),
        (shown(6, 6), []),
        (shown(10, 8), ["wrong balance"]),
        (shown(), ["wrong balance"]),
        (shown(6, 8, 6), ["balance back"]),
        (shown(8, 10, 8, 6), ["balance back"]),
        (shown(10, 7, 6), ["balance back"]),
        ([*shown(8), *shown(10, changed=False), *shown(6)], []),
    ],
)
def test_a_lie_about_balances_is_named(updates: list[BalanceUpdate], wrong: list[str]) -> None:
    """The last word is the truth, and each one before it was true once, later than the one before."""
    assert of_balances(updates, HISTORY) == wrong


def test_the_history_has_what_anybody_could_be_shown() -> None:
    """One pair of amounts for each change, in its order."""
    simulator = Simulator(balances={"USD": 10})
    history = BalanceHistory(simulator.account)
    history.note()
    history.note()
    SimulatorControl(simulator).deposit("USD", 5)
    history.note()
    assert history.by_asset["USD"] == [(Decimal(10), Decimal(0)), (Decimal(15), Decimal(0))]


BROKEN = {
    "fill twice": (Fills, "is_news", lambda self, trade: True),
    "invented fill": (ExpectedFills, "passed_over", lambda self, trade: None),
    "missed fill": (Fills, "listed", lambda self, trades: []),
    "balance back": (Funds, "_is_late", lambda self, at, now: False),
    "wrong balance": (Funds, "heard", lambda self, told, now: frozenset()),
}


@pytest.mark.parametrize("column", BROKEN)
def test_a_watch_that_is_broken_is_found(monkeypatch: pytest.MonkeyPatch, column: str) -> None:
    """Each by its own column."""
    monkeypatch.setattr(*BROKEN[column])
    assert watch_many(200, 1).wrong[column] > 0
