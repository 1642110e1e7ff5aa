"""Opens the plugin under test and lets it call the scripted venue: the whole package between, in virtual time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from itertools import count
from random import Random
from typing import Any, Literal, cast
from unittest.mock import patch

from msgspec.structs import replace

from hk_adapter.flow.blocking_runner import BlockingRunner
from hk_adapter.flow.effects import Flow, HttpCall
from hk_adapter.flow.http import HttpRequest
from hk_adapter.hooks import CLOCK_STEP, Credentials, OpenedVenue, VenueSettings
from hk_adapter.model import CancelReport, CancelRequest, FetchOrderRequest
from hk_adapter.registry import KeyRedactor
from hk_adapter.settings import PrivateKeyCredentials
from hk_adapter.testing.conformance.bench_market_streams import BenchMarketStreams
from hk_adapter.testing.conformance.bench_streams import BenchStreams
from hk_adapter.testing.conformance.by_symbol import by_symbol
from hk_adapter.testing.conformance.exchange import EPOCH, ScriptedExchange, Seen
from hk_adapter.testing.conformance.guarded import guarded
from hk_adapter.testing.conformance.logged_faults import told_fault
from hk_adapter.testing.conformance.own_ids import own_id, own_id_in_capitals
from hk_adapter.testing.conformance.promises import require
from hk_adapter.testing.conformance.script import Asked, Request, Script
from hk_adapter.testing.conformance.scripted_data import ScriptedOrder
from hk_adapter.testing.virtual_time import VirtualRunner, VirtualTime
from hk_adapter.transport.in_order import InOrder
from hk_adapter.transport.request_builder import RequestBuilder
from hk_adapter.transport.venue_clock import VenueClock
from hk_adapter.venue import rehearsal
from hk_adapter.venue.api.client_ids import ClientIdSource
from hk_adapter.venue.blocking import BlockingCalls
from hk_adapter.venue.connect_arguments import ConnectArguments
from hk_adapter.venue.connection import open_connection

SECRET = "7f3a9c1e5b2d4860" * 4
"""Whichever a venue's secrets are written in, it is: text, Base64 and hex."""
_HOUR = 3600
_FAULTS = logging.getLogger("hk_adapter.plugins")
"""Where the host tells what a plugin did wrong, though the call may have ended well."""
_KEYS = count(1)
"""Each bench is a key of its own: what is known of one's orders is not known of another's."""


class Bench:
    """One plugin, opened anew, and its scripted venue.

    Attributes:
        venue: every call of an open venue.
        calls: the same as flows, to be run side by side.
        streams: the hooks of the private stream; ``market_streams`` the one of public streams.
        opened_venue: what the plugin's ``open_venue`` gave.
        has: which calls work, by ccxt's keys.
        runtime: what the connection's runner has beside its transport.
        sent: the calls that the plugin's hooks awaited, as they went out.
        faults: what the host found the plugin to do wrong after a request had left.
        names_symbols: whether the calls name the symbol of each order, which the venue cannot find without it.
    """

    replays = False
    client_ids: ClientIdSource | None = None

    def __init__(
        self,
        venue_id: str,
        script: Script,
        options: Mapping[str, Any],
        keys: Mapping[str, Any] | None = None,
        *,
        budget: Literal["unlimited"] | None = None,
        names_symbols: bool = False,
    ) -> None:
        self._as_given = (venue_id, script, options, keys)
        self.names_symbols = names_symbols
        self.script = script
        self._time = VirtualTime()
        self.exchange = ScriptedExchange(guarded(script), self._time)
        self.sent: list[HttpCall] = []
        self.opened_venue: OpenedVenue | None = None
        halves: dict[str, Any] = {"api_key": f"kit-key-{next(_KEYS)}", "secret": SECRET, "private_key": None}
        halves |= dict(keys or {})
        self.api_key = str(halves["api_key"])
        given = ConnectArguments(
            **halves, venue_id=venue_id, environment="production", site=None, base_url=None,
            profile=None, timeout=10.0, budget=budget, proxy=None, plugins=(), venue_settings=options,
        )  # fmt: skip
        self.venue_id = venue_id
        with rehearsal.in_force(self):
            connection = open_connection(given)
        if names_symbols:
            connection = replace(connection, calls=by_symbol(connection.calls, self._symbol_of))
        self.has = connection.has
        self.runtime = connection.runtime

        def noted(call: HttpCall) -> HttpRequest:
            request = self.runtime.prepare(call)
            self.sent.append(call)
            return request

        self.faults: list[str] = []
        self._log = logging.Handler()
        self._log.emit = lambda record: self.faults.append(told_fault(record))  # type: ignore[method-assign]
        _FAULTS.addHandler(self._log)
        luck = Random(1)  # noqa: S311 - the same each time
        runner = VirtualRunner(replace(connection.runtime, prepare=noted, rng=luck), self.exchange, self._time)
        self._runner = runner
        self.calls = connection.calls
        self.streams = BenchStreams(connection, runner.run)
        self.market_streams = BenchMarketStreams(connection, runner.run)
        self.venue = BlockingCalls(connection, cast("BlockingRunner", runner))
        if connection.loads_markets:
            self.venue.load_markets()

    def without_limits(self) -> Bench:
        """Open another, whose requests wait for no rate limit."""
        return Bench(*self._as_given, budget="unlimited", names_symbols=self.names_symbols)

    def another(self) -> Bench:
        """Open another, of the same plugin, with a key of its own."""
        return Bench(*self._as_given, names_symbols=self.names_symbols)

    def _symbol_of(self, request: CancelRequest | FetchOrderRequest) -> str:
        named = Asked(kind=Request.CANCEL, order_id=request.order_id, client_order_id=request.client_order_id)
        order = self.exchange.named(named)
        return self.script.symbol if order is None else order.symbol

    def opened(self, settings: VenueSettings, venue: OpenedVenue, redactor: KeyRedactor) -> None:
        """Keep what the plugin opened."""
        self.opened_venue = venue

    def sign(self, call: HttpCall, times: int) -> list[HttpRequest]:
        """Have the plugin sign a call so many times, at the same time and with the same nonce."""
        timestamp, admission = self.runtime.clock.now().timestamp, self.runtime.admission
        if isinstance(admission, InOrder):
            call = admission.numbered(call, timestamp)
        with patch.object(PrivateKeyCredentials, "_sign", _signs_once(PrivateKeyCredentials._sign)):
            return [self._signed(call, timestamp, later) for later in range(times)]

    def _signed(self, call: HttpCall, timestamp: int, later: int) -> HttpRequest:
        """Sign a call so many hours later by the machine's clocks, which are nothing to a signature."""
        wall, wall_ns = time.time, time.time_ns
        with (
            patch.object(time, "time", lambda: wall() + later * _HOUR),
            patch.object(time, "time_ns", lambda: wall_ns() + later * _HOUR * 10**9),
        ):
            return self.outgoing.signed(call, timestamp)[0]

    def built(self, call: HttpCall, key: Credentials, timestamp: int) -> HttpRequest:
        """Have the plugin build a call with a key of one's own, at a time in ms UTC. Raises NotSent where it cannot."""
        return RequestBuilder(self.venue_under_test, key, self.runtime.clock).signed(call, timestamp)[0]

    @property
    def key(self) -> Credentials:
        """What the connection's requests are signed with."""
        key = self.outgoing._credentials
        if key is None:
            raise TypeError("the venue was opened without a key")
        return key

    @property
    def pairs(self) -> list[tuple[HttpCall, Seen]]:
        """Each call that went out, with the request that it became."""
        return list(zip(self.sent, self.exchange.seen, strict=True))

    def advance(self, seconds: float) -> None:
        """Advance the time."""
        self._time.jump(self._time.now + seconds)

    def at_once(self, flows: Iterable[Flow[Any]]) -> list[Any]:
        """Run calls side by side; results in order, errors as values."""
        return self._runner.run_all(flows)

    @property
    def venue_under_test(self) -> OpenedVenue:
        """What the plugin opened."""
        if self.opened_venue is None:
            raise TypeError("the plugin is not open")
        return self.opened_venue

    def own_id(self, number: int) -> str:
        """Write the client order id of a number, as the venue takes it."""
        return own_id(self.opened_venue, number)

    def own_id_in_capitals(self, number: int) -> str | None:
        """Write such a one in capitals; None where the venue's ids have a form."""
        return own_id_in_capitals(self.opened_venue, number)

    @property
    def outgoing(self) -> RequestBuilder:
        """What signs for the connection."""
        return cast("RequestBuilder", self.runtime.prepare)

    def clock(self) -> VenueClock:
        """Return the virtual clock, known as well as the venue says that it is."""
        step = getattr(self.opened_venue, "clock_step", CLOCK_STEP)
        checked = getattr(self.opened_venue, "checks_time", True)
        return VenueClock(self._time.monotonic, lambda: EPOCH + self._time.now, step=step, checked=checked)

    def close(self) -> None:
        """Require that the host found no fault in the plugin meanwhile."""
        _FAULTS.removeHandler(self._log)
        told = "; ".join(dict.fromkeys(self.faults))
        require(not self.faults, f"the plugin broke its contract: {told}")

    def cancel(self, order: ScriptedOrder, **given: Any) -> CancelReport:
        """Cancel an order by its venue's id unless ``given`` names it otherwise, and hold the report to the truth."""
        named = given if "client_order_id" in given else {"order_id": order.id, **given}
        others = [one for one in self.exchange.orders.values() if one is not order and not one.is_ended]
        report = self.venue.try_cancel(**named)
        self.check_report(report, order)
        ended = [one.id for one in others if one.is_ended]
        require(not ended, f"{order.id} was to be canceled, and {', '.join(ended)} was")
        return report

    def check_report(self, report: CancelReport, order: ScriptedOrder) -> None:
        """Require that a report that is final says what is true, and that nothing can change any more."""
        self.exchange.settle()
        if not report.final or report.order is None:
            return
        told = f"reported {report.outcome} with {report.order.filled} filled"
        require(order.is_ended, f"{told}, while the order was on the book")
        require(report.order.filled == order.filled, f"{told}, while {order.filled} was")
        require(report.order.id == order.id, f"{told}, of the order {report.order.id}, not {order.id}")


def _signs_once(sign: Callable[..., bytes]) -> Callable[..., bytes]:
    """Sign each message once: by curves, and by RSA-PSS, chance has a part in every signature."""
    made: dict[bytes, bytes] = {}

    def signed(credentials: PrivateKeyCredentials, message: bytes, *way: Any) -> bytes:
        if message not in made:
            made[message] = sign(credentials, message, *way)
        return made[message]

    return signed
