"""``hk-adapter venues``: what is installed and why it cannot be opened, without loading it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

import pytest
from click.testing import Result

Start = Callable[..., "subprocess.Popen[str]"]
Invoke = Callable[..., Result]


def test_installed_venues_have_a_line(invoke: Invoke) -> None:
    """A line names the venue, its distribution and its version."""
    result = invoke("venues")
    assert result.exit_code == 0
    (line,) = [line for line in result.stdout.splitlines() if line.startswith("hashkey ")]
    assert line.split()[:2] == ["hashkey", "hk-adapter"]


def test_a_problem_is_shown(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    """A venue that cannot be opened is listed with the reason, as text and as JSON."""
    monkeypatch.setenv("HK_ADAPTER_DISABLED_PLUGINS", "hashkey")
    assert "disabled by HK_ADAPTER_DISABLED_PLUGINS" in invoke("venues").stdout
    (listed,) = [one for one in json.loads(invoke("venues", "--json").stdout) if one["id"] == "hashkey"]
    assert listed["problem"] == "disabled by HK_ADAPTER_DISABLED_PLUGINS"


def test_json_has_the_promised_keys(invoke: Invoke) -> None:
    """--json is a list of objects; a venue without a problem has null there."""
    (listed,) = [one for one in json.loads(invoke("venues", "--json").stdout) if one["id"] == "hashkey"]
    assert set(listed) == {"id", "distribution", "version", "module", "problem"}
    assert listed["problem"] is None


def test_no_plugin_is_imported(start: Start) -> None:
    """Listing loads no venue's module."""
    code = """
import atexit, sys
from hk_adapter.cli import main
atexit.register(lambda: print([name for name in sys.modules if name.startswith("hk_adapter.venues")]))
main()
"""
    out, err = start("venues", code=code).communicate(timeout=20)
    assert err == ""
    assert out.splitlines()[-1] == "[]"
