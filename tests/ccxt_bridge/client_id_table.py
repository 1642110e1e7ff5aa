"""What each exchange of ccxt's is told of a client order id: the table of ``docs/reference``.

``python -m tests.ccxt_bridge.client_id_table`` writes the page anew; a test holds the page to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path

import ccxt

import hk_adapter as hk
from hk_adapter.flow.http import HttpRequest
from hk_adapter.venues.ccxt_bridge.client_ids import carried
from hk_adapter.venues.ccxt_bridge.id_forms import LARGEST_CLIENT_ID
from tests.ccxt_bridge import table_page
from tests.ccxt_bridge.by_hand import run
from tests.ccxt_bridge.market_order_table import orders

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "ccxt-client-ids.md"
MARK = "<!-- made by tests/ccxt_bridge/client_id_table.py -->"
OWN = "own1234567"
NUMBER = "1234567"
"""Where an exchange takes numbers only."""
UNSEEN = "not seen"
"""Where ccxt makes no request for an order of this market and key."""


def limit_order(member: str, own: str = OWN, symbol: str = "ETH/USD") -> hk.CreateOrderRequest:
    """A limit buy."""
    return hk.CreateOrderRequest(
        symbol=symbol,
        type=hk.OrderType.LIMIT,
        side=hk.OrderSide.BUY,
        amount=Decimal(13),
        price=Decimal(2000),
        client_order_id=own,
        params={"operatorId": 7} if member == "bitvavo" else {},
    )


def placed(member: str, answer: bytes, own: str = OWN) -> tuple[list[HttpRequest], hk.Order | Exception]:
    """Let an exchange place a limit buy, and give the requests that left and what came of it."""
    from hk_adapter.flow.http import Response  # noqa: PLC0415
    from tests.ccxt_bridge.driven.answers import after_first  # noqa: PLC0415
    from tests.ccxt_bridge.driven.exchanges import driven  # noqa: PLC0415 - it asks this module for the exchanges

    sent: list[HttpRequest] = []
    venue, symbol = driven(member)
    try:
        create = venue.create_order(limit_order(member, own, symbol))
        found = run(create, after_first(lambda _: Response(200, {}, answer)), sent)
    except Exception as error:  # noqa: BLE001 - the caller says what it may be
        found = error
    return [one for one in sent if one in orders(sent) or "/broadcast_tx" in one.url], found


def cell(member: str) -> str:
    """Say what an exchange is told of the id."""
    largest = LARGEST_CLIENT_ID.get(member)
    own = OWN if largest is None else NUMBER
    answer = b'{"id":"1","retCode":0,"code":"0","result":{"orderId":"1"},"data":{"id":"1"}}'
    sent, _ = placed(member, answer, own)
    if not sent:
        return UNSEEN
    told = carried(sent, own)
    if told is None:
        return "another one, or none"
    as_it_is = "as it is" if largest is None else f"as it is; numbers from 1 to {largest} only"
    return as_it_is if told == own else f"`{told.replace(own, '…')}`"


@cache
def members() -> tuple[str, ...]:
    """Name ccxt's exchanges that create orders."""
    kinds = {name: getattr(ccxt, name) for name in ccxt.exchanges}
    return tuple(
        name for name, kind in kinds.items() if not hasattr(kind, "hk_adapter_name") and kind().has.get("createOrder")
    )


def rows() -> Iterator[str]:
    """Give the lines of the table."""
    yield "| | told |"
    yield "|---|---|"
    for member in members():
        yield f"| `{member}` | {cell(member)} |"


def main() -> None:
    """Write the page anew."""
    table_page.write(PAGE, MARK, rows())


if __name__ == "__main__":
    main()
