"""A stranger reads along one cancel: what that takes is written in the documentation, and does not grow unseen."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import hk_adapter
from tests.way_of_a_cancel import way_of_a_cancel

DOCS = Path(__file__).parent.parent / "docs"
PAGE = DOCS / "explanation" / "flows-and-runners.md"
READING = re.compile(r"^\| \d+ \| `(?P<file>[\w/]+\.py)` \| `(?P<name>\w+)` \|", re.MULTILINE)
BOUNDS = re.compile(
    r"at most (?P<files>\d+) files of ours, (?P<functions>\d+) functions in them, and (?P<frames>\d+)\s"
)


@pytest.fixture(scope="module")
def way():
    """Trace one cancel."""
    return way_of_a_cancel()


@pytest.fixture(scope="module")
def bounds():
    """Read what the documentation promises."""
    return {name: int(number) for name, number in BOUNDS.search(PAGE.read_text(encoding="utf-8")).groupdict().items()}


def test_no_more_files_than_documented(way, bounds):
    """One happy cancel enters at most as many files and functions as the page says; lower the page when it is fewer."""
    assert len(way.files) <= bounds["files"], way.files
    assert len(way.functions) <= bounds["functions"]


def test_no_deeper_stack_than_documented(way, bounds):
    """Where the request is made, no more frames of ours are on the stack than the page says."""
    assert 0 < len(way.stack) <= bounds["frames"], way.stack


def test_what_a_stranger_reads_first_is_on_the_way(way):
    """Each file that the contributing page has him read is entered by a cancel, and has what he is to begin at."""
    rows = READING.findall((DOCS / "contributing.md").read_text(encoding="utf-8"))
    assert len(rows) >= 10
    assert [file for file, _ in rows if file not in way.files] == []
    assert [(file, name) for file, name in rows if name not in named_in(file)] == []


def named_in(file):
    """List what a file of ours defines: classes, functions and constants."""
    tree = ast.parse((Path(hk_adapter.__file__).parent / file).read_text(encoding="utf-8"))
    defined = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    names = {node.name for node in ast.walk(tree) if isinstance(node, defined)}
    return names | {node.target.id for node in tree.body if isinstance(node, ast.AnnAssign)}
