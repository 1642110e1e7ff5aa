"""Entries that are written together fail each for itself."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import pytest

import hk_adapter
from hk_adapter import InvalidArgument, PluginError, RequestState, Venue
from hk_adapter.plugins.journal import Journal
from hk_adapter.simulator.server import Served

Look = Callable[[str], list[dict[str, Any]]]

MANY = 20
ABSURD_TEXT = "9" * 10_000_000


async def _together(served: Served, journal: Journal, absurd: dict[str, Any], name: str) -> list[Any]:
    async with hk_adapter.connect_async(
        "hashkey", environment="simulator", base_url=served.url, plugins=[journal], budget="unlimited"
    ) as venue:
        if name == "create_order":
            terms: dict[str, Any] = {
                "symbol": "ETH/USD",
                "type": "limit",
                "side": "buy",
                "amount": "1",
                "price": "1900",
            }
            calls = [venue.create_order(**terms, **(absurd if n == MANY // 2 else {})) for n in range(MANY)]
        else:
            ids = [str(n + 1) for n in range(MANY)]
            calls = [
                venue.try_cancel(**({"order_id": ids[n], **(absurd if n == MANY // 2 else {})})) for n in range(MANY)
            ]
        return await asyncio.gather(*calls, return_exceptions=True)


async def test_the_longest_time_limit_harms_no_call(served: Served, journal: Journal, look: Look) -> None:
    """However long a call may take, it and those beside it are written and sent."""
    results = await _together(served, journal, {"timeout": 3600}, "create_order")
    assert [one for one in results if isinstance(one, BaseException)] == []
    assert [row["state"] for row in look("operations")] == ["settled"] * MANY


@pytest.mark.parametrize("timeout", [sys.maxsize, 1e300, 10**30])
async def test_an_absurd_time_limit_is_refused_alone(
    served: Served, journal: Journal, look: Look, timeout: float
) -> None:
    """It is neither written nor sent; those beside it are."""
    results = await _together(served, journal, {"timeout": timeout}, "create_order")
    assert [type(one) for one in results if isinstance(one, BaseException)] == [InvalidArgument]
    assert [row["state"] for row in look("operations")] == ["settled"] * (MANY - 1)


async def test_an_entry_that_cannot_be_written_fails_alone(
    served: Served, journal: Journal, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A create with an id that is too long for a row is not sent; the others are written and sent."""
    monkeypatch.setattr("hk_adapter.plugins.journal.written.LONGEST_TEXT", 100)
    results = await _together(served, journal, {"client_order_id": "9" * 200}, "create_order")
    (failed,) = [one for one in results if isinstance(one, BaseException)]
    assert isinstance(failed, PluginError)
    assert failed.request_state is RequestState.NOT_SENT
    assert [row["state"] for row in look("operations")] == ["settled"] * (MANY - 1)


async def test_a_cancel_that_cannot_be_written_harms_no_entry(
    served: Served, journal: Journal, look: Look, caplog: pytest.LogCaptureFixture
) -> None:
    """A cancel with an absurd symbol is told to have no entry; every other one has its own."""
    results = await _together(served, journal, {"symbol": ABSURD_TEXT}, "cancel_order")
    assert len(results) == MANY
    assert len(look("operations")) == MANY - 1
    (record,) = caplog.records
    assert "not fully in the journal" in record.getMessage()
    assert len(record.getMessage()) < 1000


def test_what_a_venue_says_is_cut_and_plain(venue: Venue, served: Served, order_id: str, look: Look) -> None:
    """A refusal's code of any length and with any characters is kept in a few plain ones."""
    served.control.fail_next(code="-1 \U0001f600" + "7" * 5000, msg="no", method="POST")
    with pytest.raises(hk_adapter.AdapterError):
        venue.create_order("ETH/USD", "limit", "buy", "1", "1900", timeout=1)
    (row,) = look("operations")
    assert row["error"].isascii()
    assert len(row["error"]) < 200
