"""The venue from another distribution: its own tests pass here, and it knows of us what everybody may."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import hk_adapter
from hk_adapter import parsing, testing
from tests.docs.test_docs import install

ROOT = Path(hk_adapter.__file__).parents[1]
EXAMPLE = ROOT / "examples" / "hk-adapter-kraken"
PUBLIC = {
    "hk_adapter": set(hk_adapter.__all__),
    "hk_adapter.parsing": set(parsing.__all__),
    "hk_adapter.testing": set(testing.__all__),
    "hk_adapter.testing.vcr_config": {"vcr_config"},
}


def names_of_ours(file: Path) -> Iterator[tuple[str, str]]:
    """Tell what a file imports of ours, or reads of ``hk``: modules, and the names in them."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "hk_adapter":
            yield from ((node.module or "", name.name) for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (
                (name.name, "*")
                for name in node.names
                if name.name.split(".")[0] == "hk_adapter" and name.asname != "hk"
            )
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "hk":
            yield "hk_adapter", node.attr


def private(files: list[Path]) -> list[tuple[str, str, str]]:
    """List what is used of ours that is not public."""
    used = ((file.name, module, name) for file in files for module, name in names_of_ours(file))
    return [(file, module, name) for file, module, name in used if name not in PUBLIC.get(module, ())]


def test_it_knows_public_names_alone() -> None:
    """Neither the plugin nor its tests import a name of ours that is not promised."""
    files = sorted(EXAMPLE.rglob("*.py"))
    assert len(files) > 10
    assert private(files) == []


def test_a_private_name_is_seen(tmp_path: Path) -> None:
    """The check above finds a module, a name of a module, and a name of the package that are not public."""
    file = tmp_path / "plugin.py"
    file.write_text(
        "import hk_adapter as hk\nimport hk_adapter.flow\nfrom hk_adapter.flow.http import Response\n"
        "from hk_adapter.parsing import Fields, decoded\nprint(hk.Order, hk.launching)\n",
        encoding="utf-8",
    )
    assert {(module, name) for _, module, name in private([file])} == {
        ("hk_adapter.flow", "*"),
        ("hk_adapter.flow.http", "Response"),
        ("hk_adapter.parsing", "decoded"),
        ("hk_adapter", "launching"),
    }


def test_its_own_tests_pass(tmp_path: Path) -> None:
    """The suite, its cassettes and its hooks, as somebody else runs them, with the plugin found by its entry point."""
    install(tmp_path, (EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))
    paths = os.pathsep.join(map(str, (tmp_path, EXAMPLE, ROOT)))
    here = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    # asyncio's plugin wants options that they do not set; the nox session plays the campaign in full.
    options = ("-q", "-p", "no:cacheprovider", "-p", "no:asyncio", "-p", "no:hypothesispytest", "--hk-cancels", "50")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=EXAMPLE,
        env=here | {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert ", 0 failed" in done.stdout
