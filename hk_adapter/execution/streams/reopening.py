"""When a stream that was lost is opened again: soon, then ever later, by chance; and when nobody waits any longer."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from hk_adapter.errors import (
    AdapterError,
    AuthenticationError,
    ConfigurationError,
    InvalidArgument,
    NotSupported,
    OrderDenied,
    PluginError,
    VenueUnavailable,
)
from hk_adapter.flow.effects import Flow, Now, Random, rest
from hk_adapter.flow.log_line import Lines

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a stream is opened again: up to the first, then up to twice as long each time."""
FIRST_LONGEST_PAUSE = 2.0
"""While a consumer waits for the stream to be opened for the first time."""
LASTING = 10.0
"""Seconds that a connection must have lasted, for the next one to be opened as soon as the first."""

HOPELESS = (
    AuthenticationError,
    ConfigurationError,
    InvalidArgument,
    NotSupported,
    OrderDenied,
    PluginError,
)
"""What another try would not change: the stream ends, and its consumers are told."""


class Reopening:
    """Opens one stream after another. ``patience``: seconds within which the first must tell something.

    Attributes:
        was_live: whether one ever did; then it is opened again for as long as it takes.
    """

    def __init__(self, patience: float) -> None:
        self.was_live = False
        self._patience = patience
        self._log = Lines("hk_adapter.streams", most=20)
        self._begun = 0.0

    async def keep(self, once: Callable[[], Flow[float]], note: Callable[[AdapterError], None]) -> NoReturn:
        """Open a stream by ``once`` whenever the one before is lost; raises what no further try would mend.

        ``once`` lasts as long as its connection, and returns for how many seconds that was; what it raises is passed
        to ``note``. The log tells of the first of several equal failures.
        """
        failures, said = 0, ""
        self.begin((await Now()).monotonic)
        while True:
            try:
                lasted = await once()
                failures = 1 if lasted >= LASTING else failures + 1
            except HOPELESS:
                raise
            except AdapterError as error:
                failures += 1
                if self.has_waited_enough((await Now()).monotonic):
                    raise
                if said != (said := type(error).__name__):
                    self._log.warning("the stream could not be opened, and is tried again: %s", said)
                note(error)
                await self._pause(failures, error.retry_after)
            else:
                said = ""
                if self.has_waited_enough((await Now()).monotonic):
                    raise VenueUnavailable("the stream was opened, and lost each time before it told anything")
                await self._pause(failures, None)

    def begin(self, now: float) -> None:
        """Count the patience from ``now`` on, in seconds of the monotonic clock."""
        self._begun = now

    def has_waited_enough(self, now: float) -> bool:
        """Whether nothing was told for so long that whoever waits is told why."""
        return not self.was_live and now - self._begun >= self._patience

    async def _pause(self, failures: int, at_least: float | None) -> None:
        most = LONGEST_PAUSE if self.was_live else FIRST_LONGEST_PAUSE
        longest = min(most, FIRST_PAUSE * 2.0 ** min(failures - 1, 10))
        await rest(max(at_least or 0.0, longest * await Random()))
