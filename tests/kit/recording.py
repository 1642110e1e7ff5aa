"""Makes a recording and plays it within one test, as the fixtures do for one test each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vcr import VCR

from hk_adapter.testing.cassettes import tape as tapes
from hk_adapter.testing.cassettes.recorded import Recorded
from hk_adapter.testing.cassettes.rehearsing import rehearsing


@contextmanager
def recorded_in(path: Path, mode: str = "none") -> Iterator[Recorded]:
    """Make a recording (``once``), or play it."""
    recorder = VCR(record_mode=mode)
    tape = tapes.begin(recorder, mode)
    try:
        with rehearsing(), recorder.use_cassette(str(path), **tapes.CONFIG) as cassette:
            tape.cassette = cassette
            recorded = Recorded(tape)
            try:
                yield recorded
            finally:
                recorded.close()
    finally:
        tapes.end()
