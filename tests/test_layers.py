"""Imports point down only, so that each room can be read, tested and replaced without those above it."""

from __future__ import annotations

import ast
import configparser
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

import hk_adapter

ROOT = Path(hk_adapter.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))

FLOORS = {
    0: {"true_class", "version"},
    1: {"errors", "record", "simulator", "launching"},
    2: {"model", "flow", "settings"},
    3: {"hooks", "parsing", "plugins"},
    4: {"execution", "transport", "venues", "registry"},
    5: {"venue"},
    6: {"__init__", "ccxt_facade"},
    7: {"run", "testing", "fleet"},
    8: {"cli"},
}
"""A room knows only rooms on floors below its own, never one beside it."""

FLOOR_OF = {room: floor for floor, rooms in FLOORS.items() for room in rooms}

COMMON = {"true_class", "errors", "record", "model", "flow", "hooks"}
OF_PLUGINS = {"errors", "record", "model", "flow"}
KNOWS_ONLY = {
    "flow": {"true_class", "errors", "record"},
    "hooks": OF_PLUGINS,
    "parsing": OF_PLUGINS,
    "plugins": OF_PLUGINS,
    "model": {"true_class", "errors", "record"},
    "settings": {"errors"},
    "execution": COMMON,
    "venues": COMMON | {"parsing"},
    "registry": COMMON,
    "transport": COMMON | {"version"},
    "simulator": set(),
    "launching": set(),
    "record": set(),
}
"""Rooms that do not know all that is below them: what a venue is, who the caller is, and the simulator stand apart."""

GIVES_OUT = {"__init__": {"fleet"}}
"""The package gives out names of a room above it, which it imports when somebody asks for one."""


def room_of(module: tuple[str, ...]) -> str:
    """Name the room of a module, whose path is below the package."""
    return module[0] if module else "__init__"


def imports_of(file: Path, *, typing: bool) -> frozenset[tuple[str, ...]]:
    """List our modules that a file imports, as paths below the package; those for typing only, or those at run time."""
    # "from hk_adapter import registry" names a room, "from hk_adapter import Order" a name of the package itself.
    return frozenset(
        path if len(path) == 1 and path[0] in FLOOR_OF else path[:-1] for path in names_in(file, typing=typing)
    )


@cache
def names_in(file: Path, *, typing: bool) -> frozenset[tuple[str, ...]]:
    """List what a file imports of ours, each name of a ``from`` by itself, as paths below the package."""
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
            found |= {(*target, name.name) for name in node.names}
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
    """A room knows only rooms on the floors below, and of those the ones that the design lets it know."""
    wrong = {}
    for file in FILES:
        room = room_of(file.relative_to(ROOT).with_suffix("").parts)
        below = {other for other, floor in FLOOR_OF.items() if floor < FLOOR_OF[room]}
        may = KNOWS_ONLY.get(room, below) | {room}
        assert may - {room} <= below
        may = may | GIVES_OUT.get(room, set())
        rooms = {room_of(module) for module in imports_of(file, typing=False)}
        hinted = {room_of(module) for module in imports_of(file, typing=True)}
        wrong[name(file)] = (rooms | hinted) - may
    assert {file: rooms for file, rooms in wrong.items() if rooms} == {}


def test_no_files_import_each_other():
    """There is no circle, late imports and those for typing counted."""
    assert circles_in(graph()) == []


def graph() -> dict[str, set[str]]:
    """Map each file to our files that it imports, wherever it does."""
    files = {module_of(file): file for file in FILES}
    return {
        module: {one for one in (_nearest(path, files) for path in _imported(file)) if one not in {None, module}}
        for module, file in files.items()
    }


def module_of(file: Path) -> str:
    """Name a file as Python does, below the package."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(file: Path) -> frozenset[tuple[str, ...]]:
    return names_in(file, typing=False) | names_in(file, typing=True)


def _nearest(path: tuple[str, ...], files: Mapping[str, Path]) -> str | None:
    """Name the file that a path names; or that has what the path names last."""
    return next((name for name in (".".join(path), ".".join(path[:-1])) if name in files), None)


def circles_in(arrows: Mapping[str, set[str]]) -> list[frozenset[str]]:
    """Find the groups of files in which each reaches each other, two or more."""
    reached = {start: _reached(start, arrows) for start in arrows}
    groups = {frozenset(other for other in there if start in reached[other]) for start, there in reached.items()}
    return [group for group in groups if len(group) > 1]


def _reached(start: str, arrows: Mapping[str, set[str]]) -> set[str]:
    found, todo = {start}, [start]
    while todo:
        new = arrows[todo.pop()] - found
        found |= new
        todo += new
    return found


def test_a_venue_knows_no_other_venue():
    """Each venue could be a distribution of its own."""
    wrong = {}
    for file in (file for file in FILES if "venues" in file.parts):
        own = file.relative_to(ROOT).parts[1]
        imported = [module for module in imports_of(file, typing=False) if module[:1] == ("venues",)]
        wrong[name(file)] = {module[1] for module in imported if len(module) > 1} - {own}
    assert {file: venues for file, venues in wrong.items() if venues} == {}


@pytest.mark.parametrize(
    "file",
    [
        "cancel/state.py",
        "cancel/proof.py",
        "cancel/whose_row.py",
        "two_looks.py",
        "cancel/refusals.py",
        "cancel/policy.py",
        "cancel/outcome.py",
    ],
)
def test_what_decides_about_a_cancel_does_nothing(file):
    """What is known of a cancel, and what to do next, are pure: nothing there awaits anything."""
    tree = ast.parse((ROOT / "execution" / file).read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Await | ast.AsyncFunctionDef)]


def test_every_room_has_its_floor():
    """A new room is given a floor here, and one that is gone leaves it."""
    assert {room_of(file.relative_to(ROOT).with_suffix("").parts) for file in FILES} == set(FLOOR_OF)


def test_what_must_be_covered_is_there():
    """Each file of which `make coverage` wants every branch exists: one that was renamed would be left out unseen."""
    report = configparser.ConfigParser()
    report.read(Path(__file__).parent / "cancel" / "coverage.ini")
    patterns = report["report"]["include"].split()
    assert [pattern for pattern in patterns if not list(ROOT.parent.glob(pattern))] == []
    assert len(patterns) > 10


def test_a_circle_is_seen():
    """Two files that import each other are found, the third that only leads to them is not."""
    assert circles_in({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == [frozenset({"b", "c"})]


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
