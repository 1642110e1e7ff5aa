"""Where the journal lies when nobody says where."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from hk_adapter.errors import ConfigurationError

PATH_VARIABLE = "HK_ADAPTER_JOURNAL"


def default_path(env: Mapping[str, str] = os.environ) -> Path:
    """Return ``$HK_ADAPTER_JOURNAL``, else ``hk-adapter/journal.sqlite`` in ``$XDG_STATE_HOME`` or ``~/.local/state``.

    Raises ConfigurationError where there is no home directory either.
    """
    if named := env.get(PATH_VARIABLE):
        return Path(named)
    base = env.get("XDG_STATE_HOME", "")
    if Path(base).is_absolute():  # the XDG specification: relative paths are to be ignored
        return Path(base, "hk-adapter", "journal.sqlite")
    home = env.get("HOME") or env.get("USERPROFILE")
    if not home:
        raise ConfigurationError(f"no home directory to keep a journal in; name the file in {PATH_VARIABLE}")
    return Path(home, ".local", "state", "hk-adapter", "journal.sqlite")
