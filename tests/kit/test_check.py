"""``hk-adapter cassettes check`` and ``hk_no_secrets``: what they find in a folder, whoever recorded what is in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from hk_adapter.cli.command import command
from hk_adapter.testing.cassettes.check import problems_under

from .recording import recorded_in

FILE = """\
interactions:
- request:
    method: POST
    uri: 'https://api.example/orders?symbol=BTCUSD{query}'
    headers: {{{header}}}
    body: {body}
  response:
    status: {{code: 200, message: OK}}
    headers: {{}}
    body: {{string: '{answer}'}}
version: 1
"""


def plant(folder: Path, *, query: str = "", header: str = "", body: str = "null", answer: str = "{}") -> None:
    """Write a cassette that is clean but for what is put into it."""
    folder.mkdir(exist_ok=True)
    (folder / "one.yaml").write_text(FILE.format(query=query, header=header, body=body, answer=answer))


PLANTED = [
    ({"header": "API-Key: [k]"}, "a request's header API-Key"),
    ({"header": "OK-ACCESS-SIGN: [s]"}, "a request's header OK-ACCESS-SIGN"),
    ({"header": "Whatever: [s]"}, "a request's header Whatever"),
    ({"query": "&timestamp=1764000000000"}, "a request's timestamp"),
    ({"query": "&nonce=1"}, "a request's nonce"),
    ({"body": "'nonce=1&pair=XBTUSD'"}, "a request's nonce"),
    ({"body": "'signature=0a'"}, "signature"),
    ({"answer": '{"accountId":"1464567707961719552"}'}, "an account''s id".replace("''", "'")),
    ({"answer": '{"user_id":4711}'}, "an account's id"),
    ({"query": "&subAccountId=4711"}, "an account's id"),
    ({"answer": '{"apiKey":"k1"}'}, "key"),
    ({"answer": '{"listenKey":"abcdef"}'}, "key"),
    ({"answer": "0123456789abcdef" * 4}, "64 hex digits"),
    ({"answer": "Ab3/" * 21 + "Ab=="}, "signature in Base64"),
    ({"answer": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0NzExIn0.x"}, "signed token"),
]


@pytest.mark.parametrize(("planted", "problem"), PLANTED)
def test_what_is_planted_is_found(tmp_path: Path, planted: dict[str, str], problem: str) -> None:
    """A key, a signature, an account or what changes each time, in headers, query, body and answer."""
    plant(tmp_path / "cassettes", **planted)
    assert f"one.yaml: {problem}" in problems_under(tmp_path / "cassettes")


def test_keys_in_use_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever they look like, where the environment or the caller names them."""
    plant(tmp_path / "cassettes", answer='{"a":"plain words here"}')
    assert problems_under(tmp_path / "cassettes") == []
    assert problems_under(tmp_path / "cassettes", ["plain words"]) == ["one.yaml: a key in use"]
    monkeypatch.setenv("HK_ADAPTER_KRAKEN_API_KEY", "plain words here")
    assert problems_under(tmp_path / "cassettes") == ["one.yaml: a key in use"]


def test_what_the_kit_records_is_clean(tmp_path: Path, hk_no_secrets: Callable[..., None]) -> None:
    """Its own recordings pass, and the fixture says so by saying nothing."""
    for number, venue_id in enumerate(("hashkey", "ccxt:hashkey")):
        with recorded_in(tmp_path / f"{number}.yaml", "once") as recorded, recorded.connect(venue_id) as venue:
            venue.fetch_balance()
            order = venue.create_order("ETH/USD", "limit", "buy", "0.5", "1900")
            venue.cancel_order(order.id, "ETH/USD")
    hk_no_secrets(tmp_path)


def test_the_fixture_fails_the_run(tmp_path: Path, hk_no_secrets: Callable[..., None]) -> None:
    """It names each file and what is in it; a folder that is none is a failure too."""
    plant(tmp_path / "cassettes", header="Cookie: [s]")
    with pytest.raises(pytest.fail.Exception, match=r"one\.yaml: a request's header Cookie"):
        hk_no_secrets(tmp_path / "cassettes")
    with pytest.raises(pytest.fail.Exception, match="no folder: nothing is recorded there yet"):
        hk_no_secrets(tmp_path / "none")


def test_the_command_says_what_it_found(tmp_path: Path) -> None:
    """A line for each problem and code 1; code 0 where there is none; usage for what is no folder."""
    plant(tmp_path / "cassettes", query="&nonce=1")
    found = CliRunner().invoke(command, ["cassettes", "check", str(tmp_path / "cassettes")])
    assert (found.exit_code, found.output) == (1, "one.yaml: a request's nonce\n")
    plant(tmp_path / "cassettes")
    clean = CliRunner().invoke(command, ["cassettes", "check", str(tmp_path / "cassettes")])
    assert (clean.exit_code, clean.output.startswith("1 file")) == (0, True)
    assert CliRunner().invoke(command, ["cassettes", "check", str(tmp_path / "none")]).exit_code == 2


def test_a_file_of_any_spelling_is_read(tmp_path: Path) -> None:
    """An ending in capitals hides nothing."""
    plant(tmp_path, header="API-Key: [k]")
    (tmp_path / "one.yaml").rename(tmp_path / "ONE.YAML")
    assert "ONE.YAML: a request's header API-Key" in problems_under(tmp_path)
