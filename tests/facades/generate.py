"""Write ``venue/blocking.py`` and ``venue/asynchronous.py`` from ``venue/api``: python -m tests.facades.generate."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

VENUE = Path(__file__).parents[2] / "hk_adapter" / "venue"
ROOMS = ("cancels", "creates", "orders", "account", "markets", "streams", "market_streams")
FACADES = {
    "blocking": ("BlockingCalls", "blocking_runner", "BlockingRunner", "for threads", "def", ""),
    "asynchronous": ("AsyncCalls", "async_runner", "AsyncRunner", "for asyncio", "async def", "await "),
}
"""By file: its class, the room and the name of its runner, whom it is for, and how a call is written there."""
WATCHES = {"blocking": "Watch", "asynchronous": "AsyncWatch"}
"""By file: what a ``watch_`` call gives, which is no flow."""
STREAMS = dict.fromkeys(ROOMS, "_stream_of") | {"market_streams": "_market_stream_of"}
"""By source: where its watches live."""

HEAD = '''"""The calls of an open venue, {whom}. Written from venue/api by tests/facades/generate.py."""

from __future__ import annotations

{imports}
from typing import TYPE_CHECKING

from hk_adapter.venue.connection import Connection
from hk_adapter.venue.info import VenueInfo
from hk_adapter.venue.watch import Streams, {watch}

if TYPE_CHECKING:
    from hk_adapter.flow.{room} import {runner}


class {name}(VenueInfo):
    """Every call of ``venue/api``, carried out by a runner."""

    def __init__(
        self, connection: Connection, runner: {runner}, streams: Streams | None = None, markets: Streams | None = None
    ) -> None:
        super().__init__(connection, streams, markets)
        self._runner = runner
'''


def written(facade: str) -> str:
    """Write one facade's file as it has to be."""
    name, runners, runner, whom, define, wait = FACADES[facade]
    sources = [VENUE.joinpath("api", f"{room}.py").read_text(encoding="utf-8") for room in ROOMS]
    watch = WATCHES[facade]
    methods = [
        _method(source, one, define, wait)
        if isinstance(one, ast.AsyncFunctionDef)
        else _watch(source, one, watch, STREAMS[room])
        for room, source in zip(ROOMS, sources, strict=True)
        for one in _public_calls(ast.parse(source))
    ]
    imports = dict.fromkeys(line for source in sources for line in _imports(ast.parse(source)))
    text = HEAD.format(name=name, room=runners, runner=runner, whom=whom, watch=watch, imports="\n".join(imports))
    return _formatted("\n".join([text, *methods]))


def _public_calls(room: ast.Module) -> Iterator[ast.AsyncFunctionDef | ast.FunctionDef]:
    for node in room.body:
        if isinstance(node, ast.ClassDef):
            for one in node.body:
                is_call = isinstance(one, ast.AsyncFunctionDef) and not one.name.startswith("_")
                if is_call or (isinstance(one, ast.FunctionDef) and one.name.startswith("watch_")):
                    yield one


def _imports(room: ast.Module) -> Iterator[str]:
    yield from (
        ast.unparse(node) for node in room.body if isinstance(node, ast.ImportFrom) and node.module != "__future__"
    )


def _method(source: str, call: ast.AsyncFunctionDef, define: str, wait: str) -> str:
    """Write the signature and docstring as they stand, and the call with every argument handed on."""
    head = source.splitlines()[call.lineno - 1 : call.body[0].end_lineno]
    head[0] = head[0].replace("async def", define, 1)
    given = [one.arg for one in call.args.args[1:]] + [f"{one.arg}={one.arg}" for one in call.args.kwonlyargs]
    return "\n".join([*head, f"        return {wait}self._runner.run(self._calls.{call.name}({', '.join(given)}))", ""])


def _watch(source: str, call: ast.FunctionDef, watch: str, streams: str) -> str:
    """Write a call that gives what is iterated over: an iterator of the facade's kind."""
    head = "\n".join(source.splitlines()[call.lineno - 1 : call.body[0].end_lineno])
    given = ", ".join(one.arg for one in call.args.args[1:])
    request = f"self._calls.{call.name}({given})"
    made = f'{watch}(self.{streams}("{call.name}"), self._runner, {request})'
    return "\n".join([head.replace("-> WatchRequest[", f"-> {watch}["), f"        return {made}", ""])


def _formatted(text: str) -> str:
    """Drop the imports that are not used, sort the others, and lay the lines out."""
    for command in (["check", "--fix", "--quiet", "--select", "F401,I"], ["format", "--quiet"]):
        text = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(VENUE / "facade.py"), "-"],
            input=text,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    return text


if __name__ == "__main__":
    for facade in FACADES:
        VENUE.joinpath(f"{facade}.py").write_text(written(facade), encoding="utf-8")
