"""The plugin in a project of its own, as pytest runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CONFTEST = """
pytest_plugins = ["hk_adapter.testing.pytest_plugin"]
from hk_adapter.testing.vcr_config import vcr_config
"""
SETTINGS = "[pytest]\nfilterwarnings = error\nasyncio_default_fixture_loop_scope = function\n"
STORY = """
import pytest
import hk_adapter as hk
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, serve

TERMS = ("ETH/USD", "limit", "buy", "0.5", "1900")


def test_that_fails_while_it_is_recorded(hk_recorded):
    hk_recorded.connect().fetch_time()
    assert False


@pytest.mark.parametrize("number", range(3))
def test_recorded(hk_recorded, number):
    venue = hk_recorded.connect()
    assert venue.cancel_order(venue.create_order(*TERMS).id).status == "canceled"


def test_that_sends_nothing(hk_recorded):
    with pytest.raises(hk.InvalidArgument):
        hk_recorded.connect().create_order("ETH/USD", "limit", "buy", 0.5, "1900")


AS_JSON = pytest.mark.vcr(serializer="json")


@pytest.mark.parametrize("file", [pytest.param("y", marks=pytest.mark.vcr), pytest.param("j", marks=AS_JSON)])
def test_a_vcr_test_of_ones_own(vcr, file):
    served = serve() if not vcr.write_protected else None
    url, key, secret = (served.url, DEFAULT_API_KEY, DEFAULT_SECRET) if served else ("http://127.0.0.1", "k", "s")
    with hk.connect("hashkey", base_url=url, api_key=key, secret=secret) as venue:
        assert venue.cancel_order(venue.create_order(*TERMS).id).status == "canceled"
    if served:
        served.close()


def test_the_network_is_blocked(hk_simulator):
    import socket

    with socket.socket() as stranger, pytest.raises(RuntimeError, match="disabled"):
        stranger.connect(("192.0.2.1", 80))
    with hk_simulator.connect() as venue:
        venue.fetch_time()
"""
OTHERS = """
import pytest
import hk_adapter as hk


@pytest.fixture(scope="module")
def vcr_config(hk_vcr_config):
    return hk_vcr_config | {"allow_playback_repeats": False}


@pytest.mark.vcr
@pytest.mark.default_cassette("../test_story/test_a_vcr_test_of_ones_own[y]")
def test_with_rules_of_ones_own_beside(vcr):
    with hk.connect("hashkey", base_url="http://127.0.0.1", api_key="k", secret="s") as venue:
        assert venue.create_order("ETH/USD", "limit", "buy", "0.5", "1900").status == "open"
"""


def run(place: Path, *arguments: str) -> tuple[str, int]:
    """Run pytest in a folder; give what it says last, and its code."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("HK_ADAPTER", "PYTEST"))}
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "error",
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:randomly",
            "-p",
            "no:hypothesispytest",  # what takes longer than all the rest, and has no part in it
            *arguments,
        ],
        cwd=place,
        env=inherited | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr, done.returncode


def test_a_project_of_three_lines(tmp_path: Path) -> None:
    """It records, and plays with the network blocked; a test that failed leaves no recording.

    One that sends nothing leaves an empty one.

    A ``vcr`` test that opens its venue by itself has the recording's time, ids and rules by the conftest's second line.
    """
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_story.py").write_text(STORY)
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nfilterwarnings = error\nasyncio_default_fixture_loop_scope = function\n"
    )
    printed, _ = run(tmp_path, "--record-mode=once", "-k", "not blocked")
    assert "1 failed, 6 passed" in printed, printed
    files = [path for path in tmp_path.rglob("*") if path.suffix in {".yaml", ".json"}]
    names = {path.stem for path in files}
    assert len(names) == 6
    assert "test_that_fails_while_it_is_recorded" not in names
    (tmp_path / "test_others.py").write_text(OTHERS)
    (tmp_path / "cassettes" / "test_others").mkdir()
    printed, code = run(tmp_path, "--block-network", "-k", "not fails")
    assert (code, "8 passed" in printed) == (0, True), printed
    assert not [one for one in files if "signature" in one.read_text()]


def test_without_what_it_stands_on(tmp_path: Path) -> None:
    """Where pytest-recording is not loaded or is disabled, a recorded test says in a line what it needs."""
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["hk_adapter.testing.pytest_plugin"]')
    (tmp_path / "test_it.py").write_text("def test_it(hk_recorded): ...\ndef test_another(hk_clock): ...")
    (tmp_path / "pytest.ini").write_text(SETTINGS)
    for given in (("-p", "no:recording"), ("--disable-recording",)):
        printed, code = run(tmp_path, *given)
        assert (code, "1 passed, 1 error" in printed) == (1, True), printed
        assert "hk_recorded needs pytest-recording, not disabled, and the kit's own vcr_config" in printed


def test_nothing_is_added_to_a_recording(tmp_path: Path) -> None:
    """``new_episodes`` makes a recording, but would put orders of now beside those of another time: that is refused."""
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["hk_adapter.testing.pytest_plugin"]')
    (tmp_path / "test_it.py").write_text("def test_it(hk_recorded):\n    hk_recorded.connect().fetch_time()\n")
    (tmp_path / "pytest.ini").write_text(SETTINGS)
    printed, code = run(tmp_path, "--record-mode=new_episodes")
    assert code == 0, printed
    printed, code = run(tmp_path, "--record-mode=new_episodes")
    assert (code, "1 error" in printed) == (1, True), printed
    assert "nothing is added to it: record it anew with --record-mode=rewrite" in printed


def test_a_served_simulator_beside_a_recording(tmp_path: Path) -> None:
    """What it is sent would be recorded, and never reach it again: it is refused, and names what works instead."""
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["hk_adapter.testing.pytest_plugin"]')
    (tmp_path / "test_it.py").write_text(
        "import hk_adapter as hk\n"
        "def test_served(hk_simulator, hk_recorded): ...\n"
        "def test_in_process(hk_recorded):\n"
        "    with hk.connect('hashkey', environment='simulator') as venue, venue.watch_orders() as updates:\n"
        "        venue.create_order('ETH/USD', 'limit', 'buy', '1', '1900')\n"
        "        hk_recorded.connect().fetch_time()\n"
        "        assert next(updates).order.status == 'open'\n"
        "        assert [order.status for order in venue.simulator.orders()] == ['NEW']\n"
    )
    (tmp_path / "pytest.ini").write_text(SETTINGS)
    for mode in ("once", "none"):
        printed, _ = run(tmp_path, f"--record-mode={mode}")
        assert "1 passed, 1 error" in printed, printed
        if mode == "once":
            assert "connect(..., environment='simulator'), in process" in printed
