"""Wrappers that ship, without the machine's settings."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the machine's keys, profiles and limits out of every test."""
    for name in [name for name in os.environ if name.startswith(("HK_ADAPTER_", "XDG_"))]:
        monkeypatch.delenv(name)
