"""Finds what looks like a key, a signature or an account in a folder of cassettes, whoever recorded them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from vcr.serializers import yamlserializer

from hk_adapter.testing.cassettes.accounts import is_numbered
from hk_adapter.testing.cassettes.plain_names import PLAIN_HEADERS
from hk_adapter.testing.cassettes.scrubbing import HIDDEN

SUFFIXES = frozenset({".yaml", ".yml", ".json"})
_NAMED = r"(api[-_]?key|access[-_]?key|api[-_]?sign|secret[-_]?key|passphrase|listen[-_]?key|private[-_]?key|signature)"
_VALUE = rf"[\"']?\s*[=:]\s*[\"']?(?!{HIDDEN}\b)[0-9A-Za-z+/]"
SECRETS = {
    "key header": re.compile(r"x-(hk-|mbx-)?api-?key|api-sign|access-(key|sign|passphrase)", re.IGNORECASE),
    "signature": re.compile(rf"signature{_VALUE}", re.IGNORECASE),
    "key": re.compile(rf"(?<![a-z]){_NAMED}{_VALUE}", re.IGNORECASE),
    "64 hex digits": re.compile(r"[0-9a-f]{64}", re.IGNORECASE),
    "64 letters and digits": re.compile(r"[0-9a-z]{64}", re.IGNORECASE),
    "signature in Base64": re.compile(r"[0-9A-Za-z+/]{80,}=="),
    "signed token": re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}"),
    "private key": re.compile(r"PRIVATE KEY-----"),
    "broker_sign": re.compile(r"broker_sign", re.IGNORECASE),
    "authorization": re.compile(r"authorization", re.IGNORECASE),
    "cookie": re.compile(r"cookie", re.IGNORECASE),
}
_CHANGING = frozenset({"timestamp", "signature", "nonce", "sign", "sig"})
"""Parameters that are never the same twice: who keeps them cannot play the request again."""
_ACCOUNT = re.compile(
    r"(?:account_?id|sub_?account_?id|user_?id|\buid)(?:=|\\?[\"']\s*:\s*\\?[\"']?)([^&\"'\\,}\]\s]+)",
    re.IGNORECASE,
)
_TYPED = "# Provenance: documented."
"""Begins a file whose ids are a documentation's own examples."""
_KEYS = re.compile(r"HK_ADAPTER_\w*(API_KEY|SECRET|PRIVATE_KEY)")
_SHORTEST = 8


def files_under(folder: Path) -> list[Path]:
    """List the files below a folder that may be cassettes."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix.lower() in SUFFIXES)


def problems_under(folder: Path, secrets: Iterable[str] = ()) -> list[str]:
    """Return one line for each problem of the files below a folder; empty where all are clean.

    ``secrets`` are texts that may stand nowhere; keys in the environment (``HK_ADAPTER_...``) are looked for too.
    """
    known = [text for text in (*secrets, *_keys_of_environment()) if len(text) >= _SHORTEST]
    return [
        f"{path.relative_to(folder)}: {problem}"
        for path in files_under(folder)
        for problem in sorted(set(problems_of(path.read_text(encoding="utf-8", errors="replace"), known)))
    ]


def problems_of(text: str, secrets: Iterable[str] = ()) -> Iterator[str]:
    """Return what is wrong with one file, comments included."""
    try:
        content = yamlserializer.deserialize(text)
    except (ValueError, TypeError, yamlserializer.yaml.YAMLError):
        yield "cannot be read"
        content = None
    typed = text.startswith(_TYPED)
    for value in (text.encode(), *values_of(content)):
        yield from _problems_of_value(value, secrets, typed=typed)
    interactions = content.get("interactions") if isinstance(content, dict) else None
    for one in interactions if isinstance(interactions, list) else ():
        yield from _problems_of_request(one.get("request") if isinstance(one, dict) else None)


def values_of(content: Any) -> Iterator[str | bytes]:
    """Walk every text below a parsed value, names of fields too."""
    if isinstance(content, str | bytes):
        yield content
    elif isinstance(content, dict):
        for name, value in content.items():
            yield from values_of(name)
            yield from values_of(value)
    elif isinstance(content, list | tuple):
        for value in content:
            yield from values_of(value)


def _problems_of_value(value: str | bytes, secrets: Iterable[str], *, typed: bool) -> Iterator[str]:
    try:
        readable = value.decode() if isinstance(value, bytes) else value
    except UnicodeDecodeError:
        yield "bytes that are no readable text"
        return
    for form in {readable, unquote(readable)}:
        yield from (name for name, pattern in SECRETS.items() if pattern.search(form))
        if any(secret in form for secret in secrets):
            yield "a key in use"
        if not typed and any(_is_account(found) for found in _ACCOUNT.findall(form)):
            yield "an account's id"


def _problems_of_request(request: object) -> Iterator[str]:
    if not isinstance(request, dict):
        return
    headers = request.get("headers")
    for name in headers if isinstance(headers, dict) else ():
        if str(name).lower() not in PLAIN_HEADERS:
            yield f"a request's header {name}"
    body = request.get("body")
    texts = (urlsplit(str(request.get("uri"))).query, body if isinstance(body, str) else "")
    for name, value in (pair for text in texts for pair in parse_qsl(text)):
        if name.lower() in _CHANGING and value != HIDDEN:
            yield f"a request's {name}"


def _is_account(text: str) -> bool:
    return text not in {HIDDEN, "null", "None", "0", ""} and not is_numbered(text)


def _keys_of_environment() -> Iterator[str]:
    return (value for name, value in os.environ.items() if _KEYS.fullmatch(name))
