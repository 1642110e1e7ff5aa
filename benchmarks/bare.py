"""The least that a signed call takes: the parameters, an HMAC, and nothing else."""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import Any
from urllib.parse import urlencode

from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET

ORDER_PATH = "/api/v1/spot/order"
HEADERS = {"X-HK-APIKEY": DEFAULT_API_KEY}
_SECRET = DEFAULT_SECRET.encode()


def signed(parameters: dict[str, Any], now: int | None = None) -> str:
    """Sign parameters at a time in ms, this machine's when None, and write them as they are sent."""
    text = urlencode({**parameters, "timestamp": time.time_ns() // 1_000_000 if now is None else now})
    return f"{text}&signature={hmac.new(_SECRET, text.encode(), hashlib.sha256).hexdigest()}"


def cancel_url(order_id: str) -> str:
    """Write the path and query of a signed cancel."""
    return f"{ORDER_PATH}?{signed({'orderId': order_id})}"
