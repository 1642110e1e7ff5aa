"""Reads and writes VCR.py's files with what this kit adds to them: a head, and the comment above it."""

from __future__ import annotations

from typing import Any

from vcr import VCR
from vcr.serializers import jsonserializer, yamlserializer

from hk_adapter.testing.cassettes.tape import Tape
from hk_adapter.testing.cassettes.writing import STORED


def attach(tape: Tape, recorder: VCR) -> None:
    """Read and write a recorder's cassettes with what this kit adds to them."""
    recorder.register_persister(_Marking(recorder.persister, tape))
    recorder.register_serializer("yaml", _WithHead(tape, yamlserializer))
    recorder.register_serializer("json", _WithHead(tape, jsonserializer))


class _Marking:
    """Tells requests that come from a file from those that are asked: what was written was scrubbed."""

    def __init__(self, inner: Any, tape: Tape) -> None:
        self._inner = inner
        self._tape = tape

    def load_cassette(self, path: str, serializer: Any) -> Any:
        """As VCR.py's."""
        loaded = self._inner.load_cassette(path, serializer=serializer)
        for request in loaded[0]:
            setattr(request, STORED, True)
        self._tape.writing.expect(loaded[0])
        return loaded

    def save_cassette(self, path: str, cassette_dict: Any, serializer: Any) -> None:
        """As VCR.py's."""
        self._inner.save_cassette(path, cassette_dict, serializer)


class _WithHead:
    """One of VCR.py's serializers, with the head; in YAML below a comment that tells where the answers are from."""

    def __init__(self, tape: Tape, inner: Any) -> None:
        self._tape = tape
        self._inner = inner

    def serialize(self, cassette: dict[str, Any]) -> str:
        """Write a cassette; called only when something was recorded."""
        comment = self._tape.writing.comment(cassette) if self._inner is yamlserializer else ""
        return comment + str(self._inner.serialize(self._tape.with_head(cassette)))

    def deserialize(self, text: str) -> Any:
        """Read a cassette; the comment is for people."""
        content = self._inner.deserialize(text)
        self._tape.loaded(content)
        return content
