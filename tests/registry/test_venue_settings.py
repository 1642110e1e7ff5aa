"""A venue's own settings reach its plugin from the caller, a profile and the command, of the types that it declares."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner

import hk_adapter as hk
from hk_adapter.cli.command import command

DECLARED = {"window": int, "pace": float, "step": Decimal, "strict": bool, "book": str}


class Plugin:
    """A venue that keeps what it was opened with, and does nothing."""

    hosts = frozenset({"https://api.example"})
    limits = {"orders": hk.RateLimit(amount=10)}  # noqa: RUF012
    request_lifetime = 5000
    hk_adapter_settings: Any = DECLARED

    def __init__(self):
        self.opened: list[hk.VenueSettings] = []

    def sign(self, call, credentials, timestamp):
        """Never asked."""

    @hk.hookimpl
    def open_venue(self, settings):
        """Keep it."""
        self.opened.append(settings)
        return self

    @hk.hookimpl
    async def cancel_order(self, request):
        """Refuse, with nothing sent."""
        raise hk.InvalidArgument("not here")


@pytest.fixture
def acme():
    """Register it."""
    plugin = Plugin()
    hk.register_venue("acme", plugin)
    yield plugin
    with contextlib.suppress(hk.ConfigurationError):
        hk.unregister_venue("acme")


GOOD = {"window": 3000, "pace": 1, "step": Decimal("0.1"), "strict": True, "book": "spot"}


def test_what_is_declared_reaches_the_plugin(acme):
    """As the caller gave it; None is the plugin's default."""
    hk.connect("acme", **GOOD).close()
    hk.connect("acme", **dict.fromkeys(GOOD)).close()
    assert [dict(one.options) for one in acme.opened] == [GOOD, dict.fromkeys(GOOD)]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"windows": "hunter2"}, "acme does not know the setting 'windows'; it knows window, pace, step, strict, book"),
        ({"window": "3000"}, "window must be a whole number, not '3000'"),
        ({"window": True}, "window must be a whole number, not True"),
        ({"pace": "fast"}, "pace must be a number"),
        ({"step": 0.1}, "step must be a Decimal"),
        ({"strict": 1}, "strict must be true or false"),
        ({"book": 7}, "book must be text"),
    ],
)
def test_what_is_not_is_refused_before_the_plugin_sees_it(acme, given, words):
    """A value is shown only of a setting that is known."""
    with pytest.raises(hk.ConfigurationError, match=words) as caught:
        hk.connect("acme", **given)
    assert ("hunter2" in str(caught.value), acme.opened) == (False, [])


def test_a_plugin_that_declares_nothing_is_given_all(acme, monkeypatch):
    """It refuses by itself."""
    monkeypatch.delattr(Plugin, "hk_adapter_settings")
    hk.connect("acme", anything=object).close()
    assert dict(acme.opened[0].options) == {"anything": object}


@pytest.mark.parametrize("declared", [{"window": list}, {1: int}, ["window"]])
def test_a_declaration_that_is_none_is_the_plugins_fault(monkeypatch, declared):
    """When it is registered."""
    monkeypatch.setattr(Plugin, "hk_adapter_settings", declared)
    with pytest.raises(hk.PluginError, match="hk_adapter_settings"):
        hk.register_venue("acme", Plugin())


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """Write a profile with settings, and name it in the environment."""
    config = tmp_path / "config.toml"
    text = '[profiles.desk]\nvenue = "acme"\n[profiles.desk.settings]\nwindow = 7\nbook = "spot"\nstrict = true\n'
    config.write_text(text)
    config.chmod(0o600)
    monkeypatch.setenv("HK_ADAPTER_CONFIG", str(config))
    monkeypatch.setenv("HK_ADAPTER_PROFILE", "desk")
    return config


def test_a_profile_has_them_in_a_table(acme, desk):
    """The caller's own come first; they are checked as his."""
    hk.connect("acme", book="margin").close()
    assert dict(acme.opened[0].options) == {"window": 7, "book": "margin", "strict": True}
    desk.write_text(desk.read_text().replace("window = 7", 'window = "7"'))
    with pytest.raises(hk.ConfigurationError, match="window must be a whole number"):
        hk.connect("acme")
    desk.write_text('[profiles.desk]\nvenue = "acme"\nsettings = 7\n')
    with pytest.raises(hk.ConfigurationError, match="'settings' that are not a table"):
        hk.connect("acme")


def test_a_decimal_may_be_text(acme, desk):
    """TOML has no other way to write one exactly; the plugin gets a Decimal."""
    desk.write_text('[profiles.desk]\nvenue = "acme"\n[profiles.desk.settings]\nstep = "0.10"\n')
    hk.connect("acme").close()
    hk.connect("acme", step=2).close()
    steps = [one.options["step"] for one in acme.opened]
    assert [(type(step), str(step)) for step in steps] == [(Decimal, "0.10"), (Decimal, "2")]
    for wrong in ("0.1", '"NaN"', '"much"', "true"):
        desk.write_text(f'[profiles.desk]\nvenue = "acme"\n[profiles.desk.settings]\nstep = {wrong}\n')
        with pytest.raises(hk.ConfigurationError, match="step must be a Decimal, or one as text"):
            hk.connect("acme")


def cancel(*options):
    """Run the command."""
    arguments = ["cancel", "1", "--venue", "acme", "--environment", "production", *options]
    return CliRunner().invoke(command, arguments, prog_name="hk-adapter")


def test_the_command_reads_them_by_their_types(acme):
    """From text."""
    pairs = ["window=3000", "pace=1.5", "step=0.10", "strict=False", "book=a=b"]
    cancel(*(word for pair in pairs for word in ("--set", pair)))
    wanted = {"window": 3000, "pace": 1.5, "step": Decimal("0.10"), "strict": False, "book": "a=b"}
    assert dict(acme.opened[0].options) == wanted


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ("window", "--set takes NAME=VALUE"),
        ("window=soon", "window must be a whole number, not 'soon'"),
        ("strict=maybe", "strict must be true or false"),
        ("step=x", "step must be a Decimal"),
        ("windows=1", "does not know the setting 'windows'"),
        ("password=hunter2", "--set password: other processes could read it; write it into a profile's settings"),
        ("privateKey=hunter2", "--set privateKey: other processes could read it"),
        ("timeout=1", "--set timeout is no setting of a venue's own"),
    ],
)
def test_the_command_refuses_what_it_cannot_read(acme, pair, words):
    """In a line, with nothing opened."""
    result = cancel("--set", pair)
    assert (words in result.stderr, result.exit_code != 0, acme.opened) == (True, True, [])
    assert "hunter2" not in result.output


def test_hashkey_declares_its_own():
    """A wrong type is told before a wrong value."""
    with pytest.raises(hk.ConfigurationError, match="recv_window must be a whole number, not '5000'"):
        hk.connect("hashkey", recv_window="5000")
    with pytest.raises(hk.ConfigurationError, match="recv_window must be an int of 1 to 8000 ms"):
        hk.connect("hashkey", recv_window=0)
