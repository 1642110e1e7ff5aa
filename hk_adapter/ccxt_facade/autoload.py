"""Registers the class whenever a program imports ccxt. Copied beside a ``.pth`` file: it stands alone, and is light.

Python runs it at each start, so it imports nothing that a bare Python has not loaded until ccxt is imported.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # ``typing`` alone takes longer to load than all the rest
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

_MODULES = frozenset({"ccxt", "ccxt.async_support", "ccxt.pro"})


class _Finder:
    """Finds the three modules as anybody would, and has them registered in once they are imported."""

    def find_spec(self, name: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name not in _MODULES or self not in sys.meta_path:
            return None
        spec = self._found_by_the_next(name, path, target)
        if spec is not None and spec.loader is not None:
            _register_after(spec.loader, name)
        return spec

    def _found_by_the_next(self, name: str, path: Any, target: ModuleType | None) -> ModuleSpec | None:
        # Not importlib.util.find_spec: it imports the parent, under the lock of the module that is being imported.
        for finder in sys.meta_path[sys.meta_path.index(self) + 1 :]:
            find = getattr(finder, "find_spec", None)  # finders of old have none
            spec: ModuleSpec | None = None if find is None else find(name, path, target)
            if spec is not None:
                return spec
        return None


def _register_after(loader: Any, name: str) -> None:
    load = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        load(module)
        if module.__name__ == name:  # a zip's loader loads all that is in it
            _register(module)

    loader.exec_module = exec_module


def _register(module: ModuleType) -> None:
    try:
        from hk_adapter.ccxt_facade import register_in  # noqa: PLC0415 - only once it is wanted

        register_in(module)
    except Exception as error:  # noqa: BLE001 - a program that imports ccxt must work without us
        print(f"hk-adapter: not registered in {module.__name__}: {error}", file=sys.stderr)  # noqa: T201


sys.meta_path.insert(0, _Finder())
