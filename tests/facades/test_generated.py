"""Each public call is written once: both facades are what the script writes from it."""

from __future__ import annotations

import inspect

import pytest

import hk_adapter as hk
from tests.facades.generate import FACADES, VENUE, written


@pytest.mark.parametrize("facade", FACADES)
def test_a_facade_is_what_the_script_writes(facade):
    """Neither is changed by hand, nor forgotten when a call changes: `python -m tests.facades.generate` writes both."""
    assert VENUE.joinpath(f"{facade}.py").read_text(encoding="utf-8") == written(facade)


def test_both_facades_take_the_same_arguments():
    """A bot moves from threads to asyncio by writing `await`: names, order, defaults and types are equal.

    A watch gives an iterator of the facade's own kind.
    """
    blocking = {name: inspect.signature(one) for name, one in inspect.getmembers(hk.Venue, inspect.isfunction)}
    waiting = {name: inspect.signature(one) for name, one in inspect.getmembers(hk.AsyncVenue, inspect.isfunction)}
    calls = {name for name in blocking if not name.startswith("_") and name != "close"}
    assert calls == {name for name in waiting if not name.startswith("_") and name != "close"}
    given = {name: waiting[name] for name in calls}
    for name in calls:
        if name.startswith("watch_"):
            given[name] = given[name].replace(return_annotation=blocking[name].return_annotation)
    assert {name: blocking[name] for name in calls} == given
