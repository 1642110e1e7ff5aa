"""The table of the sites holds what their documentations say, and each fact is of its kind."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from hk_adapter.venues.hashkey.sites import SITES, Site

# HK (Nov 2025), Global (2024-2025), MENA (Sept 2026).
FACTS: dict[str, tuple[Any, Any, Any]] = {
    "cursor": ("orderId", "fromOrderId", "fromOrderId"),
    "market_site": (None, None, "MENA"),
    "batch_path": ("/api/v1.1/spot/batchOrders", "/api/v1/spot/batchOrders", "/api/v1.1/spot/batchOrders"),
}


@pytest.mark.parametrize("fact", FACTS)
def test_a_site_has_what_its_documentation_lists(fact: str) -> None:
    """Hong Kong, Global, MENA."""
    assert tuple(getattr(SITES[name], fact) for name in ("hk", "global", "mena")) == FACTS[fact]


@pytest.mark.parametrize("name", SITES)
def test_every_fact_is_of_its_kind(name: str) -> None:
    """The table is read into typed fields; nothing checks it but this."""
    site = SITES[name]
    assert site.name == name
    for fact, kind in get_type_hints(Site).items():
        value = getattr(site, fact)
        if get_origin(kind) is types.UnionType:
            assert isinstance(value, get_args(kind)), fact
        elif get_origin(kind) is tuple:
            assert value, fact
            assert all(isinstance(one, str) for one in value), fact
        else:
            assert isinstance(value, Mapping if fact == "limits" else kind), fact
            assert not (kind is int and isinstance(value, bool)), fact


def test_a_site_cannot_be_changed() -> None:
    """All connections of a process share it."""
    with pytest.raises(AttributeError):
        SITES["hk"].cursor = "id"  # type: ignore[misc]
    with pytest.raises(TypeError):
        SITES["hk"].limits["orders"] = None  # type: ignore[index]
