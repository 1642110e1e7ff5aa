"""Symbols that watches ask the venue about, where no markets are loaded: each once, however many watches begin."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from hk_adapter.flow.effects import Now, Sleep

ASK_AGAIN = 0.02
"""Seconds after which it is seen again whether another watch has been answered."""

About = tuple[str, str]
"""A call, and the symbol that it asks for."""


class AskedSymbols:
    """What the venue was asked about and has, and what it is being asked about now. Shared by threads."""

    def __init__(self) -> None:
        self._answered: set[About] = set()
        self._asking: set[About] = set()

    async def ask(self, about: About, ask: Callable[[], Awaitable[object]], patience: float) -> None:
        """Ask, unless that was answered before, or is by another watch's question within ``patience`` seconds.

        Whose question fails raises that, and the next one asks anew: what failed may have been about the one alone.
        """
        until = (await Now()).monotonic + patience  # who asks may be frozen, or a parent's
        while about in self._asking and (await Now()).monotonic < until:
            await Sleep(ASK_AGAIN)
        if about in self._answered:
            return
        self._asking.add(about)
        try:
            await ask()
            self._answered.add(about)
        finally:
            self._asking.discard(about)
