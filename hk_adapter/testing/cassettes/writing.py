"""What is written of the requests and answers of one recording: no key of its venues, and no account."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from vcr.request import Request

from hk_adapter.flow.effects import HttpCall, Lane
from hk_adapter.hooks import OpenedVenue, Scrub, VenueSettings
from hk_adapter.registry import KeyRedactor
from hk_adapter.testing.cassettes.accounts import Accounts
from hk_adapter.testing.cassettes.plain_names import PLAIN
from hk_adapter.testing.cassettes.replay_time import machine_ms
from hk_adapter.testing.cassettes.scrubbing import (
    LOOPBACK,
    Rules,
    combined,
    is_loopback,
    scrubbed_answer,
    scrubbed_headers,
    scrubbed_request,
)

ANSWERED_AT, ASKED_AT = "answered_at", "asked_at"
"""What this kit writes beside an answer: when it came, and when it was asked for, in ms UTC."""
READS = "reads"
"""What it writes beside an answer whose call said whether it only reads."""
STORED = "hk_adapter_stored"
"""The attribute of a request that comes from a file: what was written was scrubbed."""
_SOMEWHERE = "elsewhere"
_asked_at: ContextVar[int | None] = ContextVar("hk_adapter_asked_at", default=None)
_call: ContextVar[HttpCall | None] = ContextVar("hk_adapter_call", default=None)
_READS = frozenset({"GET", "HEAD"})
_PORTS = {"https": 443, "http": 80}


class Writing:
    """Scrubs the requests of whoever is open, and their answers, by what each venue declares of its traffic.

    Attributes:
        is_ours: whether the recording is made by this kit's rules, so that it has a head.
    """

    def __init__(self) -> None:
        self.is_ours = False
        self._venues: list[tuple[VenueSettings, frozenset[str], Scrub]] = []
        self._redactors: list[KeyRedactor] = [KeyRedactor()]
        self._accounts = Accounts()
        self._here = threading.local()
        self._asked_by_reads: set[str] = set()

    def opened(self, settings: VenueSettings, venue: OpenedVenue, redactor: KeyRedactor) -> None:
        """Record of a venue what it declares of its traffic, and which texts are its keys."""
        declared = getattr(venue, "scrub", None)
        if isinstance(declared, Scrub):
            self._venues.append((settings, venue.hosts, declared))
        self._redactors.append(redactor)

    def hide(self, *texts: str | None) -> None:
        """Write these texts nowhere."""
        self._redactors[0].hide(*texts)

    def goes_out(self, call: HttpCall | None) -> None:
        """Record what call the next request of this thread or task is; None: no call of a venue's."""
        _call.set(call)
        if call is not None and call.reads:
            self._asked_by_reads.add(call.path)

    def asked(self) -> None:
        """Record that a request goes out now, in this thread or task."""
        _asked_at.set(machine_ms())

    def expect(self, stored: Iterable[Request]) -> None:
        """Let accounts that a test asks for by their own ids be those of a recording's requests."""
        self._accounts.expect(f"{request.uri} {request.body!r}" for request in stored)

    def is_read(self, request: Request) -> bool:
        """Return whether the request that goes out now changes nothing at the venue: its call's word comes first."""
        said = self._said_by_call()
        return self.is_declared_a_read(request) if said is None else said

    def _said_by_call(self) -> bool | None:
        """Return what the call says; one of those that share their path with calls that read is none of these."""
        call = _call.get()
        if call is None or call.reads is not None:
            return None if call is None else call.reads
        changes = call.lane is Lane.CANCEL or call.path in self._asked_by_reads
        return False if changes and call.may_change else None

    def is_declared_a_read(self, request: Request) -> bool:
        """Whether a request changes nothing by its method, or by what the venue of its host declares."""
        if request.method in _READS:
            return True
        path = urlsplit(request.uri).path
        ends = (end for scrub in self._declared(request.uri) for end in scrub.reads)
        return any(path.endswith(f"/{end.lstrip('/')}") for end in ends)

    def request(self, request: Request) -> Request:
        """Return what is written of a request, and matched; of a stored one, all."""
        here = self._here
        here.stored = hasattr(request, STORED)
        if here.stored:
            request.body = request.body or None  # one that is empty is none, as of what is asked
            return request
        self.is_ours = True
        host = urlsplit(request.uri)
        here.rules = self._rules(request.uri)
        here.at_venue = not is_loopback(host.hostname)
        written = scrubbed_request(here.rules, request.uri, request.headers, request.body)
        here.private = written.private
        request.uri, request.headers, request.body = written.uri, written.headers, written.body
        return request

    def response(self, response: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is written of the answer to the request that this thread gave last."""
        here = self._here
        if here.stored:
            return dict(response)
        body = dict(response["body"])
        if isinstance(body.get("string"), bytes):
            body["string"] = scrubbed_answer(here.rules, body["string"], private=here.private, at_venue=here.at_venue)
        headers = scrubbed_headers(here.rules, response["headers"])
        asked = _asked_at.get()
        times: dict[str, Any] = ({} if asked is None else {ASKED_AT: asked}) | {ANSWERED_AT: machine_ms()}
        if (said := self._said_by_call()) is not None:
            times[READS] = said
        return {**response, "headers": headers, "body": body, **times}

    def comment(self, cassette: Mapping[str, Any]) -> str:
        """Return the comment above a cassette, which tells where the answers are from."""
        if not self.is_ours:
            return ""
        return f"# Provenance: {self._provenance(cassette)}, {datetime.now(UTC):%Y-%m-%d}.\n"

    def _provenance(self, cassette: Mapping[str, Any]) -> str:
        """Return, from the host that answered, what was recorded."""
        if not cassette["interactions"]:
            return "recorded. Its test sent nothing"
        host = urlsplit(cassette["interactions"][0]["request"]["uri"]).hostname or ""
        if is_loopback(host):
            return "simulated. A venue that was served on this machine"
        of_host = [settings for settings, hosts, _ in self._venues if host in map(_host, hosts)]
        environment = of_host[0].environment if of_host else _SOMEWHERE
        return f"recorded. {environment.capitalize()} {host}"

    def _rules(self, uri: str) -> Rules:
        declared = self._declared(uri)
        make = partial(Rules, hide=self._hidden, number=self._accounts.number, everywhere=self._accounts.everywhere)
        return make(combined(declared)) if declared else make(PLAIN, folds=True)

    def _declared(self, uri: str) -> list[Scrub]:
        """Return what the opened venues of a request's host declare of their traffic."""
        asked = _place(uri)
        return [scrub for _, hosts, scrub in self._venues if asked in {*map(_place, hosts), *map(_written, hosts)}]

    def _hidden(self, text: str) -> str:
        for redactor in list(self._redactors):
            text = redactor.text(text)
        return text


def _place(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)


def _written(origin: str) -> tuple[str, str | None, int | None]:
    """Return how a recording names an origin: VCR.py has what was written already scrubbed once more."""
    parts = urlsplit(origin)
    return _place(f"{parts.scheme}://{LOOPBACK}") if is_loopback(parts.hostname) else _place(origin)


def _host(origin: str) -> str | None:
    return urlsplit(origin).hostname
