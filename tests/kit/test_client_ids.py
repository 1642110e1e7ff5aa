"""``connect(client_ids=...)``: who makes the client order ids, and when they are the same again."""

from __future__ import annotations

import inspect
from itertools import count
from typing import Any

import pytest

import hk_adapter as hk

TERMS = ("ETH/USD", "limit", "buy", "1", "1900")
OTHERS = ("ETH/USD", "limit", "buy", "1", "1800")


async def placed(open_desk: Any, *drafts: tuple[str, ...], **options: Any) -> list[str]:
    """Place orders at a new venue, one after the other, and give their client order ids."""
    desk = await open_desk(**options)
    return [(await desk.call("create_order", *draft)).client_order_id for draft in drafts]


async def test_a_seed_makes_the_same_ids_again(open_desk: Any) -> None:
    """The same seed gives the same orders the same ids, and no two orders the same; another seed gives others."""
    first = await placed(open_desk, TERMS, TERMS, OTHERS, client_ids="lagoon")
    again = await placed(open_desk, TERMS, TERMS, OTHERS, client_ids="lagoon")
    assert first == again
    assert len(set(first)) == 3
    assert not set(first) & set(await placed(open_desk, TERMS, TERMS, OTHERS, client_ids=7))


async def test_a_seeds_ids_do_not_depend_on_who_comes_first(open_desk: Any) -> None:
    """Threads and tasks place their orders in another order each time: an id is its order's."""
    one, other = await placed(open_desk, TERMS, OTHERS, client_ids=7)
    assert await placed(open_desk, OTHERS, TERMS, client_ids=7) == [other, one]


async def test_a_function_makes_each_id(open_desk: Any) -> None:
    """It is asked once for each order whose caller gives no id, in batches too."""
    numbers = count(1)
    desk = await open_desk(client_ids=lambda: f"bot-{next(numbers)}")
    assert (await desk.call("create_order", *TERMS)).client_order_id == "bot-1"
    assert (await desk.call("create_order", *TERMS, client_order_id="mine")).client_order_id == "mine"
    draft = dict(zip(("symbol", "type", "side", "amount", "price"), TERMS, strict=True))
    reports = await desk.call("create_orders", [draft, draft])
    assert [report.order.client_order_id for report in reports] == ["bot-2", "bot-3"]


async def test_an_id_that_was_given_before_is_a_duplicate(open_desk: Any) -> None:
    """What a function gives twice is refused as the venue refuses it: it is not taken for our own order."""
    desk = await open_desk(client_ids=lambda: "always")
    await desk.call("create_order", *TERMS)
    with pytest.raises(hk.DuplicateClientOrderId):
        await desk.call("create_order", *TERMS)


@pytest.mark.parametrize("made", ["", "a b", None, 7, "../x"])
async def test_what_is_no_id_is_refused_before_anything_is_sent(open_desk: Any, made: Any) -> None:
    """An id that no order can have never goes out."""
    desk = await open_desk(client_ids=lambda: made)
    with pytest.raises(hk.InvalidArgument, match="client_ids"):
        await desk.call("create_order", *TERMS)
    assert not desk.simulator.requests


@pytest.mark.parametrize("given", [True, 1.5, "", b"seed", ["a"]])
def test_what_makes_no_ids_is_refused(given: Any) -> None:
    """Neither a function nor a seed: nothing is opened."""
    with pytest.raises(hk.InvalidArgument, match="client_ids"):
        hk.connect("hashkey", environment="simulator", client_ids=given)


def test_both_facades_take_them() -> None:
    """The argument stands where it is promised, in both signatures."""
    for opens in (hk.connect, hk.connect_async):
        names = list(inspect.signature(opens).parameters)
        assert names[names.index("client_ids") - 1 :][:3] == ["ca_file", "client_ids", "plugins"]
