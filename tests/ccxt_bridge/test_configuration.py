"""What ``connect("ccxt:...")`` takes, and what it refuses, before anything is sent."""

from __future__ import annotations

import builtins
import decimal
import sys
from pathlib import Path

import pytest

import hk_adapter as hk
from hk_adapter.hooks import VenueSettings
from hk_adapter.venues.ccxt_bridge.config import OLDEST
from hk_adapter.venues.ccxt_bridge.plugin import open_venue
from tests.cases import each
from tests.ccxt_bridge.kraken_desk import API_KEY, SECRET


def opened(venue_id, environment="production", site=None, base_url=None, **options):
    """Open a venue as the registry does."""
    settings = VenueSettings(venue_id=venue_id, environment=environment, site=site, base_url=base_url, options=options)
    return open_venue(settings)


@pytest.mark.parametrize(
    ("venue_id", "meant"), [("ccxt:krakn", "ccxt:kraken"), ("ccxt:hash-key", "ccxt:hashkey"), ("ccxt:okex", "ccxt:okx")]
)
def test_a_mistyped_exchange_is_told_the_near_ones(venue_id, meant):
    """Nobody has to look the list up."""
    with pytest.raises(hk.ConfigurationError, match=meant):
        opened(venue_id)


@each("venue_id", ["ccxt", "ccxt:exchanges", "ccxt:base", "ccxt:exchange"])
def test_only_an_exchange_is_an_exchange(venue_id):
    """Other names of the module open nothing."""
    with pytest.raises(hk.ConfigurationError):
        opened(venue_id)


def test_a_missing_ccxt_names_the_command_that_adds_it(monkeypatch):
    """The extra is not installed with the base."""
    real = builtins.__import__

    def without_ccxt(name, *args, **kwargs):
        if name.split(".")[0] == "ccxt":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    for name in [name for name in sys.modules if name.split(".")[0] == "ccxt"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without_ccxt)
    with pytest.raises(hk.ConfigurationError, match=r'pip install "hk-adapter\[ccxt\]"'):
        opened("ccxt:kraken")


@pytest.mark.parametrize("version", ["4.5.34", "4.5.9", "4.4.100", "3.1.60", "1.95.1", "4.5", "", "4.x.90"])
def test_an_older_ccxt_is_refused(monkeypatch, version):
    """The class for bots works with some that the bridge does not; the message names the release to install."""
    monkeypatch.setattr("ccxt.async_support.__version__", version)
    with pytest.raises(hk.ConfigurationError, match=r"4\.5\.35 or newer") as refused:
        opened("ccxt:kraken")
    assert repr(version) in str(refused.value)
    with pytest.raises(hk.ConfigurationError, match=r"4\.5\.35 or newer"):
        hk.connect("ccxt:kraken")


@pytest.mark.parametrize("file", ["noxfile.py", "docs/reference/ccxt-bridge.md"])
def test_the_oldest_ccxt_is_one(file):
    """What the docs say, and what the bridge is tried with, is what it refuses to go below."""
    text = (Path(__file__).parents[2] / file).read_text(encoding="utf-8")
    assert ".".join(str(part) for part in OLDEST) in text


@pytest.mark.parametrize("version", ["4.5.35", "4.5.100", "4.6.0", "5.0", "4.5.90b1", "10.0.1"])
def test_a_newer_ccxt_is_taken(monkeypatch, version):
    """Releases are compared by their numbers."""
    monkeypatch.setattr("ccxt.async_support.__version__", version)
    assert opened("ccxt:kraken").hosts


@each(
    ("option", "value"),
    [
        ("apiKey", "k"),
        ("secret", "s"),
        ("verbose", True),
        ("verify", False),
        ("number", float),
        ("session", object()),
        ("httpsProxy", "http://proxy"),
        ("proxies", {}),
        ("requests_trust_env", True),
        ("fetch_order", None),
        ("passwrd", "x"),
        ("options", "x"),
    ],
)
def test_what_would_undo_a_promise_is_refused(option, value):
    """Keys go to connect, sending is the connection's, ccxt repeats nothing, and a misspelled setting is none."""
    with pytest.raises(hk.ConfigurationError, match=option) as caught:
        opened("ccxt:okx", **{option: value})
    assert caught.value.request_state == "not_sent"


def test_repeats_are_not_ccxts():
    """What may be sent again is the core's to decide."""
    with pytest.raises(hk.ConfigurationError, match="maxRetriesOnFailure"):
        opened("ccxt:okx", options={"maxRetriesOnFailure": 3})


@pytest.mark.parametrize(
    ("venue_id", "option"), [("ccxt:binance", "sandbox"), ("ccxt:bybit", "testnet"), ("ccxt:okx", "sandboxMode")]
)
def test_ccxts_own_words_for_the_sandbox(venue_id, option):
    """Orders of a connection that calls itself production's go to no test network, nor to a paper account."""
    with pytest.raises(hk.ConfigurationError, match="give environment='sandbox'"):
        opened(venue_id, options={option: True})
    assert opened(venue_id, options={option: False})
    assert opened(venue_id, environment="sandbox", options={option: True})._exchange.isSandboxModeEnabled


def test_a_misspelt_setting_is_never_told_as_a_method():
    """What is near to it is a setting, or nothing is."""
    for name in ("keys", "fetch_orders_", "demo", "setSandboxModes"):
        with pytest.raises(hk.ConfigurationError, match="has no setting") as caught:
            opened("ccxt:okx", **{name: True})
        meant = str(caught.value).partition("did you mean '")[2].removesuffix("'?")
        assert not callable(getattr(opened("ccxt:okx")._exchange, meant, None))


def test_the_rest_is_ccxts_configuration():
    """Passwords, user ids and ccxt's options arrive there."""
    venue = opened("ccxt:okx", password="p", uid="u", options={"defaultType": "swap"}, rateLimit=5)
    exchange = venue._exchange
    assert (exchange.password, exchange.uid, exchange.options["defaultType"]) == ("p", "u", "swap")
    assert exchange.number is decimal.Decimal


def test_a_sandbox_is_ccxts_sandbox():
    """Where an exchange has one, its hosts are those; where not, it says so."""
    assert opened("ccxt:binance", "sandbox").hosts.isdisjoint(opened("ccxt:binance").hosts)
    with pytest.raises(hk.NotSupported, match="sandbox"):
        opened("ccxt:kraken", "sandbox")


def test_only_what_is_simulated_has_a_simulator():
    """No other exchange pretends to."""
    with pytest.raises(hk.NotSupported, match="simulator"):
        hk.connect("ccxt:kraken", environment="simulator")


def test_the_base_url_replaces_every_host():
    """Then nothing goes anywhere else."""
    assert opened("ccxt:kraken", base_url="http://127.0.0.1:8080").hosts == {"http://127.0.0.1:8080"}


def test_plain_http_is_for_this_machine_only():
    """Neither ccxt's tables nor a caller's ``urls`` make the connection send a key in clear."""
    with pytest.raises(hk.ConfigurationError, match="https"):
        opened("ccxt:hashkey", urls={"api": {"public": "http://api.example", "private": "http://api.example"}})


@each(
    "options",
    [
        {"urls": None},
        {"urls": "https://api.example"},
        {"urls": {"api": "http://api.example"}},
        {"urls": {"api": {"private": "http://api.example"}}},
        {"headers": "x"},
        {"headers": None},
        *({"rateLimit": value} for value in ("x", None, -1, True, float("nan"), float("inf"))),
        {"enableRateLimit": "no"},
    ],
    ids=str,
)
def test_a_setting_that_ccxt_would_stumble_over_later_is_refused(options):
    """Also where ``base_url`` would replace the addresses: what was asked for is not what would be done."""
    with pytest.raises(hk.ConfigurationError, match=next(iter(options))) as caught:
        opened("ccxt:kraken", base_url="http://127.0.0.1:9", **options)
    assert caught.value.request_state == "not_sent"


def test_our_own_class_is_no_exchange_of_ccxts(monkeypatch):
    """What stands behind ccxt for its bots would be ourselves behind ourselves."""
    import ccxt.async_support as ccxt  # noqa: PLC0415

    ours = type("hkadapter", (ccxt.hashkey,), {"hk_adapter_name": "hkadapter"})
    monkeypatch.setattr(ccxt, "hkadapter", ours, raising=False)
    monkeypatch.setattr(ccxt, "exchanges", [*ccxt.exchanges, "hkadapter"])
    with pytest.raises(hk.ConfigurationError, match="hkadapter"):
        opened("ccxt:hkadapter")


def test_there_are_no_sites():
    """An argument that would do nothing is refused."""
    with pytest.raises(hk.ConfigurationError, match="site"):
        opened("ccxt:kraken", site="hk")


def test_credentials_that_an_exchange_wants_beside_the_key_are_named(kraken):
    """A missing password is told before anything is sent."""
    with hk.connect("ccxt:kraken", base_url=kraken.url, rateLimit=1) as venue:
        kraken.seen.clear()
        with pytest.raises(hk.ConfigurationError):
            venue.cancel_order("O1-2-3")
        assert kraken.seen == []


def test_markets_are_loaded_on_connect(kraken):
    """No order waits for them later."""
    with hk.connect("ccxt:kraken", base_url=kraken.url, rateLimit=1) as venue:
        assert kraken.seen == ["Assets", "AssetPairs"]
        assert set(venue.markets) == {"ETH/USD"}


async def test_markets_are_loaded_on_connect_under_asyncio(kraken):
    """Also by await, and only once."""
    venue = await hk.connect_async("ccxt:kraken", base_url=kraken.url, rateLimit=1)
    async with venue:
        assert kraken.seen == ["Assets", "AssetPairs"]


def test_a_venue_that_is_not_there_cannot_be_opened():
    """Connecting says why, and nothing stays open."""
    with pytest.raises(hk.NotSent) as caught:
        hk.connect("ccxt:kraken", base_url="http://127.0.0.1:9")
    assert caught.value.unreachable


def test_the_bots_own_rounding_is_left_alone(kraken):
    """Rounding a price in ccxt leaves its rounding mode behind in the thread's decimal context; not here."""
    before = decimal.getcontext().copy()
    with hk.connect("ccxt:kraken", base_url=kraken.url, api_key=API_KEY, secret=SECRET, rateLimit=1) as venue:
        venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
        after = decimal.getcontext()
    assert (after.rounding, after.traps) == (before.rounding, before.traps)


@each("host", ["127.0.0.1.evil.example", "127.evil.example", "localhost.evil.example", "127.1.2"])
def test_a_name_that_begins_like_loopback_is_not_loopback(host):
    """Addresses are parsed, never compared as text: a key would go out in the clear."""
    with pytest.raises(hk.ConfigurationError, match="loopback"):
        hk.connect("ccxt:kraken", urls={"api": {"public": f"http://{host}", "private": f"http://{host}"}})


@each(
    "url",
    [
        "http://127.0.0.1#@evil.example",
        "http://127.0.0.1?.evil.example",
        "https://api.example@evil.example",
        "https://api.example\\.evil.example",
        "https://api.example:99999",
        "https://api.example:0",
        "https://api.exämple",
        "//127.0.0.1",
        "https:///api",
        "ftp://api.example",
        "api.example",
    ],
)
def test_an_address_is_one_host_for_every_reader(url):
    """What could be read as another one, or as none, is the caller's mistake, and said as that."""
    with pytest.raises(hk.ConfigurationError, match="urls"):
        opened("ccxt:kraken", urls={"api": {"private": url}})


@each("name", ["127.0.0.1@evil.example", "evil.example/x", "evil.example:80#", "", 7.5, "a b"])
def test_a_hostname_is_nothing_more(name):
    """Ccxt puts it into its addresses as it is."""
    with pytest.raises(hk.ConfigurationError, match="hostname"):
        opened("ccxt:okx", hostname=name)


def test_authorities_of_ones_own_have_a_place():
    """The message names it."""
    with pytest.raises(hk.ConfigurationError, match="ca_file"):
        opened("ccxt:kraken", cafile="/etc/ca.pem")
