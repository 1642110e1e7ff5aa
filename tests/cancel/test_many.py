"""``cancel_orders``: by the venue's best request, and one report for each order, always."""

from __future__ import annotations

import math
from collections import Counter
from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome, Evidence, OrderStatus
from hk_adapter.simulator import Dialect, Limits, Simulator
from hk_adapter.simulator.limits import Limiter

BATCH = "/api/v1/spot/cancelOrderByIds"
SINGLE = "/api/v1/spot/order"
MISSING = "1234567890123456789"


async def placed(desk, number, **kwargs):
    """Let so many orders rest, and forget the requests that this took; give their ids."""
    ids = [(await desk.place("0.01", **kwargs)).id for _ in range(number)]
    desk.simulator.requests.clear()
    return ids


def batches(desk):
    """The ids of each batch cancel that arrived."""
    return [one.parameters["ids"].split(",") for one in desk.simulator.requests if one.path == BATCH]


async def cancel_many(desk, *args, **kwargs):
    """``cancel_orders``, whose reports name the orders asked for, in order."""
    reports = await desk.call("cancel_orders", *args, **kwargs)
    assert [type(report) for report in reports] == [hk.CancelReport] * len(reports)
    return reports


@pytest.fixture
async def free_desk(open_desk, skipped_time):
    """A desk without a budget, where nothing but the venue's own behaviour counts."""
    return await open_desk(budget="unlimited")


async def test_one_report_for_each_order_in_order(free_desk):
    """Whatever order the ids are in, the reports are in the same."""
    ids = (await placed(free_desk, 5))[::-1]
    reports = await cancel_many(free_desk, ids)
    assert [report.order.id for report in reports] == ids
    assert {(report.outcome, report.evidence, report.attempts, report.ambiguous_attempts) for report in reports} == {
        (CancelOutcome.CANCELED, Evidence.QUERY, 1, 0)
    }
    assert batches(free_desk) == [ids]
    assert all(free_desk.simulator.order(one).status == "CANCELED" for one in ids)


async def test_nothing_to_cancel(free_desk):
    """No ids, no requests, no reports."""
    assert await cancel_many(free_desk, []) == []
    assert free_desk.simulator.requests == []


async def test_a_hundred_at_a_time(free_desk):
    """The venue takes up to 100 ids a request; all are settled by two lists."""
    ids = await placed(free_desk, 250)
    reports = await cancel_many(free_desk, ids)
    assert [report.outcome for report in reports] == [CancelOutcome.CANCELED] * 250
    assert sorted(len(batch) for batch in batches(free_desk)) == [50, 100, 100]
    assert Counter(one.method for one in free_desk.simulator.requests) == {"DELETE": 3, "GET": 2}


async def test_one_order_needs_no_batch(free_desk):
    """A single id goes by the cheaper request."""
    [order_id] = await placed(free_desk, 1)
    [report] = await cancel_many(free_desk, [order_id])
    assert (report.outcome, free_desk.cancels, batches(free_desk)) == (CancelOutcome.CANCELED, 1, [])


@pytest.mark.parametrize("failure", ["0211", "-2013", "as_single"])
async def test_each_order_has_its_own_end(open_desk, skipped_time, failure):
    """Canceled, partly filled, filled before, canceled before, and never known: each is told as it is."""
    desk = await open_desk(simulator=Simulator(dialect=Dialect(batch_failure=failure)), budget="unlimited")
    plain, part, filled, gone = await placed(desk, 4)
    desk.simulator.fill(part, "0.004")
    desk.simulator.fill(filled)
    desk.simulator.cancel(gone)
    skipped_time.sleep(0.1)
    reports = await cancel_many(desk, [plain, part, filled, gone, MISSING])
    assert [report.outcome for report in reports] == [
        CancelOutcome.CANCELED,
        CancelOutcome.PARTIALLY_CANCELED,
        CancelOutcome.TOO_LATE_FILLED,
        CancelOutcome.ALREADY_CANCELED,
        CancelOutcome.NOT_FOUND,
    ]
    assert [report.order.filled for report in reports[:4]] == [0, Decimal("0.004"), Decimal("0.01"), 0]
    assert {report.ambiguous_attempts for report in reports} == {0}
    assert len(batches(desk)) == 1


@pytest.mark.parametrize("result", ['"result":[]', '"result":null'])
async def test_both_ways_to_say_that_none_failed(free_desk, result):
    """The samples show an empty list, the notes say null; either is an acceptance, not an end."""
    ids = await placed(free_desk, 3)
    free_desk.simulator.fail_next(body=f'{{"code":"0000",{result}}}', method="DELETE", times=9)
    reports = await cancel_many(free_desk, ids)
    assert {(report.outcome, report.attempts, report.ambiguous_attempts) for report in reports} == {
        (CancelOutcome.PENDING, 1, 0)
    }


async def test_one_that_is_locked(free_desk):
    """What ``result`` refuses is refused for that order alone; it is canceled again, the others are not."""
    first, locked, last = await placed(free_desk, 3)
    body = f'{{"code":"0000","result":[{{"orderId":"{locked}","code":"-1144"}}]}}'
    free_desk.simulator.fail_next(body=body, method="DELETE", acted=False)
    for order_id in (first, last):
        free_desk.simulator.cancel(order_id, "USER_CANCEL")
    reports = await cancel_many(free_desk, [first, locked, last])
    assert [(report.outcome, report.attempts) for report in reports] == [
        (CancelOutcome.CANCELED, 1),
        (CancelOutcome.CANCELED, 2),
        (CancelOutcome.CANCELED, 1),
    ]
    assert {report.ambiguous_attempts for report in reports} == {0}


async def test_one_that_stays_locked(free_desk):
    """After three sends it is REJECTED, with its own error."""
    first, locked, last = await placed(free_desk, 3)
    body = f'{{"code":"0000","result":[{{"orderId":"{locked}","code":"-1144"}}]}}'
    free_desk.simulator.fail_next(body=body, method="DELETE")
    free_desk.simulator.fail_next(code="-1144", method="DELETE", times=9)
    for order_id in (first, last):
        free_desk.simulator.cancel(order_id, "USER_CANCEL")
    reports = await cancel_many(free_desk, [first, locked, last])
    assert [report.outcome for report in reports] == [
        CancelOutcome.CANCELED,
        CancelOutcome.REJECTED,
        CancelOutcome.CANCELED,
    ]
    assert (reports[1].attempts, reports[1].error.code, reports[1].order.status) == (3, "-1144", OrderStatus.OPEN)


FAULTS = {
    "cut": {"kind": "cut"},
    "stall": {"kind": "stall"},
    "503": {"status": 503},
    "garbage": {"body": "<html>"},
    "no-result": {"body": '{"code":"0000"}'},
    "another-order": {"body": '{"code":"0000","result":[{"orderId":"99","code":"0211"}]}'},
    "unknown-code": {"code": "-987654", "msg": "something new"},
}


@pytest.mark.parametrize("name", FAULTS)
async def test_a_batch_in_doubt_that_ran(free_desk, name):
    """Nobody answered usably: each order is looked up, and its end is told with the doubt."""
    ids = await placed(free_desk, 4)
    free_desk.simulator.fail_next(method="DELETE", acted=True, **FAULTS[name])
    reports = await cancel_many(free_desk, ids)
    assert {(report.outcome, report.attempts, report.ambiguous_attempts) for report in reports} == {
        (CancelOutcome.CANCELED, 1, 1)
    }


@pytest.mark.parametrize("name", FAULTS)
async def test_a_batch_in_doubt_that_did_not_run(free_desk, name):
    """Seen open, they are canceled again, together."""
    ids = await placed(free_desk, 4)
    free_desk.simulator.fail_next(method="DELETE", **FAULTS[name])
    reports = await cancel_many(free_desk, ids)
    assert {(report.outcome, report.attempts, report.ambiguous_attempts) for report in reports} == {
        (CancelOutcome.CANCELED, 2, 1)
    }
    assert {report.attempts for report in reports} == {free_desk.simulator.truth(one).cancel_sends for one in ids}


async def test_one_batch_of_several_in_doubt(free_desk):
    """A doubt about one request is a doubt about its own orders only."""
    ids = await placed(free_desk, 150)
    free_desk.simulator.fail_next(kind="cut", method="DELETE", acted=True)
    reports = await cancel_many(free_desk, ids)
    assert {report.outcome for report in reports} == {CancelOutcome.CANCELED}
    doubtful = {ids[number] for number, report in enumerate(reports) if report.ambiguous_attempts}
    assert doubtful == set(batches(free_desk)[0])


async def test_batches_that_never_run(free_desk):
    """Three sends for each order and no more; then UNKNOWN, for each."""
    ids = await placed(free_desk, 3)
    free_desk.simulator.fail_next(kind="cut", method="DELETE", times=99)
    reports = await cancel_many(free_desk, ids)
    assert {(report.outcome, report.attempts, report.ambiguous_attempts) for report in reports} == {
        (CancelOutcome.UNKNOWN, 3, 3)
    }
    assert {free_desk.simulator.truth(one).cancel_sends for one in ids} == {3}


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ({"code": "0102"}, CancelOutcome.AUTH),
        ({"code": "-1101"}, CancelOutcome.VENUE_DOWN),
        ({"code": "0001"}, CancelOutcome.BAD_REQUEST),
        ({"status": 429}, CancelOutcome.RATE_LIMITED),
        ({"status": 418}, CancelOutcome.RATE_LIMITED),
        ({"kind": "refuse", "times": 9}, CancelOutcome.VENUE_DOWN),
    ],
    ids=str,
)
async def test_a_batch_refused_as_a_whole(free_desk, fault, outcome):
    """What the venue says of the request holds for each of its orders, and nothing is looked up."""
    ids = await placed(free_desk, 3)
    free_desk.simulator.fail_next(**{"method": "DELETE"} | fault)
    reports = await cancel_many(free_desk, ids)
    assert {(report.outcome, report.ambiguous_attempts) for report in reports} == {(outcome, 0)}
    assert not [one for one in free_desk.simulator.requests if one.method == "GET"]
    assert {report.attempts for report in reports} == {len(free_desk.simulator.requests)}


async def test_a_wrong_clock(free_desk):
    """Measured once for all of them, and signed again once."""
    ids = await placed(free_desk, 3)
    free_desk.simulator.fail_next(code="-1021", method="DELETE")
    reports = await cancel_many(free_desk, ids)
    assert {(report.outcome, report.attempts, report.ambiguous_attempts) for report in reports} == {
        (CancelOutcome.CANCELED, 2, 0)
    }
    assert len([one for one in free_desk.simulator.requests if one.path == "/api/v1/time"]) == 3


async def test_a_block_met_while_measuring(free_desk):
    """418 ends the call for all of them."""
    ids = await placed(free_desk, 3)
    free_desk.simulator.fail_next(code="-1021", method="DELETE")
    free_desk.simulator.fail_next(path="/api/v1/time", status=418)
    reports = await cancel_many(free_desk, ids)
    assert {(report.outcome, report.attempts) for report in reports} == {(CancelOutcome.CLOCK_SKEW, 1)}
    assert len(free_desk.simulator.requests) == 2


@pytest.mark.parametrize("fault", [{"kind": "stall"}, {"kind": "stall", "acted": True}], ids=["lost", "acted"])
async def test_many_sends_that_all_stall(free_desk, fault):
    """They leave time to look: what was sent is settled where it can be, and what was not says so."""
    own = [f"mine-{number}" for number in range(12)]
    for name in own:
        await free_desk.place("0.01", client_order_id=name)
    free_desk.simulator.requests.clear()
    free_desk.simulator.fail_next(method="DELETE", times=99, **fault)
    reports = await cancel_many(free_desk, [], client_order_ids=own, timeout=10.0)
    sent = {one.parameters.get("clientOrderId") for one in free_desk.simulator.requests if one.method == "DELETE"}
    sent.discard(None)  # a repeat goes by the venue's id
    told = {name for name, report in zip(own, reports, strict=True) if report.attempts}
    assert sent == told
    ended = CancelOutcome.CANCELED if "acted" in fault else CancelOutcome.UNKNOWN
    assert {report.outcome for report in reports if report.attempts} == {ended}
    assert {report.outcome for report in reports if not report.attempts} <= {CancelOutcome.NOT_SENT}
    looks = [one for one in free_desk.simulator.requests if one.method == "GET"]
    assert looks
    assert max(report.elapsed for report in reports) <= 10.25


async def test_more_orders_than_there_is_time_for(open_desk, skipped_time):
    """Where the limit has no room for all, time is kept to look up those that were sent."""
    simulator = Simulator(limits=Limits())
    desk = await open_desk(simulator=simulator, budget="unlimited")
    own = [f"mine-{number}" for number in range(50)]
    simulator.limiter, limiter = Limiter(Limits(orders_per_second=10**6)), simulator.limiter
    for name in own:
        await desk.place("0.01", client_order_id=name)
    simulator.limiter = limiter
    desk.simulator.requests.clear()
    limited = await open_desk(simulator=simulator)
    reports = await cancel_many(limited, [], client_order_ids=own, timeout=3.05)
    assert {report.outcome for report in reports} == {CancelOutcome.CANCELED, CancelOutcome.NOT_SENT}
    assert not limited.simulator.bans


async def test_an_error_of_a_test_tool_reaches_the_caller(free_desk, monkeypatch):
    """Neither the network's error nor ours is no report, one of many requests or not: whoever called sees it."""
    ids = await placed(free_desk, 3)

    def refuse(request, now):
        raise LookupError("no such cassette")

    monkeypatch.setattr(free_desk.simulator._simulator, "handle", refuse)
    with pytest.raises(LookupError, match="no such cassette"):
        await free_desk.call("cancel_orders", ids)
    with pytest.raises(LookupError, match="no such cassette"):
        await free_desk.call("cancel_order", ids[0])


async def test_lost_orders_that_a_query_shows(free_desk):
    """Orders that were accepted and that no list shows are asked for one by one, as far as the time goes."""
    ids = await placed(free_desk, 12)
    empty = {"body": "[]", "times": 99}
    free_desk.simulator.fail_next(path="/api/v1/spot/openOrders", **empty)
    free_desk.simulator.fail_next(path="/api/v1/spot/tradeOrders", **empty)
    reports = await cancel_many(free_desk, ids, timeout=10.0)
    assert {report.outcome for report in reports} == {CancelOutcome.CANCELED}


@pytest.mark.parametrize("fault", [None, {"status": 503}], ids=["missed", "no-answer"])
async def test_more_lost_orders_than_there_is_time_to_ask_for(open_desk, skipped_time, fault):
    """Gone from a list that may be older proves nothing; each is asked for in its turn, none twice before all were."""
    simulator = Simulator()
    ids = await placed(await open_desk(simulator=simulator, budget="unlimited"), 60)
    desk = await open_desk(simulator=simulator)
    for order_id in ids:
        desk.simulator.cancel(order_id)
        desk.simulator.forget(order_id)
    desk.simulator.fail_next(body='{"code":"0000","result":[]}', method="DELETE")
    if fault is not None:
        desk.simulator.fail_next(path=SINGLE, method="GET", times=99, **fault)
    desk.simulator.requests.clear()
    reports = await cancel_many(desk, ids, timeout=10.0)
    assert {(report.outcome, report.evidence) for report in reports} == {(CancelOutcome.PENDING, Evidence.ACK)}
    asked = [one.parameters["orderId"] for one in desk.simulator.requests if "orderId" in one.parameters]
    assert len(set(asked)) == len(asked) >= 10


async def test_each_order_at_its_own_pace(open_desk, skipped_time):
    """One that is locked is tried again in its time, while the ends of the others are awaited in theirs."""
    desk = await open_desk(simulator=Simulator(dialect=Dialect(cancel_delay_ms=(3000, 3000))), budget="unlimited")
    ids = await placed(desk, 2)
    desk.simulator.fail_next(code="-1144", path=SINGLE, method="DELETE", times=1)
    own = ["mine-1", "mine-2"]
    for name in own:
        await desk.place("0.01", client_order_id=name)
    reports = await cancel_many(desk, ids, client_order_ids=own)
    assert {report.outcome for report in reports} == {CancelOutcome.CANCELED}
    assert sorted(report.attempts for report in reports) == [1, 1, 1, 2]


async def test_a_bug_of_our_own_is_no_unsent_cancel(free_desk, monkeypatch):
    """Something that breaks beside the requests that went out leaves all of them in doubt."""

    def breaks(self, sent):
        raise ZeroDivisionError

    ids = await placed(free_desk, 3)
    monkeypatch.setattr("hk_adapter.execution.cancel.state.CancelCase.learn_acceptance", breaks)
    reports = await cancel_many(free_desk, ids)
    assert {(report.outcome, report.attempts, report.ambiguous_attempts) for report in reports} == {
        (CancelOutcome.UNKNOWN, 1, 1)
    }


async def test_gone_without_an_end(free_desk):
    """Accepted, and then in no list at all: nothing proves that the list is younger, so no end is claimed."""
    ids = await placed(free_desk, 6)
    for order_id in ids:
        free_desk.simulator.cancel(order_id)
        free_desk.simulator.forget(order_id)
    free_desk.simulator.fail_next(body='{"code":"0000","result":[]}', method="DELETE")
    reports = await cancel_many(free_desk, ids)
    assert {(report.outcome, report.final, report.evidence) for report in reports} == {
        (CancelOutcome.PENDING, False, Evidence.ACK)
    }


async def test_by_client_ids(free_desk):
    """Reported behind the venue's ids, in their order; the venue has no batch for them."""
    known = await placed(free_desk, 2)
    own = ["mine-2", "mine-1"]
    for name in own:
        await free_desk.place("0.01", client_order_id=name)
    reports = await cancel_many(free_desk, known, client_order_ids=own)
    assert [report.order.id for report in reports[:2]] == known
    assert [report.order.client_order_id for report in reports[2:]] == own
    assert {report.outcome for report in reports} == {CancelOutcome.CANCELED}
    assert (batches(free_desk), free_desk.cancels) == ([known], 2)


async def test_accepted_is_enough_under_ack(free_desk):
    """Nothing is looked up for what was accepted; the refused one is settled."""
    ids = await placed(free_desk, 3)
    filled = ids[1]
    free_desk.simulator.fill(filled)
    reports = await cancel_many(free_desk, ids, wait="ack")
    assert [report.outcome for report in reports] == [
        CancelOutcome.PENDING,
        CancelOutcome.TOO_LATE_FILLED,
        CancelOutcome.PENDING,
    ]
    looked_up = {one.parameters.get("orderId") for one in free_desk.simulator.requests if one.method == "GET"}
    assert looked_up == {filled}


async def test_a_symbol_that_contradicts(free_desk):
    """The outcome stands, and the error says that it was another symbol's order."""
    ids = await placed(free_desk, 2)
    reports = await cancel_many(free_desk, ids, "BTC/USD")
    assert {report.outcome for report in reports} == {CancelOutcome.CANCELED}
    assert {type(report.error) for report in reports} == {hk.Mismatch}


WRONG = {
    "a-text": (["12"], {"order_ids": "12"}),
    "a-float": (None, {"order_ids": [1.5]}),
    "none": (None, {"order_ids": [None]}),
    "empty": (None, {"order_ids": [""]}),
    "too-long": (None, {"order_ids": [*map(str, range(120)), "1" * 21]}),
    "client-id-too-long": (None, {"order_ids": ["1", "2"], "client_order_ids": ["a" * 256]}),
    "a-text-of-client-ids": (None, {"order_ids": [], "client_order_ids": "ab"}),
    "unknown-param": (None, {"order_ids": ["1", "2"], "params": {"colour": "red"}}),
    "no-symbol": (None, {"order_ids": ["1", "2"], "symbol": "ETHUSD"}),
    "wait": (None, {"order_ids": ["1", "2"], "wait": "long"}),
    "timeout": (None, {"order_ids": ["1", "2"], "timeout": -1}),
}


@pytest.mark.parametrize("name", WRONG)
async def test_wrong_arguments_are_refused_before_any_batch(free_desk, name):
    """Refused before anything is sent, whichever batch the wrong one would have been in."""
    with pytest.raises(hk.InvalidArgument):
        await free_desk.call("cancel_orders", **WRONG[name][1])
    assert free_desk.simulator.requests == []


async def test_a_deadline_that_is_too_near(open_desk, skipped_time):
    """What the budget has no room for in time is not sent, and told for each; what went out is settled as it can."""
    simulator = Simulator()
    ids = await placed(await open_desk(simulator=simulator, budget="unlimited"), 400)
    simulator.limiter = Limiter(Limits())
    desk = await open_desk(simulator=simulator)
    reports = await cancel_many(desk, ids, timeout=0.5)
    assert Counter(report.outcome for report in reports) == {
        CancelOutcome.CANCELED: 200,
        CancelOutcome.NOT_SENT: 200,
    }
    assert {report.attempts for report in reports if report.outcome is CancelOutcome.NOT_SENT} == {0}
    assert max(report.elapsed for report in reports) <= 0.75
    assert not desk.simulator.bans


@pytest.mark.parametrize("number", [1000, 1500])
async def test_a_thousand_orders_within_the_budget(open_desk, skipped_time, number):
    """Never banned, and no longer than 1.1 times what the budget allows, beside our own work."""
    simulator = Simulator(dialect=Dialect(cursor_name="orderId"))
    ids = await placed(await open_desk(simulator=simulator, budget="unlimited"), number)
    simulator.limiter = Limiter(Limits())
    desk = await open_desk(simulator=simulator)
    begun = skipped_time.skipped
    reports = await cancel_many(desk, ids)
    waited = skipped_time.skipped - begun
    assert [report.order.id for report in reports] == ids
    assert {report.outcome for report in reports} == {CancelOutcome.CANCELED}
    assert not desk.simulator.bans
    sends, lists = number // 100, len([one for one in desk.simulator.requests if one.method == "GET"])
    windows = math.ceil(sends / 2) - 1 + math.ceil(lists / 2) - 1  # two batches a second, then two queries a second
    assert waited <= 1.1 * windows
    assert lists <= 3


async def test_the_default_time_is_enough_one_by_one(open_desk, skipped_time):
    """By client ids the venue has no batch: the time that the call takes for itself suffices for all of them."""
    simulator = Simulator()
    first = await open_desk(simulator=simulator, budget="unlimited")
    own = [f"mine-{number}" for number in range(200)]
    for name in own:
        await first.place("0.01", client_order_id=name)
    simulator.limiter = Limiter(Limits())
    desk = await open_desk(simulator=simulator)
    reports = await cancel_many(desk, [], client_order_ids=own)
    assert {(report.outcome, report.attempts) for report in reports} == {(CancelOutcome.CANCELED, 1)}
    assert not desk.simulator.bans
