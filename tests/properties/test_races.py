"""The races between a cancel and everything else, as the FIX protocol lists them: each ends in what truly happened.

When things fall within a call is drawn; the venue speaks each of the words that its documents leave open.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hk_adapter import CancelOutcome
from hk_adapter.simulator import Dialect
from tests.properties.examples import examples
from tests.properties.judge import Case
from tests.properties.open_venue import opened

moments = st.integers(0, 4000)
"""Milliseconds after the cancel was sent; a call has 10 s."""
parts = st.sampled_from(["0.0001", "0.25", "0.9999"])
answers = st.sampled_from(["as_before", "as_after", "CANCELED"])
too_late = st.sampled_from(["-1139", "-1142", "-1138", "0212", "0211", "-1143", "-2011"])
again = st.sampled_from(Dialect.candidates()["cancel_again"])


@pytest.fixture
def race(facade, still_time):
    """Run one: ``race(dialect, arrange)`` places an order, arranges what happens, cancels, and judges the report."""

    def run(dialect, arrange=lambda venue, order: None, *, by_client_id=False, timeout=None):
        with opened(facade, dialect, still_time) as venue:
            order = venue.place()
            arrange(venue, order)
            before = venue.control.truth(order.id)
            named = {"client_order_id": order.client_order_id} if by_client_id else {"order_id": order.id}
            report = venue.call("try_cancel", **named, timeout=timeout)
            venue.tick()
            assert list(Case(report, before, venue.control.truth(order.id)).complaints()) == []
            return report

    return run


@given(delay=moments, answer=answers, again=again, by_client_id=st.booleans())
@examples(15)
def test_what_traded_nothing_is_canceled_with_nothing_filled(race, delay, answer, again, by_client_id):
    """Nothing traded: canceled with nothing filled, however long it takes."""
    dialect = Dialect(cancel_delay_ms=(delay, delay), cancel_answer=answer, cancel_again=again)
    report = race(dialect, by_client_id=by_client_id)
    assert (report.outcome, report.order.filled) == (CancelOutcome.CANCELED, 0)


@given(delay=moments, answer=answers, part=parts)
@examples(15)
def test_partly_filled_before(race, delay, answer, part):
    """What had traded before stays filled, to the last digit."""
    dialect = Dialect(cancel_delay_ms=(delay, delay), cancel_answer=answer)
    report = race(dialect, lambda venue, order: venue.control.fill(order.id, part))
    assert (report.outcome, report.order.filled) == (CancelOutcome.PARTIALLY_CANCELED, Decimal(part))


@given(code=too_late, by_client_id=st.booleans())
@examples(10)
def test_filled_before_the_cancel_arrives(race, code, by_client_id):
    """Whatever code the venue refuses with, the look shows the fill."""
    dialect = Dialect(cancel_filled=code if code in Dialect.candidates()["cancel_filled"] else "-1139")
    report = race(dialect, lambda venue, order: venue.control.fill(order.id), by_client_id=by_client_id)
    assert report.outcome is CancelOutcome.TOO_LATE_FILLED


@given(delay=moments, early=moments, part=parts | st.none(), answer=answers)
@examples(40)
def test_filled_while_the_cancel_is_on_its_way(race, delay, early, part, answer):
    """The acknowledgement crosses a fill: what came first at the venue decides, and the amount is exact."""
    dialect = Dialect(cancel_delay_ms=(delay, delay), cancel_answer=answer)
    report = race(dialect, lambda venue, order: venue.control.fill_at(order.id, part, venue.now + early))
    if early > delay:
        assert report.outcome is CancelOutcome.CANCELED
    elif early < delay:
        wanted = CancelOutcome.TOO_LATE_FILLED if part is None else CancelOutcome.PARTIALLY_CANCELED
        assert report.outcome is wanted
    else:
        assert report.final


@given(accept=moments, delay=moments, answer=st.sampled_from(["applied_after", "-1144", "0211"]))
@examples(30)
def test_not_yet_acknowledged(race, accept, delay, answer):
    """A cancel that overtakes its own create waits for it, and is repeated where it was refused."""
    dialect = Dialect(accept_delay_ms=(accept, accept), cancel_delay_ms=(delay, delay), cancel_pending_new=answer)
    report = race(dialect)
    assert report.outcome is CancelOutcome.CANCELED


@given(accept=moments, answer=st.sampled_from(["applied_after", "-1144", "0211"]))
@examples(20)
def test_not_yet_acknowledged_and_filled(race, accept, answer):
    """An order that is filled as soon as it is accepted, or a little later, is not said to be canceled."""
    dialect = Dialect(accept_delay_ms=(accept, accept), cancel_pending_new=answer)
    report = race(
        dialect, lambda venue, order: venue.control.counter_order("ETHUSD", "SELL", "1", "1900", now=venue.now)
    )
    assert report.outcome is CancelOutcome.TOO_LATE_FILLED


@given(
    accept=moments, answer=st.sampled_from(["applied_after", "-1144", "0211"]), code=st.sampled_from(["0212", "0211"])
)
@examples(20)
def test_not_yet_acknowledged_and_rejected(race, accept, answer, code):
    """An order that the venue rejects in the end has ended, and not by us."""
    dialect = Dialect(
        accept_delay_ms=(accept, accept), reject_share=1.0, cancel_pending_new=answer, cancel_rejected=code
    )
    assert race(dialect).outcome is CancelOutcome.ENDED


@given(early=moments, delay=moments, code=too_late)
@examples(20)
def test_canceled_by_the_venue_meanwhile(race, early, delay, code):
    """Whoever was first, the order is canceled; who it was is claimed only where no send can have done it."""
    codes = Dialect.candidates()["cancel_canceled"]
    dialect = Dialect(cancel_delay_ms=(delay, delay), cancel_canceled=code if code in codes else "-1142")
    report = race(dialect, lambda venue, order: venue.control.cancel_at(order.id, venue.now + early))
    assert report.outcome in {CancelOutcome.CANCELED, CancelOutcome.ALREADY_CANCELED}


@given(
    unknown=st.sampled_from(["0211", "0212", "-1143", "-2013", "-2011"]),
    query=st.sampled_from(["0211", "-1143", "-2013"]),
)
@examples(15)
def test_an_order_that_never_was(facade, still_time, unknown, query):
    """Not found, twice and a second apart, under the id that was given; never an end."""
    dialect = Dialect(cancel_unknown=unknown, query_unknown=query)
    with opened(facade, dialect, still_time) as venue:
        report = venue.call("try_cancel", "1547236480115703808")
    assert report.outcome is CancelOutcome.NOT_FOUND
    assert report.elapsed >= 1.0


@given(
    delay=st.integers(0, 3000), lost=st.sampled_from(["cut", "stall", "truncate"]), answer=again, acted=st.booleans()
)
@examples(30)
def test_an_acknowledgement_that_is_lost(race, delay, lost, answer, acted):
    """The answer is lost while the cancel is on its way: the repeat, whatever it meets, does not change the end."""
    dialect = Dialect(cancel_delay_ms=(delay, delay), cancel_again=answer)
    report = race(dialect, lambda venue, order: venue.control.fail_next(kind=lost, acted=acted, method="DELETE"))
    assert report.outcome is CancelOutcome.CANCELED
    assert report.ambiguous_attempts >= 1


def test_an_end_that_is_acknowledged_before_its_time(race):
    """CANCELED in an acknowledgement is no end once a look shows the order still being taken in."""
    report = race(Dialect(accept_delay_ms=(5000, 5000), cancel_answer="CANCELED"), timeout=2.0)
    assert report.outcome is CancelOutcome.PENDING


@given(accept=st.integers(3000, 5000), code=st.sampled_from(["-1139", "-1142", "-1138"]))
@examples(10)
def test_an_end_that_is_claimed_of_an_order_still_being_created(race, accept, code):
    """A word that it has ended is taken back by a look that shows it waiting to be taken in."""
    dialect = Dialect(accept_delay_ms=(accept, accept))

    def arrange(venue, order):
        venue.control.fail_next(code=code, method="DELETE", times=9)

    report = race(dialect, arrange, timeout=2.0)
    assert report.outcome is CancelOutcome.UNKNOWN
