"""A config file and private keys, private unless told otherwise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"


@pytest.fixture
def config(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Write a config file; give the environment variables that name it."""

    def write(content: str | bytes, mode: int = 0o600) -> dict[str, str]:
        path = tmp_path / "config.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(mode)
        return {"HK_ADAPTER_CONFIG": str(path)}

    return write


@pytest.fixture
def pem() -> Callable[..., str]:
    """Write the private key of RFC 8032's first test as PEM, encrypted if there is a passphrase."""
    serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")
    ed25519 = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ed25519")
    key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes.fromhex(SEED))

    def write(passphrase: str | None = None) -> str:
        encryption = (
            serialization.NoEncryption()
            if passphrase is None
            else serialization.BestAvailableEncryption(passphrase.encode())
        )
        encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        return str(key.private_bytes(encoding, form, encryption).decode())

    return write


@pytest.fixture
def key_file(tmp_path: Path) -> Callable[..., Path]:
    """Put a text into a file; give its path."""

    def write(content: str, mode: int = 0o600, name: str = "trading.pem") -> Path:
        path = tmp_path / name
        path.write_text(content)
        path.chmod(mode)
        return path

    return write
