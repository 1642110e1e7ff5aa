"""A dry run: whatever reads goes out, whatever would change something is denied, with what would have been sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from hk_adapter.errors import OrderDenied
from hk_adapter.flow.effects import Flow
from hk_adapter.flow.wrapper import wraps_flow
from hk_adapter.model.decimals import number_text
from hk_adapter.plugins.reads import READS
from hk_adapter.record import field_names

_OWN = frozenset({"fresh_id"})
"""Fields that are the library's own, and no venue is told."""
MOST_NAMED = 20
"""Orders of one request that its denial names; the others are counted."""


class DryRun:
    """Sends nothing that changes anything; each such request is an OrderDenied that tells it.

    A create raises it, and a cancel's report is ``NOT_SENT`` with it: nothing looks like an order that was placed or
    canceled.
    """

    shares_looks = True
    """Around a look it does nothing."""
    holds_creates = True
    """It is refused where it would hold none back: by the ccxt class, whose orders are placed by ccxt's own code."""

    @wraps_flow
    async def attempt(self, flow: Flow[Any], request: Any, hook: str) -> Any:
        """Pass a read; deny anything else."""
        if hook.startswith(READS):
            return await flow
        raise OrderDenied(f"dry run: {hook} would be sent{described(request)}; nothing was")


def described(request: object) -> str:
    """Write what a request asks for, by its fields; of ``params``, which may be secret, only the names."""
    told = [_field(name, getattr(request, name)) for name in field_names(type(request)) if name not in _OWN]
    said = ", ".join(one for one in told if one)
    return f", with {said}" if said else ""


def _field(name: str, value: Any) -> str:
    if value is None or value is False or value in ((), {}):
        return ""
    if isinstance(value, Mapping):
        return f"{name}: {', '.join(map(str, value))}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        named = [one if isinstance(one, str) else f"({described(one).removeprefix(', with ')})" for one in value]
        more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
        return f"{name}: {', '.join(named[:MOST_NAMED])}{more}"
    return f"{name} {number_text(value) if isinstance(value, Decimal) else value}"
