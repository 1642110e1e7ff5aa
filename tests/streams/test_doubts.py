"""Which order in doubt is to be looked at next: the one that is due longest, whatever was put off or settled."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hk_adapter.execution.streams.doubts import Doubt, Doubts

MOVES = st.lists(
    st.tuples(
        st.sampled_from(["put", "put first", "put off", "drop"]), st.sampled_from("abcd"), st.integers(0, 9).map(float)
    ),
    max_size=60,
)


def doubt(due: float) -> Doubt:
    """Give a doubt that is to be looked at then."""
    return Doubt(claim=None, since=0.0, due=due)


@given(MOVES)
def test_the_next_one_is_the_one_that_is_due_longest(moves: list[tuple[str, str, float]]) -> None:
    """As a search through all of them finds it."""
    doubts, dues = Doubts(), dict[str, float]()
    for move, order_id, due in moves:
        match move:
            case "put":
                doubts.put(order_id, doubt(due))
                dues[order_id] = due
            case "put first":
                doubts.put_first(order_id, doubt(due))
                dues.setdefault(order_id, due)
            case "put off" if order_id in dues:
                doubts.put_off(order_id, due)
                dues[order_id] = due
            case "drop" if order_id in dues:
                doubts.drop(order_id)
                del dues[order_id]
        first = min(((due, name) for name, due in dues.items()), default=None)
        assert doubts.next_due() == (None if first is None else first[0])
        assert len(doubts) == len(dues)
        for now in (0.0, 5.0, 9.0):
            assert doubts.due(now) == (None if first is None or first[0] > now else first[1])


def test_what_is_put_off_again_and_again_takes_no_memory() -> None:
    """The moments that count no more are forgotten."""
    doubts = Doubts()
    doubts.put("a", doubt(1.0))
    for due in range(10_000):
        doubts.put_off("a", float(due))
    assert len(doubts._moments) < 200
    assert doubts.next_due() == 9999.0
