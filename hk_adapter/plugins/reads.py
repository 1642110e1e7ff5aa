"""Which calls and hooks change nothing, by their names."""

from __future__ import annotations

READS = ("fetch_", "load_", "watch_", "check_", "open_stream", "open_market_stream", "renew_stream", "close_stream")
"""What the names of calls and hooks begin with that change nothing."""
