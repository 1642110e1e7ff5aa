"""Every option that takes a time takes it in the same ways."""

from __future__ import annotations

import click
import pytest

from hk_adapter.cli.command import command
from hk_adapter.cli.durations import DAY, Duration
from hk_adapter.venue.api.arguments import LONGEST_TIMEOUT


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30.0), ("2m", 120.0), ("1h", 3600.0), ("0.3", 0.3), (".5s", 0.5), ("10", 10.0)]
)
def test_seconds_or_a_number_with_a_unit(text: str, seconds: float) -> None:
    """Seconds, or a number with a unit."""
    assert Duration().convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "0", "-1", "soon", "30sec", "1m30s", "nan", "inf", "1e9", "\u0663"])
def test_what_is_no_time(text: str) -> None:
    """It is refused with what was given, and with an example."""
    with pytest.raises(click.BadParameter, match=r"must be a time above 0.*such as 30s") as refused:
        Duration().convert(text, None, None)
    assert repr(text) in str(refused.value)


def test_a_day_at_most() -> None:
    """Where longer makes no sense, the limit is told."""
    assert Duration(DAY).convert("24h", None, None) == DAY
    with pytest.raises(click.BadParameter, match="at most a day"):
        Duration(DAY).convert("25h", None, None)


TIMEOUTS = [option for one in command.commands.values() for option in one.params if "timeout" in str(option.name)]


def test_all_options_of_time() -> None:
    """No command takes one as a bare number only."""
    assert len(TIMEOUTS) >= 5
    assert {type(option.type) for option in TIMEOUTS} == {Duration}


@pytest.mark.parametrize("option", TIMEOUTS, ids=lambda option: option.opts[0])
def test_a_timeout_that_no_call_takes(option: click.Parameter) -> None:
    """It is refused as the command starts, not by the call: a watchdog's is made when the bot is silent already."""
    assert option.type.convert("1h", option, None) == LONGEST_TIMEOUT
    with pytest.raises(click.BadParameter, match="above 0 and at most an hour"):
        option.type.convert("3600.1", option, None)
