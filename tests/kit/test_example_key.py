"""``example_key``: what ``sign`` is given in a test, of a key that is written there."""

from __future__ import annotations

import hmac

import pytest

import hk_adapter as hk
from hk_adapter.testing import example_key


def test_it_signs_as_the_key_of_a_connection_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its secret and with its parts, whatever the environment says."""
    monkeypatch.setenv("HK_ADAPTER_EXAMPLE_API_KEY", "another")
    monkeypatch.setenv("HK_ADAPTER_PROFILE", "none that exists")
    key = example_key("key", "secret", key_parts={"passphrase": "sesame"})
    assert (key.api_key, key.kind, key.part("passphrase")) == ("key", "hmac", "sesame")
    assert key.hmac("sha256", b"text") == hmac.digest(b"secret", b"text", "sha256")
    assert "secret" not in repr(key)


def test_half_a_pair_is_no_key() -> None:
    """The error says what is missing."""
    with pytest.raises(hk.ConfigurationError, match="secret"):
        example_key("key")
