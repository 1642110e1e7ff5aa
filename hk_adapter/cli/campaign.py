"""``hk-adapter campaign``: cancels by the thousand in virtual time, with seeded faults, held against the truth."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from hk_adapter.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from hk_adapter.testing.campaign import Kind

_OURS, _CCXT, _CCXT_AND_FETCH = "ours", "ccxt", "ccxt-and-fetch"

_GOES_BY = {
    "--orders": {"orders", "seed", "jobs", "replayed"},
    "--enumerate": {"enumerated", "depth", "jobs"},
    "--through": {"through", "cancels", "seed", "jobs", "faults", "replayed"},
    "--replay": {"replayed", "orders", "streamed", "faults", "through", "only"},
    "--cancels": {"cancels", "streamed", "seed", "jobs", "faults", "only", "replayed", "through"},
}
"""The options that each way to hunt goes by; --through is one where it names ccxt, and --cancels is the usual one."""


@click.command()
@click.option("--cancels", type=click.IntRange(1, 10**9), default=10_000, show_default=True, help="At least so many.")
@click.option(
    "--orders", type=click.IntRange(1, 10**9), help="Watch at least so many orders on a stream, instead of canceling."
)
@click.option("--stream", "streamed", is_flag=True, help="Cancel with the account's stream open, faulted as well.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Equal seeds give equal totals.")
@click.option("--jobs", type=click.IntRange(1, 256), default=1, show_default=True, help="Processes to use.")
@click.option("--faults", type=click.FloatRange(0, 1), metavar="RATE", help="How probable a fault is, from 0 to 1.")
@click.option(
    "--through",
    type=click.Choice([_OURS, _CCXT, _CCXT_AND_FETCH]),
    default=_OURS,
    show_default=True,
    help="Who cancels: this package, ccxt's own class, or that with a fetch_order after each cancel.",
)
@click.option(
    "--only",
    metavar="KIND",
    help="Only scenarios of one kind: usual, lagging-views, second-answer... '--only list' names them.",
)
@click.option("--replay", "replayed", type=click.IntRange(0), metavar="SEED", help="Play one scenario and tell it.")
@click.option("--enumerate", "enumerated", is_flag=True, help="Play every history of one cancel, not a sample.")
@click.option(
    "--depth", type=click.IntRange(1, 9), default=6, show_default=True, help="Moves of a history; for --enumerate."
)
@click.pass_context
def campaign(
    ctx: click.Context,
    cancels: int,
    orders: int | None,
    streamed: bool,
    seed: int,
    jobs: int,
    faults: float | None,
    through: str,
    only: str | None,
    replayed: int | None,
    enumerated: bool,
    depth: int,
) -> None:
    """Hunt for a wrong word about a cancel.

    The adapter runs against the simulated HashKey in virtual time, with a fault drawn for every hundredth or every
    fourth request: losses, garbage, error codes, races. An oracle that knows what truly happened judges each report.
    Sends nothing. Exits with 1 if anything was wrong; through ccxt always with 0, since that only compares.

    With --enumerate nothing is drawn: every history of one cancel is played, up to a depth, and each wrong word is
    told with the shortest history that ends in it. Depth 6 takes a quarter of an hour, depth 4 seconds.

    With --orders a watch listens to the account's stream while frames are late, doubled, out of order or cut off, and
    what it told of every order is held against the truth. It goes by --seed, --jobs and --replay.

    With --stream the account's stream is open beside each cancel, and in trouble of its own: a look for an order's end
    hears it first, and who watches must be told the truth, too. How many queries a cancel costs so is told as well.
    """
    way = "--orders" if orders is not None else "--enumerate" if enumerated else "--cancels"
    _check_options(ctx, way if through == _OURS or way != "--cancels" else "--through")
    if replayed is not None:
        _check_options(ctx, "--replay")
    if orders is not None:
        ctx.exit(_watched(orders, seed, jobs) if replayed is None else _watched_again(replayed))
    if enumerated:
        ctx.exit(_every_history(depth, jobs))
    kind = None if only is None else _kind(only)
    if replayed is not None:
        ctx.exit(
            _told(replayed, faults, kind, streamed) if through == _OURS else _told_by_ccxt(replayed, faults, through)
        )
    begun = time.perf_counter()
    if through == _OURS:
        from hk_adapter.testing.campaign import lines_of, run  # noqa: PLC0415 - it imports a venue's plugin, as no other may

        result = run(cancels, seed, fault_rate=faults, jobs=jobs, only=kind, streamed=streamed)
        _show(result.cancels, time.perf_counter() - begun, seed, lines_of(result))
        ctx.exit(ExitCode.FAULT if result.bad else ExitCode.DONE)
    from hk_adapter.testing.campaign import compare, lines_of_comparison  # noqa: PLC0415 - as above

    compared = compare(cancels, seed, fault_rate=faults, jobs=jobs, fetches=through == _CCXT_AND_FETCH)
    _show(compared.cancels, time.perf_counter() - begun, seed, lines_of_comparison(compared))


def _check_options(ctx: click.Context, way: str) -> None:
    """Refuse an option that was given and would be passed over."""
    for option in ctx.command.params:
        if _is_given(ctx, option) and option.name not in _GOES_BY[way]:
            if any(way in one.opts and _is_given(ctx, one) for one in ctx.command.params):
                raise click.UsageError(f"{option.opts[0]} does not go with {way}")
            others = " or ".join(other for other, names in _GOES_BY.items() if option.name in names)
            raise click.UsageError(f"{option.opts[0]} goes with {others} alone")


def _is_given(ctx: click.Context, option: click.Parameter) -> bool:
    return ctx.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE


def _every_history(depth: int, jobs: int) -> ExitCode:
    from hk_adapter.testing.campaign import SETTINGS, enumerate_histories, lines_of_histories  # noqa: PLC0415 - as below

    result = enumerate_histories(SETTINGS, depth, jobs)
    for line in lines_of_histories(result):
        click.echo(line)
    return ExitCode.FAULT if result.wrong else ExitCode.DONE


def _watched(orders: int, seed: int, jobs: int) -> ExitCode:
    from hk_adapter.testing.stream_campaign import lines_of_watching, watch_many  # noqa: PLC0415 - as below

    begun = time.perf_counter()
    result = watch_many(orders, seed, jobs)
    seconds = time.perf_counter() - begun
    click.echo(f"{result.orders:,} orders in {seconds:.1f} s, {result.orders / seconds:,.0f} a second, seed {seed}")
    for line in lines_of_watching(result):
        click.echo(line)
    return ExitCode.FAULT if result.bad else ExitCode.DONE


def _watched_again(seed: int) -> ExitCode:
    from hk_adapter.testing.stream_campaign import lines_of_watching, watch_again  # noqa: PLC0415 - as below

    timeline, result = watch_again(seed)
    click.echo(timeline)
    for line in lines_of_watching(result):
        click.echo(line)
    return ExitCode.FAULT if result.bad else ExitCode.DONE


def _show(cancels: int, seconds: float, seed: int, lines: Iterable[str]) -> None:
    click.echo(f"{cancels:,} cancels in {seconds:.1f} s, {cancels / seconds:,.0f} a second, seed {seed}")
    for line in lines:
        click.echo(line)


def _kind(word: str) -> Kind:
    from hk_adapter.testing.campaign import Kind  # noqa: PLC0415 - as above

    if word not in set(Kind):
        raise click.BadParameter(f"the kinds are {', '.join(Kind)}", param_hint="--only")
    return Kind(word)


def _told(seed: int, faults: float | None, only: Kind | None, streamed: bool) -> ExitCode:
    from hk_adapter.testing.campaign import replay  # noqa: PLC0415 - as above

    played = replay(seed, fault_rate=faults, only=only, streamed=streamed)
    click.echo(played.timeline)
    wrong = [verdict for verdicts in played.verdicts for verdict in verdicts]
    click.echo(f"wrong: {', '.join(wrong) or 'nothing'}")
    return ExitCode.FAULT if wrong else ExitCode.DONE


def _told_by_ccxt(seed: int, faults: float | None, through: str) -> ExitCode:
    from hk_adapter.testing.campaign import replay_through_ccxt  # noqa: PLC0415 - as above

    played = replay_through_ccxt(seed, fault_rate=faults, fetches=through == _CCXT_AND_FETCH)
    click.echo(played.timeline)
    click.echo(f"told: {', '.join(played.told)}")
    return ExitCode.DONE
