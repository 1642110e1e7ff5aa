"""What a replay says of a request that was not recorded: what it asks, what is recorded instead, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from hk_adapter.testing.cassettes.not_recorded import NotRecorded

from .recording import recorded_in

TERMS = ("ETH/USD", "limit", "buy", "0.5", "1900")
ANEW = r".*record anew with --record-mode=rewrite$"


def test_other_terms_are_told_beside_the_recorded_ones(tmp_path: Path) -> None:
    """Parameters that differ are named with both values; nothing that is signed, or signs, is."""
    path = tmp_path / "story.yaml"
    with recorded_in(path, "once") as recorded:
        recorded.connect().create_order(*TERMS)
    with recorded_in(path) as recorded:
        with pytest.raises(
            NotRecorded, match=r"POST /\S*order is in .*: quantity 0\.6 \(0\.5 recorded\)" + ANEW
        ) as told:
            recorded.connect().create_order("ETH/USD", "limit", "buy", "0.6", "1900")
        assert not [name for name in ("timestamp", "signature", "price") if name in str(told.value)]


def test_another_request_is_told_beside_what_is_left(tmp_path: Path) -> None:
    """Where nothing was asked at that path, what was recorded and is still to come is named."""
    path = tmp_path / "story.yaml"
    with recorded_in(path, "once") as recorded:
        recorded.connect().create_order(*TERMS)
    told = r"GET /\S*openOrders is not in .*story\.yaml; recorded.* POST /" + ANEW
    with recorded_in(path) as recorded, pytest.raises(NotRecorded, match=told):
        recorded.connect().fetch_open_orders()


def test_a_change_that_was_played_is_told(tmp_path: Path) -> None:
    """A create that is sent once more is no other create: it is said that it was played."""
    path = tmp_path / "story.yaml"
    with recorded_in(path, "once") as recorded:
        recorded.connect().create_order(*TERMS, client_order_id="mine")
    with recorded_in(path) as recorded, recorded.connect() as venue:
        venue.create_order(*TERMS, client_order_id="mine")
        with pytest.raises(NotRecorded, match=r"POST /\S* is asked more often than in .*never played once more" + ANEW):
            recorded.connect().create_order(*TERMS, client_order_id="mine")


def test_a_recording_that_was_never_made_is_told(tmp_path: Path) -> None:
    """Where there is no file nothing has changed since: the message says how the first recording is made."""
    path = tmp_path / "story.yaml"
    told = (
        r"GET /\S*openOrders was asked, and nothing is recorded in .*story\.yaml\. Record it with --record-mode=once$"
    )
    with recorded_in(path) as recorded, pytest.raises(NotRecorded, match=told):
        recorded.connect().fetch_open_orders()
