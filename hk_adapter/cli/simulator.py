"""``hk-adapter simulator``: serve the simulated HashKey until Ctrl-C."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import click

from hk_adapter.cli.interruption import Interrupted
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, VENUE_ID, VENUE_NAME, serve

if TYPE_CHECKING:
    from hk_adapter.simulator.server import Served


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="A loopback address.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8377, show_default=True, help="0 takes one that is free."
)
def simulator(host: str, port: int) -> None:
    """Serve a simulated HashKey over HTTP, and its streams over WebSockets, until Ctrl-C.

    Ctrl-C ends it with exit code 0, and what it knew is forgotten. Its key and secret are public and open nothing else.
    """
    with suppress(Interrupted, KeyboardInterrupt), _opened(host, port) as served:
        click.echo(_told(served))
        served.wait()
    click.echo("stopped")


def _opened(host: str, port: int) -> Served:
    try:
        return serve(host, port)
    except ValueError as error:
        raise click.BadParameter(f"{host!r} is not a loopback address", param_hint="--host") from error
    except OSError as error:
        raise click.UsageError(f"cannot serve on {host} port {port}: {error.strerror or error}") from error


def _told(served: Served) -> str:
    url = served.url
    return f"""\
{VENUE_NAME} simulator at {url}
  API key  {DEFAULT_API_KEY}
  secret   {DEFAULT_SECRET}
  streams  {served.stream_url}

From Python:
  hk_adapter.connect("{VENUE_ID}", environment="simulator", base_url="{url}")
From a shell:
  hk-adapter cancel ORDER_ID --venue {VENUE_ID} --environment simulator --base-url {url}

Ctrl-C ends it."""
