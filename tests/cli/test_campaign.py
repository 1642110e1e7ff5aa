"""``hk-adapter campaign``: what it prints, and how it ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import Result

from hk_adapter.cli.exit_codes import ExitCode
from hk_adapter.errors import AdapterError, NotSent, OutcomeUnknown
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.execution.streams.tracker import Tracker
from hk_adapter.model import Order
from hk_adapter.testing.campaign.verdicts import Verdict
from hk_adapter.testing.stream_campaign.oracle import COLUMNS

Invoke = Callable[..., Result]


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the resolver say "not sent" of what may have left."""
    learn = CancelCase.learn_failure

    def forget(self: CancelCase, sent: int, error: AdapterError) -> None:
        lost = isinstance(error, OutcomeUnknown)
        learn(self, 0 if lost else sent, NotSent("it timed out") if lost else error)

    monkeypatch.setattr(CancelCase, "learn_failure", forget)


def test_every_verdict_has_its_line_and_nothing_wrong_ends_in_0(invoke: Invoke) -> None:
    """One line a verdict, sends and unresolved by fault rate, exit code 0."""
    result = invoke("campaign", "--cancels", "300", "--seed", "3")
    assert result.exit_code == ExitCode.DONE
    lines = [line.split() for line in result.stdout.splitlines()]
    for verdict in Verdict:
        assert [*verdict.split(), "0"] in lines
    assert {"1%", "25%"} <= {line[0] for line in lines if line}


@pytest.mark.usefixtures("broken")
def test_anything_wrong_ends_in_1_and_names_seeds_to_replay(invoke: Invoke) -> None:
    """A bad column fails the command, and its seed tells the same story again."""
    result = invoke("campaign", "--cancels", "300", "--seed", "3")
    assert result.exit_code == ExitCode.FAULT
    told = next(line for line in result.stdout.splitlines() if "--replay" in line)
    seed = told.partition("--replay ")[2].split(",")[0]
    replayed = invoke("campaign", "--replay", seed)
    assert replayed.exit_code == ExitCode.FAULT
    assert "cancel goes out" in replayed.stdout
    assert replayed.stdout.splitlines()[-1] != "wrong: nothing"


def test_a_replay_of_a_sound_scenario_ends_in_0(invoke: Invoke) -> None:
    """Replay tells what happened, and that nothing was wrong."""
    result = invoke("campaign", "--replay", "5")
    assert result.exit_code == ExitCode.DONE
    assert result.stdout.splitlines()[-1] == "wrong: nothing"


def test_watched_orders_have_a_line_for_each_way_to_be_wrong(invoke: Invoke) -> None:
    """Nothing wrong ends in 0."""
    result = invoke("campaign", "--orders", "30", "--seed", "3")
    assert result.exit_code == ExitCode.DONE
    lines = [line.split() for line in result.stdout.splitlines()]
    assert [line for line in lines if line[-1] == "0"] == [[*column.split(), "0"] for column in COLUMNS]


def test_a_watch_that_misses_ends_is_found_out(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends in 1, and names the scene; in this one no reconnect would mend what the stream told."""
    heard = Tracker.heard

    def deaf(self: Tracker, order: Order, at: float) -> Order | None:
        return None if order.status is not None and order.status.final else heard(self, order, at)

    monkeypatch.setattr(Tracker, "heard", deaf)
    monkeypatch.setattr(Tracker, "proven", lambda self, order, asked: None)  # nor what its own cancels asked for
    result = invoke("campaign", "--orders", "30", "--seed", "6")
    assert result.exit_code == ExitCode.FAULT
    assert "scenes with anything wrong: --replay 6" in result.stdout


@pytest.mark.parametrize(
    ("line", "option"),
    [
        ("--enumerate --replay 3", "--replay"),
        ("--enumerate --depth 3 --only usual", "--only"),
        ("--orders 10 --stream", "--stream"),
        ("--orders 10 --faults 0.2", "--faults"),
        ("--through ccxt --only usual", "--only"),
        ("--through ccxt --stream", "--stream"),
        ("--replay 3 --seed 4", "--seed"),
        ("--replay 3 --cancels 4", "--cancels"),
        ("--cancels 4 --depth 3", "--depth"),
    ],
)
def test_no_option_is_passed_over(invoke: Invoke, line: str, option: str) -> None:
    """One that does not go with the others is wrong usage: who gave it would believe that it counted."""
    result = invoke("campaign", *line.split())
    assert (result.exit_code, result.stdout) == (ExitCode.USAGE, "")
    assert f"{option} does not go with --" in result.stderr


def test_an_option_without_its_own_way_names_that(invoke: Invoke) -> None:
    """And not the usual way, which nobody named."""
    result = invoke("campaign", "--depth", "3")
    assert result.exit_code == ExitCode.USAGE
    assert "--depth goes with --enumerate alone" in result.stderr


def test_a_kind_alone_has_no_table_of_fault_rates(invoke: Invoke) -> None:
    """Those are of the usual kind, and a table without a row says nothing."""
    told = invoke("campaign", "--cancels", "20", "--only", "lagging-views").stdout
    assert "lagging-views" in told
    assert "fault rate" not in told
    assert "unresolved  wrong" in told
