"""The campaign of streams finds nothing wrong with ours, repeats itself, and would find what is wrong."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from hk_adapter.execution.streams.tracker import Tracker
from hk_adapter.model import CancelOutcome, CancelReport, Evidence, Order, OrderStatus
from hk_adapter.simulator import OrderTruth
from hk_adapter.testing.stream_campaign import lines_of_watching, watch_again, watch_many
from hk_adapter.testing.stream_campaign.cancels import is_wrong
from hk_adapter.testing.stream_campaign.oracle import of_end, of_sequence
from hk_adapter.testing.stream_campaign.run import watch_block


def test_nothing_is_wrong_and_it_repeats_itself() -> None:
    """Every order's state, fills and fees are the venue's truth in the end, and every sequence is valid."""
    result = watch_many(60, 1)
    assert (dict(+result.wrong), result.bans, result.seeds) == ({}, 0, [])
    assert result.orders >= 60
    assert result.updates > result.orders
    assert result.openings > 5
    assert result.found > 0
    assert result.fills > 20
    assert result.balances > result.fills
    assert result.cancels > result.heard > 0
    assert result.untold < result.orders / 2
    assert list(lines_of_watching(watch_many(60, 1))) == list(lines_of_watching(result))


def test_the_number_of_processes_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes that share the scenes count what one counts; a scene too few is played afterwards."""
    alone = watch_many(100, 5)
    monkeypatch.setattr("hk_adapter.testing.stream_campaign.run._LARGEST", 2)
    assert watch_many(100, 5, jobs=2) == alone


def test_a_scene_can_be_played_again_and_told() -> None:
    """By its seed, to the same result, with a timeline."""
    timeline, result = watch_again(7)
    assert result == watch_block((7, 1))
    assert all(words in timeline for words in ("told of", "truth of", "found by asking"))


def order(status: OrderStatus, filled: str = "0") -> Order:
    """Give an order of one unit."""
    return Order(id="1", amount=Decimal(1), filled=Decimal(filled), status=status)


OPEN, CLOSED, CANCELED = OrderStatus.OPEN, OrderStatus.CLOSED, OrderStatus.CANCELED


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ([(OPEN, "0"), (OPEN, "0.5"), (CANCELED, "0.5"), (CANCELED, "0.7")], []),
        ([(CLOSED, "1"), (OPEN, "1")], ["went back"]),
        ([(OPEN, "0.5"), (OPEN, "0.4")], ["went back"]),
        ([(CANCELED, "0.5"), (CLOSED, "1")], ["other end"]),
        ([(OPEN, "0.5"), (OPEN, "0.5")], ["told twice"]),
    ],
)
def test_a_sequence_that_cannot_be(told: list[tuple[OrderStatus, str]], wrong: list[str]) -> None:
    """An end is an end, what is filled only grows, and each change is told once."""
    assert of_sequence([order(*one) for one in told]) == wrong


def truth(**facts: Any) -> OrderTruth:
    """Give the truth of an order: half of it filled, then canceled."""
    shown: dict[str, Any] = dict.fromkeys(OrderTruth.__dataclass_fields__, None)
    return OrderTruth(
        **(
            shown
            | {"status": "PARTIALLY_CANCELED", "filled": Decimal("0.5"), "cost": Decimal(950), "ended_at": 1}
            | facts
        )
    )


@pytest.mark.parametrize(
    ("last", "facts", "wrong"),
    [
        (order(CANCELED, "0.5"), {}, []),
        (order(OPEN, "0.5"), {}, ["wrong state"]),
        (order(CANCELED, "0.4"), {}, ["wrong fills"]),
        (order(CANCELED, "0.5").replace(cost=Decimal(900)), {}, ["wrong fills"]),
        (None, {}, []),
        (None, {"status": "NEW", "ended_at": None}, ["unheard"]),
    ],
)
def test_an_end_that_is_not_true(last: Order | None, facts: dict[str, Any], wrong: list[str]) -> None:
    """What was told last is the truth; one that rests must have been told of."""
    assert of_end(last, truth(**facts), []) == wrong


def test_a_stream_that_is_believed_too_easily_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cancels that take what the stream told last for an order's end."""
    monkeypatch.setattr(Tracker, "heard_end", lambda self, order_id: _as_canceled(self.known(order_id)))
    assert watch_many(60, 1).wrong["wrong cancel"] > 0


def _as_canceled(shown: Order | None) -> Order | None:
    return None if shown is None else shown.replace(status=CANCELED)


def report(outcome: CancelOutcome, told: Order | None = None) -> CancelReport:
    """Make a report of one send."""
    evidence = Evidence.NONE if told is None else Evidence.QUERY
    return CancelReport(outcome=outcome, order=told, evidence=evidence, attempts=1)


@pytest.mark.parametrize(
    ("outcome", "told", "facts", "wrong"),
    [
        (CancelOutcome.PARTIALLY_CANCELED, order(CANCELED, "0.5"), {}, False),
        (CancelOutcome.PARTIALLY_CANCELED, order(CANCELED, "0.4"), {}, True),
        (CancelOutcome.TOO_LATE_FILLED, order(CLOSED, "1"), {}, True),
        (CancelOutcome.PARTIALLY_CANCELED, order(CANCELED, "0.5"), {"ended_at": None}, True),
        (CancelOutcome.OFF_BOOK, None, {}, False),
        (CancelOutcome.OFF_BOOK, None, {"ended_at": None}, True),
        (CancelOutcome.REJECTED, None, {}, True),
        (CancelOutcome.REJECTED, None, {"ended_at": None}, False),
        (CancelOutcome.NOT_SENT, None, {"cancel_sends": 0}, False),
        (CancelOutcome.NOT_SENT, None, {"cancel_sends": 1}, True),
        (CancelOutcome.NOT_FOUND, None, {}, True),
        (CancelOutcome.UNKNOWN, None, {}, False),
    ],
)
def test_a_report_that_claims_too_much(
    outcome: CancelOutcome, told: Order | None, facts: dict[str, Any], wrong: bool
) -> None:
    """An end that did not come, another amount, a refusal of what had ended, a send that is denied."""
    assert is_wrong(report(outcome, told), truth(**facts)) is wrong
