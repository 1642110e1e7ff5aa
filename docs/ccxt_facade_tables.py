"""Write the tables of ``reference/ccxt-facade.md`` from the code, so that the page cannot drift from it.

Run it after a change of ``hk_adapter/ccxt_facade``, or for a newer ccxt: ``python docs/ccxt_facade_tables.py``. A test
notices when that was forgotten. One table shows what both classes say in the same situations, at the simulator.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ccxt

from hk_adapter.ccxt_facade import register
from hk_adapter.ccxt_facade.blocking import BlockingCancels
from hk_adapter.ccxt_facade.describe import Described
from hk_adapter.ccxt_facade.exceptions import ERRORS, OUTCOMES
from hk_adapter.model import CancelOutcome
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, SimulatorControl, serve

PAGE = Path(__file__).parent / "reference" / "ccxt-facade.md"

Arrange = Callable[[SimulatorControl, str], object]

SITUATIONS: dict[str, Arrange] = {
    "it rests": lambda control, order_id: None,
    "0.4 of 1 has traded": lambda control, order_id: control.fill(order_id, "0.4"),
    "it has traded": lambda control, order_id: control.fill(order_id),
    "the venue canceled it before": lambda control, order_id: control.cancel(order_id),
    "the answer is lost, the cancel ran": lambda control, order_id: control.fail_next(
        "cut", method="DELETE", acted=True
    ),
    "the answer is lost, the cancel did not run": lambda control, order_id: control.fail_next("cut", method="DELETE"),
    "HTTP 503, the cancel ran": lambda control, order_id: control.fail_next(status=503, method="DELETE", acted=True),
    "HTTP 503, the cancel did not run": lambda control, order_id: control.fail_next(status=503, method="DELETE"),
    "code -1006, execution unknown; it ran": lambda control, order_id: control.fail_next(
        code="-1006", method="DELETE", acted=True
    ),
    "code -1144, locked for a moment": lambda control, order_id: control.fail_next(code="-1144", method="DELETE"),
    "code -2011, refused": lambda control, order_id: control.fail_next(code="-2011", method="DELETE", times=9),
    "code -1021, the clock is wrong": lambda control, order_id: control.fail_next(
        code="-1021", method="DELETE", times=9
    ),
    "code 0003, too many requests": lambda control, order_id: control.fail_next(
        code="0003", status=429, method="DELETE", times=9
    ),
}
UNKNOWN = "1563291927536863744"


def mark(name: str, end: str = "") -> str:
    """Give the line that a table begins below, or ends above."""
    return f"<!-- {end}{name}: made by docs/ccxt_facade_tables.py -->"


def written(page: str, name: str, table: str) -> str:
    """Put a table between its marks."""
    before, _, rest = page.partition(mark(name))
    _, _, after = rest.partition(mark(name, "end of "))
    return f"{before}{mark(name)}\n\n{table}\n\n{mark(name, 'end of ')}{after}"


def outcomes() -> str:
    """Build the table from our outcomes to what a bot gets."""
    given = {outcome: "the order" if kind is None else name_of(kind) for outcome, kind in OUTCOMES.items()}
    given[CancelOutcome.TOO_LATE_FILLED] = f"{name_of(ccxt.OrderNotFound)}, or the order: the option `filledFirst`"
    return table(
        ("outcome of the cancel", "what the bot gets"), ((f"`{one.name}`", told) for one, told in given.items())
    )


def errors() -> str:
    """Build the table from our errors to ccxt's exceptions."""
    return table(("our error", "ccxt's exception"), ((f"`{kind.__name__}`", name_of(ERRORS[kind])) for kind in ERRORS))


def methods() -> str:
    """Build the table of the methods that are ours."""
    ours = [
        (name, function)
        for part in (BlockingCancels, Described)
        for name, function in vars(part).items()
        if inspect.isfunction(function)
    ]
    rows = ((f"`{name}`", str(inspect.getdoc(function)).splitlines()[0].replace("``", "`")) for name, function in ours)
    return table(("method", "what it does"), rows)


def situations() -> str:
    """Build the table of what both classes say, asked to cancel an order to buy 1 that the venue knows."""
    register()
    rows = [(name, said("hashkey", arrange), said("hkadapter", arrange)) for name, arrange in SITUATIONS.items()]
    for situation, timeout in (("unknown id", 2000), ("unknown id, `timeout` of 1 s", 1000)):
        nobody = [said(name, lambda control, order_id: None, UNKNOWN, timeout) for name in ("hashkey", "hkadapter")]
        rows.append((situation, *nobody))
    return table(("how the order stands", "`ccxt.hashkey`", "`ccxt.hkadapter`"), rows)


def said(name: str, arrange: Arrange, order_id: str | None = None, timeout: int = 2000) -> str:
    """Have one of the classes cancel an order in a situation, and write what it says."""
    with serve() as served:
        urls = {"api": {"public": served.url, "private": served.url}}
        keys = {"apiKey": DEFAULT_API_KEY, "secret": DEFAULT_SECRET}
        exchange: Any = getattr(ccxt, name)({**keys, "urls": urls, "enableRateLimit": False, "timeout": timeout})
        try:
            placed = exchange.create_order("ETH/USD", "limit", "buy", 1, 1900)["id"]
            arrange(served.control, placed)
            order = exchange.cancel_order(order_id or placed, "ETH/USD")
        except ccxt.BaseError as error:
            return name_of(type(error))
        finally:
            exchange.session.close()
    return f"{order['status']}, filled {order['filled']:g}"


def name_of(kind: type[Exception]) -> str:
    """Write an exception as code."""
    return f"`{kind.__name__}`"


def table(heads: tuple[str, ...], rows: Any) -> str:
    """Write a table."""
    return "\n".join(_lines(heads, rows))


def _lines(heads: tuple[str, ...], rows: Any) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


TABLES = {"outcomes": outcomes, "errors": errors, "methods": methods, "situations": situations}


def main() -> None:
    """Write all tables into the page."""
    page = PAGE.read_text(encoding="utf-8")
    for name, build in TABLES.items():
        page = written(page, name, build())
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
