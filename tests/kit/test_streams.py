"""A recording holds no stream: who watches is told so, and where to watch instead, and no key of a stream is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

import hk_adapter as hk
from hk_adapter.hooks import Scrub
from hk_adapter.testing.cassettes.scrubbing import Rules, scrubbed_request
from hk_adapter.testing.fixtures import ServedSimulator

from .recording import recorded_in

TERMS = ("ETH/USD", "limit", "buy", "0.5", "1900")
INSTEAD = "a recording holds no stream: .*hk_simulator"


def test_a_watch_while_it_is_recorded(tmp_path: Path) -> None:
    """It is refused then, and not only once the recording is played; the rest of the test is recorded."""
    path = tmp_path / "story.yaml"
    with recorded_in(path, "once") as recorded, recorded.connect() as venue:
        with pytest.raises(hk.NotSupported, match=INSTEAD), venue.watch_orders():
            pass
        with pytest.raises(hk.NotSupported, match=INSTEAD), venue.watch_order_book("ETH/USD"):
            pass
        order = venue.create_order(*TERMS)
    assert "ws://" not in path.read_text()
    with recorded_in(path) as recorded, recorded.connect() as venue:
        with pytest.raises(hk.NotSupported, match=INSTEAD), venue.watch_orders():
            pass
        with pytest.raises(hk.NotSupported, match=INSTEAD), venue.watch_order_book("ETH/USD"):
            pass
        assert venue.create_order(*TERMS).id == order.id


async def test_a_watch_in_a_loop(tmp_path: Path) -> None:
    """As in threads."""
    with recorded_in(tmp_path / "story.yaml", "once") as recorded:
        async with recorded.connect_async() as venue:
            with pytest.raises(hk.NotSupported, match=INSTEAD):
                async with venue.watch_orders():
                    pass


def test_a_watch_of_lists(tmp_path: Path) -> None:
    """What is asked for again and again is an exchange as any other: it is recorded, and played."""
    for mode in ("once", "none"):
        with (
            recorded_in(tmp_path / "story.yaml", mode) as recorded,
            recorded.connect("ccxt:hashkey", poll_every=0.1) as venue,
        ):
            order = venue.create_order(*TERMS)
            with venue.watch_orders() as updates:
                assert next(updates).order.id == order.id


def test_a_watch_in_process_beside_a_recording(tmp_path: Path) -> None:
    """The simulator in process has streams at any time."""
    with (
        recorded_in(tmp_path / "story.yaml", "once"),
        hk.connect("hashkey", environment="simulator") as venue,
        venue.watch_orders() as updates,
    ):
        order = venue.create_order(*TERMS)
        assert next(updates).order.id == order.id


def test_a_watch_at_a_served_simulator(hk_simulator: ServedSimulator) -> None:
    """What the error names works."""
    with hk_simulator.connect() as venue, venue.watch_orders() as updates:
        order = venue.create_order(*TERMS)
        assert next(updates).order.id == order.id


def test_an_address_of_a_stream() -> None:
    """Where another library opens one beneath a cassette, all of its path is left out: it may be a key."""

    def kept(text: str) -> str:
        return text

    rules = Rules(scrub=Scrub(), hide=kept, number=kept, everywhere=kept)
    for scheme in ("ws", "wss"):
        assert scrubbed_request(rules, f"{scheme}://venue.test/ws/listen/aKey", {}, None).uri == (
            f"{scheme}://venue.test/scrubbed"
        )
