"""A pool opens many accounts: what fails for one costs no other, and what can be shared is."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

import hk_adapter as hk
from hk_adapter.fleet import AsyncVenuePool, PoolAccount, VenuePool
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, serve

PROFILES = """
[profiles.desk]
venue = "hashkey"
environment = "simulator"
[profiles.open-end]
venue = "hashkey"
[profiles.broken]
venue = 7
"""


def simulated(name: str, **given: object) -> PoolAccount:
    """Name a simulated account."""
    return PoolAccount(name, "hashkey", environment="simulator", **given)


def test_one_that_cannot_be_opened() -> None:
    """Its error is told under its name, and raised to who asks for it; the others are open."""
    with VenuePool([simulated("a"), simulated("b", site="nowhere"), PoolAccount("c", "no-such-venue")]) as pool:
        assert set(pool.failures) == {"b", "c"}
        assert pool["a"].fetch_open_orders() == []
        with pytest.raises(hk.ConfigurationError):
            pool["c"]
        with pytest.raises(KeyError):
            pool["d"]


async def test_one_that_cannot_be_opened_in_a_loop() -> None:
    """As for threads."""
    async with AsyncVenuePool([simulated("a", budget="unlimited"), PoolAccount("c", "no-such-venue")]) as pool:
        assert set(pool.failures) == {"c"}
        assert await pool["a"].fetch_open_orders() == []
        results = await pool.call("fetch_open_orders")
        assert (results["a"], type(results["c"])) == ([], hk.ConfigurationError)
        with pytest.raises(hk.NotSent):
            pool["c"]


def test_one_call_for_all(pool: VenuePool) -> None:
    """Each account's result stands under its name, an error as a value; other names and methods are refused."""
    pool["a"].simulator.keys.disable("simulator-key")
    results = pool.call("create_order", "ETH/USD", "limit", "buy", "1", "1000")
    assert list(results) == ["a", "b"]
    assert isinstance(results["a"], hk.AuthenticationError)
    assert isinstance(results["b"], hk.Order)
    assert pool.call("fetch_open_orders", accounts=["b"])["b"][0].id == results["b"].id
    for method, accounts in [("_runner", None), ("nothing", None), ("fetch_time", ["c"]), ("fetch_time", "a")]:
        with pytest.raises(hk.InvalidArgument):
            pool.call(method, accounts=accounts)


def test_two_accounts_of_one_name_are_refused() -> None:
    """Two accounts of one name, and a pool of none, are refused."""
    for members in ([], [simulated("a"), simulated("a")], ["a"]):
        with pytest.raises(hk.InvalidArgument):
            VenuePool(members)


def test_sockets_and_budgets_are_shared() -> None:
    """Accounts of one host share sockets, those of one key its budget too; closing one leaves the others open."""
    with serve() as server:
        server.control.open_account("second", "its own")
        first, second = (
            {"api_key": DEFAULT_API_KEY, "secret": DEFAULT_SECRET},
            {"api_key": "second", "secret": "its own"},
        )
        where = {"environment": "sandbox", "base_url": server.url, "budget": "unlimited"}
        keys = {"a": first, "b": second, "c": second}
        members = [PoolAccount(name, "hashkey", **where, **key) for name, key in keys.items()]
        with VenuePool(members) as pool:
            assert pool.call("fetch_open_orders") == {"a": [], "b": [], "c": []}
            transports = {id(pool[name]._transport._transport) for name in pool}
            states = {name: pool.opened(name)[1].shared for name in pool}
            assert len(transports) == 1
            assert states["b"] is states["c"] is not states["a"]
            pool["a"].close()
            with pytest.raises(hk.NotSent):
                pool["a"].fetch_balance()
            assert pool["b"].fetch_open_orders() == []
        with pytest.raises(hk.NotSent):
            pool["b"]


def test_nothing_is_shown_of_keys() -> None:
    """Neither a pool nor an account prints or pickles a key."""
    member = simulated("a", api_key="canary-key", secret="canary-secret")
    with VenuePool([member]) as pool:
        assert "canary" not in f"{member!r} {pool!r} {pool['a']!r} {pool.failures!r}"
        with pytest.raises(TypeError):
            pickle.dumps(pool)
    with pytest.raises(TypeError):
        pickle.dumps(member)


def test_a_profile_is_an_account_whose_environment_is_never_assumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A profile is an account of its name; its environment is never assumed, and one that is not there is named."""
    file = tmp_path / "config.toml"
    file.write_text(PROFILES)
    file.chmod(0o600)
    monkeypatch.setenv("HK_ADAPTER_CONFIG", str(file))
    with VenuePool.of_profiles(["desk"]) as pool:
        assert pool["desk"].fetch_open_orders() == []
    with VenuePool.of_profiles(["open-end"], environment="simulator") as pool:
        assert not pool.failures
    for name, words in [
        ("open-end", "names no environment"),
        ("broken", "does not say which venue"),
        ("none", "desk, open-end"),
    ]:
        with pytest.raises(hk.ConfigurationError, match=words):
            VenuePool.of_profiles([name])
