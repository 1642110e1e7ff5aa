"""Runs a program that uses ccxt with our class registered: ``python -m hk_adapter.run freqtrade trade -c config.json``.

The program is neither patched nor copied: it runs in this process, after ``hk_adapter.ccxt_facade.register()``.
Processes that it starts anew are not part of it.
"""

from __future__ import annotations

import atexit
import os
import runpy
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.machinery import PathFinder
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

from hk_adapter.ccxt_facade import NAME, register
from hk_adapter.errors import AdapterError
from hk_adapter.launching import answer_interrupts, leave_interrupts

USAGE = """usage: python -m hk_adapter.run [--name NAME] [--option KEY=VALUE ...] [--simulator] PROGRAM [ARGUMENT ...]

Register the ccxt exchange "hkadapter" (or NAME), then run PROGRAM in this process. PROGRAM is a command that is
installed here, such as freqtrade, a Python file, a directory with __main__.py, or a module. Each --option is one
of ccxt's "options" for the exchange, for programs that have no place for them: --option site=hk
With --simulator the exchange is a simulated one, served on this machine while the program runs; its key is put
in place of the program's, and nothing reaches the real one.
"""

_MISUSED = 2


def main(arguments: Sequence[str]) -> Any:
    """Register, run the program, and return what it ended with, for ``sys.exit``.

    Ctrl-C before the program runs is a line of ours; after that it is the program's.
    """
    answer_interrupts()
    try:
        own = _own_options(list(arguments))
        register(own.name, own.options)
        if own.simulated:
            _simulate(own)
    except AdapterError as error:
        return f"hk_adapter.run: {error}"
    finally:
        leave_interrupts()
    return _run(*own.rest)


def _simulate(own: _Own) -> None:
    """Serve a simulator until after the program's own exit handlers, and let every instance be its client."""
    from hk_adapter.ccxt_facade.describe import Described, Served  # noqa: PLC0415 - only here are they wanted
    from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, VENUE_NAME, serve  # noqa: PLC0415

    served = serve()
    atexit.register(served.close)  # what is registered first is called last
    Described.hk_adapter_simulator = Served(served.url, DEFAULT_API_KEY, DEFAULT_SECRET)
    sys.stderr.write(f"hk_adapter.run: a simulated {VENUE_NAME} at {served.url}\n")


def _run(program: str, *given: str) -> Any:
    sys.argv = [program, *given]
    command = _command(program)
    if command is not None:
        return command.load()()
    if os.path.isfile(program):
        sys.path.insert(0, str(Path(program).resolve().parent))
        return _run_path(program)
    if _is_directory(program) and not (os.path.isfile(os.path.join(program, "__init__.py")) and _is_module(program)):
        return _run_path(program)
    if _is_module(program):
        runpy.run_module(program, run_name="__main__", alter_sys=True)
        return None
    kinds = "no installed command, no file, no directory with __main__.py and no module that can be run"
    return f"hk_adapter.run: {program} is {kinds}"


def _run_path(program: str) -> None:
    # Absolute, as Python's own __file__: a program may change its directory.
    runpy.run_path(os.path.abspath(program), run_name="__main__")


@dataclass(slots=True)
class _Own:
    """What is the launcher's of a command line; ``rest`` is the program and what is its own."""

    name: str = NAME
    options: dict[str, str] = field(default_factory=dict)
    simulated: bool = False
    rest: list[str] = field(default_factory=list)


def _own_options(arguments: list[str]) -> _Own:
    own = _Own()
    while arguments[:1] in (["--name"], ["--option"], ["--simulator"]) and len(arguments) > 1:
        if arguments[0] == "--simulator":
            own.simulated, arguments = True, arguments[1:]
            continue
        (kind, value), arguments = arguments[:2], arguments[2:]
        key, equals, text = value.partition("=")
        if kind == "--name":
            own.name = value
        elif equals:
            own.options[key] = text
        else:
            _show_usage(_MISUSED)
    if not arguments or arguments[0].startswith("-"):
        _show_usage(0 if arguments[:1] in (["-h"], ["--help"]) else _MISUSED)
    own.rest = arguments
    return own


def _show_usage(code: int) -> NoReturn:
    (sys.stderr if code else sys.stdout).write(USAGE)
    sys.exit(code)


def _command(program: str) -> EntryPoint | None:
    return next(iter(entry_points(group="console_scripts", name=program)), None)


def _is_directory(program: str) -> bool:
    return os.path.isfile(os.path.join(program, "__main__.py"))


def _is_module(program: str) -> bool:
    try:
        found = find_spec(program)
    except (ImportError, ValueError):
        return False
    if found is None or found.submodule_search_locations is None:
        return found is not None
    return PathFinder.find_spec("__main__", [*found.submodule_search_locations]) is not None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
