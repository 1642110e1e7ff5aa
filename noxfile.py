"""Environments of their own: each bot as its registry ships it, and the oldest ccxt that we work with.

``nox -s freqtrade`` installs the bot and this package side by side and runs its scenarios against the simulator. Each
session uses the Python that nox runs with; 3.11 is what the bots were tried with.
"""

from __future__ import annotations

from pathlib import Path

import nox

LOWEST_CCXT = "ccxt==4.5.28"

HERE = Path(__file__).parent

nox.options.sessions = ["freqtrade", "lumibot", "octobot", "lowest_ccxt", "runtimes", "exits"]


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
def lowest_ccxt(session: nox.Session) -> None:
    """All that touches ccxt, with the oldest release that we work with."""
    session.install(f"{HERE}[ccxt,cli,testing]", LOWEST_CCXT, "pytest-asyncio", "pytest-randomly", "trustme")
    tests = ("tests/ccxt_facade", "tests/ccxt_bridge", "tests/parity", "tests/life")
    session.run("python", "-m", "pytest", "-q", *tests, *session.posargs)


def run_runtimes(session: nox.Session, *more: str) -> None:
    """Install this package with further packages, and run what is promised of processes, loops and patched runtimes."""
    session.install(f"{HERE}[ccxt,cli,testing]", "pytest-asyncio", "pytest-randomly", "trustme", *more)
    # Plugins of the further packages (trio brings one for hypothesis) may warn when they are loaded.
    session.run("python", "-W", "ignore", "-m", "pytest", "-q", "tests/runtimes", *session.posargs)


@nox.session
def runtimes(session: nox.Session) -> None:
    """Every runtime that replaces a part of Python's own."""
    patched = ("gevent", "freezegun", "time-machine", "trio", "uvloop", "anyio", "nest_asyncio", "ipython", "ipykernel")
    run_runtimes(session, *patched)


@nox.session(python=["3.11", "3.12", "3.13"])
def exits(session: nox.Session) -> None:
    """Forks, loops and the end of the interpreter, on each Python: ``nox -s exits-3.12``."""
    run_runtimes(session)
