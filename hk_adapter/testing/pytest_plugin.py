"""The kit for tests of bots, as a pytest plugin: ``pytest_plugins = ["hk_adapter.testing.pytest_plugin"]``.

Nothing of it is loaded unasked, and it overrides no fixture of another plugin's.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import ExitStack
from typing import Any

import pytest

from hk_adapter.testing.cassettes import in_force
from hk_adapter.testing.cassettes.rehearsing import rehearsing
from hk_adapter.testing.conformance.summary import (
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_terminal_summary,
)
from hk_adapter.testing.fixtures import (
    hk_client_ids,
    hk_clock,
    hk_faults,
    hk_no_secrets,
    hk_recorded,
    hk_simulator,
    hk_vcr_config,
)

__all__ = [
    "hk_client_ids",
    "hk_clock",
    "hk_faults",
    "hk_no_secrets",
    "hk_recorded",
    "hk_simulator",
    "hk_vcr_config",
    "pytest_addoption",
    "pytest_collection_modifyitems",
    "pytest_terminal_summary",
]

_HERE = ("127.0.0.1", "::1", "localhost")


@pytest.hookimpl(optionalhook=True)
def pytest_recording_configure(config: pytest.Config, vcr: Any) -> None:
    """Let pytest-recording's cassettes be read and written with what the kit adds to them."""
    in_force.begin(vcr, config.getoption("--record-mode", None) or "none")


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any, request: Any) -> Generator[None, Any, Any]:
    """Where a cassette is opened with the kit's rules, let its time and ids be the kit's too, until it is closed."""
    if fixturedef.argname == "vcr" and _has_our_rules(request):
        stack = ExitStack()
        stack.callback(in_force.end)
        stack.enter_context(rehearsing())
        fixturedef.addfinalizer(stack.close)
    return (yield)


def _has_our_rules(request: Any) -> bool:
    markers = list(request.node.iter_markers(name="vcr"))
    if not markers:
        return False
    told = [marker.kwargs for marker in markers] + [request.getfixturevalue("vcr_config")]
    rules = next((one["before_record_request"] for one in told if "before_record_request" in one), None)
    return rules is in_force.scrub_request


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let a test that asks for ``hk_recorded`` be a ``vcr`` test, and one with a simulator reach this machine."""
    asked = set(getattr(item, "fixturenames", ()))
    if "hk_recorded" in asked and item.config.pluginmanager.hasplugin("recording"):
        item.add_marker(pytest.mark.vcr(**in_force.CONFIG))
    blocked = item.config.getoption("--block-network", default=False) or item.get_closest_marker("block_network")
    if "hk_simulator" in asked and blocked:
        own = item.get_closest_marker("block_network")
        told = (own.kwargs.get("allowed_hosts") if own else None) or item.config.getoption("--allowed-hosts") or ()
        allowed = told.split(",") if isinstance(told, str) else list(told)
        here = [re.escape(host) for host in _HERE]
        item.add_marker(pytest.mark.block_network(allowed_hosts=[*allowed, *here]), append=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Keep no recording of a test that failed while it was made; of one that passed even an empty one."""
    report = yield
    if call.when == "call" and "hk_recorded" in getattr(item, "fixturenames", ()):
        tape = in_force.current()
        if tape is not None and report.failed:
            tape.discard()
        elif tape is not None and report.passed:
            tape.keep_empty()
    return report
