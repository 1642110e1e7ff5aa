"""Write ``reference/hooks.md`` from the docstrings of the contract, so that the page cannot drift from the code.

Run it after a change of ``hk_adapter/hooks``: ``python docs/generate.py``. A test notices when that was forgotten.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_type_hints

from hk_adapter import hooks, model
from hk_adapter.flow import cost_by_age, effects, http
from hk_adapter.flow.wrapper import wraps_flow
from hk_adapter.model import market_streams, requests, streams
from hk_adapter.record import field_names

PAGE = Path(__file__).parent / "reference" / "hooks.md"

_HEAD = """\
# The hooks

*Made by `docs/generate.py` from the docstrings of `hk_adapter/hooks`; change those, not this page.*

What a plugin implements, as the code states it. `@hookimpl` marks an implementation, and its function has the hook's
name. Argument names are the contract: an implementation may take fewer, never others, and never with a default.
Why hooks are written like this: [flows and runners](../explanation/flows-and-runners.md). How to write one, step by
step: [the tutorial](../tutorial/first-venue-plugin.md). What a hook reads answers with:
[`hk_adapter.parsing`](parsing.md).
"""

_MODEL = model.__name__
_REQUESTS = (
    requests.CancelRequest,
    requests.CancelOrdersRequest,
    requests.CancelOrdersAnswer,
    requests.CancelAllRequest,
    requests.FetchOrderRequest,
    requests.ListOrdersRequest,
    requests.UnreadRow,
    requests.OrderPage,
    requests.CreateOrderRequest,
    requests.CancelManyRequest,
    requests.Operation,
)
_OPENED = (
    hooks.VenueSettings,
    hooks.OpenedVenue,
    hooks.RateLimit,
    hooks.LeakyBucket,
    hooks.Scrub,
    hooks.Credentials,
    hooks.Hints,
    hooks.Ways,
    hooks.Hint,
    hooks.Wanted,
)
_EFFECTS = (
    effects.HttpCall,
    cost_by_age.CostByAge,
    effects.Sleep,
    effects.Now,
    effects.Random,
    effects.ClockSample,
    effects.Pause,
    effects.Gather,
    effects.Foreign,
)


_OF_STREAMS = (
    streams.StreamReader,
    streams.OrderSeen,
    streams.TradeSeen,
    streams.BalancesSeen,
    streams.Reply,
    streams.Unread,
    streams.StreamOver,
    streams.StreamReady,
)
_OF_MARKET_STREAMS = (
    market_streams.MarketStreamReader,
    market_streams.MarketTopic,
    market_streams.BookSeen,
    market_streams.BookChanged,
    market_streams.PublicTradesSeen,
    market_streams.TickerSeen,
    market_streams.Subscribed,
    market_streams.SubscriptionRefused,
    market_streams.TopicUnread,
)
_READERS = (streams.StreamReader, market_streams.MarketStreamReader)


def page() -> str:
    """Build the whole page."""
    return "\n".join(_parts()).rstrip() + "\n"


def _parts() -> Iterator[str]:
    yield _HEAD
    yield "## Asked of a plugin before a venue is open\n"
    yield from _hooks(hooks.CatalogueHooks)
    yield "## Asked of the one opened venue\n"
    yield from _hooks(hooks.VenueHooks)
    yield "## What `open_venue` is given and returns\n"
    yield from _records(_OPENED)
    yield "## What the hooks are asked for\n"
    yield from _records(_REQUESTS)
    yield "## What else they are asked for, and give\n"
    yield from _records(
        tuple(one for one in records_of(hooks.VenueHooks) if one not in (*_REQUESTS, *_OF_STREAMS, *_OF_MARKET_STREAMS))
    )
    yield "## What reads the frames of a stream, and what it gives\n"
    yield from _records(_OF_STREAMS)
    yield "## What reads the frames of public market data, and what it gives\n"
    yield "A `Reply` and a `StreamOver` are among it, too.\n"
    yield from _records(_OF_MARKET_STREAMS)
    yield "## What a hook may await\n"
    yield "The closed set of effects; a flow may also await other flows. Anything else is a `PluginError`.\n"
    yield from _records(_EFFECTS)
    yield "## What comes back from an `HttpCall`, and what `sign` builds\n"
    yield from _records((http.Response, http.HttpRequest))
    yield "## Wrappers\n"
    yield from _documented("wraps_flow(function)", wraps_flow)


def records_of(specification: type) -> tuple[type, ...]:
    """List the records that hooks take or give, and those within them, in the order in which they are met."""
    found: dict[type, None] = {}
    for name, function in vars(specification).items():
        if not name.startswith("_"):
            for hint in get_type_hints(function).values():
                _collect(hint, found)
    return tuple(found)


def _collect(hint: Any, found: dict[type, None]) -> None:
    for part in get_args(hint):
        _collect(part, found)
    if isinstance(hint, type) and hint.__module__.startswith(_MODEL) and not issubclass(hint, Enum):
        if hint in found:
            return
        found[hint] = None
        for within in get_type_hints(hint).values():
            _collect(within, found)


def _hooks(specification: type) -> Iterator[str]:
    for name, function in vars(specification).items():
        if not name.startswith("_"):
            yield from _documented(f"{name}({_parameters(function)}) -> {_returns(function)}", function)


def _records(classes: tuple[type, ...]) -> Iterator[str]:
    for one in classes:
        yield from _documented(one.__name__, one)
        if one in (hooks.OpenedVenue, hooks.Credentials, hooks.Hints, hooks.Ways, *_READERS):
            yield from _members(one)
        elif fields := field_names(one) or getattr(one, "_fields", ()):
            yield f"Fields: {', '.join(f'`{name}`' for name in fields)}\n"
            if one in _REQUESTS:
                yield from _members(one)


def _members(one: type) -> Iterator[str]:
    if not any(inspect.isfunction(member) for name, member in vars(one).items() if not name.startswith("_")):
        return
    for name, member in vars(one).items():
        function = member.fget if isinstance(member, property) else member
        if name.startswith("_") or not inspect.isfunction(function):
            continue
        shown = f"{name}: {_returns(function)}"
        if not isinstance(member, property):
            shown = f"{name}({_parameters(function)}) -> {_returns(function)}"
        yield f"- `{shown}`: {' '.join(_doc(function).split())}"
    yield ""


def _documented(title: str, documented: object) -> Iterator[str]:
    yield f"### `{title}`\n"
    yield f"```text\n{_doc(documented)}\n```\n"


def _doc(documented: object) -> str:
    return inspect.getdoc(documented) or ""


def _parameters(function: object) -> str:
    parameters = list(inspect.signature(function).parameters.values())[1:]  # type: ignore[arg-type]
    return ", ".join(f"{parameter.name}: {parameter.annotation}{_default(parameter)}" for parameter in parameters)


def _default(parameter: inspect.Parameter) -> str:
    return "" if parameter.default is parameter.empty else f" = {parameter.default!r}"


def _returns(function: object) -> str:
    return str(inspect.signature(function).return_annotation)  # type: ignore[arg-type]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
