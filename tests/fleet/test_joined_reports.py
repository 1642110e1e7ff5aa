"""Several cancels of one order are one report, in which a proof stands and no doubt is hidden."""

from __future__ import annotations

from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome as Outcome
from hk_adapter.fleet.found_orders import FoundOrders, joined_reports
from hk_adapter.fleet.kill_report import KnownBy
from tests.cases import each


def told(outcome: Outcome, filled: str = "0", attempts: int = 1) -> hk.CancelReport:
    """Report on a cancel of order 7."""
    return hk.CancelReport(outcome=outcome, order=hk.Order(id="7", filled=Decimal(filled)), attempts=attempts)


JOINED = {
    "a proof after a doubt": (Outcome.UNKNOWN, Outcome.CANCELED, Outcome.CANCELED),
    "a proof is not undone": (Outcome.CANCELED, Outcome.NOT_FOUND, Outcome.CANCELED),
    "a doubt is not hidden by a refusal": (Outcome.UNKNOWN, Outcome.RATE_LIMITED, Outcome.UNKNOWN),
    "nor by a word that nothing was sent": (Outcome.PENDING, Outcome.NOT_SENT, Outcome.PENDING),
    "nor by one that nobody knows it": (Outcome.OFF_BOOK, Outcome.NOT_FOUND, Outcome.OFF_BOOK),
    "the later of two doubts": (Outcome.UNKNOWN, Outcome.PENDING, Outcome.PENDING),
    "the later of two refusals": (Outcome.RATE_LIMITED, Outcome.REJECTED, Outcome.REJECTED),
    "our first cancel may have ended it": (Outcome.UNKNOWN, Outcome.ALREADY_CANCELED, Outcome.CANCELED),
}


@each("case", JOINED)
def test_which_word_stands(case: str) -> None:
    """The word of a proof, else of a doubt, else the latest; sends are added up."""
    earlier, later, stands = JOINED[case]
    joined = joined_reports(told(earlier), told(later))
    assert (joined.outcome, joined.attempts) == (stands, 2)


def test_an_end_that_nobody_of_us_caused() -> None:
    """Where no cancel of ours may have run before, "already canceled" stays; else that may have made it so."""
    unsent = told(Outcome.NOT_SENT, attempts=0)
    assert joined_reports(unsent, told(Outcome.ALREADY_CANCELED)).outcome is Outcome.ALREADY_CANCELED
    twice = joined_reports(told(Outcome.ALREADY_CANCELED), told(Outcome.ALREADY_CANCELED))
    assert twice.outcome is Outcome.ALREADY_CANCELED
    for refused in (Outcome.RATE_LIMITED, Outcome.AUTH, Outcome.BAD_REQUEST):
        joined = joined_reports(told(refused), told(Outcome.ALREADY_CANCELED))
        assert joined.outcome is Outcome.ALREADY_CANCELED
    once_in_doubt = told(Outcome.RATE_LIMITED, attempts=2).replace(ambiguous_attempts=1)
    assert joined_reports(once_in_doubt, told(Outcome.ALREADY_CANCELED)).outcome is Outcome.CANCELED
    for earlier in (Outcome.UNKNOWN, Outcome.CANCELED):
        joined = joined_reports(told(earlier), told(Outcome.ALREADY_CANCELED, filled="0.4"))
        assert joined.outcome is Outcome.PARTIALLY_CANCELED


def test_one_that_was_accepted() -> None:
    """A cancel that the venue took is one of the stop's, whichever of the two it was."""
    taken, refused = told(Outcome.PENDING).replace(accepted=True), told(Outcome.CANCELED)
    assert joined_reports(taken, refused).accepted
    assert joined_reports(refused, taken).accepted
    assert not joined_reports(refused, refused).accepted


def test_more_fills_of_a_later_proof() -> None:
    """Fills that a later proof shows are not lost."""
    joined = joined_reports(told(Outcome.CANCELED), told(Outcome.PARTIALLY_CANCELED, filled="0.4"))
    assert (joined.outcome, joined.order and joined.order.filled) == (Outcome.PARTIALLY_CANCELED, Decimal("0.4"))


@pytest.mark.parametrize(("later", "stands"), [(Outcome.PENDING, Outcome.PENDING), (Outcome.NOT_SENT, Outcome.UNKNOWN)])
def test_more_fills_of_a_later_doubt(later: Outcome, stands: Outcome) -> None:
    """An end that shows less filled than the order has by now is none; that a cancel was sent is not forgotten."""
    joined = joined_reports(told(Outcome.CANCELED), told(later, filled="0.4"))
    assert (joined.outcome, joined.order and joined.order.filled) == (stands, Decimal("0.4"))


@pytest.mark.parametrize("later", [None, hk.Order(id="7")], ids=["no order", "an order that tells no fills"])
def test_a_doubt_that_shows_no_fills_undoes_no_proof(later: hk.Order | None) -> None:
    """What is not said contradicts nothing."""
    joined = joined_reports(told(Outcome.CANCELED), hk.CancelReport(outcome=Outcome.NOT_SENT, order=later))
    assert joined.outcome is Outcome.CANCELED


@pytest.mark.parametrize("known_by", [KnownBy.JOURNAL, KnownBy.SEEN])
def test_what_a_list_shows_is_not_forgotten(known_by: KnownBy) -> None:
    """An order known of old that the list still has, and that no cancel took off the book, is open."""
    found = FoundOrders()
    found.learn_known(known_by, hk.Order(id="7"))
    found.learn_listed([told(Outcome.REJECTED)])
    assert found.counts() == (1, 0)


@pytest.mark.parametrize("known_by", [KnownBy.JOURNAL, KnownBy.SEEN])
def test_what_was_canceled_is_not_forgotten(known_by: KnownBy) -> None:
    """An order known of old that a cancel of this stop has ended stands in its report, though no list has it."""
    found = FoundOrders()
    found.learn_known(known_by, hk.Order(id="7"))
    found.learn(hk.Order(id="7"), told(Outcome.CANCELED))
    found.learn_listed([])
    assert found.counts() == (1, 1)


def test_an_order_that_was_only_placed_is_told_by_that() -> None:
    """The report of its cancel need not show it."""
    found = FoundOrders()
    found.learn(hk.Order(id="7", symbol="A/B"), hk.CancelReport(outcome=Outcome.NOT_SENT))
    assert [one.order for one in found.all()] == [hk.Order(id="7", symbol="A/B")]


@pytest.mark.parametrize("outcome", [Outcome.UNKNOWN, Outcome.PENDING, Outcome.OFF_BOOK])
def test_what_a_cancel_of_this_stop_may_have_ended(outcome: Outcome) -> None:
    """A list that lacks an order known of old proves no end of it, where a cancel of ours may have been its end."""
    found = FoundOrders()
    found.learn_known(KnownBy.JOURNAL, hk.Order(id="7"))
    found.learn(hk.Order(id="7"), told(outcome))
    found.learn_listed([])
    assert found.counts() == (1, 0)


@pytest.mark.parametrize(("outcome", "attempts"), [(Outcome.UNKNOWN, 0), (Outcome.NOT_FOUND, 1), (Outcome.AUTH, 1)])
def test_what_no_cancel_of_this_stop_can_have_ended(outcome: Outcome, attempts: int) -> None:
    """It ended since it was known."""
    found = FoundOrders()
    found.learn_known(KnownBy.JOURNAL, hk.Order(id="7"))
    found.learn(hk.Order(id="7"), told(outcome, attempts=attempts))
    found.learn_listed([])
    assert found.counts() == (0, 0)


def test_what_neither_list_nor_query_knows() -> None:
    """An order known of old that the venue does not know, either, is no order any more, whatever was in doubt."""
    found = FoundOrders()
    found.learn_known(KnownBy.JOURNAL, hk.Order(id="7"))
    found.learn(hk.Order(id="7"), told(Outcome.UNKNOWN))
    found.learn(hk.Order(id="7"), told(Outcome.NOT_FOUND))
    found.learn_listed([])
    assert found.counts() == (0, 0)


def test_a_create_that_was_never_answered() -> None:
    """A list shows its order, or that there is none, once it cannot be on its way any more."""
    found = FoundOrders()
    found.learn_known(KnownBy.JOURNAL, hk.Order(id=None, client_order_id="doubtful"))
    found.learn_listed([], arrived=False)
    assert (found.counts(), found.has_unanswered) == ((1, 0), True)
    found.learn_listed([])
    assert (found.counts(), found.has_unanswered) == ((0, 0), False)


def test_rows_that_tell_no_id() -> None:
    """They are of the latest list alone, and no list with one is complete."""
    found = FoundOrders()
    nameless = hk.CancelReport(outcome=Outcome.NOT_SENT)
    assert found.learn_listed([nameless, told(Outcome.CANCELED)]) == {("7", None)}
    assert found.counts() == (2, 1)
    assert found.learn_listed([]) == set()
    assert found.counts() == (1, 1)


def report_of(symbol: str | None, outcome: Outcome) -> hk.CancelReport:
    """Report on order 7 of a symbol, by a cancel that was sent."""
    report = told(outcome)
    return report.replace(order=(report.order or hk.Order(id="7")).replace(symbol=symbol))


def test_ids_that_count_by_symbol() -> None:
    """An order is not settled by the end of another symbol's order of its id, nor lost behind it."""
    found = FoundOrders()
    found.learn_listed([report_of("A/B", Outcome.CANCELED)])
    found.learn_listed([report_of("C/D", Outcome.UNKNOWN)])
    found.learn_listed([])
    assert found.counts() == (2, 1)
    [left] = found.unsettled(shown=set())
    assert (left.id, left.symbol) == ("7", "C/D")
    found.learn(left, report_of("C/D", Outcome.CANCELED))
    assert found.counts() == (2, 2)


def test_a_symbol_that_is_not_said_is_that_of_the_id() -> None:
    """Without one there is one order of an id, whoever told of it first; so there is where a symbol is renamed."""
    found = FoundOrders()
    found.learn_listed([report_of("A/B", Outcome.UNKNOWN)])
    found.learn_listed([report_of(None, Outcome.UNKNOWN)])
    [left] = found.unsettled(shown=set())
    found.learn(left, report_of("NEW/B", Outcome.CANCELED))
    assert found.counts() == (1, 1)


def test_one_of_an_order_that_had_ended_before() -> None:
    """It had ended before both where it had before the first of them that was sent."""
    before, not_before = told(Outcome.CANCELED).replace(ended_before=True), told(Outcome.UNKNOWN)
    assert joined_reports(before, not_before).ended_before
    assert not joined_reports(not_before, before).ended_before
    assert joined_reports(told(Outcome.NOT_SENT, attempts=0), before).ended_before
