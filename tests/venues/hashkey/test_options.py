"""What a caller may set of HashKey: each is checked, documented by its effect, and unknown ones are refused."""

from __future__ import annotations

from typing import Any

import pytest

from hk_adapter.errors import ConfigurationError
from hk_adapter.hooks import VenueSettings
from hk_adapter.venues.hashkey.options import KNOWN, Options, read_options
from hk_adapter.venues.hashkey.sites import ORDERS, QUERIES, SITES
from tests.cases import each

HK, GLOBAL, MENA = SITES["hk"], SITES["global"], SITES["mena"]


def settings(options):
    """What a venue is opened with."""
    return VenueSettings(venue_id="hashkey", environment="production", options=options)


def test_nothing_needs_to_be_set() -> None:
    """The defaults are the safe side: lower limits, the query alone signed, no window sent."""
    assert read_options(settings({}), HK) == Options(
        recv_window=None, rate_limits="2025", batch_signature="query", batch_path=None
    )
    assert read_options(settings(dict.fromkeys(KNOWN)), HK) == Options()


@pytest.mark.parametrize(("year", "orders", "queries"), [("2025", 10, 2), ("2026", 20, 5)])
def test_the_limits_of_either_documentation_can_be_kept(year: str, orders: int, queries: int) -> None:
    """By the year of the documentation; orders are counted by weight, queries by call, per second and key."""
    limits = read_options(settings({"rate_limits": year}), HK).applied_to(HK).limits
    assert (limits[ORDERS].amount, limits[ORDERS].window, limits[ORDERS].by_weight) == (orders, 1.0, True)
    assert (limits[QUERIES].amount, limits[QUERIES].window, limits[QUERIES].by_weight) == (queries, 1.0, False)
    assert all(0 < limit.kept < limit.amount for limit in limits.values())


def test_the_batch_path_can_be_chosen_among_the_sites_own() -> None:
    """Hong Kong's older path stands in its permission list, the newer in the newest documentation."""
    assert read_options(settings({}), HK).applied_to(HK).batch_path == "/api/v1.1/spot/batchOrders"
    older = "/api/v1/spot/batchOrders"
    assert read_options(settings({"batch_path": older}), HK).applied_to(HK).batch_path == older


@pytest.mark.parametrize("batch_signature", ["query", "query_and_body"])
def test_what_is_signed_of_a_batch_can_be_chosen(batch_signature: str) -> None:
    """No documentation says which."""
    assert read_options(settings({"batch_signature": batch_signature}), HK).batch_signature == batch_signature


@each(
    "given",
    [
        {"recv_window": 8001},
        {"recv_window": True},
        {"recv_window": "5000"},
        {"rate_limits": "2024"},
        {"rate_limits": 2025},
        {"rate_limits": ["2025"]},
        {"batch_signature": "body"},
        {"batch_signature": ""},
        {"batch_path": "/api/v1/spot/order"},
        {"batch_path": "https://elsewhere.example/api/v1.1/spot/batchOrders"},
    ],
)
def test_a_value_that_is_none_of_the_known_is_refused(given: dict[str, Any]) -> None:
    """The error names the setting and what it can be."""
    (name,) = given
    with pytest.raises(ConfigurationError, match=f"^{name} must be"):
        read_options(settings(given), HK)


def test_a_path_of_another_site_is_refused() -> None:
    """Each site has its own."""
    with pytest.raises(ConfigurationError, match=r"batch_path must be one of '/api/v1\.1/spot/batchOrders'"):
        read_options(settings({"batch_path": "/api/v1/spot/batchOrders"}), MENA)


@pytest.mark.parametrize("given", [{"recvWindow": 5000}, {"passphrase": "canary"}, {"limits": "2026"}])
def test_an_unknown_setting_is_refused_by_name(given: dict[str, Any]) -> None:
    """The known ones are listed, and the value is not shown."""
    (name,) = given
    with pytest.raises(ConfigurationError, match=f"'{name}'; it knows {', '.join(KNOWN)}") as caught:
        read_options(settings(given), HK)
    assert "canary" not in str(caught.value)
