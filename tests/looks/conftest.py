"""One key's look-ups, at a small venue, in virtual time."""

from __future__ import annotations

import random

import pytest

from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.flow.http import HttpRequest
from hk_adapter.flow.runtime import Liveness, Runtime
from hk_adapter.testing.virtual_time import VirtualRunner, VirtualTime
from hk_adapter.transport.rate_budget import RateBudget
from hk_adapter.transport.venue_clock import VenueClock
from tests.looks.book import Book, SlowNet


@pytest.fixture
def time():
    """Virtual seconds."""
    return VirtualTime()


@pytest.fixture
def book():
    """The venue."""
    return Book()


@pytest.fixture
def net(time):
    """What is between us and the venue."""
    return SlowNet(time)


@pytest.fixture
def run(time, net):
    """Run flows side by side in virtual time; errors as values."""
    runtime = Runtime(
        prepare=lambda call: HttpRequest(call.method, f"https://venue.example{call.path}", {}),
        clock=VenueClock(time.monotonic, time.monotonic),
        admission=RateBudget({}),
        liveness=Liveness(),
        rng=random.Random(1),
    )
    return lambda *flows: VirtualRunner(runtime, net, time).run_all(flows)


@pytest.fixture
def looks():
    """One key's look-ups."""
    return SharedLookups()
