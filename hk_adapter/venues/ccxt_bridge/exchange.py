"""ccxt's exchange made into a flow: what it would send, wait for and read off a clock are effects.

ccxt's asyncio classes are coroutines down to ``fetch``, ``throttle`` and ``sleep``. With these awaiting effects, one
tree of ccxt serves threads and asyncio alike, and its requests have our deadlines, hosts, proxies and log redaction,
and our proof of what left. ccxt itself opens no session, repeats nothing and logs nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from inspect import isawaitable
from types import FunctionType
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from hk_adapter.errors import AdapterError, NotSent, UnexpectedPayload
from hk_adapter.flow.effects import Flow, Gather, Lane, Now, Sleep
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.flow.mock_signs import replaced_in
from hk_adapter.flow.prepared import InLane, PreparedCall
from hk_adapter.parsing.json_body import too_long
from hk_adapter.parsing.json_faults import LONGEST_TEXT, fault_of
from hk_adapter.venues.ccxt_bridge.call_record import ORDERS, PACED, THROTTLED, CallRecord, RecordedFlow, current
from hk_adapter.venues.ccxt_bridge.decimals import ExactNumbers, sheltered
from hk_adapter.venues.ccxt_bridge.denials import check_read
from hk_adapter.venues.ccxt_bridge.gateway_answers import check_answer
from hk_adapter.venues.ccxt_bridge.guessed_fills import sums_unread_fills, without_guesses
from hk_adapter.venues.ccxt_bridge.misread_orders import as_meant
from hk_adapter.venues.ccxt_bridge.named_reasons import check_with_reason
from hk_adapter.venues.ccxt_bridge.read_only_requests import asks_only
from hk_adapter.venues.ccxt_bridge.row_limits import OF_A_LIST
from hk_adapter.venues.ccxt_bridge.throttle import Pace

_FRAMING = frozenset({"content-length", "transfer-encoding", "host", "connection", "accept-encoding"})
"""Headers that the transport writes itself."""

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}

_WAY_OUT = ("fetch", "fetch2", "request")
"""The methods of ccxt's that a bot's tests mock to be offline."""


def make_exchange(kind: type[Any], config: Mapping[str, Any]) -> Any:
    """Make an exchange of one of ``ccxt.async_support``'s classes whose methods are flows."""
    gathering = type(kind.__name__, (kind,), dict(_gathering_methods(kind)))
    exchange = type(kind.__name__, (FlowExchange, gathering), {})(dict(config))
    exchange.decimal_to_precision = exchange.decimalToPrecision = sheltered(exchange.decimal_to_precision)
    exchange.pace = Pace(exchange.rateLimit if exchange.enableRateLimit else 0)
    exchange.enableRateLimit = True  # so that throttle() is awaited before each request is signed
    return exchange


class FlowExchange(ExactNumbers):
    """Stands before ccxt's class: every request, wait and clock of it is an effect."""

    pace: Pace
    _is_introduced = False

    @property
    def last_http_response(self) -> str | None:
        """What this call, not another one, was answered last: ccxt's kraken and coinbase judge by it."""
        record = current()
        return None if record is None else record.text

    @last_http_response.setter
    def last_http_response(self, text: str | None) -> None:
        record = current()
        if record is not None:
            record.text = text

    async def throttle(self, cost: float | None = None) -> None:
        """Wait for ccxt's own rate limit, and take the time that the request is signed with."""
        asked = InLane()
        now = (await asked).monotonic
        place = self.pace.take(1.0 if cost is None else float(cost), now, first=asked.lane is not Lane.NORMAL)
        try:
            while (wait := place.due - now) > 0:  # again where one of the other lanes has passed meanwhile
                await Sleep(wait, strict=True)
                now = max(now + wait, (await Now()).monotonic)
        except BaseException:  # no time for it, or it was canceled: nothing will be sent from this place
            self.pace.give_back(place)
            raise
        record = current()
        if record is not None:
            record.cost = place.milliseconds
            record.now = self.pace.fresh((await Now()).timestamp)

    async def sleep(self, milliseconds: float) -> None:
        """Wait."""
        await Sleep(milliseconds / 1000)

    async def fetch(self, url: str, method: str = "GET", headers: Any = None, body: Any = None) -> Any:
        """Send one signed request, and return its answer as ccxt's own ``fetch`` would."""
        record = current() or CallRecord()
        request = self._request(url, method, headers, body)
        record.broken = record.refusal = None  # ccxt goes on after some failures: they are not this request's
        if record.terms is not None and all(one.method == "GET" for one in record.sent):
            record.terms.check(request, record.replaced)
        if record.check is not None:
            record.check(request)
        if tool := _mocked(type(self)):
            raise NotSent(f"{tool} of ccxt is replaced, as by a mock, which our requests pass by")
        reads = True if record.is_create and asks_only(type(self), method, url) else None
        record.sent.append(request)
        record.asked += reads is True
        path, costs = urlsplit(url).path or "/", {PACED: record.cost}
        call = PreparedCall(method, path, group=record.group, costs=costs, reads=reads, request=request)
        try:
            response = await call
        except AdapterError as error:
            record.broken = error
            raise
        record.answers += reads is None
        record.response, record.request = response, request
        try:
            answer = self._read(response, request, body)
            if reads or record.group != ORDERS:
                check_read(cast("Any", self).id, answer, record.text)
        except AdapterError as error:
            record.broken = error
            raise
        except Exception as error:
            record.refusal = error
            raise
        record.pages.append((request, answer))
        return answer

    def extend(self, *parts: Any) -> Any:
        """Lay mappings over each other, as ccxt does with params and a request; note where a term would be replaced."""
        record = current()
        if record is not None and record.terms is not None and len(parts) == 2:
            record.replaced = record.replaced or record.terms.replaced(*parts)
        return super().extend(*parts)  # type: ignore[misc]

    async def load_markets(self, reload: bool = False, params: Any = None) -> Any:
        """Load the markets unless they are there; ccxt's own does so in an asyncio task."""
        exchange = cast("Any", self)
        if exchange.markets and not reload:
            return exchange.markets
        return await exchange.load_markets_helper(reload, params or {})

    def set_markets(self, markets: Any, currencies: Any = None) -> Any:
        """Keep the markets. Raises ccxt's ExchangeError for none: an exchange without any has not answered."""
        if not markets:
            import ccxt  # noqa: PLC0415 - here it is imported already

            raise ccxt.ExchangeError(f"{cast('Any', self).id} its list of markets is empty")
        return super().set_markets(markets, currencies)  # type: ignore[misc]

    async def initialize_client(self, *arguments: Any) -> Any:
        """Approve the fee of ccxt's builder as its class does, but once, and never within a cancel.

        Where that is refused, as to a wallet that may only trade, ccxt asks again before each order and each cancel.
        The answers are noted apart: none is a word on the order.
        """
        record = current() or CallRecord()
        if self._is_introduced or (record.group == ORDERS and not record.is_create):
            return False
        apart = CallRecord(record.group, record.now)
        answer = await RecordedFlow(super().initialize_client(*arguments), apart)  # type: ignore[misc]
        self._is_introduced = True
        return answer

    async def get_zk_contract_signature_obj(self, *arguments: Any, **keywords: Any) -> Any:
        """Sign an order of ApeX's: its asyncio class awaits this, and ccxt's base class (4.5.90) gives a text."""
        signed = super().get_zk_contract_signature_obj(*arguments, **keywords)  # type: ignore[misc]
        return await signed if isawaitable(signed) else signed

    def safe_order(self, order: Any, market: Any = None) -> Any:
        """Make an order as ccxt does, but with no fills, nor their cost, of which the exchange says nothing."""
        said = as_meant(cast("Any", self).id, order)
        made = super().safe_order(dict(said), market)  # type: ignore[misc]
        if sums_unread_fills(said, made):
            said["trades"] = []
            made = super().safe_order(dict(said), market)  # type: ignore[misc]
        if (record := current()) is not None:
            record.orders.append(made.get("symbol"))
        return without_guesses(said, made)

    def safe_trade(self, trade: Any, market: Any = None) -> Any:
        """Make a fill as ccxt does."""
        made = super().safe_trade(trade, market)  # type: ignore[misc]
        if (record := current()) is not None:
            record.fills.append(made.get("symbol"))
        return made

    def parse_json(self, text: Any) -> Any:
        """Read JSON as ccxt does, also where it stands as text within an answer.

        Raises UnexpectedPayload for what is said twice, and for what is more than was asked for.
        """
        if isinstance(text, str) and (fault := fault_of(text, _rows())) is not None:
            raise UnexpectedPayload(f"{cast('Any', self).id}: {fault}")
        return super().parse_json(text)

    def milliseconds(self) -> int:
        """Return the venue's time, in ms."""
        record = current()
        return record.now if record is not None and record.now else int(super().milliseconds())  # type: ignore[misc]

    def seconds(self) -> int:
        """Return the venue's time, in whole seconds."""
        return self.milliseconds() // 1000

    def microseconds(self) -> int:
        """Return the venue's time, in us."""
        return self.milliseconds() * 1000

    def _request(self, url: str, method: str, headers: Any, body: Any) -> HttpRequest:
        exchange = cast("Any", self)
        given = exchange.prepare_request_headers(dict(headers or {}))
        kept = {str(name): str(value) for name, value in given.items() if name.lower() not in _FRAMING}
        if isinstance(body, Mapping):
            kept = {name: value for name, value in kept.items() if name.lower() != "content-type"} | _FORM
            body = _form(exchange.id, body)
        data = body.encode() if isinstance(body, str) else body
        return HttpRequest(method, url, kept, data or None)

    def _read(self, response: Response, request: HttpRequest, body: Any) -> Any:
        """Do with an answer what ccxt's blocking ``fetch`` does: its checks decide whether it is a refusal."""
        from requests.structures import CaseInsensitiveDict  # noqa: PLC0415 - ccxt brings it

        exchange = cast("Any", self)
        if (fault := too_long(response.body, _rows())) is not None:
            raise self._unread(fault, response)
        headers = CaseInsensitiveDict(response.headers)
        reason = _reason(response.status)
        url, method, sent = request.url, request.method, dict(request.headers)
        text = response.body.decode("utf-8", "replace")
        text = exchange.on_rest_response(response.status, reason, url, method, headers, text, sent, body)
        if response.status in THROTTLED and (fault := fault_of(text, _rows())) is not None:
            raise self._unread(fault, response)
        parsed = exchange.parse_json(text)
        exchange.last_http_response, exchange.last_response_headers = text, headers
        if isinstance(parsed, dict) and exchange.returnResponseHeaders:
            parsed["responseHeaders"] = headers

        def check() -> Any:
            return exchange.handle_errors(response.status, reason, url, method, headers, text, parsed, sent, body)

        check_answer(
            exchange.id,
            response.status,
            text,
            lambda: check_with_reason(exchange, parsed, check),
            lambda: exchange.handle_http_status_code(response.status, reason, url, method, text),
        )
        if parsed is None and len(text) > LONGEST_TEXT:  # ccxt would go through it letter by letter
            raise self._unread(f"the answer is no JSON, but {len(text)} letters", response)
        return text if parsed is None else parsed

    def _unread(self, fault: str, response: Response) -> Exception:
        """Make the error for an answer that is not read; a status of 418 and 429 counts all the same."""
        import ccxt  # noqa: PLC0415 - here it is imported already

        kind = ccxt.RateLimitExceeded if response.status in THROTTLED else UnexpectedPayload
        found: Exception = kind(f"{cast('Any', self).id}: {fault}")
        return found


def _form(exchange_id: str, fields: Mapping[Any, Any]) -> str:
    """Write fields as aiohttp does for ccxt's asyncio class and for the exchange's own package: a form of texts.

    Lighter's are called multipart there; the two make one where a field is a file. Raises ccxt's NotSupported for that.
    """
    if any(isinstance(value, bool) or not isinstance(value, str | int) for value in fields.values()):
        import ccxt  # noqa: PLC0415 - here it is imported already

        raise ccxt.NotSupported(f"{exchange_id} wants more than texts and numbers in a form, which is not sent here")
    return urlencode({str(name): str(value) for name, value in fields.items()})


def _mocked(kind: type) -> str | None:
    """Name what of ccxt's way to the network has a mock in its place, in the exchange's asyncio or blocking class."""
    import ccxt  # noqa: PLC0415 - here it is imported already

    blocking = getattr(ccxt, kind.__name__, None)
    classes = (kind, blocking) if isinstance(blocking, type) else (kind,)
    return next((tool for one in classes if (tool := replaced_in(one, _WAY_OUT, "ccxt"))), None)


def _rows() -> int:
    """Return how many rows the running call may be answered with."""
    record = current()
    return OF_A_LIST if record is None else record.rows


class _Asyncio:
    """Stands for the module ``asyncio`` in ccxt's methods: the one thing that they take from it, they get as ours."""

    CancelledError = asyncio.CancelledError

    @staticmethod
    async def gather(*flows: Flow[Any]) -> list[Any]:
        """Run flows side by side, and raise the first error among their results."""
        results = await Gather(tuple(RecordedFlow(flow) for flow in flows))
        for result in results:
            if isinstance(result, Exception):
                raise result
        return results


def _gathering_methods(kind: type[Any]) -> Iterator[tuple[str, FunctionType]]:
    """Return copies of the methods that call ``asyncio.gather``, with ours in its place."""
    seen: set[str] = set()
    for base in kind.__mro__[:-1]:
        for name, method in vars(base).items():
            if name in seen or not isinstance(method, FunctionType):
                continue
            seen.add(name)
            if "gather" in method.__code__.co_names and method.__globals__.get("asyncio") is asyncio:
                namespace = {**method.__globals__, "asyncio": _Asyncio}
                copy = FunctionType(
                    method.__code__, namespace, method.__name__, method.__defaults__, method.__closure__
                )
                copy.__kwdefaults__ = method.__kwdefaults__
                yield name, copy


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
