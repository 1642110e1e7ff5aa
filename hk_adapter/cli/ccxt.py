"""``hk-adapter ccxt``: have the programs of this environment find our class in ccxt, without a launcher."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from hk_adapter.ccxt_facade.autoload_install import disable as remove_files
from hk_adapter.ccxt_facade.autoload_install import enable as write_files
from hk_adapter.ccxt_facade.autoload_install import site_directory
from hk_adapter.ccxt_facade.registration import NAME
from hk_adapter.cli.interruption import work_is_done

_directory = click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Where the files go; this environment's site-packages by default.",
)


@click.group()
def ccxt() -> None:
    """Let programs that use ccxt find the exchange "hkadapter"."""


@ccxt.command()
@_directory
def enable(directory: Path | None) -> None:
    """Register in every Python of this environment, from its next start on.

    Writes two files, a .pth file and what it imports; nothing else is changed. Without them, start a program by
    "python -m hk_adapter.run PROGRAM".
    """
    work_is_done()  # but for a few files' writing, which is not to be cut
    for path in write_files(directory or site_directory()):
        click.echo(f"wrote {path}")
    where = "" if directory is None else f" --directory {shlex.quote(str(directory))}"
    click.echo(f'programs that import ccxt now find the exchange "{NAME}"; undo: hk-adapter ccxt disable{where}')


@ccxt.command()
@_directory
def disable(directory: Path | None) -> None:
    """Remove what "enable" wrote."""
    work_is_done()  # as above
    place = directory or site_directory()
    removed = remove_files(place)
    for path in removed:
        click.echo(f"removed {path}")
    if not removed:
        click.echo(f"nothing to remove in {place}")
