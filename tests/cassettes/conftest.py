"""How requests are recorded and played back: what is scrubbed, what must match, what a recording says of itself."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from vcr import VCR
from vcr.cassette import Cassette
from vcr.request import Request
from vcr.serializers import yamlserializer

from hk_adapter.simulator import serve
from hk_adapter.transport.venue_clock import VenueClock

from .scenes import Scene

CASSETTES = Path(os.environ.get("HK_ADAPTER_CASSETTES", Path(__file__).parents[2] / "cassettes"))

CHANGES_WITH_EVERY_REQUEST = frozenset({"timestamp", "signature"})
KEPT_HEADERS = frozenset({"content-type", "retry-after"})
LOOPBACK = "127.0.0.1"
FIRST_ACCOUNT = 1000000000000000001
"""Stands for the first id of an account or a user in a recording; the next one is greater by 1."""
BALANCE = "1"
"""Stands for every number of the balances of a real venue."""

AHEAD = 0.5
"""Seconds that our clock is ahead in a replay, which takes less time than the recording: no answer is of the future."""
_PLACED_AT = re.compile(rb'"transactTime"\s*:\s*"?(\d{13})')
_OWNER = re.compile(r'((?:accountId|subAccountId|userId)(?:=|"\s*:\s*"?))(\d+)')
_BALANCE = re.compile(r'("(?:free|locked|total)"\s*:\s*"?)[0-9.]+')


@pytest.fixture(scope="module")
def vcr_cassette_dir() -> str:
    """Cassettes are named by their path below the top-level folder."""
    return str(CASSETTES)


@pytest.fixture(scope="module")
def vcr_config() -> dict[str, Any]:
    """A request is played back only if everything about it matches that does not change with every request."""
    return {
        "match_on": ["method", "scheme", "host", "port", "path", "query", "body"],
        "before_record_request": scrubbed_request,
        "before_record_response": scrubbed_response,
        "decode_compressed_response": True,
    }


@pytest.fixture(autouse=True)
def recorded_clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let our clock show, in a replay, the time of the first recorded order: a far older one is not the one placed."""
    if request.node.get_closest_marker("vcr") is None:
        return
    shown = [
        int(found[1])
        for answer in request.getfixturevalue("vcr").responses
        if (found := _PLACED_AT.search(answer["body"]["string"]))
    ]
    if shown:
        placed_at, began = shown[0] / 1000 + AHEAD, time.monotonic()
        clock = partial(VenueClock, time.monotonic, lambda: placed_at + time.monotonic() - began)
        monkeypatch.setattr("hk_adapter.venue.connection.VenueClock", clock)


@pytest.fixture
def scene(open_desk: Callable[..., Any], vcr: Cassette, record_mode: str) -> Iterator[Scene]:
    """Play the test's cassette back; where it is to be recorded, serve a fresh venue for it."""
    if vcr.requests:
        yield Scene(open_desk, vcr, None)
        return
    assert record_mode != "none", "cassettes/simulated lacks a recording: see docs/how-to/record-cassettes.md"
    with serve() as served:
        yield Scene(open_desk, vcr, served)


def pytest_recording_configure(vcr: VCR) -> None:
    """Write our cassettes with their provenance: VCR.py itself writes no comment."""
    if str(vcr.cassette_library_dir) == str(CASSETTES):
        vcr.register_serializer("yaml", WithProvenance)


class WithProvenance:
    """VCR.py's YAML, below a comment that tells where the answers are from."""

    @staticmethod
    def serialize(cassette: dict[str, Any]) -> str:
        """Scrub whose account it is and write the file; called only when something was recorded."""
        origin = urlsplit(cassette["interactions"][0]["request"]["uri"]).hostname or ""
        scrub_accounts(cassette["interactions"], at_venue=origin != LOOPBACK)
        text: str = yamlserializer.serialize(cassette)
        return f"# Provenance: {provenance(origin)}, {datetime.now(UTC):%Y-%m-%d}.\n{text}"

    @staticmethod
    def deserialize(text: str) -> Any:
        """Read the file; the comment is for people."""
        return yamlserializer.deserialize(text)


def provenance(host: str) -> str:
    """Tell from the host that answered what was recorded."""
    if host == LOOPBACK:
        return "simulated. This project's simulator"
    return f"recorded. {'Sandbox' if '.sim.' in host else 'Production'} {host}"


def scrubbed_request(request: Request) -> Request:
    """Leave out all headers, the key among them, and what changes with every request; also before matching."""
    request.headers = {}
    parts = urlsplit(request.uri)
    # The simulator listens on whatever port is free, so its port means nothing.
    netloc = LOOPBACK if parts.hostname == LOOPBACK else parts.netloc
    request.uri = urlunsplit(parts._replace(netloc=netloc, query=_without_changing(parts.query)))
    if request.body is not None:
        request.body = _without_changing(request.body.decode()).encode()
    return request


def scrubbed_response(response: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the headers that no adapter reads: cookies, dates, the edge's traces."""
    headers = {name: value for name, value in response["headers"].items() if name.lower() in KEPT_HEADERS}
    return {**response, "headers": headers}


def scrub_accounts(interactions: list[dict[str, Any]], *, at_venue: bool) -> None:
    """Number accounts and users, each with the same number all over the recording; blot out real balances."""
    numbers: dict[str, str] = {}

    def numbered(found: re.Match[str]) -> str:
        owner = found[2]
        return found[1] + numbers.setdefault(owner, owner if is_numbered(owner) else str(FIRST_ACCOUNT + len(numbers)))

    for interaction in interactions:
        request, body = interaction["request"], interaction["response"]["body"]
        request["uri"] = _OWNER.sub(numbered, request["uri"])
        if isinstance(body.get("string"), str):
            text = _OWNER.sub(numbered, body["string"])
            body["string"] = _BALANCE.sub(rf"\g<1>{BALANCE}", text) if at_venue else text


def is_numbered(owner: str) -> bool:
    """Whether an id is one of ours already."""
    return 0 <= int(owner) - FIRST_ACCOUNT < 1000


def _without_changing(text: str) -> str:
    kept = [part for part in text.split("&") if part.partition("=")[0] not in CHANGES_WITH_EVERY_REQUEST]
    return "&".join(kept)
