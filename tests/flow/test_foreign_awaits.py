"""A flow that awaits anything but effects is stopped by an error that names it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator
from typing import TYPE_CHECKING, Any

import pytest

from hk_adapter.errors import PluginError
from hk_adapter.execution.attempt import Attempt
from hk_adapter.flow.driver import START, step
from hk_adapter.flow.effects import Now, Sleep
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import VenueStatus
from tests.asking import asking

if TYPE_CHECKING:
    from conftest import Bench


class Yields:
    """An awaitable of no library's: it yields what it was given."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __await__(self) -> Generator[Any, Any, Any]:
        return (yield self._value)


def pending_future() -> Awaitable[Any]:
    """Give a future of a loop that will never run."""
    loop = asyncio.new_event_loop()
    try:
        return loop.create_future()
    finally:
        loop.close()


AWAITABLES: dict[str, tuple[Callable[[], Awaitable[Any]], str]] = {
    "asyncio.sleep(0)": (lambda: asyncio.sleep(0), "NoneType"),
    "a future": (pending_future, "Future"),
    "None": (lambda: Yields(None), "NoneType"),
    "a number": (lambda: Yields(5), "int"),
    "an effect's class": (lambda: Yields(Now), "the class Now"),
    "a list of effects": (lambda: Yields([Now()]), "list"),
}


@pytest.mark.parametrize("name", AWAITABLES)
def test_it_is_named_with_what_it_awaited(bench: Bench, name: str) -> None:
    """The PluginError tells the function and the type of what it awaited; its cleanup has run, nothing was sent."""
    awaitable, kind = AWAITABLES[name]
    seen: list[type[BaseException]] = []

    async def cancel_of_acme() -> None:
        try:
            await awaitable()
        except BaseException as error:
            seen.append(type(error))
            raise

    with pytest.raises(PluginError, match=rf"cancel_of_acme awaited {kind}"):
        bench.run(cancel_of_acme())
    assert seen == [GeneratorExit]
    assert bench.venue.sent == []


def test_a_real_wait_of_asyncio_is_named(bench: Bench) -> None:
    """``asyncio.sleep`` in a hook is a PluginError under both runners, not only where a loop happens to run."""

    class Acme:
        async def fetch_status(self) -> None:
            await asyncio.sleep(1)

    with pytest.raises(PluginError, match="fetch_status"):
        bench.run(asking(Acme()).call(VenueHooks.fetch_status, VenueStatus, Attempt(bench.clock.monotonic + 1)))


def test_the_outermost_flow_is_named(bench: Bench) -> None:
    """Nonsense awaited deep inside is blamed on the hook that was run."""

    async def deep_inside() -> None:
        await Yields(5)

    async def cancel_of_acme() -> None:
        await deep_inside()

    with pytest.raises(PluginError, match="cancel_of_acme"):
        bench.run(cancel_of_acme())


def test_it_cannot_be_caught_by_the_culprit(bench: Bench) -> None:
    """A flow that breaks the rule is closed: it gets no chance to carry on."""

    async def stubborn() -> str:
        try:
            await Yields(5)
        except Exception:  # noqa: BLE001 - the point of the test
            return "went on"
        return "was answered"

    with pytest.raises(PluginError, match="stubborn"):
        bench.run(stubborn())


def test_an_effect_awaited_in_its_cleanup_is_a_plugin_error_too(bench: Bench) -> None:
    """A flow that breaks the rule and then wants more while it is closed gets nothing, and is named."""

    async def doubly_wrong() -> None:
        try:
            await Yields(5)
        finally:
            await Sleep(0)

    with pytest.raises(PluginError, match="doubly_wrong"):
        bench.run(doubly_wrong())


def test_it_is_closed_by_whoever_drives_it() -> None:
    """Without a runner as well, the culprit has ended when the error comes out."""
    cleaned: list[bool] = []

    async def cancel_of_acme() -> None:
        try:
            await Yields(5)
        finally:
            cleaned.append(True)

    flow = cancel_of_acme()
    with pytest.raises(PluginError, match="cancel_of_acme"):
        step(flow, START)
    assert cleaned == [True]
