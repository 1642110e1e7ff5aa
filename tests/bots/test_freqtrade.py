"""Freqtrade, unpatched: its database says what became of each canceled entry, and so does the venue."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("freqtrade")

from freqtrade.enums import ExitCheckTuple, ExitType, RunMode
from freqtrade.exceptions import TemporaryError
from freqtrade.exchange import common
from freqtrade.freqtradebot import FreqtradeBot
from freqtrade.persistence import Trade

from hk_adapter.ccxt_facade import register
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET

PAIR = "ETH/USD"
PRICE = 1900.0

STRATEGY = '''
from freqtrade.strategy import IStrategy


class Quiet(IStrategy):
    """Never enters by itself."""

    timeframe = "5m"
    minimal_roi = {"0": 10}
    stoploss = -0.5

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        return dataframe.assign(enter_long=0)

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe.assign(exit_long=0)
'''


@pytest.fixture
def make_bot(venue, tmp_path, monkeypatch):
    """Start freqtrade, live, for an exchange by its name, as its configuration file would."""
    (tmp_path / "strategies").mkdir()
    (tmp_path / "strategies" / "quiet.py").write_text(STRATEGY)
    # Its waits between repeats of a failed query come to 35 s.
    monkeypatch.setattr(common, "calculate_backoff", lambda *_: 0)
    register()
    bots = []

    def start(name, timeout=1500):
        bots.append(FreqtradeBot(configuration(name, venue.url, tmp_path, timeout)))
        return bots[-1]

    yield start
    for bot in bots:
        bot.cleanup()


def configuration(name: str, url: str, place: Path, timeout: int):
    """Write what is needed of a configuration; only ``urls`` differs from one for the real venue."""
    pricing = {"price_side": "same", "use_order_book": True, "order_book_top": 1}
    return {
        "runmode": RunMode.LIVE,
        "dry_run": False,
        "trading_mode": "spot",
        "stake_currency": "USD",
        "stake_amount": PRICE,
        "max_open_trades": 3,
        "db_url": "sqlite://",
        "user_data_dir": place,
        "datadir": place,
        "strategy": "Quiet",
        "strategy_path": str(place / "strategies"),
        "dataformat_ohlcv": "json",
        "dataformat_trades": "json",
        "entry_pricing": pricing,
        "exit_pricing": pricing,
        "unfilledtimeout": {"entry": 10, "exit": 10, "unit": "minutes"},
        "pairlists": [{"method": "StaticPairList"}],
        "internals": {},
        "original_config": {},
        "exchange": {
            "name": name,
            "key": DEFAULT_API_KEY,
            "secret": DEFAULT_SECRET,
            "pair_whitelist": [PAIR],
            "pair_blacklist": [],
            "enable_ws": False,
            "ccxt_config": {
                "urls": {"api": {"public": url, "private": url}},
                "timeout": timeout,
                "rateLimit": 10,
            },
        },
    }


def enter(bot):
    """Have the bot place an order to buy 1, and return the trade, its order and the order as last seen."""
    assert bot.execute_entry(PAIR, PRICE, price=PRICE)
    (trade,) = Trade.get_open_trades()
    (order,) = trade.orders
    return trade, order, bot.exchange.fetch_order(order.order_id, PAIR)


def test_a_canceled_entry_ends_in_the_truth(make_bot, venue, scenario, unknown_id):
    """``handle_cancel_enter`` leaves no row open that the venue has ended, with the amount that truly traded."""
    bot = make_bot("hkadapter")
    trade, order, seen = enter(bot)
    order_id = order.order_id
    scenario.arrange(venue.control, order_id)
    if not scenario.is_known:
        order.order_id = unknown_id
    was_fully_canceled = bot.handle_cancel_enter(trade, seen, order, "timeout")

    if scenario.is_known:
        assert venue.control.order(order_id).status == scenario.venue_status
    assert was_fully_canceled is (scenario.filled == 0)
    if scenario.filled == 0:
        assert Trade.get_open_trades() == []
        return
    (kept,) = Trade.get_open_trades()
    assert kept.amount == pytest.approx(scenario.filled)
    assert not [one for one in kept.orders if one.ft_is_open]
    assert kept.orders[0].status == ("closed" if scenario.filled == 1 else "canceled")
    assert kept.orders[0].filled == pytest.approx(scenario.filled)


@pytest.mark.usefixtures("filled_first")
def test_an_entry_that_filled_first(make_bot, venue):
    """Whichever word the option has, freqtrade looks at the order itself and books it as filled."""
    bot = make_bot("hkadapter")
    trade, order, seen = enter(bot)
    venue.control.fill(order.order_id)
    assert bot.handle_cancel_enter(trade, seen, order, "timeout") is False
    (kept,) = Trade.get_open_trades()
    assert (kept.orders[0].status, kept.amount) == ("closed", pytest.approx(1))


def test_what_nobody_knows_changes_nothing(make_bot, venue):
    """Where neither cancel nor look-up is answered the row stays as it was, and freqtrade tries again later."""
    bot = make_bot("hkadapter", timeout=250)
    trade, order, seen = enter(bot)
    venue.control.fail_next(status=503, times=500)
    with pytest.raises(TemporaryError):
        bot.handle_cancel_enter(trade, seen, order, "timeout")
    assert order.ft_is_open
    assert Trade.get_open_trades() == [trade]


def test_an_exit_ends_in_the_truth(make_bot, venue):
    """A canceled exit is closed in the database, and what remains to be sold is what truly remains."""
    bot = make_bot("hkadapter")
    trade, order, _ = enter(bot)
    venue.control.fill(order.order_id)
    bot.update_trade_state(trade, order.order_id)
    amount = trade.amount
    venue.control.counter_order("ETHUSD", "BUY", "1", "1800")
    venue.control.counter_order("ETHUSD", "SELL", "1", "2600")
    assert bot.execute_trade_exit(trade, 2500, exit_check=ExitCheckTuple(exit_type=ExitType.EXIT_SIGNAL))
    leaving = trade.orders[-1]
    exit_id = leaving.order_id
    assert bot.handle_cancel_exit(trade, bot.exchange.fetch_order(exit_id, PAIR), leaving, "timeout")
    assert venue.control.order(exit_id).status == "CANCELED"
    assert not [one for one in trade.orders if one.ft_is_open]
    assert trade.amount == pytest.approx(amount)


def test_the_launcher_runs_freqtrade(tmp_path):
    """Started through it, freqtrade's own command lists the exchange among ccxt's."""
    done = subprocess.run(
        [sys.executable, "-m", "hk_adapter.run", "freqtrade", "list-exchanges", "--all", "--one-column"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        timeout=120,
    )
    assert {"hashkey", "hkadapter"} <= set(done.stdout.split())


def test_why_ccxts_own_class_is_not_enough(make_bot, venue):
    """Its answer shows the order as it was before the cancel, so the row stays open though the venue canceled."""
    bot = make_bot("hashkey")
    trade, order, seen = enter(bot)
    assert bot.handle_cancel_enter(trade, seen, order, "timeout") is False
    assert venue.control.order(order.order_id).status == "CANCELED"
    assert [one for one in Trade.get_open_trades()[0].orders if one.ft_is_open]
