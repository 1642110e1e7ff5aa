"""Connections of one key share look-ups only where these see the same: a setting may open another book."""

from __future__ import annotations

import pytest

import hk_adapter as hk
from hk_adapter.venue.per_key import shared_by, view_of

WHERE = {"api_key": "of-one-account", "secret": "s", "base_url": "http://127.0.0.1:9"}
ENDLESS: dict[str, object] = {}
ENDLESS["within"] = ENDLESS


def view(venue_id="ccxt:binance", environment="production", **options):
    """Mark what a connection's look-ups depend on."""
    return view_of(hk.VenueSettings(venue_id=venue_id, environment=environment, options=options))


def test_two_connections_that_are_opened_alike():
    """They share look-ups, and in whatever order their settings were written."""
    assert view(a=1, b={"c": [2, None]}) == view(b={"c": [2, None]}, a=1)
    with hk.connect("hashkey", **WHERE) as one, hk.connect("hashkey", **WHERE) as other:
        assert looks(one) is looks(other)


@pytest.mark.parametrize(
    "other",
    [
        {"venue_id": "ccxt:binanceusdm"},
        {"environment": "sandbox"},
        {"options": {"defaultType": "swap"}},
        {"options": {"defaultType": "spot", "portfolio": True}},
        {"options": {"defaultType": "spot", "portfolio": 1}},
        {"headers": {"X-Account": "2"}},
    ],
)
def test_what_one_looks_at_is_nothing_of_the_others(other):
    """Another exchange of the same hosts, another kind of market, another account of the key: no list shows both."""
    assert view(**({"options": {"defaultType": "spot"}} | other)) != view(options={"defaultType": "spot"})


def test_two_connections_that_are_opened_otherwise():
    """Each looks for itself; what is placed by the one is known to the other all the same."""
    with hk.connect("hashkey", **WHERE) as one, hk.connect("hashkey", recv_window=4000, **WHERE) as other:
        assert looks(one) is not looks(other)
        assert looks(one).known is looks(other).known


@pytest.mark.parametrize("setting", [object(), ENDLESS, {1: "a"}, 1j])
def test_settings_of_which_nobody_can_tell_whether_they_are_the_same(setting):
    """Each connection looks for itself, and goes by the same budget."""
    assert view(setting=setting) is None
    one, other = (shared_by(("key",), {"orders": hk.RateLimit(amount=1)}, view=None) for _ in range(2))
    assert (one.looks is other.looks, one.budget is other.budget) == (False, True)
    assert one.looks.known is other.looks.known


def test_a_mark_shows_no_setting():
    """Settings may be secret."""
    assert "sesame" not in str(view(password="sesame"))


def looks(venue):
    """Return what a connection looks orders up with."""
    return venue._connection.shared.looks
