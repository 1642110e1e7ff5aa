"""An exchange of ccxt's that nobody wrote a declaration for: recorded with a key, played without it, in flight."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from vcr.errors import CannotOverwriteExistingCassetteException

from hk_adapter.testing.cassettes.recorded import Recorded

from .fake_exchange import Exchange, serving
from .recording import recorded_in

KEY = "cAnArYkEy0123456789abcdefABCDEF9"
SECRET = "Y0FuQXJ5U2VjcmV0Y0FuQXJ5U2VjcmV0Y0FuQXJ5U2VjcmV0Y0FuQXJ5U2VjcmV0"
TERMS = ("BTC/USD", "limit", "buy", "0.01", "30000")
MANY = 5


def in_threads(recorded: Recorded, **where: Any) -> list[Any]:
    """Place and cancel several orders at once, each in a thread."""
    with recorded.connect("ccxt:kraken", **where) as venue, ThreadPoolExecutor(MANY) as pool:
        orders = list(pool.map(lambda _: venue.create_order(*TERMS), range(MANY)))
        done = list(pool.map(lambda order: venue.cancel_order(order.id, TERMS[0]), orders))
        return sorted((one.client_order_id, one.status, one.amount) for one in done)


def in_tasks(recorded: Recorded, **where: Any) -> list[Any]:
    """Place and cancel several orders at once, each in a task."""

    async def story() -> list[Any]:
        async with recorded.connect_async("ccxt:kraken", **where) as venue:
            orders = await asyncio.gather(*(venue.create_order(*TERMS) for _ in range(MANY)))
            done = await asyncio.gather(*(venue.cancel_order(order.id, TERMS[0]) for order in orders))
            return sorted((one.client_order_id, one.status, one.amount) for one in done)

    return asyncio.run(story())


@pytest.mark.parametrize("story", [in_threads, in_tasks])
def test_it_is_played_as_it_was_recorded(
    tmp_path: Path, story: Callable[..., list[Any]], caplog: pytest.LogCaptureFixture
) -> None:
    """The same orders end in the same way, with no key at hand; neither file nor log has key, signature or nonce."""
    path, exchange = tmp_path / "story.yaml", Exchange()
    caplog.set_level("DEBUG")
    with serving(exchange) as url:
        where = {"base_url": url, "api_key": KEY, "secret": SECRET, "rateLimit": 0}
        with recorded_in(path, "once") as recorded:
            first = story(recorded, **where)
    assert [status for _, status, _ in first] == ["canceled"] * MANY
    asked = len(exchange.asked)
    for _ in range(2):
        with recorded_in(path) as recorded:
            assert story(recorded, base_url="http://127.0.0.1", rateLimit=0) == first
    assert len(exchange.asked) == asked

    text = path.read_text()
    told = caplog.text
    for secret in (KEY, SECRET, "cAnArY"):
        assert secret.lower() not in text.lower()
        assert secret.lower() not in told.lower()
    assert not re.search(r"nonce=(?!scrubbed)", text)
    assert not re.search(r"[A-Za-z0-9+/]{80}", text)
    assert "volume=0.01" in text


def test_a_read_by_post_is_answered_after_the_end_as_it_was_last(tmp_path: Path) -> None:
    """Ccxt's own table tells which endpoints only read; a create or a cancel is never played once more."""
    path = tmp_path / "story.yaml"
    with serving(Exchange()) as url, recorded_in(path, "once") as recorded:
        where = {"base_url": url, "api_key": KEY, "secret": SECRET, "rateLimit": 0}
        with recorded.connect("ccxt:kraken", **where) as venue:
            venue.fetch_order(venue.create_order(*TERMS, client_order_id="mine").id, TERMS[0])
    where = {"base_url": "http://127.0.0.1", "rateLimit": 0}
    with recorded_in(path) as recorded, recorded.connect("ccxt:kraken", **where) as venue:
        order = venue.create_order(*TERMS, client_order_id="mine")
        assert [venue.fetch_order(order.id, TERMS[0]).status for _ in range(3)] == ["open"] * 3
        with pytest.raises(CannotOverwriteExistingCassetteException):
            venue.create_order(*TERMS, client_order_id="mine")
