"""Plugins that make whole what an answer does not say, says twice or contradicts; and the case that says so."""

# ruff: noqa: D102 - what each method lies about is in its class

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import hk_adapter as hk
from tests.conformance.lagoon import _STATES, Lagoon


class CallsTheUntoldNothing(Lagoon):
    """Where an answer does not say what is filled, nothing is."""

    case = "test_what_an_order_does_not_say_is_not_made_up"

    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order({"done": "0"} | row)


class CallsNullNothing(Lagoon):
    """Where an answer says null, nothing is filled."""

    case = "test_what_an_order_does_not_say_is_not_made_up"

    def number(self, text: str) -> Decimal:
        return super().number(text or "0")


class CallsTheStatelessGone(Lagoon):
    """An order of which no state is told is not there any more."""

    case = "test_what_an_order_does_not_say_is_not_made_up"

    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order({"state": "gone"} | row)


class BuysWhatHasNoSide(Lagoon):
    """An order is bought unless it is said to be sold."""

    case = "test_what_an_order_does_not_say_is_not_made_up"

    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order({"side": "buy"} | row)


class SellsWhatIsNotBought(Lagoon):
    """An order is sold unless it is said to be bought."""

    case = "test_a_side_that_nobody_knows_is_not_guessed"

    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order(row | {"side": "buy" if row["side"] == "buy" else "sell"})


class ListsTheUntoldAsNothing(Lagoon):
    """Where a row of a list does not say what is filled, nothing is."""

    case = "test_what_a_listed_order_does_not_say_is_not_made_up"

    def page(self, payload: Any, symbol: str | None) -> hk.OrderPage:
        return super().page(payload | {"orders": [{"done": "0"} | row for row in payload["orders"]]}, symbol)


class ListsWhatSaysItsState(Lagoon):
    """A row of a list that has no state is none."""

    case = "test_what_a_listed_order_does_not_say_is_not_made_up"

    def page(self, payload: Any, symbol: str | None) -> hk.OrderPage:
        return super().page(payload | {"orders": [row for row in payload["orders"] if row.get("state")]}, symbol)


class BelievesTheLastWord(Lagoon):
    """Of a value that is said twice the last one is so."""

    case = "test_what_an_order_says_twice_is_not_believed"

    def payload(self, response: hk.Response) -> Any:
        said = json.dumps(json.loads(response.body)).encode()
        return super().payload(hk.Response(response.status, response.headers, said))


class KnowsStatesByTheirBeginning(Lagoon):
    """A state is known by how its word begins."""

    case = "test_a_word_near_a_known_one_ends_no_order"

    def status(self, row: dict[str, Any]) -> hk.OrderStatus:
        return next(status for word, status in _STATES.items() if row["state"].startswith(word))


class ClosesWhatIsFilled(Lagoon):
    """An order of which all is filled has ended, whatever is said of it."""

    case = "test_a_contradiction_is_told_or_refused"

    def status(self, row: dict[str, Any]) -> hk.OrderStatus:
        return hk.OrderStatus.CLOSED if row["done"] == row["size"] else super().status(row)


class FillsWhatIsClosed(Lagoon):
    """All of a closed order is filled, whatever is said of it."""

    case = "test_a_contradiction_is_told_or_refused"

    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order(row | ({"done": row["size"]} if row["state"] == "done" else {}))


class FillsNoMoreThanWasAsked(Lagoon):
    """What is filled above the amount is cut."""

    case = "test_a_contradiction_is_told_or_refused"

    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order(row | {"done": min(row["done"], row["size"], key=Decimal)})


class LooksIntoTheMarketAskedFor(Lagoon):
    """Whatever order is shown, it is one of the market that was asked for."""

    case = "test_an_order_of_another_market_is_none_of_the_one_asked_for"

    @hk.hookimpl
    async def fetch_order(self, request: Any) -> hk.Order:
        order: hk.Order = await Lagoon.fetch_order(self, request)
        return order.replace(symbol=request.symbol or order.symbol)


class CancelsInTheMarketAskedFor(Lagoon):
    """Whatever order a cancel shows, it is one of the market that was asked for."""

    case = "test_an_order_of_another_market_is_none_of_the_one_asked_for"

    @hk.hookimpl
    async def cancel_order(self, request: Any) -> hk.Order:
        order: hk.Order = await Lagoon.cancel_order(self, request)
        return order.replace(symbol=request.symbol or order.symbol)


class FindsNothingByItsStatus(Lagoon):
    """HTTP 404 says that there is no such order."""

    case = "test_a_status_alone_finds_nothing_missing"

    def refusal(self, status: int, word: str) -> Exception:
        return hk.OrderNotFound("none", http_status=404) if status == 404 else super().refusal(status, word)


class BelievesServersThatFail(Lagoon):
    """The word for no such order is believed whatever the HTTP status."""

    case = "test_a_server_error_finds_nothing_missing"

    def refusal(self, status: int, word: str) -> Exception:
        return super().refusal(404 if word == "no such order" else status, word)


class RefusesByItsStatus(Lagoon):
    """HTTP 400 says that no order was made."""

    case = "test_a_status_alone_refuses_no_create"

    def refusal(self, status: int, word: str) -> Exception:
        return hk.BadRequest("bad", http_status=400) if status == 400 else super().refusal(status, word)


BAD = (
    CallsTheUntoldNothing, CallsNullNothing, CallsTheStatelessGone, BuysWhatHasNoSide, SellsWhatIsNotBought,
    BelievesTheLastWord,
    ListsTheUntoldAsNothing, ListsWhatSaysItsState,
    KnowsStatesByTheirBeginning, ClosesWhatIsFilled, FillsWhatIsClosed, FillsNoMoreThanWasAsked,
    LooksIntoTheMarketAskedFor, CancelsInTheMarketAskedFor, FindsNothingByItsStatus, RefusesByItsStatus,
    BelievesServersThatFail,
)  # fmt: skip
