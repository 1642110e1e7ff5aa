"""The tables of the reference are whole, and agree with the code that they describe."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import pytest

import hk_adapter as hk
from hk_adapter import errors, simulator
from hk_adapter.cli.recover import recovered_data
from hk_adapter.execution.operations import OPERATIONS
from hk_adapter.model import JournalEntry, Place, RecoveredOperation
from hk_adapter.plugins.journal.path import PATH_VARIABLE
from hk_adapter.registry.entry_points import ALLOW_LIST, DENY_LIST
from hk_adapter.settings.profiles import CONFIG_VARIABLE, PROFILE_VARIABLE, load_profile
from hk_adapter.simulator import (
    Dialect,
    KeyControl,
    Limits,
    NetworkFault,
    SimulatorControl,
    StreamControl,
    StreamFault,
)
from hk_adapter.simulator.endpoints import routes
from hk_adapter.venues.hashkey import options
from hk_adapter.venues.hashkey.error_codes import TABLE
from hk_adapter.venues.hashkey.parse import STATUSES
from hk_adapter.venues.hashkey.parse.market_stream import DepthFrames
from hk_adapter.venues.hashkey.signing import SIGNED_OF_JSON
from hk_adapter.venues.hashkey.sites import RATE_LIMITS, SITES
from tests.cases import each

DOCS = Path(__file__).parents[2] / "docs"
ONE = Decimal(1)
OPENING = {"close", "simulator", "venue_id"}
"""What a venue has that is no call to it."""


def rows_of(page: Path) -> Iterator[list[str]]:
    """Read the rows of a page's tables, cell by cell, without the ticks around a cell."""
    return rows_in(page.read_text(encoding="utf-8"))


def rows_in(text: str) -> Iterator[list[str]]:
    """Read the rows of the tables in a text, as ``rows_of``."""
    for line in text.splitlines():
        if line.startswith("|") and not line.startswith("|-"):
            yield [cell.strip().strip("`") for cell in line.strip("|").split("|")]


def test_the_outcome_table_is_whole() -> None:
    """The explanation has one row for each outcome, and says rightly which are final."""
    rows = [row for row in rows_of(DOCS / "explanation" / "acknowledgement-is-not-a-cancel.md") if len(row) == 4][1:]
    assert {row[0]: row[1] for row in rows} == {
        outcome.name: "yes" if outcome.final else "no" for outcome in hk.CancelOutcome
    }
    assert len(rows) == len(hk.CancelOutcome)


@each("outcome", hk.CancelOutcome, ids=lambda outcome: outcome.name)
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


def test_the_errors_page_says_what_to_do_about_every_class() -> None:
    """One row for each class that a bot may catch."""
    page = (DOCS / "reference" / "errors.md").read_text(encoding="utf-8")
    section = page.partition("## What a bot does")[2].partition("\n## ")[0]
    classes = [one for one in vars(errors).values() if inspect.isclass(one) and issubclass(one, hk.AdapterError)]
    assert sorted(row[0] for row in rows_in(section))[:-1] == sorted(one.__name__ for one in classes)


@pytest.mark.parametrize("record", [hk.Order, hk.Trade, hk.Fee])
def test_the_model_page_has_every_field_and_ccxt_key(record: type) -> None:
    """The order model names each field, and each key of ccxt's order."""
    page = DOCS / "reference" / "order-model.md"
    first = {row[0] for row in rows_of(page)}
    assert {field.name for field in dataclasses.fields(record)} <= first
    text = page.read_text(encoding="utf-8")
    assert not [key for key in hk.Order(id="1").to_ccxt() if f"`{key}`" not in text]


RECORDS = (
    hk.Market(id="ETHUSD", symbol="ETH/USD", base="ETH", quote="USD"),
    hk.Limits(),
    hk.Currency(code="ETH", id="ETH", networks=("ETH",)),
    hk.Balance(free=ONE, used=ONE, total=ONE),
    hk.Balances(by_currency={}, timestamp=1),
    hk.TradingFee(symbol="ETH/USD", maker=ONE, taker=ONE),
    hk.Account(id="1"),
    hk.KeyInfo(),
    hk.Ticker(symbol="ETH/USD"),
    hk.OrderBook(symbol="ETH/USD", bids=(), asks=()),
    hk.BookLevel(ONE, ONE),
    hk.Candle(1, ONE, ONE, ONE, ONE, ONE),
    hk.VenueStatus(status="ok"),
    hk.OrderUpdate(order=hk.Order(id="1")),
    hk.TradeUpdate(trade=hk.Trade(id="1")),
    hk.BalanceUpdate(balances=hk.Balances(by_currency={}), changed=frozenset()),
    hk.OrderBookUpdate(book=hk.OrderBook(symbol="ETH/USD", bids=(), asks=())),
    hk.PublicTradeUpdate(trade=hk.Trade(id="1")),
    hk.TickerUpdate(ticker=hk.Ticker(symbol="ETH/USD")),
    hk.CancelReport(outcome=hk.CancelOutcome.UNKNOWN),
    hk.CreateReport(created=True, order=hk.Order(id="1")),
)


def section_of(page: Path, title: str) -> str:
    """Read a page's section, up to the next title of whatever depth."""
    match = re.search(rf"^### `{title}`\n(.*?)(?=^#|\Z)", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert match, title
    return match[1]


@each("record", RECORDS, ids=lambda record: type(record).__name__)
def test_the_page_on_other_models_has_every_field_and_ccxt_key(record: Any) -> None:
    """Each record has its section, with its fields in order, each with all five cells, and every key of ccxt's dict."""
    section = section_of(DOCS / "reference" / "models.md", type(record).__name__)
    rows = [row for row in rows_in(section) if row[0] != "field"]
    fields = getattr(record, "_fields", None) or [field.name for field in dataclasses.fields(record)]
    assert [row[0] for row in rows] == list(fields)
    assert {len(row) for row in rows} == {5}
    assert not [row[0] for row in rows if not row[1] or not row[4]]
    ccxt = record.to_ccxt() if hasattr(record, "to_ccxt") else {}
    keys = set(ccxt) if isinstance(ccxt, dict) else set()
    inner = {f"{key}.{name}" for key in keys & {"precision", "limits"} for name in ccxt[key] or ()}
    said = set(re.findall(r"`([\w.]+)`", section))
    assert not [key for key in keys | inner if key not in said and not any(word.startswith(f"{key}.") for word in said)]


def test_no_model_is_left_out_of_the_reference() -> None:
    """Whatever the public methods give stands on one of the two pages."""
    pages = "".join((DOCS / "reference" / name).read_text(encoding="utf-8") for name in ("order-model.md", "models.md"))
    given = {"Order", "Trade", "Fee", *(type(record).__name__ for record in RECORDS)}
    assert not [name for name in given if f"## `{name}`" not in pages]
    methods = [method for name in public_of(hk.Venue) if callable(method := getattr(hk.Venue, name))]
    shown = [str(inspect.signature(method).return_annotation) for method in methods]
    words = {word for text in shown for word in re.findall(r"[A-Z]\w+", text) if word in hk.__all__}
    elsewhere = {"RecoveredOperation", "Markets", "Watch"}  # the journal's page; a mapping of Market; the calls' page
    assert words <= given | elsewhere


def test_no_public_name_is_without_a_page() -> None:
    """Whoever meets one in a hint of the editor's, or annotates with it, finds it on a page that is no decision."""
    pages = [path for path in DOCS.rglob("*.md") if path.parent.name != "decisions"]
    text = "".join(path.read_text(encoding="utf-8") for path in [*pages, DOCS.parent / "README.md"])
    said = set(re.findall(r"\w+", text))
    assert [name for name in hk.__all__ if name not in said] == []


def test_the_readme_names_every_call() -> None:
    """Who reads nothing else still sees what there is to call."""
    text = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    assert not [name for name in public_of(hk.Venue) if f"`{name}`" not in text and name not in OPENING]


def public_of(facade: type) -> list[str]:
    """Name what a facade offers, its rooms' too."""
    return [name for name in dir(facade) if not name.startswith("_")]


def test_the_settings_page_has_every_argument_and_variable() -> None:
    """Each argument of ``connect`` and each environment variable is explained."""
    text = (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")
    wanted = [*inspect.signature(hk.connect).parameters, ALLOW_LIST, DENY_LIST, CONFIG_VARIABLE, PROFILE_VARIABLE]
    of_a_venue = ("API_KEY", "SECRET", "PRIVATE_KEY", "PRIVATE_KEY_PASSPHRASE")
    wanted += [
        PATH_VARIABLE,
        *(f"HK_ADAPTER_<VENUE>_{part}" for part in of_a_venue),
        *(key for row in OPERATIONS.values() for key in row.keys),
    ]
    assert not [name for name in wanted if f"`{name}`" not in text]


def test_the_settings_page_has_hashkeys_keywords() -> None:
    """Each keyword that only HashKey knows is there, with the values that it takes."""
    said = {row[0]: row[1] + row[2] for row in rows_of(DOCS / "reference" / "settings.md") if len(row) == 3}
    paths = {path for site in SITES.values() for path in site.batch_paths}
    plain = {"recv_window": (), "second_look": ()}
    values = {"rate_limits": RATE_LIMITS, "batch_signature": SIGNED_OF_JSON, "batch_path": paths, **plain}
    values |= {"depth_frames": get_args(DepthFrames)}
    assert set(options.KNOWN) == set(values)
    for keyword, words in values.items():
        assert not [word for word in words if f'"{word}"' not in said[keyword]]
    assert str(options.DEFAULT_RECV_WINDOW) in said["recv_window"]
    assert str(options.LARGEST_RECV_WINDOW) in said["recv_window"]


def test_the_settings_page_has_every_key_of_a_profile(tmp_path: Path) -> None:
    """What a profile may say is what the error about an unknown key names."""
    config = tmp_path / "config.toml"
    config.touch(0o600)
    config.write_text('[profiles.desk]\nvenue = "hashkey"\nnonsense = 1\n', encoding="utf-8")
    with pytest.raises(hk.ConfigurationError) as caught:
        load_profile("hashkey", profile="desk", env={CONFIG_VARIABLE: str(config)})
    known = re.findall(r"\w+", str(caught.value).partition("there are:")[2])
    cells = [row[0] for row in rows_of(DOCS / "reference" / "settings.md") if len(row) == 2]
    assert "venue" in known
    assert set(known) <= {word for cell in cells for word in re.findall(r"\w+", cell)}


def test_the_command_page_has_every_key_of_a_recovery() -> None:
    """Who reads ``hk-adapter recover --json`` finds each key of an item, and of its entry."""
    page = (DOCS / "reference" / "command.md").read_text(encoding="utf-8")
    said = re.findall(r"`(\w+)`", "".join(row.split("|")[1] for row in page.splitlines() if row.startswith("| `")))
    place = Place(venue_id="v", environment="e", origin="o", account="a")
    entry = JournalEntry(id="1", call="1", operation="cancel_order", place=place)
    item = recovered_data(RecoveredOperation(entry=entry, settled=False, advice="close it", closed=True))
    assert not {*item, *item["entry"]} - set(said)
    assert not [key for key in item["entry"]["place"] if f"`{key}`" not in page]


def test_the_simulator_page_has_every_name_and_what_it_has() -> None:
    """Whoever annotates a test of a bot finds what the control gives, and each field of it."""
    page = (DOCS / "reference" / "simulator.md").read_text(encoding="utf-8")
    said = set(re.findall(r"\w+", page))
    records = [kind for kind in vars(simulator).values() if isinstance(kind, type) and dataclasses.is_dataclass(kind)]
    assert [name for name in simulator.__all__ if name not in said] == []
    assert records
    assert [one.name for kind in records for one in dataclasses.fields(kind) if one.name not in said] == []


def documented(kind: type) -> dict[str, str]:
    """Read the text that stands below each field of a class."""
    (body,) = [one.body for one in ast.parse(inspect.getsource(kind)).body if isinstance(one, ast.ClassDef)]
    texts = {}
    for field, below in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
            texts[field.target.id] = " ".join(str(ast.literal_eval(below.value)).split())
    return texts


def test_the_simulator_page_has_every_control_fault_and_dialect() -> None:
    """What a test can arrange at the simulator is on its page, with the dialects' candidates in order."""
    page = DOCS / "reference" / "simulator.md"
    text = page.read_text(encoding="utf-8")
    assert not [name for name in vars(SimulatorControl) if not name.startswith("_") and f"`{name}" not in text]
    assert not [kind for kind in NetworkFault if f'`kind="{kind}"`' not in text]
    said = {row[0]: row[1:] for row in rows_of(page) if len(row) == 3}
    decides = documented(Dialect)
    for name, candidates in Dialect.candidates().items():
        assert tuple(re.findall(r"[\w-]+", said[name][0])) == tuple(map(str, candidates))
        assert said[name][1] == decides[name].strip("`")
    assert not [setting.name for setting in dataclasses.fields(Dialect) if f"`{setting.name}" not in text]


def test_the_simulator_page_has_every_path_key_call_and_limit() -> None:
    """Who looks for an endpoint, a call that arranges keys, or a limit finds it there; no path stands there in vain."""
    text = (DOCS / "reference" / "simulator.md").read_text(encoding="utf-8")
    served = {path for _, path in (*routes.PUBLIC, *routes.SIGNED)}
    assert served == set(re.findall(r"(/(?:api|quote)/v[\w./]+)`", text.partition("## The control handle")[0]))
    for handle in (KeyControl, StreamControl):
        assert not [name for name in vars(handle) if not name.startswith("_") and f"`{name}" not in text]
    assert not [kind for kind in StreamFault if f"| `{kind}` |" not in text]
    assert not [name.name for name in dataclasses.fields(Limits) if f"{name.name}=" not in text]


def test_the_hashkey_page_agrees_with_the_plugin() -> None:
    """Hosts, key headers, status words and error codes on the page are the plugin's."""
    text = (DOCS / "venues" / "hashkey.md").read_text(encoding="utf-8")
    for site in SITES.values():
        assert {f"`{part}`" in text for part in (site.name, site.production, site.sandbox, site.key_header)} == {True}
    assert not [word for word in STATUSES if f"`{word}`" not in text]
    codes = set(re.findall(r"`(-\d{3,}|0\d{3})`", text))
    assert len(codes) > 20
    assert not {code for code in codes - {"0000"} if code not in TABLE.rows}
