"""What a plugin's error tells is looked at before anything is decided by it."""

from __future__ import annotations

from typing import Any

import pytest

from hk_adapter.errors import CancelRejected
from hk_adapter.execution.answers import fault_of_error


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("reason", "too late", "that cannot be used: a refusal's reason is no CancelRejectReason"),
        ("order", {"id": "1"}, "that cannot be used: an error came with an order of dict"),
        ("retry_after", -1.0, "without a usable retry_after"),
        ("retry_after", 1.5, None),
    ],
)
def test_what_it_may_say(name: str, value: Any, fault: str | None) -> None:
    """A reason, an order and a wait of the documented kinds, or the fault by name."""
    error = CancelRejected("no")
    setattr(error, name, value)
    assert fault_of_error(error) == fault
