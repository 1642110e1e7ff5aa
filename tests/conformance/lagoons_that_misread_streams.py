"""Plugins that tell on a stream what is not so, or do not keep it; and the case that says so."""

# ruff: noqa: D102 - what each method lies about is in its class

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any, ClassVar

import hk_adapter as hk
from tests.conformance.lagoon import Lagoon
from tests.conformance.lagoon_stream import LagoonReader

_OPENED = "test_a_stream_is_opened_where_the_venue_says"
_KEPT = "test_a_plan_can_be_kept"
_RENEWED = "test_a_stream_is_renewed_at_the_venue"
_ORDER = "test_an_order_of_the_stream_is_read_as_it_is"
_READY = "test_a_stream_is_ready_when_the_venue_says_so"
_SIGNED = "test_what_begins_a_stream_is_signed_for_it"
_FILL = "test_a_fill_of_the_stream_is_read_whole"
_BALANCES = "test_balances_of_the_stream_are_read_as_they_are"


class StreamsElsewhere(Lagoon):
    """The stream is at a host that is not declared."""

    case = _OPENED

    def plan(self, key: str) -> hk.StreamPlan:
        return super().plan(key).replace(url=f"wss://elsewhere.example/{key}")


class KeepsTheStreamsKey(Lagoon):
    """The first key that the venue gave is used for each stream."""

    case = _OPENED
    first: str | None = None

    def plan(self, key: str) -> hk.StreamPlan:
        self.first = self.first or key
        return super().plan(self.first)


class MakesUpTheStreamsKey(Lagoon):
    """What the venue gave for the stream is not used."""

    case = _OPENED

    def plan(self, key: str) -> hk.StreamPlan:
        return super().plan("everybodys")


class OpensTwice(Lagoon):
    """A second key is asked for besides."""

    case = _OPENED

    @hk.hookimpl
    async def open_stream(self, request: Any) -> hk.StreamPlan:
        await Lagoon.open_stream(self, request)
        plan: hk.StreamPlan = await Lagoon.open_stream(self, request)
        return plan


class NeverRenews(Lagoon):
    """The stream is not kept alive, though the venue wants it."""

    case = _KEPT

    def plan(self, key: str) -> hk.StreamPlan:
        return super().plan(key).replace(renew_every=None)


class PingsTooLate(Lagoon):
    """Who is silent is taken for dead before it is asked."""

    case = _KEPT

    def plan(self, key: str) -> hk.StreamPlan:
        return super().plan(key).replace(ping_every=60.0, silence=30.0)


class _WritesNoPing(LagoonReader):
    def ping(self, timestamp: int) -> str | None:
        return None


class PingsWithoutAWord(Lagoon):
    """There is a time for heartbeats, and there are none."""

    case = _KEPT
    reader = _WritesNoPing


class PlansWithoutAKey(Lagoon):
    """A stream that was refused is planned all the same."""

    case = "test_a_stream_that_is_refused_is_none"

    @hk.hookimpl
    async def open_stream(self, request: Any) -> hk.StreamPlan:
        try:
            plan: hk.StreamPlan = await Lagoon.open_stream(self, request)
        except hk.AdapterError:
            plan = self.plan("nobodys")
        return plan


class TakesNoKeyForOne(Lagoon):
    """An answer without a key has an empty one."""

    case = "test_a_stream_that_is_refused_is_none"

    @hk.hookimpl
    async def open_stream(self, request: Any) -> hk.StreamPlan:
        response = await hk.HttpCall("POST", "/stream", signed=True, group="queries")
        with self.reading(response):
            payload = self.payload(response)
            return self.plan(str(payload.get("tide")) if isinstance(payload, dict) else payload["tide"])


class RenewsNothing(Lagoon):
    """A renewal is told as done, and is not asked for."""

    case = _RENEWED

    @hk.hookimpl
    async def renew_stream(self, request: hk.StreamPlan) -> bool:
        await hk.HttpCall("GET", "/time", group="queries")
        return True


class RenewsTheNewest(Lagoon):
    """What is renewed is the stream that was opened last."""

    case = _RENEWED
    newest = ""

    def plan(self, key: str) -> hk.StreamPlan:
        self.newest = key
        return super().plan(key)

    @hk.hookimpl
    async def renew_stream(self, request: hk.StreamPlan) -> bool:
        return await self.of_stream("PUT", self.newest)


class BelievesItLives(Lagoon):
    """A stream that the venue knows no more is told as renewed."""

    case = _RENEWED

    async def of_stream(self, method: str, key: str) -> bool:
        return await super().of_stream(method, key) or method == "PUT"


class BelievesAllDoubtsDead(Lagoon):
    """A gateway's page says that the stream is gone."""

    case = _RENEWED

    @hk.hookimpl
    async def renew_stream(self, request: hk.StreamPlan) -> bool:
        try:
            return await self.of_stream("PUT", request.key)
        except (hk.OutcomeUnknown, hk.UnexpectedPayload):
            return False


class BelievesALimitIsTheEnd(Lagoon):
    """Who asks too often is told that the stream is gone."""

    case = _RENEWED

    @hk.hookimpl
    async def renew_stream(self, request: hk.StreamPlan) -> bool:
        try:
            return await self.of_stream("PUT", request.key)
        except hk.VenueError:
            return False


class GivesNothingBack(Lagoon):
    """A stream is told as given back, and is not."""

    case = "test_a_stream_is_given_back_to_the_venue"

    @hk.hookimpl
    async def close_stream(self, request: hk.StreamPlan) -> bool:
        return await self.of_stream("PUT", request.key)


class BelievesItGivenBack(Lagoon):
    """Whatever is closed is told as closed."""

    case = "test_a_stream_is_given_back_to_the_venue"

    async def of_stream(self, method: str, key: str) -> bool:
        return await super().of_stream(method, key) or method == "DELETE"


class _ReadsRowsOtherwise(LagoonReader):
    order_fields: ClassVar[Mapping[str, str]] = {}
    fill_fields: ClassVar[Mapping[str, str]] = {}

    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order(row | {name: row[other] for name, other in self.order_fields.items()})

    def fill(self, row: dict[str, Any]) -> hk.Trade:
        return super().fill(row | {name: row[other] for name, other in self.fill_fields.items()})


class _TakesAllForFilled(_ReadsRowsOtherwise):
    order_fields: ClassVar = {"done": "size"}


class StreamsAllAsFilled(Lagoon):
    """What was ordered is what was filled."""

    case = _ORDER
    reader = _TakesAllForFilled


class _TellsNothingFilled(LagoonReader):
    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order(row).replace(filled=None, remaining=None)


class StreamsNoFills(Lagoon):
    """How much is filled is not told."""

    case = _ORDER
    reader = _TellsNothingFilled


class _Floats(LagoonReader):
    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order(row | {"size": str(float(row["size"])), "price": str(float(row["price"]))})


class FloatsTheStream(Lagoon):
    """Numbers go by way of a float."""

    case = _ORDER
    reader = _Floats


class _SaysEth(LagoonReader):
    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order(row | {"pair": "ETH-USD"})


class StreamsOneMarket(Lagoon):
    """Every order is one of ETH."""

    case = _ORDER
    reader = _SaysEth


class _DropsCanceled(LagoonReader):
    def events(self, told: Mapping[str, Any]) -> list[hk.StreamEvent]:
        row = told.get("order")
        return [] if row is not None and row["state"] == "gone" and row["done"] == "0" else super().events(told)


class StreamsNoCancels(Lagoon):
    """An order that ended without fills is not told of."""

    case = _ORDER
    reader = _DropsCanceled


class _CallsRareUsual(LagoonReader):
    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order(row | {"state": "live" if row["state"] == "tide" else row["state"]})


class StreamsPendingAsOpen(Lagoon):
    """An order that is not on the book yet is."""

    case = "test_each_state_of_the_stream_is_read"
    reader = _CallsRareUsual


class _GuessesStates(LagoonReader):
    guess: ClassVar[str] = "gone"

    def order(self, row: dict[str, Any]) -> hk.Order:
        known = {"live", "tide", "done", "gone"}
        return super().order(row | {"state": row["state"] if row["state"] in known else self.guess})


class StreamsUnknownAsCanceled(Lagoon):
    """A word that nobody knows is an end."""

    case = "test_a_state_of_the_stream_that_nobody_knows_is_a_doubt"
    reader = _GuessesStates


class _GuessesOpen(_GuessesStates):
    guess: ClassVar[str] = "live"


class StreamsUnknownAsOpen(Lagoon):
    """A word that nobody knows says that it is open."""

    case = "test_a_state_of_the_stream_that_nobody_knows_is_a_doubt"
    reader = _GuessesOpen


class _DropsUnknown(LagoonReader):
    def read(self, frame: str) -> list[hk.StreamEvent]:
        return [one for one in super().read(frame) if not isinstance(one, hk.Unread)]


class DropsUnknownStates(Lagoon):
    """A frame with such a word is dropped."""

    case = "test_a_state_of_the_stream_that_nobody_knows_is_a_doubt"
    reader = _DropsUnknown


class DropsWhatItCannotRead(Lagoon):
    """So is any frame that cannot be read."""

    case = "test_a_frame_that_cannot_be_read_is_a_doubt"
    reader = _DropsUnknown


class _MakesUpNumbers(LagoonReader):
    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order({name: "1" if text == "NaN" else text for name, text in row.items()})


class MakesUpStreamedNumbers(Lagoon):
    """A number that is none is 1."""

    case = "test_a_frame_that_cannot_be_read_is_a_doubt"
    reader = _MakesUpNumbers


class _SumsFills(_ReadsRowsOtherwise):
    def events(self, told: Mapping[str, Any]) -> list[hk.StreamEvent]:
        fill, row = told.get("fill"), told.get("order")
        whole = fill if fill is None or row is None else fill | {"size": row["size"]}
        return super().events({**told, "fill": whole})


class TakesTheOrderForTheFill(Lagoon):
    """A fill has the amount of its order."""

    case = _FILL
    reader = _SumsFills


class _SwapsRoles(LagoonReader):
    def fill(self, row: dict[str, Any]) -> hk.Trade:
        return super().fill(row | {"rested": not row["rested"]})


class StreamsTheOthersRole(Lagoon):
    """Who rested took."""

    case = _FILL
    reader = _SwapsRoles


class _TellsNoFills(LagoonReader):
    def events(self, told: Mapping[str, Any]) -> list[hk.StreamEvent]:
        return super().events({**told, "fill": None})


class StreamsOrdersAlone(Lagoon):
    """Fills are not told of."""

    case = _FILL
    reader = _TellsNoFills


class _NeverReady(LagoonReader):
    def events(self, told: Mapping[str, Any]) -> list[hk.StreamEvent]:
        return [] if told["kind"] == "hello" else super().events(told)


class IsNeverReady(Lagoon):
    """What confirms a subscription is not read: nothing is ever listed."""

    case = _READY
    reader = _NeverReady


class _ReadyByAnything(LagoonReader):
    def events(self, told: Mapping[str, Any]) -> list[hk.StreamEvent]:
        return [hk.StreamReady(), *(one for one in super().events(told) if not isinstance(one, hk.StreamReady))]


class IsReadyByAnything(Lagoon):
    """Whatever comes confirms the subscription."""

    case = _READY
    reader = _ReadyByAnything


class AwaitsNothing(Lagoon):
    """A stream counts as open before the venue has confirmed."""

    case = _READY

    def plan(self, key: str) -> hk.StreamPlan:
        return super().plan(key).replace(awaits_ready=False)


class SignsNoKeyOfAStream(Lagoon):
    """What begins one stream begins any."""

    case = _SIGNED

    def sign_stream(self, plan: hk.StreamPlan, credentials: Any, timestamp: int) -> tuple[str, ...]:
        return Lagoon.sign_stream(self, plan.replace(key="any"), credentials, timestamp)


class SignsNoTimeOfAStream(Lagoon):
    """What begins a stream begins it for ever."""

    case = _SIGNED

    def sign_stream(self, plan: hk.StreamPlan, credentials: Any, timestamp: int) -> tuple[str, ...]:
        return Lagoon.sign_stream(self, plan, credentials, 17)


class CountsWhatItSigned(Lagoon):
    """What begins a stream is another text each time."""

    case = _SIGNED
    count = 0

    def sign_stream(self, plan: hk.StreamPlan, credentials: Any, timestamp: int) -> tuple[str, ...]:
        self.count += 1
        return Lagoon.sign_stream(self, plan, credentials, timestamp + self.count)


class _GuessesFills(LagoonReader):
    def events(self, told: Mapping[str, Any]) -> list[hk.StreamEvent]:
        events = super().events(told)
        return [self.with_fill(one) if isinstance(one, hk.OrderSeen) and one.trade is None else one for one in events]

    def with_fill(self, seen: hk.OrderSeen) -> hk.OrderSeen:
        order = seen.order
        if not order.filled or order.price is None:
            return seen
        fill = hk.Trade(id=None, order_id=order.id, symbol=order.symbol, price=order.price, amount=order.filled)
        return seen.replace(trade=fill)


class MakesUpStreamedFills(Lagoon):
    """What is filled of an order was filled just now."""

    case = "test_no_fill_of_the_stream_is_made_up"
    reader = _GuessesFills


class _TakesTheFeeForNothing(LagoonReader):
    def fill(self, row: dict[str, Any]) -> hk.Trade:
        return super().fill(row | {"fee": "0"})


class StreamsNoFees(Lagoon):
    """Every fill cost nothing."""

    case = _FILL
    reader = _TakesTheFeeForNothing


class _HidesHeld(LagoonReader):
    def events(self, told: Mapping[str, Any]) -> list[hk.StreamEvent]:
        if told["kind"] != "funds":
            return super().events(told)
        return super().events({**told, "funds": [row for row in told["funds"] if Decimal(row["free"])]})


class StreamsFreeBalancesAlone(Lagoon):
    """A currency of which all is held is not told of."""

    case = _BALANCES
    reader = _HidesHeld


class _DropsFunds(LagoonReader):
    def events(self, told: Mapping[str, Any]) -> list[hk.StreamEvent]:
        return [] if told["kind"] == "funds" else super().events(told)


class StreamsNoBalances(Lagoon):
    """Balances are not read."""

    case = _BALANCES
    reader = _DropsFunds


class _Raises(LagoonReader):
    def read(self, frame: str) -> list[hk.StreamEvent]:
        return self.events(json.loads(frame))


class RaisesAtFrames(Lagoon):
    """A frame that cannot be read ends the connection."""

    case = "test_garbage_on_the_stream_is_never_raised"
    reader = _Raises


class _DoubtsQuietFrames(LagoonReader):
    def events(self, told: Mapping[str, Any]) -> list[hk.StreamEvent]:
        return [hk.Unread(reason="a pong")] if told["kind"] == "pong" else super().events(told)


class DoubtsPongs(Lagoon):
    """A pong is a doubt."""

    case = "test_frames_that_say_nothing_give_nothing"
    reader = _DoubtsQuietFrames


class _AnswersOtherwise(LagoonReader):
    def events(self, told: Mapping[str, Any]) -> list[hk.StreamEvent]:
        return super().events({**told, "n": 1} if told["kind"] == "ping" else told)


class AnswersAnotherPing(Lagoon):
    """A ping is answered by another one's pong."""

    case = "test_frames_that_say_nothing_give_nothing"
    reader = _AnswersOtherwise


class _AnswersNoPing(LagoonReader):
    def events(self, told: Mapping[str, Any]) -> list[hk.StreamEvent]:
        return [] if told["kind"] == "ping" else super().events(told)


class AnswersNoPing(Lagoon):
    """A ping is not answered."""

    case = "test_frames_that_say_nothing_give_nothing"
    reader = _AnswersNoPing


class _Remembers(LagoonReader):
    def __init__(self, venue: Any) -> None:
        super().__init__(venue)
        self.most = Decimal(0)

    def order(self, row: dict[str, Any]) -> hk.Order:
        self.most = max(self.most, Decimal(row["done"]))
        return super().order(row | {"done": str(self.most)})


class RemembersFills(Lagoon):
    """The most that was filled of any order is filled of each."""

    case = "test_what_a_frame_says_depends_on_no_other"
    reader = _Remembers


class _ReadsItsOwnClock(LagoonReader):
    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order(row | {"changed": int(time.time() * 1000)})


class TimesFramesByItself(Lagoon):
    """An order changed when its frame was read."""

    case = "test_a_reader_does_nothing_beside"
    reader = _ReadsItsOwnClock


class _LooksUpKinds(LagoonReader):
    def read(self, frame: str) -> list[hk.StreamEvent]:
        told: Any = None
        with suppress(ValueError):
            told = json.loads(frame)
        if isinstance(told, dict) and told.get("kind") in {"storm", "ebb"}:
            return []
        return super().read(frame)


class LooksUpListsInPlaceOfWords(Lagoon):
    """A word that is a list is looked up, and breaks the reader."""

    case = "test_garbage_on_the_stream_is_never_raised"
    reader = _LooksUpKinds


BAD = (
    LooksUpListsInPlaceOfWords, StreamsElsewhere, KeepsTheStreamsKey, MakesUpTheStreamsKey, OpensTwice,
    NeverRenews, PingsTooLate, PingsWithoutAWord, PlansWithoutAKey, TakesNoKeyForOne,
    RenewsNothing, RenewsTheNewest, BelievesItLives, BelievesAllDoubtsDead,
    BelievesALimitIsTheEnd, GivesNothingBack, BelievesItGivenBack,
    StreamsAllAsFilled, StreamsNoFills, FloatsTheStream, StreamsOneMarket, StreamsNoCancels, StreamsPendingAsOpen,
    StreamsUnknownAsCanceled, StreamsUnknownAsOpen, DropsUnknownStates, DropsWhatItCannotRead, MakesUpStreamedNumbers,
    TakesTheOrderForTheFill, StreamsTheOthersRole, StreamsOrdersAlone, MakesUpStreamedFills, StreamsNoFees,
    StreamsFreeBalancesAlone, StreamsNoBalances, RaisesAtFrames, DoubtsPongs, AnswersAnotherPing, AnswersNoPing,
    RemembersFills, TimesFramesByItself, IsNeverReady, IsReadyByAnything, AwaitsNothing,
    SignsNoKeyOfAStream, SignsNoTimeOfAStream, CountsWhatItSigned,
)  # fmt: skip
