"""``hk-adapter cancel``: cancel one order and say what is known."""

from __future__ import annotations

import json
import time
from typing import Literal

import click

from hk_adapter.cli.durations import HOUR, Duration
from hk_adapter.cli.exit_codes import ExitCode, code_of_error, code_of_report, help_text
from hk_adapter.cli.interruption import note, work_is_done
from hk_adapter.cli.show import SENTENCES, complain, error_line, report_text
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
from hk_adapter.errors import AdapterError, NotSent
from hk_adapter.model import CancelOutcome, CancelReport, Wait, plain
from hk_adapter.venue.connect_for import LEAST_TIME, connect_for

TIMEOUT = 10.0
"""Seconds for the whole cancel where nobody says how many."""


@click.command(epilog="\b\n" + help_text())
@click.argument("order_id", required=False)
@click.option("--client-order-id", metavar="ID", help="The client's id; beside ORDER_ID the order must carry it.")
@venue_option
@environment_option
@site_option
@base_url_option
@ca_file_option
@click.option("--symbol", help="Such as ETH/USD; checked against the order that was canceled.")
@click.option(
    "--wait",
    type=click.Choice(["final", "ack"]),
    default="final",
    show_default=True,
    help="For the order's proven end, or only for the venue's acceptance.",
)
@click.option("--timeout", type=Duration(HOUR), metavar="TIME", default=TIMEOUT, help="For all of it; 10s without it.")
@click.option("--profile", metavar="NAME", help="A profile of the config file, which may hold keys and plugins.")
@plugin_option
@set_option
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.pass_context
def cancel(
    ctx: click.Context,
    order_id: str | None,
    client_order_id: str | None,
    venue_id: str,
    environment: Literal["production", "sandbox", "simulator"],
    site: str | None,
    base_url: str | None,
    ca_file: str | None,
    symbol: str | None,
    wait: Literal["final", "ack"],
    timeout: float,
    profile: str | None,
    plugins: tuple[str, ...],
    settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Cancel one order and report what is known of it.

    The order is named by ORDER_ID, the venue's id, or by --client-order-id.

    Keys come from the environment (HK_ADAPTER_HASHKEY_API_KEY and HK_ADAPTER_HASHKEY_SECRET for hashkey) or from a
    profile, and never from arguments, which other processes can read.
    """
    if order_id is None and client_order_id is None:
        raise click.UsageError("give ORDER_ID or --client-order-id")
    if environment == "simulator" and base_url is None:
        raise click.UsageError("--environment simulator needs --base-url; 'hk-adapter simulator' serves one")
    order = order_id or f"with client order id {client_order_id}"
    note(f"no cancel of order {order} was sent")
    began = time.monotonic()
    try:
        venue = connect_for(
            "cancel_order",
            venue_id,
            environment=environment,
            site=site,
            base_url=base_url,
            profile=profile,
            ca_file=ca_file,
            plugins=plugins,
            timeout=timeout,
            **read_settings(venue_id, settings),
        )
    except AdapterError as error:
        if code_of_error(error) is ExitCode.USAGE:
            raise
        report = _unopened(error, Wait(wait), time.monotonic() - began)
    else:
        left = max(timeout - (time.monotonic() - began), LEAST_TIME)
        with venue:
            note(f"what was sent is unknown; order {order} may or may not be canceled, ask the venue")
            report = venue.try_cancel(order_id, symbol, client_order_id=client_order_id, wait=wait, timeout=left)
            report = report.replace(elapsed=time.monotonic() - began)
            note(f"of order {order} is known: {report.outcome}, {SENTENCES[report.outcome]}")
    work_is_done()
    click.echo(json.dumps(plain(report)) if as_json else report_text(report))
    _complain_of(report)
    ctx.exit(code_of_report(report))


def _unopened(error: AdapterError, wait: Wait, elapsed: float) -> CancelReport:
    """Report a cancel that never began: what its venue asks for first, a list of its markets, could not be had."""
    reason = error if isinstance(error, NotSent) else NotSent(f"the venue could not be opened: {error}")
    reason.code, reason.http_status = error.code, error.http_status
    return CancelReport(
        outcome=CancelOutcome.VENUE_DOWN if reason.unreachable else CancelOutcome.NOT_SENT,
        error=reason,
        retry_after=error.retry_after,
        wait=wait,
        elapsed=elapsed,
    )


def _complain_of(report: CancelReport) -> None:
    try:
        report.order_or_raise()
    except AdapterError as error:
        complain(error_line(error))
