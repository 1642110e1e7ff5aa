"""``cancel_all_orders``: the orders that were open when it listed them, and no others; one report for each."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import product

import msgspec
import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome
from hk_adapter.simulator import Dialect, Limits, Simulator
from hk_adapter.simulator.control_orders import counter_terms
from hk_adapter.simulator.limits import Limiter
from hk_adapter.venues.hashkey.plugin import HashKeyVenue

OPEN_ORDERS = "/api/v1/spot/openOrders"
BY_IDS = "/api/v1/spot/cancelOrderByIds"


@pytest.fixture
def open_free(open_desk, skipped_time):
    """Open a venue in a dialect, without a budget; lists go on from an id as Hong Kong's do."""

    async def open_one(site="hk", **dialect):
        dialect.setdefault("cursor_name", "orderId" if site == "hk" else "fromOrderId")
        dialect.setdefault("cancel_all_served", site != "hk")
        simulator = Simulator(dialect=Dialect(**dialect))
        return await open_desk(site=site, simulator=simulator, budget="unlimited", timeout=60.0)

    return open_one


async def placed(desk, number=1, symbol="ETH/USD", side="buy", prefix=None):
    """Let orders rest, and forget the requests that this took; give their ids."""
    price = {"ETH/USD": "1900", "BTC/USD": "30000"}[symbol] if side == "buy" else "90000"
    terms = {"symbol": symbol, "type": "limit", "side": side, "amount": "0.01", "price": price}
    own = [{} if prefix is None else {"client_order_id": f"{prefix}{count}"} for count in range(number)]
    reports = await desk.call("create_orders", [terms | one for one in own])
    desk.simulator.requests.clear()
    return [report.order_or_raise().id for report in reports]


async def cancel_all(desk, *args, **kwargs):
    """``cancel_all_orders``, and which orders it reported on."""
    reports = await desk.call("cancel_all_orders", *args, **kwargs)
    assert {type(report) for report in reports} <= {hk.CancelReport}
    ids = [report.order.id for report in reports]
    assert len(set(ids)) == len(ids)
    return reports, set(ids)


def sent(desk):
    """How many cancels of each kind arrived, by path."""
    return Counter(one.path for one in desk.simulator.requests if one.method == "DELETE")


def status_of(desk, ids):
    """How orders truly stand."""
    return {desk.simulator.order(one).status for one in ids}


@pytest.mark.parametrize("site", ["hk", "global"])
async def test_nothing_is_open(open_free, site):
    """An empty list is the venue's word that nothing was open; no cancel was sent."""
    desk = await open_free(site)
    [gone] = await placed(desk)
    await desk.call("cancel_order", gone)
    desk.simulator.requests.clear()
    assert await cancel_all(desk) == ([], set())
    assert not sent(desk)


@pytest.mark.parametrize("number", [1, 2, 100])
async def test_by_ids_where_they_fit_one_request(open_free, number):
    """Up to a batch's worth the ids are named: the venue says of each what it refused."""
    desk = await open_free()
    ids = await placed(desk, number)
    reports, told = await cancel_all(desk, "ETH/USD")
    assert told == set(ids)
    assert {(report.outcome, report.attempts, report.ambiguous_attempts) for report in reports} == {
        (CancelOutcome.CANCELED, 1, 0)
    }
    assert sum(sent(desk).values()) == 1


async def test_of_one_symbol(open_free):
    """Orders of other symbols stay."""
    desk = await open_free()
    wanted, others = await placed(desk, 3), await placed(desk, 3, "BTC/USD")
    _, told = await cancel_all(desk, "ETH/USD")
    assert (told, status_of(desk, wanted), status_of(desk, others)) == (set(wanted), {"CANCELED"}, {"NEW"})


@pytest.mark.parametrize("site", ["hk", "global"])
async def test_of_every_symbol(open_free, site):
    """No symbol means all of them."""
    desk = await open_free(site)
    ids = {*await placed(desk, 3), *await placed(desk, 3, "BTC/USD")}
    reports, told = await cancel_all(desk)
    assert (told, status_of(desk, ids)) == (ids, {"CANCELED"})
    assert {report.outcome for report in reports} == {CancelOutcome.CANCELED}


@pytest.mark.parametrize("number", [3, 120])
@pytest.mark.parametrize("side", ["buy", "sell"])
async def test_of_one_side(open_free, number, side):
    """Orders of the other side stay."""
    desk = await open_free()
    ids = {one: await placed(desk, number, side=one) for one in ("buy", "sell")}
    _, told = await cancel_all(desk, "ETH/USD", side=side)
    other = "sell" if side == "buy" else "buy"
    assert (told, status_of(desk, ids[side]), status_of(desk, ids[other])) == (set(ids[side]), {"CANCELED"}, {"NEW"})


@pytest.mark.parametrize("number", [3, 250])
async def test_of_one_bot(open_free, number):
    """A prefix spares the orders of others: nothing goes out that could reach them."""
    desk = await open_free("global")
    mine, theirs = await placed(desk, number, prefix="mine-"), await placed(desk, number, prefix="theirs-")
    nameless = await placed(desk, 2)
    reports, told = await cancel_all(desk, client_id_prefix="mine-")
    assert (told, status_of(desk, mine)) == (set(mine), {"CANCELED"})
    assert status_of(desk, [*theirs, *nameless]) == {"NEW"}
    assert {report.outcome for report in reports} == {CancelOutcome.CANCELED}
    assert set(sent(desk)) == {BY_IDS}


@pytest.mark.parametrize(
    ("site", "symbol", "number"),
    [
        *product(["hk", "global"], ["ETH/USD", None], [250]),
        ("hk", None, 1100),  # more than one page of the list
        ("global", "ETH/USD", 1100),
    ],
)
async def test_more_than_one_request_takes(open_free, number, symbol, site):
    """Each is named by its id, and by no more than its id: one report each, all proven."""
    desk = await open_free(site)
    ids = await placed(desk, number)
    reports, told = await cancel_all(desk, symbol)
    assert (told, status_of(desk, ids)) == (set(ids), {"CANCELED"})
    assert {(report.outcome, report.attempts, report.ambiguous_attempts) for report in reports} == {
        (CancelOutcome.CANCELED, 1, 0)
    }
    assert sent(desk) == {BY_IDS: -(-number // 100)}


@pytest.mark.parametrize("number", [1, 2, 150, 450])
@pytest.mark.parametrize("symbol", ["ETH/USD", None])
@pytest.mark.parametrize("site", ["hk", "global"])
async def test_an_order_that_arrives_after_the_list(open_free, number, symbol, site):
    """What nobody listed is never hit, whenever it arrives: nobody could report it."""
    desk = await open_free(site)
    ids = await placed(desk, number)
    late = arriving(desk, before=("DELETE", "GET"))
    _, told = await cancel_all(desk, symbol)
    assert (told, status_of(desk, ids)) == (set(ids), {"CANCELED"})
    assert len(late) >= 2
    assert status_of(desk, late) == {"NEW"}


def arriving(desk, before):
    """Let an order arrive before each request of some methods that follows the first list; give their ids."""
    simulator = desk.simulator._simulator
    venue, handle, late, listed = simulator.venue, simulator.handle, [], []

    def watching(request, now):
        if listed and request.method in before:
            terms = counter_terms(venue.markets, "ETHUSD", "BUY", Decimal("0.01"), Decimal(1900))
            order = venue.book.take_in(desk.simulator._account(None), terms, None, now)
            venue.intake.matching.enter(order, now)
            late.append(order.order_id)
        listed.append(request.path == OPEN_ORDERS)
        return handle(request, now)

    simulator.handle = watching
    return late


async def test_the_book_cannot_be_looked_at_again(open_free):
    """After the cancels were accepted, lists that fail leave doubts, which are settled when lists come back."""
    desk = await open_free()
    ids = await placed(desk, 150)
    failing_after_the_first(desk, "DELETE", "GET", times=3)
    reports, told = await cancel_all(desk, "ETH/USD")
    assert (told, {report.outcome for report in reports}) == (set(ids), {CancelOutcome.CANCELED})


def failing_after_the_first(desk, first, then, times):
    """Let requests of a method fail once one of another method has arrived."""
    simulator = desk.simulator._simulator
    handle = simulator.handle

    def watching(request, now):
        answer = handle(request, now)
        if request.method == first:
            simulator.handle = handle
            desk.simulator.fail_next(method=then, status=503, times=times)
        return answer

    simulator.handle = watching


async def test_cancels_that_take_their_time(open_free):
    """Accepted, and effective seconds later: the ends are awaited."""
    desk = await open_free(cancel_delay_ms=(500, 3000))
    ids = await placed(desk, 150)
    reports, told = await cancel_all(desk, "ETH/USD")
    assert (told, status_of(desk, ids)) == (set(ids), {"CANCELED"})
    assert {report.outcome for report in reports} == {CancelOutcome.CANCELED}


async def test_some_fill_meanwhile(open_free):
    """Each is told its own end."""
    desk = await open_free()
    ids = await placed(desk, 120)
    now = desk.venue._connection.runtime.clock.now().timestamp
    desk.simulator.fail_next(method="DELETE", kind="stall", times=2)
    for order_id in ids[:5]:
        desk.simulator.fill_at(order_id, None, now + 1000)
    for order_id in ids[5:10]:
        desk.simulator.fill_at(order_id, "0.004", now + 1000)
    reports, _ = await cancel_all(desk, "ETH/USD")
    assert Counter(report.outcome for report in reports) == {
        CancelOutcome.TOO_LATE_FILLED: 5,
        CancelOutcome.PARTIALLY_CANCELED: 5,
        CancelOutcome.CANCELED: 110,
    }


@pytest.mark.parametrize("number", [1, 150])
async def test_orders_of_another_account_are_not_touched(open_free, number):
    """The key decides whose orders they are."""
    desk = await open_free()
    mine = await placed(desk, number)
    theirs = desk.simulator.counter_order("ETHUSD", "BUY", "1", "1800")
    _, told = await cancel_all(desk, "ETH/USD")
    assert (told, desk.simulator.order(theirs.order_id).status) == (set(mine), "NEW")


async def test_accepted_is_enough_under_ack(open_free):
    """Named by id and accepted, nothing is looked up."""
    desk = await open_free()
    await placed(desk, 5)
    reports, _ = await cancel_all(desk, "ETH/USD", wait="ack")
    assert {report.outcome for report in reports} == {CancelOutcome.PENDING}
    assert [one.method for one in desk.simulator.requests] == ["GET", "DELETE"]


FAILING = {
    "cut": ({"kind": "cut"}, hk.OutcomeUnknown),
    "503": ({"status": 503}, hk.OutcomeUnknown),
    "key": ({"code": "0102"}, hk.AuthenticationError),
    "refused": ({"kind": "refuse"}, hk.NotSent),
    "no-list": ({"body": "{}"}, hk.UnexpectedPayload),
}


@pytest.mark.parametrize("name", FAILING)
async def test_open_orders_that_cannot_be_listed(open_free, name):
    """An error and no empty list: nobody may take it for "nothing was open". No cancel was sent."""
    fault, kind = FAILING[name]
    desk = await open_free()
    ids = await placed(desk, 3)
    desk.simulator.fail_next(method="GET", times=9, **fault)
    with pytest.raises(kind) as caught:
        await desk.call("cancel_all_orders", "ETH/USD")
    assert caught.value.venue == "hashkey"
    assert caught.value.operation in {"cancel_all_orders", "fetch_open_orders"}
    assert (sent(desk), status_of(desk, ids)) == ({}, {"NEW"})


@pytest.mark.parametrize(("symbol", "fault"), [("ETH/USD", {"code": "0102"}), ("FOO/BAR", None)], ids=["key", "symbol"])
async def test_a_list_that_is_refused_is_not_asked_for_again(open_free, symbol, fault):
    """A refused key or request would only be refused once more."""
    desk = await open_free()
    if fault is not None:
        desk.simulator.fail_next(method="GET", times=9, **fault)
    with pytest.raises((hk.AuthenticationError, hk.BadRequest)):
        await desk.call("cancel_all_orders", symbol)
    assert [one.method for one in desk.simulator.requests] == ["GET"]


@pytest.mark.parametrize("name", ["cut", "503", "refused"])
async def test_a_list_that_fails_once(open_free, name):
    """A page is asked for again."""
    desk = await open_free()
    ids = await placed(desk, 3)
    desk.simulator.fail_next(method="GET", **FAILING[name][0])
    _, told = await cancel_all(desk, "ETH/USD")
    assert told == set(ids)


async def test_a_list_that_does_not_go_on(open_free):
    """Pages that repeat the first are no whole list: whatever stays open, the reports say that something may."""
    desk = await open_free(cursor_name="fromOrderId")
    ids = await placed(desk, 2001)
    reports = await desk.call("cancel_all_orders", "ETH/USD")
    proven = {report.order.id for report in reports if report.final}
    assert {one for one in ids if desk.simulator.order(one).status == "CANCELED"} == proven
    assert proven == set(ids) or any(report.order is None for report in reports)


def without_a_second_page(desk):
    """Let the venue show the first page of its open orders, and fail at the next, three times."""
    simulator = desk.simulator._simulator
    handle, left = simulator.handle, [3]

    def watching(request, now):
        if request.path == OPEN_ORDERS and "orderId=" in request.query and left[0]:
            left[0] -= 1
            desk.simulator.fail_next(path=OPEN_ORDERS, status=503)
        return handle(request, now)

    simulator.handle = watching


async def test_a_second_page_that_cannot_be_had(open_free):
    """What the first page shows is canceled and proven; one report says that there may be more, which was not sent."""
    desk = await open_free()
    older, newer = await placed(desk, 50), await placed(desk, 1000)
    without_a_second_page(desk)
    reports = await desk.call("cancel_all_orders", "ETH/USD")
    [missing] = [report for report in reports if report.order is None]
    assert (missing.outcome, missing.attempts) == (CancelOutcome.NOT_SENT, 0)
    assert isinstance(missing.error, hk.NotSent)
    assert isinstance(missing.error.__cause__, hk.OutcomeUnknown)
    with pytest.raises(hk.NotSent, match="listed to the end"):
        missing.order_or_raise()
    assert {report.order.id for report in reports if report.final} == set(newer)
    assert (status_of(desk, newer), status_of(desk, older)) == ({"CANCELED"}, {"NEW"})


async def test_pages_that_a_cancel_would_move(open_free, monkeypatch):
    """Where no order's id names the next page, all are read before the first cancel: else some would be passed over."""
    monkeypatch.setattr(HashKeyVenue, "fetch_open_orders", hk.hookimpl(by_place(HashKeyVenue.fetch_open_orders)))
    desk = await open_free()
    ids = await placed(desk, 1050)
    without_a_second_page(desk)
    with pytest.raises(hk.OutcomeUnknown):
        await desk.call("cancel_all_orders", "ETH/USD")
    assert (sent(desk), status_of(desk, ids)) == ({}, {"NEW"})
    _, told = await cancel_all(desk, "ETH/USD")
    assert (told, status_of(desk, ids)) == (set(ids), {"CANCELED"})


def by_place(fetch):
    """Name pages by how many orders came before, as some venues do."""

    async def fetch_open_orders(self, request):
        place = int(request.before_id or "0")
        page = await fetch(self, msgspec.structs.replace(request, before_id=None))
        while place and page.next_before_id is not None:
            place -= len(page.orders)
            page = await fetch(self, msgspec.structs.replace(request, before_id=page.next_before_id))
        return (
            page if page.next_before_id is None else msgspec.structs.replace(page, next_before_id=str(len(page.orders)))
        )

    return fetch_open_orders


@pytest.mark.parametrize("retry_after", ["1", "3600"])
async def test_a_second_page_that_is_a_block(open_free, retry_after):
    """After HTTP 418 nothing more goes out for any order, and the reports say which are proven."""
    desk = await open_free()
    ids = await placed(desk, 1050)
    simulator, after = desk.simulator._simulator, []
    handle = simulator.handle

    def watching(request, now):
        if request.path == OPEN_ORDERS and "orderId=" in request.query:
            desk.simulator.fail_next(path=OPEN_ORDERS, status=418, headers={"Retry-After": retry_after})
            after.append(len(simulator.requests))
        return handle(request, now)

    simulator.handle = watching
    reports = await desk.call("cancel_all_orders", "ETH/USD")
    [missing] = [report for report in reports if report.order is None]
    assert isinstance(missing.error.__cause__, hk.RateLimited)
    assert {report.order.id for report in reports if report.order is not None} == set(ids[50:])
    assert len(after) == 1
    assert not [one for one in desk.simulator.requests[after[0] + 1 :] if one.method == "GET"]


@pytest.mark.parametrize("retry_after", ["1", "3600"])
async def test_a_third_page_that_is_a_block(open_free, monkeypatch, retry_after):
    """Nothing goes out for the orders of the second page, where none of the first was meant."""
    monkeypatch.setattr("hk_adapter.venues.hashkey.orders.LARGEST_PAGE", 2)
    desk = await open_free()
    older, meant = await placed(desk, 1), await placed(desk, 2, side="sell")
    newer = await placed(desk, 2)
    simulator, handle = desk.simulator._simulator, desk.simulator._simulator.handle

    def watching(request, now):
        if request.path == OPEN_ORDERS and f"orderId={meant[0]}" in request.query:
            desk.simulator.fail_next(path=OPEN_ORDERS, status=418, headers={"Retry-After": retry_after})
        return handle(request, now)

    simulator.handle = watching
    reports = await desk.call("cancel_all_orders", "ETH/USD", side="sell")
    assert sent(desk) == {}
    assert {report.outcome for report in reports} == {CancelOutcome.NOT_SENT}
    assert {report.order and report.order.id for report in reports} == {None, *meant}
    assert all(isinstance(report.error, hk.NotSent) and report.retry_after for report in reports)
    assert status_of(desk, [*older, *meant, *newer]) == {"NEW"}


async def test_a_block_of_the_first_pages_cancels(open_free, monkeypatch):
    """What the second page shows, read meanwhile, is not canceled, and its reports say why and for how long."""
    monkeypatch.setattr("hk_adapter.venues.hashkey.orders.LARGEST_PAGE", 2)
    desk = await open_free()
    ids = await placed(desk, 4)
    desk.simulator.fail_next(method="DELETE", status=418, headers={"Retry-After": "1"})
    reports = await desk.call("cancel_all_orders", "ETH/USD")
    older = [report for report in reports if report.order is not None and report.order.id in ids[:2]]
    assert {report.outcome for report in older} <= {CancelOutcome.NOT_SENT}
    assert all(isinstance(report.error, hk.NotSent) and report.retry_after for report in older)
    assert sum(sent(desk).values()) == 1
    assert older or any(report.order is None for report in reports)


async def test_a_list_that_goes_the_other_way(open_free):
    """Oldest first, the pages are followed all the same."""
    desk = await open_free(open_orders_paging="oldest_first")
    ids = await placed(desk, 1001)
    _, told = await cancel_all(desk, "ETH/USD")
    assert told == set(ids)


WRONG = {
    "side": {"side": "long"},
    "symbol": {"symbol": "ETHUSD"},
    "prefix": {"client_id_prefix": 7},
    "params": {"params": {"colour": "red"}},
    "params-and-prefix": {"params": {"colour": "red"}, "client_id_prefix": "mine"},
    "wait": {"wait": "long"},
    "timeout": {"timeout": 0},
}


@pytest.mark.parametrize("name", WRONG)
async def test_wrong_arguments(open_free, name):
    """Refused before anything is sent, the listing included."""
    desk = await open_free()
    await placed(desk, 2)
    with pytest.raises(hk.InvalidArgument):
        await desk.call("cancel_all_orders", **WRONG[name])
    assert desk.simulator.requests == []


async def test_within_the_budget(open_desk, skipped_time):
    """1,200 orders with the venue's exact limits: all canceled in the time the call gives itself, never a ban."""
    simulator = Simulator(dialect=Dialect(cursor_name="orderId", cancel_all_served=False))
    ids = await placed(await open_desk(simulator=simulator, budget="unlimited"), 1200)
    simulator.limiter = Limiter(Limits())
    desk = await open_desk(simulator=simulator)
    reports, told = await cancel_all(desk)
    assert told == set(ids)
    assert {report.outcome for report in reports} == {CancelOutcome.CANCELED}
    assert not desk.simulator.bans


async def test_a_block_of_the_listing_ends_the_call(desk):
    """After HTTP 418 nothing more is sent, the listing neither, however soon it may be asked for again."""
    await desk.place()
    desk.simulator.fail_next(status=418, headers={"Retry-After": "1"})
    with pytest.raises(hk.RateLimited):
        await desk.call("cancel_all_orders")
    assert len(desk.simulator.requests) == 1


async def test_a_block_of_one_order_is_a_block_of_all(desk):
    """What blocks the caller blocks it for every order of the call: nothing more goes out for any of them."""
    for name in ("a", "b", "c"):
        await desk.place(client_order_id=name)
    desk.simulator.fail_next(method="DELETE", status=418, headers={"Retry-After": "1"})
    reports = await desk.call("cancel_orders", [], client_order_ids=["a", "b", "c"])
    assert len(reports) == 3
    assert len(desk.simulator.requests) <= 3
    assert {one.method for one in desk.simulator.requests} == {"DELETE"}


async def test_a_check_is_about_an_order(open_free, monkeypatch):
    """The plugin's own check never has to judge a cancel that names no order."""
    asked = []
    monkeypatch.setattr(HashKeyVenue, "check_cancel", lambda self, request: asked.append(request))
    desk = await open_free()
    ids = await placed(desk, 2)
    await cancel_all(desk, "ETH/USD")
    assert asked
    assert {one.order_id for one in asked} <= set(ids)


async def test_what_none_of_them_could_be_sent_with(open_free, monkeypatch):
    """Where the plugin refuses a cancel of every order that was listed, the call says so, and nothing is sent."""

    def refuse(self, request):
        raise hk.InvalidArgument("not with these params")

    monkeypatch.setattr(HashKeyVenue, "check_cancel", refuse)
    desk = await open_free()
    await placed(desk, 2)
    with pytest.raises(hk.InvalidArgument, match="not with these params"):
        await desk.call("cancel_all_orders")
    assert sent(desk) == {}
