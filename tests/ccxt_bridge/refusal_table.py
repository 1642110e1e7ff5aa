"""How each exchange of ccxt's refuses, and what it is to us: the table of ``docs/reference``.

``python -m tests.ccxt_bridge.refusal_table`` writes the page anew; a test holds the page to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hk_adapter as hk
from hk_adapter.flow.http import HttpRequest
from tests.ccxt_bridge import table_page
from tests.ccxt_bridge.by_hand import always, run
from tests.ccxt_bridge.client_id_table import members
from tests.ccxt_bridge.driven.answers import after_first
from tests.ccxt_bridge.driven.exchanges import CANNOT
from tests.ccxt_bridge.driven.refusals import refusal
from tests.ccxt_bridge.driven.stage import Stage, named, value_of

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "ccxt-refusals.md"
MARK = "<!-- made by tests/ccxt_bridge/refusal_table.py -->"
KINDS = ("OrderNotFound", "InvalidOrder", "InsufficientFunds", "DuplicateOrderId", "ExchangeNotAvailable")
_LONGEST = 60


class Refusals:
    """Refused cancels and creates at one exchange."""

    def __init__(self, member: str) -> None:
        self.stage = Stage(member)
        request = hk.CancelRequest(**named(member), symbol=self.stage.symbol, params=self.stage.cancels)
        self.calls: dict[str, Any] = {"cancel_order": request, "create_order": self.stage.limit(self.stage.callers)}

    def cell(self, kind: str) -> str:
        """Give answers that ccxt takes for one of its classes, and what these are to us: of a cancel, of a create."""
        told = {method: self._told(method, kind) for method in self.calls}
        bodies = {body for body, _ in told.values()}
        if bodies == {None}:
            return "-"
        if len(bodies) == 1:
            return f"`{bodies.pop()}` {', '.join(word for _, word in told.values())}"
        known = ((method.partition("_")[0], body, word) for method, (body, word) in told.items() if body)
        return "; ".join(f"{method}: `{body}` {word}" for method, body, word in known)

    def _told(self, method: str, kind: str) -> tuple[str | None, str]:
        sent: list[HttpRequest] = []
        value_of(lambda: self._answered(method, 400, b"{}", sent))
        found = refusal(self.stage.exchange, kind, sent[0].url) if sent else None
        if found is None:
            return None, ""
        error = value_of(lambda: self._answered(method, found.status, found.body.encode(), []))
        shown = found.body if len(found.body) <= _LONGEST else f"{found.body[:_LONGEST]}…"
        return shown.replace("|", "¦"), type(error).__name__

    def _answered(self, method: str, status: int, body: bytes, sent: list[HttpRequest]) -> Any:
        return run(getattr(self.stage.venue, method)(self.calls[method]), after_first(always(status, body)), sent)


def line(member: str) -> str:
    """Give the line of an exchange."""
    refusals = Refusals(member)
    return f"| `{member}` | {' | '.join(refusals.cell(kind) for kind in KINDS)} |"


def rows() -> Iterator[str]:
    """Give the lines of the table."""
    yield f"| | {' | '.join(f'`{kind}`' for kind in KINDS)} |"
    yield "|---" * (1 + len(KINDS)) + "|"
    for member in members():
        if member not in CANNOT:
            yield line(member)


def main() -> None:
    """Write the page anew."""
    table_page.write(PAGE, MARK, rows())


if __name__ == "__main__":
    main()
