"""A child after a fork looks for itself: whoever led a round, or waited for one, is in the parent."""

from __future__ import annotations

from hk_adapter.execution.lookups import SharedLookups, Shown
from hk_adapter.flow.driver import START, Answer, step
from hk_adapter.flow.effects import Moment, Now
from hk_adapter.model import FetchOrderRequest, OrderStatus
from tests.looks.book import DEADLINE


def test_a_look_of_the_parent_holds_nobody_up(run, book, looks: SharedLookups):
    """The parent was in the middle of a look when it forked: the child's own look is made at once."""
    book.orders["1"] = OrderStatus.OPEN
    names = [(FetchOrderRequest(order_id="1"),)]
    in_the_parent = looks.look(book, names, DEADLINE)
    answer = START
    while not book.asked:
        answer = Answer(Moment(0.0, 0)) if isinstance(step(in_the_parent, answer), Now) else START
    looks.renew_in_child()
    ((sight,),) = run(looks.look(book, names, DEADLINE))
    assert isinstance(sight, Shown)
    in_the_parent.close()
