"""The simulator stands apart: it imports nothing of ours, and nothing heavy until it serves."""

import ast
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import hk_adapter.simulator
from tests.cases import each

ROOT = Path(hk_adapter.simulator.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
HEAVY = {"aiohttp", "ccxt", "requests", "socket", "asyncio"}


def imported_modules(source: str, package: Sequence[str] = ("hk_adapter", "simulator")) -> set[str]:
    """List every module a source names in an import, relative ones resolved against its package."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            names.add(".".join([*base, *([node.module] if node.module else [])]))
    return names


def foreign(source: str) -> set[str]:
    """List what a source of the simulator imports of ours from outside the simulator."""
    ours = {name for name in imported_modules(source) if name.split(".")[0] == "hk_adapter"}
    return {name for name in ours if name.split(".")[:2] != ["hk_adapter", "simulator"]}


def chance(source: str) -> list[str]:
    """List what a source uses of `random` other than `Random(seed)`."""
    tree = ast.parse(source)
    drawn = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    used = [line for line in drawn if "random" in line.split() and line != "from random import Random"]
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "Random"]
    return used + [ast.unparse(call) for call in calls if not call.args]


@each("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_it_imports_nothing_of_ours(file: Path) -> None:
    """Two readings of the documentation must agree, so no file of the simulator sees the adapter's."""
    assert not foreign(file.read_text())


@each(
    "line",
    [
        "import hk_adapter",
        "import hk_adapter.errors",
        "from hk_adapter import errors",
        "from hk_adapter.venues.hashkey import signing",
        "from hk_adapter.simulators import x",
        "from .. import errors",
        "from ..model import orders",
    ],
)
def test_an_import_of_ours_would_be_noticed(line: str) -> None:
    """The check above sees absolute and relative imports, and takes no other name for the simulator's."""
    assert foreign(f"from hk_adapter.simulator.http import SimRequest\ndef f():\n    {line}\n")
    assert not foreign("from hk_adapter.simulator.http import SimRequest\nfrom . import core\nfrom .book import Book\n")


@each("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_only_the_server_knows_sockets_and_clocks(file: Path) -> None:
    """The core reads no clock, socket or random source of the machine; only server.py may."""
    if file.name != "server.py":
        outside = {name.split(".")[0] for name in imported_modules(file.read_text())}
        assert not outside & (HEAVY | {"time", "datetime", "secrets", "uuid"})


@each("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_chance_comes_from_a_seed(file: Path) -> None:
    """What the core draws, it draws from a `Random` that was given a seed."""
    assert not chance(file.read_text())


@pytest.mark.parametrize("line", ["import random", "from random import random", "from random import Random; Random()"])
def test_unseeded_chance_would_be_noticed(line: str) -> None:
    """The check above sees the module's own generator and a `Random` without a seed."""
    assert chance(line)
    assert not chance("from random import Random; Random(7)")


def test_importing_it_imports_nothing_heavy() -> None:
    """A bot that never serves pays neither for aiohttp nor for ccxt."""
    # The package's own __init__ is not what is judged here: an empty one stands in for it.
    script = (
        "import sys, types\n"
        "package = types.ModuleType('hk_adapter')\n"
        f"package.__path__ = [{str(ROOT.parent)!r}]\n"
        "sys.modules['hk_adapter'] = package\n"
        "import hk_adapter.simulator\n"
        "from hk_adapter.simulator import serve\n"
        "print(*sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not {"aiohttp", "ccxt", "requests", "hk_adapter.simulator.server"} & loaded
    ours = {name for name in loaded if name.startswith("hk_adapter.")}
    assert all(name.startswith("hk_adapter.simulator") for name in ours)
