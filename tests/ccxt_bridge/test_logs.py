"""Requests that ccxt makes are logged as any other: a line each, with nothing in it that ccxt signs with."""

from __future__ import annotations

import contextlib
import logging
import re
from urllib.parse import urlsplit

import hk_adapter as hk
from hk_adapter.model import ListOrdersRequest
from tests.cases import each
from tests.ccxt_bridge.by_hand import always, run
from tests.ccxt_bridge.driven.exchanges import driven, driven_members
from tests.ccxt_bridge.driven.stage import CANCELS
from tests.ccxt_bridge.kraken_desk import API_KEY, SECRET

SIGNED_WITH = ("apiKey", "secret", "uid", "password", "token", "privateKey", "walletAddress")


def test_a_line_a_request_and_a_line_a_call(kraken, caplog):
    """As at a native venue; an order whose status its exchange did not tell is not called ``None``."""
    caplog.set_level(logging.DEBUG, logger="hk_adapter")
    with hk.connect("ccxt:kraken", base_url=kraken.url, api_key=API_KEY, secret=SECRET, rateLimit=1) as venue:
        caplog.clear()
        venue.cancel_order(venue.create_order("ETH/USD", "limit", "buy", "1", "1900").id)
    said = {
        level: [one.getMessage() for one in caplog.records if one.levelname == level] for level in ("DEBUG", "INFO")
    }
    paths = [re.sub(r": 200 in \d+ ms, group \w+$", "", line) for line in said["DEBUG"]]
    assert paths == [f"POST /0/private/{name}" for name in ("AddOrder", "CancelOrder", "QueryOrders")]
    created, canceled = said["INFO"]
    assert created.startswith("create_order at ccxt:kraken: placed, order ")
    assert canceled.startswith("cancel_order at ccxt:kraken: canceled, order ")


@each("member", driven_members())
def test_no_path_has_what_ccxt_signs_with(member):
    """A line shows the path of a request, and never its query: no exchange is told a key in a path."""
    venue, symbol = driven(member)
    known = [str(value) for name in SIGNED_WITH if len(str(value := getattr(venue._exchange, name, None) or "")) > 2]
    sent = []
    asked = hk.CancelRequest(order_id="41", symbol=symbol, params=CANCELS.get(member, {}))
    for ask, request in ((venue.cancel_order, asked), (venue.fetch_open_orders, ListOrdersRequest(symbol=symbol))):
        with contextlib.suppress(hk.AdapterError):
            run(ask(request), always(200, b"{}"), sent)
    assert [urlsplit(one.url).path for one in sent if any(word in urlsplit(one.url).path for word in known)] == []
