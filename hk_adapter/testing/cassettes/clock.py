"""What time it is in a test: the recording's while one is played, and else the machine's."""

from __future__ import annotations

from hk_adapter.testing.cassettes import in_force
from hk_adapter.testing.cassettes.replay_time import machine_ms


class RecordedClock:
    """The time of the recording that is played or made. All times are ms UTC, or seconds where it says so."""

    @property
    def began(self) -> int:
        """When the recording began: the same when it is played, so that it may stand in a request (``since``)."""
        tape = in_force.current()
        return machine_ms() if tape is None else tape.began

    def ms(self) -> int:
        """Return what time it is."""
        tape = in_force.current()
        return tape.time.ms() if tape is not None and tape.replays else machine_ms()

    def time(self) -> float:
        """Return it in seconds, as ``time.time()``."""
        return self.ms() / 1000

    def begin_at(self, ms: int) -> None:
        """Let the recording have begun then: for one that was typed, or made without this kit, and does not say it."""
        tape = in_force.current()
        if tape is None or not tape.replays:
            raise RuntimeError("hk_clock.begin_at() is for a recording that is played")
        tape.begin_at(ms)

    def pass_by(self, seconds: float) -> None:
        """Advance the time at once, in seconds, while a recording is played."""
        tape = in_force.current()
        if tape is not None and tape.replays:
            tape.time.pass_by(seconds)
