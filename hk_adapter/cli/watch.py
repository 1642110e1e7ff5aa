"""``hk-adapter watch``: show what happens to the account's orders as it happens."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Literal

import click

from hk_adapter.cli.durations import HOUR, Duration
from hk_adapter.cli.exit_codes import ExitCode
from hk_adapter.cli.interruption import note, work_is_done
from hk_adapter.cli.show import complain
from hk_adapter.cli.venue_options import (
    base_url_option,
    ca_file_option,
    environment_option,
    plugin_option,
    read_settings,
    set_option,
    site_option,
    venue_option,
)
from hk_adapter.cli.watch_output import JsonLines, Lines, Screen, Shows
from hk_adapter.execution.agreement import is_proven_end
from hk_adapter.model import Evidence, Order, OrderUpdate
from hk_adapter.venue.connect import Venue
from hk_adapter.venue.connect_for import connect_for
from hk_adapter.venue.watch import Watch


@click.command()
@venue_option
@environment_option
@site_option
@base_url_option
@ca_file_option
@click.option("--symbol", help="Only orders of this symbol, such as ETH/USD.")
@click.option("--until-final", "until", metavar="ID", help="End, with code 0, once this order is proven off the book.")
@click.option(
    "--timeout", type=Duration(HOUR), metavar="TIME", default=10.0, help="For the stream to open; 10s without it."
)
@click.option(
    "--poll-every", type=Duration(), metavar="TIME", help="Between two questions to a venue that has no stream."
)
@click.option("--profile", metavar="NAME", help="A profile of the config file, which may hold keys and plugins.")
@plugin_option
@set_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each update, on a line of its own.")
@click.pass_context
def watch(
    ctx: click.Context,
    venue_id: str,
    environment: Literal["production", "sandbox", "simulator"],
    site: str | None,
    base_url: str | None,
    ca_file: str | None,
    symbol: str | None,
    until: str | None,
    timeout: float,
    poll_every: float | None,
    profile: str | None,
    plugins: tuple[str, ...],
    settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Show the account's orders live: what is open, and each change.

    On a terminal as a table that is drawn anew, elsewhere as a line for each change. It goes on until Ctrl-C, or until
    the order of --until-final has ended. Keys come from the environment or a profile, as for 'hk-adapter cancel'.
    """
    if environment == "simulator" and base_url is None:
        raise click.UsageError("--environment simulator needs --base-url; 'hk-adapter simulator' serves one")
    with connect_for(
        "watch_orders",
        venue_id,
        environment=environment,
        site=site,
        base_url=base_url,
        profile=profile,
        timeout=timeout,
        ca_file=ca_file,
        plugins=plugins,
        poll_every=poll_every,
        **read_settings(venue_id, settings),
    ) as venue:
        note("" if until is None else f"order {until} is not proven off the book")
        ctx.exit(_watched(venue, symbol, until, as_json=as_json))


def _watched(venue: Venue, symbol: str | None, until: str | None, *, as_json: bool) -> ExitCode:
    code = ExitCode.DONE if until is None else ExitCode.UNKNOWN
    try:
        with venue.watch_orders(symbol) as updates, _shows(venue.venue_id, updates, as_json=as_json) as shown:
            for update in _updates(venue, updates, symbol, until):
                shown.show(update)
                if update.order.id == until and _has_ended(update.order):
                    code = code_of_end(update.order)
                    work_is_done()
                    break
    except BrokenPipeError:
        # What is still buffered would fail again when Python ends, with a code of its own.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _updates(venue: Venue, updates: Watch[OrderUpdate], symbol: str | None, until: str | None) -> Iterator[OrderUpdate]:
    """Yield the updates; first the order that is waited for, where it had ended before the watch began."""
    if until is not None and _has_ended(order := venue.fetch_order(until, symbol)):
        yield OrderUpdate(order=order, evidence=Evidence.QUERY, live=False)
    yield from updates


def _shows(venue_id: str, updates: Watch[OrderUpdate], *, as_json: bool) -> AbstractContextManager[Shows]:
    if as_json:
        return nullcontext(JsonLines())
    return Screen(venue_id, lambda: updates.is_live) if sys.stdout.isatty() else nullcontext(Lines())


def _has_ended(order: Order) -> bool:
    return order.status is not None and order.status.final


def code_of_end(order: Order) -> ExitCode:
    """Return the code that the end of an order ends in: 0 only where its amounts prove it."""
    if is_proven_end(order):
        return ExitCode.DONE
    complain(f"order {order.id} is {order.status} by the venue's word, which its amounts do not prove")
    return ExitCode.UNKNOWN
