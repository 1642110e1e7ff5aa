"""The campaign: cancels by the thousand in virtual time, every fault seeded, judged by one who knows the truth."""

from __future__ import annotations

from hk_adapter.campaign.run import Replay, Result, replay, run

__all__ = ["Replay", "Result", "replay", "run"]
