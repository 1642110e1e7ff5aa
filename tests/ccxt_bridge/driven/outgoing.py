"""What leaves for a call through the bridge, beside what plain ccxt sends for it."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from functools import partial
from typing import Any

import hk_adapter as hk
from hk_adapter.flow.http import HttpRequest
from hk_adapter.venues.ccxt_bridge.capabilities import defines, takes_client_id
from hk_adapter.venues.ccxt_bridge.client_ids import carried
from hk_adapter.venues.ccxt_bridge.market_orders import check_money
from tests.ccxt_bridge.by_hand import run
from tests.ccxt_bridge.driven import desk
from tests.ccxt_bridge.driven.answers import AMOUNT, PRICE, asked_first
from tests.ccxt_bridge.driven.plain import opened, sent_by, told
from tests.ccxt_bridge.driven.stage import Played, Stage, value_of

ANSWER = {"id": "1", "result": {"orderId": "1"}, "data": {"id": "1"}}
"""Passes for an answer nearly everywhere: what is sent does not depend on it."""


ON_PURPOSE = {
    ("bitfinex", "cancel_order, by client id"): "ccxt wants the day of the order, too; here its id is looked up",
    ("dydx", "cancel_order, by id"): "ccxt sends the order's id as a client order id; the order is asked for its own",
    ("poloniex", "cancel_order, by client id"): "ccxt sends a client order id as an order's id; here it is told apart",
}
"""What the bridge sends otherwise than plain ccxt, and other tests hold it to."""


def compare(stage: Stage, played: Played) -> None:
    """Compare what the bridge sends with what plain ccxt sends for the same call."""
    for name, request, method, arguments in _calls(stage):
        sent: list[HttpRequest] = []
        flow = getattr(stage.venue, name.split(",")[0])(request)
        came = value_of(partial(run, flow, lambda request: desk.ok(_answer(request)), sent))
        stage.plain.answer = _answer
        same, plainly = sent_by(stage.plain, method, *arguments)
        sent, same = ([one for one in requests if asked_first(one.url) is None] for requests in (sent, same))
        ids = (stage.ours, stage.callers)
        fault = None
        if not same and (not sent or name.startswith("fetch")):
            pass  # plain ccxt refuses it, too; or the look-up, and the bridge looks into lists
        elif (stage.exchange.id, name) in ON_PURPOSE:
            played.left[f"sends {name}"] = ON_PURPOSE[stage.exchange.id, name]
            continue
        elif told(sent, ids) != told(same, ids) and not _is_refused_rightly(
            stage.exchange.id, request, came, sent, same
        ):
            fault = f"sent {told(sent, ids) or came!r}, plain ccxt {told(same, ids) or plainly!r}"
        if isinstance(request, hk.CreateOrderRequest):
            own = request.client_order_id
            stage.told[own] = carried(sent, own) or stage.told.get(own)  # a call that is refused tells none
        played.note(f"sends {name}", fault)


def _answer(request: HttpRequest) -> Any:
    return deepcopy(asked_first(request.url) or ANSWER)  # ccxt writes into some


def _calls(stage: Stage) -> Iterator[tuple[str, Any, str, tuple[Any, ...]]]:
    for own, whose in ((stage.ours, "our id"), (stage.callers, "the caller's id")):
        params = {**stage.params, "clientOrderId": own}
        arguments = (stage.symbol, "limit", "buy", float(AMOUNT), float(PRICE), params)
        yield f"create_order, limit, {whose}", stage.limit(own), "create_order", arguments
    params = {**stage.params, "clientOrderId": stage.callers}
    arguments = (stage.symbol, "market", "buy", float(AMOUNT), None, params)
    yield "create_order, market by amount", stage.market(amount=AMOUNT), "create_order", arguments
    yield "create_order, market by cost", stage.market(cost=AMOUNT), *_by_cost(stage, params)
    params = {**stage.cancels, "clientOrderId": stage.callers}
    cancel = hk.CancelRequest(order_id="41", symbol=stage.symbol, params=stage.cancels)
    yield "cancel_order, by id", cancel, "cancel_order", ("41", stage.symbol, {**stage.cancels})
    if takes_client_id(stage.exchange, "cancel_order"):
        cancel = hk.CancelRequest(client_order_id=stage.callers, symbol=stage.symbol, params=stage.cancels)
        yield "cancel_order, by client id", cancel, "cancel_order", ("", stage.symbol, params)
    if stage.exchange.has.get("fetchOrder") is True:
        yield "fetch_order, by id", stage.looked_up(), "fetch_order", ("41", stage.symbol, {})


def _by_cost(stage: Stage, params: dict[str, Any]) -> tuple[str, tuple[Any, ...]]:
    for method in ("create_market_buy_order_with_cost", "create_market_order_with_cost"):
        if defines(type(stage.plain), method):
            side = () if "buy" in method else ("buy",)
            return method, (stage.symbol, *side, float(AMOUNT), params)
    return "create_order", (stage.symbol, "market", "buy", None, None, {**params, "cost": float(AMOUNT)})


def _is_refused_rightly(
    exchange_id: str, request: Any, came: Any, sent: list[HttpRequest], plainly: list[HttpRequest]
) -> bool:
    """Whether the bridge sent nothing because plain ccxt would send the wrong number, or none."""
    if sent or not isinstance(came, hk.NotSupported) or not isinstance(request, hk.CreateOrderRequest):
        return False
    read = [*plainly, *map(opened, plainly)]
    checks = (value_of(partial(check_money, request, exchange_id, one)) for one in read)
    return any(isinstance(found, hk.NotSupported) for found in checks)
