"""Why a cancel stayed unresolved: each cause by a truth made by hand, and the split over real ones."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hk_adapter.model import CancelOutcome, CancelReport, Wait
from hk_adapter.testing.campaign import run
from hk_adapter.testing.campaign.truth import End, Query, Send, State, Truth, Word
from hk_adapter.testing.campaign.unresolved import COULD_HAVE_BEEN, COULD_NOT, Cause, cause_of, is_unresolved
from tests.cases import each

ON_BOOK = State(-2.0, Decimal(0))
ENDED = State(0.5, Decimal(0), End.CANCELED)
LATE_END = State(9.0, Decimal(0), End.CANCELED)
RAN = Send(begun=0.0, ended=1.0, ran=True, ran_at=0.5)
LOST = Send(begun=0.0, ended=1.0)


def _looks(*ends: float, **more: object) -> list[Query]:
    return [Query(begun=end - 0.1, ended=end, **more) for end in ends]  # type: ignore[arg-type]


def _truth(*sends: Send, states: tuple[State, ...] = (ON_BOOK, ENDED), looks: tuple[float, ...] = ()) -> Truth:
    return Truth(
        wait=Wait.FINAL, timeout=10.0, sends=list(sends), states=list(states), queries=_looks(*looks), ended=9.8
    )


TO_THE_END = (2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0)

CAUSES = {
    Cause.NO_SUCH_ORDER: _truth(LOST, states=()),
    Cause.NOT_OVER: _truth(RAN, states=(ON_BOOK, State(11.0, Decimal(0), End.CANCELED))),
    Cause.SENDS_USED_UP: _truth(LOST, LOST, LOST, states=(ON_BOOK,)),
    Cause.NO_TIME: _truth(RAN, states=(ON_BOOK, LATE_END)),
    Cause.VENUE_OUT: replace(_truth(RAN), outages=[(1.0, 12.0)]),
    Cause.TOLD_TO_WAIT: replace(_truth(RAN), no_looks=[(1.0, 61.0)]),
    Cause.EVERY_LOOK_SPOILT: _truth(RAN, looks=TO_THE_END),
    Cause.NOT_BELIEVED: replace(_truth(RAN), queries=_looks(2.0, served=1.95, heard=True)),
    Cause.NOT_LOOKED: _truth(RAN, looks=(2.0, 3.0)),
    Cause.NOT_SENT_AGAIN: _truth(LOST, states=(ON_BOOK,), looks=TO_THE_END),
}


@each("cause", Cause)
def test_each_cause_has_its_rule(cause: Cause) -> None:
    """The truth alone says what kept a cancel unresolved."""
    assert cause_of(CAUSES[cause]) is cause


def test_every_cause_could_or_could_not() -> None:
    """The causes split in two."""
    assert sorted((*COULD_NOT, *COULD_HAVE_BEEN)) == sorted(Cause)


def test_a_block_silences_a_call_for_good() -> None:
    """After HTTP 418 nothing may be sent, so nothing more could be learned."""
    blocked = _truth(RAN, replace(LOST, word=Word.REFUSED, blocked=True))
    assert cause_of(blocked) is Cause.TOLD_TO_WAIT


def test_what_comes_after_the_call_showed_it_nothing() -> None:
    """An answer that another call waited for, or that came late, is no evidence that this one had."""
    late = replace(_truth(RAN), queries=_looks(9.9, served=9.7, heard=True))
    assert cause_of(late) is not Cause.NOT_BELIEVED


def test_an_order_that_is_locked_takes_no_further_send() -> None:
    """What the venue would have refused for now is no missed chance."""
    locked = replace(_truth(LOST, states=(ON_BOOK,), looks=TO_THE_END), takes_cancels_from=9.0)
    assert cause_of(locked) is Cause.SENDS_USED_UP


def test_pending_is_what_an_ack_waits_for() -> None:
    """Under ``wait="ack"`` an accepted cancel is resolved."""
    pending = CancelReport(outcome=CancelOutcome.PENDING)
    assert is_unresolved(replace(_truth(RAN), report=pending))
    assert not is_unresolved(replace(_truth(RAN), report=pending, wait=Wait.ACK))


def test_every_unresolved_cancel_has_one_cause() -> None:
    """The split adds up, for each fault rate."""
    result = run(500, seed=9)
    for rate, column in result.by_rate.items():
        causes = result.causes.get(rate)
        assert column["unresolved"] == (0 if causes is None else causes.total())
    assert sum(column["unresolved"] for column in result.by_rate.values())
