"""What is in ``examples/deploy``: systemd and compose take it, and what it begins begins, and ends as it says."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

import hk_adapter
from hk_adapter.cli.exit_codes import ExitCode
from tests.shared_budget.conftest import SERVER, Server, free_port, need_server, wait_until

ROOT = Path(hk_adapter.__file__).parents[1]
DEPLOY = ROOT / "examples" / "deploy"
COMMAND = "import hk_adapter_command; hk_adapter_command.main()"
PROFILES = '[profiles.desk]\nvenue = "hashkey"\nenvironment = "production"\napi_key = "k"\nsecret = "s"\n'
TERMINATED = "hk-adapter: terminated: nothing was canceled, and nobody is watched any more"
PATIENT = 30.0
"""Seconds in which a process has begun, however busy the machine is."""

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])


class Unit:
    """A unit of systemd's, as far as it is asked about here."""

    def __init__(self, name: str) -> None:
        self.path = DEPLOY / f"{name}.service"
        self.environment: dict[str, str] = {}
        self.values: dict[str, str] = {}
        for line in self.path.read_text(encoding="utf-8").splitlines():
            key, mark, value = line.partition("=")
            if mark and key == "Environment":
                variable, _, text = value.partition("=")
                self.environment[variable] = text
            elif mark and not line.startswith("#"):
                self.values[key] = value


UNITS = {name: Unit(name) for name in ("hk-bot", "hk-watchdog")}


def compose() -> dict[str, Any]:
    """Read the compose file."""
    yaml = pytest.importorskip("yaml", reason="needs PyYAML to read the compose file")
    read: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return read


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """``systemd-analyze verify`` finds nothing to say of them, but for the programs, which stand elsewhere here."""
    if (analyze := shutil.which("systemd-analyze")) is None:
        pytest.skip("needs systemd-analyze, which is not installed: apt-get install systemd")
    programs = tmp_path / "trader"
    (programs / "bin").mkdir(parents=True)
    for name in ("hk-adapter", "python"):
        (programs / "bin" / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (programs / "bin" / name).chmod(0o700)
    copies = [tmp_path / unit.path.name for unit in UNITS.values()]
    for unit, copy in zip(UNITS.values(), copies, strict=True):
        copy.write_text(unit.path.read_text(encoding="utf-8").replace("/opt/trader", str(programs)), encoding="utf-8")
    done = subprocess.run([analyze, "verify", "--man=no", *copies], capture_output=True, text=True, check=False)
    told = [line for line in (done.stdout + done.stderr).splitlines() if "hk-" in line]
    assert (done.returncode, told) == (0, [])


def test_compose_takes_the_file(tmp_path: Path) -> None:
    """``docker compose config`` has nothing against it; nothing is started for that."""
    ways = [["docker", "compose"], ["docker-compose"]]
    way = next((one for one in ways if shutil.which(one[0]) and _works([*one, "version"])), None)
    if way is None:
        pytest.skip("needs docker compose, which is not installed: apt-get install docker-compose")
    (tmp_path / "profiles.toml").write_text(PROFILES, encoding="utf-8")
    shutil.copy(DEPLOY / "compose.yaml", tmp_path)
    done = subprocess.run([*way, "config", "--quiet"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def _works(command: Sequence[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_bot_and_watchdog_meet() -> None:
    """They have one socket and one block, in a place that both can reach and that outlives a restart."""
    bot, watchdog = UNITS["hk-bot"], UNITS["hk-watchdog"]
    assert bot.environment == watchdog.environment
    for unit in UNITS.values():
        assert unit.environment["HK_ADAPTER_WATCHDOG"].startswith(f"/run/{unit.values['RuntimeDirectory']}/")
        assert unit.environment["HK_ADAPTER_CREATE_BLOCK"].startswith(f"/var/lib/{unit.values['StateDirectory']}/")
        assert unit.values["RuntimeDirectoryPreserve"] == "yes"
        assert unit.values["User"] == bot.values["User"]
    services = compose()["services"]
    shared = services["bot"]["environment"]
    assert shared.items() <= services["watchdog"]["environment"].items()
    [mount] = services["bot"]["volumes"]
    assert services["watchdog"]["volumes"] == [mount]
    assert all(shared[name].startswith(f"{mount.partition(':')[2]}/") for name in shared if "CONFIG" not in name)


@contextmanager
def begun(command: str, environment: Mapping[str, str], folder: Path, **places: str) -> Iterator[subprocess.Popen[str]]:
    """Begin the watchdog of a line, with its places in a folder; yield it once it listens, or has ended."""
    places |= {"/run/hk-adapter": str(folder), "/var/lib/trader": str(folder)}
    moved = {name: _moved(str(text), places) for name, text in environment.items()}
    program, *arguments = shlex.split(command)
    assert Path(program).name == "hk-adapter"
    config = folder / "config.toml"
    config.write_text(PROFILES, encoding="utf-8")
    config.chmod(0o600)
    base = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", COMMAND, *arguments],
        cwd=folder,
        env=base | moved | {"HK_ADAPTER_CONFIG": str(config)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            socket = folder / "watchdog"
            wait_until(lambda: socket.exists() or process.poll() is not None, PATIENT)
            yield process
        finally:
            process.kill()


def _moved(text: str, places: Mapping[str, str]) -> str:
    for place, other in places.items():
        text = text.replace(place, other)
    return text


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place with a short path: a socket's may have no more than a hundred bytes."""
    with TemporaryDirectory() as made:
        yield Path(made)


def ended(process: subprocess.Popen[str], number: int | None = None) -> tuple[int, str]:
    """Wait for an end, after a signal if one is given; return the code and what was said last."""
    if number is not None:
        process.send_signal(number)
    _, told = process.communicate(timeout=PATIENT)
    return process.returncode, told.splitlines()[-1]


def test_the_unit_begins_and_ends_as_it_says(folder: Path) -> None:
    """Its line is one that the command takes; ended by systemd it is no failure, and what cannot go on is no loop."""
    unit = UNITS["hk-watchdog"]
    with begun(unit.values["ExecStart"], unit.environment, folder) as watchdog:
        assert (folder / "watchdog").exists(), watchdog.communicate()
        assert ended(watchdog, signal.SIGTERM) == (int(unit.values["SuccessExitStatus"]), TERMINATED)
    final = {int(code) for code in unit.values["RestartPreventExitStatus"].split()}
    assert final == {ExitCode.USAGE, ExitCode.UNKNOWN}
    (folder / "watchdog.lock").write_text("stopped 6\n", encoding="utf-8")
    with begun(unit.values["ExecStart"], unit.environment, folder) as again:
        code, told = ended(again)
    assert (code in final, "stopped already" in told) == (True, True), (code, told)


def test_the_composed_watchdog_begins_and_ends(folder: Path) -> None:
    """So it is with the compose file, and its Redis, which is begun by the line that is there."""
    need_server()
    services = compose()["services"]
    program, *options = shlex.split(services["redis"]["command"])
    assert program == "redis-server"
    port = free_port()
    redis = Server(folder, port)
    line = [str(SERVER), *options, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    redis.process = subprocess.Popen(line, stdout=subprocess.DEVNULL)
    try:
        wait_until(redis._answers, PATIENT)
        with redis.client() as client:
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        watchdog = services["watchdog"]
        places = {"//redis:6379": f"//127.0.0.1:{port}"}
        with begun(watchdog["command"], watchdog["environment"], folder, **places) as process:
            assert (folder / "watchdog").exists(), process.communicate()
            assert ended(process, signal.SIGTERM) == (143, TERMINATED)
    finally:
        redis.stop()
