"""The campaign of streams: orders by the thousand are watched in virtual time, and held against the truth."""

from __future__ import annotations

from hk_adapter.testing.stream_campaign.run import StreamResult, lines_of_watching, watch_again, watch_many

__all__ = ["StreamResult", "lines_of_watching", "watch_again", "watch_many"]
