"""How each exchange refuses is told in our words, and what only sounds like a refusal is doubt."""

from __future__ import annotations

import pytest

from tests.ccxt_bridge import table_page
from tests.ccxt_bridge.driven.exchanges import driven_members
from tests.ccxt_bridge.refusal_table import MARK, PAGE, line


def test_the_page_has_the_table():
    """For the ccxt that it was made with, as far as exchanges are driven."""
    assert {line(member) for member in driven_members()} <= set(table_page.lines(PAGE, MARK))


@pytest.mark.parametrize("member", ["binance", "kraken", "okx", "bitstamp"])
def test_what_sounds_like_a_refusal(member):
    """An exchange that was not available may have placed the order."""
    cell = line(member).strip("| ").split(" | ")[-1]
    assert cell == "-" or cell.endswith("OutcomeUnknown, OutcomeUnknown")
