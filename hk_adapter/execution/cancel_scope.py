"""Cancel a whole scope of orders by the venue's one request for it."""

from __future__ import annotations

from hk_adapter.errors import AdapterError, NotSupported, OutcomeUnknown, RateLimited, VenueError
from hk_adapter.execution.ask import Attempt, ask
from hk_adapter.execution.cancel import SEND_SHARE, Pursuit, last_first_send
from hk_adapter.execution.heed import heed, is_block
from hk_adapter.execution.open_orders import list_open_orders
from hk_adapter.flow.effects import Lane
from hk_adapter.model import CancelAllRequest, Order

MASS_ROUNDS = 10
"""Mass cancels of one call; a venue takes a limited number of orders at a time (HashKey: 200)."""


def is_in_scope(order: Order, asked: CancelAllRequest) -> bool:
    """Whether an order is one of those that a call is to cancel; its symbol is the list's to heed."""
    if asked.side is not None and order.side is not asked.side:
        return False
    return asked.client_id_prefix is None or (order.client_order_id or "").startswith(asked.client_id_prefix)


async def cancel_by_scope(pursuits: list[Pursuit], asked: CancelAllRequest) -> None:
    """Ask for the whole scope at once, until the book no longer has its orders.

    The answers name no order, so each order has one send in doubt, however often the scope was asked for; what
    is still open is then canceled by its id.
    """
    hooks = pursuits[0].hooks
    open_ids = {pursuit.case.order_id for pursuit in pursuits}
    in_doubt = False
    for _ in range(MASS_ROUNDS):
        attempt = Attempt(last_first_send(pursuits[0]), Lane.CANCEL, share=SEND_SHARE)
        try:
            await ask(hooks.cancel_all_orders, bool, attempt, request=asked)
        except (NotSupported, VenueError) as error:
            await heed(error, attempt)
            if isinstance(error, RateLimited):  # of the very limit that cancels by id count against
                for pursuit in pursuits:
                    pursuit.case.learn_failure(attempt.sent, error)
            break
        except AdapterError as error:
            await heed(error, attempt)
            _end_if_blocked(pursuits, error)
            in_doubt = in_doubt or attempt.sent > 0
            break
        in_doubt = True
        left = open_ids & await _still_open(pursuits, asked)
        if not left or left == open_ids:
            break
        open_ids = left
    if in_doubt:
        for pursuit in pursuits:
            pursuit.case.learn_failure(1, OutcomeUnknown("a mass cancel was accepted, which names no orders"))


async def _still_open(pursuits: list[Pursuit], asked: CancelAllRequest) -> set[str | None]:
    hooks, deadline = pursuits[0].hooks, pursuits[0].deadline
    try:
        return {order.id for order in await list_open_orders(hooks, asked.symbol, deadline)}
    except AdapterError as error:
        _end_if_blocked(pursuits, error)
        return set()


def _end_if_blocked(pursuits: list[Pursuit], error: AdapterError) -> None:
    for pursuit in pursuits:
        pursuit.case.blocked = pursuit.case.blocked or is_block(error)
