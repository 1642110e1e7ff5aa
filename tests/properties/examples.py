"""How many examples a property is tried with."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("HK_ADAPTER_TEST_EXAMPLES", "1"))
"""Multiplies every number of examples."""


def examples(number: int, *, steps: int = 50) -> settings:
    """Try a property with so many examples, times HK_ADAPTER_TEST_EXAMPLES; ``steps`` is for state machines."""
    return settings(
        max_examples=number * TIMES,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
