"""A thousand open orders canceled and proven under the documented limits, 20 ms from the venue: in virtual time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any
from urllib.parse import urlsplit

from benchmarks.simulated import place_orders
from benchmarks.table import Row
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.operate import Core, report_cancels
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.flow.runtime import Liveness, Runtime
from hk_adapter.hooks import OpenedVenue, VenueSettings
from hk_adapter.model import CancelAllRequest, Operation
from hk_adapter.registry import open_venue, venue_hooks, venue_manager
from hk_adapter.settings import HmacCredentials
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, Dialect, Limits, SimRequest, Simulator
from hk_adapter.testing.campaign.ccxt_client import CcxtClient
from hk_adapter.testing.campaign.scenario import EPOCH
from hk_adapter.testing.virtual_time import Story, VirtualRunner, VirtualTime
from hk_adapter.transport.rate_budget import RateBudget
from hk_adapter.transport.request_builder import RequestBuilder
from hk_adapter.transport.venue_clock import VenueClock
from hk_adapter.venues.hashkey.cancels import LARGEST_BATCH
from hk_adapter.venues.hashkey.endpoints import CANCEL_ORDERS
from hk_adapter.venues.hashkey.sites import ORDERS, RATE_LIMITS

_ORDERS = 1000
_ROUND_TRIP = 0.020
_PATIENCE = 600.0


def thousand_orders(rounds: int) -> Sequence[Row]:
    """Measure ``cancel_all_orders``; virtual time is the same in every round, so one is enough."""
    del rounds
    took, requests = _canceled_in()
    least, one_by_one, in_groups = _least(), _by_ccxt(_one_by_one), _by_ccxt(_in_groups)
    return [
        Row(
            what=f"{_ORDERS} open orders canceled and proven, {requests} requests", unit="s", ours=took, floor=least,
            held=took / least, target=1.1, of="of what the limits allow",
        ),
        Row(
            what=f"{_ORDERS} open orders, beside ccxt's `cancel_orders` in groups of {LARGEST_BATCH}, not proven",
            unit="s", ours=took, ccxt=in_groups, floor=least, held=took / in_groups, target=1.0, of="of ccxt",
        ),
        Row(
            what=f"{_ORDERS} open orders, beside ccxt's `cancel_order` one by one, not proven", unit="s", ours=took,
            ccxt=one_by_one, floor=least, held=took / one_by_one, target=0.1, of="of ccxt",
        ),
    ]  # fmt: skip


def _least() -> float:
    """Work out what the limits allow: list, cancel in full batches of the documented weight, and look once.

    Nobody can do it sooner: the windows are the venue's own, and a look proves all ends at once. What else is asked,
    a page behind a full one and whose orders the list shows, fits beside the batches.
    """
    limit, batches = RATE_LIMITS["2025"][ORDERS], _ORDERS // LARGEST_BATCH
    a_window = limit.amount // CANCEL_ORDERS.weight
    return (batches - 1) // a_window * limit.window + 3 * _ROUND_TRIP


def _by_ccxt(cancel: Callable[[Any, Sequence[str]], None]) -> float:
    """Cancel them all by ccxt's class, which keeps its own pace: seconds of virtual time."""
    time, simulator = VirtualTime(), Simulator(limits=Limits(), dialect=Dialect(cursor_name="either"))
    ids = _placed(simulator)
    client = CcxtClient()
    client.enter(_Net(simulator, time), time, skew=0.0, timeout=_PATIENCE)
    cancel(client.exchange, ids)
    if client.exchange.fetch_open_orders("ETH/USD", None, _ORDERS):
        raise RuntimeError("ccxt has left orders open")
    return time.now


def _one_by_one(exchange: Any, ids: Sequence[str]) -> None:
    for order_id in ids:
        exchange.cancel_order(order_id, "ETH/USD")


def _in_groups(exchange: Any, ids: Sequence[str]) -> None:
    for start in range(0, len(ids), LARGEST_BATCH):
        exchange.cancel_orders(ids[start : start + LARGEST_BATCH], "ETH/USD")


class _Net:
    """The simulator, half a round trip away."""

    def __init__(self, simulator: Simulator, time: VirtualTime) -> None:
        self._simulator = simulator
        self._time = time
        self.requests = 0

    def send(self, request: HttpRequest, deadline: float) -> Story[Response]:
        self.requests += 1
        parts = urlsplit(request.url)
        yield self._time.now + _ROUND_TRIP / 2
        asked = SimRequest(request.method, parts.path, parts.query, request.headers, request.body or b"")
        answer = self._simulator.handle(asked, round((EPOCH + self._time.now) * 1000))
        yield self._time.now + _ROUND_TRIP / 2
        return Response(answer.status, answer.headers, answer.body)


def _canceled_in() -> tuple[float, int]:
    """Cancel them all: seconds of virtual time, and how many requests it took."""
    time, simulator = VirtualTime(), Simulator(limits=Limits(), dialect=Dialect(cursor_name="either"))
    ids = _placed(simulator)
    net = _Net(simulator, time)
    venue = open_venue(VenueSettings(venue_id="hashkey", environment="simulator"))
    core = Core(SharedLookups(), LARGEST_BATCH)
    hooks = venue_hooks(venue_manager(venue, core, ()))
    core.attach(hooks)
    operation = Operation(name="cancel_all_orders", request=CancelAllRequest(), timeout=_PATIENCE)
    runner = VirtualRunner(_runtime(venue, time), net, time)
    reports = runner.run(report_cancels(hooks, operation, "hashkey"))
    if {report.order.id for report in reports if report.final and report.order is not None} != set(ids):
        raise RuntimeError(f"not all were proven: {sum(report.final for report in reports)} of {_ORDERS}")
    return time.now, net.requests


def _runtime(venue: OpenedVenue, time: VirtualTime) -> Runtime:
    clock = VenueClock(time.monotonic, lambda: EPOCH + time.now, same=True)
    return Runtime(
        prepare=RequestBuilder(venue, HmacCredentials(DEFAULT_API_KEY, DEFAULT_SECRET), clock),
        clock=clock,
        admission=RateBudget(venue.limits),
        liveness=Liveness(),
        rng=Random(1),
    )


def _placed(simulator: Simulator) -> list[str]:
    """ScenarioVenue them long before, with the limits out of the way."""
    limiter, simulator.limiter = simulator.limiter, None
    ids = place_orders(simulator, _ORDERS, int(EPOCH - 3600) * 1000)
    simulator.limiter = limiter
    return ids
