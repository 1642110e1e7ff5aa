"""A client order id that another order had before, or has got since: nothing is sent for that one."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hk_adapter.errors import OutcomeUnknown
from hk_adapter.execution.cancel.outcome import verdict
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.flow.effects import Moment
from hk_adapter.model import CancelOutcome, CancelRequest, Order, OrderStatus, Wait

SENT = 1_760_000_000_000
MINUTE = 60_000


def _doubtful_case() -> CancelCase:
    """Begin with a cancel by client id alone whose answer was lost."""
    case = CancelCase(CancelRequest(client_order_id="mine"))
    case.note_sending(Moment(0.0, SENT, 0.0))
    case.learn_failure(1, OutcomeUnknown("lost"))
    return case


def _order(status: OrderStatus, *, created: int, updated: int, filled: str = "0") -> Order:
    return Order(
        id="9",
        client_order_id="mine",
        status=status,
        amount=Decimal(1),
        filled=Decimal(filled),
        timestamp=created,
        last_update_timestamp=updated,
    )


def test_an_answer_about_another_client_id_accepts_nothing() -> None:
    """Nothing was known of the order: the first one shown is not it where its client order id is another's."""
    case = CancelCase(CancelRequest(client_order_id="mine"))
    case.note_sending(Moment(0.0, SENT, 0.0))
    other = _order(OrderStatus.CANCELED, created=SENT - MINUTE, updated=SENT).replace(client_order_id="theirs")
    case.learn_answer(1, other)
    report = verdict(case, Wait.ACK, 0.0)
    assert (report.outcome, report.accepted, report.order) == (CancelOutcome.UNKNOWN, False, None)


@pytest.mark.parametrize(("order_id", "outcome"), [("9", CancelOutcome.CANCELED), ("10", CancelOutcome.UNKNOWN)])
def test_the_first_order_that_a_look_shows_is_the_one(order_id: str, outcome: CancelOutcome) -> None:
    """A later look that shows another order under the client order id tells nothing of it."""
    case = _doubtful_case()
    case.learn_look(_order(OrderStatus.OPEN, created=SENT - MINUTE, updated=SENT - MINUTE))
    case.learn_look(_order(OrderStatus.CANCELED, created=SENT - MINUTE, updated=SENT + 5).replace(id=order_id))
    assert verdict(case, Wait.FINAL, 0.0).outcome is outcome


@pytest.mark.parametrize("status", [OrderStatus.OPEN, OrderStatus.CANCELED])
def test_an_order_made_since_the_cancel_left(status: OrderStatus) -> None:
    """It is none that the call is to cancel: no repeat goes out by its id, and its end is nobody's here."""
    case = _doubtful_case()
    case.learn_look(_order(status, created=SENT + MINUTE, updated=SENT + MINUTE), 1.0)
    assert case.order_id is None
    assert verdict(case, Wait.FINAL, 1.0).outcome is CancelOutcome.UNKNOWN


def test_an_end_of_long_ago_that_contradicts_itself() -> None:
    """A row of an order that ended before the cancel left does not tell by which id to repeat it."""
    case = _doubtful_case()
    old = _order(OrderStatus.CANCELED, created=SENT - 2 * MINUTE, updated=SENT - MINUTE, filled="1")
    case.learn_look(old, 1.0)
    case.learn_look(old, 3.0)
    assert case.order_id is None
    assert verdict(case, Wait.FINAL, 3.0).outcome is CancelOutcome.UNKNOWN


def test_an_order_that_was_there_is_the_one() -> None:
    """Open, and made before the cancel left: its id is the one by which the cancel is repeated."""
    case = _doubtful_case()
    case.learn_look(_order(OrderStatus.OPEN, created=SENT - MINUTE, updated=SENT - MINUTE), 1.0)
    assert case.order_id == "9"
