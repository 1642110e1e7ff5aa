"""Where an account's list never answers, the report names each order that is known to be open, and how, and why not."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

import hk_adapter as hk
from hk_adapter.cli.kill_output import kill_text
from hk_adapter.fleet import AsyncVenuePool, PoolAccount, VenuePool, kill_switch, kill_switch_async
from hk_adapter.fleet.known_open import KnownOpen
from hk_adapter.plugins.journal import Journal
from hk_adapter.plugins.journal.still_open import last_unanswered
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, serve
from hk_adapter.simulator.server import Served
from hk_adapter.venue import per_key
from tests.fleet.conftest import OpenPool, open_at

TERMS = ("ETH/USD", "limit", "buy", "0.1", "1000")
LIST = "/api/v1/spot/openOrders"
FOR_EVER = 10**6


@asynccontextmanager
async def stranger_at(pool: AsyncVenuePool) -> AsyncIterator[hk.AsyncVenue]:
    """Open a connection of somebody else to account a's venue, whom the pool knows nothing of."""
    async with hk.connect_async("hashkey", environment="simulator", budget="unlimited") as stranger:
        stranger._transport._simulator = pool["a"]._transport._simulator
        yield stranger


async def seen_by(pool: AsyncVenuePool) -> hk.Order:
    """Place an order of a stranger's that account a sees in its list."""
    async with stranger_at(pool) as stranger:
        seen = await stranger.create_order(*TERMS)
        await pool["a"].fetch_open_orders()
        return seen


@asynccontextmanager
async def known_orders(pool: AsyncVenuePool) -> AsyncIterator[dict[str, str]]:
    """Have an order of each kind that is known, ended ones, and a watch; yield whose word each is that is open."""
    venue = pool["a"]
    async with stranger_at(pool) as stranger:
        seen, ended = [await stranger.create_order(*TERMS) for _ in range(2)]
        assert len(await venue.fetch_open_orders()) == 2
        await stranger.cancel_order(ended.id)
        await venue.fetch_order(ended.id)
        placed, gone = [await venue.create_order(*TERMS) for _ in range(2)]
        await venue.cancel_order(gone.id)
        async with venue.watch_orders() as watch:
            told = await stranger.create_order(*TERMS)
            async for update in watch:
                if update.order.id == told.id:
                    break
            yield {str(one.id): "stream" for one in (placed, seen, told)}


def named(report: hk.KillReport) -> dict[str | None, str]:
    """Return whose word it is of each order."""
    [one] = report.accounts
    return {order.order_id: str(order.known_by) for order in one.orders}


@pytest.mark.parametrize("trouble", ["hung", "revoked"])
async def test_what_streams_tell(open_pool: OpenPool, trouble: str) -> None:
    """With a watch open each order is named that it has told, whoever placed it, with its state."""
    async with open_pool("a") as pool, known_orders(pool) as known:
        if trouble == "hung":
            pool["a"].simulator.fail_next("stall", times=FOR_EVER)
        else:
            pool["a"].simulator.keys.disable("simulator-key")
        report = await kill_switch_async(pool, timeout=20)
    assert named(report) == known
    for order in report.accounts[0].orders:
        assert order.order is not None
        assert order.order.status == "open"
        assert order.order.symbol == "ETH/USD"
        assert not order.final
        if trouble == "hung":
            assert str(order.why).startswith("unknown: OutcomeUnknown: ")
        else:
            assert (order.report, str(order.why).partition(": ")[::2]) == (
                None,
                ("no cancel of it was sent", f"AuthenticationError: {report.accounts[0].error}"),
            )


async def revoked(pool: AsyncVenuePool) -> tuple[str, str]:
    """Place one order here, list one of a stranger's, and revoke the key."""
    async with stranger_at(pool) as stranger:
        seen = await stranger.create_order("ETH/USD", "limit", "sell", "0.1", "9000", client_order_id="strange")
        assert len(await pool["a"].fetch_open_orders()) == 1
        placed = await pool["a"].create_order(*TERMS)
    pool["a"].simulator.keys.disable("simulator-key")
    return str(placed.id), str(seen.id)


async def test_what_this_process_placed_and_listed(open_pool: OpenPool) -> None:
    """Without a stream those are named; the table says what is known of each."""
    async with open_pool("a") as pool:
        placed, seen = await revoked(pool)
        report = await kill_switch_async(pool, timeout=20)
    assert named(report) == {placed: "placed", seen: "seen"}
    assert not report.complete
    table = kill_text(report)
    assert f"order {placed} (" in table
    assert "open when it was placed here; no cancel of it was sent" in table
    assert f"order {seen} (strange) ETH/USD sell 0.1 at 9000: open when it was last listed here; no cancel" in table


async def test_only_what_is_in_scope(open_pool: OpenPool) -> None:
    """Of what is known, too, only what was meant is named; a dry run names it, and gives no reason."""
    async with open_pool("a") as pool:
        _, seen = await revoked(pool)
        preview = await kill_switch_async(pool, side="sell", dry_run=True)
        report = await kill_switch_async(pool, side="sell", timeout=20)
    assert named(preview) == named(report) == {seen: "seen"}
    assert [order.why for order in preview.accounts[0].orders] == [None]
    assert not preview.listed


async def test_a_list_that_answers_after_all(open_pool: OpenPool) -> None:
    """What was known of old is no order any more where a list does not show it, and keeps none from being complete."""
    async with open_pool("a") as pool:
        async with stranger_at(pool) as stranger:
            old = await stranger.create_order(*TERMS)
            await pool["a"].fetch_open_orders()
            await stranger.cancel_order(old.id)
            still = await stranger.create_order(*TERMS)
        pool["a"].simulator.fail_next(status=429, headers={"Retry-After": "2"}, path=LIST, times=1)
        report = await kill_switch_async(pool)
    assert report.complete
    assert named(report) == {still.id: "list"}


async def test_what_this_stop_has_canceled_is_not_forgotten(open_pool: OpenPool) -> None:
    """Taken off the book by its id, and not proven yet, it is proven once a list answers that has it no more."""
    async with open_pool("a") as pool:
        seen = await seen_by(pool)
        control = pool["a"].simulator
        control.fail_next(status=503, path=LIST, times=6)
        control.fail_next("stall", method="DELETE", acted=True)
        for path in ("order", "tradeOrders"):
            control.fail_next(status=503, path=f"/api/v1/spot/{path}", method="GET", times=30)
        report = await kill_switch_async(pool, timeout=60)
        assert control.order(str(seen.id)).status == "CANCELED"
    assert [(order.order_id, order.final) for order in report.accounts[0].orders] == [(seen.id, True)]
    assert report.complete


async def test_what_this_stop_may_have_canceled_is_not_forgotten(open_pool: OpenPool) -> None:
    """A cancel by its id was carried out and never answered: the list that has it no more may show that very cancel."""
    async with open_pool("a") as pool:
        seen = await seen_by(pool)
        control = pool["a"].simulator
        control.fail_next(status=503, path=LIST, times=3)
        control.fail_next("cut", method="DELETE", acted=True, times=9)
        for path in ("order", "tradeOrders"):
            control.fail_next(status=503, path=f"/api/v1/spot/{path}", method="GET", times=30)
        report = await kill_switch_async(pool, timeout=60)
        assert control.order(str(seen.id)).status == "CANCELED"
    assert [(order.order_id, order.final) for order in report.accounts[0].orders] == [(seen.id, True)]
    assert report.complete


class Memory:
    """What another process's journal knows: a create that was never answered."""

    async def still_open(self, place: hk.Place) -> list[hk.Order]:
        """Tell of it."""
        return [hk.Order(id=None, client_order_id="doubtful", symbol="ETH/USD", side=hk.OrderSide.BUY)]


async def test_what_a_journal_has_no_answer_of_may_still_arrive(
    open_pool: OpenPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list that shows nothing says nothing of it until it could be on no way any more: it is waited for."""
    monkeypatch.setattr(
        "hk_adapter.fleet.kill.KnownOpen", lambda **told: KnownOpen(**told).replace(memories=[Memory()])
    )
    async with open_pool("a") as pool:
        control = pool["a"].simulator
        async with stranger_at(pool) as bot:
            control.fail_next("cut", method="POST", acted=True, acted_after=4000)
            control.fail_next(status=503, method="GET", times=1)
            with pytest.raises(hk.OutcomeUnknown):
                await bot.create_order(*TERMS, client_order_id="doubtful", timeout=0.2)
        control.fail_next(status=503, path=LIST, times=3)
        report = await kill_switch_async(pool, timeout=60)
        assert open_at(control) == []
        [order] = control.orders()
    assert report.complete
    assert [(one.order_id, one.final) for one in report.accounts[0].orders] == [(order.order_id, True)]


class Told:
    """A journal that says when the last create that was never answered may have left."""

    def __init__(self, ago: float | None) -> None:
        self._ago = ago

    async def still_open(self, place: hk.Place) -> list[hk.Order]:
        """Be read where a list fails."""
        return []

    async def last_unanswered(self, place: hk.Place) -> float | None:
        """Tell of the last create."""
        return self._ago


async def test_a_create_of_a_bot_that_died_is_waited_for(open_pool: OpenPool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists that work say nothing of a create that is still on its way: nothing is complete before it has arrived."""
    monkeypatch.setattr(
        "hk_adapter.fleet.kill.KnownOpen", lambda **told: KnownOpen(**told).replace(memories=[Told(0.2)])
    )
    async with open_pool("a") as pool:
        control = pool["a"].simulator
        async with stranger_at(pool) as bot:
            control.fail_next("cut", method="POST", acted=True, acted_after=4000)
            control.fail_next(status=503, method="GET", times=1)
            with pytest.raises(hk.OutcomeUnknown):
                await bot.create_order(*TERMS, timeout=0.2)
        report = await kill_switch_async(pool, timeout=60)
        assert open_at(control) == []
        [order] = control.orders()
    assert report.complete
    assert [(one.order_id, one.final) for one in report.accounts[0].orders] == [(order.order_id, True)]


@pytest.mark.parametrize(("ago", "least", "most"), [(None, 0, 2), (3600.0, 0, 2), (0.0, 6, 8)])
async def test_only_what_may_still_arrive_is_waited_for(
    open_pool: OpenPool, monkeypatch: pytest.MonkeyPatch, ago: float | None, least: float, most: float
) -> None:
    """A create of long ago has arrived or never will; one of just now is waited for as long as a request is good."""
    monkeypatch.setattr(
        "hk_adapter.fleet.kill.KnownOpen", lambda **told: KnownOpen(**told).replace(memories=[Told(ago)])
    )
    async with open_pool("a") as pool:
        report = await kill_switch_async(pool, timeout=60)
    assert report.complete
    assert least <= report.accounts[0].elapsed <= most


def test_a_journal_says_when_a_create_may_have_left(served: Served, tmp_path: Path) -> None:
    """Of one that was answered it says nothing, and of one that was not, that it may have left until its call ended."""
    journal = Journal(tmp_path / "journal.sqlite", cancel_patience=20)
    with hk.connect("hashkey", **given(served, journal)) as bot:
        place = bot._calls.place

        def asked() -> float | None:
            return journal._file.perform(last_unanswered(place), patience=20).blocking()

        bot.create_order(*TERMS)
        assert asked() is None
        served.control.fail_next("stall", times=FOR_EVER)
        with pytest.raises(hk.OutcomeUnknown):
            create(bot)
        ago = asked()
        assert ago is not None
        with closing(sqlite3.connect(journal.path)) as connection, connection:
            connection.execute("UPDATE operations SET ended = ended - 60000, until = until + 60000")
        later = asked()
        assert later is not None
        assert 60 <= later - ago < 120
        with closing(sqlite3.connect(journal.path)) as connection, connection:
            connection.execute("UPDATE operations SET ended = NULL")
        assert asked() == 0
        assert journal._file.perform(last_unanswered(place.replace(account="b")), patience=20).blocking() is None


async def test_what_is_known_is_canceled(open_pool: OpenPool) -> None:
    """Where cancels go through and lists do not, what lists had shown before is canceled by its id, and proven."""
    async with open_pool("a") as pool:
        seen = await seen_by(pool)
        pool["a"].simulator.fail_next(status=503, method="GET", path=LIST, times=FOR_EVER)
        report = await kill_switch_async(pool, timeout=20)
        assert open_at(pool["a"].simulator) == []
    [order] = report.accounts[0].orders
    assert (order.order_id, order.final, order.known_by, order.why) == (seen.id, True, hk.KnownBy.SEEN, None)
    assert not report.complete


@pytest.fixture
def served() -> Iterator[Served]:
    """A venue over HTTP, of which a process before this one knew."""
    with serve() as venue:
        yield venue


def given(served: Served, *plugins: Any) -> dict[str, Any]:
    """Return what both processes connect with."""
    keys = {"api_key": DEFAULT_API_KEY, "secret": DEFAULT_SECRET, "budget": "unlimited", "plugins": plugins}
    return {"environment": "sandbox", "base_url": served.url, **keys}


def test_what_a_journal_tells(served: Served, tmp_path: Path) -> None:
    """Another process names what the bot's journal has no end of, a create that was never answered among it."""
    path = tmp_path / "journal.sqlite"
    with hk.connect("hashkey", **given(served, Journal(path, cancel_patience=20))) as bot:
        kept, ended = [bot.create_order(*TERMS) for _ in range(2)]
        bot.cancel_order(ended.id)
        served.control.fail_next("stall", times=FOR_EVER)
        for call in (lambda: bot.cancel_order(kept.id, timeout=0.3), lambda: create(bot)):
            with pytest.raises(hk.OutcomeUnknown):
                call()
    per_key._by_key.clear()  # what a process knows without a journal ends with it
    with VenuePool([PoolAccount("a", "hashkey", **given(served, Journal(path)))]) as pool:
        report = kill_switch(pool, timeout=2)
    [one] = report.accounts
    assert [(order.order_id, str(order.known_by)) for order in one.orders] == [(kept.id, "journal"), (None, "journal")]
    first, second = one.orders
    assert second.order is not None
    assert (second.order.client_order_id, second.order.status) == ("doubtful", None)
    assert str(second.why).startswith("no cancel of it was sent: OutcomeUnknown")
    assert first.why is not None


@pytest.mark.usefixtures("skipped_sleep")
@pytest.mark.parametrize("used_before", [False, True])
def test_a_create_without_an_answer_that_a_list_showed(served: Served, tmp_path: Path, used_before: bool) -> None:
    """It is one order, named by its id; one that an earlier create had made under its client order id is another."""
    journal = Journal(tmp_path / "journal.sqlite", cancel_patience=20)
    with VenuePool([PoolAccount("a", "hashkey", **given(served, journal))]) as pool:
        venue = pool["a"]
        if used_before:
            shown = venue.create_order("ETH/USD", "limit", "buy", "0.1", "1000", client_order_id="doubtful")
        served.control.fail_next("stall", method="POST", acted=not used_before)
        served.control.fail_next(status=503, method="GET", times=1 if used_before else 3)
        with pytest.raises(hk.OutcomeUnknown):
            create(venue)
        served.control._simulator.faults.__init__()  # type: ignore[misc]
        [shown] = venue.fetch_open_orders()
        served.control.fail_next(status=503, method="GET", path=LIST, times=FOR_EVER)
        report = kill_switch(pool, timeout=20)
    told = [(order.order_id, order.final) for order in report.accounts[0].orders]
    assert told == [(shown.id, True), *([(None, False)] if used_before else [])]


def create(bot: hk.Venue) -> None:
    """Place an order whose fate is not known."""
    bot.create_order(*TERMS, client_order_id="doubtful", timeout=0.3)


@pytest.mark.usefixtures("skipped_sleep")
def test_a_journal_that_cannot_be_read(served: Served, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is logged, and everything else is done and told."""
    path = tmp_path / "journal.sqlite"
    with VenuePool([PoolAccount("a", "hashkey", **given(served, Journal(path, cancel_patience=20)))]) as pool:
        order = pool["a"].create_order(*TERMS)
        for one in tmp_path.iterdir():
            one.unlink()
        path.write_text("no journal")
        served.control.fail_next(status=503, method="GET", path=LIST, times=FOR_EVER)
        report = kill_switch(pool, timeout=20)
        assert open_at(served.control) == []
    assert [(one.order_id, one.final) for one in report.accounts[0].orders] == [(order.id, True)]
    assert "what may be open could not be read from a journal" in caplog.text
