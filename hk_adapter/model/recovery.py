"""What was in flight when a process ended, as a journal remembers it, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import field

from hk_adapter.errors import AdapterError
from hk_adapter.model.enums import OrderSide
from hk_adapter.model.order import Order
from hk_adapter.model.place import Place
from hk_adapter.model.reports import CancelReport
from hk_adapter.record import Record


class JournalEntry(Record, frozen=True, kw_only=True):
    """One order of one call that is not settled.

    Attributes:
        id: names the entry in its journal.
        call: the same for all entries of one call.
        operation: the call, such as ``cancel_order``.
        order_id: the venue's id; None where the journal has none: a create, or a cancel by the client's id.
        client_order_id: the client's id; None where none was given.
        symbol: unified, as the call said it.
        side: of a ``cancel_all_orders`` that asked for one side; an entry of it without ids is its whole scope.
        client_id_prefix: of a ``cancel_all_orders``.
        started: when the call began, in ms UTC of the machine that made it.
        attempts: requests of the call that may have left.
        answered: those of them that the venue answered and did not refuse.
        running: whether the call may still be under way, in this process or another.
        outcome: the last word that the call itself came to; None where it was cut off.
        began: when its first request that may have run began, or else the call, in ms UTC of the venue as far as the
            process knew its clock. What the call made is not older, and what it was about is.
        behind: by how many ms the venue's clock may have been ahead of that: what it dated so much later may be as old.
        ahead: by how many ms it may have been behind that.
        latest: the end of the call's time limit, after which none of its requests left; as ``began``.
        superseded: when a later create began under the same client order id; as ``began``. None without one.
        fresh_id: whether the client order id was made for the call, so that no earlier order has it.
        terms: what a create asked for, by an order's words: ``type``, ``side``, ``amount`` and ``price``, those that it
            said. Empty for other calls.
        earlier_ids: the venue's ids of orders that the journal knew under the client order id before the call.
        params: of the call's ``params``, those that the journal keeps: they may say in which book the order is.
        params_left_out: whether it had others, or whether that is not known. No list or look-up proves then what became
            of what a cancel was about, for it may be somewhere else.
        fault: why the entry cannot be read; None where it can. Nothing else of such a one is to be believed.
    """

    id: str
    call: str
    operation: str
    place: Place
    order_id: str | None = None
    client_order_id: str | None = None
    symbol: str | None = None
    side: OrderSide | None = None
    client_id_prefix: str | None = None
    started: int = 0
    attempts: int = 0
    answered: int = 0
    running: bool = False
    outcome: str | None = None
    began: int = 0
    behind: int = 0
    ahead: int = 0
    latest: int = 0
    superseded: int | None = None
    fresh_id: bool = False
    terms: Mapping[str, Any] = field(default_factory=dict)
    earlier_ids: frozenset[str] = frozenset()
    params: Mapping[str, Any] = field(default_factory=dict)
    params_left_out: bool = False
    fault: str | None = None


class RecoveredOperation(Record, frozen=True, kw_only=True):
    """One entry that was in flight, and what is known of it now.

    Attributes:
        settled: whether it is proven what became of it, and the journal says so; else it stays in flight.
        order: as the venue shows it now; None where it showed none.
        report: for a cancel that was looked into: what is known, in the words of ``try_cancel``.
        error: why it could not be settled, where an error is the reason.
        advice: what speaks for closing it, in words; None where nothing does. It is no proof.
        closed: whether the caller closed it unproven (``recover(close=...)``): it is in flight no more.
    """

    entry: JournalEntry
    settled: bool
    order: Order | None = None
    report: CancelReport | None = None
    error: AdapterError | None = None
    advice: str | None = None
    closed: bool = False
