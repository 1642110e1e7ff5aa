"""``hk-adapter campaign`` beyond its verdicts: causes, faults of one's own choice, and through ccxt."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from hk_adapter.cli.campaign import campaign
from hk_adapter.cli.exit_codes import ExitCode
from hk_adapter.testing.campaign.ccxt_judge import FALSE, Claim
from hk_adapter.testing.campaign.unresolved import Cause


def _invoke(*arguments: str) -> Result:
    return CliRunner().invoke(campaign, arguments)


def _counts(result: Result, name: str) -> list[int]:
    """Read the numbers of the line that a name begins."""
    lines = [line.strip() for line in result.stdout.splitlines()]
    [line] = [line for line in lines if line.startswith(f"{name}  ")]
    return [int(word.replace(",", "")) for word in line.removeprefix(name).partition("--")[0].split()]


def test_every_cause_has_its_line() -> None:
    """The unresolved are split by cause and fault rate, into what could have been proven and what could not."""
    result = _invoke("--cancels", "300", "--seed", "4")
    assert result.exit_code == ExitCode.DONE
    assert all(len(_counts(result, cause)) == 2 for cause in Cause)
    sums = [_counts(result, name) for name in ("nothing could prove it", "could have been proven")]
    assert sum(map(sum, sums)) == sum(sum(_counts(result, cause)) for cause in Cause)


def test_the_fault_rate_can_be_chosen() -> None:
    """--faults replaces the two rates; without any fault nothing strikes."""
    result = _invoke("--cancels", "50", "--faults", "0", "--only", "usual")
    assert "0 kinds of faults struck 0 times" in result.stdout
    assert [line.split()[0] for line in result.stdout.splitlines() if line.strip().startswith("0%")] == ["0%"]


def test_one_kind_can_be_played_alone() -> None:
    """--only KIND plays that kind, and tells it in a line of its own; --replay takes it too."""
    result = _invoke("--cancels", "40", "--only", "odd-ids")
    assert result.exit_code == ExitCode.DONE
    assert _counts(result, "odd-ids")[0] >= 40
    assert "raised InvalidArgument" in _invoke("--only", "odd-ids", "--replay", "3").stdout


def test_a_kind_that_nobody_knows_is_refused_with_all_that_there_are() -> None:
    """Whoever mistypes a kind is told the others."""
    result = _invoke("--only", "list")
    assert result.exit_code == ExitCode.USAGE
    assert all(kind in " ".join(result.stderr.split()) for kind in ("lagging-views", "wrappers", "usual"))


@pytest.mark.parametrize("through", ["ccxt", "ccxt-and-fetch"])
def test_through_ccxt_every_word_has_its_line(through: str) -> None:
    """One line a word; false ones name seeds that tell the same story again; it compares, so it ends in 0."""
    pytest.importorskip("ccxt")
    result = _invoke("--through", through, "--cancels", "300", "--seed", "4", "--faults", "0.5")
    assert result.exit_code == ExitCode.DONE
    assert sum(_counts(result, told)[0] for told in Claim) >= 300
    word = next(told for told in FALSE if _counts(result, told)[0])
    line = next(line for line in result.stdout.splitlines() if line.strip().startswith(word))
    seed = line.partition("--replay ")[2].split(",")[0]
    replayed = _invoke("--through", through, "--replay", seed, "--faults", "0.5")
    assert replayed.exit_code == ExitCode.DONE
    assert word in replayed.stdout.splitlines()[-1]
    assert "cancel_order" in replayed.stdout
