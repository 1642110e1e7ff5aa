"""A venue may want the requests of a key in order, each with a higher nonce: the core makes both, at any rate."""

from __future__ import annotations

import asyncio
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest

import hk_adapter as hk
from hk_adapter.errors import NotSent, OutcomeUnknown
from hk_adapter.flow.effects import HttpCall, Lane
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.flow.runtime import Liveness, Runtime
from hk_adapter.hooks import RateLimit
from hk_adapter.registry import unregister_venue
from hk_adapter.settings import HmacCredentials
from hk_adapter.testing.virtual_time import VirtualRunner, VirtualTime
from hk_adapter.transport.in_order import InOrder, RequestQueue
from hk_adapter.transport.rate_budget import RateBudget, Unlimited
from hk_adapter.transport.request_builder import RequestBuilder
from hk_adapter.transport.venue_clock import VenueClock

EPOCH = 1_760_000_000.0


class Harbor:
    """A venue that shows its nonces, and whose answers come after a while of their own."""

    hosts = frozenset({"https://harbor.example"})
    limits = {  # noqa: RUF012
        "orders": RateLimit(amount=1000),
        "reads": RateLimit(amount=1000),
        "slow": RateLimit(amount=1, window=5.0),
    }
    request_lifetime = 5000

    def __init__(self, seed=0, ways=None):
        self.rng = random.Random(seed)
        self.time = VirtualTime()
        self.arrived = []  # when, which nonce, which path, when it was over
        self.ways = ways or (lambda path: (self.rng.uniform(0, 0.3), self.rng.uniform(0, 0.3)))

    def sign(self, call, credentials, timestamp):
        """Write the nonce into the query."""
        return HttpRequest(call.method, f"https://harbor.example{call.path}?nonce={call.nonce}", {})

    def send(self, request, deadline):
        """Tell the story of one exchange."""
        there, back = self.ways(request.path)
        yield min(self.time.now + there, deadline)
        arrived = self.time.now
        yield min(arrived + back, deadline)
        nonce = request.url.partition("nonce=")[2]
        self.arrived.append((arrived, None if nonce == "None" else int(nonce), request.path, self.time.now))
        if arrived + back > deadline:
            raise OutcomeUnknown("no answer")
        return Response(200, {}, b"")

    def runner(self, groups=None, *, parts=1_000_000, limited=True, queue=None):
        """Give what runs flows on it."""
        clock = VenueClock(self.time.monotonic, lambda: EPOCH + self.time.now)
        budget = RateBudget(self.limits)
        admission = InOrder(budget if limited else Unlimited(budget), queue or RequestQueue(), groups, parts)
        prepare = RequestBuilder(self, HmacCredentials("k", "s"), clock, admission.numbered)
        runtime = Runtime(prepare=prepare, clock=clock, admission=admission, liveness=Liveness(), rng=random.Random(1))
        return VirtualRunner(runtime, self, self.time)


async def send(path="/x", *, signed=True, deadline=1000.0, **options):
    """Send one request."""
    options = {"group": "orders", "timeout": 3.0} | options
    return await HttpCall("POST", path, signed=signed, deadline=deadline, **options)


@pytest.mark.parametrize("limited", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_fifty_in_flight_arrive_in_order(seed, limited):
    """However long each is under way: nonces rise strictly as they arrive, and none leaves before another is over."""
    harbor = Harbor(seed)
    results = harbor.runner(limited=limited).run_all([send() for _ in range(50)])
    assert [one.status for one in results] == [200] * 50
    rows = sorted(harbor.arrived)
    assert all(one[1] < other[1] for one, other in pairwise(rows))
    assert all(one[3] <= other[0] for one, other in pairwise(rows))


def test_only_the_ordered_groups_and_signed_requests_stand_in_line():
    """All others go out as they come, without a nonce."""
    harbor = Harbor(ways=lambda path: (1.0, 0.0))
    flows = [send("/a"), send("/b", group="reads"), send("/c", signed=False), send("/d")]
    harbor.runner(frozenset({"orders"})).run_all(flows)
    assert {path: round(arrived, 1) for arrived, _, path, _ in harbor.arrived} == {"/a": 1, "/b": 1, "/c": 1, "/d": 2}
    assert {path for _, nonce, path, _ in harbor.arrived if nonce is None} == {"/b", "/c"}


def test_cancels_go_first():
    """Those that wait, and then what confirms them, before any other request that came sooner."""
    harbor = Harbor(ways=lambda path: (0.1, 0.1))
    lanes = {"/a": Lane.NORMAL, "/b": Lane.NORMAL, "/cancel": Lane.CANCEL, "/look": Lane.CONFIRM}
    harbor.runner().run_all([send(path, lane=lane) for path, lane in lanes.items()])
    assert [path for _, _, path, _ in harbor.arrived] == ["/a", "/cancel", "/look", "/b"]


def test_one_that_waits_for_its_budget_lets_others_pass():
    """A full group holds up nobody of another."""
    harbor = Harbor(ways=lambda path: (0.1, 0.1))
    harbor.runner().run_all([send("/s1", group="slow"), send("/s2", group="slow"), send("/a"), send("/b")])
    assert [path for _, _, path, _ in sorted(harbor.arrived)] == ["/s1", "/a", "/b", "/s2"]
    assert max(harbor.arrived)[0] > 5


def test_one_that_is_never_answered_holds_the_line_till_it_is_given_up():
    """By its own timeout; what waits past its deadline for its turn is not sent."""
    harbor = Harbor(ways=lambda path: (0.1, 9.0 if path == "/lost" else 0.1))
    lost, late, patient = harbor.runner().run_all([send("/lost"), send("/late", deadline=2.0), send("/patient")])
    assert (type(lost), type(late), patient.status) == (OutcomeUnknown, NotSent, 200)
    assert {path: round(arrived, 1) for arrived, _, path, _ in harbor.arrived} == {"/lost": 0.1, "/patient": 3.1}


@pytest.mark.parametrize(("parts", "digits"), [(1000, 13), (1_000_000, 16), (10**9, 19)])
def test_a_nonce_is_the_venues_time(parts, digits):
    """In as many parts of a second as the venue counts, so that it is above those of an earlier run of the program."""
    harbor = Harbor(ways=lambda path: (0.0, 0.0))
    harbor.runner(parts=parts).run_all([send(), send(), send()])
    nonces = [nonce for _, nonce, _, _ in harbor.arrived]
    assert nonces[0] == int(EPOCH * parts)
    assert all(one < other for one, other in pairwise(nonces))
    assert [len(str(nonce)) for nonce in nonces] == [digits] * 3


class Quay(BaseHTTPRequestHandler):
    """Refuses a nonce that is not above all before it."""

    protocol_version = "HTTP/1.1"
    last, refused, seen, others = 0, 0, 0, 0
    lock = threading.Lock()

    def do_POST(self):
        """Answer one."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with Quay.lock:
            stale = int(self.headers["X-Nonce"]) <= Quay.last or Quay.others > 0
            Quay.others = 0
            Quay.last = max(Quay.last, int(self.headers["X-Nonce"]))
            Quay.refused += stale
            Quay.seen += 1
        body = b"stale" if stale else b"good"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        """Say nothing."""


class Pier:
    """A venue of it: all by POST, in order."""

    limits = {"orders": RateLimit(amount=1000)}  # noqa: RUF012
    request_lifetime = 5000
    ordered = True

    @hk.hookimpl
    def open_venue(self, settings):
        """Open itself."""
        self.origin = settings.base_url
        self.hosts = frozenset({self.origin})
        return self

    def sign(self, call, credentials, timestamp):
        """Put the nonce into a header."""
        sign = credentials.hmac("sha512", str(call.nonce).encode()).hex()
        return hk.HttpRequest(call.method, self.origin + call.path, {"X-Nonce": str(call.nonce), "X-Sign": sign})

    async def _ask(self, path, **options):
        response = await hk.HttpCall("POST", path, signed=True, group="orders", **options)
        if response.body == b"stale":
            raise hk.ClockSkew("pier: stale nonce")
        return response

    @hk.hookimpl
    async def fetch_order(self, request):
        """Ask for an order."""
        await self._ask("/query", reads=True)
        one, none = Decimal(1), Decimal(0)
        return hk.Order(id=request.order_id, status=hk.OrderStatus.CANCELED, amount=one, filled=none, price=one)

    @hk.hookimpl
    async def cancel_order(self, request):
        """Cancel one."""
        await self._ask("/cancel", lane=hk.Lane.CANCEL)
        return hk.Order(id=request.order_id, status=hk.OrderStatus.PENDING_CANCEL)


@contextmanager
def pier(last=0):
    """Open it on a free port, with a nonce that was used before."""
    Quay.last, Quay.refused, Quay.seen, Quay.others = last, 0, 0, 0
    hk.register_venue("pier", Pier())
    with ThreadingHTTPServer(("127.0.0.1", 0), Quay) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield {
                "base_url": f"http://127.0.0.1:{server.server_port}",
                "api_key": f"k{server.server_port}",
                "secret": "s",
            }
        finally:
            server.shutdown()
            unregister_venue("pier")


def test_threads_of_two_connections_of_one_key_are_one_line():
    """With limits and without: no nonce is refused."""
    with pier() as given, ThreadPoolExecutor(8) as pool:
        venues = [hk.connect("pier", budget=budget, **given) for budget in (None, "unlimited")]
        list(pool.map(lambda number: venues[number % 2].fetch_order(str(number + 1)), range(30)))
        for venue in venues:
            venue.close()
    assert (Quay.seen, Quay.refused) == (30, 0)


def test_fifty_tasks_are_one_line():
    """Over as many connections as asyncio has open."""

    async def all_of_them(given):
        async with hk.connect_async("pier", **given) as venue:
            await asyncio.gather(*(venue.fetch_order(str(number + 1)) for number in range(50)))

    with pier() as given:
        asyncio.run(all_of_them(given))
    assert (Quay.seen, Quay.refused) == (50, 0)


def test_a_stale_nonce_is_repeated_as_a_skew_is():
    """The venue knew a higher one; the next is higher, and the cancel goes out again, once."""
    with pier() as given, hk.connect("pier", **given) as venue:
        venue.fetch_order("1")
        Quay.others = 1  # somebody else's nonce was higher, a moment ago
        report = venue.try_cancel("7")
    assert (report.outcome, report.attempts, Quay.refused) == (hk.CancelOutcome.CANCELED, 2, 1)


@pytest.mark.parametrize(
    ("said", "words"),
    [({"ordered": "orders"}, "'ordered' is neither"), ({"nonces_a_second": 0}, "'nonces_a_second' is no whole number")],
)
def test_what_a_venue_says_of_its_order_is_checked_when_it_opens(monkeypatch, said, words):
    """As all that it says of itself."""
    for name, value in said.items():
        monkeypatch.setattr(Pier, name, value, raising=False)
    with pier() as given, pytest.raises(hk.PluginError, match=words):
        hk.connect("pier", **given)
