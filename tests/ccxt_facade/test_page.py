"""The reference of the class says what the code does: its tables are made from it, its options are the class's."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "reference" / "ccxt-facade.md").read_text(encoding="utf-8")
MADE = runpy.run_path(str(DOCS / "ccxt_facade_tables.py"))


@pytest.mark.parametrize("name", MADE["TABLES"])
def test_the_tables_are_fresh(name):
    """Whoever changes the code, or finds ccxt changed, is told to run ``python docs/ccxt_facade_tables.py``."""
    assert MADE["written"](PAGE, name, MADE["TABLES"][name]()) == PAGE


def test_a_stale_table_is_noticed():
    """A table that says something else is not taken for fresh."""
    assert MADE["written"](PAGE, "outcomes", "| nothing |") != PAGE


def test_every_option_is_documented(module):
    """What the class adds to ccxt's options stands in the table of options, with its default."""
    section = PAGE.partition("\n## Options\n")[2].partition("\n## ")[0]
    documented = dict(re.findall(r"^\| `(\w+)` \| `(\w+)` \|", section, re.MULTILINE))
    own = {key: value for key, value in module.hkadapter().options.items() if key not in module.hashkey().options}
    assert own.items() <= documented.items()
    assert documented.items() <= (own | {"budget": "unlimited", "recvWindow": "None", "sandbox": "false"}).items()
