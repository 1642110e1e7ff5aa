"""The table of the endpoints says nothing else of a site than the table of the sites does."""

from __future__ import annotations

import pytest

from hk_adapter.venues.hashkey import endpoints
from hk_adapter.venues.hashkey.sites import SITES


@pytest.mark.parametrize(
    ("endpoint", "fact"), [("TEST_ORDER", "has_order_test"), ("CANCEL_EVERY_SYMBOL", "cancels_every_symbol")]
)
def test_an_endpoint_is_where_the_sites_have_it(endpoint: str, fact: str) -> None:
    """Both were read from the same documentations."""
    assert set(getattr(endpoints, endpoint).sites) == {name for name, site in SITES.items() if getattr(site, fact)}


@pytest.mark.parametrize("endpoint", ["CREATE_ORDERS", "CANCEL_ORDERS", "CANCEL_SYMBOL", "CANCEL_EVERY_SYMBOL"])
def test_batches_and_mass_cancels_cost_what_the_sites_say(endpoint: str) -> None:
    """The dearer weight, on every site."""
    assert {getattr(endpoints, endpoint).weight} == {site.mass_weight for site in SITES.values()}


def test_every_batch_path_is_one_of_the_documented() -> None:
    """The path of the row is the newest of Hong Kong."""
    assert SITES["hk"].batch_path == endpoints.CREATE_ORDERS.path
