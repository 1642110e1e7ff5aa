"""What each exchange of ccxt's has to answer for a cancel to be acknowledged: the table of ``docs/reference``.

``python -m tests.ccxt_bridge.acknowledgement_table`` writes the page anew; a test holds the page to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hk_adapter as hk
from hk_adapter.flow.http import HttpRequest, Response
from tests.ccxt_bridge import table_page
from tests.ccxt_bridge.by_hand import run
from tests.ccxt_bridge.client_id_table import members
from tests.ccxt_bridge.driven.answers import Answers, learned
from tests.ccxt_bridge.driven.exchanges import CANNOT, driven
from tests.ccxt_bridge.driven.stage import CANCELS, named

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "ccxt-acknowledgements.md"
MARK = "<!-- made by tests/ccxt_bridge/acknowledgement_table.py -->"
ANSWERS = ('{"ok": "ok"}', "{}", '"OK"', '{"error": "no"}')
"""Answers that show no order."""
ACKNOWLEDGED, DOUBT, REFUSED, UNSENT = "acknowledged", "doubt", "refused", "not sent"


class Cancels:
    """Cancels of order 41 at one exchange."""

    def __init__(self, member: str) -> None:
        self.named = named(member)
        self.venue, self.symbol = driven(member)
        self.params: dict[str, Any] = dict(CANCELS.get(member, {}))
        self.answers: Answers = learned(self.venue._exchange, self.symbol, self.params)

    def answered(self, answer: Any) -> str:
        """Say what an answer comes to."""
        sent: list[HttpRequest] = []
        request = hk.CancelRequest(**self.named, symbol=self.symbol, params=self.params)
        body = json.dumps(answer).encode()
        try:
            found = run(self.venue.cancel_order(request), lambda _: Response(200, {}, body), sent)
        except hk.AdapterError as error:
            if not sent:
                return UNSENT
            return DOUBT if error.request_state is hk.RequestState.UNKNOWN else REFUSED
        is_it = (found.id or found.client_order_id, found.status) == ("41", hk.OrderStatus.PENDING_CANCEL)
        return ACKNOWLEDGED if is_it else f"another: {found}"

    def rows(self) -> Iterator[str]:
        """Give the cells of the exchange's line."""
        for state in ("canceled", "open"):
            row = self.answers.of("cancel_order", self.answers.order_row(state))
            yield "reads none" if row is None else self.answered(row)
        for answer in ANSWERS:
            yield self.answered(json.loads(answer))


def line(member: str) -> str:
    """Give the line of an exchange."""
    return f"| `{member}` | {' | '.join(Cancels(member).rows())} |"


def rows() -> Iterator[str]:
    """Give the lines of the table."""
    yield f"| | the order, canceled | the order, open | {' | '.join(f'`{one}`' for one in ANSWERS)} |"
    yield "|---" * (3 + len(ANSWERS)) + "|"
    for member in members():
        if member not in CANNOT:
            yield line(member)


def main() -> None:
    """Write the page anew."""
    table_page.write(PAGE, MARK, rows())


if __name__ == "__main__":
    main()
