"""What one who watches fills was told, held against the fills that there truly were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from hk_adapter.execution.streams.watched_fills import LONGEST_HELD
from hk_adapter.model import Trade, TradeUpdate
from hk_adapter.simulator import FillView

FILL_COLUMNS = ("missed fill", "fill twice", "invented fill", "other fill", "fill order")


HELD = round(LONGEST_HELD * 1000)
"""Milliseconds after an opening for which fills are held back for what happened before it."""

Told = tuple[int, TradeUpdate]
"""When a fill was told, in ms UTC, and how."""


def of_fills(
    told: Sequence[Told], truth: Iterable[FillView], since: int | None, openings: Sequence[int] | None
) -> list[str]:
    """List what is wrong with what was told of fills, a word for each.

    ``since``: from when on every fill must be told, in ms UTC; None where nobody was let in. One of before may be.
    ``openings``: when connections were opened, in ms UTC; None where their order cannot be judged, for frames come in
    another one, or the question that would close a gap was not answered.
    """
    true = {fill.id: fill for fill in truth}
    times = Counter(update.trade.id for _, update in told)
    wrong = ["fill twice"] * sum(number - 1 for number in times.values())
    for _, update in told:
        fill = true.get(update.trade.id or "")
        if fill is None:
            wrong.append("invented fill")
        elif _said(update.trade) != _true(fill):
            wrong.append("other fill")
    wrong += ["missed fill" for one in true.values() if since is not None and one.time > since and one.id not in times]
    return wrong if openings is None else wrong + _out_of_order(told, openings)


def _out_of_order(told: Sequence[Told], openings: Sequence[int]) -> list[str]:
    """Find each fill that is told after a later one.

    One from before an opening may be, where the later one was held back for it as long as any is.
    """
    wrong = []
    before: list[tuple[int, int]] = []
    for at, update in told:
        happened = update.trade.timestamp or 0
        earliest = min((one for one in openings if one >= happened), default=None)
        if any(later > happened and (earliest is None or then < earliest + HELD) for later, then in before):
            wrong.append("fill order")
        before.append((happened, at))
    return wrong


def _said(trade: Trade) -> tuple[object, ...]:
    paid = {fee.currency: fee.cost for fee in trade.fees if fee.cost}
    return (
        *(trade.order_id, trade.side),
        *(trade.taker_or_maker, trade.price, trade.amount, trade.cost, trade.timestamp, paid),
    )


def _true(fill: FillView) -> tuple[object, ...]:
    paid: dict[str | None, Decimal] = {fill.fee_asset: fill.fee} if fill.fee else {}
    return (
        *(fill.order_id, fill.side.lower()),
        *("maker" if fill.is_maker else "taker", fill.price, fill.amount, fill.cost, fill.time, paid),
    )
