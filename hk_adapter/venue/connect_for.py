"""Opens a venue for calls that are signed: a key that is missing is told before anything is asked of the venue."""

from __future__ import annotations

import inspect
import time
from collections.abc import Mapping
from functools import cache
from typing import Any

from hk_adapter.venue.connect import Venue, connect
from hk_adapter.venue.connect_arguments import ConnectArguments
from hk_adapter.venue.connection import open_connection

LEAST_TIME = 0.001
"""Seconds that are left to what comes last where all were taken before: it ends then with nothing sent."""


def connect_for(call: str, venue_id: str, **given: Any) -> Venue:
    """Open one venue as ``connect`` does; raise ConfigurationError first where nothing would sign ``call``.

    ``timeout`` is for all of it: what loading a library took is not left for loading the markets.
    """
    began = time.monotonic()
    connection = open_connection(arguments_of(venue_id, given))
    del given
    connection.calls.check_credentials(call)
    left = connection.calls.timeout - (time.monotonic() - began)
    return Venue(connection)._opened(max(left, LEAST_TIME))


def arguments_of(venue_id: str, given: Mapping[str, Any]) -> ConnectArguments:
    """Return the arguments of ``connect``, of which ``given`` has some; its further names are the venue's settings."""
    defaults = _defaults()
    own = {name: value for name, value in given.items() if name in defaults}
    settings = {name: value for name, value in given.items() if name not in own}
    return ConnectArguments(venue_id=venue_id, venue_settings=settings, **{**defaults, **own})


@cache
def _defaults() -> Mapping[str, Any]:
    """Return the arguments of ``connect`` but the first, each with what it is where nobody gives it."""
    told = inspect.signature(connect).parameters.values()
    return {one.name: one.default for one in told if one.kind is one.KEYWORD_ONLY}
