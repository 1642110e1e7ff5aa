"""What a plugin says could not be sent is asked with an id of an order, always."""

from __future__ import annotations

from typing import Any

import pytest

import hk_adapter as hk
from hk_adapter.testing.conformance.bench import Bench
from tests.conformance.skerry import plugin
from tests.conformance.skerry.script import SkerryScript


@pytest.fixture
def checked(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> list[hk.CancelRequest]:
    """Collect what the plugin is asked; it takes no order whose id ends in 2."""
    asked: list[hk.CancelRequest] = []

    def check_cancel(self: Any, request: hk.CancelRequest) -> None:
        asked.append(request)
        assert request.order_id is not None
        if "colour" in request.params or request.order_id.endswith("2"):
            raise hk.InvalidArgument("skerry cannot send that")

    monkeypatch.setattr(type(bench.opened_venue), "check_cancel", check_cancel, raising=False)
    return asked


def _reopened(bench: Bench) -> Bench:
    return Bench("skerry", bench.exchange._script, {})


def test_of_all_that_is_listed(bench: Bench, checked: list[hk.CancelRequest]) -> None:
    """Each is named; one that cannot be sent holds up no other."""
    bench = _reopened(bench)
    first, second = bench.exchange.place(), bench.exchange.place()
    reports = bench.venue.cancel_all_orders("ETH/USD", timeout=60.0)
    assert all(request.order_id in (first.id, second.id) for request in checked)
    assert len(reports) == 2
    bench.close()


def test_what_no_order_can_be_sent_with(
    bench: Bench, checked: list[hk.CancelRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the caller's argument that is wrong, though lists take it, and no cancel is sent."""
    monkeypatch.setattr(plugin, "paged", lambda request: {"rows": 50} | dict(request.params))
    bench = _reopened(bench)
    bench.exchange.place()
    with pytest.raises(hk.InvalidArgument):
        bench.venue.cancel_all_orders("ETH/USD", params={"colour": "red"})
    assert not any("cancel" in one.request.path for one in bench.exchange.seen)
    assert checked
    bench.close()


@pytest.mark.parametrize("effect", [hk.Now(), hk.Gather(()), hk.Sleep(0)], ids=lambda effect: type(effect).__name__)
def test_a_hook_without_an_end_is_told_by_its_plugins_name(monkeypatch: pytest.MonkeyPatch, effect: Any) -> None:
    """And the call ends."""

    @hk.hookimpl
    async def cancel_order(self: Any, request: hk.CancelRequest) -> hk.Order:
        while True:
            await effect

    monkeypatch.setattr(plugin.Skerry, "cancel_order", cancel_order)
    bench = Bench("skerry", SkerryScript(), {})
    report = bench.venue.try_cancel(bench.exchange.place().id)
    assert (report.outcome, report.attempts) == (hk.CancelOutcome.NOT_SENT, 0)
    assert "venue plugin 'skerry': cancel_order awaits effects without an end" in str(report.error)
    bench.close()
