"""The suite that the author of a plugin subclasses, and that nobody can make easier."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, ClassVar

import pytest

from hk_adapter.testing.conformance.absent_groups import reasons_of
from hk_adapter.testing.conformance.asked_for import AskedFor
from hk_adapter.testing.conformance.asked_once import AskedOnce
from hk_adapter.testing.conformance.balances import Balances
from hk_adapter.testing.conformance.batches import Batches
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.bent_looks import BentLooks
from hk_adapter.testing.conformance.by_symbol import ID_ALONE
from hk_adapter.testing.conformance.campaigns import Campaigns
from hk_adapter.testing.conformance.cancels import Cancels
from hk_adapter.testing.conformance.clocks import Clocks
from hk_adapter.testing.conformance.conduct import Conduct
from hk_adapter.testing.conformance.countdowns import Countdowns
from hk_adapter.testing.conformance.create_batches import CreateBatches
from hk_adapter.testing.conformance.creates import Creates
from hk_adapter.testing.conformance.fills import Fills
from hk_adapter.testing.conformance.hygiene import Hygiene
from hk_adapter.testing.conformance.lists import Lists
from hk_adapter.testing.conformance.looks import Looks
from hk_adapter.testing.conformance.maintenance import Maintenance
from hk_adapter.testing.conformance.market_data import MarketData
from hk_adapter.testing.conformance.market_orders import MarketOrders
from hk_adapter.testing.conformance.market_rules import MarketRules
from hk_adapter.testing.conformance.market_streams import MarketStreams
from hk_adapter.testing.conformance.moments import Moments
from hk_adapter.testing.conformance.nonces import Nonces
from hk_adapter.testing.conformance.nothing import Nothing
from hk_adapter.testing.conformance.numbers import Numbers
from hk_adapter.testing.conformance.other_markets import OtherMarkets
from hk_adapter.testing.conformance.own_words import OwnWords
from hk_adapter.testing.conformance.promises import needs_of
from hk_adapter.testing.conformance.public_calls import PublicCalls
from hk_adapter.testing.conformance.reads import Reads
from hk_adapter.testing.conformance.script import Capabilities, Script
from hk_adapter.testing.conformance.signatures import Signatures
from hk_adapter.testing.conformance.states import States
from hk_adapter.testing.conformance.stream_frames import StreamFrames
from hk_adapter.testing.conformance.stream_hooks import StreamHooks
from hk_adapter.testing.conformance.told_secrets import ToldSecrets
from hk_adapter.testing.conformance.waits import Waits
from hk_adapter.testing.conformance.written import check_written

KIT = 7
"""The number of this set of cases: it rises when one is added that a plugin which passed may fail."""
PROPERTY = "hk_adapter_conformance"
HISTORY = "hk_adapter_history"
CANCELS, REPLAY = "--hk-cancels", "--hk-replay"


class VenueSuite(
    Cancels,
    Batches,
    Creates,
    CreateBatches,
    Countdowns,
    MarketOrders,
    AskedFor,
    AskedOnce,
    Reads,
    Looks,
    BentLooks,
    OtherMarkets,
    Lists,
    Moments,
    Fills,
    Balances,
    MarketRules,
    MarketData,
    StreamHooks,
    StreamFrames,
    MarketStreams,
    Numbers,
    Nothing,
    States,
    OwnWords,
    Waits,
    Signatures,
    PublicCalls,
    Nonces,
    Clocks,
    Maintenance,
    Conduct,
    ToldSecrets,
    Hygiene,
    Campaigns,
):
    """Every case for one venue plugin. Subclass it as ``class TestLagoon(VenueSuite)``; it sends nothing.

    Attributes:
        venue_id: as users type it.
        script: how the venue is asked and answers.
        capabilities: what the venue cannot do, and why.
        options: the venue's own settings, as keywords of ``connect``.
        keys: what opens the venue where a key and a secret, which are made up, do not: keywords of ``connect`` such as
            ``key_parts``, or ``private_key`` with ``secret=None``.
        two_pages: how many orders, and fills, do not fit into one page of the plugin's.
        cancels: how many the campaign plays; ``--hk-cancels`` says otherwise.
    """

    venue_id: ClassVar[str]
    script: Script
    capabilities: ClassVar[Capabilities] = Capabilities()
    options: ClassVar[Mapping[str, Any]] = {}
    keys: ClassVar[Mapping[str, Any]] = {}
    two_pages: int = 150
    cancels: int = 300

    def __init_subclass__(cls, **given: Any) -> None:
        super().__init_subclass__(**given)
        changed = sorted(set(cases()) & set(vars(cls)))
        if changed:
            raise TypeError(f"{cls.__name__} replaces cases of the suite: {', '.join(changed)}")

    @pytest.fixture(autouse=True)
    def _opened(self, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Iterator[None]:
        """Open the plugin anew for a case, and skip one that needs what is declared absent."""
        record_property(PROPERTY, f"{type(self).__name__}.{request.function.__name__}")
        told = request.config.getoption
        self.cancels = told(CANCELS, None) or self.cancels
        self.replayed = told(REPLAY, None)
        self.tell = partial(record_property, HISTORY)
        absent = reasons_of(self.capabilities.absent)
        self.absent = frozenset(absent)
        for name in needs_of(request.function):
            if name in absent:
                pytest.skip(f"absent: {name}: {absent[name]}")
        named = ID_ALONE in absent
        self.bench = Bench(self.venue_id, self.script, self.options, self.keys, names_symbols=named)
        check_written(self.script, self.bench.venue_under_test, needs_of(request.function))
        yield
        self.bench.close()
        del self.bench  # pytest keeps a case's instance to the end of the session


def cases() -> tuple[str, ...]:
    """Return the names of all cases."""
    return tuple(name for name in dir(VenueSuite) if name.startswith("test_"))
