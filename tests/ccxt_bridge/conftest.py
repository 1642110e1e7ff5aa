"""The bridge as an installed venue, and a small exchange of another family to swap to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import hk_adapter as hk
from tests.ccxt_bridge.kraken_desk import KrakenDesk, opened_desk

pytest.importorskip("ccxt")


@pytest.fixture(autouse=True)
def _no_keys_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for venue in ("HASHKEY", "CCXT_HASHKEY", "CCXT_KRAKEN"):
        for name in ("API_KEY", "SECRET"):
            monkeypatch.delenv(f"HK_ADAPTER_{venue}_{name}", raising=False)
    monkeypatch.delenv("HK_ADAPTER_PROFILE", raising=False)


@pytest.fixture(autouse=True, scope="session")
def _installed() -> None:
    """Let the bridge be found where the package is tried from its source alone."""
    from hk_adapter.venues.ccxt_bridge import plugin  # noqa: PLC0415

    if "ccxt" not in {venue.id for venue in hk.list_venues()}:
        hk.register_venue("ccxt", plugin)


@pytest.fixture
def kraken() -> Iterator[KrakenDesk]:
    """A small exchange that speaks Kraken's order calls, over real HTTP."""
    with opened_desk() as desk:
        yield desk
