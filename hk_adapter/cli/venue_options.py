"""Options of the commands that open a venue; ``--set`` is for what only one venue knows, as its plugin types it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from typing import Any

import click

from hk_adapter import registry
from hk_adapter.venue.connect import connect

_SECRET = re.compile(r"(?i)secret|passw|passphrase|private_?key|token|twofa")
"""Names of settings that nobody should write where other processes and the shell's history can read them."""

venue_option = click.option(
    "--venue", "venue_id", required=True, metavar="VENUE", help="Its id; see 'hk-adapter venues'."
)
environment_option = click.option(
    "--environment",
    required=True,
    type=click.Choice(["production", "sandbox", "simulator"]),
    help="Where the orders are; never assumed.",
)
site_option = click.option("--site", help="One of the venue's sites; without it the venue's default.")
base_url_option = click.option(
    "--base-url", metavar="URL", help="Replaces the venue's host; plain http only to loopback."
)
ca_file_option = click.option(
    "--ca-file", metavar="PATH", help="PEM file of the authorities to trust instead of the public ones."
)
set_option = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="A setting of the venue's own; may be given again. No secrets: other processes can read it.",
)

plugin_option = click.option(
    "--plugin",
    "plugins",
    multiple=True,
    metavar="ID",
    help="An installed wrapper, such as audit or dry_run, beside the profile's; may be given again.",
)


def read_settings(venue_id: str, given: Iterable[str]) -> dict[str, Any]:
    """Read what ``--set`` was given.

    Raises UsageError for no pair, for what ``connect`` takes by itself, and for a secret.
    """
    pairs = list(given)
    if not pairs:
        return {}
    declared, own = registry.settings_of(venue_id), inspect.signature(connect).parameters
    settings: dict[str, Any] = {}
    for pair in pairs:
        name, mark, text = pair.partition("=")
        if not mark or not name.isidentifier():
            raise click.UsageError("--set takes NAME=VALUE")
        if name in own:
            raise click.UsageError(f"--set {name} is no setting of a venue's own; there may be an option for it")
        if _SECRET.search(name):
            raise click.UsageError(f"--set {name}: other processes could read it; write it into a profile's settings")
        settings[name] = registry.read_setting(venue_id, declared, name, text)
    return settings
