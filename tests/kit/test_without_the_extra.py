"""The kit without what it stands on."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("missing", "asked"),
    [
        ("pytest", "VenueSuite"),
        ("pytest", "Faults"),
        ("vcr", "Recorded"),
        ("vcr", "RecordedClock"),
        ("pytest", "ServedSimulator"),
    ],
)
def test_what_is_missing_is_told_with_what_to_install(missing: str, asked: str) -> None:
    """Whoever imports a part of the kit learns which extra brings what it needs."""
    program = f"import sys; sys.modules[{missing!r}] = None; from hk_adapter.testing import {asked}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    # Python 3.15 may guess at a name that is like it
    assert last.startswith(f"ModuleNotFoundError: needs {missing}: pip install 'hk-adapter[testing]'")
