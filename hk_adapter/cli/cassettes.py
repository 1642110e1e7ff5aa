"""``hk-adapter cassettes``: what can be asked of recordings, whoever made them."""

from __future__ import annotations

from pathlib import Path

import click

from hk_adapter.cli.exit_codes import ExitCode


@click.group()
def cassettes() -> None:
    """Look after recordings of venues."""


@cassettes.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.pass_context
def check(context: click.Context, folder: Path) -> None:
    """Find what looks like a key, a signature or an account below FOLDER.

    Every .yaml, .yml and .json file is read. A line for each problem; exit code 1 where there is one.
    """
    try:
        from hk_adapter.testing.cassettes.check import files_under, problems_under  # noqa: PLC0415 - needs an extra
    except ImportError as error:
        raise click.UsageError(f"needs {error.name}: pip install 'hk-adapter[testing]'") from error
    problems = problems_under(folder)
    for problem in problems:
        click.echo(problem)
    if problems:
        context.exit(ExitCode.FAULT)
    click.echo(f"{len(files_under(folder))} files, and nothing found that looks like a key, a signature or an account")
