"""An example of a signature proves nothing unless it holds one, and one is needed for each way that requests go out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest

import hk_adapter as hk
from hk_adapter.registry import unregister_venue
from hk_adapter.testing import SignedExample
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.promises import BrokenPromise
from hk_adapter.testing.conformance.signatures import Signatures
from hk_adapter.testing.conformance.suite import VenueSuite
from tests.conformance.lagoon import Lagoon, LagoonScript
from tests.conformance.lagoons_that_sign_falsely import CutsTheNonce
from tests.conformance.test_lagoon import Opens


@pytest.fixture
def found() -> Iterator[Callable[[Sequence[SignedExample]], str]]:
    """Return what the case says of examples."""
    hk.register_venue("lagoon", Opens(Lagoon))

    def told(examples: Sequence[SignedExample]) -> str:
        class Script(LagoonScript):
            def signed_examples(self) -> Sequence[SignedExample]:
                return examples

        case = Signatures()
        case.bench, case.script, case.absent = Bench("lagoon", Script(), {}), Script(), frozenset()
        with pytest.raises(BrokenPromise) as broken:
            case.test_examples_are_signed_as_they_should_be()
        case.bench.close()
        return str(broken.value)

    yield told
    unregister_venue("lagoon")


def test_an_example_without_its_signature_is_none(found: Callable[[Sequence[SignedExample]], str]) -> None:
    """What would be told the same whatever signed it does not count."""
    whole = LagoonScript().signed_examples()
    bare = [one.replace(headers={"X-Time": "17"}) for one in whole]
    assert "tells nothing that holds the signature" in found(bare)


@pytest.mark.parametrize(("left_out", "words"), [(1, "with a query and without a body"), (2, "with a body")])
def test_each_way_out_has_an_example(
    found: Callable[[Sequence[SignedExample]], str], left_out: int, words: str
) -> None:
    """A body that no example has could be signed in whatever spelling."""
    whole = list(LagoonScript().signed_examples())
    del whole[left_out]
    assert words in found(whole)


def test_an_order_of_requests_that_is_there_is_not_absent() -> None:
    """``ordered`` is declared by the plugin, and cannot be declared away."""
    hk.register_venue("lagoon", Opens(CutsTheNonce))
    suite = VenueSuite()
    suite.absent, suite.bench = frozenset({"ordered"}), Bench("lagoon", LagoonScript(), {})
    try:
        with pytest.raises(BrokenPromise, match="ordered is declared absent"):
            suite.test_what_is_absent_is_declared()
    finally:
        suite.bench.close()
        unregister_venue("lagoon")
