"""``hk-adapter demo``: one cancel shown three ways, readable anywhere, with nothing set up."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest
from click.testing import Result

TWELVE = (
    '"accountId": ',
    '"symbol": "ETHUSD"',
    '"clientOrderId": ',
    '"orderId": ',
    '"transactTime": ',
    '"price": "1900"',
    '"origQty": "1"',
    '"executedQty": "0"',
    '"status": "NEW"',
    '"timeInForce": "GTC"',
    '"type": "LIMIT"',
    '"side": "BUY"',
)
MODEL = ("account_id=", "symbol='ETH/USD'", "status='pending_cancel'", "amount=Decimal('1')", "time_in_force='GTC'")
CCXT = ("'clientOrderId': ", "'status': 'open'", "'amount': 1.0", "'timeInForce': 'GTC'")

Start = Callable[..., "subprocess.Popen[str]"]


def test_the_answer_is_shown_three_ways(invoke: Callable[..., Result]) -> None:
    """The twelve documented fields stand beside the model and the ccxt dict."""
    result = invoke("demo")
    assert result.exit_code == 0
    answer, _, query = result.stdout.partition("3. GET")
    for words in (*TWELVE, *MODEL, *CCXT):
        assert words in answer
    for words in ('"status": "CANCELED"', "status='canceled'", "'status': 'canceled'"):
        assert words in query


def test_the_words_tell_answer_and_proof_apart(invoke: Callable[..., Result]) -> None:
    """It is said that the answer said NEW, and that the confirming query is the proof."""
    words = " ".join(invoke("demo").stdout.split())
    assert "The answer said NEW: it shows the order as it was before the cancel" in words
    assert "The confirming query said CANCELED, with 0 of 1 filled. That is the proof" in words


@pytest.mark.parametrize("environment", [{}, {"FORCE_COLOR": "1", "COLUMNS": "40", "TERM": "xterm-256color"}])
def test_it_runs_in_a_pipe_with_nothing_set_up(start: Start, environment: dict[str, str]) -> None:
    """In a pipe, with an empty HOME: exit 0, no colour, and no line beyond 100 columns."""
    out, err = start("demo", **environment).communicate(timeout=20)
    assert err == ""
    assert '"status": "NEW"' in out
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) <= 100


def test_it_runs_where_only_ascii_can_be_written(start: Start) -> None:
    """An output that takes only ASCII gets only that."""
    process = start("demo", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")
    assert out.isascii()


def test_a_reader_that_leaves_early_sees_no_traceback(start: Start) -> None:
    """Output that nobody takes ends in 1, without a traceback."""
    process = start("demo")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.wait(timeout=20) == 1
    assert process.stderr.read() == ""
