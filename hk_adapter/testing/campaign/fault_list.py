"""All faults, and which of them can strike a request of which purpose."""

from __future__ import annotations

from hk_adapter.testing.campaign.faults import NETWORK, Fault, Purpose
from hk_adapter.testing.campaign.forged_bodies import GARBAGE, ROWS
from hk_adapter.testing.campaign.forged_codes import OPEN_OUTCOMES, REFUSALS

ALL_FAULTS: tuple[Fault, ...] = (*NETWORK, *GARBAGE, *ROWS, *REFUSALS, *OPEN_OUTCOMES)

_RARE = 16
"""A block ends a call by contract, so it is drawn this many times less often than any other fault."""

FAULTS: dict[Purpose, tuple[Fault, ...]] = {
    purpose: tuple(
        fault
        for fault in ALL_FAULTS
        if purpose in fault.purposes
        for _ in range(1 if fault.name.startswith("418") else _RARE)
    )
    for purpose in Purpose
}
"""Drawn from evenly."""

_NAMED = {fault.name: fault for fault in ALL_FAULTS}

ONCE = frozenset({"half-written row", "FILLED with 0 filled", "CANCELED with all filled"})
"""What contradicts itself is a proof by contract where a later look says it again: so it strikes an order's look-ups
once."""

ANOTHER_SYMBOL = _NAMED["another symbol"].name
AMOUNT_0 = _NAMED["amount 0"].name
SUCCESS_ALONE = _NAMED["success code and nothing else"].name

DEAD: dict[str, Fault] = {"silent": _NAMED["stall after connect"], "unreachable": _NAMED["connection refused"]}
"""What befalls everything in an outage of such a kind."""
