"""Ends the command when a signal asks for it: in one line, which tells what is known, and in the code of shells.

Only the first signal raises, and where it strikes nothing else can: a second one ends the process at once, unless it
is a hangup.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from types import FrameType

from hk_adapter.cli.exit_codes import ExitCode
from hk_adapter.cli.show import one_line
from hk_adapter.cli.stderr import say_at_once

_HANGUP = getattr(signal, "SIGHUP", None)
_ENDING = {signal.SIGINT, signal.SIGTERM} | ({_HANGUP} if _HANGUP else set())
"""What asks the command to end; Windows has no hangup."""


class Interrupted(BaseException):
    """A signal asked the command to end. It is no KeyboardInterrupt: click answers that with an empty line."""


class _Stage(Enum):
    WORKING = auto()
    TELLING = auto()
    """The work is done; the first signal changes nothing any more."""
    ENDING = auto()


@dataclass(slots=True)
class _State:
    stage: _Stage = _Stage.WORKING
    word: str = "interrupted"
    code: ExitCode = ExitCode.INTERRUPTED
    known: str = ""
    told: bool = False

    def line(self) -> str:
        """Return what is said: that it was ended, and what is known."""
        return f"hk-adapter: {one_line(f'{self.word}: {self.known}' if self.known else self.word)}\n"


_state = _State()


def heed() -> None:
    """Raise ``Interrupted`` on Ctrl-C, SIGTERM and SIGHUP from now on, unless they are ignored here."""
    sys.unraisablehook = _on_lost
    for number in _ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _on_signal)


def leave() -> None:
    """Let a signal end Python from now on: while that ends nobody else can answer."""
    for number in _ENDING:
        if signal.getsignal(number) is _on_signal:
            signal.signal(number, signal.SIG_DFL)


def note(known: str) -> None:
    """Set what is to be told of the work if it is interrupted from now on."""
    _state.known = known


def work_is_done() -> None:
    """Let no signal keep what is known from being told, unless a second one comes."""
    if _state.stage is _Stage.WORKING:
        _state.stage = _Stage.TELLING


def begin() -> None:
    """Forget what an earlier command of this process left."""
    global _state  # noqa: PLW0603 - one process, one command at a time
    _state = _State()


def tell() -> ExitCode:
    """Write the line, once, and return the code to end in."""
    if not _state.told:
        with suppress(OSError, AttributeError):  # nobody takes it, or there is no stderr
            sys.stderr.write(_state.line())
            sys.stderr.flush()
        _state.told = True
    return _state.code


def _on_signal(number: int, _: FrameType | None) -> None:
    stage = _state.stage
    if stage is _Stage.ENDING:
        if number == _HANGUP:  # of one terminal that is closed there are two: the kernel's and the shell's
            return
        _end_at_once()
    _state.stage = _Stage.ENDING
    if number == signal.SIGTERM:
        _state.word, _state.code = "terminated", ExitCode.TERMINATED
    elif number == _HANGUP:
        _state.word, _state.code = "hung up", ExitCode.HUNG_UP
    if stage is _Stage.WORKING:
        raise Interrupted


def _on_lost(lost: sys.UnraisableHookArgs) -> None:
    """End where the interpreter would drop an interrupt, in a destructor, and go on."""
    if issubclass(lost.exc_type, Interrupted):
        _end_at_once()
    sys.__unraisablehook__(lost)


def _end_at_once() -> None:
    try:
        if not _state.told:
            say_at_once(_state.line())
    finally:
        os._exit(_state.code)
