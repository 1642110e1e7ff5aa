"""What a profile says to its wrappers reaches them, of the types that they declare, and is shown nowhere."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import hk_adapter as hk
from hk_adapter.cli.command import command
from hk_adapter.registry import load_wrapper
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, serve

Install = Callable[..., Path]
Write = Callable[[str], None]

WRAPPER = """
from decimal import Decimal
from hk_adapter import ConfigurationError, wraps_flow

MADE = []

class Watch:
    hk_adapter_settings = {"most": (Decimal, dict), "names": list, "token": str, "pace": float, "strict": bool}

    def __init__(self, **given):
        if given.get("token") == "canary-worn":
            raise ConfigurationError("watch: the token is worn")
        if given.get("token") == "canary-broken":
            raise RuntimeError(f"broke on {given}")
        MADE.append(given)
        self.given = given

    @wraps_flow
    async def operate(self, flow, operation):
        if self.given.get("token") == "canary-failing":
            raise RuntimeError(f"failed with {self.given}")
        await flow

class Plain:
    @wraps_flow
    async def operate(self, flow, operation):
        await flow

class Wrong(Plain):
    hk_adapter_settings = {"when": complex}

plain = Plain()
"""
ENTRIES = """[hk_adapter.plugins]
watch = acme_watch:Watch
plain = acme_watch:Plain
object = acme_watch:plain
wrong = acme_watch:Wrong
"""


@pytest.fixture(autouse=True)
def installed(install: Install) -> None:
    """Install wrappers."""
    install("watch-dist", ENTRIES, {"acme_watch": WRAPPER})


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write a profile for HashKey with some wrappers, and name it."""
    config = tmp_path / "config.toml"
    monkeypatch.setenv("HK_ADAPTER_CONFIG", str(config))

    def write(text: str) -> None:
        config.write_text(f'[profiles.desk]\nvenue = "hashkey"\n{text}')
        config.chmod(0o600)

    return write


def connect(**given: Any) -> None:
    """Open a connection with that profile, and close it."""
    hk.connect("hashkey", profile="desk", api_key="k", secret="s", **given).close()


def made() -> list[dict[str, Any]]:
    """What the wrapper was made with."""
    from acme_watch import MADE  # type: ignore[import-not-found]  # noqa: PLC0415 - installed for the test

    return list(MADE)


def test_settings_reach_the_wrapper_that_they_are_for(desk: Write) -> None:
    """Each as it is written, but for decimals, which are text there; without a table there are none."""
    desk(
        'plugins = ["plain", "watch"]\n[profiles.desk.plugin_settings.watch]\n'
        'most = "0.10"\nnames = ["a"]\npace = 2\nstrict = true\n'
    )
    connect()
    desk('plugins = ["watch"]\n[profiles.desk.plugin_settings.watch]\nmost = { "ETH/USD" = "5" }\n')
    connect()
    desk('plugins = ["watch"]\n')
    connect()
    assert made() == [
        {"most": Decimal("0.10"), "names": ["a"], "pace": 2, "strict": True},
        {"most": {"ETH/USD": "5"}},
        {},
    ]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("watch = 7", "'plugin_settings' that are not a table for each plugin"),
        ("risk = {}", "plugin_settings for 'risk', which its plugins do not name"),
        ('watch = { tokens = "canary-t" }', "wrapper 'watch' does not know the setting 'tokens'; it knows most, names"),
        (
            'watch = { most = "canary-t" }',
            "setting most of wrapper 'watch' must be a Decimal, or one as text or a table",
        ),
        ("watch = { most = 0.5 }", "must be a Decimal, or one as text or a table"),
        ('watch = { names = "canary-t" }', "must be a list"),
        ("watch = { strict = 1 }", "must be true or false"),
        ("watch = { pace = true }", "must be a number"),
        ('watch = { token = "canary-worn" }', "watch: the token is worn"),
        ("plain = { pace = 1 }", "wrapper 'plain' does not know the setting 'pace'; it takes none"),
        ("object = { pace = 1 }", "it takes none"),
    ],
)
def test_what_is_not_declared_is_refused(desk: Write, table: str, words: str) -> None:
    """The line says what is wrong, and shows no value."""
    desk(f'plugins = ["watch", "plain", "object"]\n[profiles.desk.plugin_settings]\n{table}\n')
    with pytest.raises(hk.ConfigurationError) as caught:
        connect()
    assert words in str(caught.value)
    assert "canary" not in "".join(traceback.format_exception(caught.value))


def test_a_wrapper_that_breaks_on_its_settings_shows_none(desk: Write) -> None:
    """It is named, and the class of what it raised; not the text, which may quote them."""
    desk('plugins = ["watch"]\n[profiles.desk.plugin_settings.watch]\ntoken = "canary-broken"\n')
    with pytest.raises(hk.PluginError, match=r"'watch' .* cannot be made with its settings \(RuntimeError\)") as caught:
        connect()
    assert "canary" not in "".join(traceback.format_exception(caught.value))


def test_nor_do_secrets_within_tables_and_lists(desk: Write) -> None:
    """By the name of the table, or of what is in it, though the wrapper's own error says them all."""
    tables = 'token = "canary-failing"\nmost = { password = "canary-inner" }\nnames = [{ secret = ["canary-list"] }]\n'
    desk(f'environment = "simulator"\nplugins = ["watch"]\n[profiles.desk.plugin_settings.watch]\n{tables}')
    with (
        hk.connect("hashkey", profile="desk", environment="simulator") as venue,
        pytest.raises(hk.PluginError) as caught,
    ):
        venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    assert "failed with" in str(caught.value.__cause__)
    assert "canary" not in "".join(traceback.format_exception(caught.value))


def test_a_declaration_that_cannot_be_used_is_the_plugins_fault() -> None:
    """Types are few, so that a profile can have them."""
    with pytest.raises(hk.PluginError, match="no mapping of names to one or several of str, int"):
        load_wrapper("wrong", {"when": 1})


def test_the_wrappers_that_ship_take_theirs(desk: Write, tmp_path: Path) -> None:
    """Limits of ``risk`` hold, and the lines of ``audit`` are where the profile says."""
    audit = tmp_path / "audit.jsonl"
    desk(
        'environment = "simulator"\nplugins = ["audit", "risk", "journal"]\n'
        f"[profiles.desk.plugin_settings]\naudit = {{ path = '{audit}' }}\n"
        f"journal = {{ path = '{tmp_path / 'journal.db'}', cancel_patience = 0.1 }}\n"
        'risk = { max_cost = "1000", max_amount = { "ETH/USD" = "5" }, symbols = ["ETH/USD"], block_creates = false }\n'
    )
    with hk.connect("hashkey", environment="simulator", profile="desk") as venue:
        order = venue.create_order("ETH/USD", "limit", "buy", "0.5", "1900")
        with pytest.raises(hk.OrderDenied, match="max_cost"):
            venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
        assert venue.cancel_order(order.id).status == "canceled"
    assert [json.loads(line)["event"] for line in audit.read_text().splitlines()].count("request") == 2
    assert (tmp_path / "journal.db").exists()


def test_the_command_takes_wrappers_by_their_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """``--plugin dry_run`` sends no cancel, and says so; one that there is not is a line."""
    monkeypatch.setenv("HK_ADAPTER_HASHKEY_API_KEY", DEFAULT_API_KEY)
    monkeypatch.setenv("HK_ADAPTER_HASHKEY_SECRET", DEFAULT_SECRET)
    with serve() as exchange:
        where = ["--venue", "hashkey", "--environment", "simulator", "--base-url", exchange.url]
        done = CliRunner().invoke(command, ["cancel", "1", *where, "--plugin", "dry_run", "--plugin", "plain"])
        assert done.exit_code == 5
        assert "dry run: cancel_order would be sent" in done.stderr
        assert exchange.control.requests == []
        none = CliRunner().invoke(command, ["cancel", "1", *where, "--plugin", "nobody"])
    assert (none.exit_code, len(none.stderr.splitlines())) == (2, 1)
