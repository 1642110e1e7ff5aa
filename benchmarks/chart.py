"""The table as a picture: one bar a row, as a share of what it may be at most."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from benchmarks.table import Row

_LABELS, _BARS, _LINE = 430, 300, 22
_FURTHEST = 3.0
"""Bars end here, in targets; a longer one is cut, and its figure says how long it is."""
_REACHED, _BEHIND = "#2f855a", "#c05621"


def chart(rows: Sequence[Row]) -> str:
    """Draw it as SVG. A bar that does not cross the line has reached its target."""
    width, height = _LABELS + _BARS + 130, _LINE * len(rows) + 40
    target = _LABELS + _BARS / _FURTHEST
    font = 'font-size="12" font-family="sans-serif"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {font}>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        *(part for place, row in enumerate(rows) for part in _bar(row, 30 + place * _LINE)),
        f'<path d="M{target:.0f} 22V{height - 8}" stroke="#1a202c" stroke-dasharray="4 3"/>',
        f'<text x="{target:.0f}" y="16" text-anchor="middle" fill="#1a202c">target</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _bar(row: Row, top: int) -> tuple[str, str, str]:
    share = row.held / row.target if row.target else (_FURTHEST if row.held else 0.0)
    width = max(1.0, min(share, _FURTHEST) / _FURTHEST * _BARS)
    name = escape(row.what.partition(" (")[0].replace("`", ""))
    figure, color = f"{row.held:.2f}, at most {row.target:g}", _REACHED if row.reached else _BEHIND
    return (
        f'<text x="{_LABELS - 8}" y="{top + 13}" text-anchor="end" fill="#1a202c">{name}</text>',
        f'<rect x="{_LABELS}" y="{top + 2}" width="{width:.1f}" height="{_LINE - 7}" fill="{color}"/>',
        f'<text x="{_LABELS + width + 6:.1f}" y="{top + 13}" fill="#1a202c">{figure}</text>',
    )
