"""What will go of the contract is told to a plugin's author, by the plugin's name, as it is loaded, and once."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import hk_adapter as hk
from hk_adapter.cli.command import command
from hk_adapter.hooks import VenueHooks
from hk_adapter.registry import deprecations, load_wrapper
from tests.registry.conftest import GOOD_VENUE

Install = Callable[..., Path]

WRAPPER = """
from hk_adapter import wraps_flow

class Watch:
    @wraps_flow
    async def attempt(self, flow, request, hook):
        return await flow
"""


@pytest.fixture(autouse=True)
def _nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deprecations, "_told", set())


@pytest.fixture
def deprecate(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Mark a hook, or arguments of one, as the contract would with ``@hookspec(warn_on_impl=...)``."""

    def mark(hook: str, warning: Warning | None = None, **arguments: Warning) -> None:
        options = getattr(VenueHooks, hook).hk_adapter_spec
        monkeypatch.setitem(options, "warn_on_impl", warning)
        monkeypatch.setitem(options, "warn_on_impl_args", arguments or None)

    return mark


@pytest.fixture
def told() -> Iterator[list[warnings.WarningMessage]]:
    """Take down each warning, as a plugin's tests show them."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        yield found


def _connect(venue_id: str, **given: Any) -> None:
    hk.connect(venue_id, api_key="k", secret="s", **given).close()


def test_a_hook_that_will_go(deprecate: Callable[..., None], install_venue: Install, told: list[Any]) -> None:
    """The warning names plugin, distribution and hook, says what to do, and stands in the plugin's own file."""
    place = install_venue("acme")
    deprecate("cancel_order", DeprecationWarning("implement cancel_orders; gone with contract 2"))
    _connect("acme")
    [one] = told
    assert str(one.message) == (
        "venue plugin 'acme' (distribution acme-dist 1.2) implements 'cancel_order', which is deprecated: "
        "implement cancel_orders; gone with contract 2"
    )
    assert one.category is DeprecationWarning
    assert Path(one.filename) == place / "acme_acme.py"
    assert one.lineno == GOOD_VENUE[: GOOD_VENUE.index("@hookimpl\n    async")].count("\n") + 1


def test_nobody_is_told_twice(deprecate: Callable[..., None], install_venue: Install, told: list[Any]) -> None:
    """A bot that connects again, in threads and with asyncio, hears no more; neither from pluggy."""
    install_venue("acme")
    deprecate("cancel_order", DeprecationWarning("soon"))
    for _ in range(3):
        _connect("acme")
    hk.connect_async("acme", api_key="k", secret="s")
    assert len(told) == 1


def test_an_argument_that_will_go(deprecate: Callable[..., None], install: Install, told: list[Any]) -> None:
    """Who takes it is told, in a wrapper's own file."""
    place = install("watch-dist", "[hk_adapter.plugins]\nwatch = acme_watch:Watch\n", {"acme_watch": WRAPPER})
    deprecate("attempt", request=FutureWarning("read operation.request"))
    load_wrapper("watch")
    load_wrapper("watch")
    _connect("hashkey", plugins=["watch"])
    [one] = told
    assert "wrapper 'watch' (distribution watch-dist 1.0) takes in 'attempt' the argument 'request'" in str(one.message)
    assert (one.category, Path(one.filename)) == (FutureWarning, place / "acme_watch.py")


def test_who_does_not_use_it_hears_nothing(
    deprecate: Callable[..., None], install_venue: Install, told: list[Any]
) -> None:
    """A plugin without the hook, and one that does not take the argument, have nothing to mend."""
    install_venue("acme")
    deprecate("fetch_status", DeprecationWarning("soon"))
    deprecate("cancel_order", settings=DeprecationWarning("soon"))
    _connect("acme")
    assert told == []


def test_an_older_contract_is_still_taken(
    monkeypatch: pytest.MonkeyPatch, install_venue: Install, told: list[Any]
) -> None:
    """While it is, its author is told once, whether the plugin states it or, stating none, is taken for the first."""
    monkeypatch.setattr("hk_adapter.hooks.CONTRACT_VERSION", 2)
    install_venue("acme", "hk_adapter_contract = 1\n" + GOOD_VENUE)
    install_venue("other")
    for venue_id in ("acme", "acme", "other"):
        _connect(venue_id)
    words = [str(one.message) for one in told]
    assert [text.partition(" (")[0] for text in words] == ["venue plugin 'acme'", "venue plugin 'other'"]
    assert all("is written for contract version 1; this hk-adapter has 2" in text for text in words)


def test_warnings_as_errors_stop_the_first_connection_alone(
    deprecate: Callable[..., None], install_venue: Install
) -> None:
    """Who made errors of warnings gets this one, before anything is sent, and is connected the next time."""
    install_venue("acme")
    deprecate("cancel_order", DeprecationWarning("soon"))
    with pytest.raises(DeprecationWarning, match="soon"):
        _connect("acme")
    _connect("acme")


def test_the_page_on_a_plugin_says_it(deprecate: Callable[..., None], install_venue: Install, told: list[Any]) -> None:
    """``plugin check`` tells it each time, in words and as JSON."""
    install_venue("acme")
    deprecate("cancel_order", DeprecationWarning("soon"))
    for _ in range(2):
        page = CliRunner().invoke(command, ["plugin", "check", "acme"]).stdout
        assert "will go       implements 'cancel_order', which is deprecated: soon" in page
    [facts] = json.loads(CliRunner().invoke(command, ["plugin", "check", "acme", "--json"]).stdout)
    assert facts["deprecated"] == ["implements 'cancel_order', which is deprecated: soon"]
    assert len(told) == 1
