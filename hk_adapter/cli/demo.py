"""``hk-adapter demo``: one cancel over real HTTP, with every step shown."""

from __future__ import annotations

from dataclasses import dataclass

import click

from hk_adapter.cli.comparison import ANSWER_FIELDS, QUERY_FIELDS, compare, open_console
from hk_adapter.errors import OutcomeUnknown
from hk_adapter.model import Order
from hk_adapter.simulator import VENUE_ID, VENUE_NAME, serve
from hk_adapter.venue.connect import connect


@dataclass(frozen=True, slots=True)
class _Story:
    url: str
    placed: Order
    answered: Order
    ended: Order


@click.command()
def demo() -> None:
    """Show one cancel, step by step, on a simulated HashKey.

    It is served over HTTP on this machine. Needs no network, no keys and no configuration.
    """
    console = open_console()
    story = _played()
    console.print(*_before(story), sep="\n")
    console.print(compare(ANSWER_FIELDS, story.answered))
    console.print(*_between(story), sep="\n")
    console.print(compare(QUERY_FIELDS, story.ended))
    console.print(*_after(story), sep="\n")


def _played() -> _Story:
    with serve() as served, connect(VENUE_ID, environment="simulator", base_url=served.url) as venue:
        placed = venue.create_order("ETH/USD", "limit", "buy", "1", "1900", client_order_id="demo-1")
        # wait="ack" leaves the confirming query to us, so that both answers of one cancel can be shown.
        answered = venue.cancel_order(placed.id, wait="ack")
        ended = venue.fetch_order(placed.id)
        if ended.status is None or not ended.status.final:
            raise OutcomeUnknown(f"the query shows the order as {ended.venue_status}: its end is not proven")
        return _Story(served.url, placed, answered, ended)


def _before(story: _Story) -> list[str]:
    placed = story.placed
    terms = f"{placed.side} {placed.amount} {placed.symbol} at {placed.price}"
    return [
        f"A simulated {VENUE_NAME} is served at {story.url}.",
        "",
        f"1. POST /api/v1.1/spot/order placed order {placed.id}: {terms}.",
        "",
        "2. DELETE /api/v1/spot/order asked to cancel it. The answer, field by field:",
        "",
    ]


def _between(story: _Story) -> list[str]:
    answered = story.answered
    said = (
        f"The answer said {answered.venue_status}: it shows the order as it was before the cancel, and its"
        " transactTime is the order's creation time. So it proves only that the request was accepted. The model calls"
        f" the order {answered.status}, and ccxt's format calls it {answered.to_ccxt()['status']}, for it may still"
        " trade."
    )
    return ["", said, "", "3. GET /api/v1/spot/order asked where the order stands now:", ""]


def _after(story: _Story) -> list[str]:
    ended = story.ended
    proved = (
        f"The confirming query said {ended.venue_status}, with {ended.filled} of {ended.amount} filled. That is the"
        " proof: the order is off the book, and what it traded is known."
    )
    return ["", proved, "", "cancel_order(order_id) does 2 and 3 in one call, and returns only with that proof."]
