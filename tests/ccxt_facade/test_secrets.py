"""Nothing that a cancel says, logs or keeps shows the key, the secret or a signature."""

from __future__ import annotations

import logging
import pickle
import re
import traceback

import ccxt
import pytest

from hk_adapter.simulator import Simulator, serve

KEY = "canarykey".ljust(64, "5")
SECRET = "canarysecret".ljust(64, "9")


@pytest.fixture
def served():
    """A simulator with keys that can be told from everything else."""
    with serve(simulator=Simulator(api_key=KEY, secret=SECRET)) as one:
        yield one


FAULTS = {
    "cut": {"kind": "cut"},
    "echo": {"body": f'{{"code": "-9999", "msg": "key {KEY} secret {SECRET}"}}', "status": 400},
    "refused": {"code": "0102", "status": 401},
    "server": {"status": 500, "body": f"<html>{KEY} {SECRET} signature=abc</html>"},
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_an_exception_shows_nothing(make_bot, caplog, fault):
    """Message, chain, report and log of a failed cancel are clean, whatever the venue echoes."""
    caplog.set_level(logging.DEBUG, logger="hk_adapter")
    one = await make_bot(apiKey=KEY, secret=SECRET, timeout=400)
    one.served.control.fail_next(**FAULTS[fault], times=50)
    with pytest.raises(ccxt.BaseError) as told:
        await one.cancel("7")
    chain = "".join(traceback.format_exception(told.value))
    shown = [chain, repr(told.value), str(told.value), repr(told.value.report), caplog.text]
    for text in shown:
        assert SECRET not in text
        assert KEY not in text
        assert "signature=" not in text
    assert SECRET.encode() not in pickle.dumps(told.value.report)


async def test_a_connection_that_cannot_be_opened_shows_nothing(make_bot):
    """The libraries' own exceptions hold the signed URL: none of them is in the chain."""
    nowhere = {"api": {"public": "http://127.0.0.1:1", "private": "http://127.0.0.1:1"}}
    one = await make_bot(apiKey=KEY, secret=SECRET, urls=nowhere)
    with pytest.raises(ccxt.ExchangeNotAvailable) as told:
        await one.cancel("7")
    chain = "".join(traceback.format_exception(told.value))
    assert KEY not in chain
    assert SECRET not in chain
    assert "signature=" not in chain


async def test_the_libraries_log_shows_nothing_of_what_ccxt_sends(make_bot, caplog):
    """Both ccxt and its HTTP library log each request at DEBUG, headers and body too: a create's, before any cancel."""
    caplog.set_level(logging.DEBUG)
    one = await make_bot(apiKey=KEY, secret=SECRET)
    await one.call("create_order", "ETH/USD", "limit", "buy", 1, 1900)
    await one.call("fetch_open_orders", "ETH/USD")
    assert "/api/v1/spot/order" in caplog.text
    assert KEY not in caplog.text
    assert SECRET not in caplog.text
    assert not re.search("[0-9a-f]{64}", caplog.text)  # a signature, whatever its field or header is called
