"""Imports point down only, so that each room can be read, tested and replaced without those above it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

import hk_adapter

ROOT = Path(hk_adapter.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))

COMMON = {"errors", "model", "flow", "hooks"}
MAY_IMPORT = {
    "errors": set(),
    "model": {"errors"},
    "flow": {"errors", "model"},
    "hooks": {"errors", "model", "flow"},
    "execution": COMMON,
    "venues": COMMON,
    "plugins": COMMON,
    "registry": COMMON,
    "transport": COMMON,
    "settings": {"errors"},
    "simulator": set(),
}
"""What each room knows beside itself. The rooms that are not here join the others, or stand on top."""

JOINING = {"venue"}
ON_TOP = {"__init__", "ccxt_facade", "testing", "cli", "run"}
FOR_TYPING = {"errors": {"model"}, "settings": {"hooks"}}
"""What may be named under ``if TYPE_CHECKING`` as well."""


def room_of(module: tuple[str, ...]) -> str:
    """Name the room of a module, whose path is below the package."""
    return module[0] if module else "__init__"


@cache
def imports_of(file: Path, *, typing: bool) -> frozenset[tuple[str, ...]]:
    """List our modules that a file imports, as paths below the package; those for typing only, or those at run time."""
    here = file.relative_to(ROOT).with_suffix("").parts
    package = here[:-1]
    found: set[tuple[str, ...]] = set()
    for node, for_typing in _nodes(ast.parse(file.read_text(encoding="utf-8")), under_typing=False):
        if for_typing is not typing:
            continue
        if isinstance(node, ast.Import):
            found |= {tuple(name.name.split(".")[1:]) for name in node.names if name.name.split(".")[0] == "hk_adapter"}
        elif isinstance(node, ast.ImportFrom):
            module = tuple((node.module or "").split(".")) if node.module else ()
            if node.level:
                base = package[: len(package) + 1 - node.level]
                target = (*base, *module)
            elif module[:1] == ("hk_adapter",):
                target = module[1:]
            else:
                continue
            # "from hk_adapter import registry" names the room as well as "from hk_adapter.registry import x".
            found |= {target} if target else {(name.name,) for name in node.names}
    return frozenset(found)


def _nodes(node: ast.AST, *, under_typing: bool) -> list[tuple[ast.AST, bool]]:
    nodes = [(node, under_typing)]
    for child in ast.iter_child_nodes(node):
        guarded = isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING") and child in node.body
        nodes += _nodes(child, under_typing=under_typing or guarded)
    return nodes


def name(file: Path) -> str:
    """Name a file in what a test says."""
    return str(file.relative_to(ROOT))


def test_a_file_imports_from_below_only():
    """A room knows only the rooms that the design lets it know."""
    wrong = {}
    for file in FILES:
        room = room_of(file.relative_to(ROOT).with_suffix("").parts)
        if room not in MAY_IMPORT:
            continue
        may = MAY_IMPORT[room] | {room}
        rooms = {room_of(module) for module in imports_of(file, typing=False)}
        hinted = {room_of(module) for module in imports_of(file, typing=True)}
        wrong[name(file)] = (rooms - may) | (hinted - may - FOR_TYPING.get(room, set()))
    assert {file: rooms for file, rooms in wrong.items() if rooms} == {}


def test_only_the_top_knows_the_top():
    """What joins the rooms is imported by nobody but what stands on top; that, by nobody but itself."""
    wrong = {}
    for file in FILES:
        room = room_of(file.relative_to(ROOT).with_suffix("").parts)
        if room in ON_TOP:
            continue
        rooms = {room_of(module) for module in imports_of(file, typing=False) | imports_of(file, typing=True)} - {room}
        wrong[name(file)] = rooms & (ON_TOP if room in JOINING else ON_TOP | JOINING)
    assert {file: rooms for file, rooms in wrong.items() if rooms} == {}


def test_a_venue_knows_no_other_venue():
    """Each venue could be a distribution of its own."""
    wrong = {}
    for file in (file for file in FILES if "venues" in file.parts):
        own = file.relative_to(ROOT).parts[1]
        imported = [module for module in imports_of(file, typing=False) if module[:1] == ("venues",)]
        wrong[name(file)] = {module[1] for module in imported if len(module) > 1} - {own}
    assert {file: venues for file, venues in wrong.items() if venues} == {}


@pytest.mark.parametrize("file", ["state.py", "policy.py", "outcome.py"])
def test_what_decides_about_a_cancel_does_nothing(file):
    """What is known of a cancel, and what to do next, are pure: nothing there awaits anything."""
    tree = ast.parse((ROOT / "execution" / "cancel" / file).read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Await | ast.AsyncFunctionDef)]


def test_every_room_has_its_rule():
    """A new room is either given a rule here, or a name among those that join or stand on top."""
    rooms = {room_of(file.relative_to(ROOT).with_suffix("").parts) for file in FILES}
    assert rooms <= set(MAY_IMPORT) | JOINING | ON_TOP


def test_the_rule_can_fail(tmp_path, monkeypatch):
    """Plain, relative, late and guarded imports are all seen."""
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    file = tmp_path / "flow" / "sample.py"
    file.parent.mkdir()
    file.write_text(
        "import hk_adapter.registry.entry_points\n"
        "from hk_adapter import venue\n"
        "from ..simulator import core\n"
        "from . import effects\n"
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from hk_adapter.cli import command\n"
        "def late():\n    from hk_adapter.transport.venue_clock import VenueClock\n",
        encoding="utf-8",
    )
    rooms = {room_of(module) for module in imports_of(file, typing=False)}
    assert rooms == {"registry", "venue", "simulator", "flow", "transport"}
    assert {room_of(module) for module in imports_of(file, typing=True)} == {"cli"}
