"""How a new plugin is called: its distribution, its module and its classes, all from the venue's name."""

from __future__ import annotations

import re

from hk_adapter.errors import InvalidArgument, shown
from hk_adapter.record import Record

PREFIX = "hk-adapter-"
LONGEST = 40
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
"""What a project may be called on PyPI."""


class Names(Record, frozen=True, kw_only=True):
    """The names of one plugin.

    Attributes:
        venue: the id that users type.
        distribution: what is installed.
        module: what is imported.
        name: what the names of its classes begin with.
        title: for people to read.
        variable: how the variables of its keys name it.
    """

    venue: str
    distribution: str
    module: str
    name: str
    title: str
    variable: str


def names_of(name: str) -> Names:
    """Derive the names from a venue's, or from that of a distribution ``hk-adapter-...``; normalised as PyPI does.

    Raises InvalidArgument for what PyPI would not take, or what leaves no name.
    """
    if not _NAME.fullmatch(name):
        raise InvalidArgument(f"{shown(name)} is no name for a project: letters, digits, and '-', '_' or '.' between")
    venue = re.sub(r"[-_.]+", "-", name).lower().removeprefix(PREFIX)
    if len(venue) > LONGEST:
        raise InvalidArgument(f"{shown(name)} is longer than {LONGEST} letters")
    words = [word.capitalize() for word in venue.split("-")]
    first = "" if venue[0].isalpha() else "The"
    return Names(
        venue=venue,
        distribution=PREFIX + venue,
        module=(PREFIX + venue).replace("-", "_"),
        name=first + "".join(words),
        title=" ".join(words),
        variable=venue.upper().replace("-", "_"),
    )
