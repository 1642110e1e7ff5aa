"""What tests of bots and of venues stand on: virtual time, the campaign, recordings, and the suite for plugins."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hk_adapter.testing.cassettes.clock import RecordedClock
    from hk_adapter.testing.cassettes.faults import Faults
    from hk_adapter.testing.cassettes.recorded import Recorded
    from hk_adapter.testing.conformance import (
        Asked,
        BatchRow,
        Capabilities,
        Refusal,
        Request,
        Script,
        ScriptedBalance,
        ScriptedBookOrders,
        ScriptedFill,
        ScriptedMarket,
        ScriptedOrder,
        ScriptedTicker,
        ScriptedTrade,
        SignedExample,
        StateWord,
        VenueSuite,
    )
    from hk_adapter.testing.fixtures import ServedSimulator
    from hk_adapter.testing.keys import example_key

__all__ = [
    "Asked",
    "BatchRow",
    "Capabilities",
    "Faults",
    "Recorded",
    "RecordedClock",
    "Refusal",
    "Request",
    "Script",
    "ScriptedBalance",
    "ScriptedBookOrders",
    "ScriptedFill",
    "ScriptedMarket",
    "ScriptedOrder",
    "ScriptedTicker",
    "ScriptedTrade",
    "ServedSimulator",
    "SignedExample",
    "StateWord",
    "VenueSuite",
    "example_key",
]

_ELSEWHERE = {
    "Faults": "cassettes.faults",
    "Recorded": "cassettes.recorded",
    "RecordedClock": "cassettes.clock",
    "ServedSimulator": "fixtures",
    "example_key": "keys",
}
"""Where what is no part of the suite is: types of fixtures, and keys."""

_OF_THE_EXTRA = frozenset({"pytest", "pytest_recording", "vcr"})
INSTALL = "pip install 'hk-adapter[testing]'"


def __getattr__(name: str) -> Any:
    """Import what is asked for, when it is: most of it needs pytest, which the campaign does not.

    Raises ModuleNotFoundError, which says what to install, where the extra is not.
    """
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(f"{__name__}.{_ELSEWHERE.get(name, 'conformance')}"), name)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in _OF_THE_EXTRA:
            raise
        raise ModuleNotFoundError(f"needs {package}: {INSTALL}", name=error.name) from error
