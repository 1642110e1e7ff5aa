"""The connection is cut at every byte of a cancel's request and of its answer, and the cancel ends in the truth.

A normal run cuts at each offset once, spread over facades, plain and TLS; HK_ADAPTER_TEST_CUTS=all combines all.
"""

from __future__ import annotations

from itertools import product

from hk_adapter import CancelOutcome
from tests.sockets.mishaps import CUTS, Framing, Mishap


async def cut(scene, mishap, *, kept_alive):
    """Cancel a new order with one mishap; what is wrong with the report, with the mishap that it takes."""
    if not kept_alive:
        scene.front.drop_idle()
    case = await scene.cancel([mishap])
    complaints = case.complaints()
    # One cut and plenty of time: everything can be known, so it must be.
    if case.report.outcome is not CancelOutcome.CANCELED:
        complaints.append(f"{case.report.outcome}, though a look and a repeat settle it")
    return [f"{mishap} kept_alive={kept_alive}: {complaint}" for complaint in complaints]


async def test_a_request_cut_at_any_byte(scene, share_of):
    """However much of the request was read, the order is canceled in the end, and each send counted once."""
    wrong = []
    for offset, (ending, kept_alive) in share_of(range(scene.front.request_length), list(product(CUTS, (False, True)))):
        wrong += await cut(scene, Mishap(ending, request=offset), kept_alive=kept_alive)
    assert not wrong


async def test_an_answer_cut_at_any_byte(scene, share_of):
    """However much of the answer came, the venue acted once, and the doubt is settled without a second send."""
    wrong = []
    for offset, (ending, framing, kept_alive) in share_of(
        range(scene.front.answer_length), list(product(CUTS, Framing, (False, True)))
    ):
        mishap = Mishap(ending, answer=offset, framing=framing)
        wrong += await cut(scene, mishap, kept_alive=kept_alive)
        if sum(exchange.is_cancel for exchange in scene.front.exchanges) != 1:
            wrong.append(f"{mishap}: sent again, though a look shows that it ran")
    assert not wrong


async def test_an_answer_to_a_look_cut_at_any_byte(scene, share_of):
    """A look-up that is cut proves nothing, and is made again."""
    wrong = []
    for offset, (ending, framing) in share_of(range(scene.front.answer_length), list(product(CUTS, Framing)), of=25):
        case = await scene.cancel([None, Mishap(ending, answer=offset, framing=framing)])
        wrong += case.complaints()
        if case.report.outcome is not CancelOutcome.CANCELED:
            wrong.append(f"{offset} {ending}: {case.report.outcome}")
    assert not wrong
