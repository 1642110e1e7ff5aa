"""The example quoter as a module."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[2] / "examples" / "quoter.py"


def _loaded() -> Any:
    made = importlib.util.spec_from_file_location("quoter", FILE)
    assert made is not None
    assert made.loader is not None
    module = importlib.util.module_from_spec(made)
    made.loader.exec_module(module)
    return module


quoter = _loaded()
