"""Joins the commands, and is the one place where their errors become a line and an exit code."""

from __future__ import annotations

from typing import Any

import click

from hk_adapter import __version__
from hk_adapter.cli.campaign import campaign
from hk_adapter.cli.cancel import cancel
from hk_adapter.cli.ccxt import ccxt
from hk_adapter.cli.demo import demo
from hk_adapter.cli.exit_codes import ExitCode, code_of_error, help_text
from hk_adapter.cli.recover import recover
from hk_adapter.cli.show import complain, error_line
from hk_adapter.cli.simulator import simulator
from hk_adapter.cli.venues import venues
from hk_adapter.errors import AdapterError


class _Commands(click.Group):
    """Ends every command in a documented code, and no error of ours in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except AdapterError as error:
            complain(error_line(error))
            ctx.exit(code_of_error(error))
        except KeyboardInterrupt:
            complain("interrupted")
            ctx.exit(ExitCode.INTERRUPTED)


@click.group(cls=_Commands, epilog="\b\n" + help_text(), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def command() -> None:
    """Cancel an exchange order, and know that it is canceled."""


for one in (demo, cancel, recover, venues, simulator, campaign, ccxt):
    command.add_command(one)
