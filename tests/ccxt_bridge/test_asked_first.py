"""What ccxt asks for within a create, before it sends the order: where it comes no further, there is no order."""

from __future__ import annotations

import json
from unittest import mock

import ccxt
import ccxt.async_support

import hk_adapter as hk
from hk_adapter.flow.http import Response
from hk_adapter.testing.virtual_time import VirtualTime
from hk_adapter.venues.ccxt_bridge.read_only_requests import _paths, asks_only
from tests.cases import each
from tests.ccxt_bridge.by_hand import NOW, opened
from tests.ccxt_bridge.client_id_table import limit_order
from tests.ccxt_bridge.driven import desk, signers
from tests.ccxt_bridge.driven.answers import ASKED_FIRST
from tests.ccxt_bridge.driven.exchanges import driven

HEIGHT = ASKED_FIRST["/abci_info"]
SIGNS = "encode_dydx_tx_for_signing"
REFUSED = {"result": {"code": 9, "log": "not enough"}, "code": "9"}


def created(member, answers, own="1234567"):
    """Run one whole create; ``answers`` are those to requests, by the end of their addresses, None one that is lost."""
    venue, symbol = driven(member)
    sent = []

    def answer(method, request):
        path = request.url.partition("?")[0]
        sent.append(path.rpartition("/")[2])
        told = answers.get(sent[-1], {})
        return told if told is None or isinstance(told, Response) else Response(200, {}, json.dumps(told).encode())

    found, _ = desk.call(venue, "create_order", limit_order(member, own, symbol), answer, VirtualTime(NOW / 1000))
    return found, sent


def test_a_create_that_cannot_be_signed_is_no_order():
    """DYdX's height is asked for, and then a library is missing: nothing was placed, and it says so."""
    missing = mock.Mock(side_effect=ccxt.NotSupported("dydx requires protobuf"))
    unsigned = mock.patch.object(signers, "_dydx", lambda exchange: setattr(exchange, SIGNS, missing))
    with unsigned:
        found, sent = created("dydx", {"abci_info": HEIGHT})
    assert isinstance(found, hk.NotSupported), found
    assert "protobuf" in str(found)
    assert sent == ["abci_info"]


@each(
    ("answer", "kind"),
    [
        (None, hk.NotSent),
        (Response(502, {}, b"<html>"), hk.NotSent),
        (Response(200, {}, b'{"error": {"code": -32603, "message": "busy"}}'), hk.NotSent),
        (Response(429, {}, b"slow"), hk.RateLimited),
    ],
)
def test_a_question_that_is_not_answered_leaves_no_doubt(answer, kind):
    """No order was sent: what was asked for first decides nothing about one."""
    found, sent = created("dydx", {"abci_info": answer})
    assert type(found) is kind, found
    assert set(sent) == {"abci_info"}


@each("answer", [b"{", b"{}", b"[]", b'{"result": {"response": {"last_block_height": "?"}}}'])
def test_a_question_whose_answer_cannot_be_read_leaves_no_doubt_of_its_own(answer):
    """Where ccxt stops there, no order was sent; some of its releases go on, and need none of it for this order."""
    found, sent = created("dydx", {"abci_info": Response(200, {}, answer)})
    assert (type(found) is hk.NotSent) is (set(sent) == {"abci_info"}), found
    assert isinstance(found, hk.NotSent | hk.OutcomeUnknown), found


@each("answer", [{}, [], {"result": {}}, {"result": {"code": 0, "log": "[]"}}, {"jsonrpc": "2.0", "id": -1}])
def test_an_answer_without_any_id_says_of_no_order_that_it_exists(answer):
    """DYdX's orders have ids that ccxt reckons from what was sent: a gateway's good word names none."""
    found, sent = created("dydx", {"abci_info": HEIGHT, "broadcast_tx_sync": answer})
    assert isinstance(found, hk.OutcomeUnknown), found
    assert sent[:3] == ["abci_info", "broadcast_tx_sync", "orders"]


def test_a_transactions_hash_is_a_receipt():
    """All that dYdX's chain answers."""
    found, sent = created("dydx", {"abci_info": HEIGHT, "broadcast_tx_sync": {"result": {"code": 0, "hash": "CBED"}}})
    assert (type(found), sent) == (hk.Order, ["abci_info", "broadcast_tx_sync"])


def test_a_refused_order_is_refused_though_something_was_asked_for_first():
    """The chain's word is about the order."""
    found, sent = created("dydx", {"abci_info": HEIGHT, "broadcast_tx_sync": REFUSED})
    assert isinstance(found, hk.OrderRejected), found
    assert sent == ["abci_info", "broadcast_tx_sync"]


def test_an_order_whose_answer_was_lost_is_in_doubt():
    """It may have been placed by the second request."""
    found, _ = created("dydx", {"abci_info": HEIGHT, "broadcast_tx_sync": None})
    assert isinstance(found, hk.OutcomeUnknown), found


@each(
    ("member", "method", "url", "asks"),
    [
        ("dydx", "GET", "https://rpc.example/abci_info", True),
        ("dydx", "GET", "https://rpc.example/broadcast_tx_sync", False),
        ("dydx", "POST", "https://rpc.example/abci_info", False),
        ("gate", "GET", "https://api.example/api/v4/account/detail", True),
        ("gate", "GET", "https://api.example/api/v4/unheard/of", False),
        ("coinspot", "POST", "https://api.example/my/buy", False),
    ],
)
def test_what_only_asks(member, method, url, asks):
    """A GET that ccxt's questions send and its orders do not; some orders are placed by one."""
    getattr(ccxt.async_support, member)()  # which gives the methods of ccxt's own class other names, too
    _paths.cache_clear()
    assert asks_only(type(opened(member)._exchange), method, url) is asks
