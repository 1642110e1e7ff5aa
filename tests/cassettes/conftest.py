"""How requests are recorded and played back: what is scrubbed, what must match, what a recording says of itself."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from vcr import VCR
from vcr.request import Request
from vcr.serializers import yamlserializer

CASSETTES = Path(os.environ.get("HK_ADAPTER_CASSETTES", Path(__file__).parents[2] / "cassettes"))

CHANGES_WITH_EVERY_REQUEST = frozenset({"timestamp", "signature"})
KEPT_HEADERS = frozenset({"content-type", "retry-after"})
LOOPBACK = "127.0.0.1"
OUR_ACCOUNT = "1000000000000000001"
"""Stands for the account id in every recording."""

_ACCOUNT = re.compile(r'("accountId"\s*:\s*"?)\d+')


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


def pytest_recording_configure(vcr: VCR) -> None:
    """Write our cassettes with their provenance: VCR.py itself writes no comment."""
    if str(vcr.cassette_library_dir) == str(CASSETTES):
        vcr.register_serializer("yaml", WithProvenance)


class WithProvenance:
    """VCR.py's YAML, below a comment that tells where the answers are from."""

    @staticmethod
    def serialize(cassette: dict[str, Any]) -> str:
        """Scrub the bodies and write the file; called only when something was recorded."""
        for interaction in cassette["interactions"]:
            body = interaction["response"]["body"]
            if isinstance(body.get("string"), str):
                body["string"] = _ACCOUNT.sub(rf"\g<1>{OUR_ACCOUNT}", body["string"])
        origin = urlsplit(cassette["interactions"][0]["request"]["uri"]).hostname or ""
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


def _without_changing(text: str) -> str:
    kept = [part for part in text.split("&") if part.partition("=")[0] not in CHANGES_WITH_EVERY_REQUEST]
    return "&".join(kept)
