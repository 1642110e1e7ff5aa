"""Joins the commands, and is the one place where their errors become a line and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click

from hk_adapter import __version__
from hk_adapter.cli.campaign import campaign
from hk_adapter.cli.cancel import cancel
from hk_adapter.cli.cassettes import cassettes
from hk_adapter.cli.ccxt import ccxt
from hk_adapter.cli.demo import demo
from hk_adapter.cli.exit_codes import code_of_error, help_text
from hk_adapter.cli.interruption import begin, tell
from hk_adapter.cli.kill import kill
from hk_adapter.cli.plugin import plugin
from hk_adapter.cli.recover import recover
from hk_adapter.cli.show import complain, error_line
from hk_adapter.cli.simulator import simulator
from hk_adapter.cli.venues import venues
from hk_adapter.cli.watch import watch
from hk_adapter.cli.watchdog import watchdog
from hk_adapter.errors import AdapterError

_ASKED_FOR_HELP: tuple[type[click.UsageError], ...] = (
    (click.exceptions.NoArgsIsHelpError,) if hasattr(click.exceptions, "NoArgsIsHelpError") else ()
)
"""What click's newer releases raise for a command without arguments; its message is the whole help."""


class _Commands(click.Group):
    """Ends every command in a documented code, and no error of ours in a traceback."""

    def main(self, *arguments: Any, standalone_mode: bool = True, **more: Any) -> Any:
        """As click's, but that wrong usage is one line too."""
        begin()
        run: Callable[..., Any] = super().main
        if not standalone_mode:
            return run(*arguments, standalone_mode=False, **more)
        try:
            code = run(*arguments, standalone_mode=False, **more)
        except _ASKED_FOR_HELP as error:
            error.show()
            sys.exit(error.exit_code)
        except click.ClickException as error:
            complain(_usage_line(error))
            sys.exit(error.exit_code)
        except click.Abort:
            sys.exit(tell())
        sys.exit(code)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except AdapterError as error:
            complain(error_line(error))
            ctx.exit(code_of_error(error))
        except KeyboardInterrupt:  # where the process has a way of its own with Ctrl-C
            ctx.exit(tell())


def _usage_line(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    message = error.format_message()
    end = "" if message.endswith(("?", ")")) else "."
    return message if context is None else f"{message.rstrip('.')}{end} See: {context.command_path} --help"


@click.group(cls=_Commands, epilog="\b\n" + help_text(), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def command() -> None:
    """Cancel an exchange order, and know that it is canceled."""


for one in (demo, cancel, watch, kill, recover, watchdog, venues, plugin, simulator, campaign, ccxt, cassettes):
    command.add_command(one)
