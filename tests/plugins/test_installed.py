"""The wrappers that ship are found by their ids, and do nothing that nobody asked for."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import hk_adapter as hk
from hk_adapter.registry import load_wrapper
from hk_adapter.registry.entry_points import BUILT_IN, WRAPPERS

PROJECT = Path(hk.__file__).parents[1] / "pyproject.toml"
SETTINGS = {"HK_ADAPTER_RISK_MAX_COST": "1", "HK_ADAPTER_AUDIT": "audit.jsonl"}
"""Without which some of them refuse to be."""


LIBRARIES = {"prometheus": "prometheus_client", "opentelemetry": "opentelemetry"}
"""What some of them need beside the package."""


@pytest.mark.parametrize("name", BUILT_IN[WRAPPERS])
def test_it_is_a_wrapper_by_its_id(name, monkeypatch, tmp_path):
    """``plugins=[id]``, a profile, and so the command, find each one, and it breaks no rule of wrappers."""
    pytest.importorskip(LIBRARIES.get(name, "hk_adapter"))
    for variable, value in {"HOME": str(tmp_path), **SETTINGS}.items():
        monkeypatch.setenv(variable, value)
    wrapper = load_wrapper(name)
    module, _, kind = BUILT_IN[WRAPPERS][name].partition(":")
    assert (type(wrapper).__name__, type(wrapper).__module__.startswith(module)) == (kind, True)
    wraps = {one for one in dir(wrapper) if hasattr(getattr(wrapper, one), "hk_adapter_wraps_flow")}
    assert wraps <= {"operate", "attempt"}, "two methods are all that a wrapper needs"


def test_the_built_in_ones_are_those_of_the_distribution():
    """A program that lost its metadata has the same wrappers as one that did not."""
    told = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["entry-points"][WRAPPERS]
    assert told == BUILT_IN[WRAPPERS]
