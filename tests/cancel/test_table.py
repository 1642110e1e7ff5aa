"""The table that decides about a cancel's next step has an answer for whatever a case has learned."""

from __future__ import annotations

from hk_adapter.execution.cancel.policy import TABLE, State, When


def test_every_state_has_its_row_and_every_row_an_end() -> None:
    """There is a row for each state, in their order, and the last condition of each always holds."""
    assert list(TABLE) == list(State)
    assert {list(row)[-1] for row in TABLE.values()} == {When.ALWAYS}


def test_no_condition_stands_after_one_that_always_holds() -> None:
    """What could never be reached is not in the table, and no condition is there for nothing."""
    assert not [state for state, row in TABLE.items() if When.ALWAYS in list(row)[:-1]]
    assert {when for row in TABLE.values() for when in row} == set(When)
