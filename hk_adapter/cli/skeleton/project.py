"""The files of the project, from the templates beside this module; none that exists is ever written over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from importlib.resources import files
from pathlib import Path
from string import Template

from hk_adapter.cli.skeleton.names import Names
from hk_adapter.errors import ConfigurationError
from hk_adapter.hooks import CONTRACT_VERSION
from hk_adapter.record import field_names

_PACKAGE = "src/$module"
_FILES: Mapping[str, str | None] = {
    "pyproject.toml": "pyproject.toml",
    "README.md": "README.md",
    "Makefile": "Makefile",
    ".gitignore": "gitignore",
    ".github/workflows/test.yml": "test.yml",
    "conftest.py": "conftest.py",
    f"{_PACKAGE}/__init__.py": "init.py",
    f"{_PACKAGE}/plugin.py": "plugin.py",
    f"{_PACKAGE}/answers.py": "answers.py",
    f"{_PACKAGE}/refusals.py": "refusals.py",
    f"{_PACKAGE}/py.typed": None,
    "tests/venue_script.py": "venue_script.py",
    "tests/test_suite.py": "test_suite.py",
    "tests/test_signing.py": "test_signing.py",
    "tests/test_cassettes.py": "test_cassettes.py",
    "tests/cassettes/README.md": "cassettes.md",
}
"""The template of each file, by its place; None is an empty file."""


def files_of(names: Names, version: str) -> dict[str, str]:
    """Return the text of each file by its place in the project; ``version`` is that of hk-adapter."""
    words = {name: getattr(names, name) for name in field_names(Names)}
    words |= {"version": version, "contract": str(CONTRACT_VERSION)}
    templates = files("hk_adapter.cli.skeleton") / "files"

    def filled(template: str | None) -> str:
        if template is None:
            return ""
        text = (templates / f"{template}.txt").read_text(encoding="utf-8")
        return Template(text).substitute(words)

    return {Template(place).substitute(words): filled(template) for place, template in _FILES.items()}


def write(folder: Path, texts: Mapping[str, str]) -> None:
    """Write the files into a folder, which may exist: all of them or, where one is there already or fails, none.

    Raises ConfigurationError, which names what is in the way.
    """
    taken = [place for place in texts if (folder / place).is_symlink() or (folder / place).exists()]
    if taken:
        raise ConfigurationError(f"{folder / taken[0]} exists; nothing was written")
    with ExitStack() as undo:
        try:
            for place, text in texts.items():
                _write_one(folder, place, text, undo)
        except OSError as error:
            raise ConfigurationError(f"cannot write {error.filename or folder}: {error.strerror}") from error
        undo.pop_all()


def _write_one(folder: Path, place: str, text: str, undo: ExitStack) -> None:
    path = folder / place
    for parent in _missing(path.parent):
        parent.mkdir()
        undo.callback(parent.rmdir)
    with path.open("x", encoding="utf-8", newline="\n") as file:
        undo.callback(path.unlink)
        file.write(text)


def _missing(folder: Path) -> Iterator[Path]:
    if not folder.exists():
        yield from _missing(folder.parent)
        yield folder
