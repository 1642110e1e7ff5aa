"""``hk-adapter plugin new``: a project for a plugin, which passes its own suite before a line of it is changed."""

from __future__ import annotations

import shlex
from importlib.util import find_spec
from pathlib import Path

import click

from hk_adapter import __version__
from hk_adapter.cli.skeleton import Names, files_of, names_of, write
from hk_adapter.errors import ConfigurationError
from hk_adapter.registry import list_venues


@click.command()
@click.argument("name")
@click.option(
    "--dir",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The project's folder, which may exist; without it hk-adapter-NAME, here.",
)
def new(name: str, folder: Path | None) -> None:
    """Write the project of a new venue plugin, typed, with its suite and its checks.

    NAME is the venue's, such as lagoon, normalised as PyPI does. The project passes its checks at once, against a venue
    that is made up; what differs at yours is marked EDIT. Nothing that exists is written over.
    """
    names = names_of(name)
    _check_free(names)
    texts = files_of(names, __version__)
    place = folder if folder is not None else Path(names.distribution)
    write(place, texts)
    click.echo(f"{len(texts)} files in {place}: the venue {names.venue}, as distribution {names.distribution}")
    click.echo(f"Next: cd {shlex.quote(str(place))}; python -m pip install -e '.[dev]'; make check; then README.md")


def _check_free(names: Names) -> None:
    taken = [one for one in list_venues() if one.id == names.venue]
    if taken:
        raise ConfigurationError(f"venue id {names.venue!r} is taken, by {taken[0].distribution or 'this process'}")
    if find_spec(names.module) is not None:
        raise ConfigurationError(f"there is a module {names.module} already; choose another name")
