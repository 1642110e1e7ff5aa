"""What a market buy by amount, and one by cost, sends at each exchange of ccxt's: the table of ``docs/reference``.

``python -m tests.ccxt_bridge.market_order_table`` writes the page anew; a test holds the page to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import ccxt

import hk_adapter as hk
from hk_adapter.flow.http import HttpRequest
from hk_adapter.venues.ccxt_bridge.market_orders import sent_fields
from hk_adapter.venues.ccxt_bridge.plugin import CcxtVenue
from tests.ccxt_bridge import table_page
from tests.ccxt_bridge.by_hand import always, opened, run

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "ccxt-market-orders.md"
MARK = "<!-- made by tests/ccxt_bridge/market_order_table.py -->"
NUMBER = Decimal("13.57")
REFUSED = "refused"
UNSEEN = "needs more than a key"
"""Where ccxt wants a wallet, a token or a market of its own before it makes any request."""

_CREDENTIALS = {
    "password": "pw",
    "uid": "12345",
    "accountId": "77",
    "login": "me",
    "token": "t",
    "twofa": "JBSWY3DPEHPK3PXP",
    "privateKey": "0x" + "1" * 64,
    "walletAddress": "0x" + "2" * 40,
}
_UNIFIED = {"enableUnifiedAccount": True, "enableUnifiedMargin": False, "unifiedMarginStatus": 6, "uta": False}
_UNITS = re.compile(r"tgtCcy|marketUnit|oflags")
_ANSWER = always(200, b'{"id":"1","retCode":0,"code":"0","result":{"orderId":"1"},"data":{"id":"1"}}')
_UNFIT = (hk.PluginError, hk.ConfigurationError, hk.OutcomeUnknown)


def ready(member: str) -> CcxtVenue:
    """Open an exchange with all that it signs with."""
    venue = opened(member)
    equip(venue._exchange, member)
    market = venue._exchange.markets["ETH/USD"]
    market.update(lowercaseId="ethusd", subType="linear", contract=False)
    market["info"] = {"orderTypes": ["LIMIT", "MARKET"], "underlyingDecimals": 4, "quoteIncrement": "0.01"}
    return venue


def equip(exchange: Any, member: str) -> None:
    """Give an exchange, bridged or plain, what it signs with beside a key."""
    for name, value in _CREDENTIALS.items():
        if exchange.requiredCredentials.get(name) or name == "accountId":
            setattr(exchange, name, value)
    if member == "backpack":
        exchange.secret = "11" * 32
    exchange.options.update(_UNIFIED)
    exchange.accounts = [{"id": "77", "type": "spot", "code": None, "info": {}}]


def bought(member: str, amount: Decimal | None, cost: Decimal | None) -> tuple[list[HttpRequest], Exception | None]:
    """Let an exchange place a market buy, and give the requests that left and what was raised."""
    venue = ready(member)
    request = hk.CreateOrderRequest(
        symbol="ETH/USD",
        type=hk.OrderType.MARKET,
        side=hk.OrderSide.BUY,
        amount=amount,
        cost=cost,
        client_order_id="own1234567" if venue.largest_client_id is None else "1234567",
        params={"operatorId": 7} if member == "bitvavo" else {},
    )
    sent: list[HttpRequest] = []
    try:
        run(venue.create_order(request), _ANSWER, sent)
    except Exception as error:  # noqa: BLE001 - what came of the answer is another test's
        return orders(sent), error
    return orders(sent), None


def orders(sent: list[HttpRequest]) -> list[HttpRequest]:
    """Leave out what only reads or logs in; two exchanges take orders by GET."""
    changing = (one for one in sent if one.method != "GET" or one.path.endswith(("/buy", "/sell")))
    return [one for one in changing if not one.path.startswith("/auth/")]


def cell(member: str, amount: Decimal | None, cost: Decimal | None) -> str:
    """Say under which names the number went out, and what else tells its currency; or that nothing did."""
    sent, error = bought(member, amount, cost)
    told = [
        f"`{name.strip('.')}`" + (f" = `{value}`" if _UNITS.search(name) else "")
        for request in sent
        for name, value in sent_fields(request)
        if _UNITS.search(name) or _is_number(value)
    ]
    if told:
        return ", ".join(told)
    stumbled = isinstance(error, hk.UnexpectedPayload) and "cannot read the answer" in str(error)
    return UNSEEN if isinstance(error, _UNFIT) or error is None or stumbled else REFUSED


def rows() -> Iterator[str]:
    """Give the lines of the table."""
    yield "| | by amount | by cost |"
    yield "|---|---|---|"
    for member in ccxt.exchanges:
        if hasattr(getattr(ccxt, member), "hk_adapter_name") or not getattr(ccxt, member)().has.get("createOrder"):
            continue
        yield f"| `{member}` | {cell(member, NUMBER, None)} | {cell(member, None, NUMBER)} |"


def _is_number(value: Any) -> bool:
    try:
        return Decimal(str(value)) == NUMBER
    except ArithmeticError:
        return False


def main() -> None:
    """Write the page anew."""
    table_page.write(PAGE, MARK, rows())


if __name__ == "__main__":
    main()
