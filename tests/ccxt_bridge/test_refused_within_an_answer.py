"""Exchanges that refuse in an answer which passes for a good one: ccxt's method reads the refusal, and so do we."""

from __future__ import annotations

import json

import pytest

import hk_adapter as hk
from tests.cases import each
from tests.ccxt_bridge.by_hand import always, opened, run
from tests.ccxt_bridge.client_id_table import placed

PAIR = {"limit_limit_gtc": {"base_size": "13", "limit_price": "2000", "post_only": False}}


def coinbase(word):
    """Coinbase's documented answer to a create that it refuses."""
    told = {"error": word, "message": "no", "error_details": "", "new_order_failure_reason": word}
    return {
        "success": False,
        "failure_reason": word,
        "order_id": "",
        "error_response": told,
        "order_configuration": PAIR,
    }


def futures(word, of="sendStatus"):
    """Kraken's futures, as documented."""
    return {"result": "success", of: {"status": word, "receivedTime": "2026-09-21T13:20:01Z"}}


@each(
    ("member", "answer", "kind"),
    [
        ("coinbase", coinbase("INSUFFICIENT_FUND"), hk.InsufficientFunds),
        ("coinbase", coinbase("PREVIEW_INSUFFICIENT_FUND"), hk.InsufficientFunds),
        ("coinbase", coinbase("PERMISSION_DENIED"), hk.PermissionDenied),
        ("coinbase", coinbase("INVALID_LIMIT_PRICE_POST_ONLY"), hk.OrderRejected),
        ("coinbase", coinbase("UNKNOWN_FAILURE_REASON"), hk.OutcomeUnknown),
        ("coinbase", coinbase("DUPLICATE_CLIENT_ORDER_ID"), hk.OutcomeUnknown),
        ("coinbase", coinbase("ORDER_ALREADY_EXISTS"), hk.OutcomeUnknown),
        ("coinbase", coinbase("PENDING_REVIEW"), hk.OutcomeUnknown),
        ("coinbase", coinbase("SERVICE_UNAVAILABLE"), hk.OutcomeUnknown),
        ("coinbase", coinbase("INSUFFICIENT_FUND") | {"order_id": "41"}, hk.OutcomeUnknown),
        ("coinbase", coinbase("INSUFFICIENT_FUND") | {"success": True}, hk.OutcomeUnknown),
        ("coinbase", {"success": False, "error_response": {}}, hk.OutcomeUnknown),
        ("krakenfutures", futures("insufficientAvailableFunds"), hk.InsufficientFunds),
        ("krakenfutures", futures("postWouldExecute"), hk.OrderRejected),
        ("krakenfutures", futures("clientOrderIdAlreadyExist"), hk.DuplicateClientOrderId),
        ("krakenfutures", futures("aNewWord"), hk.UnexpectedPayload),
    ],
)
def test_a_create(member, answer, kind):
    """What ccxt knows as a refusal is one; a word that it does not know leaves the doubt."""
    sent, found = placed(member, json.dumps(answer).encode())
    assert type(found) is kind, found
    assert any(request.method == "POST" for request in sent)


@each("word", ["notFound", "filled"])
def test_a_cancel(word):
    """Kraken's futures know no such order, or none that is open any more."""
    venue = opened("krakenfutures")
    flow = venue.cancel_order(hk.CancelRequest(order_id="41", symbol="ETH/USD"))
    with pytest.raises(hk.OrderNotFound):
        run(flow, always(200, json.dumps(futures(word, "cancelStatus")).encode()))
