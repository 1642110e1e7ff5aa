"""Metrics for OpenTelemetry, by its API: which SDK and which exporter there are is the program's own choice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hk_adapter.errors import ConfigurationError
from hk_adapter.plugins.metrics.calls import BUCKETS, CallMetrics, End


class OpenTelemetryMetrics(CallMetrics):
    """Counts and times the calls of its connections by a meter of OpenTelemetry."""

    def __init__(self, meter_provider: Any = None) -> None:
        """Record by a meter of ``meter_provider``; None is the global one, also where it is set later.

        Raises ConfigurationError where the extra ``opentelemetry`` is not installed.
        """
        provider = _api().get_meter_provider() if meter_provider is None else meter_provider
        super().__init__(_Instruments(provider.get_meter("hk_adapter")))


class _Instruments:
    def __init__(self, meter: Any) -> None:
        self._outcomes = meter.create_counter(
            "hk_adapter.outcomes",
            unit="{outcome}",
            description="What calls came to: one a call, or one for each order of a call of several.",
        )
        self._doubts = meter.create_counter(
            "hk_adapter.doubts", unit="{outcome}", description="Those of the outcomes that left an order in doubt."
        )
        self._durations = meter.create_histogram(
            "hk_adapter.call.duration",
            unit="s",
            description="How long calls took.",
            explicit_bucket_boundaries_advisory=BUCKETS,
        )

    def record(self, venue: str, operation: str, seconds: float, ends: Sequence[End]) -> None:
        """Count a call."""
        call = {"venue": venue, "operation": operation}
        self._durations.record(seconds, call)
        for end in ends:
            self._outcomes.add(1, {**call, "outcome": end.outcome, "error": end.error})
        if doubts := sum(end.in_doubt for end in ends):
            self._doubts.add(doubts, call)


def _api() -> Any:
    try:
        from opentelemetry import metrics  # noqa: PLC0415 - needs an extra
    except ImportError as error:
        raise ConfigurationError(
            "opentelemetry needs opentelemetry-api: pip install 'hk-adapter[opentelemetry]'"
        ) from error
    return metrics
