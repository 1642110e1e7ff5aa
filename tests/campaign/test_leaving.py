"""Callers that go away leave nothing open behind them, whatever they had begun."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from hk_adapter.flow.effects import Gather, Sleep
from hk_adapter.testing.campaign.leaving import LeavingRunner
from hk_adapter.testing.campaign.scenario import Leave
from hk_adapter.testing.virtual_time import VirtualTime


class _Naps:
    """All of a runtime that sleeping needs."""

    def time_to_sleep(self, effect: Sleep) -> float:
        return effect.seconds

    def wake(self, effect: Sleep) -> None:
        """Nothing is in its way."""


class _Interrupted(_Naps):
    """Ctrl-C strikes in the first sleep."""

    def time_to_sleep(self, effect: Sleep) -> float:
        raise KeyboardInterrupt


def _runner(naps: _Naps | None = None) -> LeavingRunner:
    runtime: Any = naps or _Naps()
    return LeavingRunner(runtime, runtime, VirtualTime())


async def _call() -> None:
    await Sleep(1.0)


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("at", [0.0, 0.5])
def test_what_a_caller_leaves_is_closed(at, frozen):
    """Also a call that he never began."""
    runner, begun = _runner(), [_call(), _call()]
    left = runner.let_go(begun[0], Leave(at=at, steps=None, frozen=frozen), lambda: begun[1])
    runner.run(left)
    runner.close()
    assert [inspect.getcoroutinestate(flow) for flow in begun] == [inspect.CORO_CLOSED] * 2


def test_an_interrupt_closes_what_runs_beside_it():
    """Also what had not begun."""
    flows = [_call(), _call()]
    with pytest.raises(KeyboardInterrupt):
        _runner(_Interrupted()).run_all(flows)
    assert [inspect.getcoroutinestate(flow) for flow in flows] == [inspect.CORO_CLOSED] * 2


def test_what_was_to_run_side_by_side_is_closed():
    """A caller who goes away when a call wants several things at once leaves them to nobody."""
    runner, flows = _runner(), [_call(), _call()]

    async def several() -> None:
        await Gather(tuple(flows))

    left = runner.let_go(several(), Leave(at=None, steps=1, frozen=False), _call)
    runner.run(left)
    runner.close()
    assert [inspect.getcoroutinestate(flow) for flow in flows] == [inspect.CORO_CLOSED] * 2
