"""Whoever gives no key, half of one or one of another kind is told what that exchange is given, and nothing is sent."""

from __future__ import annotations

import pytest

import hk_adapter as hk
from hk_adapter.hooks import VenueSettings
from hk_adapter.venues.ccxt_bridge.plugin import open_venue
from tests.cases import each
from tests.ccxt_bridge.by_hand import always, run
from tests.ccxt_bridge.client_id_table import limit_order
from tests.ccxt_bridge.driven.exchanges import driven
from tests.ccxt_bridge.exchanges_there import needs, there
from tests.ccxt_bridge.kraken_desk import API_KEY, SECRET

CliRunner = pytest.importorskip("click.testing").CliRunner
command = pytest.importorskip("hk_adapter.cli.command").command

GIVEN = {
    "kraken": "api_key and secret",
    "coinbase": "api_key and secret",
    "okx": "api_key, secret and password",
    "hyperliquid": "privateKey and walletAddress",
    "extended": "api_key, secret and privateKey",
}
NOWHERE = "http://127.0.0.1:9"
WHERE = ("--symbol", "ETH/USD", "--environment", "production", "--base-url", NOWHERE)
EC = """-----BEGIN EC PRIVATE KEY-----
MHcCAQEEICanaryCANARYcanaryCANARYcanaryCANARYcanaryCAoAoGCCqGSM49
-----END EC PRIVATE KEY-----
"""


def refusal(member, **given):
    """Why an exchange is not opened with a key."""
    with pytest.raises(hk.ConfigurationError) as caught:
        hk.connect(f"ccxt:{member}", base_url=NOWHERE, **given)
    return str(caught.value)


@each("member", there(GIVEN))
def test_a_cancel_without_a_key_is_told_before_the_markets_are_asked_for(member):
    """In the code of wrong usage, though nobody listens there: by what that exchange is given."""
    ran = CliRunner(catch_exceptions=False).invoke(command, ("cancel", "1", "--venue", f"ccxt:{member}", *WHERE))
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert f"cancel_order needs a key: give {GIVEN[member]}, or a profile" in ran.stderr
    assert "private_key" not in ran.stderr


def test_so_is_a_watch():
    """It needs a key as well."""
    where = [word for word in WHERE if word not in {"--symbol", "ETH/USD"}]
    ran = CliRunner(catch_exceptions=False).invoke(command, ("watch", "--venue", "ccxt:kraken", *where))
    assert (ran.exit_code, "watch_orders needs a key" in ran.stderr) == (2, True)


@each("member", there(GIVEN))
@each("key", ["0x" + "1" * 64, EC])
def test_a_private_key_is_told_to_be_given_otherwise(member, key):
    """With an api_key beside it or not; PEM text is the secret, where there is one."""
    for given in ({"private_key": key}, {"private_key": key, "api_key": "k"}):
        told = refusal(member, **given)
        assert f"private_key cannot be used; this venue is given {GIVEN[member]}" in told
        assert ("given as secret" in told) == ("secret" in GIVEN[member])
        assert "canary" not in told.lower()


@each("member", there(GIVEN))
@each("half", ["api_key", "secret"])
def test_half_a_pair(member, half):
    """The other half is named, and no private key."""
    told = refusal(member, **{half: "x"})
    assert "half a pair" in told
    assert GIVEN[member] in told
    assert "private_key" not in told


def test_pem_text_is_taken_as_the_secret():
    """Coinbase's keys are such."""
    venue = open_venue(VenueSettings(venue_id="ccxt:coinbase", environment="production", base_url=None, options={}))
    venue.take_key("k", EC)
    assert venue.has_key


def test_pem_text_out_of_json_is_told_to_lack_its_lines():
    """Coinbase's keys are downloaded in such a file; ccxt would fail at the first request that it signs."""
    told = refusal("coinbase", api_key=API_KEY, secret=EC.replace("\n", "\\n"))
    assert told.startswith(r"secret is PEM text in which \n is written where a line ends")
    assert "canary" not in told.lower()


@needs("hyperliquid")
def test_a_signer_that_hyperliquid_does_not_know_is_a_refused_key():
    """Ccxt calls it an InvalidOrder: a cancel by a wrong wallet was taken for one of an order that is not there."""
    words = b'{"status": "err", "response": "User or API Wallet 0xb8a6f8b26223de27c31938d56e470a5b does not exist."}'
    venue, symbol = driven("hyperliquid")
    placed = limit_order("hyperliquid", "0x" + "a" * 32, symbol)
    canceled = hk.CancelRequest(order_id="41", symbol=symbol)
    for flow in (venue.cancel_order(canceled), venue.create_order(placed)):
        with pytest.raises(hk.AuthenticationError, match="does not exist"):
            run(flow, always(200, words))


def test_a_key_that_is_there_is_used(monkeypatch):
    """Then the markets are asked for, and nobody answers."""
    monkeypatch.setenv("HK_ADAPTER_CCXT_KRAKEN_API_KEY", API_KEY)
    monkeypatch.setenv("HK_ADAPTER_CCXT_KRAKEN_SECRET", SECRET)
    ran = CliRunner(catch_exceptions=False).invoke(command, ("cancel", "1", "--venue", "ccxt:kraken", *WHERE))
    assert ran.exit_code == 5


@each("member", there(["okx", "kucoin", "hyperliquid"]))
def test_a_pair_without_what_the_exchange_wants_beside_it_is_no_key(member, monkeypatch):
    """It is told in code 2 before the markets are asked for, though ccxt itself would tell at the first order."""
    name = f"HK_ADAPTER_CCXT_{member.upper()}"
    monkeypatch.setenv(f"{name}_API_KEY", API_KEY)
    monkeypatch.setenv(f"{name}_SECRET", SECRET)
    monkeypatch.setenv(f"{name}_PASSWORD", SECRET)  # no variable is read for it
    ran = CliRunner(catch_exceptions=False).invoke(command, ("cancel", "1", "--venue", f"ccxt:{member}", *WHERE))
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "cancel_order needs a key: give " in ran.stderr
    assert "in its settings" in ran.stderr
    assert SECRET not in ran.stderr


def test_a_further_part_that_is_a_setting_is_told_to_be_given_so():
    """Of venues whose keys have parts it is one of these; ccxt's take theirs as keywords, as OKX's passphrase is."""
    told = refusal("okx", api_key=API_KEY, secret=SECRET, key_parts={"password": "canary"})
    assert "no 'password', which is in the arguments; this venue is given api_key, secret and password" in told
    assert "password as a keyword or in a profile's settings" in told
    assert "canary" not in told


def test_a_secret_by_another_name_is_told_what_the_exchange_calls_it():
    """OKX's own pages call it a passphrase."""
    told = refusal("okx", api_key=API_KEY, secret=SECRET, passphrase="canary")
    assert "no setting 'passphrase'; its keys are given as api_key, secret, password" in told
    assert "canary" not in told
    assert "keys" not in refusal("okx", no_such=1)
