"""What is played with one exchange, and the rule for what may come back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import ccxt

import hk_adapter as hk
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.model import ListOrdersRequest, ListTradesRequest
from hk_adapter.venues.ccxt_bridge.capabilities import takes_client_id
from tests.ccxt_bridge.by_hand import always, run
from tests.ccxt_bridge.driven.answers import AMOUNT, OF_A_MARKET_ORDER, PRICE
from tests.ccxt_bridge.driven.outgoing import compare
from tests.ccxt_bridge.driven.plain import sent_by
from tests.ccxt_bridge.driven.refusals import refusal
from tests.ccxt_bridge.driven.stage import Played, Stage, Unknown, value_of

STRANGE = ("pending", "failed", "PROCESSING", "ok", "invalid", "weißnicht")
"""Words for a status that ccxt passes on where its table lacks them."""

REFUSED: Mapping[str, type[hk.AdapterError]] = {
    "OrderNotFound": hk.OutcomeUnknown,
    "InsufficientFunds": hk.InsufficientFunds,
    "InvalidOrder": hk.OrderRejected,
    "DuplicateOrderId": hk.OutcomeUnknown,  # the id may have been taken by this call
    "ExchangeNotAvailable": hk.OutcomeUnknown,
    "RequestTimeout": hk.OutcomeUnknown,
}
"""What of ccxt's an answer to a create may mean, and what it is to us."""

MAKES_IDS = frozenset({"dydx"})
"""Exchanges whose orders' ids ccxt makes out of what it sends: no answer to a create has one."""


def play(member: str) -> Played:
    """Play everything with one exchange."""
    stage, played = Situations(member), Played()
    compare(stage, played)
    stage.learn()
    for situation, act in stage.acts():
        try:
            fault = act()
        except Unknown as why:
            played.left[situation] = str(why)
        else:
            played.note(situation, fault)
    return played


class Situations(Stage):
    """What may come back."""

    def acts(self) -> Iterator[tuple[str, Callable[[], str | None]]]:
        """Give the situations."""
        yield "create under our id", lambda: self.created(self.ours)
        yield "create under the caller's id", lambda: self.created(self.callers)
        yield "create answered about another order", self.created_another
        yield "create lost, nothing shown", lambda: self.lost(())
        yield "create lost, another order shown", lambda: self.lost(("42",))
        yield "create lost, shown under its id", lambda: self.lost(("41",))
        yield "market buy by amount", lambda: self.bought(self.market(amount=AMOUNT))
        yield "market buy by cost", lambda: self.bought(self.market(cost=AMOUNT))
        for answer in ("rich", "empty", "refusing", "another order's"):
            for state in ("canceled", "open", "another order's"):
                yield f"cancel, {answer} answer, then {state}", lambda one=answer, two=state: self.canceled(one, two)
        for kind in REFUSED:
            yield f"create, {kind}", lambda one=kind: self.create_refused(one)
            for state in ("canceled", "open", "none"):
                yield f"cancel, {kind}, then {state}", lambda one=kind, two=state: self.cancel_refused(one, two)
        for state in ("open", "canceled", "closed"):
            yield f"look-up, full answer, {state}", lambda one=state: self.looked(one)
        yield "look-up, empty answer", self.looked_nothing
        yield "look-up, another order's row", self.looked_another
        yield "look-up, words that are none", self.looked_strange
        yield "list, nothing in it", self.listed_nothing
        yield "list, a word that is none", self.listed_strange
        if self.exchange.has.get("fetchMyTrades"):
            for shape in SHAPES:
                yield f"two fills, {shape}", lambda one=shape: self.filled(one)

    def created(self, own: str) -> str | None:
        """An accepted create is the order of its answer."""
        row = self.order_row("open", clientOrderId=self.told.get(own) or own, timestamp=None)
        found, _ = self.call("create_order", self.limit(own), {"create_order": [row]})
        if self.member == "coinspot" and isinstance(found, hk.OutcomeUnknown):
            raise Unknown("ccxt reads no id from the answer to its create")
        if not isinstance(found, hk.Order):
            return f"{found!r}"
        if found.id != "41" and self.member not in MAKES_IDS:
            return f"the id is {found.id}"
        is_own_id = self.answers.order.get("clientOrderId") == self.answers.order.get("id")
        if found.client_order_id not in {self.told.get(own), own} and not is_own_id:
            return f"the client order id is {found.client_order_id}"
        return None

    def created_another(self) -> str | None:
        """An answer that names another client order id is no answer."""
        if self.told.get(self.callers) is None or "clientOrderId" not in self.answers.order:
            raise Unknown("ccxt reads no client order id from its orders, or sends none")
        row = self.order_row("open", clientOrderId="another")
        if self.answers.places.get("create_order", ((), None))[1] == "id":
            raise Unknown("the answer to its create has the id alone")
        found, _ = self.call("create_order", self.limit(self.callers), {"create_order": [row]})
        return None if isinstance(found, hk.OutcomeUnknown) else f"{found!r}"

    def lost(self, shown: tuple[str, ...]) -> str | None:
        """A create whose answer was lost is found under its client order id, or not known; it is sent once."""
        own, is_told = self.told.get(self.callers), self.told.get(self.callers) is not None
        ids = {"41": own or self.callers, "42": "another"}
        rows = [self.order_row("open", id=one, clientOrderId=ids[one], timestamp=None) for one in shown]
        found, sent = self.call("create_order", self.limit(self.callers), {"create_order": None}, rest=rows)
        if sent.count("create_order") > max(1, len(sent_by(self.plain, "create_order", *self._limit_plainly())[0])):
            return f"sent {sent}"
        if isinstance(found, hk.OutcomeUnknown):
            if self.member == "extended" and shown == ("41",):
                raise Unknown("the answer to its look-up by client order id is a list, which is not known")
            shows = shown == ("41",) and is_told and own == self.callers and "clientOrderId" in self.answers.order
            return f"not found: {found!r}, {sent}" if shows and self._finds_by_client_id() else None
        if isinstance(found, hk.Order) and found.id == "41" and shown == ("41",):
            return None
        return f"{found!r}"

    def _limit_plainly(self) -> tuple[Any, ...]:
        return self.symbol, "limit", "buy", float(AMOUNT), float(PRICE), {**self.params, "clientOrderId": self.callers}

    def _finds_by_client_id(self) -> bool:
        if takes_client_id(self.exchange, "fetch_order") and "fetch_order" in self.answers.places:
            return True
        return "fetch_open_orders" in self.answers.places

    def bought(self, request: hk.CreateOrderRequest) -> str | None:
        """Of a market order the amount is base currency, and not told where it is not known."""
        told_id = self.told.get(self.callers) or self.callers
        row = self.order_row("open", type=None, price=None, clientOrderId=told_id, timestamp=None)
        row |= OF_A_MARKET_ORDER.get(self.member, {})
        found, sent = self.call("create_order", request, {"create_order": [row]})
        if isinstance(found, hk.NotSupported | hk.InvalidArgument | hk.NotSent) and not sent:
            return None
        if not isinstance(found, hk.Order):
            return f"{found!r}"
        if (found.id != "41" and self.member not in MAKES_IDS) or (
            request.cost is not None and found.amount is not None
        ):
            return f"the id is {found.id}, the amount {found.amount}"
        return None if found.price is None else f"the price is {found.price}"

    def canceled(self, answer: str, then: str) -> str | None:
        """A cancel is proven by what is seen after it, and by nothing else."""
        ours = {
            "rich": [self.order_row("canceled")],
            "another order's": [self.order_row("canceled", id="42")],
            "empty": [],
            "refusing": Response(400, {}, b'{"error": "no such order"}'),
        }[answer]
        if answer in {"rich", "another order's"} and "cancel_order" not in self.answers.places:
            raise Unknown("ccxt reads no order from the answer to a cancel")
        seen = [self.order_row("open", id="42")] if then == "another order's" else [self.order_row(then)]
        request = hk.CancelRequest(order_id="41", symbol=self.symbol, params=self.cancels)
        report, sent = self.call("cancel_order", request, {"cancel_order": ours}, rest=seen)
        if isinstance(report, hk.NotSupported) and not self.exchange.has.get("cancelOrder"):
            raise Unknown("ccxt cancels no orders there")
        if not isinstance(report, hk.CancelReport):
            return f"{report!r}"
        if isinstance(report.error, hk.PluginError):
            return f"{report.error!r}"
        proven = then == "canceled" and answer in {"rich", "empty"} and self._shows("canceled")
        if (report.final and then != "canceled") or (proven and not report.final and _is_whole(report.order)):
            return f"{report.outcome}: {report.error!r}, {report.order}, {sent}"
        if report.order is not None and report.order.id not in {None, "41"}:
            return f"the order is {report.order.id}"
        return None

    def create_refused(self, kind: str) -> str | None:
        """A create that the exchange refuses in its own words is told in ours; one that may have run is in doubt."""
        answer = self._refusing(kind, "create_order")
        found, sent = self.call("create_order", self.limit(self.callers), {"create_order": answer})
        if (
            isinstance(found, hk.OutcomeUnknown)
            and len(sent_by(self.plain, "create_order", *self._limit_plainly())[0]) > 1
        ):
            return None  # which of its requests was refused is not known
        return None if type(found) is REFUSED[kind] else f"{found!r}, {sent}"

    def cancel_refused(self, kind: str, then: str) -> str | None:
        """A refused cancel proves nothing of the order; what is seen afterwards does, or that nobody knows it."""
        answer = self._refusing(kind, "cancel_order")
        given: dict[str, Any] = {"cancel_order": answer}
        seen = [] if then == "none" else [self.order_row(then)]
        if then == "none" and "fetch_order" in self.answers.places:
            given["fetch_order"] = self._refusing("OrderNotFound", "fetch_order")
        request = hk.CancelRequest(order_id="41", symbol=self.symbol, params=self.cancels)
        report, sent = self.call("cancel_order", request, given, rest=seen)
        if isinstance(report, hk.NotSupported) and not self.exchange.has.get("cancelOrder"):
            raise Unknown("ccxt cancels no orders there")
        if not isinstance(report, hk.CancelReport):
            return f"{report!r}"
        told = f"{report.outcome}: {report.error!r}, {sent}"
        if report.final:
            return None if then == "canceled" else told
        if then == "canceled" and self._shows("canceled") and _is_whole(report.order):
            return told
        may = {hk.CancelOutcome.UNKNOWN, hk.CancelOutcome.OFF_BOOK, hk.CancelOutcome.PENDING}
        if not issubclass(getattr(ccxt, kind), ccxt.NetworkError):
            may |= {"open": {hk.CancelOutcome.REJECTED}, "none": {hk.CancelOutcome.NOT_FOUND}}.get(then, set())
        return None if report.outcome in may else told

    def _refusing(self, kind: str, method: str) -> Response:
        found = refusal(self.exchange, kind, self._url(method))
        if found is None:
            raise Unknown(f"ccxt knows no word of its that means {kind}")
        return found.response()

    def _url(self, method: str) -> str:
        calls: dict[str, Any] = {
            "create_order": self.limit(self.callers),
            "cancel_order": hk.CancelRequest(order_id="41", symbol=self.symbol, params=self.cancels),
            "fetch_order": self.looked_up(),
        }
        sent: list[HttpRequest] = []
        value_of(lambda: run(getattr(self.venue, method)(calls[method]), always(400, b"{}"), sent))
        return sent[0].url if sent else ""

    def _shows(self, state: str) -> bool:
        return state in self.answers.words and "fetch_order" in self.answers.places

    def looked(self, state: str) -> str | None:
        """A look-up shows the order that was asked for."""
        if "fetch_order" not in self.answers.places:
            raise Unknown("it is looked for in lists")
        if state not in self.answers.words and not self.answers.states():
            raise Unknown(f"ccxt's word for {state} is not known")
        found, _ = self.call("fetch_order", self.looked_up(), {}, rest=[self.order_row(state)])
        if not isinstance(found, hk.Order):
            return f"{found!r}"
        if (found.id, found.status) != ("41", state):
            return f"the order is {found.id}, {found.status}"
        return None if found.amount in {AMOUNT, None} else f"the amount is {found.amount}"

    def looked_nothing(self) -> str | None:
        """An answer that says nothing shows no order."""
        found, _ = self.call("fetch_order", self.looked_up(), {}, rest=[])
        return _refused(found)

    def looked_another(self) -> str | None:
        """Another order's row is not the order."""
        found, _ = self.call("fetch_order", self.looked_up(), {}, rest=[self.order_row("open", id="42")])
        return _refused(found)

    def looked_strange(self) -> str | None:
        """A word that ccxt passes on is doubt: the order is read, and no end is told."""
        if "status" not in self.answers.order or "fetch_order" not in self.answers.places:
            raise Unknown("its orders have no word for their status")
        for word in STRANGE:
            found, _ = self.call("fetch_order", self.looked_up(), {}, rest=[self.order_row("open", status=word)])
            if not isinstance(found, hk.Order):
                if _refused(found) is None and not isinstance(found, hk.UnexpectedPayload):
                    continue  # ccxt's check of errors reads the word, too
                return f"{word!r}: {found!r}"
            known = {_status_of(self.exchange, form) for form in (word, word.upper(), word.lower())}
            if found.status is not None and found.status.final and known <= {None, word, word.upper(), word.lower()}:
                return f"{word!r} is {found.status}"
        return None

    def listed_nothing(self) -> str | None:
        """An empty list, in the exchange's own words of success, is one: nothing is open."""
        if not self.answers.is_list("fetch_open_orders"):
            raise Unknown("no list shows its open orders")
        found, _ = self.call("fetch_open_orders", ListOrdersRequest(symbol=self.symbol), {}, rest=[])
        return None if found == [] else f"{found!r}"

    def listed_strange(self) -> str | None:
        """It spoils no list."""
        if not {"status", "symbol"} <= self.answers.order.keys() or not self.answers.is_list("fetch_open_orders"):
            raise Unknown("its orders have no word for their status or their market, or no list shows them")
        rows = [self.order_row("open"), self.order_row("open", id="42", status="weißnicht")]
        request = ListOrdersRequest(symbol=self.symbol)
        found, _ = self.call("fetch_open_orders", request, {}, rest=rows)
        if not isinstance(found, list):
            return f"{found!r}"
        ids = {order.id for order in found}
        return None if "41" in ids else f"the list is {ids}"

    def filled(self, shape: str) -> str | None:
        """Only identical rows with an id are one fill."""
        if not self.answers.is_list("fetch_my_trades") or "amount" not in self.answers.fill:
            raise Unknown("its fills are not known")
        facts, want = SHAPES[shape]
        path = self.answers.places["fetch_my_trades"][0]
        if shape.startswith("identical") and isinstance(path[-1], str):
            raise Unknown("its fills are a mapping by id")
        if shape == "identical" and self.answers.fill.get("id") == self.answers.fill.get("order"):
            want = 2  # an order's id is none of its fills
        if any(fact not in self.answers.fill for fact in ("id", "side") if any(fact in one for one in facts)):
            raise Unknown("ccxt reads no such fact of its fills")
        rows = [self.answers.fill_row(**one) for one in facts]
        if "without ids" in shape and self.member == "bitopro":
            raise Unknown("ccxt takes ms for seconds where a fill has no id")
        found, _ = self.call("fetch_my_trades", ListTradesRequest(symbol=self.symbol), {"fetch_my_trades": rows})
        left_out = found == [] or (isinstance(found, hk.UnexpectedPayload) and "were not asked for" in str(found))
        if left_out and "symbol" not in self.answers.fill:  # of rows that name none, none may be the ones asked for
            raise Unknown("ccxt makes out their market otherwise")
        if not isinstance(found, list):
            return f"{found!r}"
        return None if len(found) == want else f"{len(found)} fills: {found}"


_BARE: Mapping[str, Any] = {"order": "41"}
SHAPES: Mapping[str, tuple[tuple[Mapping[str, Any], Mapping[str, Any]], int]] = {
    "each with its id": (({"id": "7", "order": "41"}, {"id": "8", "order": "41"}), 2),
    "without ids": ((_BARE, {**_BARE, "amount": "3"}), 2),
    "one id, different amounts": (({"id": "7", "order": "41"}, {"id": "7", "order": "42", "amount": "3"}), 2),
    "identical": (({"id": "7", "order": "41"}, {"id": "7", "order": "41"}), 1),
    "identical, without ids": ((_BARE, _BARE), 2),
    "a side that is none": (({"id": "7", "order": "41", "side": "SELF_TRADING"}, {"id": "8", "order": "41"}), 2),
}
"""The facts of two raw fills, and how many fills they are."""


def _is_whole(order: hk.Order | None) -> bool:
    """Whether ccxt reads of the raw order what proves an end."""
    return order is not None and None not in {order.filled, order.amount}


def _refused(found: Any) -> str | None:
    is_ours = isinstance(found, hk.AdapterError) and not isinstance(found, hk.PluginError)
    return None if is_ours else f"{found!r}"


def _status_of(exchange: Any, word: str) -> Any:
    parse = getattr(exchange, "parse_order_status", None)
    return None if parse is None else value_of(lambda: parse(word))
