"""Some venues count ids by symbol: what is told of one order is told of no other, though both have the id."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hk_adapter import CancelOutcome, Order, OrderStatus
from hk_adapter.errors import CancelRejected, CancelRejectReason, OutcomeUnknown
from hk_adapter.execution.cancel.one import case_for, look_requests
from hk_adapter.execution.cancel.outcome import verdict
from hk_adapter.execution.cancel.same_order import tell_each_other
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.execution.known_orders import KnownOrders
from hk_adapter.flow.effects import Moment
from hk_adapter.model import CancelRequest, Wait

NOW = 1_700_000_000_000
MINE = Order(
    id="17",
    client_order_id="mine",
    symbol="ETH/USD",
    amount=Decimal(1),
    filled=Decimal(0),
    status=OrderStatus.OPEN,
    timestamp=NOW - 9000,
)
OTHER = MINE.replace(symbol="BTC/USD")


def sent(request: CancelRequest) -> CancelCase:
    """Return a cancel that is about to leave."""
    case = CancelCase(request)
    case.note_sending(Moment(0.0, NOW, doubt=0.0))
    return case


def too_late() -> CancelRejected:
    """Return a refusal that says that the order has ended, and names none."""
    return CancelRejected("it has ended", reason=CancelRejectReason.TOO_LATE, code="-1139")


def outcome(case: CancelCase) -> CancelOutcome:
    """Return what a cancel is reported as now."""
    return verdict(case, Wait.FINAL, 1.0).outcome


@pytest.mark.parametrize("rows", [(MINE, OTHER), (OTHER, MINE), (MINE, OTHER, OTHER)])
def test_a_code_is_not_told_of_either_of_two_orders(rows):
    """A call named no symbol, and looks show orders of two: which of them has ended nobody said."""
    case = sent(CancelRequest(order_id="17"))
    case.learn_failure(1, too_late())
    for at, row in enumerate(rows):
        case.learn_look(row, float(at))
    assert outcome(case) is CancelOutcome.UNKNOWN


def test_nor_is_the_end_in_an_answer():
    """The answer showed the end of the one, and looks show that the other rests."""
    case = sent(CancelRequest(order_id="17"))
    case.learn_answer(1, MINE.replace(status=OrderStatus.CANCELED))
    for at in (1.0, 3.0):
        case.learn_look(OTHER, at)
    assert outcome(case) is CancelOutcome.PENDING


@pytest.mark.parametrize(
    ("symbol", "rows"), [(None, (MINE, MINE)), ("ETH/USD", (MINE, OTHER)), (None, (MINE, MINE.replace(symbol=None)))]
)
def test_a_code_is_told_of_the_order_that_was_named(symbol, rows):
    """Where one symbol was shown, or the caller named it, a view that shows the order open is an older one."""
    case = sent(CancelRequest(order_id="17", symbol=symbol))
    case.learn_failure(1, too_late())
    for at, row in enumerate(rows):
        case.learn_look(row, float(at))
    assert outcome(case) is CancelOutcome.OFF_BOOK


def test_an_id_that_a_row_told_goes_with_the_symbol_that_it_told():
    """By that id alone a look, or a repeat, could reach an order of another symbol."""
    case = sent(CancelRequest(client_order_id="mine"))
    assert [(one.order_id, one.symbol) for one in look_requests(case)] == [(None, None)]
    case.learn_failure(1, OutcomeUnknown("no answer"))
    case.learn_look(MINE, 1.0)
    assert (case.order_id, case.symbol) == ("17", "ETH/USD")
    assert [(one.order_id, one.symbol) for one in look_requests(case)] == [("17", "ETH/USD"), (None, "ETH/USD")]


@pytest.mark.parametrize("request_", [CancelRequest(order_id="17"), CancelRequest(order_id="17", symbol="BTC/USD")])
def test_what_the_caller_names_stays_as_it_is(request_):
    """Whatever symbol a row shows under the id that was given."""
    case = sent(request_)
    case.learn_look(MINE, 1.0)
    assert case.symbol == request_.symbol
    assert [one.symbol for one in look_requests(case)] == [request_.symbol]


def two_of_one_id(**by_client_id) -> list[CancelCase]:
    """Return cancels of one call: one by its id, which was accepted and shown, and one by a client id, in doubt."""
    one = sent(CancelRequest(order_id="17", symbol="ETH/USD"))
    one.learn_answer(1, MINE.replace(filled=Decimal("0.5"), remaining=None))
    other = sent(CancelRequest(client_order_id="mine", **by_client_id))
    other.learn_failure(1, OutcomeUnknown("no answer"))
    return [one, other]


def test_cancels_of_two_symbols_know_nothing_of_each_other():
    """Though they have the id, and the client's id: the send of the one is none for the other, nor are its fills."""
    one, other = two_of_one_id(symbol="BTC/USD")
    tell_each_other([one, other])
    assert other.last_seen is None
    other.learn_look(OTHER, 1.0)
    tell_each_other([one, other])
    assert outcome(other) is CancelOutcome.UNKNOWN
    other.learn_look(OTHER.replace(status=OrderStatus.CANCELED, last_update_timestamp=NOW + 10), 2.0)
    assert outcome(other) is CancelOutcome.CANCELED
    assert [one.doubtful_beside, one.maybe_beside] == [False, False]


@pytest.mark.parametrize("named", [{}, {"symbol": "ETH/USD"}])
def test_cancels_that_may_be_of_one_order_do(named):
    """One that names no symbol, or the same."""
    one, other = two_of_one_id(**named)
    tell_each_other([one, other])
    assert (other.last_seen.id, outcome(other)) == ("17", CancelOutcome.PENDING)
    assert one.doubtful_beside


def test_what_was_placed_under_a_clients_id_is_known_of_its_symbol():
    """Where the client's ids count by symbol, too, the order placed last is not the one that is canceled."""
    known = KnownOrders()
    known.note_placed("17", "mine", 5.0, "ETH/USD")
    known.note_placed("18", "mine", 7.0, "BTC/USD")
    asked = [CancelRequest(client_order_id="mine", symbol=one) for one in ("ETH/USD", "BTC/USD", None, "XRP/USD")]
    cases = [case_for(request, known) for request in asked]
    assert [(case.meant_id, case.placed_at) for case in cases] == [("17", 5.0), ("18", 7.0), ("18", 7.0), (None, None)]
    for order_id, symbol in ((None, None), ("19", "ETH/USD")):  # of one create: what was asked for, and what was shown
        known.note_placed(order_id, "mine", 8.0, symbol)
    assert [case_for(request, known).meant_id for request in asked] == ["19", None, "19", None]
