"""Programs run in an interpreter of their own, against a venue served by the test's."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import hk_adapter

ROOT = Path(hk_adapter.__file__).parents[1]
_DOUBT = re.compile(r"\w+ at hashkey: unknown, ")
PATIENCE = 60
"""Seconds after which a program hangs; its calls have 10 s at most."""
_WARNINGS = ("error", "ignore:enable_cleanup_closed ignored:DeprecationWarning", "ignore:This process")
"""The second is of ccxt, which asks aiohttp for what newer Pythons do by themselves; the third is of forks."""


def run(code: str, *arguments: object, **environment: str) -> str:
    """Run a program to its end and return what it printed; nothing goes to stderr but the log's lines of doubts."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HK_ADAPTER_", "COV_"))}
    done = subprocess.run(
        [sys.executable, *(f"-W{one}" for one in _WARNINGS), "-c", dedent(code), *map(str, arguments)],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    beside = [line for line in done.stderr.splitlines() if not _DOUBT.match(line)]
    assert (done.returncode, beside) == (0, []), f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout
