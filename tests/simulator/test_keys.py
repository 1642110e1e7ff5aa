"""What a key may do, from where, until when, and which header carries it."""

import json
from typing import Any

import pytest

from hk_adapter.simulator import DEFAULT_API_KEY, Dialect, SimRequest, Simulator, serve
from hk_adapter.simulator.key_control import KeyControl
from tests.cases import each

from .conftest import (
    CANCEL_ALL,
    CANCEL_BY_IDS,
    CREATE,
    LIMIT_BUY,
    NOW,
    OPEN_ORDERS,
    ORDER,
    Client,
    refusal,
    sign,
    speaking,
)

DAY_MS = 24 * 3600 * 1000
TRANSFER = "/api/v1/account/assetTransfer"
WRITES = [
    ("POST", CREATE),
    ("POST", "/api/v1/spot/order"),
    ("POST", "/api/v1.1/spot/batchOrders"),
    ("POST", "/api/v1/spot/orderTest"),
    ("DELETE", ORDER),
    ("DELETE", OPEN_ORDERS),
    ("DELETE", CANCEL_ALL),
    ("DELETE", CANCEL_BY_IDS),
    ("POST", TRANSFER),
]
READS = ["/api/v1/account", "/api/v1/account/type", "/api/v1/account/trades", OPEN_ORDERS, "/api/v1/spot/tradeOrders"]


def keys_of(client: Client) -> KeyControl:
    """Give the control handle to a venue's keys."""
    return KeyControl(client.simulator)


def reading(client: Client, **settings: Any) -> Client:
    """Give a client with a further key for the same account."""
    keys_of(client).open("further", "hush", **settings)
    return Client(client.simulator, client.now, "further", "hush")


@each("code", ["-1005", "0102", "-1186", "-3117"])
def test_a_key_that_only_reads_may_not_write(code: str) -> None:
    """Every call that changes something answers the dialect's code, and changes nothing; reads work."""
    owner = speaking(no_permission=code)
    client, order_id = reading(owner, permissions=[]), owner.rest()
    for method, path in WRITES:
        parameters = LIMIT_BUY | {"orderId": order_id, "ids": order_id}
        if path == ORDER:
            parameters = {"orderId": order_id}
        assert client.refused(method, path, **parameters) == code, path
    assert owner.control.order(order_id).status == "NEW"
    assert len(owner.control.orders()) == 1
    for path in READS:
        assert client.send("GET", path).status == 200, path
    assert client.query(order_id)["orderId"] == order_id


def test_trading_and_transfers_are_permitted_apart(client: Client) -> None:
    """A trading key may not transfer, a transfer key may not trade."""
    trader = reading(client, permissions=["trading"])
    assert trader.create()["status"] == "NEW"
    assert trader.refused("POST", TRANSFER) == "-1005"
    keys_of(client).permit("further", ["internal_transfer"])
    assert trader.refused("POST", CREATE, **LIMIT_BUY) == "-1005"
    assert trader.refused("POST", TRANSFER) == "0001"


def test_keys_of_one_account_share_its_orders(client: Client) -> None:
    """What one key created, another of the same account sees and cancels; the account is not there twice."""
    other, before = reading(client), client.control.total("USD")
    order_id = client.rest()
    assert other.listed(OPEN_ORDERS) == [order_id]
    assert other.ok("DELETE", ORDER, orderId=order_id)["orderId"] == order_id
    assert client.control.total("USD") == before


def test_the_signature_comes_before_the_permission(client: Client) -> None:
    """A wrong signature says nothing of what the key may do."""
    reading(client, permissions=[])
    assert Client(client.simulator, NOW, "further", "wrong").refused("DELETE", ORDER, orderId="1") == "0001"


def at_address(client: Client, address: str) -> str | None:
    """Ask for balances from an address, and give the code of the refusal."""
    text = f"timestamp={NOW}"
    request = SimRequest(
        "GET", "/api/v1/account", f"{text}&signature={sign(text)}", {"X-HK-APIKEY": DEFAULT_API_KEY}, address=address
    )
    response = client.simulator.handle(request, NOW)
    return None if response.status == 200 else refusal(response)


def test_a_key_may_be_bound_to_addresses(client: Client) -> None:
    """From any other address the answer is 0202, until the list is taken away."""
    assert at_address(client, "203.0.113.7") is None
    keys_of(client).admit_from(DEFAULT_API_KEY, ["192.0.2.1", "2001:db8::1"])
    assert at_address(client, "203.0.113.7") == "0202"
    assert at_address(client, "192.0.2.1") is None
    assert at_address(client, "2001:db8::1") is None
    keys_of(client).admit_from(DEFAULT_API_KEY, [])
    assert at_address(client, "192.0.2.1") == "0202"
    keys_of(client).admit_from(DEFAULT_API_KEY, None)
    assert at_address(client, "203.0.113.7") is None


def test_the_server_tells_the_callers_address() -> None:
    """Over HTTP the address is the socket's."""
    requests = pytest.importorskip("requests")
    with serve(clock=lambda: NOW) as served, requests.Session() as session:
        session.trust_env = False
        text = f"timestamp={NOW}"
        url, headers = f"{served.url}/api/v1/account?{text}&signature={sign(text)}", {"X-HK-APIKEY": DEFAULT_API_KEY}
        KeyControl(served.simulator).admit_from(DEFAULT_API_KEY, ["127.0.0.1"])
        assert session.get(url, headers=headers, timeout=30).status_code == 200
        KeyControl(served.simulator).admit_from(DEFAULT_API_KEY, ["192.0.2.1"])
        assert session.get(url, headers=headers, timeout=30).json()["code"] == "0202"


@pytest.mark.parametrize("code", ["0102", "-1002"])
def test_a_key_can_be_switched_off(code: str) -> None:
    """A disabled key answers the dialect's code until it is enabled again."""
    client = speaking(disabled_key=code)
    keys_of(client).disable(DEFAULT_API_KEY)
    assert client.refused("GET", OPEN_ORDERS) == code
    keys_of(client).enable(DEFAULT_API_KEY)
    assert client.listed(OPEN_ORDERS) == []


def test_a_key_can_expire(client: Client) -> None:
    """An expired key answers 0103."""
    keys_of(client).expire(DEFAULT_API_KEY)
    assert client.refused("GET", OPEN_ORDERS) == "0103"


def test_a_key_that_nobody_uses_is_deactivated() -> None:
    """After more than 90 days without a use it is 0103; each use counts anew, a refused one does not."""
    client = speaking(unused_keys="deactivated")
    for _ in range(3):
        assert client.listed(OPEN_ORDERS) == []
        client.now += 90 * DAY_MS
    assert client.listed(OPEN_ORDERS) == []
    client.now += 90 * DAY_MS + 1
    assert client.refused("GET", OPEN_ORDERS) == "0103"
    keys_of(client).enable(DEFAULT_API_KEY)
    assert client.listed(OPEN_ORDERS) == []


def test_keys_are_kept_unless_the_dialect_says_so(client: Client) -> None:
    """By default a key that was not used for years still opens."""
    assert client.listed(OPEN_ORDERS) == []
    client.now += 1000 * DAY_MS
    assert client.listed(OPEN_ORDERS) == []


@each("name", ["X-HK-APIKEY", "X-APIKEY"])
@each("read", ["either", "X-HK-APIKEY", "X-APIKEY"])
def test_the_header_is_the_sites(name: str, read: str) -> None:
    """A key in another site's header is no key at all, for a cancel's count and the limits too."""
    simulator = Simulator(dialect=Dialect(key_headers=read))
    order_id = Client(simulator).rest() if read != "X-APIKEY" else "1"
    text = f"timestamp={NOW}&orderId={order_id}"
    request = SimRequest("DELETE", ORDER, f"{text}&signature={sign(text)}", {name: DEFAULT_API_KEY})
    response = simulator.handle(request, NOW)
    if read not in ("either", name):
        assert refusal(response) == "0102"
    elif order_id == "1":
        assert refusal(response) == "0211"
    else:
        assert json.loads(response.body)["orderId"] == order_id
    if order_id != "1":
        assert Client(simulator).control.truth(order_id).cancel_sends == (1 if read in ("either", name) else 0)


def test_wrong_arguments_are_told(client: Client) -> None:
    """What cannot be arranged raises and changes nothing."""
    keys = keys_of(client)
    for key in ("", DEFAULT_API_KEY):
        with pytest.raises(ValueError, match="the key is empty or belongs"):
            keys.open(key, "hush")
    with pytest.raises(ValueError, match="knows no account"):
        keys.open("new", "hush", account_id="1")
    with pytest.raises(ValueError, match="permissions are among"):
        keys.open("new", "hush", permissions=["everything"])
    with pytest.raises(ValueError, match="knows no such key"):
        keys.disable("new")
    with pytest.raises(ValueError, match="permissions are among"):
        keys.permit(DEFAULT_API_KEY, ["everything"])
    assert list(client.simulator.keys) == [DEFAULT_API_KEY]


@each("covers", ["query", "query_and_body"])
@each("wanted", ["either", "query", "query_and_body"])
def test_what_a_batch_is_signed_over(covers: str, wanted: str) -> None:
    """The dialect says whether the JSON body is part of the signed text."""
    simulator = Simulator(dialect=Dialect(batch_signature=wanted))
    body, query = json.dumps([LIMIT_BUY]), f"timestamp={NOW}"
    signature = sign(query if covers == "query" else query + body)
    request = SimRequest(
        "POST",
        "/api/v1.1/spot/batchOrders",
        f"{query}&signature={signature}",
        {"X-HK-APIKEY": DEFAULT_API_KEY, "Content-Type": "application/json"},
        body.encode(),
    )
    response = simulator.handle(request, NOW)
    if wanted in ("either", covers):
        assert response.status == 200
        assert len(Client(simulator).control.orders()) == 1
    else:
        assert refusal(response) == "0001"
        assert Client(simulator).control.orders() == []
