"""How each exchange refuses is told in our words, and what only sounds like a refusal is doubt."""

from __future__ import annotations

import ccxt

from tests.cases import each
from tests.ccxt_bridge import table_page
from tests.ccxt_bridge.driven.exchanges import driven_members
from tests.ccxt_bridge.driven.refusals import words
from tests.ccxt_bridge.refusal_table import KINDS, MARK, PAGE, line


def test_the_page_has_the_table():
    """For the ccxt that it was made with, as far as exchanges are driven."""
    assert {line(member) for member in driven_members()} <= set(table_page.lines(PAGE, MARK))


def test_a_dash_is_a_word_that_ccxt_does_not_know():
    """At every exchange of the table: none is left out because a test did not find how to play it."""
    for row in table_page.lines(PAGE, MARK)[2:]:
        member, *cells = row.strip("| ").split(" | ")
        known = getattr(ccxt, member.strip("`"))().exceptions or {}
        dashes = [kind for kind, cell in zip(KINDS, cells, strict=True) if cell == "-"]
        assert [kind for kind in dashes if next(words(known, kind), None)] == [], member


@each("member", ["binance", "kraken", "okx", "bitstamp"])
def test_what_sounds_like_a_refusal(member):
    """An exchange that was not available may have placed the order."""
    cell = line(member).strip("| ").split(" | ")[-1]
    assert cell == "-" or cell.endswith("OutcomeUnknown, OutcomeUnknown")
