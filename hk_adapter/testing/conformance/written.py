"""Whether a script writes what a case needs: what it does not is a declared absence, with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from hk_adapter.flow.http import Response
from hk_adapter.hooks import OpenedVenue
from hk_adapter.testing.conformance.further_script import (
    FURTHER_METHODS,
    MORE_METHODS,
    WritesIdsByMarket,
    WritesRefusalsByRequest,
)
from hk_adapter.testing.conformance.guarded import plain
from hk_adapter.testing.conformance.promises import require
from hk_adapter.testing.conformance.script import Asked, Refusal, Script


def check_written(script: Script, venue: OpenedVenue, needed: Iterable[str]) -> None:
    """Require the hooks that a case needs of the plugin, and what a script writes for them, of the script."""
    for name in needed:
        if name in MORE_METHODS:
            require(hasattr(venue, name), f"the plugin has no {name}; say why in Capabilities(absent=...)")
        for method in MORE_METHODS.get(name, ()):
            require(hasattr(script, method), f"the plugin has {name}: let the script write `{method}`")
        method_of_all = FURTHER_METHODS.get(name)
        told = f"let the script write `{method_of_all}`, or say in Capabilities(absent={{{str(name)!r}: ...}}) why not"
        require(method_of_all is None or hasattr(script, method_of_all), told)
        if isinstance(name, Refusal):
            told = f"the script has no refusal {str(name)!r}: write it, or say in Capabilities(absent=...) why not"
            require(has_words_for(script, name), told)


def has_words_for(script: Script, refusal: Refusal) -> bool:
    """Whether a script writes a refusal; a table that lacks it raises LookupError."""
    try:
        plain(script).refusal(refusal)
    except LookupError:
        return False
    return True


def id_in(script: Script, symbol: str, number: int) -> str:
    """Write the id of a market's order."""
    if hasattr(script, "order_id_in"):
        return cast("WritesIdsByMarket", script).order_id_in(symbol, number)
    return script.order_id(number)


def refusal_of(script: Script, asked: Asked, refusal: Refusal) -> Response:
    """Write a refusal of a request: by ``refused`` where the script has it, else by ``refusal``."""
    if hasattr(script, "refused"):
        return cast("WritesRefusalsByRequest", script).refused(asked, refusal)
    return script.refusal(refusal)
