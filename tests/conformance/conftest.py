"""Benches that hear of no later test's faults."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hk_adapter.testing.conformance import bench


@pytest.fixture(autouse=True)
def _no_bench_listens_on() -> Iterator[None]:
    """Let go of every bench that a case left open by failing: it would hear of all faults from then on, and be kept."""
    yield
    bench._FAULTS.handlers.clear()
