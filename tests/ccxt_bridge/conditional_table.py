"""Where ccxt looks for conditional orders, and what its parsers tell of them: the table of ``docs/reference``.

``python -m tests.ccxt_bridge.conditional_table`` writes the page anew; a test holds the page to it.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ccxt
import ccxt.async_support

from hk_adapter.venues.ccxt_bridge.capabilities import words_read
from hk_adapter.venues.ccxt_bridge.conditional import WORDS, is_kept_apart, look_ups
from tests.ccxt_bridge import table_page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "ccxt-conditional-orders.md"
MARK = "<!-- made by tests/ccxt_bridge/conditional_table.py -->"
FIELDS = {
    "trigger_price": ("triggerPrice", "stopPrice"),
    "take_profit_price": ("takeProfitPrice",),
    "stop_loss_price": ("stopLossPrice",),
}


def rows() -> Iterator[str]:
    """Give the lines of the table."""
    yield "| | a cancel takes | looked for by | fields told |"
    yield "|---|---|---|---|"
    for member in ccxt.exchanges:
        kind: Any = getattr(ccxt.async_support, member)
        if not hasattr(kind, "hk_adapter_name"):
            yield f"| `{member}` | {' | '.join(_cells(kind()))} |"


def _cells(exchange: Any) -> Iterator[str]:
    kind = type(exchange)
    words = [word for group in WORDS for word in words_read(kind, "cancel_order", group)]
    yield ", ".join(f"`{word}`" for word in words) or "no word: one book"
    apart = is_kept_apart(exchange)
    looks = [name for name in look_ups(exchange) if words_read(kind, name, WORDS[0])] if apart else []
    yield ", ".join(f"`{name}`" for name in looks) or "any look-up"
    told = _told(kind)
    yield ", ".join(f"`{field}`" for field, keys in FIELDS.items() if told & set(keys)) or "none"


def _told(kind: Any) -> set[str]:
    """Name the keys that an exchange's parsers of orders give a value, other than None."""
    found = set()
    for base in kind.__mro__:
        for name, method in vars(base).items():
            if (
                name.startswith("parse_")
                and "order" in name
                and inspect.isfunction(method)
                and "base" not in base.__module__
            ):
                tree = ast.parse("if True:\n" + inspect.getsource(method))
                for node in (node for node in ast.walk(tree) if isinstance(node, ast.Dict)):
                    found |= {
                        str(key.value)
                        for key, value in zip(node.keys, node.values, strict=True)
                        if isinstance(key, ast.Constant)
                        and not (isinstance(value, ast.Constant) and value.value is None)
                    }
    return found


def main() -> None:
    """Write the page anew."""
    table_page.write(PAGE, MARK, rows())


if __name__ == "__main__":
    main()
