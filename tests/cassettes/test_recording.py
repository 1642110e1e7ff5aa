"""The how-to's command, run for real against a served venue: it records, it scrubs, and what it wrote plays back."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from vcr.cassette import Cassette
from vcr.errors import CannotOverwriteExistingCassetteException
from vcr.request import Request
from vcr.serializers import yamlserializer

import hk_adapter as hk
from hk_adapter.simulator import serve
from hk_adapter.simulator.core import Simulator
from hk_adapter.simulator.server import Served
from hk_adapter.testing.cassettes import in_force
from hk_adapter.testing.cassettes.rehearsing import rehearsing

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
# Made up here, and as long as real ones.
KEY = "kEy4" * 16
SECRET = "sEcReT88" * 8
ANSWER = (
    b'[{"accountId": 1464567707961719552, "orderId": "1563291927536863744", "free": "12.5"},'
    b'{"accountId":"7","userId":"8"}]'
)
SANDBOX = "tests/cassettes/test_record.py::test_an_order_at_the_sandbox"


@pytest.fixture
def served() -> Iterator[Served]:
    """Serve a venue that stands for the sandbox, with keys of its own."""
    with serve(simulator=Simulator(api_key=KEY, secret=SECRET)) as server:
        yield server


def run(cassettes: Path, *arguments: str, **environment: str) -> str:
    """Run the how-to's command over a folder of cassettes, and give what it prints; it must succeed."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("HK_ADAPTER", "PYTEST"))}
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=ROOT,
        env=inherited | environment | {"HK_ADAPTER_CASSETTES": str(cassettes)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("facade", ["blocking", "asyncio"])
def test_one_command_records_and_scrubs(tmp_path: Path, served: Served, facade: str) -> None:
    """With keys in the environment the order is placed, queried and canceled for real, and no secret is written.

    Afterwards both facades replay it, without keys and without the venue.
    """
    environment = {
        "HK_ADAPTER_HASHKEY_API_KEY": KEY,
        "HK_ADAPTER_HASHKEY_SECRET": SECRET,
        "HK_ADAPTER_RECORD_BASE_URL": served.url,
        "HK_ADAPTER_RECORD_PRICE": "1234.5",
    }
    assert "1 passed" in run(tmp_path, f"{SANDBOX}[{facade}]", "--record-mode=once", **environment)
    text = (tmp_path / "recorded" / "hashkey" / "place_query_cancel.yaml").read_text()
    assert re.match(r"# Provenance: simulated\. A venue that was served on this machine, 20\d\d-\d\d-\d\d\.\n", text)
    for secret in (KEY, SECRET, "signature", "timestamp=", "APIKEY", "User-Agent", served.url):
        assert secret.lower() not in text.lower()
    assert not re.search(r"[0-9a-f]{64}", text)
    assert set(re.findall(r'"accountId":"(\d+)"', text)) == {"1000000000000000001"}
    assert [order.status for order in served.control.orders()] == ["CANCELED"]
    assert "price=1234.5" in text

    seen = len(served.control.requests)
    assert "2 passed" in run(tmp_path, SANDBOX)
    assert len(served.control.requests) == seen


def test_without_keys_nothing_is_recorded(tmp_path: Path) -> None:
    """The test says why it is skipped, and writes no file."""
    assert "that takes keys for the sandbox" in run(tmp_path, SANDBOX, "--record-mode=once")
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.vcr(record_mode="none")
@pytest.mark.default_cassette("simulated/hashkey/place_query_cancel")
@pytest.mark.parametrize("change", [{"price": "1001"}, {"amount": "0.02"}, {"side": "sell"}, {"client_order_id": "x"}])
async def test_another_body_is_not_played(open_desk: Callable[..., Any], vcr: Cassette, change: dict[str, str]) -> None:
    """A form body is matched too, in all but timestamp and signature: another order gets no recorded answer."""
    body = vcr.requests[0].body.decode()
    terms = {"side": "buy", "amount": "0.01", "price": "1000", "client_order_id": body.rpartition("=")[2]} | change
    desk = await open_desk(
        environment="sandbox", base_url="http://127.0.0.1", api_key="cassette-key", secret="cassette"
    )
    side, amount, price, own_id = terms["side"], terms["amount"], terms["price"], terms["client_order_id"]
    with pytest.raises(CannotOverwriteExistingCassetteException):
        await desk.call("create_order", "ETH/USD", "limit", side, amount, price, client_order_id=own_id)


@pytest.mark.parametrize(
    ("where", "host", "expected", "free"),
    [
        ({"environment": "sandbox"}, "https://api-pro.sim.hashkeydev.com", "recorded. Sandbox", "1"),
        ({"environment": "production"}, "https://api-pro.hashkey.com", "recorded. Production", "1"),
        ({"base_url": "http://127.0.0.1:8080"}, "http://127.0.0.1:8080", "simulated. A venue that was served", "12.5"),
    ],
)
def test_a_recording_says_itself_where_it_is_from(
    tmp_path: Path, pytestconfig: pytest.Config, where: dict[str, Any], host: str, expected: str, free: str
) -> None:
    """The provenance comes from the host that answered, so nobody has to write it, and nobody can forget to.

    Whose account it is, and what a real venue says is in it, is not written.
    """
    from vcr import VCR  # noqa: PLC0415 - only here is a recorder made by hand

    recorder = VCR()
    pytestconfig.hook.pytest_recording_configure(config=pytestconfig, vcr=recorder)
    with (
        rehearsing(),
        hk.connect("hashkey", api_key=KEY, secret=SECRET, **where),
        recorder.use_cassette(str(tmp_path / "one.yaml"), **in_force.CONFIG) as cassette,
    ):
        cassette.append(
            Request(
                "GET", f"{host}/x?subAccountId=7&orderId={SECRET}&timestamp=1&signature=0a", None, {"X-HK-APIKEY": KEY}
            ),
            {
                "status": {"code": 200, "message": "OK"},
                "headers": {"Set-Cookie": ["session"], "content-type": ["application/json"], "Retry-After": ["7"]},
                "body": {"string": ANSWER},
            },
        )
    in_force.end()
    text = (tmp_path / "one.yaml").read_text()
    assert text.startswith(f"# Provenance: {expected}")
    [written] = yamlserializer.deserialize(text)["interactions"]
    assert written["request"]["uri"].endswith("/x?subAccountId=1000000000000000001&orderId=[redacted]")
    assert json.loads(written["response"]["body"]["string"]) == [
        {"accountId": 1000000000000000002, "orderId": "1563291927536863744", "free": free},
        {"accountId": "1000000000000000001", "userId": "1000000000000000003"},
    ]
    for secret in ("signature", "timestamp", "APIKEY", "session", KEY, SECRET):
        assert secret not in text
    assert "Retry-After" in text
