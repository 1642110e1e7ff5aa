"""The page on HashKey names every endpoint in use, as the code has it, and says of the others that they are not."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import yaml

from hk_adapter.venues.hashkey.endpoints import CREATE_ORDERS, ENDPOINTS, Endpoint
from hk_adapter.venues.hashkey.sites import PUBLIC, SITES
from tests.cases import each

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "venues" / "hashkey.md"
CASSETTES = ROOT / "cassettes"
_ENDPOINT = re.compile(r"^`(?P<method>GET|POST|PUT|DELETE) (?P<path>/\S+)`$")
NOBODY = "not used"


class Row(NamedTuple):
    """One row of the page's tables of endpoints, cell by cell."""

    used_by: frozenset[str]
    weight: str
    on_file: str


def rows_of_the_page() -> dict[tuple[str, str], Row]:
    """Read the tables; an endpoint that stands there twice is an error."""
    rows: dict[tuple[str, str], Row] = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        match = _ENDPOINT.match(cells[0])
        if match is None or not line.startswith("|"):
            continue
        endpoint, used_by, weight, on_file, _ = cells
        key = (match["method"], match["path"])
        assert key not in rows, endpoint
        rows[key] = Row(frozenset(re.findall(r"`(\w+)`", used_by)) or frozenset({used_by}), weight, on_file)
    return rows


def paths_of(endpoint: Endpoint) -> set[str]:
    """Name the paths of an endpoint; that of batches differs by site."""
    if endpoint is CREATE_ORDERS:
        return {path for site in SITES.values() for path in site.batch_paths}
    return {endpoint.path}


ROWS = rows_of_the_page()


def test_the_page_and_the_code_name_the_same_endpoints() -> None:
    """Both ways: each one in use has its row with its hooks, and no row claims a use that the code does not have."""
    in_code: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for endpoint in ENDPOINTS:
        for path in paths_of(endpoint):
            in_code[endpoint.method, path].add(endpoint.hook)
    on_page = {key: set(row.used_by) for key, row in ROWS.items() if row.used_by != {NOBODY}}
    assert on_page == dict(in_code)


def test_the_page_says_what_each_endpoint_costs() -> None:
    """Weights are the code's; one that no documentation gives stands in brackets, and only market data has such."""
    for endpoint in ENDPOINTS:
        for path in paths_of(endpoint):
            said = ROWS[endpoint.method, path].weight
            assert said.strip("()") == str(endpoint.weight), path
            assert not said.startswith("(") or endpoint.group == PUBLIC, path


def test_the_page_knows_endpoints_that_are_not_used() -> None:
    """What is documented and left alone is said, too."""
    unused = {path for (_, path), row in ROWS.items() if row.used_by == {NOBODY}}
    assert {"/api/v1/account/tradesByClOrderId", "/api/v1/account/balanceFlow", "/api/v1/account/withdraw"} <= unused


@each("key", [key for key, row in ROWS.items() if row.on_file != "—"], ids=" ".join)
def test_the_answers_on_file_are_there(key: tuple[str, str]) -> None:
    """A cassette that the page names exists, and has an answer of that very endpoint."""
    method, path = key
    cassette = yaml.safe_load((CASSETTES / f"{ROWS[key].on_file.strip('`')}.yaml").read_text(encoding="utf-8"))
    requests = [one["request"] for one in cassette["interactions"]]
    assert [one for one in requests if one["method"] == method and one["uri"].partition("?")[0].endswith(path)]


def test_each_site_is_named_where_it_lacks_an_endpoint() -> None:
    """A reader of a row learns on which sites it is not, or only is."""
    text = {line.split("|")[1].strip(): line for line in PAGE.read_text(encoding="utf-8").splitlines() if "|" in line}
    for endpoint in ENDPOINTS:
        if len(endpoint.sites) < len(SITES):
            line = text[f"`{endpoint.method} {endpoint.path}`"]
            missing = set(SITES) - set(endpoint.sites)
            assert all(f"`{site}`" in line for site in missing) or all(f"`{site}`" in line for site in endpoint.sites)
