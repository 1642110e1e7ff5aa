"""What stands in the file, and when: the intent before the send, the outcome after."""

from __future__ import annotations

import stat
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from decimal import Decimal
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

import hk_adapter
from hk_adapter import CancelOutcome, ConfigurationError, Mismatch, OrderRejected, OutcomeUnknown, Venue
from hk_adapter.plugins.journal import Journal, default_path
from hk_adapter.plugins.journal.file import JournalFile
from hk_adapter.plugins.journal.processes import GRACE
from hk_adapter.registry import load_wrapper
from hk_adapter.simulator import SimRequest, SimResponse, Simulator, serve
from hk_adapter.simulator.server import Served

Look = Callable[[str], list[dict[str, Any]]]


class Peeking(Simulator):
    """A venue that reads the journal when an order request arrives, before it does anything."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.seen: list[tuple[str, list[dict[str, Any]], list[dict[str, Any]]]] = []

    def handle(self, request: SimRequest, now: int) -> SimResponse:
        """Look, then answer."""
        if request.method in {"POST", "DELETE"}:
            self.seen.append((request.method, self._look("operations"), self._look("attempts")))
        return super().handle(request, now)


@pytest.fixture
def peeking(look: Look) -> Peeking:
    """Make a venue that looks into the journal."""
    return Peeking(look)


@pytest.fixture
def served(peeking: Peeking) -> Iterator[Served]:
    """Serve it."""
    with serve(simulator=peeking) as server:
        yield server


def test_the_intent_is_in_the_file_before_the_send(venue: Venue, peeking: Peeking) -> None:
    """When the venue gets a request, another connection reads its order, its terms and the begun attempt."""
    order = venue.create_order("ETH/USD", "limit", "buy", "1.50", "1900", client_order_id="mine-1")
    venue.cancel_order(order.id, "ETH/USD")
    (post, created, post_attempts), (delete, canceled, delete_attempts) = peeking.seen
    assert (post, delete) == ("POST", "DELETE")
    assert (created[0]["name"], created[0]["state"], created[0]["outcome"]) == ("create_order", "sent", None)
    assert [created[0][name] for name in ("client_order_id", "symbol", "side", "amount", "price")] == [
        "mine-1",
        "ETH/USD",
        "buy",
        "1.50",
        "1900",
    ]
    assert (canceled[1]["name"], canceled[1]["state"], canceled[1]["order_id"]) == ("cancel_order", "sent", order.id)
    assert [(one["hook"], one["ended"]) for one in post_attempts] == [("create_order", None)]
    assert (delete_attempts[1]["hook"], delete_attempts[1]["ended"]) == ("cancel_order", None)


def test_the_outcome_is_in_the_file_after_the_call(venue: Venue, served: Served, order_id: str, look: Look) -> None:
    """A settled entry has the outcome, what it rests on, and how the order ended; its attempt, what was answered."""
    served.control.fill(order_id, "0.25")
    venue.try_cancel(order_id)
    (row,) = look("operations")
    assert (row["state"], row["outcome"], row["evidence"]) == ("settled", "partially_canceled", "query")
    assert (row["status"], row["filled"]) == ("canceled", "0.25")
    assert row["ended"] >= row["started"] > 1_600_000_000_000
    (attempt,) = look("attempts")
    assert (attempt["known"], attempt["call"], attempt["order_ids"]) == ("answered", row["call"], order_id)
    assert attempt["ended"] >= attempt["started"]


async def test_asyncio_writes_the_same(served: Served, journal: Journal, order_id: str, look: Look) -> None:
    """An AsyncVenue's calls are journalled like a Venue's."""
    async with hk_adapter.connect_async(
        "hashkey", environment="simulator", base_url=served.url, plugins=[journal]
    ) as venue:
        await venue.cancel_order(order_id)
    (row,) = look("operations")
    assert (row["state"], row["outcome"], row["order_id"]) == ("settled", "canceled", order_id)
    assert [one["known"] for one in look("attempts")] == ["answered"]


def test_a_cancel_writes_twice(venue: Venue, order_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once before its request, which waits for the disk, and once after it: each is a thread's turn and a commit."""
    writes: list[bool] = []
    perform = JournalFile.perform

    def counted(file: JournalFile, job: Any, *, patience: float, durable: bool = False) -> Any:
        writes.append(durable)
        return perform(file, job, patience=patience, durable=durable)

    monkeypatch.setattr(JournalFile, "perform", counted)
    venue.cancel_order(order_id)
    assert writes == [True, False]


@pytest.mark.parametrize(
    ("names", "is_read"),
    [({"order_id": "404"}, False), ({"client_order_id": "mine-1"}, True),
     ({"order_id": "404", "client_order_id": "mine-1"}, True)],
)  # fmt: skip
def test_the_venues_clock_is_read_where_times_tell_orders_apart(
    venue: Venue, look: Look, names: dict[str, str], is_read: bool
) -> None:
    """An order that is named by the venue's id alone is found by it, whatever the clocks say."""
    venue.try_cancel(**names)
    (row,) = look("operations")
    assert (row["clock_offset"] is not None) == is_read


def test_what_was_never_to_be_sent_has_no_entry(venue: Venue, path: Path) -> None:
    """A call that is refused before its first request, by its arguments or by another wrapper, touches no file."""
    with pytest.raises(hk_adapter.InvalidArgument):
        venue.create_order("ETH/USD", "limit", "buy", "1", "1900", client_order_id="x" * 300)
    assert not path.exists()


def test_what_became_of_a_request_is_written_with_the_next_one(
    venue: Venue, served: Served, peeking: Peeking, order_id: str
) -> None:
    """Until then the file says that it may have run, which is never less than the truth."""
    served.control.fail_next("cut", method="DELETE")
    venue.try_cancel(order_id)
    before = [[(one["number"], one["known"]) for one in attempts] for _, _, attempts in peeking.seen[-2:]]
    assert before == [[(1, None)], [(1, "unknown"), (2, None)]]


def test_every_send_has_an_attempt(venue: Venue, served: Served, order_id: str, look: Look) -> None:
    """A cancel whose first answer was lost has two attempts: one unknown, one answered."""
    served.control.fail_next("cut", method="DELETE")
    assert venue.try_cancel(order_id).attempts == 2
    assert [(one["number"], one["known"], one["error"]) for one in look("attempts")] == [
        (1, "unknown", "OutcomeUnknown"),
        (2, "answered", None),
    ]


def test_a_call_may_run_until_a_while_after_its_time_limit(venue: Venue, order_id: str, look: Look) -> None:
    """Until then no other machine takes it for over, and neither closes its entry nor sends anew."""
    venue.cancel_order(order_id, timeout=4)
    (row,) = look("operations")
    assert (row["timeout"], row["until"] - row["started"]) == (4_000, 4_000 + GRACE)


def test_attempts_do_not_count_the_journals_own_io(venue: Venue, served: Served, order_id: str) -> None:
    """Writing to the journal is no request to the venue: a report counts only those that the venue saw."""
    report = venue.try_cancel(order_id)
    assert report.attempts == len([one for one in served.control.requests if one.method == "DELETE"]) == 1


def test_a_refusal_is_settled(venue: Venue, served: Served, look: Look) -> None:
    """A create that the venue refused is settled, with the error's class and the venue's code."""
    with pytest.raises(OrderRejected):
        venue.create_order("ETH/USD", "limit", "buy", "1000", "1900")
    (row,) = look("operations")
    assert (row["state"], row["outcome"]) == ("settled", "refused")
    assert row["error"].startswith("InsufficientFunds ")


def test_what_the_call_could_not_tell_stays_in_flight(venue: Venue, served: Served, look: Look) -> None:
    """An outcome that the caller was told is unknown is not settled."""
    served.control.fail_next("cut", method="POST")
    with pytest.raises(OutcomeUnknown):
        venue.create_order("ETH/USD", "limit", "buy", "1", "1900", timeout=0.5)
    (row,) = look("operations")
    assert (row["state"], row["outcome"]) == ("unresolved", "unknown")


def test_a_caller_that_waits_for_acceptance_only_has_what_it_wanted(venue: Venue, order_id: str, look: Look) -> None:
    """``wait="ack"`` settles with the venue's acceptance."""
    venue.cancel_order(order_id, wait="ack")
    assert [(row["state"], row["outcome"]) for row in look("operations")] == [("settled", "pending")]


def test_an_acceptance_settles_nothing_for_who_waits_for_the_end(
    venue: Venue, served: Served, order_id: str, look: Look
) -> None:
    """An accepted cancel whose end nobody saw stays in flight."""
    served.control.fail_next("cut", method="GET", times=99)
    assert venue.try_cancel(order_id, timeout=0.5).outcome is CancelOutcome.PENDING
    assert [(row["state"], row["outcome"]) for row in look("operations")] == [("unresolved", "pending")]


def test_an_acceptance_for_another_order_than_was_described_settles_nothing(
    venue: Venue, order_id: str, look: Look
) -> None:
    """Nor does it for who waits for that only: the order that was meant may be open."""
    report = venue.try_cancel(order_id, client_order_id="another-1", wait="ack")
    assert (report.outcome, type(report.error)) == (CancelOutcome.PENDING, Mismatch)
    assert [(row["state"], row["outcome"]) for row in look("operations")] == [("unresolved", "pending")]


def test_reads_are_not_journalled(venue: Venue, order_id: str, path: Path) -> None:
    """Calls that change nothing touch no file."""
    venue.fetch_order(order_id)
    venue.fetch_time()
    assert not path.exists()


def test_amounts_keep_every_digit(venue: Venue, look: Look) -> None:
    """Amounts are text, as exact as the caller gave them."""
    venue.create_order("ETH/USD", "limit", "buy", Decimal("1.10"), "1900.00")
    assert [(row["amount"], row["price"]) for row in look("operations")] == [("1.10", "1900.00")]


def test_only_the_owner_may_read_it(venue: Venue, order_id: str, path: Path) -> None:
    """The file and its companions have mode 0600, and a new directory 0700."""
    venue.cancel_order(order_id)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    files = list(path.parent.iterdir())
    assert path in files
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_the_path_is_that_of_the_environment(tmp_path: Path) -> None:
    """Without an argument: HK_ADAPTER_JOURNAL, else XDG_STATE_HOME, else ~/.local/state; never a relative base."""
    home = {"HOME": str(tmp_path)}
    kept = Path("hk-adapter", "journal.sqlite")
    assert default_path({**home, "HK_ADAPTER_JOURNAL": "/a/b"}) == Path("/a/b")
    assert default_path({**home, "XDG_STATE_HOME": "/state"}) == Path("/state") / kept
    assert default_path({**home, "XDG_STATE_HOME": "state"}) == tmp_path / ".local" / "state" / kept
    assert default_path(home) == tmp_path / ".local" / "state" / kept
    with pytest.raises(ConfigurationError, match="HK_ADAPTER_JOURNAL"):
        default_path({})


def test_it_is_a_wrapper_that_needs_no_arguments() -> None:
    """The registry takes it as it takes any installed wrapper, and making it touches no file."""
    wrapper = load_wrapper(Journal)
    assert isinstance(wrapper, Journal)
    assert not wrapper.path.exists()


def test_it_is_installed_as_journal() -> None:
    """The id ``journal`` of the package's own entry points is this wrapper."""
    project = Path(hk_adapter.__file__).parents[1] / "pyproject.toml"
    entries = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["entry-points"]["hk_adapter.plugins"]
    assert EntryPoint("journal", entries["journal"], "hk_adapter.plugins").load() is Journal


def test_no_secret_is_in_the_file(path: Path, journal: Journal) -> None:
    """Neither key nor secret nor signature, whatever the calls came to."""
    key, secret = "canary-key-6f1d", "canary-secret-93ab"
    with (
        serve(simulator=Simulator(api_key=key, secret=secret)) as served,
        hk_adapter.connect(
            "hashkey", environment="sandbox", base_url=served.url, api_key=key, secret=secret, plugins=[journal]
        ) as venue,
    ):
        order = venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
        served.control.fail_next("cut", method="DELETE", times=2)
        venue.try_cancel(order.id, timeout=1)
        served.control.fail_next(code="-2015", msg=f"no such key {secret}", method="DELETE")
        venue.try_cancel(order.id)
        venue.recover()
    content = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert order.id is not None
    assert order.id.encode() in content
    for canary in (key, secret, "signature", "X-HK-APIKEY"):
        assert canary.encode() not in content


def test_sqlite_is_imported_only_for_a_journal() -> None:
    """Who keeps no journal does not pay for one."""
    code = "import sys, hk_adapter; sys.exit('sqlite3' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=Path(hk_adapter.__file__).parents[1], check=True)
