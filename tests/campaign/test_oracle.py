"""The oracle against lies made by hand: each must be named, and the truth must pass."""

import math
from dataclasses import replace
from decimal import Decimal

from hk_adapter.errors import DuplicateClientOrderId, InvalidArgument, OutcomeUnknown
from hk_adapter.model import CancelOutcome, CancelReport, Evidence, Order, OrderStatus, Wait
from hk_adapter.testing.campaign.oracle import judge
from hk_adapter.testing.campaign.truth import End, Placed, Query, Send, State, Truth, Word
from hk_adapter.testing.campaign.verdicts import Verdict
from tests.cases import each

ON_BOOK = State(-2.0, Decimal(0))
OUR_END = State(0.5, Decimal(0), End.CANCELED)


def _order(filled: str = "0", status: OrderStatus = OrderStatus.CANCELED) -> Order:
    return Order(id="7", amount=Decimal(1), filled=Decimal(filled), status=status)


def _send(word: Word = Word.ACCEPTED, *, ran: bool = False, begun: float = 0.0, **more: object) -> Send:
    return Send(begun=begun, ended=begun + 1.0, word=word, ran=ran, **more)  # type: ignore[arg-type]


def _truth(report: CancelReport | None, *sends: Send, states: tuple[State, ...] = (ON_BOOK, OUR_END)) -> Truth:
    return Truth(
        wait=Wait.FINAL,
        timeout=10.0,
        states=list(states),
        sends=list(sends),
        canceled_by_us=any(send.ran for send in sends),
        ended=3.0,
        report=report,
    )


def _report(outcome: CancelOutcome, attempts: int = 1, ambiguous: int = 0, order: Order | None = None) -> CancelReport:
    return CancelReport(
        outcome=outcome,
        order=order or (_order() if outcome.final else None),
        evidence=Evidence.QUERY,
        attempts=attempts,
        ambiguous_attempts=ambiguous,
    )


REFUSED = _send(Word.REFUSED, refusal=CancelOutcome.RATE_LIMITED)
SHUT = _send(Word.REFUSED, refusal=CancelOutcome.VENUE_DOWN)
SEEN_OPEN = Query(begun=1.5, ended=2.5, served=2.0)

TRUE = {
    "canceled": _truth(_report(CancelOutcome.CANCELED), _send(ran=True)),
    "canceled after a doubt": _truth(_report(CancelOutcome.CANCELED, 1, 1), _send(Word.DOUBT, ran=True)),
    "unknown": _truth(_report(CancelOutcome.UNKNOWN, 1, 1), _send(Word.DOUBT), states=(ON_BOOK,)),
    "rate limited": _truth(_report(CancelOutcome.RATE_LIMITED), REFUSED, states=(ON_BOOK,)),
    "blocked while its create was looked for, before the cancel was called": replace(
        _truth(_report(CancelOutcome.CANCELED), _send(ran=True)), queries=[Query(begun=-0.5, ended=-0.4, blocked=True)]
    ),
    "closed": _truth(_report(CancelOutcome.VENUE_DOWN), SHUT, states=(ON_BOOK,)),
    "not found": _truth(_report(CancelOutcome.NOT_FOUND), _send(Word.REFUSED), states=()),
    "not sent": _truth(_report(CancelOutcome.NOT_SENT, 0), _send(Word.UNSENT), states=(ON_BOOK,)),
    "pending": _truth(_report(CancelOutcome.PENDING), _send(ran=True), states=(ON_BOOK,)),
    "off book": _truth(_report(CancelOutcome.OFF_BOOK), _send(Word.REFUSED)),
    "already canceled": _truth(
        _report(CancelOutcome.ALREADY_CANCELED), _send(Word.REFUSED), states=(State(-1.0, Decimal(0), End.CANCELED),)
    ),
    "rejected": replace(
        _truth(_report(CancelOutcome.REJECTED), _send(Word.REFUSED), states=(ON_BOOK,)), queries=[SEEN_OPEN]
    ),
}

LIES = {
    Verdict.LOST: _truth(_report(CancelOutcome.NOT_SENT, 1, 1), _send(Word.DOUBT, ran=True)),
    Verdict.INVENTED_END: _truth(_report(CancelOutcome.CANCELED), _send(), states=(ON_BOOK,)),
    Verdict.WRONG_END: _truth(_report(CancelOutcome.TOO_LATE_FILLED), _send(ran=True)),
    Verdict.WRONG_AMOUNT: _truth(
        _report(CancelOutcome.PARTIALLY_CANCELED, order=_order("0.3")),
        _send(ran=True),
        states=(State(-1.0, Decimal("0.4")), State(0.5, Decimal("0.4"), End.CANCELED)),
    ),
    Verdict.FALSE_ALREADY: _truth(_report(CancelOutcome.ALREADY_CANCELED, 1, 1), _send(Word.DOUBT, ran=True)),
    Verdict.FALSE_OFF_BOOK: _truth(_report(CancelOutcome.OFF_BOOK), _send(), states=(ON_BOOK,)),
    Verdict.FALSE_PENDING: _truth(_report(CancelOutcome.PENDING, 1, 1), _send(Word.DOUBT), states=(ON_BOOK,)),
    Verdict.FALSE_REJECTED: _truth(_report(CancelOutcome.REJECTED), _send(Word.REFUSED), states=(ON_BOOK,)),
    Verdict.FALSE_REFUSAL: _truth(_report(CancelOutcome.RATE_LIMITED, 2, 1), _send(Word.DOUBT), REFUSED),
    Verdict.WRONG_REASON: _truth(_report(CancelOutcome.AUTH), REFUSED, states=(ON_BOOK,)),
    Verdict.FALSE_NOT_FOUND: _truth(_report(CancelOutcome.NOT_FOUND), _send(Word.REFUSED), states=(ON_BOOK,)),
    Verdict.FALSE_NOT_SENT: _truth(_report(CancelOutcome.NOT_SENT), REFUSED, states=(ON_BOOK,)),
    Verdict.FALSE_VENUE_DOWN: _truth(_report(CancelOutcome.VENUE_DOWN), REFUSED, states=(ON_BOOK,)),
    Verdict.FALSE_DOUBT: _truth(_report(CancelOutcome.UNKNOWN, 0), _send(Word.UNSENT), states=(ON_BOOK,)),
    Verdict.WRONG_ATTEMPTS: _truth(_report(CancelOutcome.CANCELED, 2), _send(ran=True)),
    Verdict.WRONG_AMBIGUOUS: _truth(_report(CancelOutcome.CANCELED, 1, 1), _send(ran=True)),
    Verdict.TOO_MANY_SENDS: _truth(_report(CancelOutcome.CANCELED, 4), *([_send(ran=True)] * 4)),
    Verdict.SPOKE_WHILE_BLOCKED: _truth(
        _report(CancelOutcome.RATE_LIMITED, 2),
        replace(REFUSED, blocked=True),
        replace(REFUSED, begun=1.5),
        states=(ON_BOOK,),
    ),
    Verdict.OVER_LIMIT: replace(TRUE["canceled"], misconduct={Verdict.OVER_LIMIT}),
    Verdict.TOLD_WRONG: replace(TRUE["canceled"], misconduct={Verdict.TOLD_WRONG}),
    Verdict.MISSING_REPORT: replace(TRUE["canceled"], report=None),
    Verdict.INVENTED_REPORT: replace(TRUE["canceled"], asked=False),
    Verdict.NOT_SPARED: replace(TRUE["canceled"], asked=False, report=None),
    Verdict.WRONG_ORDER: replace(TRUE["canceled"], order_id="8"),
    Verdict.FALSE_NO_ORDER: replace(TRUE["canceled"], placed=Placed(raised=DuplicateClientOrderId("-1141"))),
    Verdict.HELD_UP: replace(TRUE["off book"], quiet=True),
    Verdict.RAISED: replace(_truth(None, _send(ran=True)), raised=ValueError("out of try_cancel")),
    Verdict.LATE: replace(TRUE["canceled"], ended=10.06),
}


@each("truth", TRUE.values(), ids=TRUE)
def test_the_truth_passes(truth: Truth) -> None:
    """A report that says what is so is not blamed."""
    assert judge(truth) == []


@each("verdict", Verdict)
def test_every_lie_is_named(verdict: Verdict) -> None:
    """For each verdict there is a lie that earns it."""
    assert verdict in judge(LIES[verdict])


def test_an_order_that_was_spared_needs_no_report() -> None:
    """What a cancel of all orders was not to cancel, and did not, is in order."""
    spared = replace(_truth(None, states=(ON_BOOK,)), asked=False)
    assert judge(spared) == []
    assert judge(replace(spared, sends=[REFUSED])) == [Verdict.NOT_SPARED]


def test_a_rejection_seen_before_the_last_answer_proves_nothing() -> None:
    """Only a look-up begun after the last attempt was answered shows the order on the book."""
    early = replace(TRUE["rejected"], queries=[Query(begun=0.2, ended=0.8, served=0.5)])
    assert judge(early) == [Verdict.FALSE_REJECTED]


def test_an_order_that_left_the_book_after_the_look_up_was_served_is_still_rejected() -> None:
    """What is not final is judged as of when its evidence was served."""
    truth = replace(TRUE["rejected"], states=[ON_BOOK, State(2.4, Decimal(1), End.FILLED)])
    assert judge(truth) == []


def test_fills_decide_between_canceled_and_partially_canceled() -> None:
    """CANCELED says that nothing was filled."""
    states = (State(-1.0, Decimal("0.4")), State(0.5, Decimal("0.4"), End.CANCELED))
    assert Verdict.WRONG_END in judge(_truth(_report(CancelOutcome.CANCELED), _send(ran=True), states=states))


def test_an_end_read_off_an_ack_is_not_enough_for_a_final_wait() -> None:
    """Waiting for the end means reading it."""
    report = replace(_report(CancelOutcome.CANCELED), evidence=Evidence.ACK)
    assert judge(_truth(report, _send(ran=True))) == [Verdict.WRONG_END]


def test_already_canceled_needs_an_end_before_the_first_send() -> None:
    """An end that came while the first send was under way may be its doing, whatever the answer says."""
    report = _report(CancelOutcome.ALREADY_CANCELED)
    raced = replace(_truth(report, _send(Word.REFUSED)), canceled_by_us=False)
    assert judge(raced) == [Verdict.FALSE_ALREADY]
    assert judge(replace(raced, states=[State(-1.0, Decimal(0), End.CANCELED)])) == []
    assert judge(replace(raced, sends=[_send(Word.UNSENT), _send(Word.REFUSED, begun=2.0)])) == []


def test_an_end_before_a_doubt_is_held_against_the_first_send() -> None:
    """A report that claims no author may still not say that the order had ended before, where it had not."""
    report = _report(CancelOutcome.CANCELED, 1, 1).replace(ended_before=True)
    before = _truth(report, _send(Word.DOUBT), states=(State(-1.0, Decimal(0), End.CANCELED),))
    since = _truth(report, _send(Word.DOUBT), states=(ON_BOOK, State(0.5, Decimal(0), End.CANCELED)))
    assert (judge(before), judge(since)) == ([], [Verdict.FALSE_ALREADY])


def test_a_word_that_an_order_has_ended_is_never_followed_by_rejected() -> None:
    """A look that shows it open may be older than the word."""
    ended = replace(TRUE["rejected"], sends=[_send(Word.REFUSED, said_ended=True)])
    assert judge(ended) == [Verdict.FALSE_REJECTED]


def test_what_a_lagging_view_shows_counts_where_nothing_says_otherwise() -> None:
    """No adapter can know that a view is behind, unless an answer has told of the order's end."""
    states = [ON_BOOK, State(1.8, Decimal(1), End.FILLED)]
    assert judge(replace(TRUE["rejected"], states=states)) == [Verdict.FALSE_REJECTED]
    assert judge(replace(TRUE["rejected"], states=states, queries=[replace(SEEN_OPEN, as_of=1.7)])) == []


def test_what_the_venue_shows_for_a_client_id_counts_where_it_refused_every_cancel() -> None:
    """Nobody can know that another order had the id before; but a cancel that may have run was none of that one's."""
    older = replace(TRUE["already canceled"], order_id="8")
    assert judge(older) == [Verdict.WRONG_ORDER]
    assert judge(replace(older, by_client_id=True)) == []
    assert Verdict.WRONG_ORDER in judge(replace(older, by_client_id=True, sends=[_send(Word.DOUBT)]))


def test_each_report_of_an_order_named_twice_is_judged() -> None:
    """The reports of one call know of each other's sends, which nobody counts for one alone."""
    twice = replace(TRUE["canceled"], named_more=True, twins=[_report(CancelOutcome.CANCELED, 2)])
    assert judge(twice) == []
    assert judge(replace(twice, twins=[_report(CancelOutcome.ALREADY_CANCELED)])) == [Verdict.FALSE_ALREADY]


def test_a_rejection_of_an_order_named_twice_is_held_against_its_own_sends() -> None:
    """A look after all the sends that a report can have had counts, though the other name's send came later still."""
    sends = [_send(Word.REFUSED), _send(Word.REFUSED), replace(REFUSED, begun=3.0, ended=3.1)]
    twin = _report(CancelOutcome.REJECTED)
    twice = replace(TRUE["rate limited"], sends=sends, named_more=True, twins=[twin], queries=[SEEN_OPEN], ended=4.0)
    assert judge(twice) == []
    assert judge(replace(twice, queries=[])) == [Verdict.FALSE_REJECTED]
    assert judge(replace(twice, twins=[replace(twin, attempts=3)])) == [Verdict.FALSE_REJECTED]


def test_an_id_that_is_none_is_to_be_refused_before_anything_is_sent() -> None:
    """InvalidArgument, or a report without a send; anything else is a fault."""
    refused = replace(_truth(None, states=(ON_BOOK,)), refusable=True, raised=InvalidArgument("order_id"))
    assert judge(refused) == []
    assert judge(replace(refused, raised=ValueError("?"))) == [Verdict.RAISED]
    assert judge(replace(refused, raised=None, report=_report(CancelOutcome.NOT_SENT, 0))) == []


def test_a_create_is_judged_by_the_order_that_it_made() -> None:
    """Another order in its place, or a refusal of one that exists, is a wrong word; a doubt is none."""
    placed = replace(TRUE["canceled"], order_id="7", placed=Placed(order_id="7"))
    assert judge(placed) == []
    assert judge(replace(placed, placed=Placed(order_id="6"))) == [Verdict.WRONG_ORDER]
    assert judge(replace(placed, placed=Placed(raised=OutcomeUnknown("lost")))) == []


def test_a_call_that_nothing_befell_is_to_end_soon() -> None:
    """Where nothing struck, a final word after seconds is as wrong as none."""
    assert judge(replace(TRUE["canceled"], quiet=True)) == []
    assert judge(replace(TRUE["canceled"], quiet=True, ended=8.0)) == [Verdict.HELD_UP]


def test_slots_that_somebody_took_with_him_are_no_time_to_end_in() -> None:
    """With one of a key's two slots for queries lost a second counts half, with both nothing; no end is no end."""
    late = replace(TRUE["canceled"], quiet=True, ended=6.0)
    lost = (1.0, 5.2)
    assert judge(late) == [Verdict.HELD_UP]
    assert judge(replace(late, slots_lost=[lost])) == []
    assert judge(replace(late, slots_lost=[lost], ended=6.2)) == [Verdict.HELD_UP]
    assert judge(replace(late, slots_lost=[lost, lost], ended=8.0)) == []
    assert judge(replace(late, slots_lost=[(-3.0, 0.0), (6.0, 9.0)])) == [Verdict.HELD_UP]
    assert judge(replace(TRUE["off book"], quiet=True, slots_lost=[lost, lost])) == [Verdict.HELD_UP]


def test_orders_of_one_call_wait_for_each_other() -> None:
    """One call reports on all of its orders together: an order is held up from when the last other one had ended."""
    late = replace(TRUE["canceled"], quiet=True, ended=9.0)
    assert judge(replace(late, others_ended=10.3)) == []
    assert judge(replace(late, others_ended=5.5)) == []
    assert judge(replace(late, others_ended=4.5)) == [Verdict.HELD_UP]
    assert judge(replace(TRUE["off book"], quiet=True, others_ended=math.inf)) == [Verdict.HELD_UP]


def test_doubt_that_another_order_of_the_call_casts():
    """Which order is meant by a client id nobody can know before something shows it; alone, a doubt needs a send."""
    unsure = _truth(_report(CancelOutcome.UNKNOWN, 0), states=(ON_BOOK,))
    assert judge(unsure) == [Verdict.FALSE_DOUBT]
    unsure.beside = [_truth(None, REFUSED)]
    assert judge(unsure) == [Verdict.FALSE_DOUBT]
    unsure.beside = [_truth(None, _send(ran=True))]
    assert judge(unsure) == []
