"""The recording in force, of which connections and fixtures speak, and what VCR.py is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vcr import VCR
from vcr.request import Request

from hk_adapter.testing.cassettes.replay_time import ReplayTime
from hk_adapter.testing.cassettes.tape import Tape
from hk_adapter.testing.cassettes.vcr_files import attach

_current: list[Tape] = []


def begin(recorder: VCR, mode: str) -> Tape:
    """Let a recorder's next cassette be the one that connections and fixtures speak of."""
    tape = Tape(mode)
    attach(tape, recorder)
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
    return _now().writing.request(request)


def scrub_response(response: Mapping[str, Any]) -> dict[str, Any]:
    """VCR.py's ``before_record_response``."""
    return _now().writing.response(response)


def _now() -> Tape:
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
