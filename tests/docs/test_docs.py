"""The documentation holds: its examples run, its tutorial works, its links lead somewhere, its made page is fresh."""

from __future__ import annotations

import ast
import contextlib
import io
import os
import re
import runpy
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import pytest

import hk_adapter
from hk_adapter import parsing
from hk_adapter.execution.cancel.policy import State
from hk_adapter.flow.effects import Effect
from hk_adapter.hooks import CatalogueHooks, VenueHooks
from tests.cases import each
from tests.conftest import SkippedTime
from tests.conftest import install as live_by

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
TUTORIAL = DOCS / "tutorial" / "first-venue-plugin.md"
PAGES = {str(page.relative_to(ROOT)): page for page in (ROOT / "README.md", *sorted(DOCS.rglob("*.md")))}

_BLOCK = re.compile(r"^```(?P<kind>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE_NAME = re.compile(r"# (?P<name>[\w.]+\.\w+)(?P<continued>, continued)?\n")
_LINK = re.compile(r"\]\((?!https?:)(?P<target>[^)#]+)(?:#[^)]*)?\)")
_PROJECT_PATH = re.compile(r"`((?:hk_adapter|docs|tests|cassettes|benchmarks)/[\w./-]+)`")
_ABSOLUTE_PATH = re.compile(r"(?<![\w.$<>{}\])\\/:~-])/(?P<first>[a-z][\w.-]*)/")
_BESIDE = re.compile(r"watch_|serve\(")
"""What of an example goes on beside it, by the machine's clocks."""
_URL_PATHS = {"api", "quote", "orders"}


class Block(NamedTuple):
    """A fenced block: its kind, its text, the line it begins on, and the text block right below it if there is one."""

    kind: str
    body: str
    line: int
    shown: str | None


def blocks_of(page: Path) -> list[Block]:
    """Find a page's fenced blocks."""
    text = page.read_text(encoding="utf-8")
    found = list(_BLOCK.finditer(text))
    blocks = []
    for number, match in enumerate(found):
        below = found[number + 1] if number + 1 < len(found) else None
        follows = below is not None and below["kind"] == "text" and not text[match.end() : below.start()].strip()
        shown = below["body"] if below is not None and follows else None
        blocks.append(Block(match["kind"], match["body"], text.count("\n", 0, match.start()) + 2, shown))
    return blocks


def examples_of(page: Path) -> list[Block]:
    """Find a page's Python examples; a block that begins with a file's name is that file, and no example."""
    return [block for block in blocks_of(page) if block.kind == "python" and not _FILE_NAME.match(block.body)]


@pytest.fixture(autouse=True)
def own_environment() -> Iterator[None]:
    """Give examples an environment without settings of ours, and take back what they set."""
    with mock.patch.dict(os.environ):
        for name in [name for name in os.environ if name.startswith("HK_ADAPTER_")]:
            del os.environ[name]
        yield


@pytest.mark.parametrize("page", [name for name, page in PAGES.items() if examples_of(page)])
def test_examples_run_and_print_what_the_page_shows(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader who copies any block of a page and runs it alone sees the output that stands below it.

    What a block waits for by itself is skipped.
    """
    for block in examples_of(PAGES[page]):
        printed = io.StringIO()
        code = compile("\n" * (block.line - 1) + block.body, str(PAGES[page]), "exec", dont_inherit=True)
        with monkeypatch.context() as patched, contextlib.redirect_stdout(printed):
            if not _BESIDE.search(block.body):
                live_by(SkippedTime(), patched)
            exec(code, {"__name__": "example"})
        assert printed.getvalue() == (block.shown or ""), f"{page}, line {block.line}"


def test_the_tutorials_files_make_a_venue_that_cancels(tmp_path: Path) -> None:
    """Who writes the tutorial's files and installs them gets the tutorial's output, and its tests pass."""
    files = tutorial_files()
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    install(tmp_path, files["pyproject.toml"])
    shown = next(block.shown for block in blocks_of(TUTORIAL) if block.body == "python try_it.py\n")

    assert run_python(tmp_path, "try_it.py") == shown
    test = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest")
    assert "2 passed" in run_python(tmp_path, *test, "test_corner.py")
    suite = run_python(tmp_path, *test, "test_suite.py")
    assert ", 0 failed" in suite
    assert "absent: client_order_id: it has none" in suite
    asked = {line for block in blocks_of(TUTORIAL) for line in block.body.splitlines() if "--hk-replay" in line}
    assert asked
    for line in asked:
        assert "1 passed" in run_python(tmp_path, *test, *line.removeprefix("python -m pytest -q ").split())


def test_the_tutorials_plugin_is_typed_and_reads_numbers_exactly() -> None:
    """A strict type checker finds every argument and result annotated, and no JSON number becomes a float."""
    plugin = tutorial_files()["hk_adapter_corner.py"]
    functions = [
        node for node in ast.walk(ast.parse(plugin)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    arguments = [one for function in functions for one in function.args.args if one.arg != "self"]
    assert [one.name for one in functions if one.returns is None] == []
    assert [one.arg for one in arguments if one.annotation is None] == []
    assert plugin.count("json.loads(") == plugin.count("parse_float=Decimal")


def tutorial_files() -> dict[str, str]:
    """Put the tutorial's files together from their blocks."""
    files: dict[str, str] = {}
    for block in blocks_of(TUTORIAL):
        if match := _FILE_NAME.match(block.body):
            before = files.get(match["name"], "")
            assert bool(before) == bool(match["continued"]), f"line {block.line}"
            files[match["name"]] = f"{before}\n{block.body}"
    return files


def install(place: Path, pyproject: str) -> None:
    """Write what an installer writes, so that the distribution is found without a package index."""
    project = tomllib.loads(pyproject)["project"]
    information = place / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    information.mkdir()
    head = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (information / "METADATA").write_text(head, encoding="utf-8")
    lines: list[str] = []
    for group, entries in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {value}" for name, value in entries.items())]
    (information / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")


def run_python(place: Path, *arguments: str) -> str:
    """Run Python in a folder, with the folder's distributions installed; give what it printed."""
    paths = os.pathsep.join((str(place), str(ROOT)))
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=place,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@each("page", PAGES)
def test_relative_links_lead_to_files_of_the_project(page: str) -> None:
    """No link is broken, and none leads out of the project."""
    for match in _LINK.finditer(PAGES[page].read_text(encoding="utf-8")):
        target = (PAGES[page].parent / match["target"]).resolve()
        assert target.is_relative_to(ROOT), match["target"]
        assert target.exists(), match["target"]


@each("page", PAGES)
def test_pages_name_no_path_outside_the_project(page: str) -> None:
    """A path on a page is one of this project's, one of a venue's, or the user's own."""
    text = PAGES[page].read_text(encoding="utf-8")
    assert {match["first"] for match in _ABSOLUTE_PATH.finditer(text)} <= _URL_PATHS
    missing = [path for path in _PROJECT_PATH.findall(text) if not (ROOT / path).exists()]
    assert not missing


def test_every_page_is_on_the_map() -> None:
    """The index, or the index of decisions, links to every page."""
    linked = set()
    for index in (DOCS / "index.md", DOCS / "decisions" / "index.md"):
        for match in _LINK.finditer(index.read_text(encoding="utf-8")):
            linked.add((index.parent / match["target"]).resolve())
    assert set(DOCS.rglob("*.md")) - linked == {DOCS / "index.md"}


def test_the_page_on_the_steps_of_a_cancel_is_up_to_date() -> None:
    """The page is what docs/generate_policy.py makes of the table that decides, and names every state."""
    page = (DOCS / "explanation" / "a-cancel-step-by-step.md").read_text(encoding="utf-8")
    assert page == runpy.run_path(str(DOCS / "generate_policy.py"))["page"](), "run: python docs/generate_policy.py"
    assert not [state for state in State if f"| `{state.name}` | {state} |" not in page]


def test_the_page_about_cases_is_fresh() -> None:
    """docs/reference/conformance.md is what docs/generate_conformance.py makes of the suite as it is."""
    page = (DOCS / "reference" / "conformance.md").read_text(encoding="utf-8")
    assert page == runpy.run_path(str(DOCS / "generate_conformance.py"))["page"](), (
        "python docs/generate_conformance.py"
    )


def test_the_page_about_reading_is_fresh() -> None:
    """docs/reference/parsing.md is what docs/generate_parsing.py makes of the code, with every public name."""
    page = (DOCS / "reference" / "parsing.md").read_text(encoding="utf-8")
    assert page == runpy.run_path(str(DOCS / "generate_parsing.py"))["page"](), "run: python docs/generate_parsing.py"
    assert [name for name in parsing.__all__ if f"### `{name}" not in page] == []


def test_the_page_of_the_calls_is_fresh() -> None:
    """docs/reference/calls.md is what docs/generate_calls.py makes of the code, with every call of an open venue."""
    page = (DOCS / "reference" / "calls.md").read_text(encoding="utf-8")
    assert page == runpy.run_path(str(DOCS / "generate_calls.py"))["page"](), "run: python docs/generate_calls.py"
    for venue in (hk_adapter.Venue, hk_adapter.AsyncVenue):
        calls = [name for name in dir(venue) if not name.startswith("_")]
        assert [name for name in calls if f"### `{name}`\n" not in page] == []


def test_the_hooks_page_is_up_to_date() -> None:
    """docs/reference/hooks.md is what docs/generate.py makes of the code as it is, with every hook and effect."""
    page = (DOCS / "reference" / "hooks.md").read_text(encoding="utf-8")
    assert page == runpy.run_path(str(DOCS / "generate.py"))["page"](), "run: python docs/generate.py"
    hooks = [name for hooks in (CatalogueHooks, VenueHooks) for name in vars(hooks) if not name.startswith("_")]
    effects = [one.__name__ for one in Effect.__subclasses__() if one.__module__ == Effect.__module__]
    effects = [name for name in effects if not name.startswith("_")]
    for name in (*(f"{hook}(" for hook in hooks), *effects):
        assert f"### `{name}" in page
