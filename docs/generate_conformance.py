"""Write ``reference/conformance.md`` from the cases of the suite for venue plugins.

Run it after a change of ``hk_adapter/testing/conformance``: ``python docs/generate_conformance.py``. A test notices
when that was forgotten.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from hk_adapter.record import field_names
from hk_adapter.testing.conformance import (
    Asked,
    BatchRow,
    Refusal,
    Request,
    Script,
    ScriptedBalance,
    ScriptedBookOrders,
    ScriptedFill,
    ScriptedMarket,
    ScriptedOrder,
    ScriptedTicker,
    ScriptedTrade,
    SignedExample,
    StateWord,
    VenueSuite,
)
from hk_adapter.testing.conformance.absent_groups import ABSENT_GROUPS
from hk_adapter.testing.conformance.bent_looks import LACKING
from hk_adapter.testing.conformance.by_symbol import ID_ALONE
from hk_adapter.testing.conformance.conduct import TRIED
from hk_adapter.testing.conformance.further_script import (
    WritesBalances,
    WritesBatches,
    WritesBooks,
    WritesCountdowns,
    WritesCreates,
    WritesFills,
    WritesHistory,
    WritesIdsByMarket,
    WritesMarkets,
    WritesMarketStreams,
    WritesOtherMarkets,
    WritesRefusalsByRequest,
    WritesSignatures,
    WritesStates,
    WritesStreams,
    WritesTickers,
    WritesTrades,
)
from hk_adapter.testing.conformance.no_lists import WITHOUT_ROWS
from hk_adapter.testing.conformance.promises import needs_of
from hk_adapter.testing.conformance.spoiling import UNREADABLE
from hk_adapter.testing.conformance.suite import KIT, cases

PAGE = Path(__file__).parent / "reference" / "conformance.md"

_DATA = (ScriptedBalance, ScriptedMarket, ScriptedBookOrders, ScriptedTrade, ScriptedTicker)
_HEAD = f"""\
# What a venue plugin must pass

*Made by `docs/generate_conformance.py` from the cases in `hk_adapter/testing/conformance`; change those, not this
page.*

The cases of kit {KIT}, by name. How a suite is written: [the tutorial](../tutorial/first-venue-plugin.md). A case is
tried with the plugin opened anew, through every part of the package that a bot's call goes through, in virtual time;
after each cancel, what was reported is held to what is true at the scripted venue. One that needs what `Capabilities`
declares absent is skipped, with the reason. A class that replaces or deletes a case cannot be defined.
`--hk-conformance-json PATH` writes what each came to.
"""


def page() -> str:
    """Build the whole page."""
    return "\n".join(_parts()).rstrip() + "\n"


def _parts() -> Iterator[str]:
    yield _HEAD
    for group in VenueSuite.__mro__[1:-1]:
        yield f"## {inspect.cleandoc(group.__doc__ or '')}\n"
        yield "| case | promise | look at | needs |"
        yield "|---|---|---|---|"
        for name, case in vars(group).items():
            if name.startswith("test_"):
                yield _row(name, case)
        yield ""
    yield "## What a script says\n"
    yield f"Requests: {_listed(Request)}. Refusals: {_listed(Refusal)}.\n"
    yield from _absences()
    for record in (Asked, ScriptedOrder, ScriptedFill, BatchRow, StateWord, SignedExample, *_DATA):
        yield from _record(record)
    yield "## What a script writes\n"
    yield "Where the plugin has a hook, its script has the methods for it; a hook is there, or declared absent.\n"
    yield "Every script says by its attributes of which market it is:\n"
    yield from _attributes(Script)
    yield ""
    yield "| hook | method | what it writes |"
    yield "|---|---|---|"
    for protocol, hook in (
        (Script, "every plugin"),
        (WritesIdsByMarket, "any, where ids have the market in them"),
        (WritesRefusalsByRequest, "any, where refusals differ by request"),
        (WritesOtherMarkets, "every plugin"),
        (WritesStates, "every plugin"),
        (WritesSignatures, "every plugin"),
        (WritesBatches, "`cancel_orders`"),
        (WritesCreates, "`create_orders`"),
        (WritesCountdowns, "`cancel_all_orders_after`"),
        (WritesHistory, "`fetch_orders`"),
        (WritesFills, "`fetch_my_trades`"),
        (WritesBalances, "`fetch_balance`"),
        (WritesMarkets, "`fetch_markets`"),
        (WritesBooks, "`fetch_order_book`"),
        (WritesTrades, "`fetch_trades`"),
        (WritesTickers, "`fetch_tickers`"),
        (WritesStreams, "`open_stream`"),
        (WritesMarketStreams, "`open_market_stream`"),
    ):
        for name, member in vars(protocol).items():
            method = member.fget if isinstance(member, property) and name != "symbol" else member
            if not name.startswith("_") and inspect.isfunction(method):
                shown = name if isinstance(member, property) else f"{name}{_signature(method)}"
                yield f"| {hook} | `{shown}` | {' '.join(inspect.cleandoc(method.__doc__ or '').split())} |"


def _signature(method: object) -> str:
    signature = inspect.signature(method)  # type: ignore[arg-type]
    parameters = [part for name, part in signature.parameters.items() if name != "self"]
    shown = re.sub(r"(?<=: |> )'([^']+)'", r"\1", str(signature.replace(parameters=parameters)))
    return shown.replace("|", "\\|")


def _absences() -> Iterator[str]:
    """List the keys of ``Capabilities(absent=...)``."""
    named = {name for case in cases() for name in needs_of(getattr(VenueSuite, case))} | {
        ID_ALONE,
        WITHOUT_ROWS,
        *TRIED,
    }
    refusals = set(map(str, Refusal))
    others = sorted(set(map(str, named)) - refusals - set(TRIED))
    yield "## What can be declared absent\n"
    yield "`Capabilities(absent={name: why})` takes these names; the cases that need one are skipped with the reason.\n"
    yield f"- Hooks: {_listed(TRIED)}."
    for name, hooks in ABSENT_GROUPS.items():
        yield f"- `{name}`: {_listed(hooks)} at once."
    yield f"- Refusals for which the venue has no word: {_listed(Refusal)}."
    yield f"- What the venue has not, or cannot say: {_listed(others)}.\n"
    yield (
        f"`client_order_id`: it has no such ids; where they have a form, the plugin's `largest_client_id` or"
        f" `client_id_form` says so, and the cases use it. `{UNREADABLE}`: amounts are not written as plain digits."
        f" `{LACKING}`: the venue leaves out what is nothing, or a library fills in what it was not told."
        f" `{ID_ALONE}`: orders are counted by market, or asked for with it; each case then names the symbol, and the"
        f" script reads it into `Asked.symbol`."
        f" `{WITHOUT_ROWS}`: an answer without rows cannot be told from an empty list. `ordered`: the venue takes"
        f" requests in any order. `signed_examples`, `signed_params`, `signed_time`: a library signs, or a venue wants"
        f" no signature of what is asked, or of when. `the_hosts_clock`: a library has a clock of its own."
        f" `public_calls`: the venue wants the key also where no account is asked about."
        f" `market_orders`: it takes none; the suite holds that none is sent. `exact_books`: a library reads books by"
        f" way of floats. `streamed_fills`: the stream tells how orders stand, and no fills."
        f" `streamed_trades`, `streamed_tickers`: the public stream has none.\n"
    )


def _record(record: type) -> Iterator[str]:
    """Show a record that the suite gives to a script, or a script to the suite."""
    text = inspect.cleandoc(record.__doc__ or "").partition("Attributes:")[0]
    yield f"## `{record.__name__}`\n"
    yield f"{' '.join(text.split())} Fields: {_listed(field_names(record))}.\n"
    yield from _attributes(record)
    yield ""


def _attributes(record: type) -> Iterator[str]:
    attributes = inspect.cleandoc(record.__doc__ or "").partition("Attributes:")[2]
    bullets = re.split(r"\n(?= {4}\w)", attributes)
    told = [" ".join(one.split()).partition(": ") for one in bullets if one.strip()]
    yield from (f"- `{name}`: {words}" for name, _, words in told)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _row(name: str, case: object) -> str:
    promise, _, rest = inspect.cleandoc(case.__doc__ or "").partition("\n\n")
    look = rest.removeprefix("Look at: ")
    cells = [name.removeprefix("test_"), promise, look, ", ".join(f"`{one}`" for one in needs_of(case))]
    return f"| {' | '.join(' '.join(cell.split()) for cell in cells)} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
