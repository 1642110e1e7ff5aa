"""The simulated venue: `(request, now) -> response`, with no clock, socket or thread of its own, and chance by seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from functools import partial
from threading import RLock

from hk_adapter.simulator.access.auth import authenticate, identify, key_of
from hk_adapter.simulator.access.ed25519 import PublicKey
from hk_adapter.simulator.access.keys import LISTENING, ApiKey, Secret, check_permission
from hk_adapter.simulator.access.listen_keys import ListenKeys
from hk_adapter.simulator.dialect import Dialect
from hk_adapter.simulator.endpoints.naming import named_by_cancel
from hk_adapter.simulator.endpoints.quotes import QuoteRefusal, refuse_quote
from hk_adapter.simulator.endpoints.routes import PUBLIC, SIGNED, served
from hk_adapter.simulator.exchange.accounts import Account, Balance
from hk_adapter.simulator.exchange.agenda import Agenda
from hk_adapter.simulator.exchange.book import Book
from hk_adapter.simulator.exchange.ids import account_id
from hk_adapter.simulator.exchange.markets import MARKETS
from hk_adapter.simulator.exchange.money import EXACT, exact
from hk_adapter.simulator.exchange.order_intake import OrderIntake
from hk_adapter.simulator.exchange.state import Parameters, VenueState
from hk_adapter.simulator.faults import Fault, Faults
from hk_adapter.simulator.forks import keep_whole
from hk_adapter.simulator.http import NetworkFault, SimRequest, SimResponse, json_response
from hk_adapter.simulator.limits import Limiter, Limits, limit_answer
from hk_adapter.simulator.refusals import Refusal, no_such_page, not_routed, refuse
from hk_adapter.simulator.streams.connection import StreamConnection
from hk_adapter.simulator.streams.hub import Streams

DEFAULT_API_KEY = "simulator-key"
DEFAULT_SECRET = "simulator-secret"  # noqa: S105 - opens nothing but the simulator
DEFAULT_BALANCES: Mapping[str, Decimal | int | str] = {
    "USD": 1_000_000,
    "HKD": 1_000_000,
    "USDT": 1_000_000,
    "BTC": 100,
    "ETH": 1_000,
}
_COUNTER_PARTY_FUNDS = 10**18


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """Remember a request that arrived: without its key and signature. `at` is the venue's time in ms."""

    method: str
    path: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    at: int = 0


class Simulator:
    """Answer like HashKey's spot REST API, as documented.

    Time moves only by the `now` that each call brings: what is due by then happens first, in the order of its time.
    Orders trade with those of other accounts; `SimulatorControl` opens such accounts and plays the other side.
    Equal seeds and equal calls give equal answers. May be called from many threads.
    """

    def __init__(
        self,
        *,
        api_key: str = DEFAULT_API_KEY,
        secret: str = DEFAULT_SECRET,
        public_key: str | None = None,
        balances: Mapping[str, Decimal | int | str] | None = None,
        dialect: Dialect | None = None,
        limits: Limits | None = None,
        keep_requests: int | None = None,
        seed: int = 0,
    ) -> None:
        """Open the account with `balances`, all free; None is a generous amount of each coin.

        `public_key`, PEM text of an Ed25519 key, stands in for `secret`: requests are signed with its private half.
        `limits` None lets everything through. `keep_requests` None remembers every request, else the last so many.
        """
        if keep_requests is not None and keep_requests < 0:
            raise ValueError(f"keep_requests must be None, 0 or more: {keep_requests!r}")
        dialect, book, self.agenda = dialect or Dialect(), Book(seed), Agenda()
        intake, listen_keys = OrderIntake(dialect, book, self.agenda, seed), ListenKeys(dialect, self.agenda, seed)
        self.venue = VenueState(dialect, MARKETS, book, intake, listen_keys)
        self.streams = Streams(self.venue, self.agenda, seed)
        self.faults = Faults()
        self.limiter = None if limits is None else Limiter(limits)
        self.requests: list[RecordedRequest] = []
        self.latest = 0
        self.lock = RLock()
        keep_whole(self)
        self.accounts: dict[str, Account] = {}
        """Every account under the key it was opened with."""
        self.keys: dict[str, ApiKey] = {}
        """Every key, also those that an account was given later."""
        self._keep_requests = keep_requests
        self._signed = served(dialect)
        self._seed = seed
        funds = DEFAULT_BALANCES if balances is None else balances
        self.account = self.open_account(api_key, secret, funds, public_key=public_key)
        assets = {asset for market in MARKETS.values() for asset in (market.base, market.quote)}
        ample = {asset: Balance(free=Decimal(_COUNTER_PARTY_FUNDS)) for asset in sorted(assets)}
        self.counter_party = Account(account_id(seed - 1), "", "", ample)

    def open_account(
        self,
        api_key: str,
        secret: str,
        balances: Mapping[str, Decimal | int | str],
        *,
        public_key: str | None = None,
        parent: Account | None = None,
    ) -> Account:
        """Open an account behind a key, a sub-account when it has a `parent`; `public_key` as for `Simulator`.

        ValueError when the key is taken, a balance is no exact number or the PEM holds no Ed25519 key.
        """
        account = Account(account_id(self._seed + len(self.accounts)), api_key, secret, parent=parent)
        for asset, amount in balances.items():
            account.balances[asset] = Balance(free=exact(amount, f"balance of {asset}"))
        self.open_key(account, api_key, secret, public_key)
        self.accounts[api_key] = account
        self.venue.register.add(account)
        return account

    def open_key(self, account: Account, api_key: str, secret: str, public_key: str | None) -> ApiKey:
        """Open one more key for an account; errors as for `open_account`."""
        if not api_key or api_key in self.keys:
            raise ValueError("the key is empty or belongs to another account")
        verifier = Secret(secret) if public_key is None else PublicKey(public_key)
        key = self.keys[api_key] = ApiKey(account=account, verifier=verifier)
        return key

    def advance(self, now: int) -> None:
        """Advance the time to `now`, and carry out what is due; the caller holds the lock, under `money.EXACT`."""
        if now >= self.venue.day_ends.next:
            self._end_days(now)
        self.latest = max(self.latest, now)
        self.agenda.run(now)

    @contextmanager
    def at(self, now: int) -> Iterator[None]:
        """Change the venue at `now`, within a `with` block: what is due happens first; streams are told the rest."""
        with self.lock, localcontext(EXACT):
            self.advance(now)
            try:
                yield
            finally:
                if self.streams.connections:
                    self.streams.flush(now)

    def looking(self) -> AbstractContextManager[object]:
        """Look at something that others may change meanwhile; time does not move."""
        return self.lock

    def handle(self, request: SimRequest, now: int) -> SimResponse:
        """Answer one request at `now`, the venue's Unix time in ms."""
        with self.lock, localcontext(EXACT):
            self.advance(now)
            response = self._respond(request, now)
            if self.streams.connections:
                self.streams.flush(now)
            return response

    def open_stream(self, path: str, now: int) -> StreamConnection:
        """Open a WebSocket's worth of frames at `now`: `/api/v1/ws/` and a listen key, or `/quote/ws/v1` or `v2`."""
        with self.at(now):
            status, connection = self.streams.open(path, now)
        return StreamConnection(self, connection, status)

    def _respond(self, request: SimRequest, now: int) -> SimResponse:
        fault = self.faults.take(request)
        if fault is not None and fault.kind is NetworkFault.REFUSE:
            return fault.respond(None)
        parameters = request.parameters()
        parameters.pop("signature", None)
        self._arrived(request, parameters, now)
        limited = None if self.limiter is None else self._limited(self.limiter, request, now)
        if fault is None:
            return limited or self._answer(request, parameters, now, now)
        if not fault.acted:
            return fault.respond(None)
        return fault.respond(limited or self._act_for(fault, request, parameters, now))

    def _end_days(self, now: int) -> None:
        days = self.venue.day_ends
        if now and not days.next:
            days.begin(now)
        while now >= days.next > 0:
            self.agenda.run(days.next - 1)
            days.close(self.accounts.values())

    def _arrived(self, request: SimRequest, parameters: Parameters, now: int) -> None:
        if self._keep_requests != 0:
            self.requests.append(RecordedRequest(request.method, request.path, parameters, now))
            if self._keep_requests is not None and len(self.requests) > self._keep_requests:
                del self.requests[0]
        if request.method == "DELETE" and (key := self._key_of(request)) is not None:
            for order in named_by_cancel(self.venue, key.account, (request.method, request.path), parameters):
                if order is not None:
                    order.cancel_sends += 1

    def _limited(self, limiter: Limiter, request: SimRequest, now: int) -> SimResponse | None:
        # Only signed calls of a known key are counted: of the public ones no limit is published.
        key = key_of(request, self.venue.dialect) if (request.method, request.path) in self._signed else None
        too_many = limiter.refuse(request.method, request.path, key if key in self.keys else None, now)
        return None if too_many is None else limit_answer(self.venue.dialect, too_many)

    def _key_of(self, request: SimRequest) -> ApiKey | None:
        return self.keys.get(key_of(request, self.venue.dialect) or "")

    def _act_for(self, fault: Fault, request: SimRequest, parameters: Parameters, now: int) -> SimResponse | None:
        if not fault.acted_after:
            return self._answer(request, parameters, now, now)
        self.agenda.add(now + fault.acted_after, partial(self._answer, request, parameters, now))
        return None

    def _answer(self, request: SimRequest, parameters: Parameters, received: int, now: int) -> SimResponse:
        route = (request.method, request.path)
        try:
            if (signed := self._signed.get(route)) is not None:
                if route in LISTENING and self.venue.dialect.listen_key_signature == "optional":
                    key = identify(request, self.keys, self.venue.dialect, received)
                else:
                    key = authenticate(request, parameters, self.keys, self.venue.dialect, received)
                check_permission(key, route, self.venue.dialect)
                return json_response(signed(self.venue, key.account, parameters, now))
            if (public := PUBLIC.get(route)) is not None:
                return json_response(public(self.venue, parameters, now))
        except Refusal as refusal:
            return refuse(refusal.code, refusal.detail)
        except QuoteRefusal as refusal:
            return refuse_quote(refusal)
        return not_routed(request.path) if route in SIGNED else no_such_page()
