"""The suite opens venues whose keys are other than a key and a secret."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

import hk_adapter as hk
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.conduct import Conduct
from tests.conformance.lagoon import ORIGIN, Lagoon, LagoonScript


class OnChain(Lagoon):
    """Signs as chains do: r, s and v, in which chance has a part."""

    key_kinds: ClassVar = frozenset({"ecdsa"})

    def sign(self, call: Any, credentials: Any, timestamp: int) -> hk.HttpRequest:
        """Sign a digest that is no digest of Python's."""
        made = credentials.ecdsa(None, hashlib.shake_256(call.path.encode()).digest(32), form="recoverable")
        sign = {"x-r": made[:32].hex(), "x-s": made[32:64].hex(), "x-v": str(made[64] + 27)}
        return hk.HttpRequest(call.method, ORIGIN + call.path, sign | {"x-key": credentials.api_key})


class WithPassphrase(Lagoon):
    """Sends a further part of its key."""

    key_parts: ClassVar = ("passphrase",)

    def sign(self, call: Any, credentials: Any, timestamp: int) -> hk.HttpRequest:
        """Send the passphrase."""
        request = super().sign(call, credentials, timestamp)
        return hk.HttpRequest(
            request.method, request.url, {**request.headers, "x-pass": credentials.part("passphrase")}, request.body
        )


KEYS = {
    OnChain: {"secret": None, "private_key": "0x" + "ab" * 32},
    WithPassphrase: {"key_parts": {"passphrase": "open sesame"}},
}


@pytest.fixture(params=KEYS, ids=lambda venue: venue.__name__)
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """Open one with the keys that it wants."""

    class Opens:
        @hk.hookimpl
        def open_venue(self, settings: hk.VenueSettings) -> Any:
            return request.param()

    hk.register_venue("lagoon", Opens())
    opened = Bench("lagoon", LagoonScript(), {}, KEYS[request.param])
    yield opened
    opened.close()
    hk.unregister_venue("lagoon")


def test_it_cancels_with_the_key_that_was_given(bench: Bench) -> None:
    """With the key that was given."""
    assert bench.cancel(bench.exchange.place()).outcome is hk.CancelOutcome.CANCELED


def test_chance_in_a_signature_is_no_fault_of_its_plugin(bench: Bench) -> None:
    """What is signed is the same, and only that depends on the plugin."""
    conduct = Conduct()
    conduct.bench, conduct.script = bench, LagoonScript()
    conduct.test_what_goes_out_depends_on_nothing_but_the_call()
    assert bench.sent
