"""A key and a secret go through everything a bot can do, and are looked for wherever a bot could show them."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import dataclasses
import gc
import io
import json
import logging
import os
import pickle
import pprint
import signal
import threading
import traceback
import urllib.parse
import warnings
from pathlib import Path

import pytest
from rich.pretty import pretty_repr
from rich.traceback import Traceback

import hk_adapter as hk
from hk_adapter.hooks import VenueSettings
from hk_adapter.settings import Ed25519Credentials, HmacCredentials, load_credentials
from hk_adapter.simulator import Simulator, serve
from hk_adapter.simulator.core import RecordedRequest
from hk_adapter.venue.connect_arguments import ConnectArguments

KEY = "canary-key/+4711&8"
SECRET = "canary-secret/+0815&9"
PROXY_PASSWORD = "canary-proxy-2342"
PASSPHRASE = "canary-passphrase/+1331&7"
PRIVATE_SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
TESTS = str(Path(__file__).parent.parent)
FORMS = [
    form
    for canary in (KEY, SECRET, PROXY_PASSWORD, PASSPHRASE)
    for form in (
        canary,
        urllib.parse.quote(canary, safe=""),
        urllib.parse.quote_plus(canary),
        base64.b64encode(canary.encode()).decode(),
        canary.encode().hex(),
        canary[:12],
    )
]


def pems():
    """Write the private key of RFC 8032's first test, locked and open, and its public half."""
    serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")
    ed25519 = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ed25519")
    key = ed25519.Ed25519PrivateKey.from_private_bytes(PRIVATE_SEED)
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    locked = key.private_bytes(*form, serialization.BestAvailableEncryption(PASSPHRASE.encode()))
    public = key.public_key().public_bytes(form[0], serialization.PublicFormat.SubjectPublicKeyInfo)
    return [locked.decode(), key.private_bytes(*form, serialization.NoEncryption()).decode(), public.decode()]


def forms_of(*private_keys):
    """List what of private keys must not show: their lines, and the bytes behind them in the usual forms."""
    lines = [line for text in private_keys for line in text.splitlines() if "-----" not in line]
    return [*lines, PRIVATE_SEED.hex(), base64.b64encode(PRIVATE_SEED).decode(), repr(PRIVATE_SEED)[2:-1]]


class Told:
    """Everything that a bot could have shown, and where. Its own repr is short: it stands in many a frame."""

    def __init__(self):
        self.things: list[tuple[str, str]] = []
        self.signatures: set[str] = set()
        self.private_keys: list[str] = []

    def add(self, where, text):
        """Remember a text."""
        self.things.append((where, text))

    def object(self, where, thing):
        """Remember all the ways in which an object shows itself."""
        for how, show in {
            "repr": repr,
            "str": str,
            "format": "{}".format,
            "pprint": pprint.pformat,
            "rich": pretty_repr,
        }.items():
            self.add(f"{how} of {where}", show(thing))
        with contextlib.suppress(TypeError):
            self.add(f"vars of {where}", repr(vars(thing)))
        if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
            for one in dataclasses.fields(thing):
                self.add(f"{where}.{one.name}", repr(getattr(thing, one.name, None)))

    def error(self, where, error):
        """Remember an error: itself, its chain, its traceback with every frame's variables, and its pickle."""
        self.object(where, error)
        self.add(f"pickle of {where}", repr(pickle.dumps(error)))
        for locals_too in (True, False):
            shown = traceback.TracebackException.from_exception(error, capture_locals=locals_too)
            self.add(f"traceback of {where}", without_the_tests_own("".join(shown.format()), locals_too))
        for stack in Traceback.from_exception(type(error), error, error.__traceback__, show_locals=True).trace.stacks:
            for frame in stack.frames:
                if not frame.filename.startswith(TESTS):
                    self.add(f"what rich shows of {frame.name}'s variables in {where}", str(frame.locals))
        link = error.__cause__ or error.__context__
        while link is not None:
            self.object(f"cause of {where}", link)
            self.add(f"arguments of the cause of {where}", repr(link.args))
            link = link.__cause__ or link.__context__

    def leaks(self):
        """Say where a canary or a signature shows."""
        forms = [*FORMS, *self.signatures, *self.private_keys]
        return sorted({f"{where}: {form}" for where, text in self.things for form in forms if form in text})


def without_the_tests_own(shown, locals_too):
    """Leave the frames of tests out: their variables hold the canaries by our own doing."""
    if not locals_too:
        return shown
    frames = shown.split('  File "')
    return '  File "'.join(frame for frame in frames if not frame.startswith(TESTS))


NETWORK = [{"kind": "cut"}, {"kind": "stall"}, {"kind": "truncate"}, {"kind": "refuse"}]
ANSWERS = [
    {"status": 500},
    {"status": 418},
    {"status": 429},
    {"code": "-1006"},
    {"code": "0102"},
    {"code": "-1021"},
    {"code": "0211"},
    {"code": "-2011"},
    {"code": "-9", "msg": "something new"},
    {"body": b"\x00garbage"},
    {"body": '{"orderId":"1"}'},
]
WRONG = [
    ("cancel_order", {}),
    ("cancel_order", {"order_id": "1", "timeout": -1}),
    ("cancel_order", {"order_id": "1" * 21}),
    ("try_cancel", {"order_id": "1", "symbol": "ETHUSD"}),
    ("create_order", {"symbol": "ETH/USD", "type": "limit", "side": "buy", "amount": 1.5, "price": "1"}),
    ("fetch_order", {"order_id": "1", "params": {"x": 1}}),
]


class Watching:
    """A wrapper that fails, so that its faults are logged, and keeps what it saw."""

    def __init__(self):
        self.seen = []

    @hk.wraps_flow
    async def operate(self, flow, operation):
        """Keep the operation, and break afterwards."""
        self.seen.append(operation)
        await flow
        raise RuntimeError("a wrapper's own fault")

    @hk.wraps_flow
    async def cancel_order(self, flow, request):
        """Keep the request."""
        self.seen.append(request)
        await flow


@pytest.fixture
def log():
    """Catch every logger's records at DEBUG, formatted with their tracebacks, and every warning."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s"))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield lambda: stream.getvalue() + repr([(one.message, one.source) for one in caught])
    root.setLevel(before)
    root.removeHandler(handler)


@pytest.fixture
def signatures(monkeypatch):
    """Collect every signature that was made."""
    made = set()
    original = HmacCredentials.hmac_sha256

    def signing(self, message):
        signature = original(self, message)
        made.add(signature)
        return signature

    ed25519 = Ed25519Credentials.ed25519

    def signing_by_ed25519(self, message):
        signature = ed25519(self, message)
        text = base64.b64encode(signature).decode()
        made.update({signature.hex(), text, urllib.parse.quote(text, safe=""), repr(signature)[2:-1]})
        return signature

    monkeypatch.setattr("hk_adapter.settings.credentials.HmacCredentials.hmac_sha256", signing)
    monkeypatch.setattr("hk_adapter.settings.ed25519.Ed25519Credentials.ed25519", signing_by_ed25519)
    return made


def forget_pauses(desk):
    """Let no earlier rate limit count, with limits of our own or without."""
    budget = desk.venue._connection.shared.budget
    getattr(budget, "_budget", budget)._free_from.clear()


async def attempt(desk, told, where, call, *args, **kwargs):
    """Make one call and remember what comes of it, all of which can be pickled. No earlier rate limit counts."""
    forget_pauses(desk)
    try:
        result = await desk.call(call, *args, **kwargs)
    except hk.AdapterError as error:
        told.error(where, error)
        if error.report is not None:
            told.object(f"report of {where}", error.report)
        return
    told.object(f"result of {where}", result)
    told.add(f"pickle of the result of {where}", repr(pickle.dumps(result)))
    if isinstance(result, hk.Order):
        told.add(f"ccxt of {where}", json.dumps(result.to_ccxt(), default=str) + repr(result.info))
    if isinstance(result, hk.CancelReport) and result.error is not None:
        told.error(f"error in the report of {where}", result.error)


async def everything(desk, told):
    """Do all that a bot can do, and have it all go wrong."""
    order = await desk.place(client_order_id="resting", timeout=10)
    terms = {"symbol": "ETH/USD", "type": "limit", "side": "buy", "amount": "1", "price": "1900"}
    calls = [
        ("DELETE", "cancel_order", {"order_id": order.id}),
        ("DELETE", "try_cancel", {"order_id": order.id}),
        ("POST", "create_order", terms),
        ("GET", "fetch_order", {"order_id": order.id}),
        ("GET", "fetch_time", {}),
    ]
    for method, call, arguments in calls:
        for fault in [*NETWORK, *ANSWERS]:
            desk.simulator.fail_next(method=method, **fault)
            await attempt(desk, told, f"{call} under {fault}", call, **arguments)
    for call, arguments in [*((call, arguments) for _, call, arguments in calls), *WRONG]:
        await attempt(desk, told, f"{call} of {arguments}", call, **arguments)
    forget_pauses(desk)
    again = await desk.place(timeout=10)
    await attempt(desk, told, "mismatch", "cancel_order", again.id, "BTC/USD")


def shown_by(desk, told, wrapper):
    """Have everything that a bot can reach show itself."""
    venue = desk.venue
    connection = venue._connection
    told.object("venue", venue)
    told.object("connection", connection)
    told.object("calls", connection.calls)
    outgoing = connection.runtime.prepare
    told.object("runtime", connection.runtime)
    told.object("outgoing", outgoing)
    told.object("clock", connection.runtime.clock)
    told.object("shared", connection.shared)
    told.object("budget", connection.shared.budget)
    told.object("looks", connection.shared.looks)
    told.object("line", connection.shared.liveness)
    told.object("transport", venue._transport)
    told.object("runner", venue._runner)
    told.object("credentials", outgoing._credentials)
    told.object("opened venue", outgoing._venue)
    told.object("simulator's control handle", desk.simulator)
    told.add("simulator", repr(desk.simulator._simulator) + str(desk.simulator._simulator))
    told.object("account", desk.simulator._simulator.account.balances)
    told.add("account itself", repr(desk.simulator._simulator.account))
    for request in desk.simulator.requests:
        assert isinstance(request, RecordedRequest)
        told.object("seen request", request)
    for seen in wrapper.seen:
        told.object("what a wrapper saw", seen)


@pytest.mark.parametrize("where", ["in-process", "http"])
async def test_no_canary_is_told(open_desk, log, signatures, where, monkeypatch):
    """Not in logs, reprs, errors, tracebacks with their variables, pickles or warnings; nor is any signature."""
    told = Told()
    wrapper = Watching()
    asyncio.get_running_loop().set_debug(True)
    options = {"api_key": KEY, "secret": SECRET, "plugins": [wrapper], "budget": "unlimited"}
    if where == "in-process":
        desk = await open_desk(timeout=0.1, **options)
        await everything(desk, told)
    else:
        with serve(simulator=Simulator(api_key=KEY, secret=SECRET)) as served:
            desk = await open_desk(base_url=served.url, served=served.control, timeout=0.1, **options)
            await everything(desk, told)
    gc.collect()
    told.signatures = signatures
    shown_by(desk, told, wrapper)
    told.add("log and warnings", log())
    assert len(told.things) > 500
    assert len(signatures) > 20
    assert told.leaks() == []


@pytest.mark.parametrize("where", ["in-process", "http"])
async def test_no_canary_of_a_private_key_is_told(open_desk, log, signatures, where, monkeypatch, tmp_path):
    """An Ed25519 key, its file's content, its passphrase and its signatures stay hidden as those of HMAC do."""
    told = Told()
    wrapper = Watching()
    locked, opened, public = pems()
    told.private_keys = forms_of(locked, opened)
    path = tmp_path / "trading.pem"
    path.write_text(locked)
    path.chmod(0o600)
    monkeypatch.setenv("HK_ADAPTER_HASHKEY_PRIVATE_KEY_PASSPHRASE", PASSPHRASE)
    asyncio.get_running_loop().set_debug(True)
    simulator = Simulator(api_key=KEY, public_key=public)
    options = {"api_key": KEY, "plugins": [wrapper], "budget": "unlimited", "timeout": 0.1}
    if where == "in-process":
        desk = await open_desk(simulator=simulator, private_key=locked, **options)
        await everything(desk, told)
    else:
        with serve(simulator=simulator) as served:
            desk = await open_desk(base_url=served.url, served=served.control, private_key=str(path), **options)
            await everything(desk, told)
    gc.collect()
    told.signatures = signatures
    shown_by(desk, told, wrapper)
    told.add("log and warnings", log())
    assert len(told.things) > 500
    assert len(signatures) > 20
    assert told.leaks() == []


PAIR = {"api_key": KEY, "secret": SECRET}
UNUSABLE = {
    "half": {"api_key": KEY},
    "other-half": {"secret": SECRET},
    "newline": PAIR | {"secret": f"{SECRET}\n"},
    "not-ascii": PAIR | {"api_key": f"{KEY}ü"},
    "bytes": PAIR | {"api_key": KEY.encode()},
    "private-key": PAIR | {"private_key": SECRET},
    "site": PAIR | {"site": "moon"},
    "setting": PAIR | {"recv_window": 0},
    "plugin": PAIR | {"plugins": ["none"]},
    "timeout": PAIR | {"timeout": 0},
    "profile": PAIR | {"profile": "none"},
}
IN_A_WRONG_PLACE = {
    "userinfo": {"base_url": f"https://{KEY}:{SECRET}@api.example"},
    "proxy": {"proxy": f"socks5://me:{PROXY_PASSWORD}@127.0.0.1:1"},
    "setting": {"passphrase": SECRET},
}


@pytest.mark.parametrize("environment", ["production", "simulator"])
@pytest.mark.parametrize("name", UNUSABLE)
async def test_a_connection_that_cannot_be_opened_tells_none(open_desk, environment, name):
    """Whatever is wrong with a connection, its keys are not in the error, nor in the frames it came through."""
    told = Told()
    with pytest.raises(hk.AdapterError) as caught:
        await open_desk(environment=environment, **UNUSABLE[name])
    told.error("the error", caught.value)
    assert told.leaks() == []


@pytest.mark.parametrize("environment", ["production", "simulator"])
@pytest.mark.parametrize("fault", ["locked", "wrong-passphrase", "broken", "open-file", "missing-file", "site", "both"])
async def test_a_private_key_that_cannot_be_used_is_not_told(open_desk, environment, fault, monkeypatch, tmp_path):
    """Whatever is wrong with it, or with the rest, an error may name its file, and nothing of what is in it."""
    locked, opened, _ = pems()
    told = Told()
    told.private_keys = forms_of(locked, opened)
    path = tmp_path / "trading.pem"
    path.write_text(locked)
    path.chmod(0o644 if fault == "open-file" else 0o600)
    given = {
        "locked": {"private_key": locked},
        "broken": {"private_key": opened.replace("-----END", SECRET + "\n-----END")},
        "missing-file": {"private_key": str(tmp_path / "none.pem")},
        "site": {"private_key": opened, "site": "moon"},
        "both": {"private_key": opened, "secret": SECRET},
    }.get(fault, {"private_key": str(path)})
    if fault in {"wrong-passphrase", "open-file"}:
        monkeypatch.setenv("HK_ADAPTER_HASHKEY_PRIVATE_KEY_PASSPHRASE", f"{PASSPHRASE}?")
    with pytest.raises(hk.ConfigurationError) as caught:
        await open_desk(environment=environment, api_key=KEY, **given)
    told.error("the error", caught.value)
    assert told.leaks() == []
    if "file" in fault:
        assert str(given["private_key"]) in str(caught.value)


@pytest.mark.parametrize("name", IN_A_WRONG_PLACE)
async def test_a_secret_in_a_wrong_place_is_not_repeated(open_desk, name):
    """A URL or a setting that holds a secret is refused without repeating it."""
    told = Told()
    with pytest.raises(hk.AdapterError) as caught:
        await open_desk(environment="production", **IN_A_WRONG_PLACE[name])
    told.object("the error", caught.value)
    told.add("its pickle", repr(pickle.dumps(caught.value)))
    assert told.leaks() == []


LOGIN = f"me:{PROXY_PASSWORD}"
SECRET_IN_AN_ARGUMENT = [
    {"proxy": f"http://{LOGIN}@127.0.0.1:1"},
    {"proxy": f"socks5://{LOGIN}@127.0.0.1:1"},
    {"proxy": f"http://{LOGIN}@[127.0.0.1:1"},
    {"base_url": f"https://{LOGIN}@host"},
    {"base_url": f"{LOGIN}@host"},
    {"budget": f"redis://{LOGIN}@127.0.0.1:1/0"},
    {"budget": f"redis://{LOGIN}@127.0.0.1:x/0"},
    {"budget": f"redis://{LOGIN}@127.0.0.1:1/0?unknown={PROXY_PASSWORD}"},
    {"budget": f"memcached://{LOGIN}@127.0.0.1:1/0"},
    {"password": SECRET},
    {"apiKey": SECRET},
]


@pytest.mark.parametrize("given", SECRET_IN_AN_ARGUMENT, ids=lambda given: next(iter(given)))
async def test_what_else_is_secret_is_not_in_the_frames(open_desk, given):
    """A password in a URL, and a setting that is one, are as little in a traceback's variables as the keys are."""
    told = Told()
    keys = {"api_key": KEY, "secret": SECRET, "plugins": ["no-such-wrapper"]}
    with pytest.raises(hk.AdapterError) as caught:
        await open_desk(environment="production", **keys, **given)
    told.error("the error", caught.value)
    assert told.leaks() == []


async def test_settings_hide_their_values(open_desk):
    """Settings objects name what they hold."""
    told = Told()
    credentials = load_credentials("hashkey", api_key=KEY, secret=SECRET, env={})
    told.object("credentials", credentials)
    with pytest.raises(TypeError) as caught:
        pickle.dumps(credentials)
    told.add("pickling credentials", str(caught.value))
    fields = {one.name: None for one in dataclasses.fields(ConnectArguments)}
    given = ConnectArguments(
        **fields | {"venue_id": "hashkey", "api_key": KEY, "secret": SECRET, "private_key": SECRET}
    )
    told.add("connect's arguments", repr(given) + str(given) + pprint.pformat(given))
    told.object("venue settings", VenueSettings(venue_id="hashkey", environment="production"))
    desk = await open_desk(
        environment="production", api_key=KEY, secret=SECRET, proxy=f"http://me:{PROXY_PASSWORD}@127.0.0.1:1"
    )
    connection = desk.venue._connection
    told.add("connection behind a proxy", repr(connection) + pprint.pformat(connection) + repr(desk.venue))
    report = await desk.try_cancel("1", timeout=0.3)
    told.object("report behind a proxy", report)
    told.error("error behind a proxy", report.error)
    assert report.outcome in {hk.CancelOutcome.VENUE_DOWN, hk.CancelOutcome.NOT_SENT}
    assert told.leaks() == []


@pytest.mark.parametrize("proxied", [False, True])
def test_ctrl_c_in_flight_tells_none(signatures, proxied):
    """A traceback with its variables, as error trackers keep it, has neither key nor signature nor proxy password."""
    told = Told()
    with serve(simulator=Simulator(api_key=KEY, secret=SECRET)) as served:
        options = {"environment": "simulator", "api_key": KEY, "secret": SECRET, "base_url": served.url}
        if proxied:
            options["proxy"] = served.url.replace("http://", f"http://me:{PROXY_PASSWORD}@")
        with hk.connect("hashkey", **options) as venue:
            served.control.fail_next(kind="stall", method="DELETE")
            timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
            timer.start()
            with pytest.raises(KeyboardInterrupt) as caught:
                venue.cancel_order("1")
            timer.join()
    told.signatures = signatures
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    told.add("traceback", without_the_tests_own("".join(shown.format()), locals_too=True))
    assert signatures
    assert told.leaks() == []


def test_an_error_found_by_a_canary_is_reported():
    """The search itself finds what it looks for, in text, in variables and in pickles."""
    told = Told()

    def leak():
        hidden = SECRET
        raise hk.OutcomeUnknown("unknown", venue=hidden)

    try:
        leak()
    except hk.OutcomeUnknown as error:
        told.error("leak", error)
    found = " ".join(told.leaks())
    assert "vars of leak" in found
    assert "pickle of leak" in found
