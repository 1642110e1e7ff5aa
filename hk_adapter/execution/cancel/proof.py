"""What the rows about one order have proven of it: its terms, what was filled, and its end. No I/O, no waiting."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct, field

from hk_adapter.execution.agreement import is_proven_end, other_term, terms_of
from hk_adapter.execution.two_looks import OtherTerms, SaidOnce
from hk_adapter.model import Order, OrderStatus


class Proof(Struct, eq=False):
    """Holds each row against those before it. ``at`` is when a look-up that shows one was begun.

    That is a monotonic time in seconds; None where it is not known, or where no look-up shows it: then it says nothing
    again that another row said before.

    Attributes:
        contradictory: an end whose amounts contradict it, which a later look has to say again; None without one.
        other_terms: terms that are not those known before, which a later look has to say again; None without them.
    """

    contradictory: SaidOnce | None = None
    other_terms: OtherTerms | None = None
    _most_filled: Decimal = Decimal(0)
    _known_id: str | None = None
    _known_terms: dict[str, object] = field(default_factory=dict)

    def learn_beside(self, other: Proof) -> None:
        """Record that what rows of another case showed to be filled was filled of this order."""
        self._most_filled = max(self._most_filled, other._most_filled)

    def other_term(self, order: Order, at: float | None) -> str | None:
        """Return which term of an order differs from those shown under its id before, unless a later look confirms it.

        Such a row proves nothing of the order that is to be canceled, nor what was filled of it.
        """
        shown, known = terms_of(order), self._known_terms
        if self._known_id is not None and order.id is not None and order.id != self._known_id:
            known = {}
        other = other_term(shown, known) if known else None
        first = self.other_terms
        if other is not None and (first is None or at is None or not first.are_proven_by(shown, at)):
            if at is not None and (first is None or first.terms != shown):
                self.other_terms = OtherTerms(at, shown)
            return other
        self._known_id = order.id or self._known_id
        self._known_terms = known | shown if other is None else shown
        self.other_terms = None
        return None

    def is_end(self, order: Order, at: float | None) -> bool:
        """Whether an order's end is proven: also, what has been filled stays filled.

        A row that contradicts itself proves nothing, not even what was filled, until it is said again.
        """
        if order.filled is None:
            return False
        if order.status is None or not order.status.final:
            self._most_filled = max(self._most_filled, order.filled)
            return False
        if not is_proven_end(order) and not self._is_said_again(order, at):
            return False
        ended = order.filled >= self._most_filled
        self._most_filled = max(self._most_filled, order.filled)
        return ended

    def may_be_now(self, order: Order) -> bool:
        """Whether a row that says open can be how the order stands: not wholly filled, nor less than was shown."""
        whole = order.amount is not None and order.filled is not None and order.filled >= order.amount
        return not whole and not self.is_known_to_be_old(order)

    def is_known_to_be_old(self, order: Order) -> bool:
        """Whether a row shows less filled than another did: it is the older one."""
        return order.filled is not None and order.filled < self._most_filled

    def _is_said_again(self, order: Order, at: float | None) -> bool:
        if at is None or (order.status is OrderStatus.CLOSED and order.filled == 0):
            return False  # a fill of nothing is none, however often it is said
        first = self.contradictory
        if first is None or not first.is_the_same(order):
            self.contradictory = SaidOnce(at, order)
            return False
        return first.is_proven_by(order, at)
