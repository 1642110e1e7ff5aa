"""Venues that tell the truth in few words, or take only ids of a form: the suite must let them pass."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

import hk_adapter as hk
from hk_adapter.testing.conformance import Asked, BatchRow, Refusal, Request, ScriptedOrder
from tests.conformance.lagoon import Lagoon, LagoonScript

LARGEST = 2**31 - 1


def _empty() -> hk.Response:
    return hk.Response(200, {"content-type": "application/json"}, b"{}")


class Terse(Lagoon):
    """Accepts cancels, one or several, by an empty object; refusals name their orders."""

    @hk.hookimpl
    async def cancel_order(self, request: Any) -> hk.Order:
        """Take ``{}`` for the acceptance that it is."""
        call = hk.HttpCall("DELETE", self.path(request), signed=True, group="orders", lane=hk.Lane.CANCEL)
        response = await call
        with self.reading(response):
            if self.payload(response) != {}:
                raise ValueError("no acceptance")
        return request.acknowledged()

    def refused(self, response: hk.Response, ids: list[str]) -> hk.CancelOrdersAnswer:
        """Read the refusals by id; ``{}`` refuses none."""
        with self.reading(response):
            words = self.payload(response)
            if not isinstance(words, dict) or not words.keys() <= set(ids):
                raise ValueError("no answer to this")
            return hk.CancelOrdersAnswer(refused={one: self.refusal(200, word) for one, word in words.items()})


class TerseScript(LagoonScript):
    """Writes them."""

    def accepted(self, order: ScriptedOrder) -> hk.Response:
        """Write nothing but that."""
        return _empty()

    def batch(self, rows: Sequence[BatchRow]) -> hk.Response:
        """Name those refused."""
        words = {
            row.order.id: json.loads(self.refusal(row.refusal).body)["error"] for row in rows if row.refusal is not None
        }
        return hk.Response(200, {"content-type": "application/json"}, json.dumps(words).encode())


class Numbers(Lagoon):
    """Takes whole numbers alone for client order ids, and refuses others before it sends."""

    largest_client_id = LARGEST

    def path(self, request: Any) -> str:
        """Name an order."""
        _check(request.client_order_id)
        return super().path(request)

    def terms(self, request: Any) -> dict[str, Any]:
        """Write the number."""
        _check(request.client_order_id)
        return super().terms(request)


class NumbersScript(LagoonScript):
    """Reads them as numbers."""

    def read(self, request: hk.HttpRequest) -> Asked:
        """Break where there is no number."""
        asked = super().read(request)
        if asked.client_order_id is not None:
            assert 0 < int(asked.client_order_id) <= LARGEST
        return asked


class Forms(Lagoon):
    """Takes UUIDs alone."""

    def client_id_form(self, digits: str) -> str:
        """Write one."""
        return str(uuid.UUID(digits))

    def path(self, request: Any) -> str:
        """Name an order."""
        _check_form(request.client_order_id)
        return super().path(request)

    def terms(self, request: Any) -> dict[str, Any]:
        """Write the UUID."""
        _check_form(request.client_order_id)
        return super().terms(request)


class FormsScript(LagoonScript):
    """Reads them as UUIDs."""

    def read(self, request: hk.HttpRequest) -> Asked:
        """Break where there is none."""
        asked = super().read(request)
        _check_form(asked.client_order_id)
        return asked


class NullScript(LagoonScript):
    """Says ``null`` to a query of an order that it does not know, and 404 to a cancel of one."""

    def refused(self, asked: Asked, refusal: Refusal) -> hk.Response:
        """Refuse by what was asked."""
        if refusal is Refusal.NO_SUCH_ORDER and asked.kind is Request.QUERY:
            return hk.Response(200, {"content-type": "application/json"}, b"null")
        return self.refusal(refusal)


class Nulls(Lagoon):
    """Reads ``null`` as an order that is not there."""

    @hk.hookimpl
    async def fetch_order(self, request: Any) -> hk.Order:
        """Ask once."""
        response = await hk.HttpCall("GET", self.path(request), signed=True, group="queries")
        if response.status == 200 and response.body == b"null":
            raise hk.OrderNotFound("no such order")
        if response.status == 404:
            raise hk.UnexpectedPayload("no query is answered so")
        return self.read(response)


def _check(own: str | None) -> None:
    if own is not None and not (own.isdigit() and 0 < int(own) <= LARGEST):
        raise hk.InvalidArgument(f"{own} is no number")


def _check_form(own: str | None) -> None:
    if own is not None and str(uuid.UUID(own)) != own:
        raise hk.InvalidArgument(f"{own} is no UUID")
