"""The class for bots trusts a private authority by its option, or SSL_CERT_FILE where the environment is trusted."""

from __future__ import annotations

import inspect
import json
from importlib import import_module

import pytest

ccxt = pytest.importorskip("ccxt")


ROW = {"orderId": "1", "symbol": "ETHUSD", "side": "BUY", "type": "LIMIT", "status": "CANCELED", "price": "1900"}


def canceling(peer):
    """Show the order as canceled."""
    while peer.read_request():
        peer.answer(json.dumps(ROW | {"origQty": "1", "executedQty": "0"}).encode())


async def waited(call, *arguments):
    """Call, and wait where there is something to wait for."""
    told = call(*arguments)
    return await told if inspect.isawaitable(told) else told


@pytest.fixture(params=["ccxt", "ccxt.async_support", "ccxt.pro"])
def canceled(request, serve):
    """Cancel by one of ccxt's three classes at a server of a private authority; give its word or the error."""
    from hk_adapter.ccxt_facade import register  # noqa: PLC0415 - it needs ccxt

    register()
    url = serve(canceling, tls=True).origin

    async def run(**config):
        urls = {"api": {"public": url, "private": url}}
        fixed = {"apiKey": "k", "secret": "s", "enableRateLimit": False, "timeout": 1500, "urls": urls}
        bot = import_module(request.param).hkadapter(fixed | config)
        bot.timeout_on_exit = 0
        try:
            return (await waited(bot.cancel_order, "1"))["status"]
        except ccxt.BaseError as error:
            return error
        finally:
            if hasattr(bot, "close"):  # the blocking class of ccxt 4.5.28 has none
                await waited(bot.close)

    return run


@pytest.fixture
def pem(authority, tmp_path):
    """Write the private authority to a file."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


async def test_a_private_authority(canceled, pem, monkeypatch):
    """By ``caFile``; by SSL_CERT_FILE; and by nothing else."""
    assert await canceled(options={"caFile": pem}) == "canceled"
    untrusted = await canceled()
    assert type(untrusted) is ccxt.ExchangeNotAvailable
    assert "TLS: CERTIFICATE_VERIFY_FAILED" in str(untrusted)
    monkeypatch.setenv("HK_ADAPTER_CCXT_CA_FILE", pem)
    assert await canceled() == "canceled"
    monkeypatch.delenv("HK_ADAPTER_CCXT_CA_FILE")
    monkeypatch.setenv("SSL_CERT_FILE", pem)
    monkeypatch.setenv("NO_PROXY", "*")
    assert await canceled(trust_env=True) == "canceled"


@pytest.mark.parametrize("given", ["/nowhere/ca.pem", 5, __file__])
def test_a_file_that_cannot_be_used(given):
    """It is refused when the instance is made."""
    from hk_adapter.ccxt_facade import register  # noqa: PLC0415 - it needs ccxt

    register()
    with pytest.raises(ccxt.ExchangeError, match=r"caFile|ca_file"):
        ccxt.hkadapter({"options": {"caFile": given}})
