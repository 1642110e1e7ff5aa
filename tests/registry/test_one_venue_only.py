"""A call reaches the one venue that was opened, whatever else is installed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, cast

import pluggy
import pytest

from hk_adapter.errors import ConfigurationError, PluginError
from hk_adapter.flow.effects import Flow
from hk_adapter.flow.wrapper import wraps_flow
from hk_adapter.hooks import OpenedVenue, VenueSettings, hookimpl
from hk_adapter.model import CancelRequest, Operation
from hk_adapter.registry import (
    implemented_hooks,
    list_venues,
    load_wrapper,
    open_venue,
    venue_hooks,
    venue_manager,
)
from hk_adapter.registry.key_redaction import KeyRedactor

Install = Callable[..., Path]
REQUEST = CancelRequest(order_id="1")


class Core:
    """A core whose whole call is its name."""

    @hookimpl
    async def operate(self, operation: Operation) -> str:
        """Answer."""
        return f"core: {operation.name}"

    @hookimpl
    def attempt(self) -> None:
        """Call nothing."""


class Notes:
    """A wrapper that notes when it is entered and left."""

    def __init__(self, name: str, notes: list[str]) -> None:
        self.name = name
        self.notes = notes

    @wraps_flow
    async def cancel_order(self, flow: Flow[Any], request: CancelRequest) -> Any:
        """Note the request."""
        self.notes.append(f"{self.name} sees {request.order_id}")
        result = await flow
        self.notes.append(f"{self.name} leaves")
        return result


def _result_of(flow: Any) -> Any:
    try:
        cast("Coroutine[Any, Any, Any]", flow).send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("the flow awaited something")


def _opened(venue_id: str) -> OpenedVenue:
    return open_venue(VenueSettings(venue_id=venue_id, environment="production"))


@pytest.fixture
def three(install_venue: Install) -> list[str]:
    """Three venues, installed."""
    names = ["blue", "green", "red"]
    for name in names:
        install_venue(name)
    return names


@pytest.mark.parametrize("chosen", ["blue", "green", "red"])
def test_with_three_venues_open_a_call_reaches_exactly_one(three: list[str], chosen: str) -> None:
    """Each connection has a manager of its own, with one venue in it."""
    managers = {name: venue_manager(_opened(name), Core()) for name in three}
    assert _result_of(venue_hooks(managers[chosen]).cancel_order(request=REQUEST)) == f"acme_{chosen}"
    asked = {name: cast("Any", sys.modules[f"acme_{name}"]).ASKED for name in three}
    assert asked == {name: [REQUEST] if name == chosen else [] for name in three}
    assert {"blue", "green", "red"} <= {listing.id for listing in list_venues()}


def test_the_core_answers_operate(three: list[str]) -> None:
    """The whole call is the core's, each attempt the venue's."""
    hooks = venue_hooks(venue_manager(_opened(three[0]), Core()))
    operation = Operation(name="cancel_order", request=REQUEST, timeout=1.0)
    assert _result_of(hooks.operate(operation=operation)) == "core: cancel_order"


def test_implemented_hooks_are_those_of_venue_and_core(three: list[str]) -> None:
    """A wrapper around a hook does not make the venue have it."""

    class WrapsAnother:
        @wraps_flow
        async def fetch_time(self, flow: Flow[int]) -> int:
            return await flow

    manager = venue_manager(_opened(three[0]), Core(), [WrapsAnother()])
    assert implemented_hooks(manager) == {"operate", "attempt", "cancel_order"}


def test_the_first_wrapper_is_the_outermost(three: list[str]) -> None:
    """Wrappers stand around the venue in the order in which they were given, each seeing the request."""
    notes: list[str] = []
    wrappers = [load_wrapper(Notes("outer", notes)), load_wrapper(Notes("inner", notes))]
    hooks = venue_hooks(venue_manager(_opened(three[0]), Core(), wrappers))
    assert _result_of(hooks.cancel_order(request=REQUEST)) == "acme_blue"
    assert notes == ["outer sees 1", "inner sees 1", "inner leaves", "outer leaves"]


def test_only_hooks_with_a_wrapper_go_through_pluggy(three: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Who answers the others is found out once, as the manager is complete; the answer is the same."""
    called: list[str] = []
    through = pluggy.PluginManager._hookexec

    def noted(manager: pluggy.PluginManager, name: str, *rest: Any) -> Any:
        called.append(name)
        return through(manager, name, *rest)

    monkeypatch.setattr(pluggy.PluginManager, "_hookexec", noted)
    for wrappers in ([], [load_wrapper(Notes("one", []))]):
        redactor = KeyRedactor()
        redactor.hide("a secret of the key's")
        hooks = venue_hooks(venue_manager(_opened(three[0]), Core(), wrappers, redactor))
        called.clear()
        assert _result_of(hooks.cancel_order(request=REQUEST)) == "acme_blue"
        assert called == ["cancel_order"] * len(wrappers)


def test_a_manager_without_a_core_is_refused(three: list[str]) -> None:
    """Nothing is joined that could not carry out a call."""
    with pytest.raises(PluginError, match="'attempt' would be answered by nobody"):
        venue_manager(_opened(three[0]), object())


def test_a_second_answer_to_a_hook_is_refused(three: list[str]) -> None:
    """Were another plain implementation to slip in, the manager would not be made."""
    with pytest.raises(PluginError, match="'cancel_order' would be answered by"):
        venue_manager(_opened(three[0]), Core(), [_opened(three[1])])


def test_a_venue_that_answers_a_hook_twice_is_refused(three: list[str]) -> None:
    """An order is sent once, so one function answers."""

    class Twice:
        @hookimpl
        async def cancel_order(self, request: CancelRequest) -> None: ...

        @hookimpl(specname="cancel_order")
        async def again(self, request: CancelRequest) -> None: ...

    with pytest.raises(PluginError, match="'cancel_order' would be answered by"):
        venue_manager(cast("Any", Twice()), Core())


def test_a_core_that_answers_for_the_venue_is_refused(three: list[str]) -> None:
    """Attempts are the venue's alone, even one that the venue does not have."""

    class Greedy(Core):
        @hookimpl
        async def fetch_time(self) -> int:
            return 0

    with pytest.raises(PluginError, match="'fetch_time' would be answered by 'test_"):
        venue_manager(_opened(three[0]), Greedy())


def test_a_wrapper_given_twice_is_refused(three: list[str]) -> None:
    """The same wrapper object around itself is a mistake of the caller."""
    wrapper = Notes("once", [])
    with pytest.raises(ConfigurationError, match="wrapper 1: Notes is given twice"):
        venue_manager(_opened(three[0]), Core(), [wrapper, wrapper])


def test_wrong_arguments_that_slip_in_are_a_plugin_error(three: list[str]) -> None:
    """An unchecked wrapper cannot raise pluggy's own error at the caller."""

    class Wrong:
        @hookimpl(wrapper=True)
        def cancel_order(self, order: Any) -> Any:
            return (yield)

    with pytest.raises(PluginError, match="order"):
        venue_manager(_opened(three[0]), Core(), [Wrong()])
