"""The reference's tables are those of the code."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "reference" / "ccxt-bridge.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def made():
    """The script that makes the tables."""
    return runpy.run_path(str(DOCS / "ccxt_bridge_tables.py"))


def test_the_exceptions_on_the_page_are_those_of_the_code(made):
    """Run docs/ccxt_bridge_tables.py after a change of the table."""
    assert made["exceptions_table"]() in PAGE


def test_the_exchanges_on_the_page_are_those_of_ccxt(made):
    """For the release of ccxt that the page names; another one has other exchanges."""
    if f"With ccxt {made['version']()}:" not in PAGE:
        pytest.skip("the page was made with another ccxt")
    assert made["exchanges_table"]() in PAGE


def test_a_table_is_put_between_its_marks(made):
    """And nothing else of the page is touched."""
    page = f"before\n{made['mark']('x')}\nold\n{made['mark']('x', 'end of ')}\nafter"
    assert made["written"](page, "x", "new").splitlines() == [
        "before",
        made["mark"]("x"),
        "",
        "new",
        "",
        made["mark"]("x", "end of "),
        "after",
    ]
