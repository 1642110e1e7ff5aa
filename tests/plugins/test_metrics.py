"""Calls are counted by what they came to, and timed; no label tells an order or an account."""

from __future__ import annotations

import sys
import threading

import pytest

import hk_adapter as hk
from hk_adapter import ConfigurationError
from hk_adapter.plugins.metrics.calls import CallMetrics
from hk_adapter.plugins.metrics.opentelemetry import OpenTelemetryMetrics
from hk_adapter.plugins.metrics.prometheus import PrometheusMetrics
from hk_adapter.simulator import DEFAULT_API_KEY

ORDER = {"symbol": "ETH/USD", "type": "limit", "side": "buy", "amount": "1", "price": "1900"}


class Kept:
    """Keeps what it is told."""

    def __init__(self):
        self.calls = []

    def record(self, venue, operation, seconds, ends):
        """Keep a call."""
        self.calls.append((venue, operation, seconds, [(end.outcome, end.error, end.in_doubt) for end in ends]))


async def test_what_calls_come_to(open_desk, skipped_time):
    """One end for a call, one for each order of a call of several; doubts are told apart from refusals."""
    kept = Kept()
    desk = await open_desk(plugins=[CallMetrics(kept)], timeout=3.0, budget="unlimited")
    order = await desk.place()
    await desk.cancel(order.id)
    await desk.call("fetch_open_orders")
    desk.simulator.fail_next(code="0401", method="POST")
    with pytest.raises(hk.InsufficientFunds):
        await desk.place()
    reports = await desk.call("create_orders", [ORDER, ORDER])
    await desk.call("cancel_orders", [report.order.id for report in reports])
    order = await desk.place()
    desk.simulator.fail_next(status=503, times=99)
    await desk.try_cancel(order.id)
    with pytest.raises(hk.OutcomeUnknown):
        await desk.place()
    assert [(operation, ends) for _, operation, _, ends in kept.calls] == [
        ("create_order", [("created", "", False)]),
        ("cancel_order", [("canceled", "", False)]),
        ("fetch_open_orders", [("done", "", False)]),
        ("create_order", [("refused", "InsufficientFunds", False)]),
        ("create_orders", [("created", "", False)] * 2),
        ("cancel_orders", [("canceled", "", False)] * 2),
        ("create_order", [("created", "", False)]),
        ("cancel_order", [("unknown", "OutcomeUnknown", True)]),
        ("create_order", [("unknown", "OutcomeUnknown", True)]),
    ]
    assert {venue for venue, *_ in kept.calls} == {"hashkey"}
    assert all(0 <= seconds <= 3.2 for *_, seconds, _ in kept.calls)


async def test_metrics_that_hang_or_fail_change_nothing(open_desk, monkeypatch):
    """A lock that is held beneath a signal handler, or a broken exporter, costs a call a moment and its count."""
    release = threading.Event()

    class Hangs:
        def record(self, *told):
            release.wait(10)

    class Fails:
        def record(self, *told):
            raise RuntimeError("no exporter")

    desk = await open_desk(plugins=[CallMetrics(Hangs()), CallMetrics(Fails())])
    try:
        order = await desk.place()
        report = await desk.try_cancel(order.id)
    finally:
        release.set()
    assert (report.outcome, report.error) == ("canceled", None)


async def some_calls(open_desk, wrapper):
    """Make a call of each kind, over two connections, and return what must be in no label."""
    desk, other = await open_desk(plugins=[wrapper]), await open_desk(plugins=[wrapper])
    order = await desk.place(client_order_id="my-own-id")
    await desk.cancel(order.id)
    desk.simulator.fail_next(code="0401", method="POST")
    with pytest.raises(hk.InsufficientFunds):
        await desk.place()
    await other.call("fetch_time")
    return [order.id, "my-own-id", DEFAULT_API_KEY, "ETH/USD"]


async def test_prometheus_counts_wrappers_of_one_registry_together(open_desk):
    """Its names end as Prometheus wants them to; wrappers of one registry count together."""
    library = pytest.importorskip("prometheus_client")
    registry = library.CollectorRegistry()
    PrometheusMetrics(registry)
    hidden = await some_calls(open_desk, PrometheusMetrics(registry))
    of_cancel = {"venue": "hashkey", "operation": "cancel_order"}
    told = registry.get_sample_value
    assert told("hk_adapter_outcomes_total", of_cancel | {"outcome": "canceled", "error": ""}) == 1
    of_create = {"venue": "hashkey", "operation": "create_order"}
    assert told("hk_adapter_outcomes_total", of_create | {"outcome": "refused", "error": "InsufficientFunds"}) == 1
    assert told("hk_adapter_call_duration_seconds_count", of_create) == 2
    assert told("hk_adapter_doubts_total", of_cancel) is None
    text = library.generate_latest(registry).decode()
    assert [word for word in hidden if word in text] == []


async def test_opentelemetry_counts_through_the_programs_own_sdk(open_desk):
    """Through whatever SDK the program has set up; seconds are seconds."""
    sdk = pytest.importorskip("opentelemetry.sdk.metrics")
    export = pytest.importorskip("opentelemetry.sdk.metrics.export")
    reader = export.InMemoryMetricReader()
    provider = sdk.MeterProvider(metric_readers=[reader], shutdown_on_exit=False)
    hidden = await some_calls(open_desk, OpenTelemetryMetrics(provider))
    data = reader.get_metrics_data()
    [scope] = data.resource_metrics[0].scope_metrics
    points = {
        metric.name: [(dict(point.attributes), point) for point in metric.data.data_points] for metric in scope.metrics
    }
    assert (scope.scope.name, sorted(points)) == ("hk_adapter", ["hk_adapter.call.duration", "hk_adapter.outcomes"])
    outcomes = {
        (one["operation"], one["outcome"], one["error"]): point.value for one, point in points["hk_adapter.outcomes"]
    }
    assert outcomes == {
        ("create_order", "created", ""): 1,
        ("create_order", "refused", "InsufficientFunds"): 1,
        ("cancel_order", "canceled", ""): 1,
        ("fetch_time", "done", ""): 1,
    }
    assert all(point.sum < 60 for _, point in points["hk_adapter.call.duration"])
    assert [word for word in hidden if word in data.to_json()] == []
    provider.shutdown()


@pytest.mark.parametrize(("name", "library"), [("prometheus", "prometheus_client"), ("opentelemetry", "opentelemetry")])
async def test_without_its_library(open_desk, monkeypatch, name, library):
    """The connection is not opened, and the error says what to install."""
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ConfigurationError, match=rf"hk-adapter\[{name}\]"):
        await open_desk(plugins=[name])
