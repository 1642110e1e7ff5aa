"""The exit code of a cancel, for every outcome and for every error outside a report."""

from __future__ import annotations

import inspect
import socket
from collections.abc import Callable

import pytest
from click.testing import Result

from hk_adapter import errors
from hk_adapter.cli.exit_codes import MEANINGS, ExitCode, code_of_error, code_of_report
from hk_adapter.cli.show import SENTENCES, report_text
from hk_adapter.errors import AdapterError, Mismatch, PluginError, RequestState
from hk_adapter.model import CancelOutcome, CancelReport, Order, Wait
from hk_adapter.simulator.server import Served
from tests.cases import each

Invoke = Callable[..., Result]

ORDER = Order(id="1")
PATH = "/api/v1/spot/order"
ERRORS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, AdapterError)]


@each("wait", Wait)
@each("outcome", CancelOutcome)
def test_0_is_what_cancel_order_returns_for(outcome: CancelOutcome, wait: Wait) -> None:
    """A cancel ends in 0 exactly where ``cancel_order`` would have returned the order."""
    report = CancelReport(outcome=outcome, order=ORDER, wait=wait)
    try:
        report.order_or_raise()
    except AdapterError:
        assert code_of_report(report) not in {ExitCode.DONE, ExitCode.MISMATCH}
    else:
        assert code_of_report(report) is ExitCode.DONE


@each("outcome", [outcome for outcome in CancelOutcome if not outcome.final])
def test_an_outcome_has_the_code_of_the_error_it_raises(outcome: CancelOutcome) -> None:
    """Whether a failure comes as a report or as an error, a script sees the same code."""
    report = CancelReport(outcome=outcome)
    with pytest.raises(AdapterError) as raised:
        report.order_or_raise()
    assert code_of_report(report) is code_of_error(raised.value)


def test_a_mismatch_is_told_apart_from_success() -> None:
    """A proven cancel of an order that contradicts the arguments ends in 7."""
    report = CancelReport(outcome=CancelOutcome.CANCELED, order=ORDER, error=Mismatch("another symbol"))
    assert code_of_report(report) is ExitCode.MISMATCH


def test_a_mismatch_does_not_hide_doubt() -> None:
    """An outcome that is not proven keeps its code, whatever else is wrong."""
    report = CancelReport(outcome=CancelOutcome.UNKNOWN, order=ORDER, error=Mismatch("another symbol"))
    assert code_of_report(report) is ExitCode.UNKNOWN


@each("kind", ERRORS)
def test_no_error_ends_in_0(kind: type[AdapterError]) -> None:
    """Every error of the tree has a documented code that is not success."""
    code = code_of_error(kind("why"))
    assert code in MEANINGS
    assert code is not ExitCode.DONE


@pytest.mark.parametrize(("state", "code"), [(RequestState.NOT_SENT, 2), (RequestState.UNKNOWN, 6)])
def test_a_broken_plugin_ends_by_what_it_sent(state: RequestState, code: int) -> None:
    """A plugin that broke after sending leaves doubt; before, it is a setting to mend."""
    assert code_of_error(PluginError("broken", request_state=state)) == code


@each("outcome", CancelOutcome)
def test_every_outcome_has_words(outcome: CancelOutcome) -> None:
    """The words begin with the outcome, and promise a proof exactly where it is final."""
    words = report_text(CancelReport(outcome=outcome, order=ORDER))
    assert words.startswith(f"{outcome}: {SENTENCES[outcome]}\n")
    assert ("proven off the book" in SENTENCES[outcome]) is outcome.final


def test_accepted_is_enough_under_ack(cancel: Invoke, order_id: str) -> None:
    """Under --wait ack the acceptance ends in 0, and the words do not call the order canceled."""
    result = cancel(order_id, "--wait", "ack")
    assert result.exit_code == 0
    assert result.stdout.startswith("pending: ")
    assert "status       pending_cancel (the venue's word: NEW)" in result.stdout


def test_accepted_without_proof_ends_in_6(cancel: Invoke, order_id: str, served: Served) -> None:
    """A cancel whose confirming queries all fail is pending: 6, though the venue accepted it."""
    served.control.fail_next("cut", method="GET", path=PATH, times=9)
    result = cancel(order_id, "--timeout", "0.3")
    assert result.exit_code == 6
    assert result.stdout.startswith("pending: ")
    assert result.stderr.startswith("hk-adapter: OutcomeUnknown: ")


def test_a_lost_answer_ends_in_6(cancel: Invoke, order_id: str, served: Served) -> None:
    """A cancel whose answer was lost and cannot be looked into is unknown: 6."""
    served.control.fail_next("cut", path=PATH, times=9)
    result = cancel(order_id, "--timeout", "0.3")
    assert result.exit_code == 6
    assert result.stdout.startswith("unknown: ")


def test_another_symbol_ends_in_7(cancel: Invoke, order_id: str, served: Served) -> None:
    """--symbol that the canceled order contradicts ends in 7, with the mismatch on stderr."""
    result = cancel(order_id, "--symbol", "BTC/USD")
    assert result.exit_code == 7
    assert served.control.order(order_id).status == "CANCELED"
    assert result.stderr.startswith("hk-adapter: Mismatch: ")


@pytest.mark.parametrize(("fault", "code"), [({"code": "-1145"}, 3), ({"code": "-1102"}, 3), ({"status": 429}, 5)])
def test_refusals_end_by_their_class(
    fault: dict[str, object], code: int, cancel: Invoke, order_id: str, served: Served
) -> None:
    """A refused cancel ends in 3, one that was sent too often in 5, and the order rests on."""
    served.control.fail_next(method="DELETE", **fault)  # type: ignore[arg-type]
    assert cancel(order_id).exit_code == code
    assert served.control.order(order_id).status == "NEW"


def test_nobody_listening_ends_in_5(invoke: Invoke) -> None:
    """A cancel that reached nobody is safe to repeat."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        result = invoke("cancel", "1", "--venue", "hashkey", "--environment", "simulator", "--base-url", url)
    assert result.exit_code == 5
