"""``import hk_adapter`` in fresh processes, beside ``import ccxt``, and what it drags along."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Sequence

from benchmarks.compiled import compiled
from benchmarks.table import Row

_UNWANTED = ("asyncio", "hk_adapter.simulator")


def imports(rounds: int) -> Sequence[Row]:
    """Measure by ``-X importtime``, which also names every module."""
    with compiled() as environment:
        names, turns = ("hk_adapter", "ccxt"), max(3, rounds // 3) + 1
        pairs = [[_imported(name, environment) for name in names] for _ in range(turns)][1:]  # the first ones compile
    ours, theirs = (statistics.median(pair[place]["all"] for pair in pairs) for place in (0, 1))
    unwanted = [name for name in _UNWANTED if name in pairs[0][0]]
    return [
        Row(
            what="`import hk_adapter`", unit="ms", ours=ours / 1000, ccxt=theirs / 1000,
            held=statistics.median(one["all"] / other["all"] for one, other in pairs), target=0.30,
            of="of `import ccxt`",
        ),
        Row(
            what="asyncio and the simulator among what it imports", unit="", ours=len(unwanted), held=len(unwanted),
            target=0, of=" and ".join(unwanted) if unwanted else "of the two",
        ),
    ]  # fmt: skip


def _imported(name: str, environment: dict[str, str]) -> dict[str, int]:
    """Import in a new process: microseconds by module, with all that each needs; ``all`` is the module asked for."""
    command = [sys.executable, "-X", "importtime", "-c", f"import {name}"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stderr.splitlines()
    rows = (line.removeprefix("import time:").split("|") for line in told if line.startswith("import time:"))
    times = {module.strip(): int(whole) for _, whole, module in rows if whole.strip().isdigit()}
    return times | {"all": times[name]}
