"""How each exchange refuses is told in our words, and what only sounds like a refusal is doubt."""

from __future__ import annotations

import ccxt
import pytest

from tests.ccxt_bridge.driven.exchanges import driven_members
from tests.ccxt_bridge.refusal_table import MARK, PAGE, line


def test_the_page_has_the_table():
    """For the ccxt that it was made with, as far as exchanges are driven."""
    page = PAGE.read_text(encoding="utf-8").partition(MARK)[2]
    if f"With ccxt {ccxt.__version__}:" not in page:
        pytest.skip("the page was made with another release of ccxt")
    assert {line(member) for member in driven_members()} <= set(page.split("\n"))


@pytest.mark.parametrize("member", ["binance", "kraken", "okx", "bitstamp"])
def test_what_sounds_like_a_refusal(member):
    """An exchange that was not available may have placed the order."""
    cell = line(member).strip("| ").split(" | ")[-1]
    assert cell == "-" or cell.endswith("OutcomeUnknown, OutcomeUnknown")
