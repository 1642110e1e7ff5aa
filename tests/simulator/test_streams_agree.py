"""Whatever happens at the venue, who reads its streams from the start knows in the end what is true."""

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hk_adapter.simulator import Dialect, Simulator

from .conftest import CREATE, NOW, ORDER, Client
from .streaming import Stream, listen, look

DOINGS = st.lists(
    st.tuples(
        st.sampled_from(["buy", "sell", "ioc", "cash", "cancel", "fill", "counter", "mass", "end", "reject", "wait"]),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=25,
)
ENDED = {"FILLED", "CANCELED", "PARTIALLY_CANCELED", "REJECTED"}


@settings(max_examples=80, deadline=None)
@given(
    DOINGS,
    st.sampled_from(Dialect.candidates()["stream_frames"]),
    st.sampled_from(Dialect.candidates()["stream_fill_order"]),
    st.sampled_from([(0, 0), (0, 40)]),
    st.integers(0, 3),
)
def test_a_private_stream_tells_it_all(
    doings: list[tuple[str, int]], frames: str, fill_order: str, delay: tuple[int, int], seed: int
) -> None:
    """Orders, fills, fees and balances: nothing missing, nothing twice, nothing in a wrong order."""
    dialect = Dialect(
        stream_frames=frames,
        stream_fill_order=fill_order,
        stream_delay_ms=delay,
        cancel_delay_ms=delay,
        accept_delay_ms=delay,
    )
    client = Client(Simulator(dialect=dialect, seed=seed))
    client.control.set_fees("0.001", "0.002")
    stream, public = listen(client), look(client)
    public.send(symbol="ETHUSD", topic="depth", event="sub")
    for doing, choice in doings:
        do(client, doing, choice)
    client.now += 1000
    public.read()
    check_orders(client, stream.events())
    asked = client.ok("GET", "/quote/v1/depth", symbol="ETHUSD")
    assert (public.frames[-1]["data"][0]["b"], public.frames[-1]["data"][0]["a"]) == (asked["b"], asked["a"])


def do(client: Client, doing: str, choice: int) -> None:
    """Do something to the venue; what is refused changes nothing."""
    control, open_orders = client.control, client.listed("/api/v1/spot/openOrders")
    chosen = open_orders[choice % len(open_orders)] if open_orders else ""
    price = 1900 + choice
    if doing in {"buy", "sell", "ioc"}:
        more = {"timeInForce": "IOC"} if doing == "ioc" else {}
        side = "SELL" if doing == "sell" else "BUY"
        client.send("POST", CREATE, symbol="ETHUSD", side=side, type="LIMIT", quantity="1", price=price, **more)
    elif doing == "cash":
        client.send("POST", CREATE, symbol="ETHUSD", side="BUY", type="MARKET", amount="950")
    elif doing == "counter":
        control.counter_order("ETHUSD", "SELL" if choice % 2 else "BUY", f"0.{choice + 1}", price)
    elif doing == "mass":
        client.send("DELETE", "/api/v1/spot/openOrders", symbol="ETHUSD")
    elif doing == "reject":
        control.reject_next()
    elif doing == "wait":
        client.now += 10 * choice
        control.advance(client.now)
    elif chosen and doing == "cancel":
        client.send("DELETE", ORDER, orderId=chosen)
    elif chosen and control.order(chosen).status != "PENDING_NEW":
        if doing == "fill":
            control.fill(chosen, min(Decimal(f"0.{choice + 1}"), control.order(chosen).remaining))
        else:
            control.cancel(chosen)


def check_orders(client: Client, events: list[dict[str, Any]]) -> None:
    """Hold what was told against the truth."""
    reports: dict[str, list[dict[str, Any]]] = {}
    tickets: dict[str, list[str]] = {}
    held: dict[str, tuple[Decimal, Decimal]] = {}
    for event in events:
        if event["e"] == "executionReport":
            reports.setdefault(event["i"], []).append(event)
        elif event["e"] == "ticketInfo":
            tickets.setdefault(event["o"], []).append(event["T"])
        else:
            held |= {row["a"]: (Decimal(row["f"]), Decimal(row["l"])) for row in event["B"]}
    orders = client.control.orders()
    assert sorted(reports) == sorted(order.order_id for order in orders)
    for order in orders:
        told, fills = reports[order.order_id], client.control.fills(order.order_id)
        assert (told[-1]["X"], told[-1]["x"]) == (order.status, order.cancel_reason)
        assert tuple(Decimal(told[-1][name]) for name in ("z", "Z", "r", "V")) == (
            order.filled,
            order.cost,
            order.remaining,
            order.average,
        )
        assert [report["X"] in ENDED for report in told[:-1]] == [False] * (len(told) - 1)
        executed = [report for report in told if report["d"]]
        assert [(report["d"], report["T"], Decimal(report["n"])) for report in executed] == [
            (fill.id, fill.ticket_id, fill.fee) for fill in fills
        ]
        assert tickets.get(order.order_id, []) == [fill.ticket_id for fill in fills]
        assert [Decimal(report["z"]) for report in executed] == sums([fill.amount for fill in fills])
    for asset, pair in held.items():
        balance = client.control.balance(asset)
        assert pair == (balance.free, balance.locked)
    assert set(held) <= {"USD", "ETH"}


def sums(amounts: list[Decimal]) -> list[Decimal]:
    """Add up, step by step."""
    return [sum(amounts[: count + 1], Decimal(0)) for count in range(len(amounts))]


def test_an_hour_of_reconnects_leaves_nothing_behind() -> None:
    """Keys, connections and what the venue has to do for them are gone an hour after the last one."""
    client = Client(Simulator(dialect=Dialect(listen_key_again="another")))
    streams: list[Stream] = []
    for step in range(50):
        streams.append(listen(client) if step % 2 else look(client))
        streams[-1].send(symbol="ETHUSD", topic="depth", event="sub")
        client.rest()
        client.now += 72_000
        streams[-1].read()
        if step % 3:
            streams[-1].connection.close(client.now)
    client.now += 3_700_000
    client.control.advance(client.now)
    simulator = client.simulator
    assert client.now > NOW + 3_600_000
    assert (simulator.streams.connections, simulator.venue.listen_keys.all(), len(simulator.agenda)) == ([], [], 0)
    assert (simulator.venue.book.order_observers, simulator.venue.book.market_observers) == ({}, {})
    assert simulator.agenda.afterwards is None
