"""Every cassette says where it comes from, and none holds a secret."""

from __future__ import annotations

import base64
import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from vcr.serializers import yamlserializer

from hk_adapter.testing.cassettes import check

CASSETTES = Path(__file__).parents[2] / "cassettes"
PROVENANCES = ("documented", "simulated", "recorded")
NOT_CASSETTES = {"README.md", ".gitkeep"}

# Site, page and year.
PAGE = re.compile(r"^# Page: \S.{10,}, .*20\d\d$", re.MULTILINE)


def problems_under(root: Path) -> list[str]:
    """Return one line per problem of the cassettes below a folder; empty when all are clean."""
    files = sorted(path for path in root.rglob("*") if path.is_file() and path.name not in NOT_CASSETTES)
    return [f"{path.relative_to(root)}: {problem}" for path in files for problem in problems_of(path, root)]


def problems_of(path: Path, root: Path) -> Iterator[str]:
    """Tell what is wrong with one file below the cassettes' folder."""
    if path.suffix != ".yaml":
        yield "not a .yaml cassette"
        return
    text = path.read_text(encoding="utf-8")
    folder = path.relative_to(root).parts[0]
    yield from problems_of_provenance(text, folder)
    try:
        content = yamlserializer.deserialize(text)
        interactions = content["interactions"]
    except (ValueError, KeyError, TypeError, yamlserializer.yaml.YAMLError):
        yield "cannot be parsed as a cassette"
        interactions = []
    if not interactions:
        yield "holds no interaction"
    yield from sorted(set(check.problems_of(text)))


def problems_of_provenance(text: str, folder: str) -> Iterator[str]:
    """Tell whether the comment at the top agrees with the folder, and names a page where it must."""
    comment = "\n".join(re.match(r"(?:#.*\n)*", text).group().splitlines())  # type: ignore[union-attr]
    if folder not in PROVENANCES:
        yield f"lies outside {', '.join(PROVENANCES)}"
    if not comment.startswith("# Provenance: "):
        yield "has no provenance comment"
    elif not comment.startswith(f"# Provenance: {folder}."):
        yield "its provenance comment is not its folder's"
    if folder == "documented" and not PAGE.search(comment):
        yield "names no documentation page"


CLEAN = """\
# Provenance: {folder}. Typed from the page below.
# Page: A venue's documentation, "Cancel Order", Nov 2025
interactions:
- request:
    method: DELETE
    uri: 'https://venue.example/order?orderId=1{query}'
    headers: {{{header}}}
    body: {request}
  response:
    status: {{code: 200, message: OK}}
    headers: {{}}
    body: {{string: {response}}}
version: 1
"""
HEX = "0123456789abcdef" * 4
KEY = "aB3dE6gH9kL2nP5r" * 4


def plant(
    root: Path,
    folder: str = "documented",
    query: str = "",
    header: str = "",
    request: str = "null",
    response: str = "'{}'",
) -> Path:
    """Write a cassette that is clean but for what the arguments put into it."""
    path = root / folder / "venue" / "planted.yaml"
    path.parent.mkdir(parents=True)
    text = CLEAN.format(folder=folder, query=query, header=header, request=request, response=response)
    path.write_text(text, encoding="utf-8")
    return path


def binary(payload: bytes) -> str:
    """Write bytes as the serializer does when they are no plain text."""
    return f"!!binary {base64.b64encode(payload).decode()}"


def test_every_cassette_is_clean() -> None:
    """No cassette of this project holds a secret, hides where it comes from, or lies elsewhere."""
    assert problems_under(CASSETTES) == []


def test_there_are_cassettes_to_check() -> None:
    """The check above looks at the right folder: the documented cancel is in it."""
    assert (CASSETTES / "documented" / "hashkey" / "cancel_by_order_id_ack.yaml").is_file()


@pytest.mark.parametrize("folder", PROVENANCES)
def test_a_clean_cassette_passes(tmp_path: Path, folder: str) -> None:
    """The check accepts all three provenances, and an empty signature."""
    plant(tmp_path, folder, query="&signature=")
    assert problems_under(tmp_path) == []


@pytest.mark.parametrize(
    ("planted", "problem"),
    [
        ({"header": "X-HK-APIKEY: [k]"}, "key header"),
        ({"header": "x-apikey: [k]"}, "key header"),
        ({"header": "Authorization: [Basic k]"}, "authorization"),
        ({"header": "Cookie: [session]"}, "cookie"),
        ({"header": "Set-Cookie: [session]"}, "cookie"),
        ({"header": "broker_sign: [k]"}, "broker_sign"),
        ({"query": "&signature=0a"}, "signature"),
        ({"query": "%26signature%3D0a"}, "signature"),
        ({"request": "orderId=1&signature=0a"}, "signature"),
        ({"request": binary(b"orderId=1&signature=0a")}, "signature"),
        ({"response": """'{"signature": "0a"}'"""}, "signature"),
        ({"query": f"&x={HEX}"}, "64 hex digits"),
        ({"query": f"&x={HEX.upper()}"}, "64 hex digits"),
        ({"response": f"""'{{"listenKey": "{KEY}"}}'"""}, "64 letters and digits"),
        ({"response": binary(f"key {KEY}".encode())}, "64 letters and digits"),
        ({"response": binary(gzip.compress(KEY.encode()))}, "bytes that are no readable text"),
    ],
)
def test_a_planted_secret_is_found(tmp_path: Path, planted: dict[str, str], problem: str) -> None:
    """The check can fail: each kind of secret is found wherever a cassette may hold it."""
    plant(tmp_path, **planted)
    assert f"documented/venue/planted.yaml: {problem}" in problems_under(tmp_path)


def test_a_secret_in_a_comment_is_found(tmp_path: Path) -> None:
    """Comments are read too, although no parser returns them."""
    path = plant(tmp_path)
    path.write_text(f"{path.read_text()}# {HEX}\n")
    assert "documented/venue/planted.yaml: 64 hex digits" in problems_under(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("# Provenance: documented.", "# Typed", "has no provenance comment"),
        ("# Provenance: documented.", "# Provenance: recorded.", "its provenance comment is not its folder's"),
        ("# Page:", "# See:", "names no documentation page"),
        ("Nov 2025", "lately", "names no documentation page"),
        ("interactions:", "interactions: [", "cannot be parsed as a cassette"),
        ("interactions:", "entries:", "cannot be parsed as a cassette"),
    ],
)
def test_a_cassette_without_its_papers_is_found(tmp_path: Path, old: str, new: str, problem: str) -> None:
    """A missing or false provenance, a documented cassette without its page, and a broken file are problems."""
    path = plant(tmp_path)
    path.write_text(path.read_text().replace(old, new))
    assert f"documented/venue/planted.yaml: {problem}" in problems_under(tmp_path)


def test_a_cassette_elsewhere_is_found(tmp_path: Path) -> None:
    """A file outside the three folders is a problem, even a clean one."""
    plant(tmp_path, "guessed")
    assert "guessed/venue/planted.yaml: lies outside documented, simulated, recorded" in problems_under(tmp_path)


def test_a_file_that_cannot_be_checked_is_found(tmp_path: Path) -> None:
    """A cassette in another format does not slip past the check."""
    plant(tmp_path).rename(tmp_path / "documented" / "venue" / "planted.json")
    assert problems_under(tmp_path) == ["documented/venue/planted.json: not a .yaml cassette"]


def test_a_cassette_without_content_is_found(tmp_path: Path) -> None:
    """An empty recording proves nothing."""
    path = plant(tmp_path)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:2]) + "interactions: []\nversion: 1\n")
    assert problems_under(tmp_path) == ["documented/venue/planted.yaml: holds no interaction"]
