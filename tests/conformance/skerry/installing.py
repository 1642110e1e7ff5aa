"""Skerry's simulator, as a distribution of its own would bring it."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

_POINTS = "[hk_adapter.simulators]\nskerry = tests.conformance.skerry.simulator:SkerrySimulator\n"


def install_simulator(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a distribution on the path whose only part is the entry point."""
    information = place / "skerry_simulator-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: skerry-simulator\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(_POINTS)
    monkeypatch.syspath_prepend(str(place))
    importlib.invalidate_caches()
