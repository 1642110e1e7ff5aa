"""A config file, private unless told otherwise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def config(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Write a config file; give the environment variables that name it."""

    def write(content: str | bytes, mode: int = 0o600) -> dict[str, str]:
        path = tmp_path / "config.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(mode)
        return {"HK_ADAPTER_CONFIG": str(path)}

    return write
