"""``hk-adapter watchdog``: stop everything when a bot falls silent, or ends without a goodbye."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import click

from hk_adapter.cli.durations import DAY, HOUR, Duration
from hk_adapter.cli.exit_codes import ExitCode
from hk_adapter.cli.interruption import note, work_is_done
from hk_adapter.cli.kill import BUDGET_VARIABLE, run_kill
from hk_adapter.cli.kill_accounts import account_options, read_accounts
from hk_adapter.cli.kill_output import kill_data, kill_text
from hk_adapter.cli.show import complain, error_line
from hk_adapter.errors import AdapterError, ConfigurationError, InvalidArgument, PluginError, shown
from hk_adapter.fleet import KillReport, PoolAccount, VenuePool
from hk_adapter.fleet.countdown import Countdown
from hk_adapter.fleet.heartbeat import SOCKET_VARIABLE
from hk_adapter.fleet.watchdog import Post, Watchdog, check_place
from hk_adapter.plugins.risk.create_block import PATH_VARIABLE

_HOPELESS = (ConfigurationError, InvalidArgument, PluginError)
"""What keeps an account from being opened, and no waiting would mend."""
_MOST_NAMES = 5
"""Names of accounts that one line tells."""


@click.command()
@click.option("--timeout", "silence", type=Duration(DAY), required=True, metavar="TIME", help="Silence, such as 30s.")
@click.option(
    "--socket",
    "path",
    type=click.Path(path_type=Path),
    required=True,
    envvar=SOCKET_VARIABLE,
    help=f"The Unix socket where the bot beats; without it {SOCKET_VARIABLE}.",
)
@account_options
@click.option("--stop-timeout", type=Duration(HOUR), metavar="TIME", help="For stopping each account; 120s without it.")
@click.option("--block-file", type=click.Path(), help=f"As of kill; without it {PATH_VARIABLE}.")
@click.option("--budget", metavar="URL", envvar=BUDGET_VARIABLE, help=f"As of kill; without it {BUDGET_VARIABLE}.")
@click.option(
    "--countdown",
    "countdown_after",
    type=Duration(DAY),
    metavar="TIME",
    help="Let venues that have a countdown of their own cancel everything so long after the watchdog's last word.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.pass_context
def watchdog(
    ctx: click.Context,
    silence: float,
    path: Path,
    profiles: tuple[str, ...],
    every_profile: bool,
    venues: tuple[str, ...],
    environment: Literal["production", "sandbox", "simulator"] | None,
    site: str | None,
    base_url: str | None,
    ca_file: str | None,
    plugins: tuple[str, ...],
    stop_timeout: float | None,
    block_file: str | None,
    budget: str | None,
    countdown_after: float | None,
    as_json: bool,
) -> None:
    """Wait for a bot's beats, and stop everything when they end, as kill does.

    It watches from the first beat on. When the bot is silent for --timeout, or its process ends without a goodbye,
    every open order of the accounts is canceled, once, and the command ends as kill would: 0 only where the stop is
    complete.

    A second watchdog of the same socket waits, and takes over if the first one dies.

    With --countdown the venues that can do so cancel by themselves when the watchdog is silent, too: the machine died.
    """
    path = Path(os.path.expanduser(path))
    given = {"site": site, "base_url": base_url, "ca_file": ca_file, "plugins": plugins, "budget": budget}
    accounts = read_accounts(
        profiles,
        every_profile=every_profile,
        venues=venues,
        environment=environment,
        **{name: value for name, value in given.items() if value is not None},
    )
    _check_usable(accounts, counts=countdown_after is not None)
    _check_block_file(block_file)
    _check_redis(accounts)
    check_place(path)
    pool = VenuePool(accounts, block_file=block_file)
    post = Post(path)
    try:
        with _counting(pool, countdown_after) as tell:
            code = _watched(post, path, silence, tell, list(pool))
        if code is not None:
            ctx.exit(code)
        report = run_kill(pool, timeout=stop_timeout, reason="by the watchdog")
        code = ExitCode.DONE if report.complete else ExitCode.UNKNOWN
        work_is_done()
        _show(report, as_json=as_json)  # before it counts as done: who is killed here tells it twice, not never
        _write(post, f"stopped {code:d}")
    finally:
        post.close()
        pool.close()
    ctx.exit(code)


@contextmanager
def _counting(pool: VenuePool, seconds: float | None) -> Iterator[Callable[[bool], None]]:
    """Keep the venues' countdowns while the block lasts; one that ends by an exception takes them off."""
    if seconds is None:
        yield lambda somebody: None
        return
    countdown = Countdown(pool, seconds, _tell_of_countdown)
    countdown.begin()
    try:
        yield countdown.watches
    except BaseException:
        countdown.take_off()
        raise
    countdown.leave_running()


def _tell_of_countdown(account: str, fault: AdapterError | None) -> None:
    told = "is set again" if fault is None else f"may not be as it should: {error_line(fault)}"
    complain(f"{account}: the venue's countdown {told}")


def _watched(post: Post, path: Path, silence: float, tell: Callable[[bool], None], names: Sequence[str]) -> int | None:
    """Wait until the bots have to be stopped, and return None; or the code to end in, where that is not so."""
    note("nothing was canceled, and nobody is watched any more")
    was_taken = post.take(waits=lambda: complain(f"another watchdog is at {path}: this one waits until it ends"))
    state, _, code = post.state.partition(" ")
    if state == "stopped":
        told = f"everything has been stopped already; see the other watchdog's report, and remove {post.path}"
        complain(told)
        return int(code) if was_taken else int(ExitCode.USAGE)
    if state == "stopping":
        why = "another watchdog ended while it stopped everything"
    else:
        since = "for the bots of the watchdog before it" if state == "armed" else "from a bot's first beat on"
        begun = f"watches at {path} {since}; a silence of {silence:g} s stops {_listed(names)}"
        why = Watchdog(path, post, silence, tell=tell).until_silent(ready=lambda: complain(begun))
    complain(f"{why}: stopping everything")
    _write(post, "stopping")
    return None


def _write(post: Post, state: str) -> None:
    """Write for the next watchdog; a disk that takes nothing any more keeps nothing from being stopped."""
    try:
        post.write(state)
    except OSError as error:
        complain(f"{post.path} cannot be written ({error.strerror}): another watchdog may stop everything once more")


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _check_usable(accounts: Sequence[PoolAccount], *, counts: bool) -> None:
    """Raise ConfigurationError where nothing could be canceled on any account; tell of each where that is so.

    ``counts``: whether venues' own countdowns are wanted; then the same of those.

    Opens each once: a bridge to ccxt asks for its markets, and one that cannot be reached now may be so later.
    """
    pool = VenuePool(accounts)
    try:
        failures = dict(pool.open())
        for name in set(pool) - set(failures):
            try:
                pool.opened(name)[1].calls.check_credentials("a watchdog's cancel")
            except ConfigurationError as error:
                failures[name] = error
        if counts:
            _check_countdowns(pool)
    finally:
        pool.close()
    hopeless = {name: fault for name, fault in failures.items() if isinstance(fault, _HOPELESS)}
    if hopeless and len(hopeless) == len(accounts):
        raise next(iter(hopeless.values()))
    for name, fault in hopeless.items():
        complain(f"{name} cannot be used, and nothing would be canceled there: {error_line(fault)}")


def _check_countdowns(pool: VenuePool) -> None:
    opened = {name: pool.opened(name)[1] for name in set(pool) - set(pool.failures)}
    without = sorted(name for name, one in opened.items() if not one.has["cancelAllOrdersAfter"])
    if opened and len(without) == len(opened):
        raise ConfigurationError("--countdown: none of these venues has a countdown of its own")
    for name in without:
        complain(f"{name}: its venue has no countdown of its own; the watchdog alone cancels there")


def _check_redis(accounts: Sequence[PoolAccount]) -> None:
    flags = (account.block_flag for account in accounts)
    for flag in {one.name: one for one in flags if one is not None}.values():
        if (why := flag.refusal()) is not None:
            raise ConfigurationError(f"new orders could not be blocked by {flag.name}: {why}")


def _check_block_file(block_file: str | None) -> None:
    named = block_file or os.environ.get(PATH_VARIABLE)
    if named and not Path(os.path.expanduser(named)).absolute().parent.is_dir():
        raise ConfigurationError(f"the block file {shown(named)} could not be put up: there is no such directory")


def _show(report: KillReport, *, as_json: bool) -> None:
    click.echo(json.dumps(kill_data(report)) if as_json else kill_text(report))
