"""Connections that do not open, or end between calls: what never left is known not to have left."""

from __future__ import annotations

import socket

import pytest

from hk_adapter import CancelOutcome
from tests.sockets.conftest import EVERYTHING, SEED
from tests.sockets.mishaps import CUTS, Ending, Mishap
from tests.sockets.relay import Break

# CPython's wrap_socket drops the socket unclosed where the other side has gone already.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <.*Socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <.*Socket:pytest.PytestUnraisableExceptionWarning"),
]

WIRE_CUTS = 40
"""Of each direction, in a normal run."""


async def test_a_refused_connection(open_scene):
    """No connection could be opened: nothing was sent, and the report says why."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    scene = await open_scene(port=port)
    case = await scene.cancel()
    assert case.complaints() == []
    assert (case.report.outcome, case.report.attempts) == (CancelOutcome.VENUE_DOWN, 0)


@pytest.mark.parametrize("times", [1, 2, 9])
async def test_a_connection_that_is_reset_as_soon_as_it_opens(open_scene, tls, times):
    """Whether a byte left is not always to be known; no report claims more, and what can be settled is."""
    scene = await open_scene()
    scene.front.listener.turned_away = times
    case = await scene.cancel(timeout=0.5, blank=times)
    assert case.complaints() == []
    if times < 3:
        assert case.report.outcome is CancelOutcome.CANCELED
    elif tls:
        assert case.report.outcome is CancelOutcome.VENUE_DOWN, "without a handshake nothing can have left"


async def test_connections_closed_between_calls(scene):
    """A kept-alive connection that the venue has closed is not used: no attempt is wasted on it."""
    for _ in range(5):
        scene.front.drop_idle()
        case = await scene.cancel()
        assert case.complaints() == []
        assert (case.report.outcome, case.report.attempts) == (CancelOutcome.CANCELED, 1)


@pytest.mark.parametrize("ending", CUTS)
async def test_an_answer_lost_on_a_kept_alive_connection(scene, ending):
    """No library repeats the cancel by itself: the venue sees one, and the look settles it."""
    accepted = scene.front.listener.accepted
    case = await scene.cancel([Mishap(ending, answer=0)])
    assert case.complaints() == []
    assert [exchange.is_cancel for exchange in case.exchanges] == [True, False]
    assert scene.front.listener.accepted == accepted + 1, "the cancel went out on the connection that was there"
    assert (case.report.outcome, case.report.ambiguous_attempts) == (CancelOutcome.CANCELED, 1)


async def test_answers_lost_again_and_again(scene):
    """Three sends at most, however often the answer is lost and the look cannot tell."""
    for timeout in (0.4, 2.0):  # a busy machine may have no time for three in the first
        case = await scene.cancel([Mishap(Ending.RESET, request=60), None] * 9, timeout=timeout)
        assert case.complaints() == []
        if case.report.attempts >= 3:
            break
    assert (case.report.outcome, case.report.attempts) == (CancelOutcome.UNKNOWN, 3)


@pytest.mark.parametrize("filled", ["0.25", "1"])
async def test_an_order_that_trades_while_the_request_is_lost(scene, filled):
    """The amount that was filled meanwhile is in the report."""
    order_id = scene.place()
    scene.front.control.fill(order_id, filled)
    case = await scene.cancel([Mishap(Ending.RESET, request=60)], order_id=order_id)
    assert case.complaints() == []
    assert case.report.final


async def test_an_order_canceled_before(scene):
    """With an answer lost on the way nobody can say who it was, so "already canceled" is not claimed."""
    order_id = scene.place()
    scene.front.control.cancel(order_id)
    case = await scene.cancel([Mishap(Ending.RESET, answer=0)], order_id=order_id)
    assert case.complaints() == []
    assert case.report.outcome is CancelOutcome.CANCELED


@pytest.mark.parametrize("tls", [True])
@pytest.mark.parametrize("direction", ["up", "down"])
async def test_the_wire_breaks_below_tls(open_scene, tls, direction):
    """At any byte of the handshake or of a record: before its end nothing has left, after it a doubt is settled."""
    scene = await open_scene(relayed=True)
    await scene.warm_up()
    await scene.cut_wire()
    length = scene.relay.carried[-1][direction == "down"]
    step = 1 if EVERYTHING else length // WIRE_CUTS
    wrong = []
    for offset in range(SEED % step, length, step):
        scene.relay.breaks.append(Break(**{direction: offset}))
        case = await scene.cancel(blank=1)
        await scene.cut_wire()
        wrong += [f"{offset} of {length}: {complaint}" for complaint in case.complaints()]
        if case.report.outcome is not CancelOutcome.CANCELED:
            wrong.append(f"{offset} of {length}: {case.report.outcome}")
    assert not wrong
