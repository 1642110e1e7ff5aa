"""``~`` is the home directory wherever a path is given: in an argument, a profile, a variable, an option."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import hk_adapter as hk
from hk_adapter.cli.command import command
from hk_adapter.plugins.audit import Audit
from hk_adapter.plugins.journal import Journal
from hk_adapter.plugins.risk import CreateBlock
from hk_adapter.settings import load_profile
from tests.cases import each

DESK = {"environment": "simulator"}
ORDER = ("ETH/USD", "limit", "buy", "1", "1900")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a home with a directory in it, and stand in another one that has none of that name."""
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    (home / "desk").mkdir(parents=True)
    elsewhere.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(elsewhere)
    return home


@each("wrapper", [Journal, Audit])
def test_of_a_file_that_is_written(wrapper: Callable[[str], object], home: Path, tmp_path: Path) -> None:
    """It lies there, and no directory called ``~`` is made where the bot was started."""
    with hk.connect("hashkey", **DESK, plugins=[wrapper("~/desk/written")]) as venue:
        venue.create_order(*ORDER)
    assert (home / "desk" / "written").is_file()
    assert not list((tmp_path / "elsewhere").iterdir())


@each("variable", ["HK_ADAPTER_JOURNAL", "HK_ADAPTER_AUDIT"])
def test_of_a_variable(variable: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No shell expands what a service manager sets."""
    monkeypatch.setenv(variable, "~/desk/written")
    with hk.connect("hashkey", **DESK, plugins=[variable.rpartition("_")[2].lower()]) as venue:
        venue.create_order(*ORDER)
    assert (home / "desk" / "written").is_file()


def test_of_a_block_file(home: Path) -> None:
    """A bot that names it so heeds the file that an operator's shell has put up there."""
    with hk.connect("hashkey", **DESK, plugins=[CreateBlock("~/desk/stop")]) as venue:
        assert venue.create_order(*ORDER).status == "open"
        (home / "desk" / "stop").touch()
        with pytest.raises(hk.OrderDenied):
            venue.create_order(*ORDER)


def test_of_a_pools_block_file(home: Path) -> None:
    """All its members heed the one that is there."""
    (home / "desk" / "stop").touch()
    desk = hk.PoolAccount("desk", "hashkey", **DESK)
    with hk.VenuePool([desk], block_file="~/desk/stop") as pool, pytest.raises(hk.OrderDenied):
        pool["desk"].create_order(*ORDER)


def test_of_authorities(home: Path) -> None:
    """An argument and a profile name their file so; that it holds no certificates shows that it was found."""
    (home / "desk" / "ca.pem").write_text("none")
    config = home / "desk" / "config.toml"
    config.write_text('[profiles.desk]\nvenue = "hashkey"\nca_file = "~/desk/ca.pem"\n')
    config.chmod(0o600)
    with pytest.raises(hk.ConfigurationError, match=r"home/desk/ca\.pem"):
        hk.connect("hashkey", environment="sandbox", ca_file="~/desk/ca.pem").fetch_time()
    assert load_profile("hashkey", profile="desk", env={"HK_ADAPTER_CONFIG": "~/desk/config.toml"})


def test_without_a_home_it_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container's user without a name has none: the command says in one line what is not there."""
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", lambda _: (_ for _ in ()).throw(KeyError))
    result = CliRunner().invoke(
        command,
        ["watchdog", "--timeout", "5s", "--socket", "~/desk/watchdog", "--venue", "hashkey", "--environment",
         "simulator", "--base-url", "http://127.0.0.1:1"],
    )  # fmt: skip
    assert (result.exit_code, "there is no such directory" in result.output) == (2, True)
