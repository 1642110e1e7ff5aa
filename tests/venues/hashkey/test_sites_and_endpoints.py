"""Which site has which endpoint, and what batches cost: the table of the endpoints is the only one that says it."""

from __future__ import annotations

from hk_adapter.venues.hashkey import endpoints
from hk_adapter.venues.hashkey.sites import SITES
from tests.cases import each


@each(
    ("endpoint", "sites"),
    [
        ("TEST_ORDER", {"hk", "global"}),
        ("CANCEL_EVERY_SYMBOL", {"global", "mena"}),
        ("SUB_OPEN_ORDERS", {"global", "mena"}),
        ("SUB_ORDER_HISTORY", {"global", "mena"}),
        ("SUB_FILLS", {"global", "mena"}),
        ("CREATE_ORDER", {"hk", "global", "mena"}),
    ],
)
def test_an_endpoint_is_where_its_documentation_lists_it(endpoint: str, sites: set[str]) -> None:
    """Hong Kong (Nov 2025) has no cancel of every symbol, MENA (Sept 2026) no test of orders."""
    assert set(getattr(endpoints, endpoint).sites) == sites


@each("endpoint", ["CREATE_ORDERS", "CANCEL_ORDERS", "CANCEL_SYMBOL", "CANCEL_EVERY_SYMBOL"])
def test_batches_and_mass_cancels_cost_the_dearer_weight(endpoint: str) -> None:
    """5 by Hong Kong's documentation, 1 by the others: the dearer one is safe under each."""
    assert getattr(endpoints, endpoint).weight == 5


def test_every_batch_path_is_one_of_the_documented() -> None:
    """The path of the row is the newest of Hong Kong."""
    assert SITES["hk"].batch_path == endpoints.CREATE_ORDERS.path
