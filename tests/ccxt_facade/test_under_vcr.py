"""A bot's own tests may replay its requests with vcrpy: the blocking class works under it, as ccxt's does."""

from __future__ import annotations

import ccxt
import vcr

from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, serve


def test_a_cancel_is_recorded_and_replayed(tmp_path, monkeypatch):
    """The replay needs no venue."""
    recorder = vcr.VCR(match_on=("method", "path"), record_mode="once")
    monkeypatch.setattr(ccxt.hkadapter, "nonce", lambda self: 1_790_000_000_000, raising=False)
    told = []
    with serve() as served:
        url = served.url
        for _ in range(2):
            exchange = ccxt.hkadapter(
                {
                    "apiKey": DEFAULT_API_KEY,
                    "secret": DEFAULT_SECRET,
                    "enableRateLimit": False,
                    "urls": {"api": {"public": url, "private": url}},
                }
            )
            with recorder.use_cassette(str(tmp_path / "cancel.yaml")) as cassette:
                order = exchange.create_order("ETH/USD", "limit", "buy", 1, 1900)
                told.append(exchange.cancel_order(order["id"])["status"])
            exchange.session.close()
    assert told == ["canceled", "canceled"]
    assert cassette.play_count == len(cassette)
