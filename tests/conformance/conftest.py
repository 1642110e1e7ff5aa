"""Benches that are over with their case: pytest keeps each case's instance to the end of the session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hk_adapter.testing.conformance import VenueSuite, bench


@pytest.fixture(autouse=True)
def _no_bench_is_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Require that a case has let go of its bench; and make those deaf that a test left open by failing a case.

    These would hear of all later faults, and be kept.
    """
    yield
    assert not isinstance(request.instance, VenueSuite) or not hasattr(request.instance, "bench")
    bench._FAULTS.handlers.clear()
