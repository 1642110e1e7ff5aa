"""What a recording keeps of a request tells an order from another one: else it plays what never was."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

import hk_adapter as hk
from hk_adapter.flow.http import HttpRequest
from hk_adapter.testing.cassettes.scrubbing import Rules, scrubbed_request
from tests.ccxt_bridge.by_hand import run
from tests.ccxt_bridge.driven import desk
from tests.ccxt_bridge.driven.answers import asked_first
from tests.ccxt_bridge.driven.exchanges import driven_members
from tests.ccxt_bridge.driven.stage import Stage, named, value_of
from tests.ccxt_bridge.exchanges_there import needs

WROTE_BLINDLY = ("coinone", "dydx", "independentreserve", "mercado", "upbit", "zaif", "zebpay")
"""Exchanges beside the sample that have an order's id or terms where names do not tell."""
NOT_TOLD = {("indodax", "amount"): "it stands under the name of a currency, as a key's owner might"}
"""What no recording of an exchange tells apart, and why."""


def written(stage: Stage, hook: str, request: Any) -> list[tuple[str, bytes | None]]:
    """Return what a recording keeps of the requests of a call."""
    sent: list[HttpRequest] = []
    flow = getattr(stage.venue, hook)(request)
    value_of(partial(run, flow, lambda one: desk.ok(asked_first(one.url) or {"data": {"id": "1"}}), sent))
    rules = Rules(stage.venue.scrub, str, str, str)
    kept = (scrubbed_request(rules, one.url, dict(one.headers), one.body) for one in sent)
    return [(one.uri, one.body) for one in kept]


def calls(stage: Stage) -> dict[str, tuple[str, Any, Any]]:
    """Return pairs of requests that are not the same."""
    plain = stage.limit(stage.callers)
    cancel = hk.CancelRequest(symbol=stage.symbol, params=stage.cancels, **named(stage.member))
    of_another = dict.fromkeys(named(stage.member), "42")
    look = stage.looked_up()
    return {
        "amount": ("create_order", plain, plain.replace(amount=Decimal(14))),
        "price": ("create_order", plain, plain.replace(price=Decimal(1900))),
        "side": ("create_order", plain, plain.replace(side=hk.OrderSide.SELL)),
        "a cancel's order": ("cancel_order", cancel, cancel.replace(**of_another)),
        "a look's order": ("fetch_order", look, look.replace(order_id="42")),
    }


@pytest.mark.parametrize("member", sorted({*driven_members(), *WROTE_BLINDLY}))
def test_a_request_of_another_order_is_another_one(member: str) -> None:
    """Amount, price, side and ids stand in the recording, in whatever the exchange has them wrapped."""
    stage = Stage(member)
    for what, (hook, one, other) in calls(stage).items():
        kept = written(stage, hook, one)
        looks_by_lists = hook == "fetch_order" and not any("41" in f"{pair}" for pair in kept)
        unpriced = any("null" in f"{pair}" for pair in kept)  # by a market that ours is not: phemex's are scaled
        if kept and not looks_by_lists and not unpriced and (member, what) not in NOT_TOLD:
            assert written(stage, hook, other) != kept, what


@needs("lighter")
def test_an_order_within_a_field_is_read_by_its_own_fields() -> None:
    """Its terms are kept, and nothing that says whose it is, or that is another one each time."""
    order = '{"base_amount":130000,"account_index":77,"nonce":5,"Sig":"c2lnbmVk","price":2000}'
    form = urlencode({"tx_type": "14", "tx_info": order})
    rules = Rules(Stage("lighter").venue.scrub, str, str, str)
    written = scrubbed_request(rules, "https://x/sendTx", {}, form.encode())
    assert written.private
    kept = json.loads(dict(parse_qsl((written.body or b"").decode()))["tx_info"])
    assert (kept["base_amount"], kept["account_index"], kept["nonce"], kept["Sig"]) == (130000, 0, 0, "scrubbed")
