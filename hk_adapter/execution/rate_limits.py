"""Be silent for as long as a venue's rate limit demands."""

from __future__ import annotations

import logging

from hk_adapter.errors import AdapterError, RateLimited, UnexpectedPayload
from hk_adapter.flow.effects import Pause

_LOG = logging.getLogger("hk_adapter")

DEFAULT_SILENCE = 1.0
"""Seconds to be silent after a rate limit that names no time."""
BLOCK_SILENCE = 60.0
"""Seconds to send nothing at all after a block (HTTP 418) that names no time, as most venues document none."""
LONGEST_SILENCE = 300.0
"""Seconds after which the venue is asked again, whatever longer time it named: one wrong answer, perhaps not even the
venue's own, must not stop a key for days. A refusal that is repeated begins another such silence."""


async def pause_for(error: AdapterError, group: str | None) -> None:
    """Pause what an error forbids: the group that it met, or every group after a block.

    Never for longer than LONGEST_SILENCE; the error goes on telling what the venue named, and a warning tells both. A
    limit met by a library's own request belongs to none of our groups, and pauses none: ``group`` is None.
    """
    if is_block(error):
        await Pause(None, _silence(error, BLOCK_SILENCE))
    elif group is not None and is_limit(error):
        await Pause(group, _silence(error, DEFAULT_SILENCE))


def is_limit(error: AdapterError) -> bool:
    """Whether the venue says that it was asked too often, also where the answer says something else too."""
    return isinstance(error, RateLimited) or (
        isinstance(error, UnexpectedPayload) and isinstance(error.__cause__, RateLimited)
    )


def _silence(error: AdapterError, default: float) -> float:
    named = error.retry_after or default
    if named > LONGEST_SILENCE:
        _LOG.warning("told to wait for %.0f s; asking again after %.0f s", named, LONGEST_SILENCE)
    return min(named, LONGEST_SILENCE)


def is_block(error: AdapterError) -> bool:
    """Whether the venue says that it blocks the caller for ignoring its limits: HTTP 418, whatever the body says."""
    return error.http_status == 418
