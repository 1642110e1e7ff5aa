"""Whether an order that a look shows is the one that a journal's entry is about: by id, or by times and terms."""

from __future__ import annotations

from hk_adapter.execution.agreement import contradiction
from hk_adapter.flow.effects import MOST_BEHIND
from hk_adapter.model import JournalEntry, Order, OrderType


def is_made_by(order: Order, entry: JournalEntry, lifetime: int) -> bool:
    """Whether a create placed an order that has its client order id: earlier and later orders may have had it too.

    An order with other terms than were asked for is another one.

    ``lifetime``: ms for which a request is good at the venue.
    """
    if entry.order_id is not None:
        return order.id == entry.order_id and not _is_too_young(order, entry, lifetime)
    if order.id in entry.earlier_ids or not _is_as_asked(order, entry):
        return False
    if entry.fresh_id:
        return True
    if order.timestamp is None or order.timestamp < began(entry):
        return False
    if entry.superseded is not None and order.timestamp >= entry.superseded:
        return False
    return not _is_too_young(order, entry, lifetime)


def _is_too_young(order: Order, entry: JournalEntry, lifetime: int) -> bool:
    """Whether no request of the call was good any more when an order was made."""
    return bool(entry.latest) and order.timestamp is not None and order.timestamp > entry.latest + lifetime


def existed(order: Order, entry: JournalEntry) -> bool:
    """Whether an order was there when an entry was written, so that its call can have been about it.

    By the venue's time, as far as the process that wrote the entry knew it: what may be younger is not taken for one.
    One of an id that the entry knew is taken for it within what a reading of the clock left open: a younger one is
    another, of a venue that has begun its numbers anew.
    """
    if order.id in {entry.order_id, *entry.earlier_ids}:
        doubt = entry.behind if entry.behind < MOST_BEHIND else 0
        return order.timestamp is None or order.timestamp <= began(entry) + doubt
    return order.timestamp is not None and order.timestamp <= began(entry) - entry.ahead


def may_have_existed(order: Order, entry: JournalEntry) -> bool:
    """Whether an order may have been there when an entry was written: only one that is proven younger was not."""
    return order.timestamp is None or existed(order, entry) or order.timestamp <= began(entry) + entry.behind


def is_end_of(order: Order, entry: JournalEntry) -> bool:
    """Whether a cancel can have met the order alive: an ended one that shares its client order id proves nothing.

    An order that has not ended says nothing against it.
    """
    if entry.order_id is not None or order.status is None or not order.status.final:
        return True
    # The one order that the journal knew under the client's id was canceled as that: no clock needs to say so.
    doubt = 0 if entry.earlier_ids == {order.id} else entry.behind
    return order.last_update_timestamp is not None and order.last_update_timestamp >= began(entry) + doubt


def _is_as_asked(order: Order, entry: JournalEntry) -> bool:
    wanted = {"symbol": entry.symbol, **entry.terms}
    if order.type not in set(OrderType):
        wanted.pop("type", None)
    return contradiction(order, wanted) is None


def began(entry: JournalEntry) -> int:
    """Return when an entry's call began, in ms UTC as the venue counts them, as far as that is known."""
    return entry.began or entry.started
