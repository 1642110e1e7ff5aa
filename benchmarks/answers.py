"""What HashKey answers to a cancel, and to the query that proves it: asked of the simulator once."""

from __future__ import annotations

from functools import cache
from itertools import count

from benchmarks.bare import HEADERS, ORDER_PATH, signed
from hk_adapter.simulator import SimRequest, Simulator, SimulatorControl

CREATE_PATH = "/api/v1.1/spot/order"
LIMIT_ORDER = {"symbol": "ETHUSD", "side": "BUY", "type": "LIMIT", "quantity": "0.01", "price": "1900"}
SYMBOL = "ETH/USD"
FIRST_ID = 1_800_000_000_000_000_000
_NOW = 1_790_000_000_000

_ids = count(FIRST_ID)


def fresh_id() -> str:
    """Name an order that no call has named before in this process; the served answers know every order."""
    return str(next(_ids))


@cache
def _filled_event() -> str:
    """Give the frame that tells of the order ``FIRST_ID`` as filled, as the simulator writes it."""
    simulator = Simulator()
    control = SimulatorControl(simulator)
    connection = simulator.open_stream(f"/api/v1/ws/{control.streams.listen_key(now=_NOW)}", _NOW)
    made = simulator.handle(SimRequest("POST", CREATE_PATH, "", HEADERS, signed(LIMIT_ORDER, _NOW).encode()), _NOW)
    order_id = made.body.partition(b'"orderId":"')[2].partition(b'"')[0].decode()
    control.fill(order_id, now=_NOW)
    [frame] = [frame for frame in connection.receive(_NOW) if "FILLED" in frame and "executionReport" in frame]
    return frame.replace(order_id, str(FIRST_ID))


def filled_event(order_id: int) -> str:
    """Give a frame of the private stream that tells of an order as filled."""
    return _filled_event().replace(str(FIRST_ID), str(order_id))


@cache
def cancel_and_query() -> tuple[bytes, bytes]:
    """Give the two bodies, both about the order ``FIRST_ID``: working still, then canceled."""
    simulator = Simulator()
    made = simulator.handle(SimRequest("POST", CREATE_PATH, "", HEADERS, signed(LIMIT_ORDER, _NOW).encode()), _NOW)
    order_id = made.body.partition(b'"orderId":"')[2].partition(b'"')[0]
    query = signed({"orderId": order_id.decode()}, _NOW)
    bodies = (
        simulator.handle(SimRequest(verb, ORDER_PATH, query, HEADERS, b""), _NOW).body for verb in ("DELETE", "GET")
    )
    canceled, queried = (body.replace(order_id, str(FIRST_ID).encode()) for body in bodies)
    return canceled, queried
