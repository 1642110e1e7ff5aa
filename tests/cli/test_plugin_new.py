"""``hk-adapter plugin new``: a project that is told as it should be, and writes over nothing.

That it passes its own suite, from the wheel, is tried in tests/kit; and its types in the session ``outside`` of nox.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from hk_adapter.cli.skeleton import files_of, names_of, write
from tests.docs.test_docs import ROOT, install

Invoke = Callable[..., Result]

COMMAND = ("-c", "from hk_adapter.cli import main; main()", "plugin")
LONGEST = "the-9-lagoons-beyond-the-seven-salty-sea"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a project, and install it as an installer would."""
    folder = tmp_path_factory.mktemp("new") / "project"
    write(folder, files_of(names_of("Deep_Lagoon"), "0.1.0"))
    install(folder, (folder / "pyproject.toml").read_text(encoding="utf-8"))
    return folder


def run(place: Path, *arguments: str, paths: tuple[str, ...] = ()) -> str:
    """Run Python in a folder; give what it printed, once it went well."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HK_ADAPTER_", "PYTEST_"))}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=place,
        env=kept | {"PYTHONPATH": os.pathsep.join((*paths, str(ROOT))), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("name", ["z", LONGEST])
def test_it_is_linted_and_formatted(tmp_path: Path, name: str) -> None:
    """Ruff finds nothing, by the project's own rules, however long the name is."""
    write(tmp_path, files_of(names_of(name), "0.1.0"))
    for arguments in (("check",), ("format", "--check")):
        run(tmp_path, "-m", "ruff", *arguments, "--no-cache", ".")


def test_one_page_tells_what_it_came_to(project: Path) -> None:
    """``plugin check`` loads it: checks, contract, hosts, limits, and what it can do."""
    command = (*COMMAND, "check")
    [venue] = tomllib.loads((project / "pyproject.toml").read_text())["project"]["entry-points"]["hk_adapter.venues"]
    paths = (str(project), str(project / "src"))
    [told] = json.loads(run(project, *command, venue, "--environment", "sandbox", "--json", paths=paths))
    assert told["distribution"] == f"hk-adapter-{venue}"
    assert told["hosts"] == [f"https://api.sandbox.{venue}.example"]
    assert [name for name in ("cancelOrder", "createOrder", "fetchOrder", "fetchOpenOrders") if told["has"][name]] == [
        "cancelOrder",
        "createOrder",
        "fetchOrder",
    ]


def test_places_to_edit_are_marked(project: Path) -> None:
    """Each file that a venue's author changes says where."""
    marked = {
        path.name for path in project.rglob("*") if path.suffix in {".py", ".toml"} and "EDIT" in path.read_text()
    }
    files = {"__init__.py", "answers.py", "plugin.py", "refusals.py"}
    assert marked == files | {"pyproject.toml", "test_signing.py", "test_suite.py", "venue_script.py"}
    assert (project / "tests" / "cassettes").is_dir()
    assert "${{ matrix.python }}" in (project / ".github" / "workflows" / "test.yml").read_text()
    assert [path.name for path in (project / "src").rglob("py.typed")] == ["py.typed"]


@pytest.mark.parametrize(
    ("name", "distribution", "module"),
    [
        ("lagoon", "hk-adapter-lagoon", "hk_adapter_lagoon"),
        ("Deep__Lagoon.", None, None),
        ("Deep_.Lagoon", "hk-adapter-deep-lagoon", "hk_adapter_deep_lagoon"),
        ("HK-Adapter-lagoon", "hk-adapter-lagoon", "hk_adapter_lagoon"),
        ("4u", "hk-adapter-4u", "hk_adapter_4u"),
    ],
)
def test_names_are_normalised_as_pypi_does(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, distribution: str, module: str
) -> None:
    """One name, however it is spelled, gives one distribution and one module."""
    monkeypatch.chdir(tmp_path)
    result = invoke("plugin", "new", name)
    written = [path.name for path in tmp_path.iterdir()]
    if distribution is None:
        assert (result.exit_code, written) == (2, [])
        return
    assert (result.exit_code, written) == (0, [distribution])
    assert (tmp_path / distribution / "src" / module / "plugin.py").is_file()


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("../lagoon", "is no name"),
        ("", "is no name"),
        ("la goon", "is no name"),
        ("lagoon\n", "is no name"),
        ("s\u017fea", "is no name"),
        ("x" * 41, "is longer than 40"),
        ("HashKey", "venue id 'hashkey' is taken, by hk-adapter"),
        ("ccxt", "is taken"),
        ("command", "there is a module hk_adapter_command already"),
    ],
)
def test_a_name_that_will_not_do_is_one_line(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, word: str
) -> None:
    """The line says why, the exit code is that of wrong arguments, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    result = invoke("plugin", "new", name)
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (2, "", 1)
    assert word in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_reference_shows_what_is_printed(invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Line by line; and what comes next is said there too."""
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "reference" / "command.md").read_text(encoding="utf-8")
    assert f"$ hk-adapter plugin new lagoon\n{invoke('plugin', 'new', 'lagoon').stdout}```" in page


def test_nothing_is_written_over(invoke: Invoke, tmp_path: Path) -> None:
    """Where one file of it is there, all is left as it was; a folder with others in it is filled."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "LICENSE").write_text("mine")
    mine = tmp_path / "tests" / "test_suite.py"
    mine.symlink_to(tmp_path / "nowhere")
    result = invoke("plugin", "new", "lagoon", "--dir", str(tmp_path))
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert "test_suite.py exists; nothing was written" in result.stderr
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["LICENSE", "test_suite.py", "tests"]
    mine.unlink()
    assert invoke("plugin", "new", "lagoon", "--dir", str(tmp_path)).exit_code == 0
    assert (tmp_path / "LICENSE").read_text() == "mine"


def test_what_fails_half_way_leaves_nothing(invoke: Invoke, tmp_path: Path) -> None:
    """A file where a folder should be is one line, and what was written before it is gone again."""
    (tmp_path / "src").write_text("in the way")
    result = invoke("plugin", "new", "lagoon", "--dir", str(tmp_path))
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["src"]
