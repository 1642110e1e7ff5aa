"""A coroutine that has taken its first step, so that one that needs no waiting is told from one that does."""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from functools import partial
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Begun(Generic[T]):
    """A coroutine that was run up to where it waits, or to its end. To be awaited, at once and once, in the same task.

    Whatever it raises in its first step comes out of the constructor.

    Attributes:
        is_over: whether it has come to its end, so that awaiting it gives its result without waiting.
    """

    def __init__(self, coroutine: Coroutine[Any, Any, T]) -> None:
        self._coroutine = coroutine
        self._result: T
        self.is_over = False
        try:
            self._awaited = coroutine.send(None)
        except StopIteration as end:
            self.is_over, self._result = True, end.value

    def __await__(self) -> Generator[Any, Any, T]:
        while not self.is_over:
            try:
                answer = yield self._awaited
            except BaseException as error:  # noqa: BLE001 - such as its task's cancellation: the coroutine's to handle
                go_on = partial(self._coroutine.throw, error)
            else:
                go_on = partial(self._coroutine.send, answer)
            try:
                self._awaited = go_on()
            except StopIteration as end:
                self.is_over, self._result = True, end.value
        return self._result
