"""Keep a key out of whatever a plugin raises: venues repeat what they were sent, and a message is shown to anyone."""

from __future__ import annotations

import base64
import json
import re
import reprlib
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn, TypeVar
from urllib.parse import quote, quote_plus

from msgspec.structs import replace

from hk_adapter import errors
from hk_adapter.errors import PluginError
from hk_adapter.flow.caller import handled_before
from hk_adapter.flow.interrupts import callers_interrupt
from hk_adapter.flow.plain_errors import answers_for_itself
from hk_adapter.model import Order
from hk_adapter.true_class import class_name

T = TypeVar("T")

HIDDEN = "[redacted]"
SHORTEST = 4
"""Characters: what is shorter is no secret, and its letters are in every text."""
UNMISTAKABLE = 12
"""Characters from which a secret is left out within a longer word too."""


class _PartByPart(reprlib.Repr):
    """Writes a whole value, but for those parts of it that cannot be written."""

    def __init__(self) -> None:
        super().__init__()
        for name in vars(self):
            if name.startswith("max"):
                setattr(self, name, sys.maxsize)
        self.maxlevel = 100

    def repr1(self, x: Any, level: int) -> str:
        try:
            return super().repr1(x, level)
        except Exception:  # noqa: BLE001 - whatever a plugin's class does when it is shown
            return ""


_PART_BY_PART = _PartByPart()


class KeyRedactor:
    """Knows the secrets of one connection, only to leave them out of errors; shows and pickles none."""

    __slots__ = ("__pattern", "__secrets")

    def __init__(self) -> None:
        self.__secrets: frozenset[str] = frozenset()
        self.__pattern: re.Pattern[str] | None = None

    def __repr__(self) -> str:
        return "<KeyRedactor>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a KeyRedactor holds secrets and is never pickled")

    def hide(self, *secrets: object) -> None:
        """Leave these texts out from now on, in the forms in which they travel."""
        found = {text for text in secrets if isinstance(text, str) and len(text) >= SHORTEST}
        self.__secrets |= found
        forms = {form for text in self.__secrets for form in _forms(text)}
        words = [_word(form) for form in sorted(forms, key=len, reverse=True)]
        self.__pattern = re.compile("|".join(words), re.IGNORECASE) if words else None

    @property
    def hides(self) -> bool:
        """Whether there is anything to leave out."""
        return self.__pattern is not None

    def text(self, text: str) -> str:
        """Return a text without the secrets."""
        return text if self.__pattern is None else self.__pattern.sub(HIDDEN, text)

    def shows(self, text: str) -> bool:
        """Whether a text has one in it."""
        return self.__pattern is not None and self.__pattern.search(text) is not None

    def cleaned(self, error: BaseException) -> BaseException:
        """Remove the secrets from an error and all that it carries; another stands in where its class forbids that.

        What the caller was handling when the call began is his own, and stays as it is.
        """
        own = handled_before()
        return self._cleaned(error, {} if own is None else {id(own): own})

    def redacting(self, function: Callable[..., T]) -> Callable[..., T]:
        """Return a plugin's plain function, whose errors come out without them."""

        def redacted(*args: Any, **kwargs: Any) -> T:
            try:
                return function(*args, **kwargs)
            except BaseException as error:
                clean = self.cleaned(error)
                if clean is error:
                    raise
            raise clean

        return redacted

    def _cleaned(self, error: BaseException, done: dict[int, BaseException]) -> BaseException:
        if id(error) in done:
            return done[id(error)]
        done[id(error)] = error
        if answers_for_itself(error):
            if callers_interrupt(error) is None:
                done[id(error)] = error = PluginError(f"{class_name(error)}, a class that answers for itself")
            return error
        before = self._is_told(error)
        error.args = tuple(self._value(one, done) for one in error.args)
        for name, value in vars(error).items():
            vars(error)[name] = self._value(value, done)
        if before:
            error.__traceback__ = None  # its frames hold the text it was made of
            if self._is_told(error):
                done[id(error)] = error = self._stand_in(error)
        self._clean_links(error, done)
        return error

    def _clean_links(self, error: BaseException, done: dict[int, BaseException]) -> None:
        suppressed = error.__suppress_context__
        if error.__cause__ is not None:
            error.__cause__ = self._cleaned(error.__cause__, done)
        if error.__context__ is not None:
            error.__context__ = self._cleaned(error.__context__, done)
        error.__suppress_context__ = suppressed
        if isinstance(error, BaseExceptionGroup):
            for one in error.exceptions:
                self._cleaned(one, done)

    def _is_told(self, error: BaseException) -> bool:
        return any(self.shows(text) for text in _texts(error))

    def _stand_in(self, error: BaseException) -> BaseException:
        """Return an error of our own nearest class, or one that tells the class, for one that keeps its text."""
        kinds = [kind for kind in type(error).__mro__ if kind.__module__ == errors.__name__]
        text = self.text(" ".join(_texts(error)[:1]))
        if not kinds:
            return Exception(f"{type(error).__name__}: {text}")
        double: BaseException = kinds[0](text)
        kept = {name: value for name, value in vars(error).items() if name in vars(double)}
        vars(double).update({**kept, "request_state": getattr(error, "request_state", errors.RequestState.UNKNOWN)})
        for name in ("reason", "unreachable"):
            if hasattr(kinds[0], name):
                setattr(double, name, getattr(error, name))
        double.__cause__, double.__context__ = error.__cause__, error.__context__
        return double

    def cleaned_value(self, value: Any) -> Any:
        """Return any value without the secrets: the errors in it clean, the texts without them."""
        return self._value(value, {})

    def _value(self, value: Any, done: dict[int, BaseException]) -> Any:
        match value:
            case None | bool() | int() | float():
                clean: Any = value
            case BaseException():
                clean = self._cleaned(value, done)
            case Order(info=info):
                clean = replace(value, info=self._value(info, done)) if self.shows(_shown(repr, info)) else value
            case _ if not self.shows(_shown(repr, value)) and not _holds_errors(value):
                clean = value
            case str():
                clean = self.text(str.__str__(value))
            case list() | tuple():
                clean = [self._value(one, done) for one in value]
                clean = clean if isinstance(value, list) else tuple(clean)
            case Mapping():
                clean = {self._value(key, done): self._value(one, done) for key, one in value.items()}
            case _:
                clean = self.text(_shown(repr, value))
        return clean


def _texts(error: BaseException) -> list[str]:
    """Return all that an error tells by itself, however it is asked."""
    notes: object = getattr(error, "__notes__", ())
    kept = [value for value in vars(error).values() if not isinstance(value, BaseException)]
    parts = (error.args, notes, kept)
    return [_shown(str, error), _shown(repr, error), *(_shown(repr, part) for part in parts)]


def _holds_errors(value: object) -> bool:
    return isinstance(value, list | tuple) and any(isinstance(one, BaseException) for one in value)


def _shown(show: Callable[[Any], str], value: Any) -> str:
    try:
        return show(value)
    except Exception:  # noqa: BLE001 - whatever a plugin's class does when it is shown
        return _PART_BY_PART.repr(value)  # what stands beside the one that cannot be shown still can


def _forms(text: str) -> Iterator[str]:
    raw = text.encode("utf-8", "surrogatepass")
    yield text
    yield quote(raw, safe="")
    yield quote_plus(raw)
    yield json.dumps(text)[1:-1]
    yield repr(text)[1:-1]
    yield raw.hex()
    yield base64.b64encode(raw).decode()


def _word(form: str) -> str:
    """Find a short one only where it stands by itself: its letters may be part of any word.

    Of a long one the beginning is enough: words are cut before they are shown.
    """
    if len(form) >= 2 * UNMISTAKABLE:
        return f"{re.escape(form)}|{re.escape(form[:UNMISTAKABLE])}[A-Za-z0-9+/=_-]*"
    before = "(?<![A-Za-z0-9])" if form[0].isalnum() and len(form) < UNMISTAKABLE else ""
    after = "(?![A-Za-z0-9])" if form[-1].isalnum() and len(form) < UNMISTAKABLE else ""
    return f"{before}{re.escape(form)}{after}"
