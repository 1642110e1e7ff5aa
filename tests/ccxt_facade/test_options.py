"""Options that are text, wrong, or given where a bot has no place for them."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal

import ccxt
import pytest

from hk_adapter.ccxt_facade import register
from hk_adapter.errors import ConfigurationError
from hk_adapter.plugins.risk import Risk
from hk_adapter.venues.hashkey.sites import site_named

SANDBOX = site_named("global").sandbox
PRODUCTION = site_named("global").production


@pytest.fixture
def own_class():
    """A class of this test's own, so that its options touch no other."""

    def make(options=None):
        ccxt.exchanges[:] = [name for name in ccxt.exchanges if name != "hk_own"]
        if hasattr(ccxt, "hk_own"):
            del ccxt.hk_own
        register("hk_own", options)
        return ccxt.hk_own

    yield make
    make()


@pytest.mark.parametrize("text", ["true", "True", "YES", "on", "1", True])
@pytest.mark.parametrize("key", ["sandbox", "testnet"])
def test_the_sandbox_may_be_asked_for_in_text(own_class, text, key):
    """A launcher and the environment know only text: it never means production by being one."""
    for exchange in (own_class({key: text})(), own_class()({"options": {key: text}}), own_class()({key: text})):
        assert exchange.urls["api"]["private"] == SANDBOX


@pytest.mark.parametrize("text", ["false", "No", "off", "0", "", None, False])
def test_a_no_is_a_no(own_class, text):
    """And an empty text says nothing."""
    assert own_class()({"options": {"sandbox": text}}).urls["api"]["private"] == PRODUCTION


@pytest.mark.parametrize("text", ["sand", "2", "ja", 7, "production"])
def test_what_is_no_flag_is_refused_at_construction(own_class, text):
    """Nobody trades on a host that was not meant."""
    with pytest.raises(ccxt.ExchangeError, match="sandbox must be true or false"):
        own_class()({"options": {"sandbox": text}})
    with pytest.raises(ConfigurationError, match="sandbox must be true or false"):
        register("hk_own", {"sandbox": text})


@pytest.mark.parametrize(("name", "near"), [("filled_first", "filledFirst"), ("Site", "site"), ("sandBox", "sandbox")])
def test_an_option_nearly_ours_is_refused(own_class, name, near):
    """Ccxt would take it, and nothing would read it; the message names what is near."""
    with pytest.raises(ConfigurationError, match=f"did you mean '{near}'"):
        register("hk_own", {name: "hk"})
    with pytest.raises(ccxt.ExchangeError, match=f"did you mean '{near}'"):
        own_class()({"options": {name: "hk"}})


@pytest.mark.parametrize("plugins", ["risk", ["risk"], [Risk(max_cost=1)], [Risk], "journal,dry_run"])
def test_a_wrapper_that_would_hold_back_no_order_is_refused(own_class, plugins, monkeypatch):
    """Orders are placed by ccxt's own code here: nobody is to believe that a limit holds for them."""
    monkeypatch.setenv("HK_ADAPTER_RISK_MAX_COST", "1")
    with pytest.raises(ccxt.ExchangeError, match=r"(?i)(risk|dry_run) holds back no order"):
        own_class()({"options": {"plugins": plugins}})


def test_a_redis_that_would_hold_back_no_order_is_refused(own_class):
    """Nor would it count one: nobody is to believe that its create block holds here."""
    with pytest.raises(ccxt.ExchangeError, match="counts and holds back no order"):
        own_class()({"options": {"budget": "redis://:secret@localhost/0"}})


def test_an_option_that_nothing_reads_is_refused_where_only_ours_are_given(own_class):
    """A bot's own options may be ccxt's, of any kind; a launcher's are for this class."""
    own_class()({"options": {"defaultType": "spot", "whatever": 1}})
    own_class({"defaultNetwork": "ERC20"})
    with pytest.raises(ConfigurationError, match="no option 'whatever'; ours are site"):
        register("hk_own", {"whatever": "1"})


def test_the_environment_has_a_place_for_options(own_class, monkeypatch):
    """Below what is registered, and below what a bot gives."""
    monkeypatch.setenv("HK_ADAPTER_CCXT_SITE", "hk")
    monkeypatch.setenv("HK_ADAPTER_CCXT_SANDBOX", "true")
    monkeypatch.setenv("HK_ADAPTER_CCXT_FILLED_FIRST", "raise")
    found = own_class()()
    assert (found.urls["api"]["private"], found.options["filledFirst"]) == (site_named("hk").sandbox, "raise")
    assert own_class({"filledFirst": "return"})().options["filledFirst"] == "return"
    monkeypatch.setenv("HK_ADAPTER_CCXT_URL", "http://127.0.0.1:9")
    assert own_class()().urls["api"]["private"] == "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("HK_ADAPTER_CCXT_SANDOBX", "did you mean HK_ADAPTER_CCXT_SANDBOX"),
        ("HK_ADAPTER_CCXT_SandBox", "did you mean HK_ADAPTER_CCXT_SANDBOX"),
        ("hk_adapter_ccxt_site", "did you mean HK_ADAPTER_CCXT_SITE"),
        ("HK_ADAPTER_CCXT_FILLEDFIRST", "did you mean HK_ADAPTER_CCXT_FILLED_FIRST"),
        ("HK_ADAPTER_CCXT_BUDGET", "ours are HK_ADAPTER_CCXT_SITE"),
    ],
)
def test_a_variable_that_nothing_reads_is_refused_at_construction(own_class, monkeypatch, variable, said):
    """Who meant the sandbox never trades on the production host for a slip of the pen."""
    monkeypatch.setenv(variable, "true")
    with pytest.raises(ccxt.ExchangeError, match=said):
        own_class()()


def test_keys_of_the_bridge_are_no_options(own_class, monkeypatch):
    """The variables of a venue such as ``ccxt:kraken`` begin alike."""
    for part in ("API_KEY", "SECRET", "PRIVATE_KEY", "PRIVATE_KEY_PASSPHRASE"):
        monkeypatch.setenv(f"HK_ADAPTER_CCXT_KRAKEN_{part}", "x")
    assert own_class()().urls["api"]["private"] == PRODUCTION


BOT = """
import ccxt
exchange = ccxt.hkadapter({"apiKey": "the-bot's-own", "secret": "its secret", "enableRateLimit": False})
order = exchange.create_order("ETH/USD", "limit", "buy", 1, 1900)
print(exchange.cancel_order(order["id"])["status"], exchange.urls["api"]["private"][:17])
import atexit
late = exchange.create_order("ETH/USD", "limit", "buy", 1, 1900)
atexit.register(lambda: print(exchange.cancel_order(late["id"])["status"]))
"""


def test_a_program_runs_against_a_simulator(tmp_path):
    """``--simulator`` serves one till after its exit handlers; every instance is a client, whatever its key."""
    (tmp_path / "bot.py").write_text(BOT)
    command = [sys.executable, "-m", "hk_adapter.run", "--simulator", "bot.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path)
    assert done.stdout == "canceled http://127.0.0.1:\ncanceled\n", done.stderr
    assert "a simulated HashKey at http://127.0.0.1:" in done.stderr


ELSEWHERE = """
import asyncio, ccxt, ccxt.async_support, ccxt.pro
real = "https://api-glb.hashkey.com"
hosts = {"public": real, "private": real}
given = [{"options": {"url": real}}, {"urls": {"api": hosts}}, {"options": {"site": "hk"}}, {"sandbox": True}]
for module in (ccxt, ccxt.async_support, ccxt.pro):
    for config in given:
        exchange = module.hkadapter(config)
        print(exchange.urls["api"]["private"][:17], exchange.urls["test"]["public"][:17])
print({url[:15] for url in ccxt.pro.hkadapter().urls["api"]["ws"].values()})
for call in ("fetch_time", "fetch_open_orders", "cancel_order"):
    exchange = ccxt.hkadapter()
    exchange.urls["api"] = hosts
    try:
        getattr(exchange, call)(*(["41"] if call == "cancel_order" else []))
    except ccxt.ExchangeError as error:
        print(call, "simulator" in str(error))
"""


def test_nothing_reaches_the_real_exchange_behind_a_simulator(tmp_path):
    """Whatever hosts a program gives, at once or later, and for streams."""
    (tmp_path / "bot.py").write_text(ELSEWHERE)
    command = [sys.executable, "-m", "hk_adapter.run", "--simulator", "bot.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path)
    *hosts, streams, time, orders, cancel = done.stdout.splitlines()
    assert set(hosts) == {"http://127.0.0.1: http://127.0.0.1:"}, done.stderr
    assert (len(hosts), streams) == (12, "{'ws://127.0.0.1:'}")
    assert (time, orders, cancel) == ("fetch_time True", "fetch_open_orders True", "cancel_order True")


async def test_the_client_id_wins_over_any_id(bot):
    """As in ccxt's class: bots give a dummy beside it, or the client's id twice; the order comes off the book."""
    for number, dummy in enumerate(("dummy", "own-1", "1563291927536863744", 7)):
        order_id = await bot.place(clientOrderId=f"own-{number}")
        done = await bot.cancel(dummy, "ETH/USD", {"clientOrderId": f"own-{number}"})
        assert (done["id"], done["status"], bot.status(order_id)) == (order_id, "canceled", "CANCELED")


async def test_what_a_cancel_returns_is_plain_json(bot):
    """As of ccxt's class: ``info`` holds texts, and no Decimal."""
    order_id = await bot.place()
    done = await bot.cancel(order_id)
    assert json.loads(json.dumps(done["info"])) == done["info"]
    assert Decimal(done["info"]["origQty"]) == 1
