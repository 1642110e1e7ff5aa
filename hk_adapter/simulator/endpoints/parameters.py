"""One parameter of a request, read: Refusal for one that is missing, or is not what it should be."""

from __future__ import annotations

import re

from hk_adapter.simulator.exchange.state import Parameters
from hk_adapter.simulator.refusals import Refusal

_WHOLE = re.compile(r"[0-9]{1,20}")


def required(parameters: Parameters, name: str) -> str:
    """Read a text that must be given."""
    value = parameters.get(name)
    if not value:
        raise Refusal("0001", name)
    return value


def whole_number(parameters: Parameters, name: str) -> int | None:
    """Read an id, count or time; None when it is not given."""
    text = parameters.get(name)
    if not text:
        return None
    if not _WHOLE.fullmatch(text):
        raise Refusal("-1130", name)
    return int(text)
