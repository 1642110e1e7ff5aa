"""A server that goes silent or dawdles holds no call past its deadline, and what it did is not guessed."""

from __future__ import annotations

import asyncio
import socket
import threading

import pytest

from hk_adapter import CancelOutcome
from tests.sockets.conftest import EVERYTHING
from tests.sockets.mishaps import Ending, Framing, Mishap

SECONDS = 0.3
SIDE_BY_SIDE = 6
CALLS = 600 if EVERYTHING else 12
"""Of which any exchange may fail."""


async def in_time(scene, mishaps):
    """Cancel a new order, up to twice again where it was late: what holds a call past its deadline does so each time.

    A machine that is slow, rather than busy with others, shows by nothing else. Later than by seconds is too late.
    """
    for _ in range(3):
        case = await scene.cancel(mishaps, timeout=SECONDS)
        if not case.late or case.took > SECONDS + 10:
            break
    return case


async def side_by_side(open_scene, draw):
    """Cancel new orders, one for each list of mishaps that ``draw(request_length, answer_length)`` gives."""
    first = await open_scene(in_thread=True)
    await first.warm_up()
    waiting = draw(first.front.request_length, first.front.answer_length)
    cases = []

    async def work(scene):
        while waiting:
            mishaps = waiting.pop()
            cases.append((mishaps, await in_time(scene, mishaps)))

    others = [await open_scene(in_thread=True) for _ in range(min(SIDE_BY_SIDE, len(waiting)) - 1)]
    await asyncio.gather(*map(work, [first, *others]))
    return cases


def ends_of(case):
    """Tell how a cancel may end; a busy machine may not get one out, or not to the venue, before its deadline."""
    sent = case.truth.cancel_sends or case.report.attempts
    return (
        {CancelOutcome.CANCELED, CancelOutcome.UNKNOWN} if sent else {CancelOutcome.NOT_SENT, CancelOutcome.VENUE_DOWN}
    )


async def test_a_request_that_stalls_at_any_byte(open_scene, some_of):
    """A server that stops reading anywhere leaves a doubt, which is settled or stays one; the deadline holds."""

    def stalls(request, _):
        return [[Mishap(Ending.STALL, request=offset)] for offset in some_of(range(1, request))]

    for mishaps, case in await side_by_side(open_scene, stalls):
        assert case.complaints() == [], mishaps


async def test_an_answer_that_stalls_at_any_byte(open_scene, some_of):
    """As above, once the venue has acted: what a look then shows is the end."""

    def stalls(_, answer):
        return [[Mishap(Ending.STALL, answer=offset)] for offset in some_of(range(answer))]

    cases = await side_by_side(open_scene, stalls)
    assert any(case.truth.cancel_sends for _, case in cases)
    for mishaps, case in cases:
        assert case.complaints() == [], mishaps
        assert case.report.outcome in ends_of(case), mishaps


@pytest.mark.parametrize("part", ["header", "body"])
async def test_a_trickled_answer(open_scene, part):
    """Bytes that keep coming, one at a time, keep no call alive: not in the header, not in the body."""

    def trickles(_, answer):
        start = 20 if part == "header" else answer - 100
        return [[Mishap(Ending.TRICKLE, answer=start, framing=framing)] for framing in Framing]

    cases = await side_by_side(open_scene, trickles)
    assert any(case.truth.cancel_sends for _, case in cases)
    for mishaps, case in cases:
        assert case.complaints() == [], mishaps
        assert case.report.outcome in ends_of(case), mishaps


async def test_a_call_is_over_in_time_where_everything_trickles(scene):
    """Where look-ups dawdle too, the call is over in time, and nothing is invented."""
    case = await in_time(scene, [Mishap(Ending.TRICKLE, answer=20)] * 20)
    assert case.complaints() == []
    assert case.report.outcome is CancelOutcome.UNKNOWN


async def test_a_call_is_over_in_time_where_everything_stalls(scene):
    """Where nothing is answered any more, the call is over in time, and says that it does not know."""
    case = await in_time(scene, [Mishap(Ending.STALL, answer=0)] * 20)
    assert case.complaints() == []
    assert case.report.outcome is CancelOutcome.UNKNOWN


async def test_any_exchange_may_fail(open_scene, luck):
    """Cuts, stalls and trickles anywhere in cancels and look-ups alike: no report is wrong, none is late."""
    endings = [*Ending, None, None]

    def draw(request, answer):
        def mishap():
            ending = luck.choice(endings)
            if ending is None:
                return None
            if ending is not Ending.TRICKLE and luck.random() < 0.5:
                return Mishap(ending, request=luck.randrange(request))
            return Mishap(ending, answer=luck.randrange(answer), framing=luck.choice(list(Framing)))

        return [[mishap() for _ in range(12)] for _ in range(CALLS)]

    for mishaps, case in await side_by_side(open_scene, draw):
        assert case.complaints() == [], mishaps


@pytest.fixture
def hanging_names(monkeypatch):
    """A resolver that does not answer while ``hangs`` is set; the loopback's name otherwise."""
    release, hangs = threading.Event(), threading.Event()
    resolve = socket.getaddrinfo

    def look_up(*args, **kwargs):
        if hangs.is_set():
            release.wait()
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return resolve(*args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield hangs
    release.set()


async def test_a_name_that_takes_forever(open_scene, hanging_names):
    """Nothing was sent, and the call says so in time."""
    hanging_names.set()
    scene = await open_scene(host="localhost")
    case = await scene.cancel(timeout=SECONDS)
    assert case.complaints() == []
    assert case.report.outcome in {CancelOutcome.VENUE_DOWN, CancelOutcome.NOT_SENT}
    assert case.exchanges == []


async def test_a_name_that_takes_forever_after_a_send(open_scene, hanging_names):
    """Once the cancel went out, a name that no longer resolves leaves a doubt, never "not sent"."""
    scene = await open_scene(host="localhost")
    await scene.warm_up()
    hanging_names.set()
    case = await scene.cancel([Mishap(Ending.RESET, answer=0)], timeout=SECONDS)
    assert case.complaints() == []
    assert case.report.outcome in {CancelOutcome.UNKNOWN, CancelOutcome.CANCELED}
    assert case.report.ambiguous_attempts == 1
