"""What a wrapper's settings keep secret is on no line of the log, though its error says it."""

from __future__ import annotations

import logging

import pytest

import hk_adapter as hk
from hk_adapter.venue.secret_settings import secret_texts

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


def test_a_secret_is_found_within_whatever_holds_it() -> None:
    """Deeper than Python calls itself, within itself, once open and once secret; not within a class of the caller's."""
    deep: list[object] = [CANARY]
    for _ in range(20_000):
        deep = [deep]
    round_about: dict[str, object] = {"tokens": (CANARY,)}
    round_about["again"] = round_about
    twice = {"open": [shared := [CANARY]], "secret": shared}
    assert [list(secret_texts(one)) for one in ({"key": deep}, round_about, twice)] == [[CANARY]] * 3
    assert list(secret_texts({"open": {"names": deep}, "secret": object(), 5: CANARY})) == []  # type: ignore[dict-item]
