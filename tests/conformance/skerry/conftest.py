"""Skerry, opened on a bench."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import hk_adapter as hk
from hk_adapter.testing.conformance.bench import Bench
from tests.conformance.skerry import plugin
from tests.conformance.skerry.installing import install_simulator
from tests.conformance.skerry.script import SkerryScript


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    """Let ``skerry`` be the plugin."""
    hk.register_venue("skerry", plugin)
    yield
    hk.unregister_venue("skerry")


@pytest.fixture
def simulated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ``environment="simulator"`` open Skerry itself, as if its distribution were installed."""
    install_simulator(tmp_path, monkeypatch)


@pytest.fixture
def bench() -> Iterator[Bench]:
    """Open it, in virtual time."""
    opened = Bench("skerry", SkerryScript(), {})
    yield opened
    opened.close()
