"""One exchange, bridged and plain, what is asked of it, and how its answers are played."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import hk_adapter as hk
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.testing.virtual_time import VirtualTime
from hk_adapter.venues.ccxt_bridge.named_in_cancels import CANCELS_BY_CLIENT_ID
from tests.ccxt_bridge.by_hand import NOW
from tests.ccxt_bridge.driven import desk
from tests.ccxt_bridge.driven.answers import AMOUNT, PRICE, Answers, asked_first, learned
from tests.ccxt_bridge.driven.exchanges import driven
from tests.ccxt_bridge.driven.plain import plain

OURS, CALLERS = "0123456789abcdef01234567", "own1234567"
"""Client order ids, of our making and the caller's."""
NUMBERS = "123456789", "31234567"
"""The same where an exchange takes numbers only."""
CANCELS: Mapping[str, Mapping[str, Any]] = {
    "bitvavo": {"operatorId": 7},
    "coinone": {"price": 2000, "qty": 13, "is_ask": 0},
    "coinspot": {"side": "buy"},
    "indodax": {"side": "buy"},
}
"""What ccxt needs for a cancel beside the id."""


def named(member: str) -> dict[str, str]:
    """Name order 41 to a cancel of an exchange, by the id that it cancels by without asking for another."""
    return {"client_order_id" if member in CANCELS_BY_CLIENT_ID else "order_id": "41"}


@dataclass(slots=True)
class Played:
    """What was played with one exchange.

    Attributes:
        right: the situations that went by the rule.
        wrong: those that did not, and what came.
        left: those that cannot be played, and why.
    """

    right: list[str] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)

    def note(self, situation: str, fault: str | None) -> None:
        """Note a fault, or that there is none."""
        if fault is None:
            self.right.append(situation)
        else:
            self.wrong[situation] = fault


class Unknown(Exception):
    """An answer of this exchange's is not known, and so the situation cannot be played."""


class Stage:
    """One exchange, bridged and plain."""

    def __init__(self, member: str) -> None:
        self.member = member
        self.venue, self.symbol = driven(member)
        self.exchange = self.venue._exchange
        self.plain = plain(member)
        self.params: dict[str, Any] = dict(CANCELS[member]) if member == "bitvavo" else {}
        self.answers = Answers(self.exchange)
        self.cancels = {**self.params, **CANCELS.get(member, {})}
        self.ours, self.callers = (OURS, CALLERS) if self.venue.largest_client_id is None else NUMBERS
        if self.venue.client_id_form is not None:
            self.ours = self.venue.client_id_form(OURS + "89abcdef")
        self.time = VirtualTime(NOW / 1000)
        self.told: dict[str, str | None] = {}

    def learn(self) -> None:
        """Open the exchange anew, for calls through the whole core, and learn what its answers look like."""
        self.venue, _ = driven(self.member)
        self.exchange = self.venue._exchange
        self.answers = learned(self.exchange, self.symbol, self.cancels)
        desk.tag(self.exchange)

    def limit(self, own: str) -> hk.CreateOrderRequest:
        """A limit buy."""
        return hk.CreateOrderRequest(
            symbol=self.symbol,
            type=hk.OrderType.LIMIT,
            side=hk.OrderSide.BUY,
            amount=AMOUNT,
            price=PRICE,
            client_order_id=own,
            fresh_id=own == self.ours and self.venue.largest_client_id is None,
            params=self.params,
        )

    def market(self, amount: Any = None, cost: Any = None) -> hk.CreateOrderRequest:
        """A market buy."""
        return hk.CreateOrderRequest(
            symbol=self.symbol,
            type=hk.OrderType.MARKET,
            side=hk.OrderSide.BUY,
            amount=amount,
            cost=cost,
            client_order_id=self.callers,
            params=self.params,
        )

    def looked_up(self) -> hk.FetchOrderRequest:
        """A look-up by id."""
        return hk.FetchOrderRequest(order_id="41", symbol=self.symbol)

    def order_row(self, state: str, **told: Any) -> dict[str, Any]:
        """Write a raw order."""
        return self.answers.order_row(state, **told)

    def call(
        self, name: str, request: Any, given: Mapping[str, Any], rest: Iterable[Any] = ()
    ) -> tuple[Any, list[str]]:
        """Run a whole call; ``given`` are the rows, or the answers, by ccxt's methods, ``rest`` those of all others."""
        rest = list(rest)

        def answers(method: str, sent: HttpRequest) -> Response | None:
            if (first := asked_first(sent.url)) is not None:
                return desk.ok(first)
            if method.startswith("create"):
                method = "create_order"
            shown = given.get(method, rest)
            if shown is None or isinstance(shown, Response):
                return shown
            return desk.ok(self.answers.body(method, shown))

        if name == "create_order" and given.get(name) is not None and name not in self.answers.places:
            raise Unknown("the answer to its create is not known")
        found, sent = desk.call(self.venue, name, request, answers, self.time)
        return found, sent


def value_of(make: Callable[[], Any]) -> Any:
    """Give what comes of it, errors too."""
    try:
        return make()
    except Exception as error:  # noqa: BLE001 - the caller says what it may be
        return error
