"""What this machine has run out of is no word about the venue; and many threads share one instance in silence."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import ccxt
import pytest

from tests.transport.test_own_shortage import no_file_left


async def test_no_file_left_to_be_opened(make_bot):
    """A NetworkError, as for whatever was not sent; an ExchangeNotAvailable would say that the venue is down."""
    one = await make_bot(timeout=600)
    await one.cancel(await one.place())  # what is loaded once
    again = await make_bot(timeout=600)
    with no_file_left(), pytest.raises(ccxt.NetworkError) as raised:
        await again.cancel("1")
    assert type(raised.value) is ccxt.NetworkError


@pytest.mark.parametrize("threads", [64])
def test_many_threads_share_one_instance(served, caplog, threads):
    """None of their connections is thrown away for want of room, and nothing warns of it."""
    config = {"apiKey": "k", "secret": "s", "enableRateLimit": False}
    exchange = ccxt.hkadapter(config | {"urls": {"api": {"public": served.url, "private": served.url}}})
    together = Barrier(threads)
    one_time = exchange.fetch_time

    def ask(number):
        together.wait(30)
        return one_time()

    with caplog.at_level(logging.WARNING), ThreadPoolExecutor(threads) as pool:
        assert all(pool.map(ask, range(threads)))
    exchange.session.close()
    assert [record.getMessage() for record in caplog.records] == []
