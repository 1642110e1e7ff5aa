"""Orders that leave as a form of fields: written as ccxt's asyncio class has aiohttp write them, or not sent."""

from __future__ import annotations

from urllib.parse import parse_qs

import aiohttp
import pytest

import hk_adapter as hk
from hk_adapter.venues.ccxt_bridge.capabilities import introductions
from tests.cases import each
from tests.ccxt_bridge.by_hand import always, run
from tests.ccxt_bridge.client_id_table import limit_order
from tests.ccxt_bridge.driven.exchanges import driven
from tests.ccxt_bridge.exchanges_there import needs

pytestmark = needs("lighter")
TAKEN = always(200, b'{"code": 200, "tx_hash": "ab12"}')
FIELDS = {"tx_type": 14, "tx_info": '{"Sig": "a+b/c=", "é": "x y"}', "plain": "~*-._"}


def cancel(venue, symbol):
    """Cancel order 41."""
    return venue.cancel_order(hk.CancelRequest(order_id="41", symbol=symbol))


def test_a_form_is_written_as_aiohttp_writes_it():
    """Byte by byte, with the content type that says so."""
    venue, _ = driven("lighter")
    form = aiohttp.FormData()
    for name, value in FIELDS.items():
        form.add_field(name, value)
    written = form()
    sent = venue._exchange._request("https://x.example", "POST", {"Content-Type": "multipart/form-data"}, FIELDS)
    assert sent.body == written._value
    types = [value for name, value in sent.headers.items() if name.lower() == "content-type"]
    assert types == [written.content_type]


def test_lighter_is_told_what_its_signer_signed():
    """In one request, with the kind of the transaction."""
    venue, symbol = driven("lighter")
    sent = []
    run(cancel(venue, symbol), TAKEN, sent)
    (request,) = sent
    fields = parse_qs(request.body.decode())
    assert (request.url.rpartition("/")[2], fields["tx_type"]) == ("sendTx", ["15"])
    assert '"order_index":41' in fields["tx_info"][0].replace(" ", "")


@each("value", [b"a file", ["a"], True, None, 1.5])
def test_what_is_no_text_is_not_sent(value):
    """A file would make another kind of form of it."""
    venue, symbol = driven("lighter")
    venue._exchange.lighter_sign_cancel_order = lambda signer, facts: [15, value]
    sent = []
    with pytest.raises(hk.NotSupported, match="form"):
        run(cancel(venue, symbol), TAKEN, sent)
    assert sent == []


@pytest.mark.parametrize("path", [None, "/no/such/library.so"])
def test_without_what_it_signs_with_nothing_is_sent(path):
    """It is a library on the disk of whoever trades there, and the error says what is missing."""
    venue, symbol = driven("lighter")
    del venue._exchange.load_lighter_library
    venue._exchange.options["libraryPath"] = path
    for flow in (cancel(venue, symbol), venue.create_order(limit_order("lighter", "1234567", symbol))):
        sent = []
        with pytest.raises(hk.NotSupported, match="library") as caught:
            run(flow, TAKEN, sent)
        assert (sent, caught.value.request_state) == ([], "not_sent")


def test_lighters_account_is_asked_for_before_the_first_order_and_no_key_is_registered():
    """What ccxt calls loading an account may register a key: an order needs that, a question does not."""
    assert introductions(driven("lighter")[0]._exchange) == ("handle_account_index",)
    assert "load_account" in introductions(driven("bullish")[0]._exchange)
