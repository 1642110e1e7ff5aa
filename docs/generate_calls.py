"""Write ``reference/calls.md`` from the docstrings and signatures of an open venue's calls.

Run it after a change of them: ``python docs/generate_calls.py``. A test notices when that was forgotten.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hk_adapter as hk
from hk_adapter.venue.api.account import AccountCalls
from hk_adapter.venue.api.cancels import CancelCalls
from hk_adapter.venue.api.creates import CreateCalls
from hk_adapter.venue.api.market_streams import MarketStreamCalls
from hk_adapter.venue.api.markets import MarketCalls
from hk_adapter.venue.api.orders import OrderCalls
from hk_adapter.venue.api.streams import StreamCalls
from hk_adapter.venue.blocking import BlockingCalls
from hk_adapter.venue.info import VenueInfo
from hk_adapter.venue.watch import Watch

PAGE = Path(__file__).parent / "reference" / "calls.md"
WIDTH = 100
"""Letters of a signature on one line; a longer one has a line for each argument."""

_HEAD = """\
# The calls

*Made by `docs/generate_calls.py` from the docstrings of `hk_adapter/venue`; change those, not this page.*

What a bot calls, with every argument. `connect` gives a `Venue` for threads, `connect_async` an `AsyncVenue`, whose
calls have the same names, arguments and errors. They are awaited, but for those without a request, and for `watch_*`,
which is iterated with `async for`.

All of it is typed, for `mypy --strict` too. What a venue may not say is None (`order.id`, `order.status`,
`report.order`), and a type checker wants it looked at before it is used. What `watch_*` returns is an
`hk_adapter.Watch`, or an `hk_adapter.AsyncWatch`.

A `Number` is a `Decimal`, an int or a str, never a float; a `WaitWord` is `"final"` or `"ack"`, a `Rounding` `"down"`,
`"up"` or `"nearest"`. Arguments after `*` go by keyword alone. Where a call has no `timeout` it takes the connection's;
one of more than an hour is refused, for ccxt's own is in ms.
A keyword that a call does not have is Python's own `TypeError`, and nothing is sent.

What each error says of the request is in [errors](errors.md), what records hold in [the order model](order-model.md)
and [the other models](models.md), what `connect` takes in [settings](settings.md), and what a pool of many accounts is
in [stop everything](../how-to/stop-everything.md).
"""
_GROUPS: dict[str, type] = {
    "Cancel": CancelCalls,
    "Place": CreateCalls,
    "Look up and list": OrderCalls,
    "The account": AccountCalls,
    "Markets and prices": MarketCalls,
    "Watch the account": StreamCalls,
    "Watch a market": MarketStreamCalls,
}
_FUNCTIONS: dict[str, tuple[Callable[..., Any], ...]] = {
    "Many accounts": (hk.kill_switch, hk.kill_switch_async),
    "As JSON": (hk.plain,),
    "Installed venues": (hk.list_venues, hk.register_venue, hk.unregister_venue),
}


def page() -> str:
    """Build the whole page."""
    return "\n".join(_parts()).rstrip() + "\n"


def _parts() -> Iterator[str]:
    yield _HEAD
    yield "## Open and close\n"
    yield from _documented("connect", hk.connect)
    yield from _documented("connect_async", hk.connect_async)
    yield from _documented("close", hk.Venue.close)
    for title, calls in _GROUPS.items():
        yield f"## {title}\n"
        for name in vars(calls):
            if name in vars(BlockingCalls) and not name.startswith("_"):
                yield from _documented(name, vars(BlockingCalls)[name])
    yield "## What a watch has\n"
    for name in ("get", "close", "is_live"):
        yield from _documented(f"Watch.{name}", inspect.getattr_static(Watch, name))
    yield "## Without a request\n"
    for name, one in vars(VenueInfo).items():
        if not name.startswith("_"):
            yield from _documented(name, one)
    for title, functions in _FUNCTIONS.items():
        yield f"## {title}\n"
        for function in functions:
            yield from _documented(function.__name__, function)


def _documented(name: str, one: Any) -> Iterator[str]:
    yield f"### `{name}`\n"
    text = inspect.getdoc(one) or ""
    if isinstance(one, property):
        yield f"```text\n{name} -> {inspect.signature(one.fget).return_annotation}\n\n{text}\n```\n"
    else:
        yield f"```text\n{_signature(name, one)}\n\n{text}\n```\n"


def _signature(name: str, one: Callable[..., Any]) -> str:
    signature = inspect.signature(one)
    arguments, starred = [], False
    for parameter in signature.parameters.values():
        if parameter.name == "self":
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            arguments.append("*")
            starred = True
        arguments.append(_argument(parameter))
    returns = f" -> {signature.return_annotation}"
    line = f"{name}({', '.join(arguments)}){returns}"
    if len(line) <= WIDTH:
        return line
    listed = "".join(f"    {argument},\n" for argument in arguments)
    return f"{name}(\n{listed}){returns}"


def _argument(parameter: inspect.Parameter) -> str:
    stars = "**" if parameter.kind is parameter.VAR_KEYWORD else ""
    default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
    return f"{stars}{parameter.name}: {parameter.annotation}{default}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
