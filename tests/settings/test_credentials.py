"""Keys sign, and are never shown."""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import hmac
import json
import logging
import pickle
import pprint
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from hk_adapter.errors import ConfigurationError, InvalidArgument
from hk_adapter.hooks import Credentials
from hk_adapter.settings import HmacCredentials, Profile, Secret
from tests.cases import each

KEY, SECRET = "canary-key-4711", "canary-secret-0815"


def _holders() -> list[Any]:
    credentials = HmacCredentials(KEY, SECRET)
    profile = Profile(name="main", venue="hashkey", credentials=credentials)
    return [Secret(SECRET), credentials, profile]


WAYS: list[Callable[[Any], str]] = [
    repr,
    str,
    format,
    ascii,
    pprint.pformat,
    "{0!r} {0!s} {0}".format,
    lambda held: "%s %r" % (held, held),  # noqa: UP031  the way of logging
]


@each("holder", _holders(), ids=lambda holder: type(holder).__name__)
@each("how", WAYS)
def test_what_holds_a_secret_never_shows_it(holder: Any, how: Callable[[Any], str]) -> None:
    """However it is printed, neither key nor secret is in it."""
    text = how(holder) + how([holder]) + how({"held": holder})
    assert "canary" not in text


def test_a_format_spec_shows_nothing() -> None:
    """Padding and cutting do not get at the text either."""
    assert f"{Secret(SECRET):>40}{Secret(SECRET):.3}{HmacCredentials(KEY, SECRET):20}" == "<hidden>" * 3


def test_a_log_line_shows_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Logging a holder by mistake does no harm."""
    with caplog.at_level(logging.DEBUG):
        for holder in _holders():
            logging.getLogger("hk_adapter.test").info("using %s and %r", holder, holder)
    assert len(caplog.records) == 3
    assert "canary" not in caplog.text


@each("holder", _holders(), ids=lambda holder: type(holder).__name__)
@each("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_what_holds_a_secret_cannot_be_pickled(holder: Any, protocol: int) -> None:
    """No protocol writes it to disk, or sends it to another process."""
    with pytest.raises(TypeError, match="not to be pickled") as caught:
        pickle.dumps(holder, protocol)
    assert "canary" not in str(caught.value)


@each("holder", _holders()[:2], ids=lambda holder: type(holder).__name__)
@each("dump", [json.dumps, msgspec.json.encode, msgspec.msgpack.encode, copy.copy, copy.deepcopy, vars])
def test_what_holds_a_secret_cannot_be_dumped(holder: Any, dump: Callable[[Any], Any]) -> None:
    """JSON and its like, copies and ``vars`` refuse it."""
    with pytest.raises(TypeError) as caught:
        dump(holder)
    assert "canary" not in str(caught.value)


def test_json_with_a_default_of_str_shows_nothing() -> None:
    """The usual way around an unknown type writes the mask."""
    assert json.dumps({"secret": Secret(SECRET)}, default=str) == '{"secret": "<hidden>"}'


@pytest.mark.parametrize("holder", _holders()[:2], ids=lambda holder: type(holder).__name__)
def test_the_state_of_a_holder_is_not_given_out(holder: Any) -> None:
    """``__getstate__`` would be a dump too."""
    with pytest.raises(TypeError, match="not to be pickled"):
        holder.__getstate__()


def test_a_profile_cannot_be_dumped_with_its_credentials() -> None:
    """``asdict`` copies what a dataclass holds, and so fails."""
    with pytest.raises(TypeError, match="not to be pickled or copied"):
        dataclasses.asdict(_holders()[2])


def test_a_secret_can_be_revealed_on_purpose() -> None:
    """There is one door, and it has a name to search for."""
    assert Secret(SECRET).reveal() == SECRET


def test_secrets_compare_by_their_text() -> None:
    """Equal text is equal, other text and other types are not."""
    assert Secret(SECRET) == Secret(SECRET)
    assert Secret(SECRET) != Secret(SECRET + "x")
    assert Secret("\ud800") == Secret("\ud800")
    assert Secret(SECRET) != SECRET


def test_secrets_compare_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison is the one that takes as long whatever differs."""
    compared = []

    def compare(ours: bytes, theirs: bytes) -> bool:
        compared.append((ours, theirs))
        return True

    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert Secret("a") == Secret("b")
    assert compared == [(b"a", b"b")]


def test_a_secret_has_no_hash() -> None:
    """It cannot become a key of a mapping, nor be told apart by a number in a log."""
    with pytest.raises(TypeError, match="unhashable"):
        hash(Secret(SECRET))


@pytest.mark.parametrize("value", [None, 5, b"canary"])
def test_a_secret_wraps_text_only(value: Any) -> None:
    """Anything else is refused by its type, not by its value."""
    with pytest.raises(InvalidArgument, match=type(value).__name__) as caught:
        Secret(value)
    assert "canary" not in str(caught.value)


def test_credentials_sign_as_rfc_4231_says() -> None:
    """Test case 2 of RFC 4231: key ``Jefe``."""
    credentials: Credentials = HmacCredentials("key", "Jefe")
    signed = credentials.hmac_sha256(b"what do ya want for nothing?")
    assert signed == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


def test_credentials_sign_with_the_secrets_text() -> None:
    """The key of the HMAC is the text itself, even where it looks like hex or base64."""
    expected = hmac.new(b"00ff==", b"a=1&b=2", hashlib.sha256).hexdigest()
    assert HmacCredentials("key", Secret("00ff==")).hmac_sha256(b"a=1&b=2") == expected


def test_credentials_show_the_public_part_when_asked() -> None:
    """The key goes into a header, so it can be read."""
    assert HmacCredentials(KEY, SECRET).api_key == KEY


@each("half", ["api_key", "secret"])
@each(
    ("value", "fault"),
    [
        ("", "is empty"),
        (" \t", "is blank"),
        (" canary", "has blanks around it"),
        ("canary\n", "has blanks around it"),
        ("canäry", "has characters beyond ASCII"),
        ("canary\u200b", "has characters beyond ASCII"),
        ("can\x00ary", "has control characters"),
        ("can\nary", "has control characters"),
        ("-----BEGIN\x00canary", "has control characters"),
        (b"canary", "is a bytes, not text"),
        (4711, "is a int, not text"),
        (None, "is a NoneType, not text"),
    ],
)
def test_a_half_that_can_be_no_key_is_named_and_not_shown(half: str, value: Any, fault: str) -> None:
    """The error says which argument and what is wrong with it, and never the value."""
    halves = {"api_key": "key", "secret": "secret", half: value}
    with pytest.raises(ConfigurationError, match=f"^{half} {fault}") as caught:
        HmacCredentials(**halves)
    assert "can" not in str(caught.value)


_LINES = ("canaryCANARYcanaryCANARY", "canaryIIcanaryIIcanaryII", "xY==")
PEM = "\n".join(("-----BEGIN EC PRIVATE KEY-----", *_LINES, "-----END EC PRIVATE KEY-----", ""))


@each("text", [PEM, PEM.strip(), PEM.replace("\n", "\r\n")])
def test_a_secret_may_be_pem_text(text: str) -> None:
    """Coinbase gives it out like that, and ccxt signs with it. Each of its lines is left out of errors."""
    handed: list[str] = []
    hidden: list[object] = []
    credentials = HmacCredentials(KEY, text)
    credentials.hand_to(lambda *halves: handed.extend(halves))
    credentials.hide_by(lambda *texts: hidden.extend(texts))
    assert (handed, credentials.is_pem) == ([KEY, text], True)
    assert {KEY, text, "canaryCANARYcanaryCANARY", "canaryIIcanaryIIcanaryII"} <= set(hidden)
    assert "xY==" not in hidden


@each("text", [PEM.replace("II", "\x00"), PEM.replace("I", "ä"), " " + PEM, "x" + PEM])
def test_pem_text_that_is_none(text: str) -> None:
    """Lines are all that it may have beyond a secret of one."""
    with pytest.raises(ConfigurationError, match=r"^secret has ") as caught:
        HmacCredentials(KEY, text)
    assert "canary" not in str(caught.value)


def test_a_key_of_one_line_has_one() -> None:
    """It goes into a header."""
    with pytest.raises(ConfigurationError, match="api_key has control characters"):
        HmacCredentials(PEM.strip(), SECRET)
    assert not HmacCredentials(KEY, SECRET).is_pem
