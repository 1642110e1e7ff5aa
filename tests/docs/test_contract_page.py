"""The page that says what may change speaks of what is."""

from __future__ import annotations

import re

from hk_adapter.hooks import CONTRACT_VERSION, OLDEST_CONTRACT, UNSTATED_CONTRACT, CatalogueHooks, VenueHooks
from hk_adapter.registry.entry_points import SIMULATORS, VENUES, WRAPPERS
from tests.docs.test_docs import DOCS

PAGE = (DOCS / "reference" / "contract.md").read_text(encoding="utf-8")


def test_its_numbers_are_the_contracts() -> None:
    """The version is the current one, and the oldest that is taken is told where it is another."""
    assert f"It is {CONTRACT_VERSION}." in PAGE
    assert f"hk_adapter_contract = {CONTRACT_VERSION}" in PAGE
    assert f"says nothing is taken for {UNSTATED_CONTRACT}, always" in PAGE
    assert OLDEST_CONTRACT == CONTRACT_VERSION


def test_its_groups_are_those_of_the_entry_points() -> None:
    """No group is missing, and none is made up."""
    groups = {VENUES, WRAPPERS, SIMULATORS}
    assert set(re.findall(r"`(hk_adapter\.(?:venues|plugins|simulators|\w+s))`", PAGE)) == groups


def test_it_says_whether_anything_is_deprecated() -> None:
    """Today nothing is; a hook that is marked has to be named."""
    options = [
        one.hk_adapter_spec
        for owner in (CatalogueHooks, VenueHooks)
        for one in vars(owner).values()
        if hasattr(one, "hk_adapter_spec")
    ]
    marked = [one for one in options if one["warn_on_impl"] or one["warn_on_impl_args"]]
    assert ("Nothing is deprecated today" in PAGE) is not bool(marked)
