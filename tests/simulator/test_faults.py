"""fail_next in each of its forms, at the core: what the client is told, and what the venue did."""

import json
from typing import Any

import pytest

from hk_adapter.simulator import NetworkFault, SimRequest, SimulatorControl

from .conftest import CREATE, LIMIT_BUY, NOW, ORDER, Client, refusal


@pytest.mark.parametrize("kind", ["refuse", "cut", "stall", "truncate"])
def test_a_network_fault_before_the_venue_acted(client: Client, control: SimulatorControl, kind: str) -> None:
    """The response carries the fault for its deliverer, and the order still rests."""
    order_id = client.create()["orderId"]
    control.fail_next(kind)
    assert client.send("DELETE", ORDER, orderId=order_id).network is NetworkFault(kind)
    assert control.order(order_id).status == "NEW"
    assert client.ok("DELETE", ORDER, orderId=order_id)["status"] == "NEW"


@pytest.mark.parametrize("kind", [NetworkFault.CUT, NetworkFault.STALL, NetworkFault.TRUNCATE])
def test_a_network_fault_after_the_venue_acted(client: Client, control: SimulatorControl, kind: NetworkFault) -> None:
    """With `acted` only the answer is lost: the order is canceled."""
    order_id = client.create()["orderId"]
    control.fail_next(kind, acted=True)
    assert client.send("DELETE", ORDER, orderId=order_id).network is kind
    assert control.order(order_id).status == "CANCELED"


def test_a_truncated_answer_is_given_whole_to_the_deliverer(client: Client, control: SimulatorControl) -> None:
    """Under `truncate` the body is the true answer; cutting it is the deliverer's part."""
    order_id = client.create()["orderId"]
    control.fail_next("truncate", acted=True)
    assert json.loads(client.send("DELETE", ORDER, orderId=order_id).body)["orderId"] == order_id
    control.fail_next("truncate", code="0212")
    response = client.send("DELETE", ORDER, orderId=order_id)
    assert (response.network, refusal(response)) == (NetworkFault.TRUNCATE, "0212")


def test_a_refused_connection_delivers_nothing(client: Client, control: SimulatorControl) -> None:
    """What was refused was never seen; what was cut or stalled was."""
    for kind in ("refuse", "cut", "stall"):
        control.fail_next(kind)
        client.send("GET", ORDER, orderId="1")
    assert len(control.requests) == 2


@pytest.mark.parametrize("acted", [False, True])
def test_an_error_by_code(client: Client, control: SimulatorControl, acted: bool) -> None:
    """A documented code answers HTTP 400 and its text, whether the venue acted or not."""
    order_id = client.create()["orderId"]
    control.fail_next(code="-1007", acted=acted)
    response = client.send("DELETE", ORDER, orderId=order_id)
    assert response.network is None
    assert refusal(response) == "-1007"
    assert control.order(order_id).status == ("CANCELED" if acted else "NEW")


def test_an_error_with_its_own_status_text_and_headers(client: Client, control: SimulatorControl) -> None:
    """Status, msg and headers can be set; a code from no table needs a msg."""
    control.fail_next(status=429, code="0003", msg="slow down", headers={"Retry-After": "60"})
    response = client.send("GET", ORDER, orderId="1")
    assert (response.status, response.headers["Retry-After"]) == (429, "60")
    assert json.loads(response.body) == {"code": "0003", "msg": "slow down"}
    control.fail_next(code="-9999", msg="news")
    assert client.refused("GET", ORDER, orderId="1") == "-9999"


@pytest.mark.parametrize("body", ["<oops", b"<oops"])
def test_a_raw_body(client: Client, control: SimulatorControl, body: str | bytes) -> None:
    """Any bytes can be answered, with HTTP 200 unless said otherwise."""
    control.fail_next(body=body)
    assert (response := client.send("GET", ORDER, orderId="1")).body == b"<oops"
    assert response.status == 200
    control.fail_next(body=body, status=502, headers={"Content-Type": "text/plain"})
    response = client.send("GET", ORDER, orderId="1")
    assert (response.status, response.headers) == (502, {"Content-Type": "text/plain"})


def test_a_bare_status_comes_with_a_gateways_page(client: Client, control: SimulatorControl) -> None:
    """A 503 without more is what a gateway answers: HTML, not the venue's JSON."""
    control.fail_next(status=503)
    response = client.send("GET", ORDER, orderId="1")
    assert (response.status, response.headers["Content-Type"]) == (503, "text/html")
    with pytest.raises(json.JSONDecodeError):
        json.loads(response.body)


def test_faults_wait_for_their_request(client: Client, control: SimulatorControl) -> None:
    """Method and path choose the request; others pass, public ones too."""
    control.fail_next("cut", method="delete", path=ORDER)
    created = client.create()
    assert client.send("GET", ORDER, orderId=created["orderId"]).network is None
    assert client.simulator.handle(SimRequest("GET", "/api/v1/time"), NOW).network is None
    assert client.send("DELETE", ORDER, orderId=created["orderId"]).network is NetworkFault.CUT
    assert client.send("DELETE", ORDER, orderId=created["orderId"]).network is None


def test_faults_are_used_in_the_order_asked_for(client: Client, control: SimulatorControl) -> None:
    """`times` repeats a fault; the next one for the same request comes after it."""
    control.fail_next(code="-1007", times=2)
    control.fail_next(code="-1006")
    codes = [client.refused("GET", ORDER, orderId="1") for _ in range(4)]
    assert codes == ["-1007", "-1007", "-1006", "0211"]


def test_a_lost_create_leaves_its_order(client: Client, control: SimulatorControl) -> None:
    """A create whose answer is lost rests, and can be found by its client id."""
    control.fail_next("cut", method="POST", acted=True)
    assert client.send("POST", CREATE, **LIMIT_BUY, newClientOrderId="mine-1").network is NetworkFault.CUT
    assert client.ok("GET", ORDER, origClientOrderId="mine-1")["status"] == "NEW"


def test_an_acted_fault_still_checks_the_request(client: Client, control: SimulatorControl) -> None:
    """`acted` lets the venue do what it would have done: a wrong signature does nothing."""
    order_id = client.create()["orderId"]
    control.fail_next("cut", acted=True)
    client.send_text("DELETE", ORDER, f"orderId={order_id}&timestamp={NOW}&signature=00")
    assert control.order(order_id).status == "NEW"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "nothing to fail with"),
        ({"kind": "explode"}, "kind must be one of refuse, cut, stall, truncate"),
        ({"kind": "refuse", "acted": True}, "cannot have acted"),
        ({"kind": "cut", "code": "0212"}, "no answer gets through"),
        ({"code": "-9999"}, "give its msg too"),
        ({"code": -1021}, "codes are text"),
        ({"code": "0212", "body": "x"}, "not both"),
        ({"msg": "x"}, "msg goes with a code"),
        ({"headers": {"a": "b"}}, "headers go with"),
        ({"status": 99}, "status must be between"),
        ({"status": 503, "times": 0}, "times must be at least 1"),
        ({"status": 503, "path": "spot/order"}, "path must be a whole path"),
        ({"status": 503, "method": "DELET"}, "method must be one of GET, POST, PUT, DELETE"),
    ],
)
def test_a_fault_that_cannot_be_meant_is_told(
    client: Client, control: SimulatorControl, arguments: dict[str, Any], message: str
) -> None:
    """Wrong arguments raise ValueError and leave no fault behind."""
    with pytest.raises(ValueError, match=message):
        control.fail_next(**arguments)
    assert client.refused("GET", ORDER, orderId="1") == "0211"
