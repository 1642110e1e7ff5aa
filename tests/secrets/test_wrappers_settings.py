"""What a wrapper's settings keep secret is on no line of the log, though its error says it."""

from __future__ import annotations

import logging

import pytest

import hk_adapter as hk

CANARY = "pl4inC4naryOfASetting"


class Leaky:
    """Cannot reach its server, and says with what it tried."""

    @hk.wraps_flow
    async def operate(self, flow, operation):
        """Fail, the secret in hand."""
        if operation.name == "create_order":
            return await flow
        raise ValueError(f"cannot reach the server with {CANARY}") from KeyError(CANARY)


def test_the_error_of_a_wrapper_is_told_by_its_kind_and_place(caplog: pytest.LogCaptureFixture) -> None:
    """Not by its words, nor by those of its cause: the cancel goes on, and the line that failed is named."""
    caplog.set_level(logging.DEBUG)
    with hk.connect("hashkey", environment="simulator", plugins=[Leaky()]) as venue:
        order = venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
        report = venue.try_cancel(order.id)
    assert report.outcome is hk.CancelOutcome.CANCELED
    assert "Leaky.operate failed with ValueError" in caplog.text
    assert f'{__file__}", line' in caplog.text
    assert CANARY not in caplog.text
