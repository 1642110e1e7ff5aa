"""What is asked of a balance by currency: a number, or an error that names the currency."""

from __future__ import annotations

import copy
import pickle

import pytest

import hk_adapter as hk
from hk_adapter.simulator import Dialect, Simulator


@pytest.mark.parametrize("told_by", ["load_markets", "fetch_currencies"])
async def test_a_currency_that_the_venue_knows(open_desk, told_by):
    """There is nothing of it where the venue lists none; what was listed is not changed by that."""
    desk = await open_desk(simulator=Simulator(balances={"USD": "5"}, dialect=Dialect(zero_balances="absent")))
    await desk.call(told_by)
    balances = await desk.call("fetch_balance")
    listed = list(balances)
    unlisted = next(code for code in balances.known if code not in listed)
    nothing = balances[unlisted]
    assert (nothing.free, nothing.used, nothing.total) == (0, 0, 0)
    assert balances.get(unlisted) == nothing
    assert unlisted not in balances
    assert list(balances) == list(balances.to_ccxt()["total"]) == listed


@pytest.mark.parametrize("kind", [KeyError, hk.InvalidArgument])
async def test_a_currency_that_nobody_knows(desk, kind):
    """The error names it, and before the markets are loaded, what to call."""
    balances = await desk.call("fetch_balance")
    with pytest.raises(kind, match=r"^no balance of 'NOPE'.*load_markets"):
        balances["NOPE"]
    assert balances.get("NOPE") is None
    await desk.call("load_markets")
    with pytest.raises(kind, match="'NOPE'"):
        (await desk.call("fetch_balance"))["NOPE"]


@pytest.mark.parametrize("name", ["free", "used", "total"])
async def test_a_balance_as_ccxt_has_it(desk, name):
    """The error of who writes ``balances["free"]["USD"]`` says how it is written here."""
    with pytest.raises(KeyError, match=rf"'{name}' was listed.*: as ccxt has it .*balances\['USD'\].{name}$"):
        (await desk.call("fetch_balance"))[name]


@pytest.mark.parametrize("way", [pickle.dumps, copy.copy, copy.deepcopy])
async def test_a_venue_is_not_copied(desk, way):
    """A copy would be a second connection that knows nothing of the first; no key gets into a pickle."""
    with pytest.raises(TypeError, match="open one in each process"):
        way(desk.venue)


def test_a_row_that_could_not_be_read_is_not_zero():
    """What was left out of a list may be of any currency: nothing is claimed then."""
    unread = (hk.UnreadRow(reason="its number cannot be read"),)
    balances = hk.Balances(by_currency={}, known=frozenset({"EUR"}), unread=unread)
    with pytest.raises(KeyError, match="'EUR' could be read"):
        balances["EUR"]
