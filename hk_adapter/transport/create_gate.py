"""The last look before a create leaves: while it waited for the rate budget, creates may have been blocked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from hk_adapter.errors import NotSent
from hk_adapter.flow.effects import HttpCall, Lane
from hk_adapter.flow.runtime import Admission


@runtime_checkable
class CreateGate(Protocol):
    """A wrapper that may shut creates in; the shipped ``create_block`` is one."""

    def creates_held_by(self) -> str | None:
        """Return in words why no create may leave now; None lets it."""


class Gated:
    """A budget with gates before it. What cancels, confirms or only reads is never asked for a reason."""

    def __init__(self, admission: Admission, gates: Sequence[CreateGate]) -> None:
        self._admission = admission
        self._gates = gates
        self.leave, self.pause, self.pause_left = admission.leave, admission.pause, admission.pause_left

    def enter(self, call: HttpCall, deadline: float) -> Any:
        """Queue a call and return its ticket, which must be given back by ``leave``."""
        return self._admission.enter(call, deadline)

    def ask(self, ticket: Any, now: float) -> float:
        """Return as the budget does. Raises NotSent where creates are blocked and this is one."""
        self._check(ticket.call)
        return self._admission.ask(ticket, now)

    def _check(self, call: HttpCall) -> None:
        if call.lane is not Lane.NORMAL or not call.may_change:
            return
        for gate in self._gates:
            if (reason := gate.creates_held_by()) is not None:
                raise NotSent(f"new orders are blocked {reason}")
