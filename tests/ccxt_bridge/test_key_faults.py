"""A key that ccxt cannot sign with: the error says that it was signing, and repeats no part of the key."""

from __future__ import annotations

import pytest

import hk_adapter as hk
from tests.cases import each
from tests.ccxt_bridge.by_hand import always, run
from tests.ccxt_bridge.client_id_table import limit_order
from tests.ccxt_bridge.driven.exchanges import driven
from tests.ccxt_bridge.exchanges_there import there

PEM = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIAcanaryCANARYcanaryCANARY\n-----END EC PRIVATE KEY-----\n"
CUT_OFF = "canaryCANARYcanaryCANARY!"
KEYS = {
    "backpack": "secret",
    "binance": "secret",
    "btcturk": "secret",
    "bybit": "secret",
    "coinbase": "secret",
    "hyperliquid": "privateKey",
    "kraken": "secret",
    "krakenfutures": "secret",
    "lbank": "secret",
    "modetrade": "secret",
    "nado": "privateKey",
    "pacifica": "privateKey",
    "paradex": "privateKey",
    "revolutx": "privateKey",
    "woofipro": "secret",
}
"""Exchanges that sign by a key of some form, and what of ccxt's settings has it."""


def error_of(flow, sent):
    """What a call comes to that sends nothing."""
    with pytest.raises(hk.AdapterError) as caught:
        run(flow, always(200, b"{}"), sent)
    return caught.value


def refusals(member, key):
    """What the order calls of an exchange come to with a key, each with what it sent."""
    venue, symbol = driven(member)
    setattr(venue._exchange, KEYS[member], key)
    create, cancel = limit_order(member, "1234567", symbol), hk.CancelRequest(order_id="41", symbol=symbol)
    calls = (venue.create_order(create), venue.cancel_order(cancel))
    return [(error_of(flow, sent := []), sent) for flow in calls]


@each("member", there(KEYS))
def test_a_key_of_another_kind(member):
    """It says where to look; no order leaves."""
    told = [(error, sent) for error, sent in refusals(member, PEM) if isinstance(error, hk.PluginError)]
    assert told
    for error, sent in told:
        assert "is the key of the kind" in str(error)
        assert (error.request_state, sent) == ("not_sent", [])


@each("member", there(KEYS))
@each("key", [PEM, CUT_OFF, "0xcanary"])
def test_no_part_of_the_key_is_told(member, key):
    """Python's errors quote what they could not read."""
    errors = [error for error, _ in refusals(member, key)]
    told = [f"{error!r} {error} {error.__cause__!r} {error.__context__!r}".lower() for error in errors]
    assert not [text for text in told if "canary" in text]


def test_an_answer_that_ccxt_cannot_read_is_no_fault_of_the_key():
    """Neither is anything else that ccxt fails over."""
    venue, symbol = driven("backpack")
    with pytest.raises(hk.UnexpectedPayload) as caught:
        run(venue.fetch_order(hk.FetchOrderRequest(order_id="41", symbol=symbol)), always(200, b"[[]]"))
    assert "key" not in str(caught.value)
