"""Metrics for Prometheus, by its own client library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from hk_adapter.errors import ConfigurationError
from hk_adapter.flow.guard import Guard
from hk_adapter.plugins.metrics.calls import BUCKETS, CallMetrics, End

_guard = Guard()
_by_registry: WeakKeyDictionary[Any, _Collectors] = WeakKeyDictionary()
"""A registry takes each name once, and connections come and go."""


class PrometheusMetrics(CallMetrics):
    """Counts and times the calls of its connections in a registry of ``prometheus_client``."""

    def __init__(self, registry: Any = None) -> None:
        """Count in ``registry``; None is the library's own.

        Raises ConfigurationError where the extra ``prometheus`` is not installed.
        """
        super().__init__(_collectors_of(registry))


class _Collectors:
    def __init__(self, library: Any, registry: Any) -> None:
        call = ("venue", "operation")
        self._outcomes = library.Counter(
            "hk_adapter_outcomes",
            "What calls came to: one a call, or one for each order of a call of several.",
            (*call, "outcome", "error"),
            registry=registry,
        )
        self._doubts = library.Counter(
            "hk_adapter_doubts", "Those of the outcomes that left an order in doubt.", call, registry=registry
        )
        self._durations = library.Histogram(
            "hk_adapter_call_duration_seconds", "How long calls took.", call, registry=registry, buckets=BUCKETS
        )

    def record(self, venue: str, operation: str, seconds: float, ends: Sequence[End]) -> None:
        """Count a call."""
        self._durations.labels(venue, operation).observe(seconds)
        for end in ends:
            self._outcomes.labels(venue, operation, end.outcome, end.error).inc()
        if doubts := sum(end.in_doubt for end in ends):
            self._doubts.labels(venue, operation).inc(doubts)


def _collectors_of(registry: Any) -> _Collectors:
    library = _library()
    registry = library.REGISTRY if registry is None else registry
    with _guard:
        if registry not in _by_registry:
            _by_registry[registry] = _Collectors(library, registry)
        return _by_registry[registry]


def _library() -> Any:
    try:
        import prometheus_client  # noqa: PLC0415 - needs an extra
    except ImportError as error:
        raise ConfigurationError("prometheus needs prometheus_client: pip install 'hk-adapter[prometheus]'") from error
    return prometheus_client
