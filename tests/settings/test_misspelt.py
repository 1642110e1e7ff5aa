"""A misspelt argument of ``connect`` goes to the venue's plugin, as any keyword; its refusal says what was meant."""

from __future__ import annotations

import pytest

import hk_adapter as hk


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("enviroment", "environment"),
        ("Environment", "environment"),
        ("apikey", "api_key"),
        ("secrte", "secret"),
        ("time_out", "timeout"),
        ("plugin", "plugins"),
        ("pool_every", "poll_every"),
        ("sandbox", "environment='sandbox'"),
        ("sandboxMode", "environment='sandbox'"),
        ("testnet", "environment='sandbox'"),
    ],
)
@pytest.mark.parametrize("venue_id", ["hashkey", "ccxt:hashkey"])
def test_an_argument_of_connect(venue_id: str, name: str, meant: str) -> None:
    """Whichever plugin refuses it; what was given is not shown, for it may be a secret."""
    with pytest.raises(hk.ConfigurationError, match=f"{name!r}.*; connect itself takes {meant}$") as refused:
        hk.connect(venue_id, **{name: "canary-1234567"})
    assert "canary" not in repr(refused.value)


def test_in_a_pool() -> None:
    """The failure of an account says it too."""
    with hk.VenuePool([hk.PoolAccount("desk", "hashkey", enviroment="simulator")]) as pool:
        assert str(pool.failures["desk"]).endswith("; connect itself takes environment")


@pytest.mark.parametrize("given", [{"recv_windw": 5000}, {"nothing_like_it": 1}, {"site": "mars"}])
def test_what_is_near_to_none(given: dict[str, object]) -> None:
    """A setting of the venue's own, and another fault, are refused as ever."""
    with pytest.raises(hk.ConfigurationError) as refused:
        hk.connect("hashkey", **given)  # type: ignore[arg-type]
    assert "connect itself" not in str(refused.value)
