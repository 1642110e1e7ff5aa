"""What a bot finds when it looks the exchange up: a ccxt class under the registered name, its hosts and words."""

from __future__ import annotations

from importlib import import_module
from inspect import signature
from types import ModuleType

import ccxt
import pytest

import hk_adapter as hk
from hk_adapter.ccxt_facade import register, register_in
from tests.cases import each


def test_the_class_is_where_bots_look(module):
    """It is an attribute and an entry of ``exchanges``, a subclass of ccxt's own, and has the name as its id."""
    cls = module.hkadapter
    assert issubclass(cls, module.hashkey)
    assert module.exchanges.count("hkadapter") == 1
    one = cls()
    assert (one.id, one.describe()["id"], cls.__name__) == ("hkadapter", "hkadapter", "hkadapter")


def test_registering_again_changes_nothing(module):
    """The class stays the same one, and the list has it once."""
    before = module.hkadapter
    register()
    assert module.hkadapter is before
    assert module.exchanges.count("hkadapter") == 1


def test_another_name_is_the_id_as_well(module, monkeypatch):
    """A name of one's own is the id as well."""
    monkeypatch.setattr(module, "exchanges", list(module.exchanges))
    register_in(module, "myhashkey")
    try:
        assert module.myhashkey().id == "myhashkey"
        assert "myhashkey" in module.exchanges
    finally:
        del module.myhashkey


@each("name", ["hashkey", "kraken", "Exchange", "", "with space", "__init__", 7])
def test_names_that_are_taken_or_no_names(name):
    """An exchange of ccxt's own is never replaced."""
    stock = ccxt.hashkey
    with pytest.raises(hk.InvalidArgument):
        register(name)
    assert ccxt.hashkey is stock


def test_options_of_the_class(module):
    """A program that has no place for ccxt's options takes the class's; an instance's own stand above them."""
    register("hkadapterwithoptions", {"site": "hk"})
    try:
        assert module.hkadapterwithoptions().urls["api"]["private"] == "https://api-pro.hashkey.com"
        own = module.hkadapterwithoptions({"options": {"site": "global"}})
        assert own.urls["api"]["private"] == "https://api-glb.hashkey.com"
        register("hkadapterwithoptions")
        assert module.hkadapterwithoptions().options["site"] == "hk"
    finally:
        for name in ("ccxt", "ccxt.async_support", "ccxt.pro"):
            there = import_module(name)
            del there.hkadapterwithoptions
            there.exchanges.remove("hkadapterwithoptions")


def test_a_ccxt_without_hashkey():
    """A release that dropped the exchange is named as the reason."""
    module = ModuleType("ccxt")
    with pytest.raises(hk.ConfigurationError):
        register_in(module)


def test_what_it_can_do_is_what_ccxts_class_can(module):
    """``has`` differs by the sandbox alone; options and requirements are kept."""
    ours, stock = module.hkadapter(), module.hashkey()
    assert {key for key in ours.has if ours.has[key] != stock.has.get(key)} <= {"sandbox"}
    assert ours.has["sandbox"] is True
    assert {key: ours.options[key] for key in stock.options} == stock.options
    assert ours.requiredCredentials == stock.requiredCredentials


def test_hosts_are_those_of_ccxt_unless_a_site_is_named(module):
    """Without the option ``site`` a changed name changes no host."""
    assert module.hkadapter().urls["api"] == module.hashkey().urls["api"]


@pytest.mark.parametrize(
    ("site", "production", "sandbox"),
    [
        ("hk", "api-pro.hashkey.com", "api-pro.sim.hashkeydev.com"),
        ("mena", "api-pro.hashkey.com", "api-pro.sim.hashkeydev.com"),
        ("global", "api-glb.hashkey.com", "api-glb.sim.hashkeydev.com"),
    ],
)
def test_the_hosts_of_each_site(module, site, production, sandbox):
    """Production and test hosts, for streams too, follow the option; the sandbox can be switched on and off."""
    one = module.hkadapter({"options": {"site": site}})
    before = one.urls["api"]
    assert before["private"] == before["public"] == f"https://{production}"
    one.set_sandbox_mode(True)
    assert one.urls["api"]["private"] == one.urls["api"]["public"] == f"https://{sandbox}"
    if "ws" in before:
        assert before["ws"]["private"] == f"wss://{production.replace('api-', 'stream-')}/api/v1/ws"
        assert one.urls["api"]["ws"]["public"] == f"wss://{sandbox.replace('api-', 'stream-')}/quote/ws/v1"
    one.set_sandbox_mode(False)
    assert one.urls["api"] == before


def test_the_callers_own_hosts_win(module):
    """``urls`` of the configuration stand above the site's."""
    mine = {"urls": {"api": {"private": "http://127.0.0.1:1"}}, "options": {"site": "hk"}}
    one = module.hkadapter(mine)
    assert one.urls["api"]["private"] == "http://127.0.0.1:1"
    assert one.urls["api"]["public"] == "https://api-pro.hashkey.com"


def test_the_key_goes_into_the_header_that_the_site_reads(module):
    """Calls that are ccxt's own carry it too: MENA's header has another name."""
    for site, header in (("mena", "X-APIKEY"), ("hk", "X-HK-APIKEY"), ("global", "X-HK-APIKEY")):
        one = module.hkadapter({"apiKey": "k", "secret": "s", "options": {"site": site}})
        api = "private" if isinstance(signature(module.hashkey.sign).parameters["api"].default, str) else ["private"]
        headers = one.sign("api/v1/account", api, "GET", {})["headers"]
        assert {name for name in headers if "APIKEY" in name} == {header}


def test_a_fee_has_a_cost(module):
    """The keys are those of ccxt's own structure, in every release of it."""
    row = {"orderId": "1", "status": "NEW", "symbol": "ETHUSD", "side": "BUY", "feeCoin": "ETH", "feeAmount": "0.01"}
    order = module.hkadapter().parse_order(row)
    assert order["fee"] == {"currency": "ETH", "cost": 0.01}
    assert module.hkadapter().parse_order(row | {"feeCoin": "", "feeAmount": "0"})["fee"]["cost"] is None


@pytest.mark.parametrize("word", ["PENDING_NEW", "PENDING_CANCEL"])
def test_an_order_on_its_way_is_open(module, word):
    """It may still trade; ccxt's own class leaves one word as it is and calls the other canceled."""
    order = module.hkadapter().parse_order({"orderId": "1", "status": word, "symbol": "ETHUSD", "side": "BUY"})
    assert order["status"] == "open"


@pytest.mark.parametrize("word", ["NEW", "FILLED", "CANCELED", "PARTIALLY_CANCELED", "REJECTED"])
def test_other_words_are_read_as_by_ccxt(module, word):
    """The rest is ccxt's own reading."""
    assert module.hkadapter().parse_order_status(word) == module.hashkey().parse_order_status(word)
