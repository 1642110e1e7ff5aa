"""Where the client order ids come from that a connection makes for orders whose caller gives none."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol

from hk_adapter.errors import InvalidArgument, shown
from hk_adapter.flow.guard import Guard
from hk_adapter.model.decimals import whole
from hk_adapter.true_class import class_name, is_a
from hk_adapter.venue.api import arguments

OWN_ID_BYTES = 12
"""Of an id that we make: 24 hex digits, which every known venue takes, and of chance no two are equal."""


class ClientIds(Protocol):
    """Makes one id for each order. Thread-safe.

    Attributes:
        fresh: whether no other order can have one of these ids.
    """

    fresh: bool

    def make(self, terms: tuple[Any, ...]) -> str:
        """Make the id of an order with these terms. Raises InvalidArgument for one that no order can have."""


class ByChance:
    """Ids that nobody has made before."""

    fresh = True

    def make(self, terms: tuple[Any, ...]) -> str:
        """Make one."""
        return secrets.token_hex(OWN_ID_BYTES)


class FromSeed:
    """The same ids again for the same seed, and the same order: by its terms, and how often there were such before.

    Not by its place among all orders: threads and tasks place theirs in another order each time.
    """

    fresh = False

    def __init__(self, seed: str | int) -> None:
        self._seed = str(seed)
        self._made: Counter[tuple[Any, ...]] = Counter()
        self._lock = Guard()

    def make(self, terms: tuple[Any, ...]) -> str:
        """Make the next one of these terms."""
        with self._lock:
            count = self._made[terms]
            self._made[terms] += 1
        text = "\n".join([self._seed, str(count), *map(str, terms)])
        return hashlib.sha256(text.encode()).hexdigest()[: 2 * OWN_ID_BYTES]


class FromCaller:
    """What a function of the caller's gives, called once for each order."""

    fresh = False

    def __init__(self, make: Callable[[], str]) -> None:
        self._make = make

    def make(self, terms: tuple[Any, ...]) -> str:
        """Ask for one; what the function raises is the caller's own."""
        made: object = self._make()
        if not is_a(made, str):
            raise InvalidArgument(f"client_ids gave {class_name(made)} {shown(made)}, not an id")
        return str(arguments.client_order_id("client_ids", made))


def client_ids_of(given: object) -> ClientIds:
    """Read the argument ``client_ids`` of ``connect``. Raises InvalidArgument for what makes no ids."""
    if given is None:
        return ByChance()
    if callable(given):
        return FromCaller(given)
    seed = str.__str__(given) if is_a(given, str) else whole(given)
    if seed is not None and seed != "":
        return FromSeed(seed)
    raise InvalidArgument("client_ids must be a function that gives a new id each time, or a seed: a str or an int")
