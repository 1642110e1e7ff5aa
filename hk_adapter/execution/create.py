"""Place orders, by the venue's batches where it has them, and learn which of them exist.

Each is sent once, never twice; a doubt is looked into.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from hk_adapter.errors import (
    AdapterError,
    DuplicateClientOrderId,
    Mismatch,
    OrderRejected,
    OutcomeUnknown,
    PluginError,
    UnexpectedPayload,
    VenueError,
)
from hk_adapter.execution.attempt import Attempt, OperationHooks
from hk_adapter.execution.context import Context
from hk_adapter.execution.create_duplicate import find_duplicate
from hk_adapter.execution.create_lookup import (
    as_asked,
    as_requested,
    create_in_doubt,
    find_created,
    is_certain,
    is_proof,
    not_found,
)
from hk_adapter.execution.known_orders import KnownOrders
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.older_orders import older_ones
from hk_adapter.flow.effects import Gather, Moment, Now
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import (
    CreateOrderRequest,
    CreateOrdersAnswer,
    CreateOrdersRequest,
    CreateReport,
    FetchOrderRequest,
    Operation,
    Order,
)
from hk_adapter.model.enums import ClientIds
from hk_adapter.model.order import order_of
from hk_adapter.record import Record

SEND_SHARE = 0.5
"""Share of the time that a create may take, so that a doubt it leaves can still be looked into."""

Requests = tuple[CreateOrderRequest, ...]
Names = Mapping[str, FetchOrderRequest]
"""Look-ups by client order ids."""


class _Doubt(Record, frozen=True):
    """The order may exist; ``cause`` says why that is not known, ``looked`` what a look into it came to."""

    cause: AdapterError
    looked: OutcomeUnknown | None = None


Answer = Order | AdapterError | _Doubt
"""The venue showed the order, or it definitely does not exist, or it may."""


async def settle_create(hooks: OperationHooks, operation: Operation, context: Context) -> Order:
    """Run one ``create_order`` and return the order as the venue shows it.

    Raises what the venue refused it for; Mismatch where the order that exists has other terms; OutcomeUnknown,
    carrying an order with its ``client_order_id``, where neither an answer nor a look-up by that id settled it before
    the deadline. Not finding it proves nothing: the request may still be travelling.
    """
    request: CreateOrderRequest = operation.request
    if request.test:
        return await _checked(hooks, operation, context, request)
    (report,) = await _settle(hooks, operation, context, (request,))
    return report.order_or_raise()


async def settle_creates(hooks: OperationHooks, operation: Operation, context: Context) -> list[CreateReport]:
    """Run one ``create_orders`` to its reports, in the order of its request."""
    return await _settle(hooks, operation, context, operation.request.orders)


async def _checked(hooks: OperationHooks, operation: Operation, context: Context, request: CreateOrderRequest) -> Order:
    """Have the venue check an order that it shall not place; OutcomeUnknown where its answer shows one, with that."""
    deadline = operation.end((await Now()).monotonic)
    attempt = Attempt(deadline, share=SEND_SHARE, most=1)
    names = context.naming.names((request,))
    order = await hooks.call(VenueHooks.create_order, Order, attempt, request)
    if order.id is not None:
        _note_opened(context, request, names, order, (await Now()).monotonic, is_ours=False)
        cause = PluginError(f"a check only was asked for, and the answer shows the order {order.id}")
        raise create_in_doubt("the order may exist, though it was only to be checked", cause, order)
    return order


async def _settle(
    hooks: OperationHooks, operation: Operation, context: Context, requests: Requests
) -> list[CreateReport]:
    looks, known, client_ids = context.looks, context.looks.known, context.naming.client_ids
    start = await Now()
    begun = start.monotonic
    deadline = operation.end(begun)
    names = context.naming.names(requests)
    asked = {one.client_order_id: one for one in requests}
    # From here on, before any of them meets what may block creates: either it sees the block, or who blocks sees it.
    with known.placing(names, begun, deadline):
        answers = await _send_all(hooks, context, _parcels(requests, context.create_batch), names, begun, deadline)
        await _doubt_older(hooks, requests, answers, start, deadline)
        _doubt_doubled(answers)
        for one in requests:
            own = one.client_order_id
            answers[own] = await _settle_duplicate(hooks, looks, one, answers[own], names[own], start, deadline)
        answered = await Now()
        for own, answer in answers.items():
            if not isinstance(answer, AdapterError):
                id_, symbol, made = (getattr(answer, name, None) for name in ("id", "symbol", "timestamp"))
                known.note_placed(id_, own, begun, symbol, made)
            if isinstance(answer, Order):
                known.note_existed(answer, answered)
                _note_opened(context, asked[own], names, answer, answered.monotonic)
        if any(isinstance(answer, _Doubt) for answer in answers.values()):
            known.note_doubt(answered.monotonic)
    named = client_ids is not ClientIds.NOT_SENT  # else no look-up by the id would show the order
    doubtful = [one for one in requests if named and _is_to_be_found(answers[one.client_order_id])]
    shown = _shown_by(answers)
    looked = await find_created(hooks, looks, doubtful, names, start, deadline, shown)
    found = {one.client_order_id: order for one, order in zip(doubtful, looked, strict=True) if order is not None}
    answered = await Now()
    for own, order in found.items():
        known.note_placed(order.id, own, begun, order.symbol, order.timestamp)
        known.note_existed(order, answered)
        _note_opened(context, asked[own], names, order, answered.monotonic)
    return [
        _report(one, answers[own := one.client_order_id], found.get(own), shown.get(own), named=named)
        for one in requests
    ]


def _note_opened(
    context: Context,
    request: CreateOrderRequest,
    names: Names,
    order: Order,
    at: float,
    *,
    is_ours: bool = True,
) -> None:
    """Record an order that an answer shows, under its own client order id as long as it may be somebody else's."""
    own = request.client_order_id
    context.looks.known.note_opened(
        order,
        at,
        own if is_ours else None,
        market_type=context.market_type,
        look_params=names[own].params,
        apart=not is_ours or bool(request.params),
    )


def _shown_by(answers: Mapping[str, Answer]) -> dict[str, Order]:
    """Return the orders with an id that doubtful answers showed, by client order ids."""
    shown = {own: order_of(answer.cause) for own, answer in answers.items() if isinstance(answer, _Doubt)}
    return {own: order for own, order in shown.items() if order is not None and order.id is not None}


async def _send_all(
    hooks: OperationHooks,
    context: Context,
    parcels: Sequence[Requests],
    names: Names,
    begun: float,
    deadline: float,
) -> dict[str, Answer]:
    """Send each parcel, once, and return the answers by client order ids."""
    sends = [_send(hooks, context, parcel, names, begun, deadline) for parcel in parcels]
    given = [await sends[0]] if len(sends) == 1 else await Gather(tuple(sends))
    answers: dict[str, Answer] = {}
    for parcel, result in zip(parcels, given, strict=True):
        if isinstance(result, Exception):
            raise result
        answers |= dict(zip((one.client_order_id for one in parcel), result, strict=True))
    return answers


def _parcels(orders: Sequence[CreateOrderRequest], batch: int) -> list[Requests]:
    size = max(1, batch)
    by_symbol: dict[str, list[CreateOrderRequest]] = {}
    for order in orders:
        by_symbol.setdefault(order.symbol, []).append(order)
    return [tuple(same[start : start + size]) for same in by_symbol.values() for start in range(0, len(same), size)]


async def _doubt_older(
    hooks: OperationHooks, requests: Requests, answers: dict[str, Answer], begun: Moment, deadline: float
) -> None:
    """Doubt the answers that show orders which the venue had before the call began."""
    shown = {own: answer for own, answer in answers.items() if isinstance(answer, Order)}
    by_id = {one.client_order_id: one for one in requests}
    for own in await older_ones(hooks, shown, by_id, begun, deadline):
        text = "the venue's answer shows an order that is older than this call"
        answers[own] = _Doubt(UnexpectedPayload(text, order=shown[own]))


def _doubt_doubled(answers: dict[str, Answer]) -> None:
    """Doubt the answers that show one and the same order for several requests."""
    shown = {own: answer for own, answer in answers.items() if isinstance(answer, Order) and answer.id is not None}
    times = Counter(order.id for order in shown.values())
    for own, order in shown.items():
        if times[order.id] > 1:
            text = "the venue's answers show one order for several requests"
            answers[own] = _Doubt(UnexpectedPayload(text, order=order))


async def _settle_duplicate(
    hooks: OperationHooks,
    looks: SharedLookups,
    request: CreateOrderRequest,
    answer: Answer,
    named: FetchOrderRequest,
    begun: Moment,
    deadline: float,
) -> Answer:
    """Return an answer; where the client order id is taken, what the order with it came to, by its time."""
    refusal = answer.cause if isinstance(answer, _Doubt) else None
    if request.fresh_id or not isinstance(refusal, DuplicateClientOrderId):
        return answer
    try:
        return await find_duplicate(hooks, looks, request, refusal, begun, deadline, named)
    except OutcomeUnknown as error:
        return _Doubt(refusal, error)
    except DuplicateClientOrderId as error:
        return error


async def _send(
    hooks: OperationHooks, context: Context, parcel: Requests, names: Names, begun: float, deadline: float
) -> list[Answer]:
    attempt = Attempt(deadline, share=SEND_SHARE, most=1)
    try:
        if len(parcel) == 1:
            results: Sequence[Order | AdapterError] = (
                await hooks.call(VenueHooks.create_order, Order, attempt, parcel[0]),
            )
        else:
            request = CreateOrdersRequest(orders=parcel)
            results = (await hooks.call(VenueHooks.create_orders, CreateOrdersAnswer, attempt, request)).results
    except AdapterError as error:
        return [error if is_certain(error, attempt) else _Doubt(error) for one in parcel]
    now = (await Now()).monotonic
    for one, result in zip(parcel, results, strict=False):
        if isinstance(result, Order):  # whoever breaks the call off now leaves it
            _note_opened(context, one, names, result, now, is_ours=False)
    if len(results) != len(parcel):
        message = f"the venue answered about {len(results)} of {len(parcel)} orders"
        return [_Doubt(UnexpectedPayload(message)) for _ in parcel]
    # Of a batch nothing but the client's ids tells the answers apart.
    client_ids = ClientIds.SHOWN if len(parcel) > 1 else context.naming.client_ids
    return [
        _answer(one, result, context.looks.known, begun, client_ids)
        for one, result in zip(parcel, results, strict=True)
    ]


def _answer(
    request: CreateOrderRequest, result: object, known: KnownOrders, begun: float, client_ids: ClientIds
) -> Answer:
    if isinstance(result, VenueError) and not isinstance(result, DuplicateClientOrderId):
        return result
    if isinstance(result, AdapterError):
        return _Doubt(result)
    if not isinstance(result, Order):
        return _Doubt(PluginError(f"create_orders gave {type(result).__name__} for an order"))
    if not is_proof(result, request, known, begun, client_ids):
        return _Doubt(UnexpectedPayload("the venue's answer does not show this order", order=result))
    return result


def _report(
    request: CreateOrderRequest, answer: Answer, found: Order | None, doubtful: Order | None, *, named: bool
) -> CreateReport:
    if isinstance(answer, AdapterError):
        return CreateReport(created=False, order=as_requested(request), error=answer)
    if isinstance(answer, Order):
        return _report_shown(request, answer)
    if found is not None:
        return _report_shown(request, found)
    error = answer.looked or not_found(request, answer.cause, doubtful, named=named)
    return CreateReport(created=None, order=order_of(error) or as_requested(request), error=error)


def _is_to_be_found(answer: Answer) -> bool:
    return isinstance(answer, _Doubt) and answer.looked is None


def _report_shown(request: CreateOrderRequest, order: Order) -> CreateReport:
    try:
        return CreateReport(created=True, order=as_asked(order, request))
    except Mismatch as error:
        return CreateReport(created=True, order=order, error=error)
    except OrderRejected as error:
        return CreateReport(created=False, order=order, error=error)
