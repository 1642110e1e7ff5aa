"""What the tests of watched flows share: a watcher, and flows to watch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hk_adapter.flow.effects import Effect, Flow, HttpCall


def get(path: str) -> HttpCall:
    """Give a call that is still in time."""
    return HttpCall(method="GET", path=path, deadline=110.0)


async def bodies(*paths: str) -> list[bytes]:
    """Fetch paths one after another."""
    return [(await get(path)).body for path in paths]


class Watch:
    """Records what it sees; ``change`` may put another effect in an effect's place."""

    def __init__(self, change: Callable[[Effect[Any]], Effect[Any]] = lambda effect: effect) -> None:
        self.wanted: list[Effect[Any]] = []
        self.failures: list[tuple[Effect[Any], Exception]] = []
        self._change = change

    def before(self, effect: Effect[Any]) -> Effect[Any]:
        """Record, and perhaps replace."""
        self.wanted.append(effect)
        return self._change(effect)

    def failed(self, effect: Effect[Any], error: Exception) -> None:
        """Record."""
        self.failures.append((effect, error))

    @property
    def paths(self) -> list[str]:
        """The paths of the calls that were wanted."""
        return [effect.path for effect in self.wanted if isinstance(effect, HttpCall)]


async def awaiting(flow: Flow[Any]) -> Any:
    """Await a flow inside another."""
    return await flow
