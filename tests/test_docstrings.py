"""Docstrings open with the field's verbs: what a function returns, records, checks or raises."""

from __future__ import annotations

import ast
from pathlib import Path

import hk_adapter

ROOT = Path(hk_adapter.__file__).parent
VAGUE = ("Give", "Take", "Tell", "Say")
"""Verbs that leave open whether a function returns something, keeps it, or sends it."""


def openings(source: str) -> list[str]:
    """List the first lines of docstrings that open with such a verb."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    texts = [ast.get_docstring(node) or "" for node in ast.walk(ast.parse(source)) if isinstance(node, documented)]
    return [text.splitlines()[0] for text in texts if text.split(maxsplit=1)[:1] in [[verb] for verb in VAGUE]]


def test_docstrings_open_with_the_fields_verbs():
    """Return, Record, Check, Raise and the like, and none of the vague ones."""
    files = {str(file.relative_to(ROOT)): openings(file.read_text(encoding="utf-8")) for file in ROOT.rglob("*.py")}
    assert {file: found for file, found in files.items() if found} == {}


def test_the_rule_can_fail():
    """A vague opening is found in a module, a class and a function."""
    assert openings('"""Say it."""\nclass A:\n    """Take it in."""\n    def b(self):\n        """Give it."""\n') == [
        "Say it.",
        "Take it in.",
        "Give it.",
    ]
    assert openings('"""Return it."""') == []
