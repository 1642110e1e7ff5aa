"""One request of a scenario, read as the script reads it."""

from __future__ import annotations

from dataclasses import dataclass

from hk_adapter.flow.http import HttpRequest
from hk_adapter.testing.campaign.faults import Purpose
from hk_adapter.testing.campaign.request_log import Exchange
from hk_adapter.testing.conformance.script import Asked, Request

PURPOSES = {
    Request.CANCEL: Purpose.CANCEL,
    Request.CANCEL_MANY: Purpose.CANCEL,
    Request.CREATE: Purpose.CREATE,
    Request.OTHER: Purpose.TIME,
}
"""What a request is for; every other one asks about orders."""


@dataclass(slots=True, eq=False, kw_only=True)
class ScriptedExchangeRecord(Exchange):
    """One request: as it was carried, and what it asks."""

    asked: Asked
    carried: HttpRequest

    @property
    def names_nothing(self) -> bool:
        """Whether it is a list of open orders, which cannot show an end."""
        return self.asked.kind is Request.OPEN_ORDERS
