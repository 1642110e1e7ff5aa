"""One recording, while it is made or played: who is open, what time it is there, and what of it is written."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from vcr import VCR
from vcr.request import Request
from vcr.serializers import jsonserializer, yamlserializer

from hk_adapter.flow import real_time
from hk_adapter.flow.effects import HttpCall, Lane
from hk_adapter.hooks import OpenedVenue, Scrub, VenueSettings
from hk_adapter.registry import Veil
from hk_adapter.testing.cassettes.accounts import Accounts
from hk_adapter.testing.cassettes.plain_names import PLAIN
from hk_adapter.testing.cassettes.replay_time import RecordingEnded, ReplayTime
from hk_adapter.testing.cassettes.scrubbing import (
    LOOPBACK,
    Rules,
    combined,
    is_loopback,
    scrubbed_answer,
    scrubbed_headers,
    scrubbed_request,
)
from hk_adapter.testing.cassettes.told_times import told_beginning
from hk_adapter.transport.venue_clock import VenueClock
from hk_adapter.venue.api.client_ids import ClientIdSource, FromSeed

HEAD = "hk_adapter"
"""What this kit writes beside the interactions: when the recording began, and what its client order ids are made of."""
ANSWERED_AT, ASKED_AT = "answered_at", "asked_at"
"""What it writes beside an answer: when it came, and when it was asked for, in ms UTC."""
READS = "reads"
"""What it writes beside an answer whose call said whether it only reads."""
_STORED = "hk_adapter_stored"
_SOMEWHERE = "elsewhere"
_asked_at: ContextVar[int | None] = ContextVar("hk_adapter_asked_at", default=None)
_call: ContextVar[HttpCall | None] = ContextVar("hk_adapter_call", default=None)
_READS = frozenset({"GET", "HEAD"})
_PORTS = {"https": 443, "http": 80}


def machine_ms() -> int:
    """Return this machine's time, in ms UTC."""
    return time.time_ns() // 1_000_000


class Tape:
    """What is known of one cassette. Stands around the connections that are opened while it is in force.

    Attributes:
        cassette: VCR.py's own; None until somebody has it.
        seed: makes the client order ids; the same one when the recording is played.
        lives_by_our_clock: whether the venue is a simulator that is served here.
    """

    def __init__(self, mode: str = "none") -> None:
        self.cassette: Any = None
        self.seed = secrets.token_hex(8)
        self._client_ids: ClientIdSource = FromSeed(self.seed)
        self.lives_by_our_clock = False
        self._mode = mode
        self._loaded = False
        self._used = False
        self._began = machine_ms()
        self._ended: int | None = None
        self._time: ReplayTime | None = None
        self._venues: list[tuple[VenueSettings, frozenset[str], Scrub]] = []
        self._veils: list[Veil] = [Veil()]
        self._accounts = Accounts()
        self._here = threading.local()
        self._asked_by_reads: set[str] = set()

    @property
    def replays(self) -> bool:
        """Whether answers come from the recording, so that nothing goes out."""
        if self.cassette is not None:
            return bool(self.cassette.write_protected)
        return self._mode == "none" or (self._mode == "once" and self._loaded)

    @property
    def is_empty(self) -> bool:
        """Whether it is played, and there is nothing in it: not even that its test sent nothing."""
        return self.replays and not self._loaded

    @property
    def began(self) -> int:
        """When the recording began, in ms UTC; it is the same when it is played."""
        return self._began

    @property
    def time(self) -> ReplayTime:
        """The recording's time, while it is played."""
        if self._time is None:
            self._time = ReplayTime(self._began, self)
        return self._time

    @property
    def client_ids(self) -> ClientIdSource:
        """What makes the client order ids of all its connections: two of them place two orders of the same terms."""
        return self._client_ids

    def begin_at(self, ms: int) -> None:
        """Let the recording have begun at a time in ms UTC: one that was typed does not tell when."""
        self._began, self._time = ms, None

    def discard(self) -> None:
        """Write nothing of what was recorded by now."""
        if self.cassette is not None and not self.replays:
            self.cassette.data.clear()
            self.cassette.dirty = False

    def keep_empty(self) -> None:
        """Write a recording of a test that passed and sent nothing, so that it can be played."""
        if self.cassette is not None and not self.replays and not self.cassette.data:
            self._used = self.cassette.dirty = True

    def clock(self) -> VenueClock:
        """Return the clock of a connection: the recording's, and the machine's while it is made."""
        if self.replays:
            return VenueClock(self._monotonic, self._wall, same=True)
        return VenueClock(real_time.monotonic, same=self.lives_by_our_clock)

    def is_shown_by(self, clock: object) -> bool:
        """Whether a connection's clock is that of the recording."""
        return getattr(clock, "time", None) == self._monotonic

    def _monotonic(self) -> float:
        return self.time.monotonic()

    def _wall(self) -> float:
        return self.time.wall()

    def opened(self, settings: VenueSettings, venue: OpenedVenue, veil: Veil) -> None:
        """Record of a venue what it declares of its traffic, and which texts are its keys."""
        declared = getattr(venue, "scrub", None)
        if isinstance(declared, Scrub):
            self._venues.append((settings, venue.hosts, declared))
        self._veils.append(veil)

    def hide(self, *texts: str | None) -> None:
        """Write these texts nowhere."""
        self._veils[0].hide(*texts)

    def goes_out(self, call: HttpCall | None) -> None:
        """Record what call the next request of this thread or task is; None: no call of a venue's."""
        _call.set(call)
        if call is not None and call.reads:
            self._asked_by_reads.add(call.path)

    def asked(self) -> None:
        """Record that a request goes out now, in this thread or task."""
        _asked_at.set(machine_ms())

    def played(self, cassette: Any, answer: Mapping[str, Any], *, is_new: bool = True) -> None:
        """Let it be as late as it was when the answer came, but no later than when the next ones were asked for.

        Calls in flight are played one after the other: who comes late must not find that its answer is of the past.
        """
        if self.replays and isinstance(at := answer.get(ANSWERED_AT), int):
            self.time.reach(min([at, *self._to_come(cassette, changes=True)]))
        if self.replays and is_new:
            self.time.has_news()

    def begins(self) -> None:
        """Let it be as late as it was when the next request was asked for: a bot thinks between its calls."""
        if self.replays and self.cassette is not None:
            now = self.time.ms()
            self.time.reach(min((at for at in self._to_come(self.cassette) if at >= now), default=now))

    @property
    def length(self) -> float:
        """How long the recording took, in seconds; one that was made without this kit does not say it."""
        if self._ended is None:
            data = () if self.cassette is None else self.cassette.data
            self._ended = max((answer[ANSWERED_AT] for _, answer in data if ANSWERED_AT in answer), default=self._began)
        return max(0.0, (self._ended - self._began) / 1000)

    def next_change(self, after: int) -> int | None:
        """Return when the next request was asked for that changes something and was not played, in ms UTC."""
        if self.cassette is None:
            return None
        return min((at for at in self._to_come(self.cassette, changes=True) if at >= after), default=None)

    def has_read_before(self, ms: int) -> bool:
        """Whether another request was not played that was asked for by a time in ms UTC."""
        if self.cassette is None:
            return False
        asked, changes = list(self._to_come(self.cassette)), list(self._to_come(self.cassette, changes=True))
        return sum(at <= ms for at in asked) > sum(at <= ms for at in changes)

    @property
    def is_played(self) -> bool:
        """Whether all that was recorded is played."""
        return self.cassette is None or bool(self.cassette.all_played)

    def ended(self) -> RecordingEnded:
        """Return the error of a watch that waits for more than was recorded, with what was not asked for."""
        return RecordingEnded(
            f"the watch waits for an update that is not in {_file_of(self.cassette)}: {self._left_over()}. Where a "
            "test waits for nothing to come, let it use get(timeout=...); where the bot has changed, record anew with "
            "--record-mode=rewrite"
        )

    def _left_over(self) -> str:
        if self.is_played:
            return "all that was recorded is played"
        counts = self.cassette.play_counts
        left = [request for place, request in enumerate(self.cassette.requests) if not counts[place]]
        first, others = left[0], "" if len(left) == 1 else f", and {len(left) - 1} more"
        return f"recorded, and not asked for now, is {first.method} {urlsplit(first.uri).path}{others}"

    def _to_come(self, cassette: Any, *, changes: bool = False) -> Iterator[int]:
        for place, (request, answer) in enumerate(cassette.data):
            at = answer.get(ASKED_AT)
            reads = changes and bool(answer.get(READS, self._is_declared_a_read(request)))
            if isinstance(at, int) and not cassette.play_counts[place] and not reads:
                yield at

    def expect(self, stored: Iterable[Request]) -> None:
        """Let accounts that a test asks for by their own ids be those of a recording's requests."""
        self._accounts.expect(f"{request.uri} {request.body!r}" for request in stored)

    def is_read(self, request: Request) -> bool:
        """Return whether the request that goes out now changes nothing at the venue: its call's word comes first."""
        said = self._said_by_call()
        return self._is_declared_a_read(request) if said is None else said

    def _said_by_call(self) -> bool | None:
        """Return what the call says; one of those that share their path with calls that read is none of these."""
        call = _call.get()
        if call is None or call.reads is not None:
            return None if call is None else call.reads
        changes = call.lane is Lane.CANCEL or call.path in self._asked_by_reads
        return False if changes and call.may_change else None

    def _is_declared_a_read(self, request: Request) -> bool:
        if request.method in _READS:
            return True
        path = urlsplit(request.uri).path
        ends = (end for scrub in self._declared(request.uri) for end in scrub.reads)
        return any(path.endswith(f"/{end.lstrip('/')}") for end in ends)

    def attach(self, recorder: VCR) -> None:
        """Read and write a recorder's cassettes with what this kit adds to them."""
        recorder.register_persister(_Marking(recorder.persister, self))
        recorder.register_serializer("yaml", _WithHead(self, yamlserializer))
        recorder.register_serializer("json", _WithHead(self, jsonserializer))

    def request(self, request: Request) -> Request:
        """Return what is written of a request, and matched; of a stored one, all."""
        here = self._here
        here.stored = hasattr(request, _STORED)
        if here.stored:
            request.body = request.body or None  # one that is empty is none, as of what is asked
            return request
        self._used = True
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

    def loaded(self, content: object) -> None:
        """Record what a cassette's head says; one without a head says little. The first one that is loaded counts."""
        if self._loaded:
            return
        self._loaded = True
        head = content.get(HEAD) if isinstance(content, Mapping) else None
        began = head.get("began") if isinstance(head, Mapping) else told_beginning(content)
        if isinstance(began, int):
            self.begin_at(began)
        if isinstance(head, Mapping) and isinstance(ended := head.get("ended"), int):
            self._ended = ended
        if isinstance(head, Mapping) and isinstance(seed := head.get("seed"), str):
            self.seed, self._client_ids = seed, FromSeed(seed)

    def with_head(self, cassette: dict[str, Any]) -> dict[str, Any]:
        """Return a cassette with its head; one that was recorded without the kit's rules stays as it is."""
        head = {"began": self._began, "ended": machine_ms(), "seed": self.seed}
        return cassette | {HEAD: head} if self._used else cassette

    def comment(self, cassette: Mapping[str, Any]) -> str:
        """Return the comment above a cassette, which tells where the answers are from."""
        if not self._used:
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
        for veil in list(self._veils):
            text = veil.text(text)
        return text


def _place(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)


def _written(origin: str) -> tuple[str, str | None, int | None]:
    """Return how a recording names an origin: VCR.py has what was written already scrubbed once more."""
    parts = urlsplit(origin)
    return _place(f"{parts.scheme}://{LOOPBACK}") if is_loopback(parts.hostname) else _place(origin)


def _file_of(cassette: Any) -> str:
    return "the recording" if cassette is None else str(cassette._path)


def _host(origin: str) -> str | None:
    return urlsplit(origin).hostname


class _Marking:
    """Tells requests that come from a file from those that are asked: what was written was scrubbed."""

    def __init__(self, inner: Any, tape: Tape) -> None:
        self._inner = inner
        self._tape = tape

    def load_cassette(self, path: str, serializer: Any) -> Any:
        """As VCR.py's."""
        loaded = self._inner.load_cassette(path, serializer=serializer)
        for request in loaded[0]:
            setattr(request, _STORED, True)
        self._tape.expect(loaded[0])
        return loaded

    def save_cassette(self, path: str, cassette_dict: Any, serializer: Any) -> None:
        """As VCR.py's."""
        self._inner.save_cassette(path, cassette_dict, serializer)


class _WithHead:
    """One of VCR.py's serializers, with the head; in YAML below a comment that tells where the answers are from."""

    def __init__(self, tape: Tape, inner: Any) -> None:
        self._tape = tape
        self._inner = inner

    def serialize(self, cassette: dict[str, Any]) -> str:
        """Write a cassette; called only when something was recorded."""
        comment = self._tape.comment(cassette) if self._inner is yamlserializer else ""
        return comment + str(self._inner.serialize(self._tape.with_head(cassette)))

    def deserialize(self, text: str) -> Any:
        """Read a cassette; the comment is for people."""
        content = self._inner.deserialize(text)
        self._tape.loaded(content)
        return content


_current: list[Tape] = []


def begin(recorder: VCR, mode: str) -> Tape:
    """Let a recorder's next cassette be the one that connections and fixtures speak of."""
    tape = Tape(mode)
    tape.attach(recorder)
    _current[:] = [tape]
    return tape


def current() -> Tape | None:
    """Return the recording that is made or played; None where there is none."""
    return _current[0] if _current else None


def time_of(clock: object) -> ReplayTime | None:
    """Return the time of the recording that is played, where a connection's clock shows it; None elsewhere."""
    tape = current()
    return tape.time if tape is not None and tape.replays and tape.is_shown_by(clock) else None


def end() -> None:
    """Let there be none."""
    _current.clear()


def scrub_request(request: Request) -> Request:
    """VCR.py's ``before_record_request``."""
    return _in_force().request(request)


def scrub_response(response: Mapping[str, Any]) -> dict[str, Any]:
    """VCR.py's ``before_record_response``."""
    return _in_force().response(response)


def _in_force() -> Tape:
    if not _current:
        _current.append(Tape())  # a cassette of the caller's own making: what nobody declared is not written
    return _current[0]


CONFIG: Mapping[str, Any] = {
    "match_on": ["method", "scheme", "host", "port", "path", "query", "body"],
    "before_record_request": scrub_request,
    "before_record_response": scrub_response,
    "decode_compressed_response": True,
}
"""What VCR.py is told: a request is played only if all of it matches that is written."""
