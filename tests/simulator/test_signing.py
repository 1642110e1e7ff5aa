"""The simulator's own reading of key, timestamp, recvWindow and signature."""

import json
from urllib.parse import parse_qsl, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hk_adapter.simulator import DEFAULT_API_KEY, Dialect, SimRequest, Simulator
from tests.cases import each

from .conftest import NOW, ORDER, Client, refusal, sign

# As published in the venue's documentation.
SECRET = "lH3ELTNiFxCQTmi9pPcWWikhsjO04Yoqw3euoHUuOLC3GYBW64ZqzQsiOEHXQS76"
WHOLE = "symbol=ETHBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1538323200000"
WHOLE_SIGNATURE = "5f2750ad7589d1d40757a55342e621a44037dad23b5128cc70e18ec1d1c3f4c6"
SPLIT = (
    "symbol=ETHBTC&side=BUY&type=LIMIT&timeInForce=GTC",
    "quantity=1&price=0.1&recvWindow=5000&timestamp=1538323200000",
)
SPLIT_SIGNATURE = "885c9e3dd89ccd13408b25e6d54c2330703759d7494bea6dd5a3d1fd16ba3afa"
# Computed from the documented rule with the published secret.
DERIVED = {
    "orderId=1563291927536863744&timestamp=1701094949000": (
        "85e80827637571c5702ab7e3d28edc7ff970b315e054c81dd70d1faf7c0db841"
    ),
    "timestamp=1701094949000&orderId=1563291927536863744": (
        "b5a181ff9c0597e81f5b85d39a626c4eb5561278379a6d79d276c2ff0d9e5b6a"
    ),
    "orderId=1563291927536863744&recvWindow=5000&timestamp=1701094949000": (
        "c4484e2e2748fd0f917ecf91326b598a7f4a657b9ccc476bf8855b2f5157122b"
    ),
    "clientOrderId=99999888912&timestamp=1701094949000": (
        "dfb74f08cda42876590099634311178a66d6d7f6f1d6ecd0505a9b1b7656f441"
    ),
    "symbol=BTCUSDT&timestamp=1714311403031": "f6b3ea671a5911f8681cc680a785d0dcc53628c840e7269e78fae7f8fe8f4967",
    "ids=1507155386372816640,1507155487740667904&timestamp=1714311403031": (
        "b6dc78bf7e1448faed05a031cf62865968cd24d6f83c97513b9416a2668336cf"
    ),
    "ids=1507155386372816640%2C1507155487740667904&timestamp=1714311403031": (
        "b40e6fcddd78da82a9d10caa5c7aec4812fffc8f761721adceb45ad2a811d02f"
    ),
}


def is_taken(method: str, query: str, body: str = "") -> bool:
    """Whether the simulator takes a request's signature, at the request's own time, whatever else it refuses."""
    moment = int(dict(parse_qsl(f"{query}&{body}"))["timestamp"])
    simulator = Simulator(api_key="published", secret=SECRET, dialect=Dialect(wrong_signature="0002"))
    request = SimRequest(method, ORDER, query, {"X-HK-APIKEY": "published"}, body.encode())
    return refusal(simulator.handle(request, moment)) != "0002"


def test_the_published_vector_signs_alike_in_query_and_body() -> None:
    """A text signs to the published signature whether it is sent as query or as form body."""
    signed = f"{WHOLE}&signature={WHOLE_SIGNATURE}"
    assert is_taken("POST", signed)
    assert is_taken("POST", "", signed)
    assert not is_taken("POST", f"{WHOLE}&signature={SPLIT_SIGNATURE}")


def test_query_and_body_are_joined_by_nothing() -> None:
    """The published vector with split parameters signs query and body without a separator."""
    query, body = SPLIT
    assert is_taken("POST", query, f"{body}&signature={SPLIT_SIGNATURE}")


@each(("text", "signature"), DERIVED.items())
def test_vectors_derived_from_the_rule(text: str, signature: str) -> None:
    """The raw text is signed: its order and its percent-encoding count."""
    assert is_taken("DELETE", f"{text}&signature={signature}")


@each("text", ["{s}&a=1&timestamp=1701094949000", "a=1&{s}&timestamp=1701094949000", "a=1&timestamp=1701094949000&{s}"])
def test_the_signature_itself_is_not_signed(text: str) -> None:
    """Wherever the signature stands, the signed text is what remains without it."""
    assert is_taken("DELETE", text.format(s=f"signature={sign('a=1&timestamp=1701094949000', SECRET)}"))


def test_published_key_and_signature_open_the_door() -> None:
    """The published request, sent at its time, gets past the door: it fails for its unknown pair, not its signature."""
    simulator = Simulator(api_key="published", secret=SECRET)
    for request in (
        SimRequest("POST", ORDER, f"{WHOLE}&signature={WHOLE_SIGNATURE}", {"X-HK-APIKEY": "published"}),
        SimRequest(
            "POST", ORDER, SPLIT[0], {"X-HK-APIKEY": "published"}, f"{SPLIT[1]}&signature={SPLIT_SIGNATURE}".encode()
        ),
    ):
        assert refusal(simulator.handle(request, 1_538_323_200_000)) == "0201"


@pytest.mark.parametrize("in_body", [False, True])
def test_a_delete_is_signed_in_query_or_form_body(client: Client, in_body: bool) -> None:
    """Both places that the documents allow for a DELETE work."""
    order_id = client.create()["orderId"]
    assert client.send("DELETE", ORDER, orderId=order_id, in_body=in_body).status == 200


def test_the_hex_is_not_case_sensitive(client: Client) -> None:
    """An upper-case signature is as good."""
    text = f"timestamp={NOW}&orderId=1"
    assert refusal(client.send_text("GET", ORDER, f"{text}&signature={sign(text).upper()}")) == "0211"


@pytest.mark.parametrize("name", ["X-HK-APIKEY", "x-hk-apikey", "X-APIKEY"])
def test_both_key_headers_are_known(client: Client, name: str) -> None:
    """The key is read from either documented header, whatever its case."""
    text = f"timestamp={NOW}&orderId=1"
    request = SimRequest("GET", ORDER, f"{text}&signature={sign(text)}", {name: DEFAULT_API_KEY})
    assert refusal(client.simulator.handle(request, NOW)) == "0211"


@each("headers", [{}, {"X-HK-APIKEY": "stranger"}, {"X-HK-APIKEY": DEFAULT_API_KEY.upper()}])
@each("code", ["0102", "-1002"])
def test_an_unknown_key_is_refused(headers: dict[str, str], code: str) -> None:
    """A missing, foreign or wrongly cased key answers the dialect's code."""
    text = f"timestamp={NOW}&orderId=1"
    request = SimRequest("GET", ORDER, f"{text}&signature={sign(text)}", headers)
    assert refusal(Simulator(dialect=Dialect(unknown_key=code)).handle(request, NOW)) == code


@each("ending", ["", "&signature=", "&signature=00", "&signature=%E2%82%AC"])
@each("code", ["0001", "0002"])
def test_a_wrong_signature_is_refused(ending: str, code: str) -> None:
    """A missing or wrong signature answers the dialect's code, and nothing is done."""
    client = Client(Simulator(dialect=Dialect(wrong_signature=code)))
    order_id = client.create()["orderId"]
    assert refusal(client.send_text("DELETE", ORDER, f"timestamp={NOW}&orderId={order_id}{ending}")) == code
    assert client.control.order(order_id).status == "NEW"


def test_two_signatures_are_refused(client: Client) -> None:
    """A signature in both places is not taken, though each be right."""
    text = f"timestamp={NOW}&orderId=1"
    signature = f"signature={sign(text)}"
    request = SimRequest("DELETE", ORDER, f"{text}&{signature}", {"X-HK-APIKEY": DEFAULT_API_KEY}, signature.encode())
    assert refusal(client.simulator.handle(request, NOW)) == "0001"


def test_one_byte_changed_after_signing_is_refused(client: Client) -> None:
    """The signature covers every byte of the parameters."""
    text = f"timestamp={NOW}&orderId=1"
    assert refusal(client.send_text("GET", ORDER, f"timestamp={NOW}&orderId=2&signature={sign(text)}")) == "0001"


@pytest.mark.parametrize("stamp", ["", "1701094949", "17010949490000", "1701094949.00", "-170109494900", "abc"])
def test_a_timestamp_must_have_13_digits(client: Client, stamp: str) -> None:
    """A malformed timestamp answers 0001 and names the field."""
    response = client.send("GET", ORDER, orderId="1", timestamp=stamp)
    assert refusal(response) == "0001"
    assert "timestamp" in json.loads(response.body)["msg"]


def test_a_missing_timestamp_is_refused_before_the_key(client: Client) -> None:
    """Without timestamp the answer is 0001 even when nothing else holds, as seen live."""
    response = client.simulator.handle(SimRequest("GET", ORDER, "orderId=1"), NOW)
    assert refusal(response) == "0001"
    assert "timestamp" in json.loads(response.body)["msg"]


@pytest.mark.parametrize(
    ("behind", "window", "accepted"),
    [
        (-999, None, True),
        (-1000, None, False),
        (-1000, 8000, False),
        (0, None, True),
        (5000, None, True),
        (5001, None, False),
        (5001, 8000, True),
        (8000, 8000, True),
        (8001, 8000, False),
        (10, 10, True),
        (11, 10, False),
        (0, 0, True),
    ],
)
def test_the_window_is_asymmetric(client: Client, behind: int, window: int | None, accepted: bool) -> None:
    """A timestamp may be less than 1000 ms ahead and at most recvWindow behind, 5000 ms when not said."""
    parameters: dict[str, object] = {"timestamp": NOW - behind, "orderId": "1"}
    if window is not None:
        parameters["recvWindow"] = window
    assert client.refused("GET", ORDER, **parameters) == ("0211" if accepted else "-1021")


@pytest.mark.parametrize("window", ["8001", "60000", "-1", "abc", "", "5000.5"])
def test_a_window_above_8000_or_malformed_is_refused(client: Client, window: str) -> None:
    """Since 2026 the window is validated: at most 8000 ms."""
    assert client.refused("GET", ORDER, orderId="1", recvWindow=window) == "-1130"


def test_a_get_has_its_parameters_in_the_query_only(client: Client) -> None:
    """A GET whose parameters are in the body has none."""
    assert client.refused("GET", ORDER, orderId="1", in_body=True) == "0001"


def test_a_name_in_both_places_is_read_from_the_query(client: Client) -> None:
    """Where query and body disagree the query is used, as documented."""
    order_id = client.create()["orderId"]
    query, body = urlencode({"orderId": order_id, "timestamp": NOW}), "orderId=1"
    request = SimRequest(
        "DELETE",
        ORDER,
        f"{query}&signature={sign(query + body)}",
        {"X-HK-APIKEY": DEFAULT_API_KEY},
        body.encode(),
    )
    assert json.loads(client.simulator.handle(request, NOW).body)["orderId"] == order_id


def test_a_request_never_shows_its_secrets() -> None:
    """Neither key, signature nor parameters are in the request's repr."""
    request = SimRequest("DELETE", ORDER, "signature=abc", {"X-HK-APIKEY": "key-1"}, b"signature=def")
    assert not {"abc", "key-1", "def"} & set(repr(request).replace("'", " ").split())
    assert "signature" not in repr(request)


@given(
    st.lists(
        st.tuples(st.text(max_size=4), st.text(max_size=6), st.sampled_from(["{}={}", "{}", "{}={}=", "{}+={}"])),
        max_size=6,
    ),
    st.booleans(),
)
def test_parameters_are_read_as_forms_are(pieces: list[tuple[str, str, str]], encoded: bool) -> None:
    """Whatever the text, its parameters are those of a form, the first of each name."""
    text = "&".join(shape.format(name, value) for name, value, shape in pieces)
    text = quote_plus(text, safe="&=") if encoded else text
    expected: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        expected.setdefault(name, value)
    assert SimRequest("GET", ORDER, text).parameters() == expected
