"""One scene of the campaign: how the venue speaks, and how much goes wrong; drawn from a seed."""

from __future__ import annotations

from random import Random

from hk_adapter.record import Record
from hk_adapter.simulator import Dialect, StreamFault

ORDERS = 40
"""Orders of one scene."""


class Scene(Record, frozen=True, kw_only=True):
    """What was drawn.

    Attributes:
        lost: how many of the requests over HTTP are lost, on their way there or back.
        disturbed: how many of the frames go wrong.
        kinds: in which ways they do.
        latest: how late a frame may be, in ms.
        mishaps: how probable, after each order, a restart, an expired or replaced key, or a refused opening is.
    """

    dialect: Dialect
    lost: float
    disturbed: float
    kinds: tuple[StreamFault, ...]
    latest: int
    mishaps: float


def draw(rng: Random) -> Scene:
    """Draw a scene. In some nothing goes wrong at all."""
    candidates = Dialect.candidates()
    words = {
        name: rng.choice(candidates[name])
        for name in candidates
        if name.startswith(("stream_", "listen_key_")) and name != "listen_key_signature"
    }
    dialect = Dialect(
        cursor_name="either",
        stream_delay_ms=rng.choice([(0, 0), (0, 200), (0, 1500)]),
        accept_delay_ms=rng.choice([(0, 0), (0, 300)]),
        cancel_delay_ms=rng.choice([(0, 0), (0, 800)]),
        reject_share=rng.choice([0.0, 0.1]),
        cancel_in_flight=rng.choice(["as_before", "PENDING_CANCEL"]),
        **words,  # type: ignore[arg-type]  # each is one of its own candidates
    )
    # A venue that leaves out a frame and lives on cannot be caught at it: no frame has a number.
    kinds = tuple(kind for kind in StreamFault if kind is not StreamFault.LOSE)
    return Scene(
        dialect=dialect,
        lost=rng.choice([0.0, 0.02, 0.1]),
        disturbed=rng.choice([0.0, 0.05, 0.2, 0.5]),
        kinds=kinds,
        latest=3000,
        mishaps=rng.choice([0.0, 0.03, 0.1]),
    )
