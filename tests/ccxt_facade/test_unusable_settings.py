"""Settings of an instance that nobody can make anything of: ccxt's own error, and no cancel leaves."""

from __future__ import annotations

import ccxt
import pytest

HUGE = 10**5000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("headers", 5),
        ("headers", "text"),
        ("httpProxy", 5),
        ("httpsProxy", b"http://127.0.0.1:1"),
        ("httpsProxy", {"http": "http://user:hidden-word@127.0.0.1:1"}),
        ("proxy", 8080),
        ("timeout", HUGE),
        ("timeout", "500"),
    ],
    ids=lambda value: str(value)[:20] if value != HUGE else "huge",
)
async def test_settings_of_the_wrong_kind(make_bot, name, value):
    """A cancel says so in an error of ccxt's; a proxy's password is not in it."""
    one = await make_bot()
    await one.call("load_markets")
    order_id = await one.place()
    setattr(one.exchange, name, value)
    with pytest.raises(ccxt.BaseError) as raised:
        await one.cancel(order_id)
    assert "hidden-word" not in str(raised.value)
    assert [request for request in one.served.control.requests if request.method == "DELETE"] == []


@pytest.mark.parametrize("option", ["sandbox", "site"])
def test_options_too_long_to_be_written(option):
    """They are refused as any other word that means nothing."""
    with pytest.raises(ccxt.ExchangeError, match=f"(option {option}|no {option}).*(written|999|cannot|digits)"):
        ccxt.hkadapter({"options": {option: HUGE}})
