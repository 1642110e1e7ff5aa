"""The campaign: cancels by the thousand in virtual time, every fault seeded, judged by one who knows the truth."""

from __future__ import annotations

from hk_adapter.testing.campaign.ccxt_player import CcxtPlayed, Comparison, compare, replay_through_ccxt
from hk_adapter.testing.campaign.histories import SETTINGS, Histories, enumerate_histories, lines_of_histories
from hk_adapter.testing.campaign.kinds import Kind
from hk_adapter.testing.campaign.report import lines_of, lines_of_comparison
from hk_adapter.testing.campaign.run import Replay, Result, replay, run

__all__ = [
    "SETTINGS",
    "CcxtPlayed",
    "Comparison",
    "Histories",
    "Kind",
    "Replay",
    "Result",
    "compare",
    "enumerate_histories",
    "lines_of",
    "lines_of_comparison",
    "lines_of_histories",
    "replay",
    "replay_through_ccxt",
    "run",
]
