"""What acknowledges a cancel, at every exchange of ccxt's: what ccxt takes for a good answer, and says anything."""

from __future__ import annotations

import pytest

import hk_adapter as hk
from hk_adapter.venues.ccxt_bridge.denials import cancels_none, denies
from hk_adapter.venues.ccxt_bridge.parse_orders import acknowledged
from tests.cases import each
from tests.ccxt_bridge import table_page
from tests.ccxt_bridge.acknowledgement_table import ACKNOWLEDGED, DOUBT, MARK, PAGE, UNSENT, Cancels, line
from tests.ccxt_bridge.driven.exchanges import driven_members as driven
from tests.ccxt_bridge.driven.plain import plain, sent_by

ASKED = hk.CancelRequest(order_id="41")


@each("member", driven())
def test_what_acknowledges(member):
    """An order that is shown does; nothing, a text and an error do not; a bare OK does where ccxt takes it for good."""
    _, canceled, opened, okay, *nothing = line(member).strip("|").split(" | ")
    assert {canceled, opened} <= {ACKNOWLEDGED, "reads none"}
    assert {one.strip() for one in nothing} <= {DOUBT, UNSENT}
    exchange, cancels = plain(member), Cancels(member)
    exchange.answer = {"ok": "ok"}
    sent, came = sent_by(exchange, "cancel_order", "41", cancels.symbol, dict(cancels.params))
    assert okay == (ACKNOWLEDGED if not isinstance(came, Exception) else DOUBT if sent else UNSENT), came


def test_the_page_has_the_table():
    """For the ccxt that it was made with, as far as exchanges are driven."""
    assert {line(member) for member in driven()} <= set(table_page.lines(PAGE, MARK))


def test_an_answer_into_which_ccxt_writes_is_judged_as_it_came():
    """Ccxt makes an order of Coinone's empty answer within it."""
    assert line("coinone").count(DOUBT) == 3


@each(
    ("answer", "denied"),
    [
        ({"success": False}, True),
        ({"success": "false", "data": {"id": "41"}}, True),
        ({"ok": 0}, True),
        ({"error": "Order is locked"}, True),
        ({"errors": [{"code": 7}]}, True),
        ({"errorCode": 401}, True),
        ({"error_code": "0", "error": [], "errors": {}, "error_message": ""}, False),
        ({"success": True, "error": None}, False),
        ({"error": "none", "id": "41"}, False),
        ({"error": {"code": "", "msg": ""}, "msgInfo": "", "result": {}, "returnCode": 0}, False),
        ({"error": {"code": "", "msg": "no"}, "result": {}}, True),
        ({"code": 0, "msg": "", "data": {"error": "x"}}, True),
        ([{"status": "err", "error": "order_not_found"}], True),
        ([{"id": "41", "error": ""}], False),
        ([], False),
        (["error"], False),
        ("error", False),
    ],
)
def test_what_says_no(answer, denied):
    """Only words that can mean nothing else."""
    assert denies(answer) is denied


@each("raw", [{}, [], "", "OK", 0, True])
def test_an_id_that_ccxt_was_given_acknowledges_nothing(raw):
    """Some of ccxt's methods make an order of it, whatever the exchange says."""
    with pytest.raises(hk.UnexpectedPayload, match="says nothing"):
        acknowledged({"id": "41", "info": raw}, raw, ASKED)


@each(
    ("answer", "none"),
    [
        ({"code": "200000", "data": {"cancelledOrderIds": []}}, True),  # KuCoin
        ({"code": "200000", "data": {"cancelledOrderIds": ["41"]}}, False),
        ({"error": [], "result": {"count": 0}}, True),  # Kraken
        ({"error": [], "result": {"count": 0, "pending": True}}, False),
        ({"error": [], "result": {"count": 1}}, False),
        ({"status": "ok", "data": 0}, True),  # HTX, of a client order id that it does not know
        *(({"status": "ok", "data": number}, True) for number in (-1, 5, 6, 7)),  # or that had ended
        ({"status": "ok", "data": 10}, False),
        ({"code": "00000", "data": {"successList": [], "failureList": []}}, True),  # Bitget
        ({"canceled_count": "0"}, True),
        ({"cancelledSize": "0", "canceledQty": 0, "fills": [], "data": False}, False),
        ({"orders": [], "success": True}, False),
        ([], False),
        ("0", False),
    ],
)
def test_what_says_that_nothing_was_canceled(answer, none):
    """Ccxt makes an order of the id that it was given."""
    assert cancels_none(answer) is none


@each("raw", [{"data": {"cancelledOrderIds": []}}, {"result": {"count": 0}}, {"data": 0}])
def test_what_canceled_nothing_acknowledges_nothing(raw):
    """The order is looked at."""
    with pytest.raises(hk.UnexpectedPayload, match="nothing was canceled"):
        acknowledged({"id": "41", "info": raw}, raw, ASKED)
