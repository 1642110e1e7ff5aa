"""``hk-adapter kill``: cancel everything of many accounts, and prove it."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from typing import Any, Literal

import click

from hk_adapter.cli.durations import HOUR, Duration
from hk_adapter.cli.exit_codes import ExitCode
from hk_adapter.cli.interruption import work_is_done
from hk_adapter.cli.kill_accounts import account_options, read_accounts
from hk_adapter.cli.kill_output import Known, kill_data, kill_text, shown_progress
from hk_adapter.cli.show import complain
from hk_adapter.errors import ConfigurationError
from hk_adapter.fleet import KillReport, VenuePool, kill_switch
from hk_adapter.fleet.kill_scope import read_scope
from hk_adapter.plugins.risk.create_block import PATH_VARIABLE

BUDGET_VARIABLE = "HK_ADAPTER_BUDGET"


@click.command()
@account_options
@click.option("--symbol", help="Only orders of this symbol, such as ETH/USD.")
@click.option("--side", type=click.Choice(["buy", "sell"], case_sensitive=False), help="Only orders of this side.")
@click.option("--client-id-prefix", metavar="TEXT", help="Only orders whose client order id begins so.")
@click.option("--timeout", type=Duration(HOUR), metavar="TIME", help="For each account by itself; 120s without it.")
@click.option(
    "--block-file",
    type=click.Path(),
    help=f"Put up first, so that who watches it places nothing; without it {PATH_VARIABLE}. It stays.",
)
@click.option(
    "--budget",
    metavar="URL",
    envvar=BUDGET_VARIABLE,
    help=f"The bots' budget in Redis, where creates are blocked too; without it {BUDGET_VARIABLE}.",
)
@click.option("--no-block", is_flag=True, help="Block no new orders.")
@click.option("--dry-run", is_flag=True, help="Only show what would be canceled; sends only reads.")
@click.option("--yes", is_flag=True, help="Do not list and ask first.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.pass_context
def kill(
    ctx: click.Context,
    profiles: tuple[str, ...],
    every_profile: bool,
    venues: tuple[str, ...],
    environment: Literal["production", "sandbox", "simulator"] | None,
    site: str | None,
    base_url: str | None,
    ca_file: str | None,
    plugins: tuple[str, ...],
    symbol: str | None,
    side: Literal["buy", "sell"] | None,
    client_id_prefix: str | None,
    timeout: float | None,
    block_file: str | None,
    budget: str | None,
    no_block: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Cancel every open order of many accounts at once, and prove each off the book.

    New orders are blocked first, then each account is listed and canceled until a list shows nothing. Exit code 0 only
    where every order of every account is proven off the book; 6 where one is not, and the table says which and why.

    Without --yes it lists what is open, and asks.

    Keys come from the profiles; or, of a single --venue with --environment, from the environment.
    """
    read_scope(symbol, side, client_id_prefix, timeout)
    given = {"site": site, "base_url": base_url, "ca_file": ca_file, "plugins": plugins, "budget": budget}
    accounts = read_accounts(
        profiles,
        every_profile=every_profile,
        venues=venues,
        environment=environment,
        **{name: value for name, value in given.items() if value is not None},
    )
    if not (yes or dry_run or is_anybody_there()):
        raise click.UsageError("nobody is there to be asked: give --yes, or --dry-run")
    scope: dict[str, Any] = {
        "symbol": symbol,
        "side": side,
        "client_id_prefix": client_id_prefix,
        "timeout": timeout,
    }
    pool = VenuePool(accounts, block_file=block_file)
    try:
        if dry_run or not yes:
            report = run_kill(pool, dry_run=True, **scope)
        if not dry_run:
            if not yes:
                forget_what_was_typed()
                click.echo(kill_text(report, asks=True), err=as_json)
                if not click.confirm("Cancel these, and what else is found?", err=True):
                    complain("not confirmed: nothing was canceled")
                    ctx.exit(ExitCode.NOT_RUN)
            report = run_kill(pool, block_creates=not no_block, reason="by hk-adapter kill", **scope)
    finally:
        pool.close()
    work_is_done()
    click.echo(json.dumps(kill_data(report)) if as_json else kill_text(report))
    if report.complete or (dry_run and report.listed):
        ctx.exit(ExitCode.DONE)
    ctx.exit(ExitCode.USAGE if _is_of_none(report) else ExitCode.UNKNOWN)


def _is_of_none(report: KillReport) -> bool:
    """Whether no account could be used, for want of a key or the like: nothing was listed and nothing sent."""
    return all(isinstance(one.error, ConfigurationError) and not one.orders for one in report.accounts)


def forget_what_was_typed() -> None:
    """Drop what the terminal holds already: typed before the list was shown, it is no answer to it."""
    try:
        import termios  # noqa: PLC0415 - not everywhere
    except ImportError:
        return
    with suppress(termios.error, OSError, ValueError):  # no terminal, or none any more: then nobody typed
        termios.tcflush(sys.stdin, termios.TCIFLUSH)


def is_anybody_there() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def run_kill(pool: VenuePool, *, dry_run: bool = False, **given: Any) -> KillReport:
    """Run the kill switch, and show how far it is."""
    names = list(pool)
    known = Known(names, sends=not dry_run)
    with shown_progress(names, known) as progress:
        return kill_switch(pool, dry_run=dry_run, progress=progress, **given)
