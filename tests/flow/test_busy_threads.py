"""Whether a thread is in a frame still is asked while it runs on; what cannot be told is a thread that is busy."""

from __future__ import annotations

import sys
import threading

import pytest

from hk_adapter.flow.guard import is_on_stack

HERE = threading.get_ident()


def test_a_frame_is_on_its_own_stack() -> None:
    """However deep beneath: and one that was left is not."""

    def left() -> object:
        return sys._getframe()

    assert is_on_stack(sys._getframe(), threading.get_ident())
    assert not is_on_stack(left(), threading.get_ident())  # type: ignore[arg-type]


def test_what_is_no_frame_belongs_to_a_thread_that_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Early releases of Python 3.11 show what took the place of a frame that a running thread has left meanwhile."""
    monkeypatch.setattr(sys, "_current_frames", lambda: {HERE + 1: object()})
    assert is_on_stack(sys._getframe(), HERE + 1)
    assert not is_on_stack(sys._getframe(), HERE + 2)
