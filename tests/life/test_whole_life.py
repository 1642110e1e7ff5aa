"""The whole life of orders, placed by each of three clients: what all three then see agrees field by field.

Our two facades give the very same. ccxt's own class differs in the fields listed here, each for a reason.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from hk_adapter.simulator import Dialect, Simulator, serve
from hk_adapter.simulator.server import Served

from .agreement import differences
from .clients import READS, Ccxt, Ours, open_clients

pytest.importorskip("ccxt")

Clients = dict[str, Ours | Ccxt]

BY_NAME = frozenset({"markets", "currencies", "fees"})
"""Reads whose first level is symbols or currencies, and no field."""
EACH_ITS_OWN = {"ticker": {"timestamp", "datetime"}}
"""What the venue makes anew for each asking: when it was asked."""

NO_FEE = "ccxt lists a fee of nothing in no currency"
CONSTANTS = "ccxt adds constants of its own, those of HashKey Global; what a key pays is in the fees"
UNUSED = "documented as no longer used"
WALLET = "deposits and withdrawals are not this adapter's business"
DIFFERENCES: dict[str, dict[str, str]] = {
    "markets": {
        "feeSide": CONSTANTS,
        "percentage": CONSTANTS,
        "tierBased": CONSTANTS,
        "maker": CONSTANTS,
        "taker": CONSTANTS,
        "limits.price.min": UNUSED,
        "limits.price.max": UNUSED,
        "limits.cost.min": "ccxt reads it by a name that the answer does not have",
        "limits.cost.max": "ccxt does not read it",
        "precision.cost": "ccxt does not read it",
    },
    "currencies": {
        "active": WALLET,
        "fee": WALLET,
        "limits.deposit.min": WALLET,
        "limits.withdraw.min": WALLET,
        "networks": WALLET,
    },
    "order": {
        "fee": NO_FEE,
        "fees": NO_FEE,
        "price": "ccxt gives a market order the average of its fills as its limit",
    },
    "open orders": {"fee": NO_FEE, "fees": NO_FEE},
    "history": {
        "fee": NO_FEE,
        "fees": NO_FEE,
        "price": "ccxt gives a market order the average of its fills as its limit",
    },
    "trades": {"fee": NO_FEE},
    "accounts": {"type": "ccxt's words for accounts are longer"},
}
THEIR_ACK = {"status", "fee", "fees", "filled", "remaining", "cost", "average", "lastUpdateTimestamp"}
"""Where ccxt's answer to a cancel is not the order's end: it shows the order as it was before."""


@pytest.fixture
def served() -> Served:
    """A venue over HTTP; each site's name for the cursor of its lists will do."""
    with serve(simulator=Simulator(dialect=Dialect(cursor_name="either"))) as server:
        yield server


@pytest.fixture
async def clients(served: Served) -> AsyncIterator[Clients]:
    """The three, open for the same account."""
    opened = open_clients(served.url)
    yield opened
    for client in opened.values():
        await client.close()


async def all_agree(clients: Clients, order_id: str, seen: dict[str, set[str]]) -> None:
    """Let all three read everything: ours must be equal, ccxt's but for listed fields, which ``seen`` gathers."""
    for what in READS:
        ours = await clients["blocking"].read(what, order_id)
        again = await clients["asyncio"].read(what, order_id)
        assert set(differences(ours, again)) <= EACH_ITS_OWN.get(what, set()), what
        theirs = await clients["ccxt"].read(what, order_id)
        for path, values in differences(ours, theirs).items():
            if values == ("absent", None):
                continue  # older releases of ccxt name what they do not know
            field = path.partition(".")[2] if what in BY_NAME else path
            listed = DIFFERENCES.get(what, {}).keys() | EACH_ITS_OWN.get(what, set())
            known = next((one for one in listed if field == one or field.startswith(f"{one}.")), None)
            assert known is not None, f"{what}: {path}: ours {values[0]!r}, ccxt's {values[1]!r}"
            seen.setdefault(what, set()).add(known)


@pytest.mark.parametrize("driver", ["blocking", "asyncio", "ccxt"])
async def test_the_three_agree(served: Served, clients: Clients, driver: str) -> None:
    """Markets, balance, place, query, partial fill, cancel, market order, trades, history: one truth, told thrice."""
    client = clients[driver]
    seen: dict[str, set[str]] = {}

    placed = await client.create("limit", "buy", "2", "1900", "first")
    assert (placed["status"], placed["clientOrderId"], placed["amount"], placed["filled"]) == (
        "open",
        "first",
        2.0,
        0.0,
    )
    await all_agree(clients, placed["id"], seen)

    served.control.counter_order("ETHUSD", "SELL", "0.5", "1900")
    await all_agree(clients, placed["id"], seen)
    [resting] = await client.read("open orders", placed["id"])
    assert (resting["id"], resting["filled"], resting["remaining"]) == (placed["id"], 0.5, 1.5)

    answer = await client.cancel(placed["id"])
    ended = await client.read("order", placed["id"])
    assert (ended["status"], ended["filled"], ended["remaining"]) == ("canceled", 0.5, 1.5)
    assert set(differences(answer, ended)) <= (THEIR_ACK if driver == "ccxt" else set())
    assert answer["status"] == ("open" if driver == "ccxt" else "canceled")
    await all_agree(clients, placed["id"], seen)

    served.control.counter_order("ETHUSD", "SELL", "1", "1950")
    bought = await client.create("market", "buy", "0.3", None, "second")
    await all_agree(clients, bought["id"], seen)
    assert served.control.order(bought["id"]).filled == Decimal("0.3")
    assert await client.read("open orders", "") == []
    assert [order["clientOrderId"] for order in await client.read("history", "")] == ["first", "second"]
    assert [trade["amount"] for trade in await client.read("my trades", "")] == [0.5, 0.3]

    assert {what: fields - EACH_ITS_OWN.get(what, set()) for what, fields in seen.items()} == {
        what: set(DIFFERENCES.get(what, ())) for what in seen
    }
    assert set(DIFFERENCES) <= set(seen)
