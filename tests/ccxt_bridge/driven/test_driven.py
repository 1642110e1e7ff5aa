"""Every exchange of ccxt's that takes orders is driven beside plain ccxt; a sample of them where time is short."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.ccxt_bridge.client_id_table import members
from tests.ccxt_bridge.driven.exchanges import CANNOT
from tests.ccxt_bridge.driven.situations import Played, play

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
FEWEST = {"all": (95, 3200), "sample": (12, 400)}
"""How many exchanges and situations are driven at least: a learner that learns nothing shall not pass."""


@pytest.fixture(scope="module")
def all_played(request: pytest.FixtureRequest) -> Iterator[dict[str, Played]]:
    """Collect what was played, and print how much that is."""
    found: dict[str, Played] = {}
    yield found
    reporter = request.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and found:
        reporter.ensure_newline()
        reporter.write_line(summary(found))


def summary(found: dict[str, Played]) -> str:
    """Count exchanges and situations."""
    right, wrong = sum(len(one.right) for one in found.values()), sum(len(one.wrong) for one in found.values())
    left = Counter(why for one in found.values() for why in one.left.values())
    reasons = "".join(f"\n  {count} times: {why}" for why, count in left.most_common())
    apart = "".join(f"\n  {member}: {why}" for member, why in sorted(CANNOT.items()))
    return (
        f"{len(found)} exchanges of ccxt's driven through {right + wrong} situations, {wrong} of them wrong."
        f"\nNot driven, {len(CANNOT)} exchanges:{apart}\nNot played, {left.total()} situations:{reasons}"
    )


def driven() -> list[str]:
    """Name the exchanges to drive."""
    every = [member for member in members() if member not in CANNOT]
    return every if os.environ.get(EVERY) == "all" else [member for member in every if member in SAMPLE]


@pytest.mark.parametrize("member", driven())
def test_an_exchange_through_the_bridge(member, all_played):
    """What leaves is what plain ccxt sends; what comes back is never a ghost, a lost fill, another's id or error."""
    played = all_played[member] = play(member)
    assert played.wrong == {}
    assert len(played.right) >= 15, played.left


def test_enough_is_driven():
    """The exchanges that cannot be driven are few, and are those that are named."""
    assert set(CANNOT) <= set(members())
    assert len(members()) - len(CANNOT) >= FEWEST["all"][0]
