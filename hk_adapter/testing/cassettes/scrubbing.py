"""From what went over the wire to what may be written: pure functions of a request, an answer, and their rules.

Nothing here knows what a secret looks like. What the venue does not name as harmless is not written; beneath that
lies a second net, the very texts of the keys in use.
"""

from __future__ import annotations

import ipaddress
import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any
from urllib.parse import quote, unquote_plus, urlsplit, urlunsplit

from hk_adapter.hooks import Scrub
from hk_adapter.testing.cassettes.json_text import like, rewritten, text_of
from hk_adapter.testing.cassettes.plain_names import ANSWER_HEADERS, PLAIN_HEADERS

HIDDEN = "scrubbed"
"""Stands for a value that is not written."""
LOOPBACK = "127.0.0.1"
FIRST_ACCOUNT = 1000000000000000001
"""Stands for the first id of an account in a recording; the next one is greater by 1."""
MOST_ACCOUNTS = 1000

_LONG = 16
"""Characters from which on a value that nobody named may be a signature: the request is taken for a signed one."""
_LONGEST = 64
"""Characters beyond which a value of a request is no order's term, whatever its name: it may wrap up a signed whole."""
_STREAMS = frozenset({"ws", "wss"})
_NAME = re.compile(r"[A-Za-z_][\w.\[\]%-]{0,39}")
"""What a parameter may be called: a body of one long word is none, though it may end in ``=`` as Base64 does."""
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORD = re.compile(r"[A-Za-z_]{1,40}")
_CODES = re.compile(r"[A-Z][A-Z0-9]{0,9}(?:[-_/:][A-Z0-9]{2,10})*")
"""Currencies and markets, which stand as names of fields where amounts are told by currency."""
_CURRENCY = re.compile(r"[A-Z][A-Z0-9]{0,9}|[a-z][a-z0-9]{0,9}")
"""A currency that stands as a value beside its amounts; no key and no id of an account is as short."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What is kept of a request and its answer.

    Attributes:
        folds: whether names are compared in small letters, without what joins their words.
        hide: takes the texts of keys in use out of a text.
        number: gives the number of an account.
        everywhere: numbers the accounts that are known by now, wherever they stand in a text.
    """

    scrub: Scrub
    hide: Callable[[str], str]
    number: Callable[[str], str]
    everywhere: Callable[[str], str]
    folds: bool = False

    def has(self, names: frozenset[str], name: str) -> bool:
        """Whether a name is among some."""
        return name in names or (self.folds and re.sub(r"[-_.]", "", name).lower() in names)

    def clean(self, text: str) -> str:
        """Remove from a text that is kept whatever is known to be secret."""
        return self.everywhere(self.hide(text))


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """A request as it is written; ``private`` tells that it may be a signed one, whose answer is about an account."""

    uri: str
    headers: Mapping[str, Any]
    body: bytes | None
    private: bool


def combined(scrubs: Iterable[Scrub]) -> Scrub:
    """Join what several venues of one host declare: what any of them leaves out is left out."""
    return reduce(_both, scrubs)


def _both(one: Scrub, other: Scrub) -> Scrub:
    changing = one.changing | other.changing
    return Scrub(
        params=(one.params & other.params) - changing,
        changing=changing,
        fields=(one.fields | one.amounts) & (other.fields | other.amounts),
        accounts=one.accounts | other.accounts,
        amounts=one.amounts | other.amounts,
        reads=one.reads & other.reads,
        request_headers=one.request_headers & other.request_headers,
        answer_headers=one.answer_headers & other.answer_headers,
    )


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


class _Request:
    """One request on its way into a recording; notes whether anything had to be left out of it."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self.private = False

    def uri(self, uri: str) -> str:
        parts = urlsplit(uri)
        # A simulator listens on whatever port is free, so its port means nothing.
        netloc = LOOPBACK if is_loopback(parts.hostname) else parts.netloc.rpartition("@")[2]
        # What a stream's address ends with may open it: a key for an hour, of which nobody has said what it looks like.
        path = f"/{HIDDEN}" if parts.scheme in _STREAMS else self._kept(parts.path)
        return urlunsplit((parts.scheme, netloc, path, self.form(parts.query), ""))

    def headers(self, headers: Mapping[str, Any]) -> dict[str, Any]:
        names = {name: name.lower() for name in headers}
        kept = self._rules.scrub.request_headers
        self.private |= any(name not in PLAIN_HEADERS | kept for name in names.values())
        return {name: headers[name] for name, small in names.items() if small in kept}

    def body(self, body: bytes | None) -> bytes | None:
        if not body:
            return None
        try:
            text = body.decode()
        except UnicodeDecodeError:
            self.private = True
            return HIDDEN.encode()
        if (told := self._json(text)) is not None or (told := self._json(_unwrapped(text))) is not None:
            return told.encode()
        if all(_NAME.fullmatch(pair.partition("=")[0]) and "=" in pair for pair in text.split("&")):
            return self.form(text).encode() or None  # as a stored request without one is read again
        self.private = True
        return HIDDEN.encode()

    def _json(self, text: str) -> str | None:
        """Return what is written of JSON; None of anything else."""
        if text.lstrip()[:1] not in {"{", "["}:
            return None
        try:
            return rewritten(text, self._value, lambda token, _: self._kept(token))
        except ValueError:
            return None

    def form(self, text: str) -> str:
        if not text:
            return text
        told = (self._pair(*pair.partition("=")) for pair in text.split("&"))
        return "&".join(pair for pair in told if pair is not None)

    def _pair(self, name: str, joint: str, value: str) -> str | None:
        plain = unquote_plus(name)
        if not _NAME.fullmatch(name):
            self.private = True
            return HIDDEN
        if self._rules.has(self._rules.scrub.changing, plain):
            self.private = True
            return None
        return name + joint + self._text(value, plain, quote)

    def _value(self, token: str, name: str) -> str:
        if self._rules.has(self._rules.scrub.changing, name):
            self.private = True
            return like(token, HIDDEN) if token.startswith('"') else "0"
        told = self._text(text_of(token), name, str)
        return token if told == text_of(token) else _typed(token, told)

    def _text(self, value: str, name: str, write: Callable[[str], str]) -> str:
        words = [word for word in re.split(r"[\[\].]", name) if word and not word.isdigit()] or [name]
        scrub, has = self._rules.scrub, self._rules.has
        if any(has(scrub.accounts, word) for word in words):
            self.private = True
            return (
                ",".join(write(self._rules.number(one)) for one in unquote_plus(value).split(",")) if value else value
            )
        plain = unquote_plus(value)
        if plain.startswith("{") and (told := self._json(plain)) is not None:
            self.private = True
            return write(told)  # a wallet's order, which only its own fields tell from another one
        short = all(len(one) <= _LONGEST for one in plain.split(","))
        if not value or (short and has(scrub.params, words[-1])):
            return self._kept(value)
        self.private |= len(value) >= _LONG or self._rules.hide(value) != value
        return HIDDEN

    def _kept(self, text: str) -> str:
        hidden = self._rules.hide(text)
        self.private |= hidden != text
        return self._rules.everywhere(hidden)


def _unwrapped(text: str) -> str:
    """Return the JSON that some requests hold in Base64; nothing of any other text."""
    try:
        return b64decode(text, validate=True).decode()
    except ValueError:
        return ""


def scrubbed_request(rules: Rules, uri: str, headers: Mapping[str, Any], body: bytes | None) -> Scrubbed:
    """Return what is written of a request."""
    request = _Request(rules)
    kept = request.uri(uri), request.headers(headers), request.body(body)
    return Scrubbed(*kept, request.private)


def scrubbed_headers(rules: Rules, headers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is written of an answer's headers: those that somebody reads."""
    kept = ANSWER_HEADERS | rules.scrub.answer_headers
    return {
        name: [rules.clean(one) for one in values] if isinstance(values, list) else rules.clean(str(values))
        for name, values in headers.items()
        if name.lower() in kept
    }


def scrubbed_answer(rules: Rules, body: bytes, *, private: bool, at_venue: bool) -> bytes:
    """Return what is written of an answer's body. ``at_venue``: a real venue gave it, so amounts are somebody's."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return HIDDEN.encode() if private else body
    if not private:
        return rules.clean(text).encode()

    def value(token: str, name: str) -> str:
        return _field(rules, token, name, at_venue=at_venue)

    try:
        return rewritten(text, value, lambda token, container: _key(rules, token, container)).encode()
    except ValueError:
        return (rules.clean(text) if re.fullmatch(r"[A-Za-z ]{0,40}", text) else HIDDEN).encode()


def _field(rules: Rules, token: str, name: str, *, at_venue: bool) -> str:
    scrub, text = rules.scrub, text_of(token)
    if rules.has(scrub.accounts, name):
        return _typed(token, rules.number(text)) if text else token
    if rules.has(scrub.amounts, name) or (_CODES.fullmatch(name) and not rules.has(scrub.fields, name)):
        if not _NUMBER.fullmatch(text):
            return token if rules.has(scrub.amounts, name) and _is_plain(rules, text) else like(token, HIDDEN)
        return like(token, "1") if at_venue else token
    if rules.has(scrub.fields, name):
        kept = rules.clean(text)
        return token if kept == text else _typed(token, kept)
    return like(token, HIDDEN) if token.startswith('"') else "0"


def _is_plain(rules: Rules, text: str) -> bool:
    """Whether a text among amounts is none, or may be what there is so much of."""
    return not text or (_CURRENCY.fullmatch(text) is not None and rules.clean(text) == text)


def _key(rules: Rules, token: str, container: str) -> str:
    name, scrub = text_of(token), rules.scrub
    known = any(rules.has(names, name) for names in (scrub.fields, scrub.accounts, scrub.amounts, scrub.params))
    at_top = not container and (_WORD.fullmatch(name) or _CODES.fullmatch(name))
    if known or at_top or rules.has(scrub.fields, container):
        kept = rules.clean(name)
        return token if kept == name else json.dumps(kept)
    return json.dumps(rules.number(name))


def _typed(token: str, text: str) -> str:
    """Write a text where a token stood: a number stays one."""
    return like(token, text) if token.startswith('"') or _NUMBER.fullmatch(text) else "0"
