"""``hk-adapter recover``: what a journal has in flight, and what the venue proves of it."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import click

from hk_adapter.cli.durations import HOUR, Duration
from hk_adapter.cli.exit_codes import ExitCode
from hk_adapter.cli.interruption import note, work_is_done
from hk_adapter.cli.show import complain, error_line, one_line
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
from hk_adapter.model import JournalEntry, RecoveredOperation, plain
from hk_adapter.plugins.journal import PATH_VARIABLE, Journal
from hk_adapter.venue.connect_for import connect_for

_UNTOLD = "what is not proven yet is in the journal still; run it again"
_UNTOLD_CANCELS = f"what was sent is unknown; orders may or may not be canceled, {_UNTOLD}"


@click.command()
@venue_option
@environment_option
@site_option
@base_url_option
@ca_file_option
@click.option(
    "--journal", "path", type=click.Path(path_type=Path), help=f"The journal's file; without it {PATH_VARIABLE}."
)
@click.option("--list-only", is_flag=True, help="Only list what is in flight, of every key; sends nothing.")
@click.option("--resend", is_flag=True, help="Cancel anew what is not proven off the book.")
@click.option("--close", "close", multiple=True, metavar="ID", help="Show what is known of an entry, and close it.")
@click.option("--timeout", type=Duration(HOUR), metavar="TIME", help="For all look-ups; without it a second for each.")
@click.option("--profile", metavar="NAME", help="A profile of the config file, which may hold keys.")
@plugin_option
@set_option
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@click.pass_context
def recover(
    ctx: click.Context,
    venue_id: str,
    environment: Literal["production", "sandbox", "simulator"],
    site: str | None,
    base_url: str | None,
    ca_file: str | None,
    path: Path | None,
    list_only: bool,
    resend: bool,
    close: tuple[str, ...],
    timeout: float | None,
    profile: str | None,
    plugins: tuple[str, ...],
    settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Settle what was in flight when a process ended.

    Each order is looked up, and what is proven is written to the journal. Nothing is placed or canceled unless
    --resend. Exit code 0: nothing is in flight any more; 6: something still is.

    --close ID, with the id that is shown in brackets, ends an entry that nothing proves: it is looked up once more,
    what is known of it is shown, and it is in flight no more.

    Keys come from the environment or a profile, as for 'hk-adapter cancel'; --list-only needs none.
    """
    if close and list_only:
        raise click.UsageError("--list-only writes nothing, so --close has no meaning beside it")
    if resend and list_only:
        raise click.UsageError("--list-only sends nothing, so --resend has no meaning beside it")
    if environment == "simulator" and base_url is None and not list_only:
        raise click.UsageError("--environment simulator needs --base-url; 'hk-adapter simulator' serves one")
    journal = Journal(path)
    _check_exists(journal)
    if list_only:
        done = _listed(journal, venue_id, environment)
    else:
        with connect_for(
            "recover",
            venue_id,
            environment=environment,
            site=site,
            base_url=base_url,
            ca_file=ca_file,
            profile=profile,
            plugins=[*plugins, journal],
            **read_settings(venue_id, settings),
        ) as venue:
            note(_UNTOLD_CANCELS if resend else _UNTOLD)
            done = venue.recover(resend=resend, timeout=timeout, close=close)
            note(f"{sum(one.settled for one in done)} of {len(done)} entries are settled; {_UNTOLD}")
    work_is_done()
    _show(done, as_json, looked=not list_only)
    ctx.exit(ExitCode.DONE if all(one.settled or one.closed for one in done) else ExitCode.UNKNOWN)


def _check_exists(journal: Journal) -> None:
    another = f"name one with --journal or {PATH_VARIABLE}"
    try:
        os.stat(journal.path)
    except (FileNotFoundError, NotADirectoryError):
        raise click.UsageError(f"there is no journal {journal.path}; {another}") from None
    except OSError as error:
        raise click.UsageError(f"the journal {journal.path} cannot be read: {error.strerror}; {another}") from None


def _listed(journal: Journal, venue_id: str, environment: str) -> list[RecoveredOperation]:
    return [
        RecoveredOperation(entry=entry, settled=False)
        for entry in journal.read_in_flight()
        if (entry.place.venue_id, entry.place.environment) in {(venue_id, environment), ("", "")}
    ]


def _show(done: list[RecoveredOperation], as_json: bool, *, looked: bool) -> None:
    if as_json:
        click.echo(json.dumps([recovered_data(one) for one in done]))
        return
    click.echo("\n".join(_line(one, looked=looked) for one in done) or "nothing is in flight")
    for one in done:
        if one.advice is not None:
            click.echo(one_line(f"advice for {one.entry.id}: {one.advice}"))
        if one.error is not None:
            complain(error_line(one.error))


def recovered_data(done: RecoveredOperation) -> dict[str, Any]:
    """Return one entry as plain data for ``--json``."""
    more: dict[str, Any] = {"advice": done.advice} if done.advice is not None else {}
    if done.closed:
        more["closed"] = True
    return {
        **more,
        "settled": done.settled,
        "entry": plain(done.entry),
        "outcome": None if done.report is None else str(done.report.outcome),
        "order": plain(done.order),
        "error": plain(done.error),
    }


def _line(done: RecoveredOperation, *, looked: bool) -> str:
    entry = done.entry
    began = datetime.fromtimestamp(entry.started / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    return one_line(
        f"{_state(done):<12} {began}  {entry.operation} {_named(entry)}: {_known(done, looked)} [{entry.id}]"
    )


def _state(done: RecoveredOperation) -> str:
    if done.entry.running:
        return "running"
    if done.closed:
        return "closed"
    return "settled" if done.settled else "in flight"


def _named(entry: JournalEntry) -> str:
    if entry.order_id is not None:
        return entry.order_id
    if entry.fault is not None:
        return "that cannot be read"
    if entry.client_order_id is not None:
        return f"with client id {entry.client_order_id}"
    return f"of {entry.symbol or 'every symbol'}"


def _known(done: RecoveredOperation, looked: bool) -> str:
    if done.entry.fault is not None:
        return done.entry.fault
    order = done.order
    if order is not None:
        outcome = "" if done.report is None else f"{done.report.outcome}, "
        return f"{outcome}the venue shows it {order.status}, {plain(order.filled)} filled"
    if done.report is not None:
        return str(done.report.outcome)
    sent = done.entry.attempts
    left = f"{sent} request{'' if sent == 1 else 's'} may have left; {done.entry.outcome or 'no outcome noted'}"
    if done.entry.running:
        return f"{left}; its call may still be under way: look again later"
    missed = looked and _state(done) == "in flight" and done.error is None and done.entry.operation.startswith("create")
    return f"{left}; the venue shows no such order, which proves nothing" if missed else left
