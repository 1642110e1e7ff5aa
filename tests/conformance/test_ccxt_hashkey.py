"""HashKey's venue behind ccxt's class passes the suite, but for what ccxt itself cannot do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import pytest

from hk_adapter.testing.conformance import Capabilities, Refusal, StateWord, VenueSuite
from tests.conformance.hashkey_script import HashKeyScript

pytest.importorskip("ccxt")


class HashKeyScriptForCcxt(HashKeyScript):
    """What ccxt's class knows of the venue's words."""

    def state_words(self) -> Sequence[StateWord]:
        """Tell those that ccxt's class knows."""
        return [state for state in super().state_words() if state.word != "PENDING_NEW"]


class TestCcxtHashKey(VenueSuite):
    """The bridge and ccxt's class, in front of the venue that HashKey's own plugin is tried with."""

    venue_id = "ccxt:hashkey"
    script = HashKeyScriptForCcxt()
    options: ClassVar = {"enableRateLimit": False}
    cancels = 100
    capabilities = Capabilities(
        absent={
            "signed_examples": "ccxt signs: there is no sign of ours",
            "signed_params": "so it does",
            "signed_time": "so it does",
            "the_hosts_clock": "ccxt reads a clock of its own",
            "ordered": "the venue takes requests in any order, by their time",
            "create_orders": "ccxt's class of HashKey does not send the client's ids of several",
            "cancel_orders": "ccxt's class of HashKey has no cancelOrders",
            "cancel_all_orders_after": "the venue has no countdown",
            "streams": "the bridge opens none",
            "exact_books": "ccxt itself reads the numbers of a book as floats",
            "an_answer_without_rows": "ccxt reads an object without rows as a list of none",
            Refusal.CLOSED: "ccxt says ExchangeNotAvailable, as of a page of a gateway: that leaves everything open",
        }
    )
