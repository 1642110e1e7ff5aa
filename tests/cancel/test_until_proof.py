"""When another look would prove what the first one said: at once, or after a time that a clock can tell."""

from __future__ import annotations

import pytest

from hk_adapter.errors import OrderNotFound
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.execution.two_looks import CLOCK_GRAIN
from hk_adapter.model import CancelRequest

BEGUN = 8.825273382473217
"""Seconds: a moment whose sums with a second are not what they are on paper."""


@pytest.mark.parametrize("passed", [0.0, 0.4, 0.9, 0.9999, 1.0, 1.0005, 1.0009999999, 1.001, 1.0010000001, 1.002, 9.0])
def test_a_rest_that_no_clock_tells_is_none(passed):
    """Who waits for less than a clock counts stands still, and asks again for as long as asking takes no time."""
    case = CancelCase(CancelRequest(order_id="7"))
    case.learn_failure(1, OrderNotFound("unknown"))
    case.learn_miss(BEGUN)
    rest = case.until_proof(BEGUN + passed)
    assert rest is not None
    assert rest == 0.0 or rest > CLOCK_GRAIN / 2
    assert passed >= 1.0 or rest > 0.0
