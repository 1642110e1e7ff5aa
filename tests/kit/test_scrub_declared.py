"""What venues declare of their traffic: a list of what a recording keeps, never one of what it must not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import ccxt.async_support as ccxt
import pytest
from vcr.serializers import yamlserializer

import hk_adapter as hk
from hk_adapter import registry
from hk_adapter.venues.ccxt_bridge.scrub import scrub_of

CASSETTES = Path(__file__).parents[2] / "cassettes"
SECRET = {"listenKey"}
"""Of these only the names are kept."""
PERSON = re.compile(
    r"(?i)apikey|api_key|secret|signature|passphrase|password|token$|nonce|(?<![ug])uid$|accountid|userid"
)


def declared(venue_id: str) -> hk.Scrub:
    """Give what an installed venue declares."""
    venue: Any = registry.open_venue(hk.VenueSettings(venue_id=venue_id, environment="production"))
    assert isinstance(venue.scrub, hk.Scrub)
    return venue.scrub


def names_in(value: Any) -> Iterator[str]:
    """Walk the names of fields below a JSON value."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from names_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from names_in(inner)


def test_hashkeys_declaration_has_all_that_its_cassettes_show() -> None:
    """Every parameter that is sent and every field of a signed answer, as documented and as simulated, is named."""
    scrub = declared("hashkey")
    sent, answered = set(), set()
    for file in CASSETTES.glob("*/hashkey/*.yaml"):
        for one in yamlserializer.deserialize(file.read_text(encoding="utf-8"))["interactions"]:
            body = one["request"]["body"] or ""
            if body.startswith(("[", "{")):
                sent |= set(names_in(json.loads(body)))
            parts = urlsplit(one["request"]["uri"])
            sent |= {name for text in (body, parts.query) for name, _ in parse_qsl(text)}
            if not parts.path.startswith(("/quote", "/api/v1/exchangeInfo", "/api/v1/ping", "/api/v1/coins")):
                text = one["response"]["body"]["string"]
                answered |= set(names_in(json.loads(text))) if text.startswith(("[", "{")) else set()
    assert sent - scrub.params - scrub.accounts == SECRET
    assert answered - scrub.fields - scrub.accounts - scrub.amounts == SECRET


@pytest.mark.parametrize("venue_id", ["hashkey", "ccxt:kraken", "ccxt:okx", "ccxt:hashkey"])
def test_no_key_and_no_signature_is_on_a_list(venue_id: str) -> None:
    """What is signed with, and what proves who signed, is kept by nobody."""
    scrub = declared(venue_id)
    assert not [name for name in scrub.params | scrub.fields if PERSON.search(name)]


def test_every_exchange_of_ccxts_has_a_list_of_its_own() -> None:
    """It has the words in which the exchange's orders are written, and none that says who somebody is."""
    for name in ccxt.exchanges:
        exchange = object.__new__(getattr(ccxt, name))
        if not type(exchange).__module__.startswith("ccxt."):
            continue  # this package's own class
        scrub = scrub_of(exchange)
        assert {"id", "price"} <= scrub.fields, name
        assert not [one for one in scrub.params | scrub.fields if PERSON.search(one)], name
    assert {"txid", "cl_ord_id", "pair", "volume"} <= scrub_of(object.__new__(ccxt.kraken)).params
    assert {"QueryOrders", "OpenOrders"} <= scrub_of(object.__new__(ccxt.kraken)).reads
    assert not {"AddOrder", "CancelOrder"} & scrub_of(object.__new__(ccxt.kraken)).reads
    assert {"ordId", "clOrdId", "instId", "sz", "px"} <= scrub_of(object.__new__(ccxt.okx)).params
