"""A venue's own countdown: set and taken off through the bridge where the exchange has one; HashKey has none."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

import hk_adapter as hk
from hk_adapter.plugins.audit import Audit
from hk_adapter.plugins.dry_run import DryRun
from hk_adapter.plugins.journal import Journal
from hk_adapter.plugins.risk import CreateBlock
from tests.ccxt_bridge.kraken_desk import API_KEY, SECRET, KrakenDesk, opened_desk

pytest.importorskip("ccxt")

from hk_adapter.venues.ccxt_bridge.countdown import check_span, set_countdown


@pytest.fixture
def desk() -> Iterator[KrakenDesk]:
    """An exchange that has one."""
    with opened_desk() as opened:
        yield opened


def connected(desk: KrakenDesk, *plugins: object) -> hk.Venue:
    """Open it."""
    options = {"base_url": desk.url, "api_key": API_KEY, "secret": SECRET, "rateLimit": 1}
    return hk.connect("ccxt:kraken", plugins=plugins, **options)


def test_it_is_set_and_taken_off(desk: KrakenDesk) -> None:
    """The exchange hears the seconds, whatever blocks new orders, and no wrapper takes it for an order."""
    block = CreateBlock()
    block.block_creates()
    with connected(desk, block) as venue:
        assert venue.has["cancelAllOrdersAfter"] is True
        assert venue.cancel_all_orders_after(30_000) is True
        assert venue.cancel_all_orders_after(0) is True
    assert desk.countdowns == [30, 0]


async def test_in_a_loop(desk: KrakenDesk) -> None:
    """The same of the other facade."""
    options = {"base_url": desk.url, "api_key": API_KEY, "secret": SECRET, "rateLimit": 1}
    async with hk.connect_async("ccxt:kraken", **options) as venue:
        assert await venue.cancel_all_orders_after(5_000) is True
    assert desk.countdowns == [5]


def test_the_journal_has_nothing_to_look_up(desk: KrakenDesk, tmp_path) -> None:
    """It names no order: nothing stays in flight, and the audit says that it was answered."""
    journal = Journal(tmp_path / "journal")
    with connected(desk, journal, Audit(tmp_path / "audit")) as venue:
        venue.cancel_all_orders_after(5_000)
        assert journal.read_in_flight() == []
    assert '"state": "answered"' in (tmp_path / "audit").read_text()


def test_a_dry_run_denies_it(desk: KrakenDesk) -> None:
    """It would change something."""
    with connected(desk, DryRun()) as venue, pytest.raises(hk.OrderDenied, match="dry run: cancel_all_orders_after"):
        venue.cancel_all_orders_after(5_000)
    assert desk.countdowns == []


def test_what_is_not_known_is_told_so(desk: KrakenDesk) -> None:
    """Where the line is cut it may be the old countdown or the new one; a refusal says why."""
    with connected(desk) as venue:
        desk.faults["CancelAllOrdersAfter"] = "cut"
        with pytest.raises(hk.OutcomeUnknown):
            venue.cancel_all_orders_after(5_000)
        desk.faults["CancelAllOrdersAfter"] = (200, b'{"error": ["EGeneral:Permission denied"]}')
        with pytest.raises(hk.AuthenticationError):
            venue.cancel_all_orders_after(5_000)


@pytest.mark.parametrize(
    "answer",
    [
        "{}",
        "[]",
        "null",
        "OK",
        "",
        '{"error": [], "result": {"success": false}}',
        '{"error": [], "result": {"currentTime": "2025-11-29T03:00:00Z", "triggerTime": "0"}}',
    ],
)
def test_an_answer_that_does_not_say_that_it_was_taken(desk: KrakenDesk, answer: str) -> None:
    """That says nothing, that something failed, or that no countdown runs: it is not told as set."""
    with connected(desk) as venue:
        desk.faults["CancelAllOrdersAfter"] = (200, answer.encode())
        with pytest.raises(hk.OutcomeUnknown, match="the answer to a countdown"):
            venue.cancel_all_orders_after(5_000)


def test_an_exchange_that_answers_with_an_empty_body() -> None:
    """There it is how one is taken, by ccxt's word."""
    for exchange_id, taken in (("extended", True), ("okx", False)):
        exchange = SimpleNamespace(id=exchange_id, cancel_all_orders_after=_answering(""))
        flow = set_countdown(exchange, 5_000, {})
        with pytest.raises(StopIteration if taken else hk.OutcomeUnknown):
            flow.send(None)


def test_a_time_that_ccxt_would_shorten() -> None:
    """It is refused: at woo ccxt asks for 15 minutes in place of an hour."""
    check_span("okx", 3_600_000)
    check_span("woo", 900_000)
    with pytest.raises(hk.InvalidArgument, match="900000"):
        check_span("woo", 901_000)


def _answering(answer: object) -> Callable[..., Coroutine[Any, Any, object]]:
    async def answered(*_: object) -> object:
        return answer

    return answered


@pytest.mark.parametrize("milliseconds", [-1, 1.5, "30", None, True, 86_400_001])
def test_what_is_no_time(desk: KrakenDesk, milliseconds: object) -> None:
    """It is refused before anything is sent; so is what the exchange could not count."""
    with connected(desk) as venue:
        for wrong in (milliseconds, 1_500):
            with pytest.raises(hk.InvalidArgument):
                venue.cancel_all_orders_after(wrong)
    assert desk.countdowns == []


def test_hashkey_has_none() -> None:
    """And says so: a watchdog is what stands in for it there."""
    with hk.connect("hashkey", environment="simulator") as venue:
        assert venue.has["cancelAllOrdersAfter"] is False
        with pytest.raises(hk.NotSupported):
            venue.cancel_all_orders_after(30_000)
