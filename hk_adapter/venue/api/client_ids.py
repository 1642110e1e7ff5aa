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

OWN_ID_DIGITS = 24
"""Of an id that we make: hexadecimal, which most venues take, and of chance no two are equal."""
ALL_DIGITS = 32
"""Those that an id of another form is made of."""


class ClientIdSource(Protocol):
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
        return self.digits(terms)[:OWN_ID_DIGITS]

    def digits(self, terms: tuple[Any, ...]) -> str:
        """Return the digits for one."""
        return secrets.token_hex(ALL_DIGITS // 2)


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
        return self.digits(terms)[:OWN_ID_DIGITS]

    def digits(self, terms: tuple[Any, ...]) -> str:
        """Return the digits for the next one of these terms."""
        with self._lock:
            count = self._made[terms]
            self._made[terms] += 1
        text = "\n".join([self._seed, str(count), *map(str, terms)])
        return hashlib.sha256(text.encode()).hexdigest()[:ALL_DIGITS]


class Formed:
    """The ids of another maker in a form of the venue's."""

    def __init__(self, maker: ByChance | FromSeed, form: Callable[[str], str], *, fresh: bool) -> None:
        self._maker = maker
        self._form = form
        self.fresh = fresh

    def make(self, terms: tuple[Any, ...]) -> str:
        """Make one."""
        return str(arguments.client_order_id("client_id_form", self._form(self._maker.digits(terms))))


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


def fitting(ids: ClientIdSource, venue: object) -> ClientIdSource:
    """Return what makes ids that a venue takes, by its ``largest_client_id`` or ``client_id_form``.

    What a caller makes is the caller's: the venue refuses what it does not take. Of numbers there are too few for any
    to be nobody else's: an order that has one already is told from ours by its time.
    """
    if not isinstance(ids, ByChance | FromSeed):
        return ids
    largest: int | None = getattr(venue, "largest_client_id", None)
    form: Callable[[str], str] | None = getattr(venue, "client_id_form", None)
    if largest is not None:
        return Formed(ids, lambda digits: str(1 + int(digits, 16) % largest), fresh=False)
    return ids if form is None else Formed(ids, form, fresh=ids.fresh)


def client_ids_of(given: object) -> ClientIdSource:
    """Read the argument ``client_ids`` of ``connect``. Raises InvalidArgument for what makes no ids."""
    if given is None:
        return ByChance()
    if callable(given):
        return FromCaller(given)
    seed = str.__str__(given) if is_a(given, str) else whole(given)
    if seed is not None and seed != "":
        return FromSeed(seed)
    raise InvalidArgument("client_ids must be a function that gives a new id each time, or a seed: a str or an int")
