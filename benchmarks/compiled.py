"""New processes that find everything compiled, as what pip has installed is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory


@contextmanager
def compiled() -> Iterator[dict[str, str]]:
    """Give the environment of such processes; the first one that imports a module compiles it for the others."""
    with TemporaryDirectory() as place:
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        yield {**kept, "PYTHONPYCACHEPREFIX": place}
