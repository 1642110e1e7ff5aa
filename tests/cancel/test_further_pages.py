"""The further pages of a list, read while the orders of the first are canceled: what each means for the other's."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

import hk_adapter as hk
from hk_adapter import CancelOutcome
from hk_adapter.execution.open_orders import OpenOrderPages
from hk_adapter.venues.hashkey.plugin import HashKeyVenue
from tests.cancel.test_all import OPEN_ORDERS, open_free, placed, sent, status_of

__all__ = ["open_free"]

LOOKS = ("/api/v1/spot/order", "/api/v1/spot/tradeOrders")
TIME = "/api/v1/time"


@pytest.fixture(autouse=True)
def _pages_of_two(monkeypatch):
    monkeypatch.setattr("hk_adapter.venues.hashkey.orders.LARGEST_PAGE", 2)


def befall(desk, times=1, **fault):
    """Let something befall the next further pages that are asked for."""
    simulator = desk.simulator._simulator
    handle, left = simulator.handle, [times]

    def watching(request, now):
        if request.path == OPEN_ORDERS and "orderId=" in request.query and left[0]:
            left[0] -= 1
            desk.simulator.fail_next(path=OPEN_ORDERS, **fault)
        return handle(request, now)

    simulator.handle = watching


def about(reports, ids):
    """The reports on these orders."""
    return [report for report in reports if report.order is not None and report.order.id in ids]


async def test_a_page_that_hangs_holds_up_no_look_up(open_free, facade):
    """The first page's orders are looked up meanwhile; on threads, where one waits for the other, there is no time."""
    desk = await open_free()
    _, newer = await placed(desk, 2), await placed(desk, 2)
    befall(desk, times=9, kind="stall")
    reports = await desk.call("cancel_all_orders", "ETH/USD", timeout=8)
    assert [report.order for report in reports if report.order is None] == [None]
    expected = CancelOutcome.CANCELED if facade == "asyncio" else CancelOutcome.PENDING
    assert {report.outcome for report in about(reports, newer)} == {expected}
    assert status_of(desk, newer) == {"CANCELED"}


async def test_a_page_that_comes_after_a_while(open_free):
    """What it shows is canceled all the same, also after the first page's orders were looked up."""
    desk = await open_free()
    ids = [*await placed(desk, 2), *await placed(desk, 2)]
    befall(desk, kind="stall")
    reports = await desk.call("cancel_all_orders", "ETH/USD")
    assert {report.outcome for report in reports} == {CancelOutcome.CANCELED}
    assert {report.order.id for report in reports} == set(ids)


async def test_a_page_that_comes_soon_is_waited_for(open_free, monkeypatch):
    """The first page's orders are looked up together with those that it shows, and not before."""
    read, reads = OpenOrderPages.read_page, []

    async def after_a_moment(self):
        reads.append(self)
        if len(reads) > 1:
            await hk.Sleep(0.3)
        await read(self)

    monkeypatch.setattr(OpenOrderPages, "read_page", after_a_moment)
    desk = await open_free()
    await placed(desk, 4)
    reports = await desk.call("cancel_all_orders", "ETH/USD")
    assert [report.outcome for report in reports] == [CancelOutcome.CANCELED] * 4
    asked = [request for request in desk.simulator.requests if request.method == "GET"]
    lists = [place for place, request in enumerate(asked) if request.path == OPEN_ORDERS]
    pages = [place for place in lists if "orderId" in asked[place].parameters]
    looks = [place for place, request in enumerate(asked) if request.path in LOOKS]
    assert pages
    assert pages[-1] < looks[0]


async def test_a_block_of_a_look_beside_a_page_that_hangs(open_free, facade):
    """Nothing goes out for what the page shows then, and its reports say why and for how long."""
    desk = await open_free()
    older, _ = await placed(desk, 2), await placed(desk, 2)
    befall(desk, kind="stall")
    for path in LOOKS:
        desk.simulator.fail_next(method="GET", path=path, status=418, headers={"Retry-After": "1"})
    reports = await desk.call("cancel_all_orders", "ETH/USD")
    side_by_side = facade == "asyncio"
    assert sum(sent(desk).values()) == (1 if side_by_side else 2)
    for report in about(reports, older):
        assert report.outcome is (CancelOutcome.NOT_SENT if side_by_side else CancelOutcome.PENDING)
        assert report.retry_after


async def test_a_block_that_the_venues_clock_told(open_free):
    """Blocked as its clock was read: the orders of a further page are not sent, and are told that it is a block."""
    desk = await open_free()
    older, newer = await placed(desk, 2), await placed(desk, 2)
    desk.simulator.fail_next(method="DELETE", code="-1021")
    desk.simulator.fail_next(path=TIME, status=418, headers={"Retry-After": "1"})
    reports = await desk.call("cancel_all_orders", "ETH/USD")
    assert {report.outcome for report in about(reports, newer)} == {CancelOutcome.CLOCK_SKEW}
    assert {report.outcome for report in about(reports, older)} == {CancelOutcome.NOT_SENT}
    assert {str(report.error) for report in about(reports, older)} == {"the venue blocks this caller"}
    assert status_of(desk, [*older, *newer]) == {"NEW"}


@pytest.mark.parametrize("lacking", ["a further page", "the cancel"])
async def test_an_error_of_a_test_tool_reaches_the_caller(open_free, monkeypatch, lacking):
    """Whichever of the two that run side by side meets it, it is no report, and no word about the list."""
    desk = await open_free()
    await placed(desk, 4)
    handle = desk.simulator._simulator.handle

    def unrecorded(request, now):
        is_further = request.path == OPEN_ORDERS and "orderId=" in request.query
        if is_further if lacking == "a further page" else request.method == "DELETE":
            raise LookupError("no such cassette")
        return handle(request, now)

    monkeypatch.setattr(desk.simulator._simulator, "handle", unrecorded)
    with pytest.raises(LookupError, match="no such cassette"):
        await desk.call("cancel_all_orders", "ETH/USD")


async def test_a_first_page_whose_cancels_the_hook_refuses(open_free, monkeypatch):
    """Nothing was sent: what is wrong is the call's, as where there is no further page."""

    async def refuse(self, request):
        raise hk.InvalidArgument("not with these params")

    for name in ("cancel_orders", "cancel_order"):
        monkeypatch.setattr(HashKeyVenue, name, hk.hookimpl(refuse))
    desk = await open_free()
    await placed(desk, 4)
    with pytest.raises(hk.InvalidArgument, match="not with these params"):
        await desk.call("cancel_all_orders", "ETH/USD")
    assert sent(desk) == {}


async def test_one_order_on_the_first_page_is_not_alone(open_free, monkeypatch):
    """As any of a call for many, it is not sent for the first time so late that nothing could look it up."""
    monkeypatch.setattr("hk_adapter.venues.hashkey.orders.LARGEST_PAGE", 1)
    desk = await open_free()
    [earlier, *ids] = await placed(desk, 3)
    desk.simulator.fail_next(method="DELETE", status=429, headers={"Retry-After": "9"})
    await desk.try_cancel(earlier, timeout=1)
    reports = await desk.call("cancel_all_orders", "ETH/USD", timeout=10)
    assert {report.outcome for report in reports} == {CancelOutcome.NOT_SENT}
    assert status_of(desk, ids) == {"NEW"}


@pytest.fixture
def refused(monkeypatch):
    """The ids of orders of which the venue's plugin can send no cancel."""
    ids = set()

    def check(self, request):
        if request.order_id in ids:
            raise hk.InvalidArgument("not this one")

    monkeypatch.setattr(HashKeyVenue, "check_cancel", check)
    return ids


async def test_a_first_page_of_which_nothing_could_be_sent(open_free, refused):
    """What is wrong is not the call's, for a further page has orders that are canceled; the others' reports say why."""
    desk = await open_free()
    older, newer = await placed(desk, 2), await placed(desk, 2)
    refused.update(newer)
    reports = await desk.call("cancel_all_orders", "ETH/USD")
    assert {report.order.id for report in about(reports, older) if report.final} == set(older)
    assert len(about(reports, newer)) == 2
    assert {(report.outcome, str(report.error)) for report in about(reports, newer)} == {
        (CancelOutcome.NOT_SENT, "not this one")
    }
    assert (status_of(desk, older), status_of(desk, newer)) == ({"CANCELED"}, {"NEW"})


async def test_pages_of_which_nothing_could_be_sent(open_free, refused):
    """The plugin's refusal is raised, once the last page was read or cannot be had; nothing was sent."""
    desk = await open_free()
    refused.update(await placed(desk, 4))
    for times in (0, 3):
        befall(desk, times=times, status=503)
        with pytest.raises(hk.InvalidArgument, match="not this one"):
            await desk.call("cancel_all_orders", "ETH/USD")
    assert sent(desk) == {}


@pytest.fixture
def show_again(monkeypatch):
    """Let each further page show a row of an order of the first one's, too, changed as is wanted."""
    hook = HashKeyVenue.fetch_open_orders
    wanted, first = {}, []

    async def fetch_open_orders(self, request):
        page = await hook(self, request)
        if request.before_id is None:
            first[:] = page.orders
            return page
        return replace(page, orders=(*page.orders, first[0].replace(**wanted))) if page.orders else page

    monkeypatch.setattr(HashKeyVenue, "fetch_open_orders", hk.hookimpl(fetch_open_orders))
    return wanted.update


@pytest.mark.parametrize("hangs", [False, True])
async def test_what_a_further_page_shows_as_filled_stays_filled(open_free, show_again, hangs):
    """An end that shows less is no end yet, though a look had proven it before that page came."""
    desk = await open_free()
    _, [_, newest] = await placed(desk, 2), await placed(desk, 2)
    show_again(filled=Decimal("0.004"), remaining=None)
    if hangs:
        befall(desk, kind="stall")
    reports = await desk.call("cancel_all_orders", "ETH/USD", timeout=12)
    [report] = about(reports, [newest])
    assert (report.outcome, report.final) == (CancelOutcome.PENDING, False)
    assert {one.outcome for one in reports if one is not report} == {CancelOutcome.CANCELED}


@pytest.mark.parametrize("other", [{"symbol": "BTC/USD", "venue_symbol": "BTCUSD"}, {"timestamp": 1_700_000_000_000}])
async def test_a_further_page_that_shows_another_order_of_an_id(open_free, show_again, other):
    """It is of another market, or was made at another time: it has a report that nothing was sent for it."""
    desk = await open_free()
    await placed(desk, 4)
    show_again(**other)
    reports = await desk.call("cancel_all_orders")
    [untold] = [report for report in reports if report.order is None]
    assert untold.outcome is CancelOutcome.NOT_SENT
    assert "another order has the id" in str(untold.error)
    assert [report.outcome for report in reports if report is not untold] == [CancelOutcome.CANCELED] * 4
    await placed(desk, 4)
    with pytest.raises(hk.UnexpectedPayload, match="two pages show it"):
        await desk.call("fetch_open_orders")
