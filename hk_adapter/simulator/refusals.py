"""The venue's refusals: documented error codes, in our own words, and the body that carries one.

Source: error table of the HashKey documentation (2026); every code answers HTTP 400 as `{"code": "...", "msg": "..."}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hk_adapter.simulator.http import SimResponse, json_response

MESSAGES: Mapping[str, str] = MappingProxyType(
    {
        "0001": "Required field missing or invalid",
        "0002": "Incorrect signature",
        "0003": "Rate limit exceeded",
        "0102": "Invalid API key",
        "0103": "API key expired",
        "0104": "This accountId is not allowed for the key",
        "0201": "Invalid instrument",
        "0202": "IP address is not on the allow-list",
        "0206": "Unsupported order type",
        "0207": "Invalid price",
        "0209": "Price has too many decimals",
        "0210": "Price is outside the allowed band",
        "0211": "Order not found",
        "0212": "Order is finished or does not exist; query it",
        "0401": "Insufficient balance",
        "-1000": "Unknown error",
        "-1001": "Internal error, please try again",
        "-1002": "Unauthorized: key is not valid here",
        "-1004": "Bad request",
        "-1005": "No permission",
        "-1006": "Unexpected internal answer; execution status unknown",
        "-1007": "Backend timeout; execution status unknown",
        "-1014": "Unsupported order combination",
        "-1015": "Too many new orders",
        "-1020": "Operation not supported",
        "-1021": "Timestamp is outside of recvWindow or ahead of the server",
        "-1024": "Duplicate request",
        "-1101": "Feature is offline",
        "-1102": "Illegal parameter",
        "-1115": "Invalid timeInForce",
        "-1117": "Invalid side",
        "-1123": "Invalid client order id",
        "-1124": "Invalid price",
        "-1126": "Invalid quantity",
        "-1129": "quantity and amount may not be sent together",
        "-1130": "Illegal parameter",
        "-1132": "Price above the maximum",
        "-1133": "Price below the minimum",
        "-1135": "Quantity above the maximum",
        "-1136": "Quantity below the minimum",
        "-1137": "Quantity has too many decimals",
        "-1138": "Order is partially cancelled",
        "-1139": "Order is filled",
        "-1140": "Order value below the minimum",
        "-1141": "Duplicate client order id",
        "-1142": "Order is cancelled",
        "-1143": "Order is not on the order book",
        "-1144": "Order is locked",
        "-1145": "This order type cannot be cancelled",
        "-1146": "Order creation timed out",
        "-1147": "Order cancellation timed out",
        "-1148": "Amount has too many decimals",
        "-1149": "Order creation failed",
        "-1150": "Order cancellation failed",
        "-1151": "The pair is not open for trading",
        "-1152": "User does not exist",
        "-1155": "The pair is not available to API trading",
        "-1156": "Post-only order would trade at once",
        "-1160": "Account does not exist",
        "-1161": "Transfer failed",
        "-1172": "Invalid source account",
        "-1173": "Invalid target account",
        "-1174": "A transfer needs two accounts",
        "-1186": "The key may not place orders",
        "-1193": "Too many orders created",
        "-1194": "Market orders are not allowed",
        "-1200": "Buy quantity below the minimum",
        "-1201": "Buy quantity above the maximum",
        "-1202": "Sell quantity below the minimum",
        "-1203": "Sell quantity above the maximum",
        "-1205": "Account is not authorized",
        "-1206": "Order value above the maximum",
        "-1215": "User account status is abnormal",
        "-2002": "More than 300 open orders",
        "-2010": "New order rejected",
        "-2011": "Cancel rejected",
        "-2013": "Order does not exist",
        "-2017": "Too many open orders for the pair",
        "-2020": "Trading this pair is not allowed",
        "-2021": "Trading this pair is not allowed",
        "-2022": "Batch is larger than allowed",
        "-2023": "KYC is required before API trading",
        "-2026": "Invalid type",
        "-2027": "Time range is too long or too far back",
        "-2028": "Only the last month can be queried",
        "-2030": "Batch is larger than allowed",
        "-2036": "Records older than 30 days cannot be queried",
        "-2040": "Another request is being processed, try again later",
        "-3117": "Invalid permission",
        "-3143": "Trading account is over its limit",
        "-3145": "Requests are too frequent",
        "-4001": "Invalid asset",
        "-5030": "Field is too long",
    }
)

# Seen live: an unknown path answers an HTML page that calls itself JSON.
_NO_SUCH_PAGE = (
    b"<html>\r\n<head><title>404 Not Found</title></head>\r\n<body><h1>404 Not Found</h1></body>\r\n</html>\r\n"
)


class Refusal(Exception):
    """Carry a documented error code out of the venue's rooms; `detail` names the field at fault."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


def refuse(code: str, detail: str = "", *, msg: str | None = None, status: int = 400) -> SimResponse:
    """Build the error answer of a code; `msg` replaces the table's text, which unknown codes lack."""
    text = MESSAGES[code] if msg is None else msg
    return json_response({"code": code, "msg": f"{text}: {detail}" if detail else text}, status)


def gateway_page(status: int) -> SimResponse:
    """Build what stands in front of a venue answers: its own HTML page, not the venue's JSON."""
    page = f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
    return SimResponse(status, {"Content-Type": "text/html"}, page.encode())


def not_routed(path: str) -> SimResponse:
    """Build the answer to a documented path that a site does not have: HTTP 404, JSON with a bare number."""
    return json_response({"code": 404, "msg": f"No resource {path}"}, 404)


def no_such_page() -> SimResponse:
    """Build the answer to a path nobody serves: HTTP 404, HTML under a JSON content type."""
    return SimResponse(404, body=_NO_SUCH_PAGE)
