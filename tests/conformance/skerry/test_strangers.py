"""The plugin and its script are a stranger's: they know of the package what is public, and nothing else."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import hk_adapter as hk
from hk_adapter import parsing, testing
from tests.cases import each

HERE = Path(__file__).parent
PUBLIC = {"hk_adapter": hk, "hk_adapter.parsing": parsing, "hk_adapter.testing": testing}


@each("name", ["plugin.py", "answers.py", "script.py"])
def test_only_public_names(name: str) -> None:
    """Of modules that are documented, what they promise; beside that, Python's own and each other."""
    tree = ast.parse((HERE / name).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert all(one.name == "hk_adapter" or one.name in sys.stdlib_module_names for one in node.names)
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            known = module in PUBLIC and all(one.name in PUBLIC[module].__all__ for one in node.names)
            assert known or module.split(".")[0] in sys.stdlib_module_names or module.startswith(f"{__package__}")
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "hk":
            assert node.attr in hk.__all__, f"hk.{node.attr}"
