"""Told secrets: nothing that a plugin gives, raises, prints or warns of holds the key's secret."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

from hk_adapter.errors import AdapterError
from hk_adapter.flow.http import Response
from hk_adapter.record import field_names
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.conduct import tells
from hk_adapter.testing.conformance.every_hook import calls_of
from hk_adapter.testing.conformance.exchange import Fate
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Refusal, Request, Script
from hk_adapter.testing.conformance.written import has_words_for

_SILENCE = 400.0
"""Seconds after which no limit, and no block, of a venue's is in force any more."""


class ToldSecrets:
    """Cases of what comes out of a plugin beside its requests and its log."""

    bench: Bench
    script: Script
    absent: frozenset[str]

    @needs("cancel_order")
    def test_the_secret_is_told_nowhere(self) -> None:
        """Nothing that the plugin gives, raises, prints or warns of holds it, nor does the plugin as it is printed.

        Look at: what an error or a warning says, ``info`` of what is read, ``print``, and ``__repr__``.
        """
        require(not tells(repr(self.bench.opened_venue)), "the opened venue holds the secret as it is printed")
        refused = Fate(acts=False, instead=Response(401, {}, b"{}"))
        for fate in (Fate(), refused, *self._refused_for_the_key()):
            for hook, call in calls_of(self.bench, self.script, self.absent):
                for kind in Request:
                    self.bench.exchange.meet(kind, fate)
                held = [where for where, text in _told_by(call) if tells(text)]
                require(not held, f"{' and '.join(held)} of {hook} holds the secret")
                for kind in Request:
                    self.bench.exchange.meet(kind)
                self.bench.advance(_SILENCE)

    def _refused_for_the_key(self) -> Iterator[Fate]:
        if Refusal.BAD_KEY not in self.absent and has_words_for(self.script, Refusal.BAD_KEY):
            yield Fate(acts=False, refused=Refusal.BAD_KEY)


def _told_by(call: Callable[[], object]) -> Iterator[tuple[str, str]]:
    """Make a call; tell what it printed, warned of, gave or raised, and what that was raised over."""
    printed = StringIO()
    link: BaseException | None = None
    result: object = None
    with redirect_stdout(printed), redirect_stderr(printed), warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            result = call()
        except AdapterError as error:
            link = error
    yield "what was printed", printed.getvalue()
    yield from (("a warning", str(one.message)) for one in warned)
    yield from (("what was given", text) for text in _texts(result))
    while link is not None:
        yield "an error", f"{link!r} {link}"
        link = link.__cause__ or link.__context__


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, AdapterError):
        yield f"{value!r} {value}"
    elif isinstance(value, Mapping):
        for pair in value.items():
            yield from _texts(pair)
    elif isinstance(value, list | tuple | frozenset):
        for one in value:
            yield from _texts(one)
    elif names := field_names(type(value)):
        for name in names:
            yield from _texts(getattr(value, name))
