"""Environments of their own: each bot as its registry ships it, the oldest releases, a venue of another distribution.

``nox -s freqtrade`` installs the bot and this package side by side and runs its scenarios against the simulator. Each
session uses the Python that nox runs with; 3.11 is what the bots were tried with.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from shutil import copytree

import nox

HERE = Path(__file__).parent

AROUND = ("pytest-asyncio", "pytest-randomly", "requests-mock", "responses", "ruff", "trustme")
"""What the tests need beside the extras."""
ROOMS = (
    "cassettes",
    "ccxt_facade",
    "cli",
    "life",
    "looks",
    "parity",
    "registry",
    "sockets",
    "transport",
)
"""Where the tests are of what depends on other packages."""
BRIDGE = "4.5.35"
"""The oldest ccxt that ``ccxt:`` venues work with; bots that our class serves pin older ones."""
LEFT_OPEN = ("-W", "ignore::pytest.PytestUnraisableExceptionWarning")
"""aiohttp 3.12 leaves a connection that its loop ends before to the collector, in a bot's sessions and in servers: what
comes up in a later test at random. That ours leave none is tried by a test that watches for itself."""
BOTS = ("freqtrade", "lumibot", "octobot", "basana", "investing_algorithm_framework")

KRAKEN = HERE / "examples" / "hk-adapter-kraken"
CONFTEST = 'pytest_plugins = ["hk_adapter.testing.pytest_plugin"]\n'
"""All that a team which tests its bot has to write, beside its tests."""
TWENTY = """
def test_twenty_cancels(hk_recorded):
    venue = hk_recorded.connect()
    orders = [venue.create_order("ETH/USD", "limit", "buy", "0.1", "1900") for _ in range(20)]
    assert {venue.cancel_order(order.id).status for order in orders} == {"canceled"}
"""

nox.options.sessions = [*BOTS, "oldest", "runtimes", "exits", "outside", "kraken"]


def run_bot(session: nox.Session, name: str, requirement: str) -> None:
    """Install a bot, unpatched, and run its scenarios. No test of these reaches beyond loopback."""
    session.install(requirement, str(HERE), "pytest>=9")
    session.chdir(session.create_tmp())  # bots leave files where they are started
    session.run(
        "python",
        "-m",
        "pytest",
        "-q",
        f"--config-file={HERE / 'tests' / 'bots' / 'pytest.ini'}",
        f"--confcutdir={HERE / 'tests' / 'bots'}",
        str(HERE / "tests" / "bots" / f"test_{name}.py"),
        *session.posargs,
    )


@nox.session
def freqtrade(session: nox.Session) -> None:
    """Freqtrade's own bookkeeping after each kind of cancel."""
    run_bot(session, "freqtrade", "freqtrade==2026.9")


@nox.session
def lumibot(session: nox.Session) -> None:
    """Lumibot's own bookkeeping after each kind of cancel."""
    run_bot(session, "lumibot", "lumibot==4.6.*")


@nox.session
def octobot(session: nox.Session) -> None:
    """OctoBot's own bookkeeping after each kind of cancel; it pins ccxt 4.5.28."""
    run_bot(session, "octobot", "octobot-trading[full]==2.5.*")


@nox.session
def basana(session: nox.Session) -> None:
    """Basana's answers after each kind of cancel; it pins aiohttp below 3.14."""
    run_bot(session, "basana", "basana[ccxt]==1.11")


@nox.session
def investing_algorithm_framework(session: nox.Session) -> None:
    """The framework's own bookkeeping after each kind of cancel."""
    run_bot(session, "investing_algorithm_framework", "investing-algorithm-framework==8.10.*")


@nox.session
def oldest(session: nox.Session) -> None:
    """What depends on other packages, with the oldest release of each that ``pyproject.toml`` allows, all at once.

    ``nox -s oldest -- aiohttp==3.13.0`` tries another release of one.
    """
    floors = Path(session.create_tmp()) / "floors.txt"
    floors.write_text("\n".join(lowest()))
    session.install("-c", str(floors), f"{HERE}[ccxt,cli,ed25519,testing]", *AROUND)
    if session.posargs:
        session.install(*session.posargs)
    session.run("python", "-m", "pytest", "-q", *LEFT_OPEN, *(f"tests/{room}" for room in ROOMS))
    session.install(f"ccxt=={BRIDGE}")
    session.run("python", "-m", "pytest", "-q", "tests/ccxt_bridge")


def lowest() -> list[str]:
    """Give the oldest release that is allowed of each package that is needed at run time, or by an extra."""
    project = nox.project.load_toml(HERE / "pyproject.toml")["project"]
    needed = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    return [one.replace(">=", "==") for one in needed]


def run_runtimes(session: nox.Session, *more: str) -> None:
    """Install this package with further packages, and run what is promised of processes, loops and patched runtimes."""
    session.install(f"{HERE}[ccxt,cli,testing]", "pytest-asyncio", "pytest-randomly", "trustme", *more)
    session.run("python", "-m", "pytest", "-q", "tests/runtimes", *session.posargs)


@nox.session
def runtimes(session: nox.Session) -> None:
    """Every runtime that replaces a part of Python's own, a notebook's kernel, and a server that forks its workers."""
    loops = ("trio", "uvloop", "anyio", "nest_asyncio")
    run_runtimes(session, *loops, "gevent", "freezegun", "time-machine", "ipykernel", "nbclient", "gunicorn")


@nox.session(python=["3.11", "3.12", "3.13", "3.14", "3.15"])
def exits(session: nox.Session) -> None:
    """Forks, loops and the end of the interpreter, on each Python: ``nox -s exits-3.12``."""
    run_runtimes(session)


@nox.session(python=["3.11", "3.12", "3.13", "3.14", "3.15"])
def suite(session: nox.Session) -> None:
    """All tests, on each Python that the package says it runs with: ``nox -s suite-3.13``."""
    session.install("--editable", f"{HERE}[ccxt,cli,ed25519,testing,redis]")
    session.install("--group", "dev")
    session.run("python", "-m", "pytest", "-q", "-n", "3", "--dist", "worksteal", *session.posargs)


@nox.session
def outside(session: nox.Session) -> None:
    """What strangers do with the wheel and nothing of this folder: test a bot offline, and begin a plugin of their own.

    Tells how long twenty replayed cancels take; that is not held to a number here, for machines differ.
    """
    with tempfile.TemporaryDirectory() as folder:  # not below this one: pytest would find our settings
        place = Path(folder)
        session.run("python", "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, str(HERE))
        [wheel] = place.glob("*.whl")
        session.install(f"{wheel}[cli,testing]")
        offline_bot(session, place / "bot")
        new_plugin(session, place / "plugin")
        session.chdir(HERE)


def offline_bot(session: nox.Session, place: Path) -> None:
    """Record twenty cancels from the simulator, and play them without a network."""
    place.mkdir()
    (place / "conftest.py").write_text(CONFTEST)
    (place / "test_twenty.py").write_text(TWENTY)
    session.chdir(place)
    session.run("python", "-m", "pytest", "-q", "--record-mode=once")
    began = time.perf_counter()
    session.run("python", "-m", "pytest", "-q", "--block-network", "--durations=1", "--durations-min=0")
    session.log(
        f"twenty replayed cancels: {time.perf_counter() - began:.2f} s, Python's and pytest's own start included"
    )


def new_plugin(session: nox.Session, place: Path) -> None:
    """Write a plugin's project, and hold it to its own checks."""
    place.mkdir()
    session.chdir(place)
    session.run("hk-adapter", "plugin", "new", "Lagoon")
    session.chdir(place / "hk-adapter-lagoon")
    session.install("--editable", ".[dev]")
    session.run("ruff", "check", ".")
    session.run("mypy")
    session.run("python", "-m", "pytest", "-q")
    session.run("hk-adapter", "plugin", "check", "lagoon")
    session.run("hk-adapter", "cassettes", "check", "tests/cassettes")


@nox.session
def kraken(session: nox.Session) -> None:
    """A venue from another distribution: both wheels in an environment of their own, and its tests beside them."""
    place = Path(session.create_tmp())
    wheels = place / "wheels"
    session.run(
        "python", "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(wheels), str(HERE), str(KRAKEN)
    )
    ours, theirs = (next(wheels.glob(f"{name}-*.whl")) for name in ("hk_adapter", "hk_adapter_kraken"))
    session.install(f"{ours}[testing,cli]", str(theirs))
    beside = place / "beside"
    copytree(KRAKEN, beside, ignore=lambda _, names: {"hk_adapter_kraken"} & set(names), dirs_exist_ok=True)
    session.chdir(beside)
    session.run("python", "-m", "pytest", "-q", *session.posargs)
    session.run("hk-adapter", "plugin", "check", "kraken")
