"""A dry run shows what the stop would do: what would be canceled, and what it could not be sure is meant."""

from __future__ import annotations

from typing import Any

import pytest

import hk_adapter as hk
from hk_adapter.execution.known_orders import KnownOrders
from hk_adapter.fleet.kill_report import AccountStop, KillReport
from hk_adapter.model import UnreadRow
from hk_adapter.model.enums import ClientIds
from hk_adapter.model.partial import PartialList
from tests.fleet.test_orders_in_other_books import account_of, stop

pytest.importorskip("click")

from hk_adapter.cli.kill_output import kill_text


class Listed:
    """A venue that has a list, and takes no cancel."""

    def __init__(self, *orders: hk.Order, unread: tuple[UnreadRow, ...] = ()) -> None:
        self.rows = PartialList(orders, unread)

    async def fetch_open_orders(self, symbol: str | None, params: Any) -> list[hk.Order]:
        """List what is open, as far as it can be read."""
        assert params == {"partial": True}
        return self.rows


def order(order_id: str, **more: Any) -> hk.Order:
    """Return an open order."""
    return hk.Order(id=order_id, symbol="A/B", status=hk.OrderStatus.OPEN, **more)


def preview(calls: Any, client_ids: ClientIds = ClientIds.SHOWN, **scope: Any) -> AccountStop:
    """Run a dry run of one account."""
    return stop(account_of(calls, KnownOrders(), client_ids=client_ids), dry=True, **scope)


def test_a_list_of_one_type_of_market_is_told_as_that() -> None:
    """Where the account may have orders of others, which no list without a symbol shows."""
    account = account_of(Listed(), KnownOrders(), market_type="spot")
    told_all, told_one = stop(account, dry=True), stop(account, dry=True, symbol="A/B")
    assert (told_all.market_type, told_one.market_type) == ("spot", None)
    shown = kill_text(KillReport(accounts=(told_all,), dry_run=True)).splitlines()
    assert shown[1].endswith("listed, spot orders alone")


def told(stop: AccountStop) -> dict[str | None, bool]:
    """Return of each order whether it would be canceled."""
    return {one.order_id: one.why is None for one in stop.orders}


def test_what_is_shown_under_another_id_may_be_meant() -> None:
    """A venue that puts something before the client's ids, or shows none, leaves open whose the order is."""
    calls = Listed(
        order("1", client_order_id="bot-1"),
        order("2", client_order_id="t-bot-2"),
        order("3"),
        order("4", client_order_id="other"),
    )
    assert told(preview(calls, ClientIds.CHANGED, client_id_prefix="bot-")) == {"1": True, "2": False, "3": False}
    assert told(preview(calls, ClientIds.SHOWN, client_id_prefix="bot-")) == {"1": True}


def test_a_prefix_that_no_order_can_have_is_refused() -> None:
    """The venue is told no client order ids: an empty list would say that nothing of the bot's is open."""
    stop = preview(Listed(order("1")), ClientIds.NOT_SENT, client_id_prefix="bot-")
    assert (type(stop.error), stop.clean) == (hk.NotSupported, False)


def test_an_order_without_a_side_may_be_on_it() -> None:
    """It is shown, and would be left."""
    calls = Listed(order("1", side=hk.OrderSide.SELL), order("2"), order("3", side=hk.OrderSide.BUY))
    assert told(preview(calls, side="sell")) == {"1": True, "2": False}


class Unlisted(Listed):
    """A venue whose list is not to be had so often."""

    def __init__(self, error: hk.AdapterError, times: int = 99) -> None:
        super().__init__(order("1"))
        self.error, self.times, self.tries = error, times, 0

    async def fetch_open_orders(self, symbol: str | None, params: Any) -> list[hk.Order]:
        """List what is open at last."""
        self.tries += 1
        if self.tries <= self.times:
            raise self.error
        return await super().fetch_open_orders(symbol, params)


@pytest.mark.parametrize(
    "error",
    [
        hk.UnexpectedPayload("there may be a further page"),
        hk.VenueUnavailable("no network"),
        hk.NotSent("no network"),
        hk.OutcomeUnknown("no answer"),
    ],
    ids=repr,
)
def test_a_list_that_cannot_be_had_ends_it_soon(error: hk.AdapterError) -> None:
    """Nothing comes off the book by asking on: once more, and the account is told as not listed, and why."""
    calls = Unlisted(error)
    stop = preview(calls)
    assert (calls.tries, stop.error, stop.clean, stop.listings) == (2, error, False, 0)
    assert stop.elapsed < 1.0
    assert told(preview(Unlisted(error, times=1))) == {"1": True}


def test_a_rate_limit_is_waited_for() -> None:
    """It passes, and says when."""
    calls = Unlisted(hk.RateLimited("too often", retry_after=5.0), times=3)
    stop = preview(calls)
    assert (told(stop), stop.clean) == ({"1": True}, True)
    assert stop.elapsed > 14.0


def test_rows_that_cannot_be_read_are_shown() -> None:
    """One that names its order is canceled by that, as far as it is known to be meant; of another is said why not."""
    rows = (
        UnreadRow(reason="amount is missing", order=hk.Order(id="1", symbol="A/B")),
        UnreadRow(reason="it is no object"),
    )
    stop = preview(Listed(order("2"), unread=rows))
    assert told(stop) == {"1": True, "2": True, None: False}
    shown = kill_text(KillReport(accounts=(stop,), dry_run=True))
    assert "order that tells no id : no cancel would be sent: it is no object" in shown
    assert shown.splitlines()[-1] == (
        "dry run: 2 orders would be canceled, 1 could not be; 1 of 1 accounts were listed"
    )
