"""``hk-adapter plugin check``: one page on a plugin, or the rule that it breaks; nothing is sent and no key is read."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import ClassVar

import pytest
from click.testing import Result

import hk_adapter as hk
from hk_adapter.hooks import OpenedVenue
from hk_adapter.registry import unregister_venue
from hk_adapter.registry.near_names import OF_A_VENUE

Invoke = Callable[..., Result]


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Break what reads a key, so that nobody does."""
    monkeypatch.setattr("hk_adapter.venue.which_key.load_credentials", None)
    monkeypatch.delenv("HK_ADAPTER_RISK_MAX_COST", raising=False)


def test_a_venue_has_a_page(invoke: Invoke) -> None:
    """Who it is, what its checks came to, its contract, hooks, hosts, limits, and what it can do."""
    result = invoke("plugin", "check", "hashkey")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "venue plugin hashkey"
    said = {line[2:].split("  ")[0].strip(): line for line in lines[1:]}
    assert "hk-adapter" in said["distribution"]
    assert "passed" in said["checks"]
    assert said["contract"].endswith("1; this hk-adapter has 1")
    assert "https://" in said["hosts"]
    assert "wss://" in said["streams at"]
    assert "cancel_order" in said["hooks"]
    assert "cancelOrder" in said["can"]
    assert said["cannot"].split() == ["cannot", "cancelAllOrdersAfter"]
    assert all(len(line) <= 100 for line in lines)


def test_the_page_shows_each_limit_of_a_group(invoke: Invoke) -> None:
    """Windows, buckets, several of them, and none."""

    class Lagoon:
        hosts = frozenset({"https://api.example"})
        limits = {"orders": (hk.RateLimit(amount=7), hk.LeakyBucket(capacity=9, refill=2)), "free": ()}  # noqa: RUF012
        request_lifetime = 5000

        def sign(self, call: object, credentials: object, timestamp: int) -> None:
            """Sign nothing."""

        @hk.hookimpl
        def open_venue(self, settings: object) -> object:
            return self

    hk.register_venue("lagoon", Lagoon())
    try:
        page = " ".join(invoke("plugin", "check", "lagoon").stdout.split())
    finally:
        unregister_venue("lagoon")
    assert "orders (amount 7, window 1.0, by_weight True, kept 0; capacity 9, refill 2" in page
    assert "free (no limit)" in page


def test_the_page_is_of_a_site_and_an_environment(invoke: Invoke) -> None:
    """Hosts are those that a connection would have."""
    asked = ([], ["--environment", "sandbox"], ["--site", "global"])
    pages = [json.loads(invoke("plugin", "check", "hashkey", *more, "--json").stdout)[0] for more in asked]
    assert len({tuple(page["hosts"]) for page in pages}) == 3


def test_a_wrapper_has_a_page(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what it stands around."""
    page = invoke("plugin", "check", "dry_run")
    assert (page.exit_code, page.stdout.splitlines()[0]) == (0, "wrapper dry_run")
    assert "stands around  attempt" in page.stdout
    assert "hosts" not in page.stdout
    monkeypatch.setenv("HK_ADAPTER_RISK_MAX_COST", "5")
    [risk] = json.loads(invoke("plugin", "check", "risk", "--json").stdout)
    assert (risk["hooks"], risk["settings"]["symbols"]) == (["attempt", "operate"], "a list")


def test_json_has_the_promised_keys(invoke: Invoke) -> None:
    """--json is a list of objects, in which a venue has more than a wrapper."""
    [wrapper] = json.loads(invoke("plugin", "check", "dry_run", "--json").stdout)
    [venue] = json.loads(invoke("plugin", "check", "hashkey", "--json").stdout)
    common = {
        "id",
        "kind",
        "distribution",
        "version",
        "module",
        "checks",
        "contract",
        "hooks",
        "deprecated",
        "misspelt",
        "settings",
    }
    assert (set(wrapper), set(venue)) == (
        common,
        common | {"hosts", "stream_hosts", "limits", "request_lifetime", "has"},
    )
    assert venue["has"]["cancelOrder"] is True
    assert (venue["settings"]["recv_window"], wrapper["settings"]) == ("a whole number", {})


@pytest.mark.parametrize(
    ("plugin_id", "word"),
    [
        ("nobody", "no plugin 'nobody' is installed; there are: "),
        ("jurnal", "no plugin 'jurnal' is installed; did you mean 'journal'? There are: "),
        ("risk", "risk has no limit"),
        ("NO ID", "each made of lower-case letters"),
        ("hashkey:member", "hashkey"),
    ],
)
def test_what_cannot_be_used_is_a_line(invoke: Invoke, plugin_id: str, word: str) -> None:
    """The exit code is that of wrong arguments or settings, and the line says what is wrong."""
    result = invoke("plugin", "check", plugin_id)
    assert (result.exit_code, result.stdout) == (2, "")
    assert word in result.stderr


class Lagoon:
    """Has options that nobody reads, each a letter or two from one that is read."""

    hosts = frozenset({"https://api.example"})
    limits: ClassVar = {"orders": hk.RateLimit(amount=7)}
    request_lifetime = 5000
    client_id = "changed"
    cancel_batchs = 20
    order = True
    hk_adapter_setting: ClassVar = {"tier": str}

    def sign(self, call: object, credentials: object, timestamp: int) -> None:
        """Sign nothing."""

    def check_cancels(self, request: object) -> None:
        """Check nothing."""

    async def fetch_open_order(self, request: object) -> None:
        """List nothing."""

    async def read_order(self) -> None:
        """Help itself: this is near to nothing."""

    @hk.hookimpl
    def open_venue(self, settings: object) -> object:
        """Open it."""
        return Lagoon()


def test_what_may_be_misspelt_is_named(invoke: Invoke) -> None:
    """An option or a method that nobody reads, and that is near to one that is, stands on the page with that one."""
    hk.register_venue("lagoon", Lagoon())
    try:
        [told] = json.loads(invoke("plugin", "check", "lagoon", "--json").stdout)
        page = " ".join(invoke("plugin", "check", "lagoon").stdout.split())
    finally:
        unregister_venue("lagoon")
    near = {one.partition(" ")[0]: one.rpartition("; ")[2] for one in told["misspelt"]}
    assert near == {
        "cancel_batchs": "cancel_batch is",
        "check_cancels": "check_cancel is",
        "client_id": "client_ids is",
        "fetch_open_order": "fetch_open_orders is",
        "hk_adapter_setting": "hk_adapter_settings is",
    }
    assert "misspelt? " in page
    assert "client_id is read by nobody; client_ids is" in page


def test_nothing_of_ours_is_misspelt(invoke: Invoke) -> None:
    """Neither venues nor wrappers that ship have a name that is near to another."""
    for plugin_id in ("hashkey", "dry_run", "journal", "log"):
        for one in json.loads(invoke("plugin", "check", plugin_id, "--json").stdout or "[]"):
            assert one["misspelt"] == []


def test_what_a_venue_may_have_is_known_by_name() -> None:
    """Each attribute that the contract's page names is among those that a misspelt one is held against."""
    told = inspect.getdoc(OpenedVenue) or ""
    titles = [re.split(r":|, where", line)[0] for line in told.splitlines() if line.startswith("- ")]
    named = {name for title in titles for name in re.findall(r"``(\w+)", title)}
    assert named <= OF_A_VENUE
    assert {"client_ids", "take_key", "scrub"} <= named


def test_a_broken_rule_is_named(invoke: Invoke) -> None:
    """So is the plugin that breaks it."""

    def open_venue(settings: hk.VenueSettings) -> object:
        return SimpleNamespace(hosts={"https://api.example"})

    hk.register_venue("lagoon", SimpleNamespace(__name__="lagoon", open_venue=hk.hookimpl(open_venue)))
    try:
        result = invoke("plugin", "check", "lagoon")
    finally:
        unregister_venue("lagoon")
    assert result.exit_code == 2
    assert "venue plugin 'lagoon' (handed over in process) opened a venue whose 'hosts' is a set" in result.stderr
