"""What was seen open is told apart by id and symbol, where both say one: some venues count ids by symbol."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from hk_adapter import CancelOutcome, CancelReport, Order, OrderStatus
from hk_adapter.fleet.seen_open import SeenOpen
from hk_adapter.model import Evidence, ListOrdersRequest, OrderPage, Wait
from tests.cases import each

ETH, BTC = "ETH/USD", "BTC/USD"
ATTEMPT, OPERATE = (getattr(wrapper, "hk_adapter_flow") for wrapper in (SeenOpen.attempt, SeenOpen.operate))  # noqa: B009


def _done(flow: Any) -> None:
    with suppress(StopIteration):
        flow.send(None)
        raise AssertionError("it waits for something")


async def _gives(answer: Any) -> Any:
    return answer


def _order(symbol: str | None, status: OrderStatus = OrderStatus.OPEN) -> Order:
    return Order(id="1", symbol=symbol, status=status)


def _listed(seen: SeenOpen, *orders: Order) -> None:
    page = OrderPage(orders=orders, complete=False)
    _done(ATTEMPT(seen, _gives(page), ListOrdersRequest(), "fetch_open_orders"))


def _still(seen: SeenOpen) -> list[str | None]:
    return [order.symbol for order in seen.still_open()]


def _ended_by_a_cancel(seen: SeenOpen, symbol: str | None) -> None:
    report = CancelReport(
        outcome=CancelOutcome.CANCELED,
        order=_order(symbol, OrderStatus.CANCELED),
        evidence=Evidence.QUERY,
        wait=Wait.FINAL,
        elapsed=0.0,
    )
    _done(OPERATE(seen, _gives(report)))


def _ended_by_a_look(seen: SeenOpen, symbol: str | None) -> None:
    _done(ATTEMPT(seen, _gives(_order(symbol, OrderStatus.CANCELED)), None, "fetch_order"))


@each("end", [_ended_by_a_cancel, _ended_by_a_look])
@each(
    ("open_ones", "ended", "left"),
    [
        ([ETH, BTC], ETH, [BTC]),
        ([ETH, BTC], None, [ETH, BTC]),  # of which it is cannot be told
        ([ETH], None, []),
        ([None], ETH, []),
        ([None, ETH], ETH, []),
        ([ETH], BTC, [ETH]),
    ],
)
def test_the_end_of_one_hides_no_other(
    end: Any, open_ones: list[str | None], ended: str | None, left: list[str]
) -> None:
    """An order that may be open is named by a stop."""
    seen = SeenOpen()
    _listed(seen, *map(_order, open_ones))
    end(seen, ended)
    assert _still(seen) == left


def test_an_order_that_is_seen_again_is_one() -> None:
    """Its last row is kept."""
    seen = SeenOpen()
    for _ in range(2):
        _listed(seen, _order(ETH), _order(BTC))
    assert _still(seen) == [ETH, BTC]


def _shown(seen: SeenOpen, request: ListOrdersRequest, *order_ids: str) -> None:
    orders = tuple(Order(id=one, symbol=ETH, status=OrderStatus.OPEN) for one in order_ids)
    _done(ATTEMPT(seen, _gives(OrderPage(orders=orders, complete=True)), request, "fetch_open_orders"))


def _looked_at(seen: SeenOpen) -> None:
    _done(ATTEMPT(seen, _gives(Order(id="2", symbol=ETH, status=OrderStatus.OPEN)), None, "fetch_order"))


def _listed_again(seen: SeenOpen) -> None:
    _shown(seen, ListOrdersRequest(params={"stop": True}), "2")


def _in_history(seen: SeenOpen) -> None:
    page = OrderPage(orders=(Order(id="2", symbol=ETH, status=OrderStatus.OPEN),), complete=True)
    _done(ATTEMPT(seen, _gives(page), ListOrdersRequest(), "fetch_orders"))


@each("since", [None, _looked_at, _listed_again, _in_history])
def test_a_list_of_one_book_hides_nothing_of_another(since: Any) -> None:
    """A whole list without params forgets what it does not show, but not what one with params has shown."""
    seen = SeenOpen()
    _shown(seen, ListOrdersRequest(), "1")
    _shown(seen, ListOrdersRequest(params={"stop": True}), "2")
    if since is not None:
        since(seen)
    _shown(seen, ListOrdersRequest())
    assert [order.id for order in seen.still_open()] == ["2"]


def test_one_that_has_come_into_the_book_is_of_it() -> None:
    """A list without params has shown it since: the next one that does not tells that it is gone."""
    seen = SeenOpen()
    _shown(seen, ListOrdersRequest(params={"stop": True}), "2")
    _shown(seen, ListOrdersRequest(), "2")
    _shown(seen, ListOrdersRequest())
    assert seen.still_open() == []
