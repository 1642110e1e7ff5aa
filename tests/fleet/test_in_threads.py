"""The kill switch for threads: as in a loop, and a caller who is interrupted leaves nothing that goes on sending."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import pytest

import hk_adapter as hk
from hk_adapter.fleet import PoolAccount, StopProgress, VenuePool, kill_switch
from hk_adapter.fleet.fan_out import Abandoned, in_threads
from tests.conftest import FastTime
from tests.fleet.conftest import open_at

TERMS = ("ETH/USD", "limit", "buy", "0.1", "1000")


def test_a_hung_account_delays_nobody(fast_time: FastTime) -> None:
    """The others are done and proven while one waits for its deadline, and what is not known of it is said."""
    members = [PoolAccount(name, "hashkey", environment="simulator", budget="unlimited") for name in ("a", "b")]
    told: list[StopProgress] = []
    with VenuePool(members) as pool:
        placed = pool.call("create_order", *TERMS)
        pool["a"].simulator.fail_next("stall", times=10**6)
        report = kill_switch(pool, timeout=6, progress=told.append)
        left = {name: open_at(pool[name].simulator) for name in pool}
    hung, done = report.accounts
    assert left == {"a": [placed["a"].id], "b": []}
    assert (report.complete, hung.complete, done.complete) == (False, False, True)
    [order] = hung.orders
    assert (order.order_id, order.order, order.final) == (placed["a"].id, placed["a"], False)
    assert hung.listings == 0
    assert isinstance(hung.error, hk.OutcomeUnknown | hk.NotSent)
    assert [order.order_id for order in done.orders] == [placed["b"].id]
    assert {one.account for one in told if one.over} == {"a", "b"}


def test_one_that_cannot_be_opened(pool: VenuePool) -> None:
    """It is reported as not listed, with the reason; complete is false."""
    with VenuePool([*pool.members.values(), PoolAccount("c", "no-such-venue")]) as wider:
        report = kill_switch(wider)
    assert [one.complete for one in report.accounts] == [True, True, False]
    assert isinstance(report.accounts[2].error, hk.ConfigurationError)
    assert [one.account for one in report.incomplete_accounts] == ["c"]


@pytest.mark.parametrize("path", ["/nonexistent/dir/stop", "", __file__ + "/stop"])
def test_a_file_that_cannot_be_put_up(fast_time: FastTime, path: str) -> None:
    """A pool with such a file is made, and stopped as any other; the report says why the file is not there."""
    with VenuePool([PoolAccount("a", "hashkey", environment="simulator", budget="unlimited")], block_file=path) as pool:
        with pytest.raises(hk.OrderDenied):
            pool["a"].create_order(*TERMS)
        report = kill_switch(pool)
    assert (report.complete, report.creates_blocked) == (False, False)
    assert report.block_error is not None
    assert report.accounts[0].complete


def test_a_stop_without_a_reason(pool: VenuePool) -> None:
    """It blocks as any other, and what it tells of that is so."""
    report = kill_switch(pool, reason=None)  # type: ignore[arg-type]
    assert (report.creates_blocked, pool.blocks["a"].creates_blocked) == (True, True)


def test_what_is_told_of_cancels(pool: VenuePool) -> None:
    """Progress says whether a cancel may have left, and ends with the stop: later calls of an account tell nothing."""
    pool["a"].create_order(*TERMS)
    told: list[StopProgress] = []
    kill_switch(pool, block_creates=False, progress=told.append)
    assert {one.account: one.sent for one in told if one.over} == {"a": True, "b": False}
    number = len(told)
    pool["a"].create_order(*TERMS)
    pool["a"].fetch_open_orders()
    assert len(told) == number


def test_what_is_in_the_scope_is_canceled_and_the_rest_stays_open(pool: VenuePool) -> None:
    """Account, symbol, side and prefix pick; the rest stays open, and a dry run cancels and blocks nothing."""
    for name in pool:
        pool[name].create_order(*TERMS, client_order_id="mine-1")
        pool[name].create_order("ETH/USD", "limit", "sell", "0.1", "9000", client_order_id="mine-2")
        pool[name].create_order("BTC/USD", "limit", "buy", "0.01", "1000", client_order_id="theirs")
    picked = {"accounts": ["a"], "symbol": "ETH/USD", "side": "sell", "client_id_prefix": "mine"}
    preview = kill_switch(pool, dry_run=True, **picked)
    assert (preview.complete, preview.listed) == (False, True)
    assert [order.order.client_order_id for one in preview.accounts for order in one.orders] == ["mine-2"]
    assert len(open_at(pool["a"].simulator)) == 3
    pool["a"].create_order(*TERMS)
    report = kill_switch(pool, **picked)
    assert report.complete
    assert [order.order.client_order_id for one in report.accounts for order in one.orders] == ["mine-2"]
    assert (len(open_at(pool["a"].simulator)), len(open_at(pool["b"].simulator))) == (3, 3)
    with pytest.raises(hk.OrderDenied):
        pool["a"].create_order(*TERMS)
    pool["b"].create_order(*TERMS)
    pool.allow_creates()
    pool["a"].create_order(*TERMS)


def test_nothing_is_done_for_what_cannot_be_meant(pool: VenuePool) -> None:
    """Nothing is blocked, asked or canceled for what cannot be meant."""
    pairs = [
        ("accounts", ["c"]),
        ("accounts", "a"),
        ("accounts", []),
        ("venues", ["x"]),
        ("accounts", 5),
        ("accounts", [["a"]]),
        ("venues", [{}]),
        ("side", "b"),
        ("timeout", 0),
    ]
    for name, value in pairs:
        with pytest.raises(hk.InvalidArgument):
            kill_switch(pool, **{name: value})
    pool["a"].create_order(*TERMS)


def test_the_file_is_put_up_first(fast_time: FastTime, tmp_path: Path) -> None:
    """Other processes are told by the file before anything is canceled; where it cannot be written, that is said."""
    folder = tmp_path / "run"
    folder.mkdir()
    members = [PoolAccount("a", "hashkey", environment="simulator", recv_window=100)]
    with VenuePool(members, block_file=folder / "stop") as pool:
        report = kill_switch(pool, reason="by the desk")
        assert (report.complete, report.creates_blocked) == (True, True)
        assert "by the desk" in (folder / "stop").read_text()
        (folder / "stop").unlink()
        folder.rmdir()
        report = kill_switch(pool)
        assert (report.complete, report.creates_blocked) == (False, False)
        assert report.accounts[0].complete
        assert str(folder) in (report.block_error or "")


def test_ctrl_c_sends_nothing_more(fast_time: FastTime) -> None:
    """The caller gets its KeyboardInterrupt at once, and the threads stop at their next step."""
    gone, sent = threading.Event(), []

    class Interrupting:
        @hk.wraps_flow
        async def operate(self, flow, operation):  # type: ignore[no-untyped-def]
            if operation.name == "cancel_all_orders":
                sent.append(len(requests))
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
                gone.wait(10)
            return await flow

    plugins = (Interrupting(),)
    account = PoolAccount("a", "hashkey", environment="simulator", budget="unlimited", plugins=plugins)
    with VenuePool([account]) as pool:
        order = pool["a"].create_order(*TERMS)
        requests = pool["a"].simulator.requests
        with pytest.raises(KeyboardInterrupt):
            kill_switch(pool, timeout=20)
        gone.set()
        for thread in [one for one in threading.enumerate() if one.name.startswith("hk_adapter ")]:
            thread.join(5)
            assert not thread.is_alive()
        assert sent == [len(requests)]
        assert open_at(pool["a"].simulator) == [order.id]


def test_progress_that_does_not_come_back(pool: VenuePool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that is stopped keeps no order from being canceled, and the report from nobody."""
    monkeypatch.setattr("hk_adapter.fleet.progress.PATIENCE", 0.02)
    pool["a"].create_order(*TERMS)
    stopped, told = threading.Event(), []

    def show(one: StopProgress) -> None:
        told.append(one)
        stopped.wait(10)

    report = kill_switch(pool, progress=show)
    stopped.set()
    assert (report.complete, len(told)) == (True, 1)


def test_failures_of_any_kind_are_values() -> None:
    """What one breaks with is told as its result; the others' results are there."""
    results = in_threads({"a": lambda: 1 / 0, "b": lambda: 2.0}, Abandoned())
    assert isinstance(results["a"], ZeroDivisionError)
    assert results["b"] == 2.0


def test_who_does_not_come_back_is_missing() -> None:
    """After the time given the others' results are returned."""
    hold = threading.Event()
    results = in_threads({"a": lambda: hold.wait(5), "b": lambda: True}, Abandoned(), 0.1)
    hold.set()
    assert results == {"b": True}


def test_an_account_that_its_bot_has_closed(pool: VenuePool) -> None:
    """A bot that closed its venue, as on its way out of a crash, keeps nothing from being canceled."""
    order = pool["a"].create_order(*TERMS)
    pool["a"].close()
    report = kill_switch(pool)
    assert (report.complete, open_at(pool["a"].simulator)) == (True, [])
    assert [one.order_id for one in report.accounts[0].orders] == [order.id]


def test_progress_that_fails(pool: VenuePool) -> None:
    """Who shows how far it is may fail: that is logged, and every order is canceled."""
    pool["a"].create_order(*TERMS)
    assert kill_switch(pool, progress=lambda told: 1 / 0).complete  # type: ignore[arg-type, return-value]
    told: list[StopProgress] = []
    pool.allow_creates()
    pool["a"].create_order(*TERMS)
    kill_switch(pool, progress=told.append)
    assert (1, 0, False) in [(one.found, one.final, one.over) for one in told]
    assert (1, 1, True) in [(one.found, one.final, one.over) for one in told]
