"""Creating limit orders, and every documented refusal of that endpoint that the simulator gives."""

import pytest

from hk_adapter.simulator import Dialect, Simulator

from .conftest import CREATE, LIMIT_BUY, NOW, ORDER, Client

FIELDS = {
    "accountId", "symbol", "symbolName", "clientOrderId", "orderId", "transactTime", "price", "origQty",
    "executedQty", "status", "timeInForce", "type", "side", "reqAmount", "concentration",
}  # fmt: skip

REFUSALS: list[tuple[str, dict[str, object]]] = [
    ("0001", {"symbol": ""}),
    ("0201", {"symbol": "DOGEUSD"}),
    ("0201", {"symbol": "ETH/USD"}),
    ("0001", {"side": ""}),
    ("-1117", {"side": "buy"}),
    ("0001", {"type": ""}),
    ("0206", {"type": "STOP"}),
    ("-1115", {"timeInForce": "DAY"}),
    ("-1115", {"timeInForce": "IOC", "type": "LIMIT_MAKER"}),
    ("-1115", {"timeInForce": "GTC", "type": "MARKET"}),
    ("-1115", {"timeInForce": "FOK", "type": "MARKET"}),
    ("-1130", {"stpMode": "EXPIRE_BOTH"}),
    ("-1129", {"amount": "10"}),
    ("0001", {"quantity": ""}),
    ("-1126", {"quantity": "one"}),
    ("-1126", {"quantity": "-1"}),
    ("-1126", {"quantity": "0"}),
    ("-1126", {"quantity": "1e3"}),
    ("-1126", {"quantity": "NaN"}),
    ("-1137", {"quantity": "1.00001"}),
    ("-1200", {"quantity": "0.00001"}),
    ("-1201", {"quantity": "1000.0001"}),
    ("-1202", {"quantity": "0.00001", "side": "SELL"}),
    ("-1203", {"quantity": "1000.0001", "side": "SELL"}),
    ("0001", {"price": ""}),
    ("-1124", {"price": "cheap"}),
    ("-1124", {"price": "0"}),
    ("0209", {"price": "1900.001"}),
    ("-1133", {"price": "0.001"}),
    ("-1132", {"price": "10000000.01"}),
    ("-1140", {"quantity": "0.001"}),
    ("-1206", {"quantity": "1000", "price": "9999"}),
    ("0401", {"quantity": "1000"}),
    ("-5030", {"newClientOrderId": "x" * 256}),
]


def test_the_answer_has_the_documented_fields(client: Client) -> None:
    """A create answers the documented fields, as text, with the creation time and what was asked."""
    answer = client.create(newClientOrderId="mine-1", price="1900.00", quantity="1.50")
    assert set(answer) == FIELDS | {"alert"}
    assert all(isinstance(value, str) for value in answer.values())
    given = {"clientOrderId": "mine-1", "symbol": "ETHUSD", "symbolName": "ETHUSD", "side": "BUY", "type": "LIMIT"}
    assert {name: answer[name] for name in given} == given
    assert (answer["price"], answer["origQty"], answer["executedQty"], answer["reqAmount"]) == ("1900", "1.5", "0", "0")
    assert (answer["status"], answer["timeInForce"], answer["transactTime"]) == ("NEW", "GTC", str(NOW))


def test_the_legacy_path_answers_without_alert(client: Client) -> None:
    """v1.0 works for limit orders and lacks the field that came with v1.1 in 2026."""
    assert set(client.ok("POST", ORDER, **LIMIT_BUY)) == FIELDS


@pytest.mark.parametrize("in_body", [False, True])
def test_parameters_come_in_query_or_body(client: Client, in_body: bool) -> None:
    """A POST takes its parameters in either documented place."""
    assert client.ok("POST", CREATE, **LIMIT_BUY, in_body=in_body)["status"] == "NEW"


def test_an_order_id_tells_its_creation_time(client: Client) -> None:
    """The id's upper bits are the creation time, and ids never repeat within a millisecond."""
    ids = [int(client.create(quantity="0.01")["orderId"]) for _ in range(20)]
    assert {(order_id >> 23) + 1_514_736_000_000 for order_id in ids} == {NOW}
    assert len(set(ids)) == 20


def test_a_client_id_is_made_when_absent(client: Client) -> None:
    """The venue gives 16 digits to an order without a client id, each its own."""
    ids = {client.create(quantity="0.01")["clientOrderId"] for _ in range(20)}
    assert len(ids) == 20
    assert all(len(client_id) == 16 and client_id.isdigit() for client_id in ids)


def test_made_client_ids_do_not_run_out(client: Client) -> None:
    """More orders within one millisecond than three digits can count still get ids of their own."""
    for _ in range(1100):
        client.ok("DELETE", ORDER, orderId=client.create(quantity="0.01")["orderId"])
    assert len({order.client_order_id for order in client.control.orders()}) == 1100


def test_equal_seeds_give_equal_answers() -> None:
    """Ids come from the time and the seed alone."""
    one, two, other = (Client(Simulator(seed=seed)) for seed in (7, 7, 8))
    first = one.create()
    assert two.create() == first
    assert other.create()["orderId"] != first["orderId"]


@pytest.mark.parametrize(("code", "terms"), REFUSALS)
def test_a_broken_rule_is_refused(client: Client, code: str, terms: dict[str, object]) -> None:
    """Each documented rule answers its code, and neither an order nor a lock is left."""
    before = client.control.balance("USD")
    assert client.refused("POST", CREATE, **(LIMIT_BUY | terms)) == code
    assert client.control.orders() == []
    assert client.control.balance("USD") == before


def test_a_limit_maker_rests(client: Client) -> None:
    """Post-only orders rest like limit orders and keep their type."""
    answer = client.create(type="LIMIT_MAKER")
    assert (answer["type"], answer["status"]) == ("LIMIT_MAKER", "NEW")


def test_a_client_id_is_used_once(client: Client) -> None:
    """A client id that was used is refused, also after its order has ended."""
    order_id = client.create(newClientOrderId="mine-1")["orderId"]
    assert client.refused("POST", CREATE, **LIMIT_BUY, newClientOrderId="mine-1") == "-1141"
    client.ok("DELETE", ORDER, orderId=order_id)
    assert client.refused("POST", CREATE, **LIMIT_BUY, newClientOrderId="mine-1") == "-1141"


def test_a_client_id_of_255_characters_fits(client: Client) -> None:
    """255 characters are the documented limit, included."""
    assert client.create(newClientOrderId="x" * 255)["clientOrderId"] == "x" * 255


def test_selling_needs_the_base_currency() -> None:
    """A sell locks what it sells, and is refused when there is too little."""
    client = Client(Simulator(balances={"ETH": "1.5"}))
    client.create(side="SELL", quantity="1")
    assert client.refused("POST", CREATE, **(LIMIT_BUY | {"side": "SELL", "quantity": "0.5001"})) == "0401"
    assert client.create(side="SELL", quantity="0.5")["status"] == "NEW"


def test_the_create_answer_may_say_pending_new() -> None:
    """Since 2026 the create answer says PENDING_NEW; the order rests all the same."""
    client = Client(Simulator(dialect=Dialect(create_status="PENDING_NEW")))
    answer = client.create()
    assert answer["status"] == "PENDING_NEW"
    assert client.ok("GET", ORDER, orderId=answer["orderId"])["status"] == "NEW"
