"""What a venue's rate limits allow one call to weigh, and how long to be silent where one was met."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping

from hk_adapter.errors import AdapterError, RateLimited, UnexpectedPayload
from hk_adapter.flow.effects import Pause
from hk_adapter.flow.log_line import write
from hk_adapter.hooks import Declared, budgets_of

_LOG = logging.getLogger("hk_adapter")

DEFAULT_SILENCE = 1.0
"""Seconds to be silent after a rate limit that names no time."""
BLOCK_SILENCE = 60.0
"""Seconds to send nothing at all after a block that names no time, as most venues document none."""
LONGEST_SILENCE = 300.0
"""Seconds after which the venue is asked again, whatever longer time it named: one wrong answer, perhaps not even the
venue's own, must not stop a key for days. A refusal that is repeated begins another such silence."""


def most_weights(limits: Mapping[str, Declared]) -> Mapping[str, float]:
    """Return what one call of each group may weigh: no more than it holds at once; any weight where it has no limit."""
    held = {group: [one for one in budgets_of(declared) if one.by_weight] for group, declared in limits.items()}
    return {group: min((one.amount for one in budgets), default=math.inf) for group, budgets in held.items()}


async def pause_for(error: AdapterError, *groups: str | None) -> None:
    """Pause what an error forbids: the groups that its request was charged to, or every group after a block.

    Never for longer than LONGEST_SILENCE; the error goes on telling what the venue named, and a warning tells both. A
    limit met by a library's own request belongs to none of our groups, and pauses none: its group is None. Which of
    several limits was met, no error tells: all are heeded.
    """
    named = [group for group in groups if group is not None]
    if is_block(error):
        await Pause(None, _silence(error, BLOCK_SILENCE))
    elif named and is_limit(error):
        seconds = _silence(error, DEFAULT_SILENCE)
        for group in named:
            await Pause(group, seconds)


def is_limit(error: AdapterError) -> bool:
    """Whether the venue says that it was asked too often, also where the answer says something else too."""
    return isinstance(error, RateLimited) or (
        isinstance(error, UnexpectedPayload) and isinstance(error.__cause__, RateLimited)
    )


def _silence(error: AdapterError, default: float) -> float:
    named = error.retry_after or default
    if named > LONGEST_SILENCE:
        write(_LOG, logging.WARNING, "told to wait for %.0f s; asking again after %.0f s", named, LONGEST_SILENCE)
    return min(named, LONGEST_SILENCE)


def is_block(error: AdapterError) -> bool:
    """Whether the venue says that it blocks the caller for ignoring its limits: HTTP 418, whatever the body says.

    Where it says so in words of its own, its plugin says it by ``blocks``.
    """
    return error.http_status == 418 or getattr(error, "blocks", False) is True
