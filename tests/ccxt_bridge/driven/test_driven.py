"""Every exchange of ccxt's that takes orders is driven beside plain ccxt; a sample of them where time is short."""

from __future__ import annotations

import re

import ccxt
import pytest

from tests.ccxt_bridge.client_id_table import members
from tests.ccxt_bridge.driven.conftest import COUNTED
from tests.ccxt_bridge.driven.exchanges import CANNOT, SAMPLE, driven_members
from tests.ccxt_bridge.driven.situations import play

WITH = (4, 5, 90)
"""The release of ccxt that the answers which are written by hand fit."""
NEWER_ONLY = {
    "bithumb": "older releases of ccxt want a side beside the order's id",
    "poloniex": "older releases of ccxt fail over its list of open orders, before anything is sent",
}
"""Exchanges of the sample that are not driven with older releases, and why."""
FEWEST = 15
"""Situations that are played with each exchange at least: a learner that learns nothing shall not pass."""


@pytest.mark.parametrize("member", driven_members())
def test_an_exchange_through_the_bridge(member, record_property):
    """What leaves is what plain ccxt sends; what comes back is never a ghost, a lost fill, another's id or error."""
    if tuple(int(part) for part in re.findall(r"\d+", ccxt.__version__)) < WITH:
        if member not in SAMPLE:
            pytest.skip("the answers that are written by hand are those of a newer ccxt")
        if why := NEWER_ONLY.get(member):
            pytest.skip(why)
    played = play(member)
    record_property(COUNTED, (len(played.right), len(played.wrong), list(played.left.values())))
    assert played.wrong == {}
    assert len(played.right) >= FEWEST, played.left


def test_nearly_all_are_driven():
    """Those that cannot be are few, and are named with the reason."""
    assert len(CANNOT) * 10 <= len(members())
