"""What the rooms of this facade share: a runner beside what is shown."""

from __future__ import annotations

from typing import Literal

from hk_adapter.flow.runners import AsyncRunner
from hk_adapter.venue.connection import Connection
from hk_adapter.venue.info import Shown

WaitWord = Literal["final", "ack"]


class AsyncFacade(Shown):
    """A connection and the runner that carries out its calls."""

    def __init__(self, connection: Connection, runner: AsyncRunner) -> None:
        super().__init__(connection)
        self._runner = runner
