"""The page "Test your bot offline", line by line, in an environment with the wheel and what it needs, and no more."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.docs.test_docs import _FILE_NAME, DOCS, ROOT, blocks_of, install

PAGE = DOCS / "how-to" / "test-your-bot-offline.md"
INSTALL = "pip install 'hk-adapter[ccxt,cli,testing]'"
EXTRAS = frozenset(INSTALL.partition("[")[2].partition("]")[0].split(","))


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel as it is published, and install it, with what it declares and nothing else."""
    hatchling = pytest.importorskip("hatchling.build", reason="it is in the group dev")
    place = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        wheel = place / hatchling.build_wheel(str(place))
    venv.EnvBuilder(with_pip=False, symlinks=True).create(place / "env")
    site = next((place / "env" / "lib").glob("python*/site-packages"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    information = next(site.glob("hk_adapter-*.dist-info"))
    for name, target in scripts_of(information):
        module, _, function = target.partition(":")
        script = place / "env" / "bin" / name
        script.write_text(f"#!{place}/env/bin/python\nfrom {module} import {function}\n{function}()\n")
        script.chmod(0o755)
    for needed in needed_by(Distribution.at(information), EXTRAS):
        borrow(needed, site)
    return place / "env"


def scripts_of(information: Path) -> list[tuple[str, str]]:
    """Read which commands a distribution installs."""
    found = configparser.ConfigParser(delimiters="=")
    found.read(information / "entry_points.txt")
    return found.items("console_scripts")


def needed_by(one: Distribution, extras: frozenset[str]) -> Iterator[Distribution]:
    """Give every distribution that one needs, and what these need, each once; taken from where this test runs."""
    seen: set[tuple[str, frozenset[str]]] = set()
    todo = [(one, extras)]
    while todo:
        current, wanted = todo.pop()
        for line in current.requires or ():
            requirement = Requirement(line)
            applies = (
                [requirement.marker.evaluate({"extra": extra}) for extra in ("", *wanted)]
                if requirement.marker
                else [True]
            )
            key = requirement.name.lower(), frozenset(requirement.extras)
            if any(applies) and key not in seen:
                seen.add(key)
                found = distribution(requirement.name)
                yield found
                todo.append((found, frozenset(requirement.extras)))


def borrow(one: Distribution, site: Path) -> None:
    """Link what a distribution has installed into another environment."""
    for top in {file.parts[0] for file in one.files or () if file.parts[0] not in {"..", "__pycache__"}}:
        source, link = Path(str(one.locate_file(top))), site / top
        if source.exists() and not link.exists():
            link.symlink_to(source)


def test_every_line_of_the_page_runs(environment: Path, tmp_path: Path) -> None:
    """Who types in the page's files and runs its commands gets a recording, plays it offline, and finds it clean."""
    commands: list[str] = []
    for block in blocks_of(PAGE):
        if block.kind == "console":
            commands += block.body.splitlines()
        elif match := _FILE_NAME.match(block.body):
            with (tmp_path / match["name"]).open("a" if match["continued"] else "w", encoding="utf-8") as file:
                file.write(block.body + "\n")
    assert commands.pop(0) == INSTALL
    assert len(commands) >= 3
    printed = [run(command, tmp_path, environment) for command in commands]
    assert all("passed" in text for command, text in zip(commands, printed, strict=True) if "pytest" in command)
    assert "nothing found" in printed[-1]
    text = "".join(path.read_text() for path in tmp_path.rglob("*.yaml"))
    assert text.count("# Provenance: simulated.") >= 7
    assert "signature=" not in text.replace("signature=scrubbed", "")
    own_lines = (tmp_path / "conftest.py").read_text().splitlines()
    assert len([line for line in own_lines if line and not line.startswith("#")]) <= 3


def test_a_new_plugin_passes_its_own_suite(environment: Path, tmp_path: Path) -> None:
    """``hk-adapter plugin new`` finds its files in the wheel, and what it writes passes there, with no warning."""
    run("hk-adapter plugin new Deep_Lagoon", tmp_path, environment)
    project = tmp_path / "hk-adapter-deep-lagoon"
    install(project, (project / "pyproject.toml").read_text(encoding="utf-8"))  # what pip does, without an index
    said = run("PYTHONPATH=.:src python -m pytest -q -W error", project, environment)
    assert re.search(r"KIT \d+: [3-9]\d passed, \d+ absent, 0 failed", said), said
    assert "absent: fetch_open_orders: not written yet" in said


def run(command: str, place: Path, environment: Path) -> str:
    """Run a line of the page's in a shell that knows the environment's commands first, and nothing of ours."""
    kept = {name: value for name, value in os.environ.items() if name in {"LANG", "TMPDIR", "SYSTEMROOT"}}
    paths = os.pathsep.join([str(environment / "bin"), "/usr/bin", "/bin"])
    done = subprocess.run(
        command,
        shell=True,
        cwd=place,
        env=kept | {"PATH": paths, "HOME": str(place), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_the_command_asks_for_the_extra(environment: Path, tmp_path: Path) -> None:
    """Where a part of the extra is missing, one line says how to get it."""
    code = (
        "import sys; sys.modules['vcr'] = None; sys.argv = ['hk-adapter', 'cassettes', 'check', '.']\n"
        "from hk_adapter.cli import main; main()"
    )
    done = subprocess.run(
        [environment / "bin" / "python", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, "hk-adapter[testing]" in done.stderr) == (2, True)
    assert len(done.stderr.splitlines()) == 1, sys.version
