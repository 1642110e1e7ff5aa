"""Whose row it is that names the order, by its times: an id may have been another's before, or be another's since.

They are held against when the sends of a cancel left, and tell also whether an end, or a list, is older or younger. No
I/O, no waiting. What a happy cancel asks, ``state`` knows without it.
"""

from __future__ import annotations

from collections.abc import Mapping

from hk_adapter.execution.send_times import SendTimes
from hk_adapter.flow.effects import MOST_BEHIND, UNMEASURED
from hk_adapter.model import Order

ANSWERED_WITHIN = 60.0
"""Seconds from a look's beginning to its answer, at the most: a time beyond them is none that the answer can have."""

MOST_LEFT_OPEN = 2 * UNMEASURED
"""Milliseconds by which a reading of the venue's clock may leave open whether an order is younger than a send.

A venue that tells whole seconds leaves one of them open, and the way of its answer. What waited for a limit tells less.
"""


def may_have_id_since(made: int, times: SendTimes, at: float | None) -> bool:
    """Whether an order, made in ms UTC, may have the venue's id of another one since the first send.

    A venue that begins its numbers anew gives an id to a second order: that one is younger than the first send. Within
    what a reading of the clock leaves open an id is believed, and so where the time is still to come, as none of the
    order's can be. ``at`` is as ``is_to_come`` takes it.
    """
    since = _latest_creation(times)
    return since is not None and made > since and not is_to_come(made, times, at)


def may_have_client_id_since(made: int, times: SendTimes) -> bool:
    """Whether an order, made in ms UTC, may have the client order id of another one since the first send.

    Within what a reading of the clock leaves open a client order id is not believed.
    """
    return times.is_undated or (times.first is not None and made > times.first - times.doubt)


def _latest_creation(times: SendTimes) -> float | None:
    """Return the latest time, in ms UTC, at which the order that is meant can have been made; None: at any time."""
    if times.first is None:
        return times.latest_first  # the clocks contradict one another: what is younger by each of them
    return times.first + (0.0 if times.guessed else min(times.doubt, MOST_LEFT_OPEN))


def is_to_come(time: int, times: SendTimes, at: float | None) -> bool:
    """Whether a time, in ms UTC, had not come by the end of a look that was begun ``at`` a monotonic time."""
    seen = None if at is None else times.at(at + ANSWERED_WITHIN)
    return seen is not None and time > seen + max(times.doubt, MOST_BEHIND)


def has_id_of_another(order: Order, seen: Order | None) -> bool:
    """Whether another order than the one that was seen has its id: a repeat would reach that."""
    return seen is not None and order.id == seen.id and order.timestamp != seen.timestamp


def has_ended_since(ended: int, times: SendTimes) -> bool:
    """Whether an end, in ms UTC, is no older than the first send. That of an earlier order with the id is."""
    return times.first is not None and ended >= times.first


def is_older(end: Order, times: SendTimes, placed_at: float | None) -> bool:
    """Whether an order's end is proven to be older than the first send.

    No order ends before it was created: such a time is none of the end. ``placed_at`` is when it was placed, in seconds
    of the monotonic clock; None where that is not known.
    """
    ended, created = end.last_update_timestamp, end.timestamp
    sent = None if times.is_undated else times.earliest
    if not ended or sent is None or (created is not None and ended < created):
        return False
    placed = None if placed_at is None else times.at(placed_at)
    return ended < sent and (placed is None or ended >= placed - max(times.doubt, MOST_BEHIND))


def is_younger(as_of: Mapping[str | None, int], times: SendTimes, seen: Order | None) -> bool:
    """Whether a list is proven to be younger than the order, as it was seen, and than the last cancel of it.

    ``as_of`` is the newest time of the venue that the list shows of each symbol, in ms UTC.
    """
    created = None if seen is None else seen.timestamp
    newest = None if seen is None else as_of.get(seen.symbol)
    latest = None if times.is_undated else times.latest
    if created is None or newest is None or latest is None:
        return False
    return newest > max(created, latest)


def is_made_since(order: Order, times: SendTimes, at: float) -> bool:
    """Whether an order was made since a monotonic time in seconds: what was known then is of an earlier one."""
    moment, made = times.at(at), order.timestamp
    return moment is not None and made is not None and made > moment + max(1.0, min(times.doubt, MOST_BEHIND))
