"""One row of the table: what was measured, beside what, and whether its target is reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HEAD = ("what", "ours", "ccxt", "floor", "held to the target", "target", "reached")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row.

    Attributes:
        unit: of ``ours``, ``ccxt`` and ``floor``.
        ccxt: what ccxt takes; None where it has nothing of the kind.
        floor: the least that the thing can take; None where nothing is measured for it.
        held: what is held to the target, such as the median of the rounds' ratios.
        target: the largest ``held`` that reaches it.
        of: what ``held`` is a share of, or its unit.
    """

    what: str
    unit: str
    ours: float
    ccxt: float | None = None
    floor: float | None = None
    held: float
    target: float
    of: str

    @property
    def reached(self) -> bool:
        return self.held <= self.target

    def cells(self) -> tuple[str, ...]:
        figures = (_figure(value, self.unit) for value in (self.ours, self.ccxt, self.floor))
        held, target = f"{_short(self.held)} {self.of}", f"at most {_short(self.target)}"
        return (self.what, *figures, held, target, "yes" if self.reached else "**no**")


def markdown(rows: Iterable[Row]) -> str:
    """Write the table as Markdown, its columns aligned for a terminal too."""
    cells = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    lines = [_line(line, widths) for line in cells]
    return "\n".join([lines[0], _line(["-" * width for width in widths], widths), *lines[1:]])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"


def _figure(value: float | None, unit: str) -> str:
    return "" if value is None else f"{_short(value)} {unit}".strip()


def _short(value: float) -> str:
    if value == int(value) or abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
