"""One DEBUG line for each request: method, path, group, status, and how long it took. Nothing that is signed."""

from __future__ import annotations

import logging

from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.http import Response
from hk_adapter.flow.log_line import write

_LOG = logging.getLogger("hk_adapter")


def is_wanted() -> bool:
    """Whether anybody reads these lines."""
    return _LOG.isEnabledFor(logging.DEBUG)


def note_exchange(call: HttpCall, response: Response | None, error: BaseException | None, seconds: float) -> None:
    """Write the line of a request that was handed to the network; without an answer, by the kind of its failure."""
    path = call.path.partition("?")[0]
    status = "no answer" if response is None else str(response.status)
    ended = status if error is None else type(error).__name__
    write(_LOG, logging.DEBUG, "%s %s: %s in %.0f ms, group %s", call.method, path, ended, seconds * 1000, call.group)
