"""Registers the class whenever a program imports ccxt. Copied beside a ``.pth`` file: it stands alone, and is light.

Python runs it at each start, so it imports nothing but the standard library until ccxt is imported.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

_MODULES = frozenset({"ccxt", "ccxt.async_support", "ccxt.pro"})


class _Finder:
    """Finds the three modules as anybody would, and has them registered in once they are imported."""

    def __init__(self) -> None:
        self._looking: set[str] = set()

    def find_spec(self, name: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name not in _MODULES or name in self._looking:
            return None
        self._looking.add(name)
        try:
            spec = find_spec(name)
        finally:
            self._looking.discard(name)
        if spec is not None and spec.loader is not None:
            _register_after(spec.loader)
        return spec


def _register_after(loader: Any) -> None:
    load = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        load(module)
        _register(module)

    loader.exec_module = exec_module


def _register(module: ModuleType) -> None:
    try:
        from hk_adapter.ccxt_facade import register_in  # noqa: PLC0415 - only once it is wanted

        register_in(module)
    except Exception as error:  # noqa: BLE001 - a program that imports ccxt must work without us
        print(f"hk-adapter: not registered in {module.__name__}: {error}", file=sys.stderr)  # noqa: T201


sys.meta_path.insert(0, _Finder())
