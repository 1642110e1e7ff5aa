"""A script whose own exceptions end the case as what they are: no flow, and no list of errors, holds them back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from hk_adapter.testing.conformance.script import Script


class ScriptBroke(BaseException):
    """A script raised; what it raised is the cause. No ``Exception``: the package would take that for the network's."""


def guarded(script: Script) -> Script:
    """Return the script, whose methods raise ScriptBroke in place of what they raise."""
    return script if isinstance(script, _Guarded) else cast("Script", _Guarded(script))


def plain(script: Script) -> Script:
    """Return the script as its author wrote it."""
    return script.inner if isinstance(script, _Guarded) else script


class _Guarded:
    def __init__(self, inner: Script) -> None:
        self.inner = inner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.inner, name)
        return _naming_itself(name, found) if callable(found) else found


def _naming_itself(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def told(*arguments: Any, **keywords: Any) -> Any:
        try:
            return method(*arguments, **keywords)
        except Exception as error:
            where = f" of {arguments[0]!r}" if name == "read" and arguments else ""
            raise ScriptBroke(f"the script broke in `{name}`{where}: {type(error).__name__}: {error}") from error

    return told


SPEAKING = _naming_itself("", guarded).__code__
"""What runs as long as a script does."""
