"""The tables of the reference are whole, and agree with the code that they describe."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import hk_adapter as hk
from hk_adapter import errors
from hk_adapter.registry.claims import ALLOW_LIST, DENY_LIST
from hk_adapter.settings.profiles import CONFIG_VARIABLE, PROFILE_VARIABLE
from hk_adapter.simulator import Dialect, NetworkFault, SimulatorControl
from hk_adapter.venues.hashkey.code_table import CODES
from hk_adapter.venues.hashkey.parse import STATUSES
from hk_adapter.venues.hashkey.sites import SITES

DOCS = Path(__file__).parents[2] / "docs"


def rows_of(page: Path) -> Iterator[list[str]]:
    """Read the rows of a page's tables, cell by cell, without the ticks around a cell."""
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("|") and not line.startswith("|-"):
            yield [cell.strip().strip("`") for cell in line.strip("|").split("|")]


def test_the_outcome_table_is_whole() -> None:
    """The explanation has one row for each outcome, and says rightly which are final."""
    rows = [row for row in rows_of(DOCS / "explanation" / "acknowledgement-is-not-a-cancel.md") if len(row) == 4][1:]
    assert {row[0]: row[1] for row in rows} == {
        outcome.name: "yes" if outcome.final else "no" for outcome in hk.CancelOutcome
    }
    assert len(rows) == len(hk.CancelOutcome)


@pytest.mark.parametrize("outcome", hk.CancelOutcome, ids=lambda outcome: outcome.name)
def test_the_errors_page_says_what_each_outcome_raises(outcome: hk.CancelOutcome) -> None:
    """The table from outcome to error is the one that ``order_or_raise`` keeps."""
    said = dict(row for row in rows_of(DOCS / "reference" / "errors.md") if len(row) == 2)[outcome.name]
    report = hk.CancelReport(outcome=outcome, order=hk.Order(id="1"))
    if said == "returns":
        assert report.order_or_raise() is report.order
        return
    with pytest.raises(hk.AdapterError) as caught:
        report.order_or_raise()
    assert type(caught.value).__name__ == re.split("[`;]", said)[0]


def test_the_errors_page_has_every_error_class() -> None:
    """One row for each class, with its parents and what it says of the request."""
    said = {row[0]: row[1:3] for row in rows_of(DOCS / "reference" / "errors.md") if len(row) == 4}
    classes = [one for one in vars(errors).values() if inspect.isclass(one) and issubclass(one, hk.AdapterError)]
    for one in classes:
        parents, state = said[one.__name__]
        assert state == one.request_state
        assert {name for name in re.findall(r"\w+", parents) if name} == {
            parent.__name__ for parent in one.__bases__ if parent is not Exception
        }


@pytest.mark.parametrize("record", [hk.Order, hk.Trade, hk.Fee])
def test_the_model_page_has_every_field_and_ccxt_key(record: type) -> None:
    """The order model names each field, and each key of ccxt's order."""
    page = DOCS / "reference" / "order-model.md"
    first = {row[0] for row in rows_of(page)}
    assert {field.name for field in dataclasses.fields(record)} <= first
    text = page.read_text(encoding="utf-8")
    assert not [key for key in hk.Order(id="1").to_ccxt() if f"`{key}`" not in text]


def test_the_settings_page_has_every_argument_and_variable() -> None:
    """Each argument of ``connect`` and each environment variable is explained."""
    text = (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")
    wanted = [*inspect.signature(hk.connect).parameters, ALLOW_LIST, DENY_LIST, CONFIG_VARIABLE, PROFILE_VARIABLE]
    assert not [name for name in wanted if f"`{name}`" not in text]


def test_the_simulator_page_has_every_control_fault_and_dialect() -> None:
    """What a test can arrange at the simulator is on its page, with the dialects' candidates in order."""
    page = DOCS / "reference" / "simulator.md"
    text = page.read_text(encoding="utf-8")
    assert not [name for name in vars(SimulatorControl) if not name.startswith("_") and f"`{name}" not in text]
    assert not [kind for kind in NetworkFault if f'`kind="{kind}"`' not in text]
    said = {row[0]: tuple(re.findall(r"[\w-]+", row[1])) for row in rows_of(page) if len(row) == 2}
    for name, candidates in Dialect.candidates().items():
        assert said[name] == tuple(map(str, candidates))
    assert not [setting.name for setting in dataclasses.fields(Dialect) if f"`{setting.name}" not in text]


def test_the_hashkey_page_agrees_with_the_plugin() -> None:
    """Hosts, key headers, status words and error codes on the page are the plugin's."""
    text = (DOCS / "venues" / "hashkey.md").read_text(encoding="utf-8")
    for site in SITES.values():
        assert {f"`{part}`" in text for part in (site.name, site.production, site.sandbox, site.key_header)} == {True}
    assert not [word for word in STATUSES if f"`{word}`" not in text]
    codes = set(re.findall(r"`(-\d{3,}|0\d{3})`", text))
    assert len(codes) > 20
    assert not {code for code in codes - {"0000"} if code not in CODES}
