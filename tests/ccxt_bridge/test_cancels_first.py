"""In ccxt's throttle a cancel, and the look that confirms it, pass whatever else waits there. In virtual time."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from itertools import pairwise
from urllib.parse import parse_qsl, urlsplit

import hk_adapter as hk
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.operate import Core
from hk_adapter.flow.http import Response
from hk_adapter.flow.runtime import Liveness, Runtime
from hk_adapter.model import Operation
from hk_adapter.testing.virtual_time import VirtualRunner, VirtualTime
from hk_adapter.transport.rate_budget import RateBudget
from hk_adapter.transport.venue_clock import VenueClock
from hk_adapter.venues.ccxt_bridge.throttle import Pace
from tests.asking import plain
from tests.ccxt_bridge.by_hand import opened

BUSY = 200
PACE = 0.1


class Desk:
    """Answers as HashKey does, each time after 20 ms, and notes when what arrived."""

    def __init__(self, time):
        self.time, self.arrived, self.canceled = time, [], set()

    def send(self, request, deadline):
        """Tell the story of one exchange."""
        asked = dict(parse_qsl(urlsplit(request.url).query) + parse_qsl((request.body or b"").decode()))
        self.arrived.append((round(self.time.now, 6), request.method))
        yield self.time.now + 0.02
        order_id = asked.get("orderId", str(10_000 + len(self.arrived)))
        if request.method == "DELETE":
            self.canceled.add(order_id)
        word = "CANCELED" if order_id in self.canceled and request.method == "GET" else "NEW"
        row = {"orderId": order_id, "symbol": "ETHUSD", "side": "BUY", "type": "LIMIT", "status": word}
        row |= {"price": "1900", "origQty": "1", "executedQty": "0", "clientOrderId": asked.get("newClientOrderId")}
        return Response(200, {}, json.dumps(row).encode())


def lived(*waves):
    """Run waves of whole calls on one exchange, a wave a second; give their results, and the desk."""
    time = VirtualTime()
    venue, desk = opened("hashkey", rateLimit=1000 * PACE), Desk(time)
    core = Core(SharedLookups(), client_ids=venue.client_ids, check_cancel=venue.check_cancel)
    core.attach(plain(venue))
    runtime = Runtime(
        prepare=lambda call: call.request,
        clock=VenueClock(time.monotonic, time.monotonic),
        admission=RateBudget({}),
        liveness=Liveness(),
        rng=random.Random(1),
    )

    async def later(wave, name, request):
        if wave:
            await hk.Sleep(float(wave))
        return await core.operate(operation=Operation(name=name, request=request, timeout=10.0))

    calls = [later(number, *call) for number, wave in enumerate(waves) for call in wave]
    return VirtualRunner(runtime, desk, time).run_all(calls), desk


def creates(number):
    """So many new orders."""
    asked = {"symbol": "ETH/USD", "type": "limit", "side": "buy", "amount": Decimal(1), "price": Decimal(1900)}
    return [("create_order", hk.CreateOrderRequest(**asked, client_order_id=f"c{one}")) for one in range(number)]


def test_cancels_pass_what_is_being_created():
    """Three cancels behind 200 new orders end within a second; as many orders as the throttle lets go out do."""
    cancels = [("cancel_order", hk.CancelRequest(order_id=str(one), symbol="ETH/USD")) for one in range(1, 4)]
    results, desk = lived(creates(BUSY), cancels)
    reports = results[BUSY:]
    assert [report.outcome for report in reports] == [hk.CancelOutcome.CANCELED] * 3
    assert max(report.elapsed for report in reports) < 1.0
    assert [when for when, method in desk.arrived if method == "DELETE"] == [1.1, 1.2, 1.3]
    placed = [one for one in results[:BUSY] if isinstance(one, hk.Order)]
    assert 90 <= len(placed) <= 100
    times = [when for when, _ in desk.arrived]
    assert all(later - earlier > PACE - 1e-6 for earlier, later in pairwise(times))


def test_who_was_passed_keeps_the_order():
    """Those put off go one after the other as they came, and close up to what passed them."""
    pace = Pace(1000)
    waiting = [pace.take(1.0, 5.0) for _ in range(4)]
    assert [one.due for one in waiting] == [5.0, 6.0, 7.0, 8.0]
    passing = [pace.take(1.0, 5.5, first=True), pace.take(2.0, 5.5, first=True)]
    assert [one.due for one in passing] == [6.0, 7.0]
    assert [one.due for one in waiting] == [5.0, 9.0, 10.0, 11.0]
    assert pace.take(1.0, 9.5, first=True).due == 10.0  # the one that is due goes
    assert pace.take(1.0, 9.5).due == 13.0
