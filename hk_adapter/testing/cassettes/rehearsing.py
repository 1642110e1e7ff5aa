"""Puts the recording's time, ids and rules around whatever opens a connection in a test, and plays its answers."""

from __future__ import annotations

import logging
import math
import time as machine
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import wraps
from threading import RLock
from typing import Any

import pytest
from requests.adapters import HTTPAdapter
from vcr.cassette import Cassette
from vcr.errors import UnhandledHTTPRequestError
from vcr.matchers import requests_match
from vcr.request import Request

from hk_adapter.errors import NotSupported
from hk_adapter.flow import loop_time
from hk_adapter.flow.async_runner import AsyncRunner
from hk_adapter.flow.blocking_runner import BlockingRunner
from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.http import HttpRequest
from hk_adapter.flow.streams import Listen
from hk_adapter.hooks import OpenedVenue, VenueSettings
from hk_adapter.registry import KeyRedactor
from hk_adapter.testing.cassettes import in_force
from hk_adapter.testing.cassettes.not_recorded import NotRecorded
from hk_adapter.testing.cassettes.replay_time import behind
from hk_adapter.testing.cassettes.transports import asyncio_transports, blocking_transports
from hk_adapter.transport.aiohttp_streams import AiohttpStreams
from hk_adapter.transport.request_builder import RequestBuilder
from hk_adapter.transport.venue_clock import VenueClock
from hk_adapter.venue import rehearsal
from hk_adapter.venue.api.client_ids import ClientIdSource
from hk_adapter.venue.loop_streams import LoopStreams

_CHATTY = ("vcr.cassette", "vcr.matchers", "vcr.request", "vcr.stubs", "vcr.stubs.aiohttp_stubs")


class Rehearsing:
    """Lends every connection what the recording in force has; without one, nothing is changed."""

    @property
    def replays(self) -> bool:
        """Whether answers come from a recording."""
        return (tape := in_force.current()) is not None and tape.replays

    @property
    def client_ids(self) -> ClientIdSource | None:
        """What makes client order ids."""
        return None if (tape := in_force.current()) is None else tape.client_ids

    def opened(self, settings: VenueSettings, venue: OpenedVenue, redactor: KeyRedactor) -> None:
        """Record a venue that is open now."""
        if (tape := in_force.current()) is not None:
            tape.writing.opened(settings, venue, redactor)

    def clock(self) -> VenueClock:
        """Return the clock that the connection goes by."""
        return VenueClock() if (tape := in_force.current()) is None else tape.clock()


class _Sleeper:
    """Stands for the module ``time`` where calls sleep in threads."""

    @staticmethod
    def sleep(seconds: float) -> None:
        tape = in_force.current()
        (tape.time.sleep if tape is not None and tape.replays else machine.sleep)(seconds)


async def _sleep(seconds: float) -> None:
    tape = in_force.current()
    await (tape.time.sleep_async if tape is not None and tape.replays else loop_time.sleep)(seconds)


def is_rehearsing() -> bool:
    """Whether recordings are made and played with the kit's time, ids and rules."""
    return isinstance(rehearsal.current(), Rehearsing)


@contextmanager
def rehearsing() -> Iterator[None]:
    """Let recordings be made and played with the kit's time, ids and rules, for the whole process."""
    with rehearsal.in_force(Rehearsing()), _quiet(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("hk_adapter.flow.blocking_runner.time", _Sleeper)
        patch.setattr("hk_adapter.flow.async_runner.sleep", _sleep)
        # Whether calls in flight look together depends on who comes first: one by one, they ask the same each time.
        patch.setattr("hk_adapter.execution.lookup_round.WORTH_A_PAGE", math.inf)
        patch.setattr(BlockingRunner, "run", _counted(BlockingRunner.run))
        patch.setattr(AsyncRunner, "run", _counted_async(AsyncRunner.run))
        patch.setattr(BlockingRunner, "_perform", _listening(BlockingRunner._perform))
        patch.setattr(AsyncRunner, "_of_stream", _listening_async(AsyncRunner._of_stream))
        patch.setattr(LoopStreams, "_keep", _kept_behind(LoopStreams._keep))
        patch.setattr(RequestBuilder, "__call__", _noted(RequestBuilder.__call__))
        patch.setattr(AiohttpStreams, "open_stream", _unrecorded(AiohttpStreams.open_stream))
        _play_on(patch)
        _one_at_a_time(patch)
        yield


def _at_work() -> AbstractContextManager[None]:
    tape = in_force.current()
    if tape is None or not tape.replays:
        return nullcontext()
    return tape.time.running(tape.begins)


def _counted(run: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(run)
    def counted(*arguments: Any) -> Any:
        with _at_work():
            return run(*arguments)

    return counted


def _counted_async(run: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(run)
    async def counted(*arguments: Any) -> Any:
        with _at_work():
            return await run(*arguments)

    return counted


def _listening(perform: Callable[..., Any]) -> Callable[..., Any]:
    """Let who waits for a watch's updates wait in the recording's time, where the connection is a recorded one."""

    @wraps(perform)
    def performed(runner: Any, effect: Any) -> Any:
        if isinstance(effect, Listen) and (time := in_force.time_of(runner._runtime.clock)) is not None:
            return time.listen(effect.bell, effect.until)
        return perform(runner, effect)

    return performed


def _listening_async(perform: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(perform)
    async def performed(runner: Any, effect: Any) -> Any:
        if isinstance(effect, Listen) and (time := in_force.time_of(runner._runtime.clock)) is not None:
            return await time.listen_async(effect.bell, effect.until)
        return await perform(runner, effect)

    return performed


def _kept_behind(keep: Callable[..., Any]) -> Callable[..., Any]:
    """Let it be known which of what runs is nobody's call."""

    @wraps(keep)
    async def kept(*arguments: Any) -> None:
        with behind():
            await keep(*arguments)

    return kept


def _unrecorded(open_stream: Callable[..., Any]) -> Callable[..., Any]:
    """Let no stream be opened while a cassette is in force, which holds none of its frames, but its address: a key."""

    @wraps(open_stream)
    async def refused(*arguments: Any) -> Any:
        if in_force.current() is not None:
            raise NotSupported(
                "a recording holds no stream: let this test watch at a venue opened in process with "
                "environment='simulator', or another one, without a recording, at hk_simulator's"
            )
        return await open_stream(*arguments)

    return refused


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep out of the logs what VCR.py tells of each request and answer, which are whole there."""
    loggers = [logging.getLogger(name) for name in _CHATTY]
    for logger in loggers:
        logger.addFilter(_is_a_warning)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(_is_a_warning)


def _is_a_warning(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


def _one_at_a_time(patch: pytest.MonkeyPatch) -> None:
    """Let one thread send at a time: VCR.py takes itself away while one opens a connection, and others would escape."""
    lock = RLock()
    for transport in blocking_transports():
        patch.setattr(transport, "send", _timed(transport.send, lock))
    for transport in asyncio_transports():
        patch.setattr(transport, "send", _timed_async(transport.send))
    patch.setattr(HTTPAdapter, "send", _locked(HTTPAdapter.send, lock))


def _locked(send: Callable[..., Any], lock: Any) -> Callable[..., Any]:
    @wraps(send)
    def send_alone(*arguments: Any, **keywords: Any) -> Any:
        with lock:
            return send(*arguments, **keywords)

    return send_alone


def _timed(send: Callable[..., Any], lock: Any) -> Callable[..., Any]:
    @wraps(send)
    def send_alone(transport: Any, request: HttpRequest, deadline: float) -> Any:
        with lock, _is_over():
            return send(transport, request, _departs(deadline))

    return send_alone


def _timed_async(send: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(send)
    async def send_timed(transport: Any, request: HttpRequest, deadline: float) -> Any:
        with _is_over():
            return await send(transport, request, _departs(deadline))

    return send_timed


def _noted(prepare: Callable[[Any, HttpCall], HttpRequest]) -> Callable[[Any, HttpCall], HttpRequest]:
    """Let a recording know what call a request is: where all have one path, nothing else tells which only reads."""

    @wraps(prepare)
    def noted(outgoing: Any, call: HttpCall) -> HttpRequest:
        if (tape := in_force.current()) is not None:
            tape.writing.goes_out(call)
        return prepare(outgoing, call)

    return noted


@contextmanager
def _is_over() -> Iterator[None]:
    """Forget the call with its request: what this thread sends next may be nobody's."""
    try:
        yield
    finally:
        if (tape := in_force.current()) is not None:
            tape.writing.goes_out(None)


def _departs(deadline: float) -> float:
    """Record when a request goes out, and return its deadline by the machine's own clock."""
    tape = in_force.current()
    if tape is None:
        return deadline
    tape.writing.asked()
    return tape.time.real(deadline) if tape.replays else deadline


def _play_on(patch: pytest.MonkeyPatch) -> None:
    """Let reads be answered after a recording's end as they were last: the venue stands still there.

    What changes something is played as often as it was recorded, and never once more.
    """
    can_play, play = Cassette.can_play_response_for, Cassette.play_response
    lock = RLock()

    def can_play_or_repeat(cassette: Any, request: Request) -> Any:
        with lock:
            if can_play(cassette, request):
                return True
            if not cassette.write_protected:
                return False
            if _last(cassette, request) is None and in_force.current() is not None and cassette.filter_request(request):
                raise NotRecorded(cassette=cassette, failed_request=request)
            return _last(cassette, request) is not None

    def play_or_repeat(cassette: Any, request: Request) -> Any:
        with lock:
            try:
                answer, is_new = play(cassette, request), True
            except UnhandledHTTPRequestError:
                answer, is_new = _last(cassette, request), False
                if answer is None:
                    raise
        if (tape := in_force.current()) is not None:
            tape.played(cassette, answer, is_new=is_new)
        return answer

    patch.setattr(Cassette, "can_play_response_for", can_play_or_repeat)
    patch.setattr(Cassette, "play_response", play_or_repeat)


def _last(cassette: Any, request: Request) -> Any:
    """Return the last answer that was recorded to a read; None where there is none, and for anything else."""
    tape = in_force.current()
    if tape is None or not tape.writing.is_read(request):
        return None
    asked = cassette.filter_request(request)
    found = [answer for stored, answer in cassette.data if requests_match(asked, stored, cassette._match_on)]
    return found[-1] if found else None
