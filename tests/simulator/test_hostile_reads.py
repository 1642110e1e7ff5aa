"""Whatever is asked of a read, it answers, or refuses as documented; and nothing changes by asking."""

import json
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from hk_adapter.simulator import Dialect, SimRequest, Simulator
from hk_adapter.simulator.endpoints.routes import PUBLIC_READS, SIGNED_READS
from hk_adapter.simulator.refusals import MESSAGES

from .conftest import NOW, Client

NAMES = [
    "symbol", "symbols", "site", "limit", "scale", "interval", "instType", "startTime", "endTime", "fromId",
    "toId", "clientOrderId", "accountId", "subAccountId", "reportDate", "type", "beginId", "remark",
    "recvWindow",
]  # fmt: skip
LIKELY_VALUES = [
    "0", "1", "-1", "500", "1000", "99999999999999999999", "-99999999999999999999", "1e3", "0.5", "NaN",
    "ETHUSD", "BTCHKD", "DOGEUSD", "ETHUSD,BTCUSD", ",", "HK", "mena", "SPOT", "ANY", "1m", "1M", "1w", "trade",
    "transfer", "2023-11-26", "2023-11-27", "9999-12-31", "0001-01-01", "2023-02-29",
]  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(LIKELY_VALUES),
    st.integers(NOW - 10**12, NOW + 10**12).map(str),
    st.text(max_size=8),
)
ASKED = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6)
SETTINGS = sorted(name for name in Dialect.candidates() if not name.startswith(("cancel", "mass", "batch")))


@cache
def busy_venue(setting: str, choice: int) -> Client:
    """Give a venue where something happened, that speaks a dialect: one setting is not the default."""
    candidates = Dialect.candidates()[setting]
    client = Client(Simulator(dialect=Dialect(**{setting: candidates[choice % len(candidates)]})))
    simulator = client.simulator
    simulator.open_account("sub", "hush", {"USD": 5}, parent=simulator.account)
    client.control.counter_order("ETHUSD", "BUY", "1", "1900", now=NOW)
    client.control.counter_order("ETHUSD", "SELL", "0.5", "1900", now=NOW)
    client.control.trade("ETHUSD", "1", "1950", now=NOW + 3_600_000)
    client.now = NOW + 2 * 24 * 3_600_000
    return client


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(SIGNED_READS)), ASKED, st.sampled_from(SETTINGS), st.integers(0, 3))
def test_signed_reads(route: tuple[str, str], asked: dict[str, str], setting: str, choice: int) -> None:
    """HTTP 200, a tabled code, or a resource that the site does not have."""
    client = busy_venue(setting, choice)
    before = client.control.total("USD"), len(client.simulator.requests)
    response = client.send(*route, **asked)
    body = json.loads(response.body)
    if response.status == 400:
        assert set(body) == {"code", "msg"}
        assert body["code"] in MESSAGES
    elif response.status == 404:
        assert body["code"] == 404
    else:
        assert response.status == 200
    assert (client.control.total("USD"), len(client.simulator.requests)) == (before[0], before[1] + 1)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(PUBLIC_READS)), ASKED, st.sampled_from(SETTINGS), st.integers(0, 3))
def test_public_reads(route: tuple[str, str], asked: dict[str, str], setting: str, choice: int) -> None:
    """HTTP 200, or a code: market data's are bare numbers, the catalogue's are text."""
    client = busy_venue(setting, choice)
    response = client.send(*route, **asked)
    body = json.loads(response.body)
    if response.status == 400:
        assert set(body) == {"code", "msg"}
        assert type(body["code"]) is (int if route[1].startswith("/quote/") else str)
    else:
        assert response.status == 200


def test_every_read_is_served() -> None:
    """A signed read without its signature is refused, not unknown; a public one never asks for a key."""
    for method, path in SIGNED_READS:
        assert Simulator().handle(SimRequest(method, path, f"timestamp={NOW}"), NOW).status == 400
    for method, path in PUBLIC_READS:
        answer = Simulator().handle(SimRequest(method, path, "symbol=ETHUSD&interval=1m"), NOW)
        assert answer.status == 200, path
