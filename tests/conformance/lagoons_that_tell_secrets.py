"""Plugins that keep the key's secret and tell it, and such as pass by what lies beyond another market; their cases."""

# ruff: noqa: D102 - what each method lies about is in its class

from __future__ import annotations

import warnings
from typing import Any

import hk_adapter as hk
from tests.conformance.lagoon import Lagoon


class ShowsTheSecret(Lagoon):
    """It is printed with its secret."""

    case = "test_the_secret_is_told_nowhere"
    has_key = True

    def __init__(self) -> None:
        self.secret = ""

    def take_key(self, api_key: str, secret: str) -> None:
        self.secret = secret

    def __repr__(self) -> str:
        return f"<Lagoon {self.secret}>"


class KeepsTheSecret(ShowsTheSecret):
    """It is printed without."""

    def __repr__(self) -> str:
        return "<Lagoon>"


class PrintsTheSecret(KeepsTheSecret):
    """What it reads is printed, with what it was signed by."""

    def payload(self, response: hk.Response) -> Any:
        print(response.status, self.secret)  # noqa: T201 - its lie
        return super().payload(response)


class WarnsOfTheSecret(KeepsTheSecret):
    """A refused key is warned of."""

    def refusal(self, status: int, word: str) -> Exception:
        if word == "bad key":
            warnings.warn(f"the venue refuses {self.secret}", stacklevel=1)
        return super().refusal(status, word)


class GivesTheSecret(KeepsTheSecret):
    """It stands in what is kept of an order's row."""

    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order(row).replace(info={**row, "asked": {"by": [self.secret]}})


def _ended_where_empty(page: hk.OrderPage) -> hk.OrderPage:
    return page if page.orders else page.replace(complete=True, next_before_id=None)


class EndsWhereNoneIsOpen(Lagoon):
    """A page without an order of the market ends the open ones."""

    case = "test_pages_without_an_open_order_of_the_market_are_no_end"

    @hk.hookimpl
    async def fetch_open_orders(self, request: Any) -> hk.OrderPage:
        return _ended_where_empty(await Lagoon.fetch_open_orders(self, request))


class EndsWhereNoneHasEnded(Lagoon):
    """A page without an order of the market ends the history."""

    case = "test_pages_without_an_ended_order_of_the_market_are_no_end"

    @hk.hookimpl
    async def fetch_orders(self, request: Any) -> hk.OrderPage:
        return _ended_where_empty(await Lagoon.fetch_orders(self, request))


class MendsTheTermsOfCreates(Lagoon):
    """What was asked for is told of a new order, whatever the answer says."""

    case = "test_what_the_answer_says_of_an_order_is_told"

    @hk.hookimpl
    async def create_order(self, request: Any) -> hk.Order:
        order = await Lagoon.create_order(self, request)
        return order.replace(amount=request.amount or order.amount, price=request.price or order.price)


class MendsTheClientsIdOfCreates(Lagoon):
    """The client's id that was sent is told, whatever the answer says."""

    case = "test_what_the_answer_says_of_an_order_is_told"

    @hk.hookimpl
    async def create_order(self, request: Any) -> hk.Order:
        order = await Lagoon.create_order(self, request)
        return order.replace(client_order_id=request.client_order_id)


BAD = (
    ShowsTheSecret, PrintsTheSecret, WarnsOfTheSecret, GivesTheSecret,
    EndsWhereNoneIsOpen, EndsWhereNoneHasEnded,
    MendsTheTermsOfCreates, MendsTheClientsIdOfCreates,
)  # fmt: skip
