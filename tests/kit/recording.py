"""Makes a recording and plays it within one test, as the fixtures do for one test each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vcr import VCR

from hk_adapter.testing.cassettes import in_force
from hk_adapter.testing.cassettes.recorded import Recorded
from hk_adapter.testing.cassettes.rehearsing import rehearsing


@contextmanager
def recorded_in(path: Path, mode: str = "none") -> Iterator[Recorded]:
    """Make a recording (``once``), or play it."""
    recorder = VCR(record_mode=mode)
    tape = in_force.begin(recorder, mode)
    try:
        with rehearsing(), recorder.use_cassette(str(path), **in_force.CONFIG) as cassette:
            tape.cassette = cassette
            recorded = Recorded(tape)
            try:
                yield recorded
            finally:
                recorded.close()
    finally:
        in_force.end()
