"""The simulator stands apart: it imports nothing of ours, and nothing heavy until it serves."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import hk_adapter.simulator

ROOT = Path(hk_adapter.simulator.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
HEAVY = {"aiohttp", "ccxt", "requests", "socket", "asyncio"}


def imported_modules(file: Path) -> set[str]:
    """List every module a file names in an import, relative ones resolved."""
    package = ["hk_adapter", "simulator", *file.relative_to(ROOT).parts[:-1]]
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            names.add(".".join([*base, *([node.module] if node.module else [])]))
    return names


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_it_imports_nothing_of_ours(file: Path) -> None:
    """Two readings of the documentation must agree, so no file of the simulator sees the adapter's."""
    ours = {name for name in imported_modules(file) if name.split(".")[0] == "hk_adapter"}
    assert all(name.split(".")[:2] == ["hk_adapter", "simulator"] for name in ours), ours


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_only_the_server_knows_sockets_and_clocks(file: Path) -> None:
    """The core reads no clock, socket or random source; only server.py may."""
    if file.name != "server.py":
        outside = {name.split(".")[0] for name in imported_modules(file)}
        assert not outside & (HEAVY | {"time", "datetime", "random", "secrets", "uuid"})


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
