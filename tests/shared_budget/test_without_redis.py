"""What holds while Redis is out of reach, and after it forgot: cancels go on within a share, no limit is breached."""

from __future__ import annotations

import math
import os
import time

import pytest

from hk_adapter.flow.effects import Lane
from hk_adapter.hooks import LeakyBucket, RateLimit
from hk_adapter.transport.shared_budget import link as link_module
from hk_adapter.transport.shared_budget.local_share import divided

from .conftest import Process, Server, wait_until

TEN = {"orders": RateLimit(amount=10, window=60.0, kept=2)}
SHORT = {"orders": RateLimit(amount=10, window=0.05, kept=2)}


@pytest.fixture(params=["killed", "hung"])
def gone(request: pytest.FixtureRequest, own_server: Server, patience: None) -> Server:
    """A server that two processes know, and that is gone in one of two ways as the test says ``lose``."""
    own_server.lose = own_server.stop if request.param == "killed" else own_server.freeze  # type: ignore[attr-defined]
    return own_server


def test_cancels_go_on_and_creates_do_not(gone: Server) -> None:
    """Two of four processes' shares of ten are two cancels each; a new order is refused in words, with nothing sent."""
    process = Process(gone, gone.new_key(), TEN, processes=4)
    process.leave(process.enter())
    process.waits(process.enter(group="queries"))
    assert process.answer(process.enter()) == 0
    gone.lose()
    begun = time.monotonic()
    cancel = process.enter(Lane.CANCEL)
    assert process.waits(cancel) < 1.0
    assert process.goes(Lane.CANCEL) is None  # what went out by Redis' word is counted in the share, too
    assert "its Redis is out of reach" in process.refusal(process.enter())
    assert time.monotonic() - begun < 2.0


def test_reads_go_on(gone: Server) -> None:
    """What changes nothing goes out within the share, for the looks of cancels have one kept."""
    process = Process(gone, gone.new_key(), TEN, processes=2)
    gone.lose()
    process.waits(process.enter(reads=True))


@pytest.mark.parametrize(("without_redis", "create", "cancel"), [("all", True, True), ("nothing", False, False)])
def test_the_other_ways(own_server: Server, patience: None, without_redis: str, create: bool, cancel: bool) -> None:
    """By configuration creates go on within the share as well, or cancels do not either."""
    process = Process(own_server, own_server.new_key(), TEN, processes=2, without_redis=without_redis)
    own_server.stop()
    for lane, goes in ((Lane.NORMAL, create), (Lane.CANCEL, cancel)):
        ticket = process.enter(lane)
        if goes:
            process.waits(ticket)
        else:
            assert process.refusal(ticket).startswith("nothing goes out without the shared rate budget")


def test_redis_comes_back_empty(own_server: Server, monkeypatch: pytest.MonkeyPatch, patience: None) -> None:
    """It forgot what went out: creates wait until that counts no more, cancels go by the share; then all is shared."""
    monkeypatch.setattr(link_module, "COUNTED_LATE", 0.1)
    key = own_server.new_key()
    one, other = (Process(own_server, key, SHORT, processes=4) for _ in range(2))
    assert one.goes()
    assert other.goes()
    own_server.stop()
    for process in (one, other):
        process.refusal(process.enter())
    own_server.start()
    back = time.monotonic()
    wait_until(lambda: one.link.gone is None and other.link.gone is None)
    create = one.enter()
    assert one.answer(create) > 0
    one.waits(one.enter(Lane.CANCEL))
    one.waits(create)
    assert time.monotonic() - back >= 0.1
    assert other.goes()


def test_what_went_out_meanwhile_is_told(own_server: Server, monkeypatch: pytest.MonkeyPatch, patience: None) -> None:
    """What each sent while Redis was gone counts for all when it is back."""
    monkeypatch.setattr(link_module, "COUNTED_LATE", 0.0)
    key = own_server.new_key()
    limits = {"orders": RateLimit(amount=4, window=60.0)}
    one, other = (Process(own_server, key, limits, processes=2) for _ in range(2))
    own_server.stop()
    for process in (one, other):
        tickets = [process.enter(Lane.CANCEL) for _ in range(2)]
        for ticket in tickets:
            process.waits(ticket)
    own_server.start()
    wait_until(lambda: one.link.gone is None and other.link.gone is None)
    with own_server.client() as client:
        assert client.eval("return #cmsgpack.unpack(redis.call('GET', KEYS[1])).charges", 1, key) == 4
    assert one.goes() is None


def test_a_flush_of_scripts_is_not_noticed(server: Server) -> None:
    """A flush of Redis' scripts is not even noticed."""
    process = Process(server, server.new_key(), TEN)
    assert process.goes()
    with server.client() as client:
        client.script_flush()
    assert process.goes()
    assert process.link.gone is None


def test_after_a_flush_of_data_all_under_way_is_told_again(own_server: Server) -> None:
    """After a flush of its data all that is under way is told again, and nothing goes out before that can be old."""
    process = Process(own_server, own_server.new_key(), TEN)
    assert process.goes()
    with own_server.client() as client:
        client.flushall()
    assert process.goes() is None
    with own_server.client() as client:
        found = "return #cmsgpack.unpack(redis.call('GET', KEYS[1])).charges"
        wait_until(lambda: client.eval(found, 1, process.budget.key) == 1)


def test_nobody_has_begun(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first process cannot know whether there were others: its creates wait for a window, its cancels do not."""
    monkeypatch.setattr(link_module, "COUNTED_LATE", 0.1)
    process = Process(server, server.new_key(settled=False), SHORT)
    begun = time.monotonic()
    process.waits(process.enter(Lane.CANCEL))
    assert time.monotonic() - begun < 0.1
    process.waits(process.enter())
    assert time.monotonic() - begun >= 0.15


def test_a_clock_that_is_set_back(server: Server) -> None:
    """A Redis whose clock was set back has lost its state, too: pauses last as long as they did."""
    key = server.new_key()
    with server.client() as client:
        client.eval(
            """
            local now = tonumber(redis.call('TIME')[1])
            redis.call('SET', KEYS[1], cmsgpack.pack({epoch = 1, at = now + 3600, from = 0, waiting = {}, buckets = {},
              charges = {{id = 'x', n = true, w = {orders = 1}, l = now + 3601}}, pauses = {orders = now + 3602},
              keep = {orders = 60}}))
            """,
            1,
            key,
        )
    process = Process(server, key, SHORT)
    assert process.goes() is None
    assert 1 < (process.budget.pause_left("orders", time.monotonic()) or 0) <= 2


def test_a_key_that_is_somebody_elses(server: Server, patience: None) -> None:
    """What Redis refuses is told, and counts as out of reach."""
    key = server.new_key(settled=False)
    with server.client() as client:
        client.set(key, "theirs")
    process = Process(server, key, TEN)
    assert "out of reach" in process.refusal(process.enter())


def test_a_password_is_never_shown(own_server: Server, patience: None) -> None:
    """Neither in the refusal of a new order, nor where it is a wrong one."""
    own_server.stop()
    own_server.password = "canary-of-a-password"
    own_server.start()
    right = Process(own_server, own_server.new_key(), TEN)
    assert right.goes()
    address = own_server.url()
    own_server.stop()
    told = [right.refusal(right.enter()), repr(right.link._address)]
    own_server.password = "another"
    own_server.start()
    wrong = Process(own_server, "k", TEN)
    wrong.link._address = right.link._address
    told.append(wrong.refusal(wrong.enter()))
    assert "canary" in address
    assert "canary" not in "".join(told)
    assert "Authentication" in told[-1]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_thread_that_broke(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody foresaw counts as out of reach, and the next call begins anew."""
    process = Process(server, server.new_key(), TEN)
    with monkeypatch.context() as broken:
        broken.setattr(process.link, "_exchange", lambda batches: 1 / 0)
        assert process.refusal(process.enter()).endswith("its thread broke")
    wait_until(lambda: process.goes(Lane.CANCEL) is not None and process.link.gone is None)


def test_a_child_has_a_connection_of_its_own(server: Server) -> None:
    """After a fork the child shares the budget as any other process does."""
    process = Process(server, server.new_key(), TEN)
    assert process.goes()
    child = os.fork()
    if child == 0:
        os._exit(0 if process.goes() and process.goes() else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert sum(process.goes() is not None for _ in range(8)) == 5


def test_the_share_is_a_part_of_each_limit(server: Server) -> None:
    """A part of each limit, with a part of its reserve; less than one unit is one in a longer time."""
    limits = {
        "orders": (RateLimit(amount=10, kept=2), LeakyBucket(capacity=125, refill=2.0, kept=10)),
        "queries": RateLimit(amount=2, by_weight=False, kept=1),
        "free": (),
    }
    assert divided(limits, 4) == {
        "orders": (RateLimit(amount=2, kept=1), LeakyBucket(capacity=31, refill=0.5, kept=3)),
        "queries": (RateLimit(amount=1, window=2.0, by_weight=False),),
        "free": (),
    }
    assert divided({"one": RateLimit(amount=3)}, 1) == {"one": (RateLimit(amount=3),)}
    assert math.isclose(divided({"one": RateLimit(amount=3)}, 4)["one"][0].window, 4 / 3)


LIES = {
    "a wait that is no number": "answers = fill(0 / 0)",
    "a wait without an end": "answers = fill(1e300)",
    "a pause without an end": "pauses = {[''] = math.huge}",
    "a start that is no number": "from = 0 / 0",
    "an age that is no number": "epoch = 0 / 0",
    "fewer answers than questions": "answers = {}",
    "more of them": "answers = {0, 0, 0, 0, 0, 0, 0, 0, 0}",
    "nothing": None,
}
LYING = """
local asked = #cmsgpack.unpack(ARGV[1]).ops
local function fill(number) local all = {} for at = 1, asked do all[at] = number end return all end
local epoch, from, pauses, answers = 1, -10, {}, fill(0)
%s
return cmsgpack.pack({epoch = epoch, from = from, pauses = pauses, block = false, answers = answers})
"""


@pytest.mark.parametrize("lie", LIES)
def test_what_answers_nonsense_is_out_of_reach(
    server: Server, patience: None, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], lie: str
) -> None:
    """Whatever stands in the place of the script, cancels go on and creates are refused in words; no thread breaks."""
    told = LIES[lie]
    monkeypatch.setattr(link_module, "SCRIPT", "return 0" if told is None else LYING % told)
    process = Process(server, server.new_key(), TEN, processes=4)
    process.waits(process.enter(Lane.CANCEL))
    assert "out of reach: DecodeError: " in process.refusal(process.enter())
    process.waits(process.enter(Lane.CANCEL))
    assert capfd.readouterr().err == ""
