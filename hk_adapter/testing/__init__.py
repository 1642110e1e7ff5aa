"""What tests of bots and of venues stand on: virtual time, the campaign, recordings, and the suite for plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hk_adapter.testing.conformance import (
        Asked,
        Capabilities,
        Refusal,
        Request,
        Script,
        ScriptedOrder,
        VenueSuite,
    )

__all__ = ["Asked", "Capabilities", "Refusal", "Request", "Script", "ScriptedOrder", "VenueSuite"]


def __getattr__(name: str) -> Any:
    """Import the suite when it is asked for: it needs pytest, which the campaign does not."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from hk_adapter.testing import conformance  # noqa: PLC0415 - as said above

    return getattr(conformance, name)
