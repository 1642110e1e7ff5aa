"""Wrappers for ``plugins=``: found by id, taken as they are, and held to wrapping only."""

# ruff: noqa: D102  (what a bad wrapper does stands in the name of its class)

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hk_adapter.errors import ConfigurationError, InvalidArgument, PluginError
from hk_adapter.flow.wrapper import wraps_flow
from hk_adapter.hooks import hookimpl
from hk_adapter.registry import list_venues, load_wrapper

Install = Callable[..., Path]

WRAPPER = """
from hk_adapter.flow.wrapper import wraps_flow

class Journal:
    @wraps_flow
    async def operate(self, flow, operation):
        return await flow
"""


class Journal:
    """A wrapper that keeps every rule."""

    @wraps_flow
    async def operate(self, flow: Any, operation: Any) -> Any:
        return await flow


@pytest.fixture
def ledger(install: Install) -> None:
    """A wrapper, installed as ``ledger``."""
    install("ledger-dist", "[hk_adapter.plugins]\nledger = acme_ledger:Journal\n", {"acme_ledger": WRAPPER})


@pytest.mark.usefixtures("ledger")
def test_a_wrapper_is_found_by_its_id() -> None:
    """An installed wrapper is available by name, made without arguments."""
    assert type(load_wrapper("ledger")).__module__ == "acme_ledger"


@pytest.mark.usefixtures("ledger")
def test_each_connection_gets_its_own_wrapper() -> None:
    """A class is made anew each time, so that connections share no state by accident."""
    assert load_wrapper("ledger") is not load_wrapper("ledger")


@pytest.mark.usefixtures("ledger")
def test_wrappers_are_not_venues() -> None:
    """The two groups of entry points are apart."""
    assert "ledger" not in {listing.id for listing in list_venues()}


def test_an_object_is_taken_as_it_is() -> None:
    """What the caller made is what runs."""
    wrapper = Journal()
    assert load_wrapper(wrapper) is wrapper


def test_a_class_is_made_without_arguments() -> None:
    """A class stands for one of its instances."""
    assert isinstance(load_wrapper(Journal), Journal)


def test_pluggys_own_wrapper_is_refused() -> None:
    """A generator marked ``wrapper=True`` could replace or stop a cancel: only ``@wraps_flow`` shields the call."""

    class Plain:
        @hookimpl(wrapper=True, tryfirst=True)
        def cancel_order(self, request: Any) -> Any:
            return (yield)

    with pytest.raises(PluginError, match="wraps 'cancel_order' without @wraps_flow"):
        load_wrapper(Plain())


class PlainImplementation(Journal):
    @hookimpl
    async def cancel_order(self, request: Any) -> Any: ...


class MarkedAsAHook:
    @hookimpl
    async def cancel_order(self, flow: Any, request: Any) -> Any: ...


class OldStyle:
    @hookimpl(hookwrapper=True)
    def cancel_order(self, request: Any) -> Any:
        yield


class WrapsNothing:
    pass


class ForgotTheMarker(Journal):
    async def cancel_order(self, flow: Any, request: Any) -> Any: ...


class UnknownHook:
    @wraps_flow
    async def cancel_ordr(self, flow: Any, request: Any) -> Any: ...


class WrapsOpenVenue:
    @hookimpl(wrapper=True)
    def open_venue(self, settings: Any) -> Any:
        return (yield)


class WrongArgument:
    @wraps_flow
    async def cancel_order(self, flow: Any, order: Any) -> Any: ...


class DefaultArgument:
    @wraps_flow
    async def cancel_order(self, flow: Any, request: Any = None) -> Any: ...


class DoesNotYield:
    @hookimpl(wrapper=True)
    def cancel_order(self, request: Any) -> Any: ...


class BySpecname:
    @hookimpl(wrapper=True, specname="cancel_order")
    def around(self, request: Any) -> Any:
        return (yield)


class NewerContract(Journal):
    hk_adapter_contract = 2


class WantsArguments(Journal):
    def __init__(self, path: str) -> None: ...


@pytest.mark.parametrize(
    ("wrapper", "rule"),
    [
        (PlainImplementation, "plain implementation of 'cancel_order'"),
        (MarkedAsAHook, "argument 'flow', which a wrapper is given; mark it with @wraps_flow"),
        (OldStyle, "old-style hookwrapper"),
        (WrapsNothing, "wraps no hook"),
        (ForgotTheMarker, "'cancel_order' without a marker"),
        (UnknownHook, "unknown hook 'cancel_ordr'"),
        (WrapsOpenVenue, "unknown hook 'open_venue'"),
        (WrongArgument, "argument 'order'.*it has: request"),
        (DefaultArgument, "argument 'request'.*with a default"),
        (DoesNotYield, "'cancel_order' with a function that does not yield"),
        (BySpecname, "'around' through specname"),
        (NewerContract, "contract version 2"),
        (WantsArguments, "cannot be made without arguments"),
    ],
)
def test_a_wrapper_that_breaks_a_rule_is_refused(wrapper: type, rule: str) -> None:
    """One clear error names the wrapper and the rule."""
    with pytest.raises(PluginError, match=f"^wrapper '{wrapper.__name__}' .*{rule}"):
        load_wrapper(wrapper)


def test_an_installed_wrapper_that_breaks_a_rule_names_its_distribution(install: Install) -> None:
    """Whoever installed it can see where it came from."""
    source = "from hk_adapter.hooks import hookimpl\n@hookimpl\nasync def cancel_order(request): ...\n"
    install("bad-dist", "[hk_adapter.plugins]\nbad = acme_bad\n", {"acme_bad": source}, version="0.3")
    with pytest.raises(PluginError, match=r"wrapper 'bad' \(distribution bad-dist 0\.3\) brings a plain"):
        load_wrapper("bad")


def test_a_wrapper_that_fails_to_load_is_named(install: Install) -> None:
    """The error names wrapper and distribution, and has the cause."""
    install("bad-dist", "[hk_adapter.plugins]\nbad = acme_bad\n", {"acme_bad": "1 / 0"})
    with pytest.raises(PluginError, match=r"'bad'.*bad-dist.*ZeroDivisionError") as caught:
        load_wrapper("bad")
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


@pytest.mark.usefixtures("ledger")
def test_an_unknown_wrapper_lists_the_known() -> None:
    """A typing error is answered with what there is."""
    with pytest.raises(ConfigurationError, match=r"no wrapper 'ledgr' is installed\. Did you mean 'ledger'"):
        load_wrapper("ledgr")


@pytest.mark.usefixtures("ledger")
def test_two_wrappers_of_one_id_are_refused(install: Install) -> None:
    """Which of two risk checks runs is never left to chance."""
    install("other-dist", "[hk_adapter.plugins]\nledger = acme_other\n")
    with pytest.raises(ConfigurationError, match="also claimed"):
        load_wrapper("ledger")


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize(
    ("variable", "value"), [("HK_ADAPTER_DISABLED_PLUGINS", "ledger"), ("HK_ADAPTER_LOAD_PLUGINS", "hashkey")]
)
def test_a_disabled_wrapper_is_not_loaded(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    """The lists hold for wrappers by id, and the module is not imported."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError, match=variable):
        load_wrapper("ledger")
    assert "acme_ledger" not in sys.modules


@pytest.mark.parametrize("name", ["", "Journal", " ledger", "a:b", None])
def test_what_is_no_id_is_an_invalid_argument(name: Any) -> None:
    """An id that cannot be is refused before anything is looked for."""
    with pytest.raises(InvalidArgument):
        load_wrapper(name)
