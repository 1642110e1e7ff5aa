"""Every history of one cancel up to a depth: the true resolver against everything that can happen to it."""

from __future__ import annotations

from hk_adapter.testing.campaign.histories.report import lines_of_histories
from hk_adapter.testing.campaign.histories.search import Found, Histories, enumerate_histories
from hk_adapter.testing.campaign.histories.settings import SETTINGS, Setting

__all__ = ["SETTINGS", "Found", "Histories", "Setting", "enumerate_histories", "lines_of_histories"]
