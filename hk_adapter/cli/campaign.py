"""``hk-adapter campaign``: cancels by the thousand in virtual time, with seeded faults, held against the truth."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from hk_adapter.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from hk_adapter.campaign import Result

_SHOWN_SEEDS = 5


@click.command()
@click.option("--cancels", type=click.IntRange(1, 10**9), default=10_000, show_default=True, help="At least so many.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Equal seeds give equal totals.")
@click.option("--jobs", type=click.IntRange(1, 256), default=1, show_default=True, help="Processes to use.")
@click.option("--replay", "replayed", type=click.IntRange(0), metavar="SEED", help="Play one scenario and tell it.")
@click.pass_context
def campaign(ctx: click.Context, cancels: int, seed: int, jobs: int, replayed: int | None) -> None:
    """Hunt for a wrong word about a cancel.

    The adapter runs against the simulated HashKey in virtual time, with a fault drawn for every hundredth or every
    fourth request: losses, garbage, error codes, races. An oracle that knows what truly happened judges each report.
    Sends nothing. Exits with 1 if anything was wrong.
    """
    if replayed is not None:
        ctx.exit(_told(replayed))
    from hk_adapter.campaign import run  # noqa: PLC0415 - it imports a venue's plugin, which no other command may

    begun = time.perf_counter()
    result = run(cancels, seed, jobs=jobs)
    seconds = time.perf_counter() - begun
    click.echo(f"{result.cancels:,} cancels in {seconds:.1f} s, {result.cancels / seconds:,.0f} a second, seed {seed}")
    for line in _lines(result):
        click.echo(line)
    ctx.exit(ExitCode.FAULT if result.bad else ExitCode.DONE)


def _told(seed: int) -> ExitCode:
    from hk_adapter.campaign import replay  # noqa: PLC0415 - as above

    played = replay(seed)
    click.echo(played.timeline)
    wrong = [verdict for verdicts in played.verdicts for verdict in verdicts]
    click.echo(f"wrong: {', '.join(wrong) or 'nothing'}")
    return ExitCode.FAULT if wrong else ExitCode.DONE


def _lines(result: Result) -> Iterator[str]:
    for verdict, count in result.verdicts.items():
        seeds = ", ".join(str(seed) for seed in result.replays.get(verdict, ())[:_SHOWN_SEEDS])
        yield f"{verdict:>26}  {count:,}" + (f"  --replay {seeds}" if seeds else "")
    yield f"\n{'outcome':>26}  cancels"
    for outcome, count in result.outcomes.most_common():
        yield f"{outcome:>26}  {count:,}"
    yield f"\n{'fault rate':>26}  sends per cancel  unresolved  cancels"
    for rate, column in sorted(result.by_rate.items()):
        sends, unresolved = column["sends"] / column["cancels"], column["unresolved"] / column["cancels"]
        yield f"{rate:>26.0%}  {sends:>16.3f}  {unresolved:>10.3%}  {column['cancels']:,}"
    yield f"\n{len(result.faults)} kinds of faults struck {result.faults.total():,} times"
