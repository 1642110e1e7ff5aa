"""One key on three hosts with one Redis, of which one is cut off from it midway. Each is a network namespace."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import hk_adapter

from . import three_hosts
from .conftest import SERVER, library

Ask = Callable[[str], Any]


def unshared() -> list[str]:
    """Return the command that begins a network of one's own, with or without root; skip where neither may."""
    if SERVER is None:
        give_up = pytest.fail if os.environ.get("HK_ADAPTER_TEST_REDIS") else pytest.skip
        give_up("needs redis-server, which is not installed: apt-get install redis-server")
    library()
    bridge = "ip link add one type bridge && ip link add two type veth peer name three"
    for options in (["--net"], ["--user", "--map-root-user", "--net"]):
        command = ["unshare", *options]
        if not (shutil.which("unshare") and shutil.which("ip")):
            break
        if subprocess.run([*command, "sh", "-c", bridge], capture_output=True, check=False).returncode == 0:
            return command
    pytest.skip("needs network namespaces and the command ip, which this machine does not have or not permit")


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Ask]:
    """Have three hosts, and let one of them do something."""
    root = str(Path(hk_adapter.__file__).parents[1])
    with subprocess.Popen(
        [*unshared(), sys.executable, "-m", three_hosts.__name__, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": root},
    ) as net:
        assert json.loads(net.stdout.readline()) == "ready"

        def asked(line: str) -> Any:
            net.stdin.write(f"{line}\n")
            net.stdin.flush()
            return json.loads(net.stdout.readline())

        yield asked
        net.stdin.close()


def test_one_is_cut_off(ask: Ask) -> None:
    """It places nothing and cancels by its share; the others notice nothing, and the block finds it as it is back."""
    assert [ask(f"{host} create") for host in (1, 2, 3)] == ["placed"] * 3
    ask("2 pull")
    assert "its Redis is out of reach" in ask("2 create")
    assert ask("2 cancel") == "canceled"
    assert ask("1 create") == "placed"
    ask("1 block")
    assert ["new orders are blocked by the desk" in ask(f"{host} create") for host in (1, 3)] == [True, True]
    ask("2 plug")
    told = ask("2 create")
    while "out of reach" in told:
        told = ask("2 create")
    assert "new orders are blocked by the desk" in told
    ask("1 allow")
    assert ask("2 create") == "placed"
    assert ask("3 cancel") == "canceled"
    assert ask("1 bans") == 0
