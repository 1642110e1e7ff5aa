"""``hk-adapter cancel``: the report in words and as JSON, where keys come from, and what is refused unsent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import Result

from hk_adapter import Order, connect
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, Simulator, serve
from hk_adapter.simulator.server import Served
from tests.cli.conftest import Start
from tests.lateness import on_time

Invoke = Callable[..., Result]

ORDER = "/api/v1/spot/order"
KEY, SECRET = "key-of-a-user", "secret-of-a-user"


@pytest.fixture
def locked() -> Iterator[Served]:
    """Serve a venue that takes only the user's own key."""
    with serve(simulator=Simulator(api_key=KEY, secret=SECRET)) as server:
        yield server


def test_a_proven_cancel_is_told_in_words(cancel: Invoke, order_id: str, served: Served) -> None:
    """Words say the outcome, the order, its proven status with the venue's word, and what it rests on."""
    result = cancel(order_id)
    assert result.exit_code == 0
    assert served.control.order(order_id).status == "CANCELED"
    assert result.stdout.startswith("canceled: proven off the book")
    for words in (order_id, "ETH/USD limit buy 1 at 1900", "canceled (the venue's word: CANCELED)", "query"):
        assert words in result.stdout
    assert result.stderr == ""


def test_an_order_can_be_named_by_the_clients_id(cancel: Invoke, order_id: str, served: Served) -> None:
    """--client-order-id is enough to cancel an order."""
    assert cancel("--client-order-id", "mine-1").exit_code == 0
    assert served.control.order(order_id).status == "CANCELED"


def test_json_is_one_object_with_the_promised_keys(cancel: Invoke, order_id: str, served: Served) -> None:
    """--json prints one line, whose decimals are strings and whose order has every field of the model."""
    served.control.fill(order_id, "0.25")
    result = cancel(order_id, "--json")
    assert result.stdout.count("\n") == 1
    report = json.loads(result.stdout)
    order = report.pop("order")
    assert report.pop("elapsed") >= 0
    assert report == {
        "outcome": "partially_canceled",
        "final": True,
        "evidence": "query",
        "attempts": 1,
        "ambiguous_attempts": 0,
        "accepted": True,
        "ended_before": False,
        "retry_after": None,
        "error": None,
        "wait": "final",
    }
    assert list(order) == [field.name for field in fields(Order)]
    assert (order["id"], order["amount"], order["filled"], order["remaining"]) == (order_id, "1", "0.25", "0.75")
    assert order["status"] == "canceled"
    assert order["info"]["status"] == "PARTIALLY_CANCELED"


def test_json_tells_the_error(cancel: Invoke, order_id: str, served: Served) -> None:
    """A refusal has its class, its message and the venue's own code in ``error``, and one line on stderr."""
    served.control.fail_next(code="-1145", method="DELETE")
    result = cancel(order_id, "--json")
    report = json.loads(result.stdout)
    assert (report["outcome"], report["final"]) == ("rejected", False)
    assert set(report["error"]) >= {"type", "message", "code", "request_state"}
    assert (report["error"]["type"], report["error"]["code"]) == ("CancelRejected", "-1145")
    assert result.stderr.startswith("hk-adapter: CancelRejected: ")
    assert result.stderr.count("\n") == 1


def test_json_without_an_order(cancel: Invoke, served: Served) -> None:
    """``order`` is null where nothing ever showed the order, and ``retry_after`` tells how long to wait."""
    served.control.fail_next(status=429, headers={"Retry-After": "70"}, method="DELETE")
    report = json.loads(cancel("1", "--json").stdout)
    assert (report["outcome"], report["order"], report["retry_after"]) == ("rate_limited", None, 70)


def test_a_venues_message_cannot_break_the_line(cancel: Invoke, order_id: str, served: Served) -> None:
    """Line breaks and escape codes in a venue's message reach neither stdout nor stderr."""
    served.control.fail_next(code="-1145", msg="two\nlines\x1b[31m", method="DELETE")
    result = cancel(order_id)
    assert result.stderr.count("\n") == 1
    assert "\x1b" not in result.stdout + result.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_venues_words_that_the_output_has_no_letters_for(
    start: Start, order_id: str, served: Served, encoding: str
) -> None:
    """The report is told all the same, and ends in its code."""
    served.control.fail_next(code="-1145", msg="\u8ba2\u5355 \u0437\u0430\u043a\u0430\u0437", method="DELETE")
    where = ("--venue", "hashkey", "--environment", "sandbox", "--base-url", served.url)
    keys = {"HK_ADAPTER_HASHKEY_API_KEY": DEFAULT_API_KEY, "HK_ADAPTER_HASHKEY_SECRET": DEFAULT_SECRET}
    command = start("cancel", order_id, *where, PYTHONIOENCODING=encoding, **keys)
    told, complaint = command.communicate()
    assert command.returncode == 3, complaint
    assert told.startswith("rejected: ")


@pytest.mark.parametrize("source", ["environment", "profile"])
def test_keys_come_from_the_environment_or_a_profile(
    source: str, invoke: Invoke, locked: Served, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The order is canceled with the user's keys, and neither half of them is printed."""
    placed = _placed_with_own_keys(locked)
    more: tuple[str, ...] = ()
    if source == "environment":
        monkeypatch.setenv("HK_ADAPTER_HASHKEY_API_KEY", KEY)
        monkeypatch.setenv("HK_ADAPTER_HASHKEY_SECRET", SECRET)
    else:
        config = tmp_path / "config.toml"
        config.touch(mode=0o600)
        config.write_text(f'[profiles.mine]\nvenue = "hashkey"\napi_key = "{KEY}"\nsecret = "{SECRET}"\n')
        monkeypatch.setenv("HK_ADAPTER_CONFIG", str(config))
        more = ("--profile", "mine")
    where = ("--venue", "hashkey", "--environment", "sandbox", "--base-url", locked.url)
    for arguments in ((), ("--json",)):
        result = invoke("cancel", placed, *where, *more, *arguments)
        assert result.exit_code == 0
        assert KEY not in result.output
        assert SECRET not in result.output


def test_wrong_keys_are_not_printed(invoke: Invoke, locked: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused key ends in 3, and is not in the error."""
    monkeypatch.setenv("HK_ADAPTER_HASHKEY_API_KEY", "key-of-nobody")
    monkeypatch.setenv("HK_ADAPTER_HASHKEY_SECRET", "secret-of-nobody")
    result = invoke("cancel", "1", "--venue", "hashkey", "--environment", "sandbox", "--base-url", locked.url)
    assert result.exit_code == 3
    assert "AuthenticationError" in result.stderr
    assert "of-nobody" not in result.output


@pytest.mark.parametrize("option", ["--api-key", "--secret"])
def test_keys_are_no_arguments(option: str, cancel: Invoke) -> None:
    """Keys as arguments are refused: other processes could read them."""
    assert cancel("1", option, "x").exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("1", "--venue", "hashkey"),
        ("1", "--environment", "sandbox"),
        ("--venue", "hashkey", "--environment", "sandbox"),
        ("1", "--venue", "hashkey", "--environment", "paper"),
        ("1", "--venue", "hashkey", "--environment", "simulator"),
        ("1", "--venue", "hashky", "--environment", "sandbox"),
        ("1", "--venue", "hashkey", "--environment", "sandbox", "--wait", "long"),
        ("1", "--venue", "hashkey", "--environment", "sandbox", "--timeout", "soon"),
        ("1", "--venue", "hashkey", "--environment", "sandbox", "--timeout", "nan"),
        ("1", "--venue", "hashkey", "--environment", "sandbox", "--site", "mars"),
        ("1", "--venue", "hashkey", "--environment", "sandbox", "--base-url", "http://exchange.example"),
        ("1", "--venue", "hashkey", "--environment", "sandbox", "--profile", "nobody"),
        ("1", "--venue", "hashkey", "--environment", "sandbox"),
        ("", "--venue", "hashkey", "--environment", "sandbox"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_used_ends_in_2(arguments: tuple[str, ...], invoke: Invoke) -> None:
    """Wrong arguments, missing keys and unusable settings end in 2 with a reason, and print nothing else."""
    result = invoke("cancel", *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.strip()


def test_wrong_arguments_send_nothing(cancel: Invoke, served: Served) -> None:
    """An argument that the library refuses never reaches the venue, and is told in one line."""
    result = cancel("1", "--timeout", "0")
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert served.control.requests == []


def test_a_venue_that_took_its_time_to_open_leaves_the_rest(
    cancel: Invoke, order_id: str, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``--timeout`` is for opening the venue and for the cancel, together."""
    served.control.fail_next("stall", method="DELETE", times=9)
    monkeypatch.setattr("hk_adapter.cli.cancel.time", SimpleNamespace(monotonic=iter((0.0, 59.8, 60.0)).__next__))
    with on_time(0.2, tolerance=5.0):  # and not 60 s
        result = cancel(order_id, "--timeout", "1m", "--json")
    assert result.exit_code == 6
    assert json.loads(result.stdout)["elapsed"] == 60.0


def _placed_with_own_keys(served: Served) -> str:
    with connect("hashkey", environment="sandbox", base_url=served.url, api_key=KEY, secret=SECRET) as venue:
        return str(venue.create_order("ETH/USD", "limit", "buy", "1", "1900").id)


@pytest.mark.parametrize(
    "arguments",
    [("cancel", "1", "--venu", "hashkey"), ("cancle",), ("cancel", "1", "--venue", "hashkey")],
    ids=" ".join,
)
def test_a_line_of_wrong_usage_is_a_sentence(arguments: tuple[str, ...], invoke: Invoke) -> None:
    """A question that it ends in is followed by no full stop."""
    told = invoke(*arguments).stderr
    assert told.count("\n") == 1
    assert "?." not in told
    assert ")." not in told
