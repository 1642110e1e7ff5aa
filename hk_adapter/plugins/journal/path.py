"""Where the journal lies."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hk_adapter.errors import ConfigurationError, shown

PATH_VARIABLE = "HK_ADAPTER_JOURNAL"


def absolute_path(given: object) -> Path:
    """Return the absolute path of a journal; None is ``default_path()``.

    Raises ConfigurationError for what is no path, and for a relative one where the current directory is gone.
    """
    path = default_path() if given is None else _path(given)
    try:
        return path.absolute()
    except OSError as error:
        raise ConfigurationError(
            f"the journal {path} is named from the current directory, which cannot be found: {error.strerror}"
        ) from error


def _path(given: Any) -> Path:
    try:
        text = os.fspath(given)
    except Exception:  # noqa: BLE001 - an object of the caller's raises what it will, and is no path then
        text = None
    if not isinstance(text, str) or not text or "\0" in text:
        raise ConfigurationError(f"the journal must be the path of a file, not {shown(given)}")
    return Path(os.path.expanduser(text))


def default_path(env: Mapping[str, str] = os.environ) -> Path:
    """Return ``$HK_ADAPTER_JOURNAL``, else ``hk-adapter/journal.sqlite`` in ``$XDG_STATE_HOME`` or ``~/.local/state``.

    Raises ConfigurationError where there is no home directory either.
    """
    if named := env.get(PATH_VARIABLE):
        return Path(os.path.expanduser(named))
    base = env.get("XDG_STATE_HOME", "")
    if Path(base).is_absolute():  # the XDG specification: relative paths are to be ignored
        return Path(base, "hk-adapter", "journal.sqlite")
    home = env.get("HOME") or env.get("USERPROFILE")
    if not home:
        raise ConfigurationError(f"no home directory to keep a journal in; name the file in {PATH_VARIABLE}")
    return Path(home, ".local", "state", "hk-adapter", "journal.sqlite")
