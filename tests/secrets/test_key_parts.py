"""What a venue wants of a key beside its two halves signs, and shows nowhere."""

from __future__ import annotations

import base64
import logging
import pickle
import traceback
from typing import Any

import pytest

import hk_adapter as hk
from hk_adapter.registry import unregister_venue
from hk_adapter.simulator import serve
from hk_adapter.venue.connect_arguments import ConnectArguments

KEY, SECRET, PASSPHRASE = "canary-key-11", base64.b64encode(b"canary-secret-22").decode(), "canary-passphrase-33"
CANARIES = ["canary-key-11", "canary-secret-22", SECRET, PASSPHRASE, base64.b64encode(PASSPHRASE.encode()).decode()]
SENT: list[hk.HttpRequest] = []


class Lagoon:
    """A venue whose signatures are made by a secret in Base64, and whose keys have a passphrase."""

    limits = {"orders": hk.RateLimit(amount=10)}  # noqa: RUF012
    request_lifetime = 5000
    key_parts = ("passphrase",)

    def __init__(self, settings):
        self.seen = [settings]
        self.origin = settings.base_url
        self.hosts = frozenset({self.origin})

    def sign(self, call, credentials, timestamp):
        """Sign the path, with what the key has besides in a header."""
        self.seen.append(credentials)
        sign = credentials.hmac("sha512", call.path.encode(), key_encoding="base64").hex()
        headers = {"X-Key": credentials.api_key, "X-Pass": credentials.part("passphrase"), "X-Sign": sign}
        SENT.append(hk.HttpRequest(call.method, self.origin + call.path, headers))
        return SENT[-1]

    @hk.hookimpl
    async def cancel_order(self, request):
        """Repeat all that a venue could repeat."""
        await hk.HttpCall("DELETE", "/nothing", signed=True, group="orders", lane=hk.Lane.CANCEL)
        raise hk.BadRequest(f"you sent {SENT[-1].headers}", code=PASSPHRASE)

    @hk.hookimpl
    async def fetch_time(self):
        """Break with it."""
        await hk.HttpCall("GET", "/time", signed=True, group="orders")
        raise KeyError(PASSPHRASE)


class Plugin:
    """Opens it, and keeps it."""

    def __init__(self):
        self.opened = []

    @hk.hookimpl
    def open_venue(self, settings):
        """Open it."""
        self.opened.append(Lagoon(settings))
        return self.opened[-1]


@pytest.fixture
def lagoon():
    """Register it, and serve something that answers."""
    plugin = Plugin()
    hk.register_venue("lagoon", plugin)
    SENT.clear()
    with serve() as served:
        yield plugin, served.url
    unregister_venue("lagoon")


def shown(error: BaseException) -> str:
    """Write all that an error tells, its chain and the variables of its frames."""
    frames = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format()).split('  File "')
    own = [frame for frame in frames if "/tests/" not in frame]
    return repr(error) + repr(pickle.dumps(error)) + "".join(own)


def open_lagoon(url: str, **given: Any) -> hk.Venue:
    """Connect to it."""
    parts = {"key_parts": {"passphrase": PASSPHRASE}}
    return hk.connect("lagoon", base_url=url, timeout=2, **{"api_key": KEY, "secret": SECRET} | parts | given)


def test_a_passphrase_signs_and_is_told_nowhere(lagoon, caplog):
    """It goes out in its header; no error, report, log, repr or setting has it, whatever a venue or plugin repeats."""
    plugin, url = lagoon
    caplog.set_level(logging.DEBUG)
    with open_lagoon(url) as venue:
        report = venue.try_cancel("1")
        with pytest.raises(hk.PluginError) as caught:
            venue.fetch_time()
        texts = [repr(venue), repr(report), repr(vars(plugin.opened[0])), str(plugin.opened[0].seen), caplog.text]
    assert report.outcome is hk.CancelOutcome.BAD_REQUEST
    assert SENT[0].headers["X-Pass"] == PASSPHRASE
    assert report.error is not None
    texts += [shown(report.error), shown(caught.value), repr(SENT)]
    assert [canary for canary in CANARIES for text in texts if canary in text] == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"key_parts": None}, "needs its passphrase"),
        ({"key_parts": {}}, "needs its passphrase"),
        ({"key_parts": {"passphrase": PASSPHRASE, "pin": PASSPHRASE}}, "has no 'pin'"),
        ({"key_parts": {"passphrase": f"{PASSPHRASE}\x00"}}, "control characters"),
        ({"key_parts": [PASSPHRASE]}, "must be a mapping"),
        ({"key_parts": {"passphrase": PASSPHRASE}, "secret": None}, "half a pair"),
    ],
)
def test_a_key_that_cannot_be_used_is_refused_when_it_is_opened(lagoon, given, words):
    """With the name of what is wrong."""
    with pytest.raises(hk.ConfigurationError, match=words) as caught:
        open_lagoon(lagoon[1], **given)
    assert [canary for canary in CANARIES if canary in shown(caught.value)] == []


def test_public_calls_need_no_part(lagoon):
    """Without a key there is nothing to be missing."""
    open_lagoon(lagoon[1], api_key=None, secret=None, key_parts=None).close()


def test_a_venue_without_parts_takes_none():
    """HashKey's keys have two halves."""
    with pytest.raises(hk.ConfigurationError, match="a key of this venue has no 'passphrase'"):
        hk.connect("hashkey", api_key="k", secret="s", key_parts={"passphrase": PASSPHRASE})


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"key_parts": "passphrase"}, "'key_parts' is no tuple"),
        ({"key_parts": ("Pass Phrase",)}, "'key_parts' is no tuple"),
        ({"key_parts": ("secret",)}, "names secret, which every key has"),
        ({"key_kinds": frozenset()}, "'key_kinds' is no frozenset"),
        ({"key_kinds": frozenset({"dsa"})}, "'key_kinds' is no frozenset"),
    ],
)
def test_what_a_venue_says_of_its_keys_is_checked_when_it_opens(lagoon, monkeypatch, said, words):
    """As all that it says of itself."""
    for name, value in said.items():
        monkeypatch.setattr(Lagoon, name, value, raising=False)
    with pytest.raises(hk.PluginError, match=words):
        open_lagoon(lagoon[1])


def test_the_arguments_of_connect_show_none():
    """What holds them is never printed with them."""
    names = dict.fromkeys(ConnectArguments.__dataclass_fields__)
    given = ConnectArguments(**names | {"venue_id": "lagoon", "key_parts": {"passphrase": PASSPHRASE}})
    assert PASSPHRASE not in repr(given)
