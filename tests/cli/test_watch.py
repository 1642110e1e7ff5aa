"""``hk-adapter watch``: what it shows, when it ends, and in which code."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from importlib.metadata import version

import pytest
from click.testing import Result

from hk_adapter import Order, OrderSide, OrderStatus, OrderUpdate, Venue
from hk_adapter.cli.exit_codes import ExitCode
from hk_adapter.cli.watch import code_of_end
from hk_adapter.cli.watch_output import MOST_ENDED, Screen
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET
from hk_adapter.simulator.server import Served
from hk_adapter.venues.ccxt_bridge.config import OLDEST

Invoke = Callable[..., Result]
Start = Callable[..., "subprocess.Popen[str]"]


def where(served: Served) -> tuple[str, ...]:
    """Name the simulated venue."""
    return ("--venue", "hashkey", "--environment", "simulator", "--base-url", served.url)


def is_watched(served: Served) -> bool:
    """Wait until somebody has listed what is open, for a generous while at the most."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if any(request.path == "/api/v1/spot/openOrders" for request in served.control.requests):
            return True
        threading.Event().wait(0.005)
    return False


def updates_of(text: str) -> list[dict[str, object]]:
    """Read the JSON lines."""
    return [json.loads(line) for line in text.splitlines()]


def test_an_order_that_had_ended_before_is_shown_and_ends_it(
    invoke: Invoke, served: Served, venue: Venue, order_id: str
) -> None:
    """--until-final looks once; the proof is there, so it ends in 0 with one object."""
    venue.cancel_order(order_id)
    result = invoke("watch", "--until-final", order_id, "--json", *where(served))
    assert result.exit_code == 0
    (told,) = updates_of(result.stdout)
    order = told.pop("order")
    assert told == {"live": False, "evidence": "query", "folded": 0, "dropped": 0}
    assert (order["id"], order["status"], order["filled"]) == (order_id, "canceled", "0")
    assert served.control.streams.connections == []


def test_it_waits_for_the_end_of_an_order(start: Start, served: Served, venue: Venue, order_id: str) -> None:
    """Each update is a line; the last one is the end that was waited for."""
    process = start("watch", "--until-final", order_id, "--json", *where(served))
    assert is_watched(served)
    served.control.fill(order_id, "0.4")
    venue.cancel_order(order_id)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")
    last = updates_of(out)[-1]["order"]
    assert (last["id"], last["status"], last["filled"]) == (order_id, "canceled", "0.4")


def test_an_order_that_nobody_knows_ends_it(invoke: Invoke, served: Served) -> None:
    """In the code of an order that the venue does not know."""
    result = invoke("watch", "--until-final", "1", *where(served))
    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr.startswith("hk-adapter: OrderNotFound: ")


@pytest.mark.skipif(
    tuple(map(int, version("ccxt").split(".")[:3])) < OLDEST, reason="the bridge needs a newer release of ccxt"
)
def test_a_venue_without_a_stream_is_asked_as_often_as_one_says(
    start: Start, served: Served, venue: Venue, order_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the end is told though nothing else would ask for a minute; what was found by asking is not live."""
    monkeypatch.setenv("HK_ADAPTER_CCXT_HASHKEY_API_KEY", DEFAULT_API_KEY)
    monkeypatch.setenv("HK_ADAPTER_CCXT_HASHKEY_SECRET", DEFAULT_SECRET)
    place = ("--venue", "ccxt:hashkey", "--environment", "simulator", "--base-url", served.url)
    process = start("watch", "--poll-every", "0.05s", "--set", "ccxt_pro=false", "--json", *place)
    first = json.loads(process.stdout.readline())
    venue.cancel_order(order_id)
    last = json.loads(process.stdout.readline())
    process.terminate()
    process.communicate(timeout=20)
    assert [(one["order"]["status"], one["live"]) for one in (first, last)] == [("open", False), ("canceled", False)]


def test_words_are_a_line_each(invoke: Invoke, served: Served, venue: Venue, order_id: str) -> None:
    """Where no terminal takes them; what cannot be told has no word."""
    served.control.fill(order_id, "1")
    result = invoke("watch", "--until-final", order_id, "--symbol", "ETH/USD", *where(served))
    assert result.exit_code == 0
    (line,) = result.stdout.splitlines()
    assert line.split()[1:] == [order_id, "ETH/USD", "buy", "1", "1900", "1", "closed", "found"]


def test_ctrl_c_ends_it_in_one_line(start: Start, served: Served, order_id: str) -> None:
    """And gives the listen key back."""
    process = start("watch", *where(served))
    assert is_watched(served)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, "hk-adapter: interrupted\n")
    assert served.control.streams.connections == []
    keys = [request.method for request in served.control.requests if request.path == "/api/v1/userDataStream"]
    assert keys == ["POST", "DELETE"]


def test_ctrl_c_says_that_the_order_is_not_proven(start: Start, served: Served, order_id: str) -> None:
    """What was waited for did not come."""
    process = start("watch", "--until-final", order_id, *where(served))
    assert is_watched(served)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 143
    assert err == f"hk-adapter: terminated: order {order_id} is not proven off the book\n"


@pytest.mark.parametrize("until", [False, True])
def test_a_reader_that_goes_away_ends_it_without_a_word(
    start: Start, served: Served, venue: Venue, order_id: str, until: bool
) -> None:
    """In 0; but an end that was waited for, and not told, is no success."""
    more = ("--until-final", order_id) if until else ()
    process = start("watch", "--json", *more, *where(served))
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    assert process.wait(timeout=20) == (6 if until else 0)
    assert served.control.streams.connections == []


def test_wrong_usage_sends_nothing(invoke: Invoke, served: Served) -> None:
    """A simulator without its URL, a symbol that is none, and a time that is none."""
    assert invoke("watch", "--venue", "hashkey", "--environment", "simulator").exit_code == 2
    assert invoke("watch", "--symbol", "ETHUSD", *where(served)).exit_code == 2
    assert invoke("watch", "--poll-every", "0", *where(served)).exit_code == 2
    assert not served.control.streams.connections


def test_an_end_that_its_amounts_do_not_prove_is_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    """The venue's word alone is no proof."""
    assert code_of_end(Order(id="1", status=OrderStatus.CLOSED)) is ExitCode.UNKNOWN
    assert "its amounts do not prove" in capsys.readouterr().err


def drawn(screen: Screen, height: int = 30, width: int = 120) -> str:
    """Draw it as on a terminal."""
    from rich.console import Console  # noqa: PLC0415 - as the command does

    out = io.StringIO()
    Console(file=out, width=width, height=height).print(screen)
    return out.getvalue()


def update(order_id: str, status: OrderStatus) -> OrderUpdate:
    """Make an update."""
    return OrderUpdate(order=Order(id=order_id, symbol="ETH/USD", status=status))


def test_the_table_has_what_is_open_and_what_ended_last() -> None:
    """A row each, the latest first; whether it is live; and no text of a venue's steers the terminal."""
    live = [True]
    screen = Screen("hashkey", lambda: live[0])
    for number in range(20):
        screen.show(update(f"ended-{number}.", OrderStatus.CANCELED))
    screen.show(update("open-1", OrderStatus.OPEN))
    screen.show(update("open-2\x1b[31m[bold]", OrderStatus.OPEN))
    screen.show(update("open-1", OrderStatus.OPEN))
    text = drawn(screen)
    assert "hashkey: 2 open, live" in text
    assert text.index("open-1") < text.index("open-2") < text.index("ended-19.") < text.index("ended-18.")
    assert text.count("ended-") == MOST_ENDED
    assert "\x1b[31m" not in text
    assert "[bold]" in text
    live[0] = False
    assert "not live" in drawn(screen)


def test_the_table_is_no_higher_than_the_terminal() -> None:
    """What does not fit is counted."""
    screen = Screen("hashkey", lambda: True)
    for number in range(100):
        screen.show(update(f"open-{number}.", OrderStatus.OPEN))
    text = drawn(screen, height=20)
    assert len(text.splitlines()) <= 20
    assert "86 more are not shown" in text


@pytest.mark.parametrize("width", [20, 30, 40, 60, 80, 100, 200])
def test_a_narrow_terminal_shows_ids_and_numbers_as_a_whole_or_not_at_all(width: int) -> None:
    """An id is what a user copies, and half a number is another one: columns go, the least telling first."""
    screen = Screen("hashkey", lambda: True)
    order = Order(
        id="2098827941783013377",
        symbol="ETH/USD",
        side=OrderSide.BUY,
        amount=Decimal("123456.789"),
        price=Decimal("1900.25"),
        filled=Decimal("98765.4321"),
        status=OrderStatus.OPEN,
        timestamp=1_700_000_000_000,
    )
    for number in range(50):
        screen.show(OrderUpdate(order=order.replace(id=f"20988279417830133{number:02}")))
    text = drawn(screen, height=20, width=width)
    lines = text.splitlines()
    assert max(map(len, lines)) <= width
    assert len(lines) <= 20
    assert "…" not in text
    whole = ("20988279417830133" in text, "open " in text.replace("open,", ""), "98765.4321" in text)
    assert whole == (width > 23, width >= 40, width >= 60)
    for cell in ("98765.4321", "123456.789", "1900.25", "ETH/USD", "22:13:20"):
        assert cell in text or not any(part in text for part in (cell[:4], cell[-4:]))
    assert ("columns are not" in " ".join(text.split())) == (width < 120)


def test_an_id_that_is_wider_than_the_terminal_goes_on_in_the_next_line() -> None:
    """All of it is there."""
    screen = Screen("hashkey", lambda: True)
    name = "".join(f"{number:03}" for number in range(40))
    screen.show(update(name, OrderStatus.OPEN))
    text = drawn(screen, width=40)
    shown = "".join(line.strip("│ ") for line in text.splitlines() if line.startswith("│"))
    assert shown == name
