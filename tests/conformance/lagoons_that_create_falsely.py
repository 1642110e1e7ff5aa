"""Plugins that tell of several new orders what is not so; and the case that says so."""

# ruff: noqa: D102 - what each method lies about is in its class

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import hk_adapter as hk
from tests.conformance.lagoon import Lagoon


class PairsCreatesBackwards(Lagoon):
    """The places of the answer are read from the end."""

    case = "test_each_new_order_of_a_batch_has_its_own_answer"

    def placed(self, response: hk.Response, asked: Sequence[Any]) -> hk.CreateOrdersAnswer:
        return hk.CreateOrdersAnswer(results=super().placed(response, asked).results[::-1])


class BelievesAllWereCreated(Lagoon):
    """A batch that was answered was accepted."""

    case = "test_each_new_order_of_a_batch_has_its_own_answer"

    def placed(self, response: hk.Response, asked: Sequence[Any]) -> hk.CreateOrdersAnswer:
        results = super().placed(response, asked).results
        rows = [one.acknowledged(f"{number}") for number, one in enumerate(asked)]
        both = zip(results, rows, strict=True)
        return hk.CreateOrdersAnswer(results=tuple(one if isinstance(one, hk.Order) else row for one, row in both))


class CallsLostCreatesRefused(Lagoon):
    """A batch without an answer was refused."""

    case = "test_a_batch_of_creates_whose_answer_was_lost"

    @hk.hookimpl
    async def create_orders(self, request: Any) -> hk.CreateOrdersAnswer:
        try:
            answer: hk.CreateOrdersAnswer = await Lagoon.create_orders(self, request)
        except hk.OutcomeUnknown:
            return hk.CreateOrdersAnswer(results=tuple(hk.OrderRejected("lost") for _ in request.orders))
        return answer


class CallsTheUntoldRefused(Lagoon):
    """What an answer says nothing of was refused."""

    case = "test_an_answer_that_tells_of_fewer_creates_than_were_asked_for"

    def placed(self, response: hk.Response, asked: Sequence[Any]) -> hk.CreateOrdersAnswer:
        told = super().placed(response, asked[: len(self.payload(response))]).results
        untold = [hk.OrderRejected("nothing was said") for _ in asked[len(told) :]]
        return hk.CreateOrdersAnswer(results=(*told, *untold))


class OverfillsBatchesOfCreates(Lagoon):
    """More orders go into a request than the venue takes."""

    case = "test_more_creates_than_a_batch_takes"
    create_batch = 6


BAD = (
    PairsCreatesBackwards, BelievesAllWereCreated, CallsLostCreatesRefused, CallsTheUntoldRefused,
    OverfillsBatchesOfCreates,
)  # fmt: skip
