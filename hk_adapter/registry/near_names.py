"""Names in a plugin that nobody reads, and that are near to one that the host does: an option misspelt says nothing."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from hk_adapter.registry.validation import CATALOGUE_HOOKS, VENUE_HOOKS
from hk_adapter.registry.venue_attributes import MAY_HAVE, MUST_HAVE

_NEAR = 0.85
"""Of a ``difflib`` ratio: a letter or two, not a word."""
OF_A_VENUE = frozenset(
    {*MAY_HAVE, *MUST_HAVE, *VENUE_HOOKS, *CATALOGUE_HOOKS}
    | {"check_cancel", "check_create", "support", "loads_markets", "second_look", "client_ids", "look_params", "scrub"}
    | {"take_key", "has_key", "key_text", "hints"}
)
"""What the host reads of an opened venue."""
OF_A_PLUGIN = frozenset({"hk_adapter_contract", "hk_adapter_settings", *VENUE_HOOKS, *CATALOGUE_HOOKS})
"""What it reads of a module or object that is a plugin."""


def misspelt_in(plugin: object, answering: object) -> Iterator[str]:
    """Name what may be misspelt of a plugin, and of what it opened; a wrapper opens nothing, and answers itself."""
    yield from _near(plugin, OF_A_PLUGIN)
    if answering is not plugin:
        yield from _near(answering, OF_A_VENUE)


def _near(part: object, read: frozenset[str]) -> Iterator[str]:
    unread = sorted(_own_names(part) - read)
    if not unread:
        return
    from difflib import get_close_matches  # noqa: PLC0415 - most have no such name

    for name in unread:
        near = get_close_matches(name, read, n=1, cutoff=_NEAR)
        if near:
            yield f"{name} is read by nobody; {near[0]} is"


def _own_names(part: object) -> set[str]:
    """Return the names that are not private, and of a module not imported from elsewhere."""
    if isinstance(part, ModuleType):
        named = vars(part).items()
        return {name for name, value in named if getattr(value, "__module__", part.__name__) == part.__name__}
    return {name for name in dir(part) if not name.startswith("_")}
