"""Queries that weigh more than others, where the limits count weights."""

from typing import Any

import pytest

from hk_adapter.simulator import Limits, Simulator
from hk_adapter.simulator.limits import HEAVY_PATHS, QUERY_WEIGHTS, TRANSFER_PATH
from tests.cases import each

from .conftest import CREATE, HISTORY, OPEN_ORDERS, ORDER, Client

# As listed beside each endpoint in the documentation of Nov 2025 and 2026.
DOCUMENTED = {
    ORDER: 1,
    OPEN_ORDERS: 1,
    HISTORY: 5,
    "/api/v1/spot/subAccount/openOrders": 1,
    "/api/v1/spot/subAccount/tradeOrders": 5,
    "/api/v1/subAccount/trades": 5,
    "/api/v1/account": 5,
    "/api/v1/account/trades": 5,
    "/api/v1/account/tradesByClOrderId": 1,
    "/api/v1/account/vipInfo": 5,
    "/api/v1/account/type": 5,
    "/api/v1/account/checkApiKey": 1,
    "/api/v1/account/eodBalance": 5,
    "/api/v1/account/balanceFlow": 3,
}


def limited(**limits: Any) -> Client:
    """Give a client of a venue with limits."""
    return Client(Simulator(limits=Limits(**limits)))


def statuses(client: Client, path: str, times: int) -> list[int]:
    """Ask so often, and tell 429 from everything else."""
    return [429 if client.send("GET", path).status == 429 else 200 for _ in range(times)]


@each(("path", "weight"), DOCUMENTED.items())
def test_a_query_uses_up_its_weight(path: str, weight: int) -> None:
    """With 10 a second, ten of the lightest pass, or two that weigh 5."""
    passed = 10 // weight
    client = limited(queries_per_second=10, queries_by_weight=True)
    assert statuses(client, path, passed + 1) == [200] * passed + [429]
    assert QUERY_WEIGHTS.get(path, 1) == weight


@each("path", sorted(DOCUMENTED))
def test_by_default_every_query_counts_as_one(path: str) -> None:
    """The documents limit requests, and do not say what weights use up."""
    assert statuses(limited(), path, 3) == [200, 200, 429]


def test_a_query_dearer_than_the_limit_takes_a_whole_second() -> None:
    """With 2 a second, one that weighs 5 passes only when nothing else was asked."""
    client = limited(queries_by_weight=True)
    assert statuses(client, HISTORY, 2) == [200, 429]
    client.now += 1000
    assert statuses(client, ORDER, 1) + statuses(client, HISTORY, 1) == [200, 429]


@pytest.mark.parametrize("path", ["/api/v1/spot/batchOrders", "/api/v1.1/spot/batchOrders"])
def test_a_batch_of_new_orders_weighs_five(path: str) -> None:
    """Two use up the ten orders of a second; a single order weighs 1."""
    assert path in HEAVY_PATHS
    client = limited()
    assert [client.send("POST", path).status == 429 for _ in range(3)] == [False, False, True]
    assert limited().send("POST", CREATE).status != 429


def test_transfers_have_a_limit_of_their_own() -> None:
    """It is at least 1, as every limit."""
    assert Limits().transfers_per_second == 1
    with pytest.raises(ValueError, match="limits transfers_per_second must be at least 1"):
        Limits(transfers_per_second=0)
    client = limited(transfers_per_second=3)
    assert [client.send("POST", TRANSFER_PATH).status == 429 for _ in range(4)] == [False, False, False, True]
