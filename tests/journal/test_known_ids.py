"""A create under a client order id that the journal knows is never answered with the order of before."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

import hk_adapter
from hk_adapter import OutcomeUnknown, Venue
from hk_adapter.plugins.journal import Journal
from hk_adapter.simulator.server import Served
from hk_adapter.venue import per_key

TERMS = ("ETH/USD", "limit", "buy", "1", "1900")


@pytest.fixture
def later(served: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Venue]]:
    """Open a connection that shares no memory with those before it, as a later process would."""
    venues: list[Venue] = []

    def open_(*plugins: object) -> Venue:
        monkeypatch.setattr(per_key, "_by_key", {})
        venues.append(
            hk_adapter.connect("hashkey", environment="simulator", base_url=served.url, plugins=plugins, timeout=3.0)
        )
        return venues[-1]

    yield open_
    for venue in venues:
        venue.close()


def answer_of(order_id: str) -> str:
    """Write a create's answer that shows an order, made just now."""
    return (
        f'{{"accountId": "1", "symbol": "ETHUSD", "clientOrderId": "mine", "orderId": "{order_id}", "price": "1900",'
        ' "origQty": "1", "executedQty": "0", "status": "NEW", "timeInForce": "GTC", "type": "LIMIT", "side": "BUY"}'
    )


def test_an_order_of_an_earlier_process_is_not_the_new_one(
    venue: Venue, later: Callable[..., Venue], journal: Journal, served: Served
) -> None:
    """An answer that shows the journal's order is a doubt, for one order and for several."""
    old = venue.create_order(*TERMS, client_order_id="mine")
    venue.cancel_order(old.id)
    again = later(journal)
    served.control.fail_next(method="POST", body=answer_of(str(old.id)))
    with pytest.raises(OutcomeUnknown):
        again.create_order(*TERMS, client_order_id="mine", timeout=0.8)
    draft = dict(zip(("symbol", "type", "side", "amount", "price"), TERMS, strict=True)) | {"client_order_id": "mine"}
    served.control.fail_next(method="POST", body=answer_of(str(old.id)))
    (report,) = again.create_orders([draft], timeout=0.8)
    assert report.created is None


def test_without_a_journal_nobody_remembers(venue: Venue, later: Callable[..., Venue], served: Served) -> None:
    """The boundary: such an answer is believed where no journal knows the order."""
    old = venue.create_order(*TERMS, client_order_id="mine")
    venue.cancel_order(old.id)
    served.control.fail_next(method="POST", body=answer_of(str(old.id)))
    assert later().create_order(*TERMS, client_order_id="mine", timeout=3).id == old.id


def test_a_new_order_under_a_known_id_is_taken(
    venue: Venue, later: Callable[..., Venue], journal: Journal, served: Served
) -> None:
    """The venue's own answer with another order id is the new order."""
    venue.create_order(*TERMS, client_order_id="mine")
    served.control.fail_next(method="POST", body=answer_of("1790000000000000007"))
    assert later(journal).create_order(*TERMS, client_order_id="mine").id == "1790000000000000007"
