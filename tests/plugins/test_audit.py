"""Each request that changes something has its line before it is sent, and one after; nothing secret is in any."""

from __future__ import annotations

import json
import logging
import os
import shutil
import stat
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome, ConfigurationError, PluginError, RequestState, wraps_flow
from hk_adapter.plugins.audit import Audit
from hk_adapter.plugins.audit.file import AuditFile
from hk_adapter.plugins.audit.lines import noted

ORDER = {"symbol": "ETH/USD", "type": "limit", "side": "buy", "amount": "1.50", "price": "1900"}
KEY, SECRET, PASSWORD = "canary-key-6f1d", "canary-secret-93ab", "canary-password-77"
PATIENCE = 20.0


@pytest.fixture
def path(tmp_path):
    """Name the file, which is not there yet."""
    return tmp_path / "audit.jsonl"


@pytest.fixture
def lines(path):
    """Read the file's lines."""
    return lambda: [json.loads(line) for line in path.read_bytes().splitlines()]


@pytest.fixture
def audit(path):
    """Make an audit that is never late."""
    return Audit(path, cancel_patience=PATIENCE)


async def test_a_create_and_a_cancel(open_desk, audit, lines):
    """Three lines a call: what is about to be sent, what it was answered, and what the call came to."""
    desk = await open_desk(plugins=[audit])
    order = await desk.call("create_order", **ORDER, client_order_id="mine")
    await desk.cancel(order.id)
    told = lines()
    assert [(line["operation"], line["event"]) for line in told] == [
        *(("create_order", event) for event in ("request", "answer", "result")),
        *(("cancel_order", event) for event in ("request", "answer", "result")),
    ]
    create, _, created, cancel, acknowledged, canceled = told
    terms = {"symbol": "ETH/USD", "type": "limit", "side": "buy", "amount": "1.50", "price": "1900"}
    assert create["request"] == terms | {"client_order_id": "mine"}
    assert (create["venue"], create["environment"], create["hook"]) == ("hashkey", "simulator", "create_order")
    assert created["orders"][0]["id"] == cancel["request"]["order_id"] == order.id
    assert (acknowledged["state"], acknowledged["orders"][0]["status"]) == ("answered", "pending_cancel")
    [report] = canceled["orders"]
    assert (report["outcome"], report["attempts"], report["order"]["filled"]) == ("canceled", 1, "0")
    assert len({line["call"] for line in told}) == 2


async def test_what_was_held_back_was_not_answered(open_desk, audit, lines):
    """A cancel that another wrapper kept from being sent has the state of what was not sent, alone and among others."""
    desk = await open_desk(plugins=[audit, "dry_run"])
    await desk.call("try_cancel", "123")
    await desk.call("cancel_orders", ["123", "124"])
    assert [line["state"] for line in lines() if line["event"] == "result"] == ["not_sent", "not_sent"]


async def test_the_line_is_there_before_the_request(open_desk, audit, lines):
    """What kills the process then finds it written."""
    seen = []

    class Peek:
        @wraps_flow
        async def attempt(self, flow, hook):
            seen.append((hook, lines()[-1]["event"], len(desk.simulator.requests)))
            await flow

    desk = await open_desk(plugins=[audit, Peek()])
    order = await desk.call("create_order", **ORDER)
    await desk.cancel(order.id)
    assert seen[0] == ("create_order", "request", 0)
    assert seen[1] == ("cancel_order", "request", 1)


async def test_refusals_doubts_and_repeats_have_lines(open_desk, audit, lines, skipped_time):
    """Each attempt is told by its number, an error by its kind, the venue's code, and what is known of the request."""
    desk = await open_desk(plugins=[audit])
    order = await desk.place()
    desk.simulator.fail_next(status=503, method="DELETE")
    report = await desk.try_cancel(order.id)
    desk.simulator.fail_next(code="0401", method="POST")
    with pytest.raises(hk.InsufficientFunds):
        await desk.call("create_order", **ORDER)
    told = [line for line in lines() if line["event"] == "answer"][1:]
    assert [(line.get("number"), line["state"], line.get("error")) for line in told[:2]] == [
        (1, "unknown", "OutcomeUnknown"),
        (2, "answered", None),
    ]
    assert report.ambiguous_attempts == lines()[-4]["orders"][0]["ambiguous_attempts"] == 1
    assert (told[2]["state"], told[2]["error"]) == ("refused", "InsufficientFunds 0401")
    assert (lines()[-1]["event"], lines()[-1]["error"]) == ("result", "InsufficientFunds 0401")


async def test_each_order_of_a_call_is_in_its_lines(open_desk, audit, lines):
    """Each order of a call is in its lines."""
    desk = await open_desk(plugins=[audit], budget="unlimited")
    reports = await desk.call("create_orders", [ORDER, ORDER | {"price": "1800"}])
    ids = [report.order.id for report in reports]
    await desk.call("cancel_orders", ids)
    await desk.call("cancel_all_orders", "ETH/USD")
    told = lines()
    [batch] = [line for line in told if line.get("hook") == "create_orders" and line["event"] == "request"]
    assert [order["price"] for order in batch["request"]["orders"]] == ["1900", "1800"]
    [end] = [line for line in told if line["operation"] == "cancel_orders" and line["event"] == "result"]
    assert [(one["order"]["id"], one["outcome"]) for one in end["orders"]] == [(one, "canceled") for one in ids]


async def test_reads_have_none(open_desk, audit, path):
    """Nor is there a file before there is a line."""
    desk = await open_desk(plugins=[audit])
    await desk.call("fetch_open_orders")
    await desk.call("fetch_time")
    assert not path.exists()


async def test_no_secret_is_in_the_file(open_desk, audit, path, skipped_time):
    """Neither key nor secret nor signature, no text of the venue's, and of params only what says where an order is."""
    desk = await open_desk(plugins=[audit], api_key=KEY, secret=SECRET, timeout=3.0)
    order = await desk.place()
    body = json.dumps({"code": "-2010", "msg": f"key {KEY} with {SECRET} {PASSWORD}"})
    desk.simulator.fail_next(body=body, method="DELETE")
    await desk.try_cancel(order.id)
    with pytest.raises(hk.InvalidArgument):
        await desk.try_cancel(order.id, params={"tradingPassword": PASSWORD})
    with pytest.raises(hk.AdapterError):
        await desk.call("create_order", **ORDER, params={"tradingPassword": PASSWORD})
    written = path.read_text()
    assert [word for word in (KEY, SECRET, PASSWORD, "signature", "timestamp") if word in written] == []
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_params_that_were_left_out_are_told():
    """A line says where it does not say all."""
    request = hk.CancelRequest(order_id="1", params={"tradingPassword": PASSWORD, "stop": True})
    assert noted(request) == {"order_id": "1", "params": {"stop": True}, "params_left_out": True}


def _directory(path):
    path.unlink()
    path.mkdir()


def _fifo(path):
    path.unlink()
    os.mkfifo(path)


def _full(path):
    path.unlink()
    path.symlink_to("/dev/full")


def _gone(path):
    shutil.rmtree(path.parent)


@pytest.mark.parametrize("breaks", [_directory, _gone, _fifo, _full])
async def test_a_failing_file_keeps_creates_back_and_lets_cancels_pass(open_desk, tmp_path, breaks, caplog):
    """A create without its line is not sent; a cancel is, and its report and one line of the log say so."""
    path = tmp_path / "audits" / "audit.jsonl"
    path.parent.mkdir()
    desk = await open_desk(plugins=[Audit(path, cancel_patience=PATIENCE)])
    orders = [await desk.place() for _ in range(2)]
    breaks(path)
    with pytest.raises(PluginError) as caught:
        await desk.call("create_order", **ORDER)
    assert (caught.value.request_state, desk.simulator.requests) == (RequestState.NOT_SENT, [])
    assert str(path) in str(caught.value)
    caplog.clear()
    report = await desk.try_cancel(orders[0].id)
    assert (report.outcome, report.final, report.attempts) == (CancelOutcome.CANCELED, True, 1)
    assert isinstance(report.error, PluginError)
    assert str(report.error).startswith(f"cancel_order is not fully in the audit: {path}: ")
    [line] = [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]
    assert line == str(report.error)
    assert (await desk.cancel(orders[1].id)).status == "canceled"


async def test_a_file_that_hangs_delays_a_cancel_once(open_desk, path, monkeypatch):
    """One patience for a call, and while one line hangs no other thread is lost to the file."""
    desk = await open_desk(plugins=[Audit(path, cancel_patience=0.02)])
    orders = [await desk.place() for _ in range(2)]
    release, entered = threading.Event(), []

    def hang(*arguments, **keywords):
        entered.append(arguments)
        release.wait(10)
        raise OSError("released")

    monkeypatch.setattr("hk_adapter.plugins.audit.file.open", hang, raising=False)
    try:
        for order in orders:
            report = await desk.try_cancel(order.id)
            assert (report.outcome, len(entered)) == (CancelOutcome.CANCELED, 1)
            assert "not fully in the audit" in str(report.error)
    finally:
        release.set()


async def test_whatever_rotates_it_may_move_it(open_desk, audit, path, lines):
    """The next line is in a new file of the name, and none is lost."""
    desk = await open_desk(plugins=[audit])
    order = await desk.place()
    path.rename(moved := path.with_suffix(".1"))
    await desk.cancel(order.id)
    assert len(moved.read_bytes().splitlines()) == 3
    assert [line["operation"] for line in lines()] == ["cancel_order"] * 3


async def test_a_torn_line_tears_no_other(open_desk, audit, path):
    """A line that a crash or a full disk has cut stays alone; the next one begins a line of its own."""
    path.write_bytes(b'{"time": "20')
    desk = await open_desk(plugins=[audit])
    await desk.place()
    torn, *whole = path.read_bytes().splitlines()
    assert torn == b'{"time": "20'
    assert [json.loads(line)["event"] for line in whole] == ["request", "answer", "result"]


def test_many_at_once(path, lines):
    """Lines of many threads and of several audits of one file stay whole."""
    files = [AuditFile(path), AuditFile(path)]
    line = json.dumps({"filler": "x" * 2000}).encode() + b"\n"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: files[number % 2]._write(line, PATIENCE), range(80)))
    assert len(lines()) == 80


def test_a_child_waits_for_no_thread_of_its_parent(path, lines, monkeypatch):
    """A fork while a line is being written leaves the child a file that it can write."""
    file = AuditFile(path)
    file._turns[os.getpid()] = threading.Lock()
    file._turns[os.getpid()].acquire()
    with pytest.raises(TimeoutError, match="an earlier line"):
        file._write(b"{}\n", 0.01)
    monkeypatch.setattr("hk_adapter.plugins.audit.file.os.getpid", lambda: -1)
    file._write(b"{}\n", PATIENCE)
    assert lines() == [{}]


@pytest.mark.parametrize("given", [None, "", 5, b"audit"])
def test_what_is_no_path(given):
    """It is refused when it is made."""
    with pytest.raises(ConfigurationError, match="HK_ADAPTER_AUDIT"):
        Audit(given)


def test_by_its_id_it_reads_its_variable(monkeypatch, path):
    """A profile, and so the command, has no arguments for it."""
    monkeypatch.setenv("HK_ADAPTER_AUDIT", str(path))
    with hk.connect("hashkey", environment="simulator", plugins=["audit"]) as venue:
        venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    assert len(path.read_bytes().splitlines()) == 3
