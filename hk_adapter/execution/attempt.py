"""Call one hook of the opened venue, once: hold its plugin to the contract, and heed what the venue's limits demand."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from types import NoneType
from typing import Any, TypeGuard, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from hk_adapter.errors import (
    AdapterError,
    ClockSkew,
    InvalidArgument,
    NotSent,
    NotSupported,
    PluginError,
    RequestState,
    UnexpectedPayload,
)
from hk_adapter.execution.answers import (
    as_it_stands,
    fault_of_answer,
    fault_of_error,
    is_of_the_model,
    longest_limit,
)
from hk_adapter.execution.exact_types import exact
from hk_adapter.execution.known_orders import KnownOrders
from hk_adapter.execution.rate_limits import pause_for
from hk_adapter.flow.cost_by_age import CostByAge, Weight, dearest
from hk_adapter.flow.driver import check_flow, watched
from hk_adapter.flow.effects import (
    CORES_OWN,
    PUBLIC,
    Effect,
    Flow,
    Foreign,
    Gather,
    HttpCall,
    Lane,
    Now,
    Random,
    Sleep,
    stays_here,
)
from hk_adapter.flow.interrupts import raise_struck
from hk_adapter.flow.log_line import write
from hk_adapter.flow.prepared import InLane, PreparedCall
from hk_adapter.flow.shielded import Due, NotedFault
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import (
    CancelOrdersAnswer,
    CancelOrdersRequest,
    CancelRequest,
    CreateOrdersAnswer,
    Operation,
    OrderPage,
    TradePage,
)

T = TypeVar("T")

_LOG = logging.getLogger("hk_adapter.plugins")

_ROWS = (CancelOrdersAnswer, CreateOrdersAnswer)
_LISTED = (*_ROWS, OrderPage, TradePage)
_MOST_EFFECTS = 2_000
"""Effects that one hook call may await, far above any venue's need: some take no time, and no deadline ends those."""
_OF_A_WRAPPERS = 3
"""What an effect of a wrapper counts as, which has a limit of its own: this question, itself, a gathering around it."""
ATTEMPT_TIMEOUT = 3.0
"""Seconds that one request may take once it goes out."""
_BOUND = (HttpCall, Foreign, Sleep, Gather)
_UNBOUNDED: frozenset[type[Effect[Any]]] = frozenset({Now, Random})
_EXACT = frozenset({*_BOUND, PreparedCall})
"""What is bounded and counted by its fields, so that these must be no class's own to make up."""
OF_STREAMS = frozenset({"open_stream", "open_market_stream", "renew_stream", "close_stream"})
"""Hooks that place nothing, whatever method they ask by: a block of creates must not shut the eyes of a bot."""
READING = ("fetch_", "check_")
"""What the names of the hooks begin with of which the same is true: some venues are asked by POST alone."""
PLACING = "create"
"""What the names of the calls and hooks begin with that place orders."""
CHANGING = ("cancel", PLACING)
"""What the names of the hooks begin with that cannot be answered without a request."""


class Attempt(Struct, eq=False):
    """Watches one hook call: bounds it in time, and counts the requests that may have reached the venue.

    Attributes:
        deadline: when it must be over, in seconds of the monotonic clock.
        lane: which part of the rate budget its requests use; None leaves that to each.
        share: how much of the time left one request may take.
        strict: whether it ends in NotSent where its hook sleeps past the deadline.
        most: requests that could change something, one more of which breaks it off with PluginError; None: no limit.
        whole: whether it is not one hook call but a whole call, the core's own effects included.
        sent: requests of which at least one byte may have left.
        asked_first: those of them that only asked, before anything that may change something; of a library's own steps,
            which may place an order by a GET, those alone that its venue says of that they read.
        cancels: those of them that may have canceled: of the cancel lane, or a library's own.
        group: the rate-limit group of the last request; None before one.
        further_groups: those that it was charged to besides.
        most_weight: what a call of each group may weigh at most, by what the venue declared; None checks nothing.
        known: the key's orders, for weights that depend on their age; None knows of none.
        hook: which one it is, once it is called; of a whole call its own name.
        plugin: whose it is, as errors begin; empty where nobody says.
        noted_fault: the first fault that a wrapper wants told beside the report of a whole call; None without one.
    """

    deadline: float
    lane: Lane | None = None
    share: float = 1.0
    strict: bool = True
    most: int | None = None
    whole: bool = False
    sent: int = 0
    asked_first: int = 0
    cancels: int = 0
    group: str | None = None
    further_groups: tuple[str, ...] = ()
    most_weight: Mapping[str, float] | None = None
    known: KnownOrders | None = None
    hook: str = "a hook"
    plugin: str = ""
    noted_fault: PluginError | None = None
    _changes: int = 0
    _effects: int = 0

    def before(self, effect: Effect[Any]) -> Effect[Any]:
        """Put this attempt's bounds and lane on a request, and its end on a sleep; count the request."""
        self._effects += 1
        if self._effects > _MOST_EFFECTS and not self.whole:
            raise PluginError(f"{self.plugin}{self.hook} awaits effects without an end")
        if type(effect) is HttpCall:
            return self._counted(self._bounded(effect))
        if type(effect) in _UNBOUNDED or self._handle_own(effect):
            return effect
        if isinstance(effect, _BOUND) and type(effect) not in _EXACT and not stays_here(effect):
            raise PluginError(
                f"{self.plugin}{self.hook} awaited {type(effect).__name__}, a class of its own in place of an effect"
            )
        if isinstance(effect, CORES_OWN) and not self.whole:
            raise PluginError(f"{self.plugin}{self.hook} awaited {type(effect).__name__}, which is the core's own")
        if isinstance(effect, Sleep):
            return replace(effect, until=_earlier(effect.until, self.deadline), strict=effect.strict or self.strict)
        if isinstance(effect, HttpCall):
            return self._counted(self._bounded(effect))
        if isinstance(effect, Foreign) and effect.reaches_venue:
            held = effect.may_change and self.hook.startswith(PLACING)
            deadline = _earlier(effect.deadline, self.deadline)
            return self._counted(replace(effect, deadline=deadline, places_orders=held))
        return effect

    def _counted(self, effect: HttpCall | Foreign[Any]) -> HttpCall | Foreign[Any]:
        changes = effect.may_change
        if self.most is not None and self._changes + changes > self.most and not self._is_a_librarys_step(effect):
            raise PluginError(
                f"{self.plugin}{self.hook} sends more requests that may change something than one call of it may"
            )
        self._count(effect, 1, changes=changes)
        return effect

    def _is_a_librarys_step(self, effect: Effect[Any]) -> bool:
        """Whether a library places an order by it: some venues take several steps, and their library knows which."""
        return type(effect) is PreparedCall and self.hook.startswith(PLACING)

    def _handle_own(self, effect: Effect[Any]) -> bool:
        """Answer or keep what is said to the attempt itself; False for any other effect."""
        match effect:
            case Due():
                effect.bound(self.deadline)
                self._effects -= _OF_A_WRAPPERS
            case NotedFault():
                self.noted_fault = self.noted_fault or effect.error
            case InLane():
                if self.lane is not None:
                    effect.take(self.lane)
            case _:
                return False
        return True

    def failed(self, effect: Effect[Any], error: Exception) -> None:
        """Count a request no more that provably never left."""
        if isinstance(error, NotSent) and _reaches_venue(effect):
            self._count(effect, -1, changes=effect.may_change)

    def _bounded(self, call: HttpCall) -> HttpCall:
        if type(call.method) is not str or type(call.path) is not str:
            raise PluginError(f"{self.plugin}{self.hook}: a request's method and path must be str")
        if type(call.reads) not in (bool, NoneType):
            raise PluginError(f"{self._prefix(call)}reads must be a bool or None")
        if call.reads is None and (self.hook in OF_STREAMS or self.hook.startswith(READING)):
            call = replace(call, reads=True)
        if call.costs or type(call.weight) is CostByAge:
            call = self._weighed(call)
        self._check_weight(call, call.group, call.weight)
        self.group, self.further_groups = call.group, tuple(call.costs)
        deadline, timeout = call.deadline, call.timeout
        return call.within(
            self.deadline if deadline is None else min(deadline, self.deadline),
            ATTEMPT_TIMEOUT if timeout is None else min(timeout, ATTEMPT_TIMEOUT),
            min(call.share, self.share),
            self.lane or call.lane,
        )

    def _weighed(self, call: HttpCall) -> HttpCall:
        """Return a call that is charged to further groups, or by the age of orders, with what is known of that."""
        costs: object = call.costs
        if type(costs) is not dict or call.group in costs:
            raise PluginError(f"{self._prefix(call)}costs must be a dict of further groups")
        weighed = {group: self._at_known_ages(call, weight) for group, weight in costs.items()}
        for group, weight in weighed.items():
            self._check_weight(call, group, weight)
        return replace(call, weight=self._at_known_ages(call, call.weight), costs=weighed)

    def _at_known_ages(self, call: HttpCall, weight: Weight) -> Weight:
        if type(weight) is not CostByAge or weight.request is None or self.known is None:
            return weight
        if not isinstance(weight.request, CancelRequest | CancelOrdersRequest):
            raise PluginError(f"{self._prefix(call)}the request of a CostByAge must be that of a cancel")
        return replace(weight, existed=self.known.existed_by(weight.request))

    def _prefix(self, call: HttpCall) -> str:
        return f"{self.plugin}{self.hook}: {call.method} {call.path}: "

    def _check_weight(self, call: HttpCall, group: object, weight: object) -> None:
        """Raise PluginError for what no budget that the venue declared can count: it would go out unbudgeted."""
        if type(weight) is CostByAge:
            weight = dearest(weight)
        if type(weight) is not int or weight < 0 or type(group) is not str:
            raise PluginError(f"{self._prefix(call)}a weight must be an int from 0 up, a group a str")
        if self.most_weight is None or (group == PUBLIC and not call.signed):
            return
        if group not in self.most_weight:
            raise PluginError(f"{self._prefix(call)}the venue's limits declare no group {group!r}")
        if weight > self.most_weight[group]:
            most = self.most_weight[group]
            raise PluginError(f"{self._prefix(call)}weighs {weight}, and group {group!r} holds {most} at most")

    def _count(self, effect: HttpCall | Foreign[Any], one: int, *, changes: bool) -> None:
        # Counted before it goes: where an error that no flow may see follows, a test tool's, it stays counted.
        self.sent += one
        if changes:
            self._changes += one
        elif not self._changes and (type(effect) is HttpCall or effect.reads is True):
            self.asked_first += one
        if not isinstance(effect, HttpCall) or effect.lane is Lane.CANCEL:
            self.cancels += one

    def count_unseen(self) -> None:
        """Count a request of a hook that answered without one that we saw: it may have had a way of its own to send."""
        self.sent = self.cancels = 1

    @property
    def request_state(self) -> RequestState:
        """What is known of the requests where the plugin itself fails."""
        return RequestState.UNKNOWN if self.sent else RequestState.NOT_SENT


class OperationHooks:
    """The opened venue's hooks, as one whole call has them called: each call of one is an attempt of it.

    ``on_skew`` measures the venue's clock, by a deadline in seconds of the monotonic clock, where the venue refused a
    timestamp; not twice, until something is answered. None: the call's flow decides about that itself. ``most_weight``
    is what a call of each group may weigh at most; None where no venue says so. ``plugin`` is how errors begin that
    are its fault. ``known`` are the key's orders.
    """

    __slots__ = ("_hooks", "_is_measured", "_known", "_most_weight", "_on_skew", "_operation", "_plugin")

    def __init__(
        self,
        hooks: VenueHooks,
        operation: Operation,
        on_skew: Callable[[OperationHooks, float], Flow[object]] | None = None,
        most_weight: Mapping[str, float] | None = None,
        plugin: str = "",
        known: KnownOrders | None = None,
    ) -> None:
        self._hooks = hooks
        self._known = known
        self._operation = operation
        self._on_skew = on_skew
        self._most_weight = most_weight
        self._plugin = plugin
        self._is_measured = False

    async def call(
        self, hook: Callable[..., Flow[T]], kind: type[T], attempt: Attempt, request: object | None = None
    ) -> T:
        """Call a hook, once, and return its answer: a ``kind``, held to the contract.

        Raises what the hook raises if that is an AdapterError; NotSupported where no plugin implements the hook;
        PluginError for anything else, with ``request_state`` telling whether it had sent. One after a send is logged.
        What a limit or a block forbids from now on is paused by then, and the clock is measured after a ClockSkew.
        """
        attempt.hook, attempt.plugin = hook.__name__, self._plugin
        attempt.most_weight, attempt.known = self._most_weight, self._known
        try:
            answer = await self._answer(kind, attempt, request)
        except AdapterError as error:
            if isinstance(error, PluginError):
                _log_fault(error, attempt)
            await pause_for(error, attempt.group, *attempt.further_groups)
            if isinstance(error, ClockSkew):
                await self._measure(attempt)
            raise
        self._is_measured = self._is_measured and attempt.hook == "fetch_time"
        if isinstance(answer, _ROWS) and (limit := longest_limit(answer)) is not None:
            await pause_for(limit, attempt.group, *attempt.further_groups)
        return answer

    async def _measure(self, attempt: Attempt) -> None:
        if self._on_skew is not None and not self._is_measured:
            self._is_measured = True
            await self._on_skew(self, attempt.deadline)

    async def _answer(self, kind: type[T], attempt: Attempt, request: object | None) -> T:
        name = attempt.hook
        try:
            flow = self._hooks.attempt(operation=self._operation, request=request, hook=name)
            if flow is None:
                raise NotSupported(f"the venue's plugin has no {name}", operation=name)
            check_flow(flow, name)
            answer = await watched(flow, attempt)
            if isinstance(answer, kind):
                answer = exact(answer)
        except PluginError as error:
            error.request_state = attempt.request_state
            raise
        except AdapterError as error:
            if (other := _error_in_place_of(error, name, attempt)) is not None:
                raise other from error
            raise
        except Exception as error:
            raise_struck(error)
            raise _broken(f"{name} broke with {type(error).__name__}", name, attempt) from error
        if not isinstance(answer, kind):
            raise _broken(f"{name} gave {type(answer).__name__}, not {kind.__name__}", name, attempt)
        if not attempt.sent and name.startswith(CHANGING):
            attempt.count_unseen()
            raise _broken(f"{name} answered without having sent anything that we saw", name, attempt)
        return _usable(answer, request, attempt) if type(answer) in _LISTED else answer


def _usable(answer: T, request: object, attempt: Attempt) -> T:
    """Return an answer about several orders, or fills, where it can be one. Raises PluginError."""
    if (fault := fault_of_answer(answer, request)) is not None:
        raise _broken(f"{attempt.hook} {fault}", attempt.hook, attempt)
    return as_it_stands(answer)


def _error_in_place_of(error: AdapterError, name: str, attempt: Attempt) -> AdapterError | None:
    """Return the error to raise in place of a hook's: the answer's fault, or the plugin's; None: the hook's own."""
    if isinstance(error, InvalidArgument) and attempt.sent and is_of_the_model(error):
        return UnexpectedPayload(f"{name} read what no record of ours can be: {error}", operation=name)
    fault = fault_of_error(error)
    return None if fault is None else _broken(f"{name} raised {type(error).__name__} {fault}", name, attempt)


def _log_fault(error: PluginError, attempt: Attempt) -> None:
    """Log a plugin's fault after a send, with its traceback: what follows may settle the order without it."""
    if attempt.sent:
        write(
            _LOG,
            logging.ERROR,
            "%s broke its contract after a request had left: %s",
            attempt.hook,
            error,
            exc_info=error,
        )


def _earlier(one: float | None, other: float) -> float:
    return other if one is None else min(one, other)


def _reaches_venue(effect: Effect[Any]) -> TypeGuard[HttpCall | Foreign[Any]]:
    return isinstance(effect, HttpCall) or (isinstance(effect, Foreign) and effect.reaches_venue)


def _broken(message: str, name: str, attempt: Attempt) -> PluginError:
    error = PluginError(f"{attempt.plugin}{message}", operation=name)
    error.request_state = attempt.request_state
    return error
