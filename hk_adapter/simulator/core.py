"""The simulated venue: `(request, now) -> response`, with no clock, socket, thread or randomness of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from threading import RLock

from .accounts import Account, Balance
from .auth import authenticate
from .book import Book
from .catalogue import MARKETS
from .dialect import Dialect
from .endpoints import PUBLIC, SIGNED, Venue
from .faults import Faults
from .ids import account_id
from .money import EXACT, exact
from .refusals import Refusal, no_such_page, refuse
from .wire import NetworkFault, SimRequest, SimResponse, json_response

DEFAULT_API_KEY = "simulator-key"
DEFAULT_SECRET = "simulator-secret"  # noqa: S105 - opens nothing but the simulator
DEFAULT_BALANCES: Mapping[str, Decimal | int | str] = {
    "USD": 1_000_000,
    "HKD": 1_000_000,
    "USDT": 1_000_000,
    "BTC": 100,
    "ETH": 1_000,
}


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """Remember a request that arrived: without its key and signature. `at` is the venue's time in ms."""

    method: str
    path: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    at: int = 0


class Simulator:
    """Answer like HashKey's spot REST API, as documented, for one account.

    Only resting limit orders are known: nothing matches by itself, fills come from `SimulatorControl`.
    Equal seeds and equal calls give equal answers. May be called from many threads.
    """

    def __init__(
        self,
        *,
        api_key: str = DEFAULT_API_KEY,
        secret: str = DEFAULT_SECRET,
        balances: Mapping[str, Decimal | int | str] | None = None,
        dialect: Dialect | None = None,
        seed: int = 0,
    ) -> None:
        """Open the account with `balances`, all free; None is a generous amount of each coin."""
        self.account = Account(account_id(seed), api_key, secret)
        for asset, amount in (DEFAULT_BALANCES if balances is None else balances).items():
            self.account.balances[asset] = Balance(free=exact(amount, f"balance of {asset}"))
        self.venue = Venue(dialect or Dialect(), MARKETS, Book(seed))
        self.faults = Faults()
        self.requests: list[SeenRequest] = []
        self.latest = 0
        self.lock = RLock()
        self._accounts = {api_key: self.account}

    def handle(self, request: SimRequest, now: int) -> SimResponse:
        """Answer one request at `now`, the venue's Unix time in ms."""
        with self.lock, localcontext(EXACT):
            fault = self.faults.take(request)
            if fault is not None and fault.kind is NetworkFault.REFUSE:
                return fault.respond(None)
            parameters = request.parameters()
            parameters.pop("signature", None)
            self.requests.append(SeenRequest(request.method, request.path, parameters, now))
            self.latest = max(self.latest, now)
            if fault is None:
                return self._answer(request, parameters, now)
            return fault.respond(self._answer(request, parameters, now) if fault.acted else None)

    def _answer(self, request: SimRequest, parameters: Mapping[str, str], now: int) -> SimResponse:
        route = (request.method, request.path)
        try:
            if (public := PUBLIC.get(route)) is not None:
                return json_response(public(self.venue, parameters, now))
            if (signed := SIGNED.get(route)) is not None:
                account = authenticate(request, parameters, self._accounts, self.venue.dialect, now)
                return json_response(signed(self.venue, account, parameters, now))
        except Refusal as refusal:
            return refuse(refusal.code, refusal.detail)
        return no_such_page()
