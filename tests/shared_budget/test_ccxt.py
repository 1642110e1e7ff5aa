"""A budget in Redis for exchanges that ccxt speaks to: they heed its create block, and keep ccxt's pace together."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

import hk_adapter as hk
from hk_adapter.flow.effects import Lane
from hk_adapter.transport.shared_budget.address import BLOCK_KEY, read_address
from hk_adapter.transport.shared_budget.admission import SharedBudget
from hk_adapter.transport.shared_budget.block_flag import BlockFlag
from hk_adapter.venue.connect_arguments import ConnectArguments
from hk_adapter.venue.connection import Connection, open_connection
from tests.ccxt_bridge.kraken_desk import API_KEY, SECRET, KrakenDesk, opened_desk

from .conftest import Process, Server

pytest.importorskip("ccxt")

TERMS = ("ETH/USD", "limit", "buy", "0.1", "1900")


@pytest.fixture
def desk() -> Iterator[KrakenDesk]:
    """A small exchange over real HTTP."""
    with opened_desk() as opened:
        yield opened


def connected(desk: KrakenDesk, server: Server, **config: Any) -> hk.Venue:
    """Open it with a budget in Redis."""
    options = {"base_url": desk.url, "api_key": API_KEY, "secret": SECRET, "rateLimit": 1} | config
    return hk.connect("ccxt:kraken", budget=server.url(), **options)


def test_creates_are_blocked_there(desk: KrakenDesk, own_server: Server) -> None:
    """While the block is up no create leaves, cancels do; without Redis neither does any."""
    with connected(desk, own_server) as venue:
        order = venue.create_order(*TERMS)
        BlockFlag(read_address(own_server.url())).put_up("by the desk")
        with pytest.raises(hk.NotSent, match="new orders are blocked by the desk"):
            venue.create_order(*TERMS)
        assert venue.cancel_order(order.id, "ETH/USD").status == "canceled"
        with own_server.client() as client:
            client.delete(BLOCK_KEY)
        own_server.stop()
        with pytest.raises(hk.NotSent, match="Redis is out of reach"):
            venue.create_order(*TERMS)
        assert desk.seen.count("AddOrder") == 1


def of_wallet(server: Server, wallet: str) -> Connection:
    """Join an exchange that has no key but a wallet; nothing is sent."""
    settings = {"walletAddress": wallet, "privateKey": "0x" + "1" * 64}
    arguments = dict.fromkeys(("api_key", "secret", "private_key", "site", "base_url", "profile", "proxy"))
    given = ConnectArguments(
        venue_id="ccxt:hyperliquid",
        environment="production",
        timeout=10.0,
        budget=server.url(),
        plugins=(),
        venue_settings=settings,
        **arguments,  # type: ignore[arg-type]
    )
    return open_connection(given)


def test_a_wallet_is_a_key_too(server: Server) -> None:
    """Whoever signs with the same one shares its budget, and so the block; nothing of it is in Redis."""
    one, again, other = (of_wallet(server, wallet).runtime.admission for wallet in ("0xaa", "0xaa", "0xbb"))
    assert isinstance(one, SharedBudget)
    assert isinstance(other, SharedBudget)
    assert one is again
    assert one.key != other.key
    assert "0xaa" not in one.key
    assert "1111" not in one.key


def test_ccxts_pace_is_kept_together(desk: KrakenDesk, server: Server) -> None:
    """What one process sends takes its time from the others', in milliseconds of ccxt's throttle."""
    with connected(desk, server, rateLimit=700) as venue:
        admission = venue._connection.runtime.admission
        assert isinstance(admission, SharedBudget)
        limits = venue._connection.shared.budget._limits  # type: ignore[attr-defined]
        other = Process(server, admission.key, limits)
        server.settle(admission.key)
        call = {"group": "reads", "costs": {"paced": 450}, "reads": True}
        gone = other.enter(Lane.CANCEL, **call)
        other.waits(gone)  # what the connection asked as it was opened may be told only now
        began = time.monotonic()
        other.leave(gone)
        venue.fetch_balance()
        assert time.monotonic() - began >= 0.1  # of the second's worth 550 ms are left; 700 are there 150 ms later


def test_a_dear_request_counts_as_a_second() -> None:
    """No request is refused for its cost: the exchange's own process waits for the whole of it."""
    from hk_adapter.venues.ccxt_bridge.throttle import Pace  # noqa: PLC0415 - needs ccxt

    [limit] = Pace(50).shared()
    assert (limit.amount, limit.refill, limit.kept) == (1000, 1000.0, 200)
    [slow] = Pace(3000).shared()
    assert (slow.amount, slow.refill) == (3000, 1000.0)
    assert Pace(0).shared() == ()
    assert Pace(50).take(0.3334, 0.0).milliseconds == 17
