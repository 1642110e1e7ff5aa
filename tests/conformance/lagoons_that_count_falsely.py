"""Plugins whose countdown is not what they say; and the case that says so."""

# ruff: noqa: D102 - what each method lies about is in its class

from __future__ import annotations

from typing import Any

import hk_adapter as hk
from tests.conformance.lagoon import Lagoon


class CountsTooLong(Lagoon):
    """A little more time does no harm."""

    case = "test_a_countdown_is_set_as_it_was_asked"

    async def ebb(self, seconds: int) -> hk.Response:
        await super().ebb(seconds + 5 if seconds else 0)
        return hk.Response(200, {}, f'{{"ebb": {seconds}}}'.encode())


class RemembersTheCountdown(Lagoon):
    """One that was set already is set."""

    case = "test_a_countdown_begins_anew_each_time"

    def __init__(self) -> None:
        self.last = 0

    async def ebb(self, seconds: int) -> hk.Response:
        if seconds == self.last:
            return await self.before()
        self.last = seconds
        return await super().ebb(seconds)

    async def before(self) -> hk.Response:
        await hk.HttpCall("GET", "/time", group="queries")
        return hk.Response(200, {}, f'{{"ebb": {self.last}}}'.encode())


class TakesNothingOff(RemembersTheCountdown):
    """No time is no request."""

    case = "test_a_countdown_is_taken_off"

    async def ebb(self, seconds: int) -> hk.Response:
        self.last = seconds
        return await (Lagoon.ebb(self, seconds) if seconds else self.before())


class RoundsCountdowns(Lagoon):
    """What is no whole second is nearly one."""

    case = "test_a_countdown_that_the_venue_cannot_keep"

    @hk.hookimpl
    async def cancel_all_orders_after(self, request: Any) -> bool:
        whole = request.replace(milliseconds=request.milliseconds // 1000 * 1000)
        return await super().cancel_all_orders_after(whole)


class CountsForEver(Lagoon):
    """Whatever is too long is the longest."""

    case = "test_a_countdown_that_the_venue_cannot_keep"

    @hk.hookimpl
    async def cancel_all_orders_after(self, request: Any) -> bool:
        return await super().cancel_all_orders_after(request.replace(milliseconds=min(request.milliseconds, 600_000)))


class IgnoresParamsOfCountdowns(Lagoon):
    """What else is asked of a countdown is not written."""

    case = "test_params_of_a_countdown_are_sent_or_refused"

    @hk.hookimpl
    async def cancel_all_orders_after(self, request: Any) -> bool:
        return await super().cancel_all_orders_after(request.replace(params={}))


class HopesForTheBest(Lagoon):
    """A countdown that is refused is likely to run all the same."""

    case = "test_a_countdown_that_is_refused_is_none"

    @hk.hookimpl
    async def cancel_all_orders_after(self, request: Any) -> bool:
        try:
            return await super().cancel_all_orders_after(request)
        except hk.AuthenticationError:
            return True


class BelievesAnyAnswerToACountdown(Lagoon):
    """Whatever has the status of a success is one."""

    case = "test_a_countdown_that_may_run_is_in_doubt"

    @hk.hookimpl
    async def cancel_all_orders_after(self, request: Any) -> bool:
        response = await self.ebb(request.milliseconds // 1000)
        return response.status == 200 or await super().cancel_all_orders_after(request)


class RefusesWhatItDoesNotUnderstand(Lagoon):
    """An answer that cannot be read is a refusal."""

    case = "test_a_countdown_that_may_run_is_in_doubt"

    @hk.hookimpl
    async def cancel_all_orders_after(self, request: Any) -> bool:
        try:
            return await super().cancel_all_orders_after(request)
        except hk.UnexpectedPayload as error:
            raise hk.BadRequest("it was not taken") from error


class CountsAgain(Lagoon):
    """A countdown that was lost is asked for once more by its hook."""

    case = "test_a_countdown_is_asked_for_once"

    async def ebb(self, seconds: int) -> hk.Response:
        call = hk.HttpCall(
            "POST", "/ebb", json={"ebb": seconds}, signed=True, group="orders", lane=hk.Lane.CANCEL, timeout=2.0
        )
        try:
            return await call
        except hk.OutcomeUnknown:
            return await call


BAD = (
    CountsTooLong,
    RemembersTheCountdown,
    TakesNothingOff,
    RoundsCountdowns,
    CountsForEver,
    IgnoresParamsOfCountdowns,
    HopesForTheBest,
    BelievesAnyAnswerToACountdown,
    RefusesWhatItDoesNotUnderstand,
    CountsAgain,
)
