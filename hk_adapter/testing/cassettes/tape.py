"""One recording, while it is made or played: when it began, what time it is there, and what of it is to come."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from hk_adapter.flow import real_time
from hk_adapter.testing.cassettes.replay_time import RecordingEnded, ReplayTime, machine_ms
from hk_adapter.testing.cassettes.told_times import told_beginning
from hk_adapter.testing.cassettes.writing import ANSWERED_AT, ASKED_AT, READS, Writing
from hk_adapter.transport.venue_clock import VenueClock
from hk_adapter.venue.api.client_ids import ClientIdSource, FromSeed

HEAD = "hk_adapter"
"""What this kit writes beside the interactions: when the recording began, and what its client order ids are made of."""


class Tape:
    """What is known of one cassette. Stands around the connections that are opened while it is in force.

    Attributes:
        cassette: VCR.py's own; None until somebody has it.
        writing: scrubs what is written of it.
        seed: makes the client order ids; the same one when the recording is played.
        lives_by_our_clock: whether the venue is a simulator that is served here.
    """

    def __init__(self, mode: str = "none") -> None:
        self.cassette: Any = None
        self.writing = Writing()
        self.seed = secrets.token_hex(8)
        self._client_ids: ClientIdSource = FromSeed(self.seed)
        self.lives_by_our_clock = False
        self._mode = mode
        self._loaded = False
        self._began = machine_ms()
        self._ended: int | None = None
        self._time: ReplayTime | None = None

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
    def is_added_to(self) -> bool:
        """Whether what is asked now would be written beside what was recorded at another time."""
        return self._mode == "new_episodes" and self._loaded

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
            self.writing.is_ours = self.cassette.dirty = True

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
            reads = changes and bool(answer.get(READS, self.writing.is_declared_a_read(request)))
            if isinstance(at, int) and not cassette.play_counts[place] and not reads:
                yield at

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
        return cassette | {HEAD: head} if self.writing.is_ours else cassette


def _file_of(cassette: Any) -> str:
    return "the recording" if cassette is None else str(cassette._path)
