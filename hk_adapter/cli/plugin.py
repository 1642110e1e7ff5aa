"""``hk-adapter plugin``: a new one, and what can be told of one before it is used."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

import click

from hk_adapter.cli.plugin_new import new
from hk_adapter.cli.show import one_line
from hk_adapter.cli.venue_options import site_option
from hk_adapter.execution.operations import capabilities
from hk_adapter.hooks import CONTRACT_VERSION, UNSTATED_CONTRACT, OpenedVenue
from hk_adapter.model import plain
from hk_adapter.registry.inspection import Inspection, inspect_plugin

_WIDTH = 100


@click.group()
def plugin() -> None:
    """Write a new plugin, and look at installed ones."""


plugin.add_command(new)


@plugin.command()
@click.argument("plugin_id", metavar="ID")
@click.option(
    "--environment",
    type=click.Choice(["production", "sandbox"]),
    default="production",
    show_default=True,
    help="What a venue is opened for.",
)
@site_option
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def check(plugin_id: str, environment: str, site: str | None, as_json: bool) -> None:
    """Load a plugin, hold it to the contract, and say on one page what it can do.

    ID is a venue's, or a wrapper's. Nothing is sent, and no key is read. Exit code 2 where it cannot be used; the line
    says which rule it breaks.
    """
    told = [_facts(one) for one in inspect_plugin(plugin_id, environment=environment, site=site)]
    click.echo(json.dumps(told) if as_json else "\n\n".join(_page(one) for one in told))


def _facts(one: Inspection) -> dict[str, Any]:
    """Return what is known of a plugin as JSON takes it; the keys are a promise, see the reference of the command."""
    facts = {
        "id": one.origin.name,
        "kind": one.origin.kind,
        "distribution": one.origin.distribution,
        "version": one.origin.version,
        "module": one.module,
        "checks": "passed",
        "contract": one.contract,
        "hooks": list(one.hooks),
        "deprecated": list(one.deprecated),
        "misspelt": list(one.misspelt),
        "settings": one.settings,
    }
    return facts if one.venue is None else facts | _facts_of_venue(one.venue, one.hooks)


def _facts_of_venue(venue: OpenedVenue, hooks: Sequence[str]) -> dict[str, Any]:
    return {
        "hosts": plain(venue.hosts),
        "stream_hosts": plain(getattr(venue, "stream_hosts", frozenset())),
        "limits": plain(venue.limits),
        "request_lifetime": venue.request_lifetime,
        "has": dict(capabilities(frozenset(hooks), getattr(venue, "support", {}))),
    }


def _page(facts: Mapping[str, Any]) -> str:
    contract = facts["contract"]
    stated = f"{contract}" if contract is not None else f"states none, and is taken for {UNSTATED_CONTRACT}"
    lines = {
        "distribution": " ".join(facts[name] for name in ("distribution", "version") if facts[name]) or "this process",
        "module": facts["module"],
        "checks": "passed: it loads, and breaks no rule of the contract",
        "contract": f"{stated}; this hk-adapter has {CONTRACT_VERSION}",
        "stands around" if facts["kind"] == "wrapper" else "hooks": ", ".join(facts["hooks"]),
    }
    settings = facts["settings"]
    listed = "not told" if settings is None else ", ".join(f"{name} ({kind})" for name, kind in settings.items())
    lines["settings"] = listed
    if facts["deprecated"]:
        lines["will go"] = "; ".join(facts["deprecated"])
    if facts["misspelt"]:
        lines["misspelt?"] = "; ".join(facts["misspelt"])
    if "has" in facts:
        lines |= _lines_of_venue(facts)
    titles = max(map(len, lines))
    shown = [_wrapped(title.ljust(titles), one_line(text) or "none") for title, text in lines.items()]
    return "\n".join([one_line(f"{facts['kind']} {facts['id']}"), *shown])


def _lines_of_venue(facts: Mapping[str, Any]) -> dict[str, str]:
    has: Mapping[str, bool | str] = facts["has"]
    limits = [f"{group} ({_said(limit)})" for group, limit in facts["limits"].items()]
    return {
        "hosts": ", ".join(facts["hosts"]),
        "streams at": ", ".join(facts["stream_hosts"]),
        "limits": ", ".join(limits),
        "lifetime": f"{facts['request_lifetime']} ms of a request",
        "can": ", ".join(name for name, answer in has.items() if answer is True),
        "can in part": ", ".join(name for name, answer in has.items() if answer not in (True, False)),
        "cannot": ", ".join(name for name, answer in has.items() if answer is False),
    }


def _said(limit: Any) -> str:
    if isinstance(limit, list):
        return "; ".join(map(_said, limit)) or "no limit"
    return ", ".join(f"{name} {value}" for name, value in limit.items()) if isinstance(limit, Mapping) else str(limit)


def _wrapped(title: str, text: str) -> str:
    indent = " " * (len(title) + 4)
    return f"  {title}  " + f"\n{indent}".join(wrap(text, _WIDTH - len(indent), break_long_words=False))
