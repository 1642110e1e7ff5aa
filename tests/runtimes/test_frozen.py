"""A program frozen without the metadata of its packages, as PyInstaller does unless it is told otherwise."""

from __future__ import annotations

import pytest

from .programs import run

FROZEN = """
import importlib.metadata as metadata, pathlib, sys
real = metadata.distributions
metadata.distributions = lambda **asked: (one for one in real(**asked) if one.metadata["Name"] != "hk-adapter")
import hk_adapter
from hk_adapter.plugins.journal import Journal
Journal.__init__.__kwdefaults__["cancel_patience"] = 20  # however busy the machine is
print(*(venue.id for venue in hk_adapter.list_venues()))
with hk_adapter.connect("hashkey", environment="simulator", plugins=["journal"]) as venue:
    print(venue.cancel_order(venue.create_order("ETH/USD", "limit", "buy", "1", "1900").id).status)
"""


def test_built_in_venues_and_the_journal_open_without_metadata(tmp_path: pytest.TempPathFactory) -> None:
    """What is ours is found without entry points."""
    assert run(FROZEN, HK_ADAPTER_JOURNAL=f"{tmp_path}/journal.sqlite") == "ccxt hashkey\ncanceled\n"
