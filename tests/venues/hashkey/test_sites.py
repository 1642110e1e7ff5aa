"""Where each site is reached, what it calls the key header, and how much a key may ask there."""

from __future__ import annotations

import pytest

from hk_adapter.errors import ConfigurationError
from hk_adapter.flow.effects import HttpCall
from hk_adapter.hooks import VenueSettings
from hk_adapter.settings import HmacCredentials
from hk_adapter.venues.hashkey.plugin import HashKeyVenue, open_venue
from hk_adapter.venues.hashkey.sites import ORDERS, QUERIES
from tests.cases import each

# HashKey's documentation: Hong Kong (Nov 2025), Global (2024-2025), MENA (2026).
HOSTS = [
    ("hk", "production", "https://api-pro.hashkey.com"),
    ("hk", "sandbox", "https://api-pro.sim.hashkeydev.com"),
    ("global", "production", "https://api-glb.hashkey.com"),
    ("global", "sandbox", "https://api-glb.sim.hashkeydev.com"),
    ("mena", "production", "https://api-pro.hashkey.com"),
    ("mena", "sandbox", "https://api-pro.sim.hashkeydev.com"),
]
KEY_HEADERS = [("hk", "X-HK-APIKEY"), ("global", "X-HK-APIKEY"), ("mena", "X-APIKEY")]


def opened(site: str | None = None, environment: str = "production", **settings: object) -> HashKeyVenue:
    """Open a site with its defaults but for what is given."""
    return open_venue(VenueSettings(**{"venue_id": "hashkey", "site": site, "environment": environment, **settings}))


@each(("site", "environment", "origin"), HOSTS)
def test_each_site_and_environment_has_its_host(site: str, environment: str, origin: str) -> None:
    """Requests go to the documented host, and that host alone is declared."""
    venue = opened(site, environment)
    assert venue.hosts == {origin}
    assert venue.sign(HttpCall(method="GET", path="/api/v1/time"), None, 1701094949000).origin == origin


@pytest.mark.parametrize("environment", ["production", "sandbox"])
def test_hong_kong_is_the_default_site(environment: str) -> None:
    """Without a site the Hong Kong hosts and header are used."""
    assert opened(None, environment).hosts == opened("hk", environment).hosts


@pytest.mark.parametrize("site", ["hk", "global", "mena"])
def test_the_simulators_host_can_never_be_reached(site: str) -> None:
    """The simulator's origin lies in the reserved domain .invalid, so a slip cannot go to a real host."""
    (origin,) = opened(site, "simulator").hosts
    assert origin.endswith(".invalid")


@each(("site", "header"), KEY_HEADERS)
@each("environment", ["production", "sandbox", "simulator"])
def test_each_site_has_its_key_header(site: str, header: str, environment: str) -> None:
    """MENA prints X-APIKEY on the very host where Hong Kong wants X-HK-APIKEY."""
    call = HttpCall(method="GET", path="/api/v1/spot/order", signed=True)
    request = opened(site, environment).sign(call, HmacCredentials("key", "secret"), 1701094949000)
    assert dict(request.headers) == {header: "key"}


@pytest.mark.parametrize("site", ["hk", "global", "mena"])
def test_limits_are_the_lowest_documented(site: str) -> None:
    """Ten order calls by weight and two queries by call, per second and key: safe under both documentations."""
    limits = opened(site).limits
    assert (limits[ORDERS].amount, limits[ORDERS].window, limits[ORDERS].by_weight) == (10, 1.0, True)
    assert (limits[QUERIES].amount, limits[QUERIES].window, limits[QUERIES].by_weight) == (2, 1.0, False)


def test_a_base_url_replaces_the_host_and_nothing_else() -> None:
    """The given origin is the only one declared, and the site's header stays."""
    venue = opened("mena", "sandbox", base_url="http://127.0.0.1:8080")
    call = HttpCall(method="GET", path="/api/v1/spot/order", signed=True)
    request = venue.sign(call, HmacCredentials("key", "secret"), 1701094949000)
    assert venue.hosts == {"http://127.0.0.1:8080"}
    assert request.origin == "http://127.0.0.1:8080"
    assert dict(request.headers) == {"X-APIKEY": "key"}


@each("site", ["sg", "HK", "bmu", "", "hk "])
def test_an_unknown_site_is_refused(site: str) -> None:
    """A name that is not listed is refused with the names that are, never taken for the default."""
    with pytest.raises(ConfigurationError, match=r"no site .*hk, global, mena"):
        opened(site)


@pytest.mark.parametrize("environment", ["test", "Sandbox", ""])
def test_an_unknown_environment_is_refused(environment: str) -> None:
    """A misspelt sandbox must not become production."""
    with pytest.raises(ConfigurationError, match=r"no environment .*production, sandbox, simulator"):
        opened("hk", environment)


def test_an_unknown_environment_is_refused_beside_a_base_url_too() -> None:
    """A base_url does not hide the misspelling."""
    with pytest.raises(ConfigurationError, match="no environment"):
        opened("hk", "test", base_url="http://127.0.0.1:8080")


@pytest.mark.parametrize("options", [{"recvWindow": 5000}, {"password": "x"}, {"recv_window": 5000, "uid": "1"}])
def test_an_unknown_option_is_refused_by_name(options: dict[str, object]) -> None:
    """A setting that nobody reads is an error that names it, and not its value."""
    unknown = next(name for name in options if name != "recv_window")
    with pytest.raises(ConfigurationError, match=f"{unknown}.*recv_window") as caught:
        opened("hk", options=options)
    assert "5000" not in str(caught.value)


def test_a_member_is_refused() -> None:
    """HashKey is one venue: nothing stands after a colon."""
    with pytest.raises(ConfigurationError, match="members"):
        open_venue(VenueSettings(venue_id="hashkey:hk", environment="sandbox"))
