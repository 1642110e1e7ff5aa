"""Real distributions, each in a directory of its own on sys.path."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from hk_adapter.registry import list_venues, unregister_venue

Install = Callable[..., Path]

GOOD_VENUE = """
from hk_adapter.hooks import RateLimit, hookimpl

ASKED = []

class Venue:
    hosts = frozenset({"https://api.example"})
    limits = {"orders": RateLimit(amount=10)}
    request_lifetime = 5000

    def sign(self, call, credentials, timestamp):
        raise NotImplementedError

    @hookimpl
    async def cancel_order(self, request):
        ASKED.append(request)
        return __name__

@hookimpl
def open_venue(settings):
    venue = Venue()
    venue.settings = settings
    return venue
"""


@pytest.fixture(autouse=True)
def clean_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave no variable, imported plugin or registered venue to another test."""
    for name in ("HK_ADAPTER_LOAD_PLUGINS", "HK_ADAPTER_DISABLED_PLUGINS"):
        monkeypatch.delenv(name, raising=False)
    yield
    for listing in list_venues():
        if listing.distribution is None:
            unregister_venue(listing.id)
    for name in [name for name in sys.modules if name.startswith("acme_")]:
        del sys.modules[name]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Install a distribution: metadata, entry points by group, and modules by name. The last one is found first."""

    def install_one(
        distribution: str,
        entry_points: str,
        modules: Mapping[str, str] | None = None,
        *,
        version: str = "1.0",
        head: str | None = None,
    ) -> Path:
        place = tmp_path / f"{distribution}-{version}"
        information = place / f"{distribution.replace('-', '_')}-{version}.dist-info"
        information.mkdir(parents=True)
        if head is None:
            head = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
        (information / "METADATA").write_text(head, encoding="utf-8")
        (information / "entry_points.txt").write_text(entry_points, encoding="utf-8")
        for name, source in (modules or {}).items():
            (place / f"{name}.py").write_text(source, encoding="utf-8")
        monkeypatch.syspath_prepend(str(place))
        importlib.invalidate_caches()
        return place

    return install_one


@pytest.fixture
def install_venue(install: Install) -> Install:
    """Install a distribution ``<id>-dist`` with one venue in the module ``acme_<id>``; a good one unless told."""

    def install_one(venue_id: str, source: str = GOOD_VENUE, *, distribution: str | None = None) -> Path:
        module = f"acme_{venue_id.replace('-', '_')}"
        entry_points = f"[hk_adapter.venues]\n{venue_id} = {module}\n"
        return install(distribution or f"{venue_id}-dist", entry_points, {module: source}, version="1.2")

    return install_one
