"""A wrapper of ``attempt`` sees every hook call of a call in one place, and which call each belongs to."""

from __future__ import annotations

import ast
import contextlib
from collections import Counter
from pathlib import Path

import pytest
from msgspec.structs import force_setattr

import hk_adapter as hk
from hk_adapter import CancelOutcome, HttpCall, wraps_flow
from hk_adapter.errors import CancelRejected, ClockSkew, RateLimited
from hk_adapter.execution.attempt import Attempt, OperationHooks
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.operate import Core
from hk_adapter.flow.driver import START, Answer, Done, step
from hk_adapter.flow.effects import Pause
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import (
    CancelOrdersAnswer,
    CancelOrdersRequest,
    CreateOrdersAnswer,
    CreateOrdersRequest,
    Operation,
    VenueStatus,
)
from hk_adapter.plugins.journal import Journal
from hk_adapter.registry import wraps_looks
from tests.asking import asking, plain
from tests.cases import each

EXECUTION = Path(hk.__file__).parent / "execution"
CORES = {"operate", "attempt"}
HOOKS = sorted(name for name in vars(VenueHooks) if not name.startswith("_") and name not in CORES)


class Notes:
    """Notes each whole call, and each attempt."""

    def __init__(self):
        self.calls, self.attempts, self.ends = [], [], []

    @wraps_flow
    async def operate(self, flow, operation):
        """Note the call."""
        self.calls.append(operation)
        await flow

    @wraps_flow
    async def attempt(self, flow, operation, request, hook):
        """Note a hook's call, and what it came to."""
        self.attempts.append((operation, request, hook))
        try:
            self.ends.append(await flow)
        except hk.AdapterError as error:
            self.ends.append(error)


def by_hook(notes):
    """Make a wrapper of every hook, which notes the hook's name."""

    def wrapper_of(name):
        async def wrapper(self, flow):
            notes.append(name)
            await flow

        wrapper.__name__ = wrapper.__qualname__ = name
        return wraps_flow(wrapper)

    return type("ByHook", (), {name: wrapper_of(name) for name in HOOKS})()


async def test_each_request_of_a_cancel(open_desk):
    """The send and the look are attempts of one call, with the hook's own request."""
    notes = Notes()
    desk = await open_desk(plugins=[notes])
    order = await desk.place()
    notes.__init__()
    await desk.cancel(order.id)
    assert [hook for *_, hook in notes.attempts] == ["cancel_order", "fetch_order"]
    assert [request.order_id for _, request, _ in notes.attempts] == [order.id, order.id]
    assert [end.status for end in notes.ends] == [hk.OrderStatus.PENDING_CANCEL, hk.OrderStatus.CANCELED]
    [call] = notes.calls
    assert [operation for operation, *_ in notes.attempts] == [call, call]
    assert (call.id, call.name) != (0, "")


async def test_a_call_has_an_id_of_its_own(open_desk):
    """Two calls that are alike are told apart by it, and each attempt tells whose it is."""
    notes = Notes()
    desk = await open_desk(plugins=[notes])
    for _ in range(3):
        await desk.call("fetch_time")
    ids = [call.id for call in notes.calls]
    assert len(set(ids)) == len(ids)
    assert [operation.id for operation, *_ in notes.attempts] == ids


async def test_a_refused_attempt_and_its_repeat(open_desk, skipped_time):
    """Each send is an attempt, also one that is refused, and so is each reading of the venue's clock."""
    notes = Notes()
    desk = await open_desk(plugins=[notes])
    order = await desk.place()
    notes.__init__()
    desk.simulator.fail_next(code="-1021", method="DELETE")
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts) == (CancelOutcome.CANCELED, 2)
    asked = ["cancel_order", *["fetch_time"] * 3, "cancel_order", "fetch_order"]
    assert [hook for *_, hook in notes.attempts] == asked
    assert isinstance(notes.ends[0], hk.ClockSkew)
    assert {operation.id for operation, *_ in notes.attempts} == {notes.calls[0].id}


EVERYTHING = [
    ("create_order", ("ETH/USD", "limit", "buy", "1", "1900"), {}),
    (
        "create_orders",
        ([{"symbol": "ETH/USD", "type": "limit", "side": "buy", "amount": "1", "price": "1901"}] * 2,),
        {},
    ),
    ("cancel_all_orders", (), {}),
    ("fetch_open_orders", (), {}),
    ("fetch_orders", (), {}),
    ("fetch_closed_orders", (), {}),
    ("fetch_canceled_orders", (), {}),
    ("fetch_my_trades", (), {}),
    ("fetch_balance", (), {}),
    ("fetch_trading_fees", (), {}),
    ("fetch_accounts", (), {}),
    ("check_key", (), {}),
    ("fetch_markets", (), {}),
    ("fetch_currencies", (), {}),
    ("fetch_ticker", ("ETH/USD",), {}),
    ("fetch_order_book", ("ETH/USD",), {}),
    ("fetch_trades", ("ETH/USD",), {}),
    ("fetch_ohlcv", ("ETH/USD",), {}),
    ("fetch_time", (), {}),
    ("fetch_status", (), {}),
]


async def test_no_hook_is_called_beside_it(open_desk):
    """Whatever call is made, each of its hooks is called as an attempt: none is missing, and none counted twice."""
    notes, hooks = Notes(), []
    desk = await open_desk(plugins=[notes, by_hook(hooks)], budget="unlimited")
    for name, args, options in EVERYTHING:
        await desk.call(name, *args, **options)
    assert [hook for *_, hook in notes.attempts] == hooks
    assert len(set(hooks)) > 15
    assert Counter(operation.name for operation, *_ in notes.attempts).keys() == {one.name for one in notes.calls}


def test_no_file_calls_a_hook_by_itself():
    """The core calls hooks in one place: elsewhere it only names them, as ``VenueHooks.cancel_order``."""
    called = [
        (file.name, ast.unparse(node))
        for file in EXECUTION.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in HOOKS and ast.unparse(node.value).endswith("hooks")
    ]
    assert called == []


class Refusing:
    """Hooks that all end in one error, after a request."""

    def __init__(self, error):
        self._error = error

    def __getattr__(self, name):
        async def refuse(request=None):
            await HttpCall("GET", "/x", group="orders")
            raise self._error

        return refuse


def effects_of(flow):
    """Run a flow to its end, and give the effects that it wanted."""
    wanted, answer = [], START
    while True:
        try:
            moved = step(flow, answer)
        except hk.AdapterError:
            return wanted
        if isinstance(moved, Done):
            return wanted
        wanted.append(moved)
        answer = Answer(None)


@pytest.mark.parametrize("hook", HOOKS)
def test_what_a_limit_demands_is_heeded_whichever_hook_meets_it(hook):
    """No caller can forget it: the group is paused before the error comes out, and everything after a block."""
    limits = [RateLimited("too often", retry_after=3.0), CancelRejected("who knows", http_status=418)]
    paused = []
    for error in limits:
        flow = asking(Refusing(error)).call(getattr(VenueHooks, hook), object, Attempt(10.0), None)
        paused.append([one for one in effects_of(flow) if isinstance(one, Pause)])
    assert paused == [[Pause("orders", 3.0)], [Pause(None, 60.0)]]


def test_the_clock_is_measured_once_until_something_is_answered():
    """After a refused timestamp; refused again, another measurement would show the same."""
    ends = [ClockSkew("no"), ClockSkew("no"), None, ClockSkew("no")]
    measured = []

    class Skewed:
        async def fetch_status(self):
            if (end := ends.pop(0)) is not None:
                raise end
            return VenueStatus(status="ok")

    async def note(hooks, deadline):
        measured.append((len(ends), deadline))

    async def four():
        hooks = OperationHooks(plain(Skewed()), Operation(name="fetch_status", request=None, timeout=1.0), note)
        for _ in range(4):
            with contextlib.suppress(ClockSkew):
                await hooks.call(VenueHooks.fetch_status, VenueStatus, Attempt(7.0))

    effects_of(four())
    assert measured == [(3, 7.0), (0, 7.0)]


TWO = RateLimited("no", retry_after=2.0), RateLimited("no", retry_after=5.0)
BLOCKED = CancelRejected("who knows", http_status=418, retry_after=1.0)
ROWS = [
    (CreateOrdersAnswer(results=TWO), Pause("orders", 5.0)),
    (CancelOrdersAnswer(refused=dict(zip("12", TWO, strict=True))), Pause("orders", 5.0)),
    (CreateOrdersAnswer(results=(*TWO, BLOCKED)), Pause(None, 1.0)),
    (CancelOrdersAnswer(refused={"1": TWO[1], "2": BLOCKED}), Pause(None, 1.0)),
]


@each(("answer", "pause"), ROWS)
def test_so_is_one_that_an_answer_tells_of_some_orders(answer, pause):
    """Of several, the longest counts, and a block before all of them."""

    class Some:
        async def cancel_orders(self, request):
            await HttpCall("DELETE", "/x", group="orders")
            return answer

        create_orders = cancel_orders

    hook = VenueHooks.cancel_orders if isinstance(answer, CancelOrdersAnswer) else VenueHooks.create_orders
    flow = asking(Some()).call(hook, type(answer), Attempt(10.0), CancelOrdersRequest(order_ids=("1", "2")))
    assert [one for one in effects_of(flow) if isinstance(one, Pause)] == [pause]


class HalfMade(RateLimited):
    """An error whose wait is none."""

    def __init__(self):
        super().__init__("too often")
        self.retry_after = "soon"


@pytest.mark.parametrize("results", [None, 7, (HalfMade(),)], ids=["nothing", "a number", "half an error"])
def test_an_answer_about_several_that_is_none(results):
    """What cannot be read of it is the plugin's fault, after a send: it may have placed them all."""

    class Some:
        async def create_orders(self, request):
            await HttpCall("POST", "/x", group="orders")
            return CreateOrdersAnswer(results=results)

    request = CreateOrdersRequest(orders=())
    flow = asking(Some()).call(VenueHooks.create_orders, CreateOrdersAnswer, Attempt(10.0), request)
    step(flow, START)
    with pytest.raises(hk.PluginError, match=r"create_orders (gave results|refused an order)") as caught:
        step(flow, START)
    assert caught.value.request_state is hk.RequestState.UNKNOWN


@pytest.mark.parametrize("hook", [name for name in HOOKS if name.startswith(("cancel", "create"))])
def test_an_answer_without_a_request_is_no_answer(hook):
    """Whichever hook changes something: what was sent is not known then, and the plugin's fault."""

    class Makes:
        def __getattr__(self, name):
            async def answer(request=None):
                return True

            return answer

    attempt = Attempt(10.0)
    flow = asking(Makes()).call(getattr(VenueHooks, hook), bool, attempt, None)
    with pytest.raises(hk.PluginError, match=rf"{hook} answered without having sent anything that we saw") as caught:
        step(flow, START)
    assert (caught.value.request_state, attempt.sent) == (hk.RequestState.UNKNOWN, 1)


async def test_it_stands_outside_the_wrappers_of_a_hook(open_desk):
    """Both may be there: the attempt's are around those of the hook, in whatever order they were given."""
    order_of = []

    class Hook:
        @wraps_flow
        async def cancel_order(self, flow):
            order_of.append("hook")
            await flow

    class Around:
        @wraps_flow
        async def attempt(self, flow, hook):
            if hook == "cancel_order":
                order_of.append("attempt")
            await flow

    desk = await open_desk(plugins=[Hook(), Around()])
    await desk.cancel((await desk.place()).id)
    assert order_of == ["attempt", "hook"]


async def test_it_denies_a_send_on_purpose(open_desk):
    """A cancel that is denied before it is sent is NOT_SENT; so is a create, with the denial itself."""

    class Denies:
        armed = False

        @wraps_flow
        async def attempt(self, flow, hook):
            if self.armed and not hook.startswith("fetch"):
                raise hk.OrderDenied("not today")
            await flow

    wrapper = Denies()
    desk = await open_desk(plugins=[wrapper])
    order = await desk.place()
    wrapper.armed = True
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, desk.cancels) == (CancelOutcome.NOT_SENT, 0, 0)
    with pytest.raises(hk.OrderDenied, match="not today"):
        await desk.place()
    assert desk.seen("POST") == []


async def test_what_it_makes_of_an_answer_changes_nothing(open_desk):
    """Nor what it does to the request: both are copies."""

    class Liar:
        @wraps_flow
        async def attempt(self, flow, operation, request):
            if hasattr(request, "order_id"):
                force_setattr(request, "order_id", "9" * 19)
            force_setattr(operation, "name", "fetch_time")
            answer = await flow
            if isinstance(answer, hk.Order):
                force_setattr(answer, "status", hk.OrderStatus.REJECTED)
            return "all is well"

    desk = await open_desk(plugins=[Liar()])
    order = await desk.place()
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.order.id) == (CancelOutcome.CANCELED, order.id)


async def test_a_connection_with_one_looks_for_itself(open_desk):
    """It may be slow around a look: nobody else waits for it, unless it says that it may be shared."""

    class Slow:
        @wraps_flow
        async def attempt(self, flow):
            await flow

    class Quick(Slow):
        shares_looks = True

    assert wraps_looks([Slow()])
    assert not wraps_looks([Quick()])


def test_the_journal_is_two_methods():
    """It wraps the two places, and names no hook."""
    assert [name for name in (*CORES, *HOOKS) if hasattr(getattr(Journal, name, None), "hk_adapter_wraps_flow")] == [
        *CORES
    ]


def test_a_call_that_nobody_knows_calls_no_hook():
    """It is refused by name, and nothing is asked of the venue."""
    core = Core(SharedLookups())
    core.attach(plain(object()))
    flow = core.operate(operation=Operation(name="fetch_ordr", request=None, timeout=1.0))
    with pytest.raises(hk.NotSupported, match="no call is named 'fetch_ordr'"):
        step(flow, START)
