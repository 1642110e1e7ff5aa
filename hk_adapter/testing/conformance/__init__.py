"""Cases that every venue plugin must pass: the plugin under test against a venue that its author scripts."""

from hk_adapter.testing.conformance.script import (
    Asked,
    BatchRow,
    Capabilities,
    Refusal,
    Request,
    Script,
    SignedExample,
    StateWord,
)
from hk_adapter.testing.conformance.scripted_data import (
    ScriptedBalance,
    ScriptedBookOrders,
    ScriptedFill,
    ScriptedMarket,
    ScriptedOrder,
    ScriptedTicker,
    ScriptedTrade,
)
from hk_adapter.testing.conformance.suite import VenueSuite

__all__ = [
    "Asked",
    "BatchRow",
    "Capabilities",
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
    "SignedExample",
    "StateWord",
    "VenueSuite",
]
