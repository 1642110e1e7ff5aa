"""The kit of hk_adapter: its suite's summary, and cassettes that hold no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from hk_adapter.testing.vcr_config import vcr_config  # noqa: F401 - a fixture

pytest_plugins = ["hk_adapter.testing.pytest_plugin"]


@pytest.fixture(scope="module")
def vcr_cassette_dir() -> str:
    """Cassettes stand beside the tests, by where they are from."""
    return str(Path(__file__).parents[1] / "cassettes")
