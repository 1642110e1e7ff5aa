"""Write the tables of ``reference/ccxt-bridge.md`` from the bridge's own, so that the page cannot drift from the code.

Run it after a change there, or for a newer ccxt: ``python docs/ccxt_bridge_tables.py``. A test notices a forgotten run.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hk_adapter.hooks import VenueSettings
from hk_adapter.venues.ccxt_bridge import capabilities
from hk_adapter.venues.ccxt_bridge.config import configured_exchange
from hk_adapter.venues.ccxt_bridge.error_table import MEANINGS

PAGE = Path(__file__).parent / "reference" / "ccxt-bridge.md"
EXCEPTIONS, EXCHANGES = "exceptions", "exchanges"


def mark(name: str, end: str = "") -> str:
    """Give the line that a table begins below, or ends above."""
    return f"<!-- {end}{name}: made by docs/ccxt_bridge_tables.py -->"


def written(page: str, name: str, table: str) -> str:
    """Put a table between its marks."""
    before, _, rest = page.partition(mark(name))
    _, _, after = rest.partition(mark(name, "end of "))
    return f"{before}{mark(name)}\n\n{table}\n\n{mark(name, 'end of ')}{after}"


def exceptions_table() -> str:
    """Build the table of exceptions; the same with every release of ccxt."""
    return "\n".join(_exceptions())


def exchanges_table() -> str:
    """Build the table of exchanges, for the installed ccxt."""
    return "\n".join(_exchanges())


def version() -> str:
    """Name the installed ccxt."""
    import ccxt  # noqa: PLC0415 - an extra

    return str(ccxt.__version__)


def _exceptions() -> Iterator[str]:
    yield "| ccxt | nothing sent yet | answer to a cancel | answer to a create | answer to a read |"
    yield "|---|---|---|---|---|"
    for name, meaning in MEANINGS.items():
        kinds = (meaning.unsent, meaning.cancel, meaning.create, meaning.read)
        yield f"| `{name}` | " + " | ".join(f"`{kind.__name__}`" for kind in kinds) + " |"


def _exchanges() -> Iterator[str]:
    import ccxt.async_support as ccxt  # noqa: PLC0415 - an extra

    yield f"With ccxt {ccxt.__version__}:\n"
    heads = (
        "cancel by own id",
        "create with own id",
        "look up",
        "look up by own id",
        "open orders",
        "ended orders",
        "fills",
    )
    yield f"| | {' | '.join(heads)} |"
    yield "|---" * (len(heads) + 1) + "|"
    for name in (name for name in ccxt.exchanges if not hasattr(getattr(ccxt, name), "hk_adapter_name")):
        exchange = configured_exchange(VenueSettings(venue_id=f"ccxt:{name}", environment="production"))
        yield f"| `{name}` | {' | '.join(_row(exchange))} |"


def _row(exchange: Any) -> Iterator[str]:
    looks = capabilities.has(exchange, "fetchOrder")
    yield _yes(capabilities.takes_client_id(exchange, "cancel_order"))
    yield _yes(capabilities.name_of_new_id(exchange) is not None)
    alone = "by symbol" if capabilities.needs_symbol(exchange, "fetchOrder") else "yes"
    yield alone if looks else "in lists"
    yield "query" if looks and capabilities.takes_client_id(exchange, "fetch_order") else "in lists"
    yield _open_orders(exchange)
    yield ", ".join(way.removeprefix("fetch") for way in capabilities.history(exchange)) or "no"
    yield _yes(capabilities.has(exchange, "fetchMyTrades"))


def _open_orders(exchange: Any) -> str:
    if not capabilities.has(exchange, "fetchOpenOrders"):
        return "no"
    scope = "by symbol" if capabilities.needs_symbol(exchange, "fetchOpenOrders") else "all"
    limit = capabilities.page_limit(exchange, "fetchOpenOrders", None)
    return scope if limit is None else f"{scope}, {limit}"


def _yes(value: object) -> str:
    return "yes" if value else "no"


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    text = written(text, EXCEPTIONS, exceptions_table())
    text = written(text, EXCHANGES, exchanges_table())
    PAGE.write_text(text, encoding="utf-8")
