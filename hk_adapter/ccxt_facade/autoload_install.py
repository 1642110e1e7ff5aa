"""Writes and removes the two files that have every Python of an environment register the class by itself."""

from __future__ import annotations

import sysconfig
from pathlib import Path

from hk_adapter.errors import ConfigurationError

MODULE_FILE = "_hk_adapter_ccxt.py"
PATH_FILE = "hk_adapter_ccxt.pth"

_PATH_LINE = "import _hk_adapter_ccxt\n"
_COMPILED = "_hk_adapter_ccxt.*.pyc"


def site_directory() -> Path:
    """Name the directory of this environment that Python reads ``.pth`` files from."""
    return Path(sysconfig.get_path("purelib"))


def enable(directory: Path) -> list[Path]:
    """Write both files and return their paths; what was there of ours is replaced.

    Raises ConfigurationError where the directory cannot be written to.
    """
    module, path_file = directory / MODULE_FILE, directory / PATH_FILE
    source = Path(__file__).with_name("autoload.py").read_text(encoding="utf-8")
    try:
        _write(module, source)  # first: Python complains at each start of a line it cannot run
        _write(path_file, _PATH_LINE)
    except OSError as error:
        raise ConfigurationError(f"{directory} cannot be written to: {error.strerror}") from error
    return [module, path_file]


def _write(path: Path, text: str) -> None:
    """Write a file whole: a Python that starts meanwhile, or after this was cut off, finds the old one or the new."""
    new = path.with_name(f"{path.name}.new")  # a name that Python does not read
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def disable(directory: Path) -> list[Path]:
    """Remove both files, and what Python compiled of them, and return the paths of those that were there.

    Raises ConfigurationError where they cannot be removed.
    """
    written = [path for path in (directory / PATH_FILE, directory / MODULE_FILE) if path.exists()]
    there = written + sorted((directory / "__pycache__").glob(_COMPILED))
    try:
        for path in there:
            path.unlink()
    except OSError as error:
        raise ConfigurationError(f"{directory} cannot be written to: {error.strerror}") from error
    return there
