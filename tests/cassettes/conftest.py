"""Where our cassettes are, and scenes that are acted out while they are recorded; all else is the kit's."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hk_adapter.testing.cassettes.recorded import Recorded
from hk_adapter.testing.vcr_config import vcr_config  # noqa: F401 - a fixture

from .scenes import Scene

CASSETTES = Path(os.environ.get("HK_ADAPTER_CASSETTES", Path(__file__).parents[2] / "cassettes"))


@pytest.fixture(scope="module")
def vcr_cassette_dir() -> str:
    """Cassettes are named by their path below the top-level folder."""
    return str(CASSETTES)


@pytest.fixture
def scene(open_desk: Callable[..., Any], hk_recorded: Recorded) -> Scene:
    """Play the test's cassette back; where it is to be recorded, serve a fresh venue for it."""
    return Scene(open_desk, hk_recorded)
