"""Signatures: as the venue computes them, and over all that is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hk_adapter.errors import NotSent
from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.http import HttpRequest
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.every_hook import ask_all
from hk_adapter.testing.conformance.further_script import WritesSignatures
from hk_adapter.testing.conformance.overheard import Overheard
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Script, SignedExample

_LATER = 1000
"""Milliseconds."""


class Signatures:
    """Cases of what ``sign`` signs."""

    bench: Bench
    script: Script
    absent: frozenset[str]

    @needs("cancel_order", "signed_examples")
    def test_examples_are_signed_as_they_should_be(self) -> None:
        """A request whose signature is known is built to the letter; there is one for each place of what is asked.

        Look at: ``sign``, and the venue's own words for what is signed, in which order, and how it is written.
        """
        writer: WritesSignatures = self.script  # type: ignore[assignment]
        examples = writer.signed_examples()
        places = set()
        for example in examples:
            made = self.bench.built(example.call, example.key, example.timestamp)
            told = f"of the example {example.call.method} {example.call.path} the plugin built another"
            require(not (wrong := _differs(made, example)), f"{told} {wrong}")
            false = self.bench.built(example.call, Overheard(example.key, false=True), example.timestamp)
            told = f"the example {example.call.method} {example.call.path} tells nothing that holds the signature"
            require(_differs(false, example), told)
            places.add(_places(made))
        ask_all(self.bench, self.script, self.absent)
        for call, seen in self.bench.pairs:
            told = f"{call.method} {call.path} is sent {_words(seen.request)}, and no example is"
            require(not call.signed or _places(seen.request) in places, told)

    @needs("cancel_order", "signed_params")
    def test_all_that_is_asked_is_signed(self) -> None:
        """Where a parameter changes, in the query or at any depth of the body, what is signed is another.

        Look at: what ``sign`` hands the credentials: the very text that is sent.
        """
        for call in self._signed_calls():
            signed = self._signed(call, 0)
            require(signed, f"{call.method} {call.path} is said to be signed, and nothing of it was")
            for what, other in _altered(call):
                told = f"{call.method} {call.path} is signed the same whatever {what} is"
                require(self._signed(other, 0) != signed, told)

    @needs("cancel_order", "signed_time")
    def test_when_it_is_asked_is_signed(self) -> None:
        """At another time, and with another nonce, what is signed is another: what was seen once cannot be sent again.

        Look at: whether ``sign`` signs the time, or the nonce, that it is given.
        """
        for call in self._signed_calls():
            told = f"{call.method} {call.path} is signed the same at any time, with any nonce"
            require(self._signed(call, 0) != self._signed(call, _LATER), told)

    def _signed_calls(self) -> Iterator[HttpCall]:
        """Return what the hooks send and want signed, each path and method once."""
        ask_all(self.bench, self.script, self.absent)
        found = {(call.method, call.path, call.json is None): call for call in self.bench.sent if call.signed}
        require(found, "nothing that the plugin sends is signed")
        yield from found.values()

    def _signed(self, call: HttpCall, later: int) -> list[tuple[str, Any, bytes]] | None:
        """Return what is signed of a call at a time; None where the plugin refuses to sign it."""
        key = Overheard(self.bench.key)
        try:
            self.bench.built(call.replace(nonce=1_000_000 + later), key, self.bench.exchange.now() + later)
        except NotSent:
            return None
        return key.heard


def _differs(made: HttpRequest, example: SignedExample) -> str | None:
    """Name a part that is not as the example tells it."""
    headers = {name.lower(): value for name, value in made.headers.items()}
    for name, value in example.headers.items():
        if headers.get(name.lower()) != value:
            return f"header {name}: {headers.get(name.lower())!r}"
    if example.url not in (None, made.url):
        return f"URL: {made.url!r}"
    return None if example.body in (None, made.body) else f"body: {made.body!r}"


def _places(request: HttpRequest) -> tuple[bool, bool]:
    return "?" in request.url, request.body is not None


def _words(request: HttpRequest) -> str:
    query, body = _places(request)
    return f"{'with' if query else 'without'} a query and {'with' if body else 'without'} a body"


def _altered(call: HttpCall) -> Iterator[tuple[str, HttpCall]]:
    """Change one of the values that a call asks with, each in its turn."""
    for name, value in call.params.items():
        yield name, call.replace(params={**call.params, name: f"{value}1"})
    for where, body in () if call.json is None else _changed(call.json):
        yield where or "the body", call.replace(json=body)


def _changed(value: Any) -> Iterator[tuple[str, Any]]:
    """Change one value of a JSON body, each in its turn, and say where it stands."""
    match value:
        case dict():
            for name, inner in value.items():
                yield from ((f"{name}{rest}", {**value, name: other}) for rest, other in _changed(inner))
        case list():
            for place, inner in enumerate(value):
                for rest, other in _changed(inner):
                    yield f"[{place}]{rest}", [*value[:place], other, *value[place + 1 :]]
        case bool() | None:
            yield "", "1"
        case int():
            yield "", value + 1
        case _:
            yield "", f"{value}1"
