"""``hk-adapter venues``: what is installed, without importing any of it."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from hk_adapter.cli.show import one_line
from hk_adapter.model import plain
from hk_adapter.registry import VenueListing, list_venues

_TITLES = ("VENUE", "DISTRIBUTION", "VERSION", "PROBLEM")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def venues(as_json: bool) -> None:
    """List the installed venues, without loading any."""
    found = list_venues()
    click.echo(json.dumps([plain(one) for one in found]) if as_json else _table(found))


def _table(found: Sequence[VenueListing]) -> str:
    if not found:
        return "no venue is installed"
    rows = [_TITLES, *(_row(one) for one in found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _row(one: VenueListing) -> tuple[str, ...]:
    return tuple(one_line(cell or "-") for cell in (one.id, one.distribution, one.version, one.problem))
