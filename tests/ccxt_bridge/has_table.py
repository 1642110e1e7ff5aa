"""Where the bridge's ``has`` differs from ccxt's: the table of ``docs/reference``.

``python -m tests.ccxt_bridge.has_table`` writes the page anew; a test holds the page to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import ccxt
import ccxt.async_support

from hk_adapter.execution.operations import OPERATIONS, capabilities
from hk_adapter.venues.ccxt_bridge import capabilities as of_exchange
from hk_adapter.venues.ccxt_bridge.plugin import CcxtVenue
from tests.ccxt_bridge import table_page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "ccxt-has.md"
MARK = "<!-- made by tests/ccxt_bridge/has_table.py -->"
_HOOKS = frozenset(hook for row in OPERATIONS.values() for hook in row.hooks if hasattr(CcxtVenue, hook))
_WORDS = {True: "yes", False: "no", "partial": "partial"}

Has = Mapping[str, bool | str]


@cache
def both() -> dict[str, tuple[Has, Has]]:
    """Give what ccxt says of each exchange, and what the bridge says."""
    found = {}
    for member in ccxt.exchanges:
        kind = getattr(ccxt.async_support, member)
        if not hasattr(kind, "hk_adapter_name"):
            exchange = kind()
            found[member] = (exchange.has, capabilities(_HOOKS, of_exchange.support(exchange)))
    return found


def rows() -> Iterator[str]:
    """Give the lines of the table."""
    yield "| call | ccxt | here | exchanges |"
    yield "|---|---|---|---|"
    # What is watched, ccxt has in other classes than those that the bridge goes by.
    for key in (key for row in OPERATIONS.values() for key in row.keys if not key.startswith("watch")):
        differing: dict[tuple[str, str], list[str]] = {}
        for member, (theirs, ours) in both().items():
            word = theirs.get(key)
            told = "emulated" if word == "emulated" else _WORDS[bool(word)]
            if told != _WORDS[ours[key]] and (told, ours[key]) != ("emulated", "partial"):
                differing.setdefault((told, _WORDS[ours[key]]), []).append(f"`{member}`")
        for (told, here), members in sorted(differing.items()):
            yield f"| `{key}` | {told} | {here} | {', '.join(members)} |"


def main() -> None:
    """Write the page anew."""
    table_page.write(PAGE, MARK, rows())


if __name__ == "__main__":
    main()
