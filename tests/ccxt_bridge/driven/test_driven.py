"""Every exchange of ccxt's that takes orders is driven beside plain ccxt; a sample of them where time is short."""

from __future__ import annotations

import os

import pytest

from tests.ccxt_bridge.client_id_table import members
from tests.ccxt_bridge.driven.conftest import COUNTED
from tests.ccxt_bridge.driven.exchanges import CANNOT
from tests.ccxt_bridge.driven.situations import play

EVERY = "HK_ADAPTER_TEST_EXCHANGES"
SAMPLE = (
    "binance",
    "bithumb",
    "bitvavo",
    "coinbase",
    "deribit",
    "hashkey",
    "hitbtc",
    "hyperliquid",
    "kraken",
    "kucoin",
    "okx",
    "poloniex",
)
"""Of each kind of answer and of request one."""
FEWEST = 15
"""Situations that are played with each exchange at least: a learner that learns nothing shall not pass."""


def driven() -> list[str]:
    """Name the exchanges to drive."""
    every = [member for member in members() if member not in CANNOT]
    return every if os.environ.get(EVERY) == "all" else [member for member in every if member in SAMPLE]


@pytest.mark.parametrize("member", driven())
def test_an_exchange_through_the_bridge(member, record_property):
    """What leaves is what plain ccxt sends; what comes back is never a ghost, a lost fill, another's id or error."""
    played = play(member)
    record_property(COUNTED, (len(played.right), len(played.wrong), list(played.left.values())))
    assert played.wrong == {}
    assert len(played.right) >= FEWEST, played.left


def test_nearly_all_are_driven():
    """Those that cannot be are few, and are named with the reason."""
    assert set(CANNOT) <= set(members())
    assert len(CANNOT) * 10 <= len(members())
