"""The reference of the command says what the command does: codes, commands, options and JSON keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import Result

from hk_adapter import OutcomeUnknown
from hk_adapter.cli.command import command
from hk_adapter.cli.exit_codes import MEANINGS, OUTCOMES
from hk_adapter.cli.kill_output import kill_data
from hk_adapter.fleet import AccountStop, KillReport, StoppedOrder
from hk_adapter.model import CancelOutcome, CancelReport, Order, OrderUpdate, plain
from tests.cases import each

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "command.md").read_text(encoding="utf-8")


def _section(title: str) -> str:
    """Give the text under a heading."""
    found = re.search(rf"^#+ {re.escape(title)}$(.*?)(?=^#|\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found is not None, title
    return found[1]


def _rows(title: str) -> list[list[str]]:
    """Give the cells of the table under a heading, without its head."""
    rows = [line.strip("|").split("|") for line in _section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def test_exit_codes_are_documented_as_they_are() -> None:
    """The page's table has the code's codes, in the same words, each with its outcomes."""
    documented = {
        int(code): (meaning, set(re.findall(r"`(\w+)`", words))) for code, meaning, words in _rows("Exit codes")
    }
    assert documented == {
        int(code): (meaning, {str(outcome) for outcome in CancelOutcome if OUTCOMES[outcome] is code})
        for code, meaning in MEANINGS.items()
    }


@pytest.mark.parametrize("arguments", [("--help",), ("cancel", "--help")])
def test_exit_codes_are_in_the_help(arguments: tuple[str, ...], invoke: Callable[..., Result]) -> None:
    """--help prints every exit code with its meaning."""
    lines = [line.strip() for line in invoke(*arguments).stdout.splitlines()]
    for code, meaning in MEANINGS.items():
        assert f"{int(code)}  {meaning}" in lines


def test_every_command_is_documented() -> None:
    """Each command has a section and a row of its own."""
    documented = {row[0].strip("`").removeprefix("hk-adapter ") for row in _rows("The command: `hk-adapter`")}
    assert documented == set(command.commands)
    for name in command.commands:
        assert _section(f"`hk-adapter {name}`")


@each("name", ["cancel", "watch", "kill", "recover", "simulator"])
def test_every_argument_is_documented(name: str) -> None:
    """The table of a command has its arguments and options, and no others."""
    documented = {row[0].strip("`") for row in _rows(f"`hk-adapter {name}`")}
    parameters = command.commands[name].params
    assert documented == {
        one.opts[0] if isinstance(one, click.Option) else (one.name or "").upper() for one in parameters
    }


def test_every_json_key_is_documented() -> None:
    """The table of the JSON object has its keys, in their order."""
    documented = [row[0].strip("`") for row in _rows("The JSON object")]
    assert documented == list(plain(CancelReport(outcome=CancelOutcome.UNKNOWN)))


def test_every_json_key_of_an_error_is_documented() -> None:
    """The table of an error has the keys that every error has, in their order."""
    documented = [row[0].strip("`") for row in _rows("An error as JSON")]
    assert documented == list(plain(OutcomeUnknown("")))


def test_every_json_key_of_an_update_is_documented() -> None:
    """Its table has the keys of an update, in their order."""
    documented = [row[0].strip("`") for row in _rows("The JSON object of an update")]
    assert documented == list(plain(OrderUpdate(order=Order(id="1"))))


def test_every_json_key_of_a_kill_is_documented() -> None:
    """Its tables have the keys of the report, of an account and of an order, in their order."""
    order = StoppedOrder(order_id=None, order=None)
    stop = AccountStop(account="a", venue_id="b", orders=(order,))
    report = KillReport(accounts=(stop,))
    data = kill_data(report)
    told = [list(data), list(data["accounts"][0]), list(data["accounts"][0]["orders"][0])]
    rows = [row[0].strip("`") for row in _rows("The JSON object of a kill")]
    assert [row for row in rows if not row.startswith(("key of", "---"))] == [key for keys in told for key in keys]
