"""What the class says of itself: ccxt's own description of HashKey, our name, and the hosts of all sites."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ccxt import BadResponse

from hk_adapter.ccxt_facade import options
from hk_adapter.ccxt_facade.exceptions import in_words_of_ccxt
from hk_adapter.ccxt_facade.kept_connections import note_network
from hk_adapter.ccxt_facade.own_loop import follow_process
from hk_adapter.errors import ConfigurationError, shown
from hk_adapter.flow.forks import renew_after_fork
from hk_adapter.parsing.json_faults import fault_of
from hk_adapter.transport.redaction import redact_library_logs
from hk_adapter.venues.hashkey.sites import Site, site_named

STOCK_SITE = "global"
"""Whose hosts ccxt's own class names: without the option ``site``, a changed name changes no host."""

_THROTTLED = frozenset({418, 429})
_MOST_ROWS = 5000
"""Of a list in an answer; the longest pages have 1000."""
_QUOTES = "/quote/ws/v1"
_USER = "/api/v1/ws"


class Served(NamedTuple):
    """A simulator that is served: its origin, and the one key that it knows."""

    url: str
    api_key: str
    secret: str


class Described:
    """The part that all three classes share: description, hosts, sandbox, status words."""

    hk_adapter_name = ""
    hk_adapter_options: Mapping[str, Any] = {}
    hk_adapter_simulator: Served | None = None
    """A simulator that takes the place of whatever hosts and key a bot gives."""
    _trusted: str | None = None
    """The PEM file of the authorities that are trusted; None leaves it to ccxt."""

    def renew_in_child(self) -> None:
        """Leave the parent's connections to it, after a fork."""
        follow_process(self)

    def describe(self) -> Any:
        """Describe the exchange as ccxt does, under the registered name."""
        stock: Any = super()
        described = stock.describe()
        site = site_named(STOCK_SITE)
        own = {
            "id": self.hk_adapter_name,
            "name": f"{described['name']} by hk_adapter",
            "has": {"sandbox": True},
            "urls": site_urls(site, streams="ws" in described["urls"]["api"]),
            "options": {"site": STOCK_SITE, "filledFirst": options.FILLED_FIRST}
            | options.from_environment()
            | dict(self.hk_adapter_options),
        }
        return stock.deep_extend(described, own)

    def after_construct(self, *config: Any) -> Any:
        """Read the hosts of the options ``url`` and ``site``, below the caller's own ``urls``.

        Raises ccxt's ExchangeError for an option that is nearly one of ours, and for a word of one that means nothing.
        """
        exchange: Any = self
        with in_words_of_ccxt(exchange.id):
            options.check_environment()
            options.check_spelled(exchange.options, exchange.describe()["options"])
            options.check_holds(exchange.options)
            exchange.options = options.with_flags(exchange.options)
            config = tuple(options.with_flags(one) if isinstance(one, dict) else one for one in config)
            if not config and options.wants_sandbox_in_text(vars(exchange)):
                exchange.options["sandbox"] = True
            trust_env = exchange.trust_env or exchange.requests_trust_env or exchange.aiohttp_trust_env
            self._trusted = options.ca_file(exchange.options, trust_env=trust_env)
        if self._trusted is not None:
            exchange.cafile = self._trusted  # ccxt's own setting of its asyncio classes
        redact_library_logs()
        renew_after_fork(self)
        note_network(self)
        site = site_of(exchange)
        if self.hk_adapter_simulator is not None:
            exchange.options["url"], exchange.apiKey, exchange.secret = self.hk_adapter_simulator
        if exchange.options.get("url"):
            hosts = {"public": exchange.options["url"], "private": exchange.options["url"]}
            exchange.urls = exchange.deep_extend(exchange.urls, {"api": hosts, "test": hosts})
        if site.name != STOCK_SITE:
            told = exchange.describe()["urls"]
            stated = _differing(exchange.urls, told)
            hosts = site_urls(site, streams="ws" in told["api"])
            exchange.urls = exchange.deep_extend(told, hosts, stated)
        if self.hk_adapter_simulator is not None and "ws" in exchange.urls["api"]:
            exchange.urls = exchange.deep_extend(exchange.urls, _streams_of(self.hk_adapter_simulator.url))
        stock: Any = super()
        return stock.after_construct(*config)

    def sign(self, *arguments: Any, **keywords: Any) -> Any:
        """Sign as ccxt does, with the key in the header that the site reads.

        Raises ccxt's ExchangeError for another host than that of the simulator that a program runs against.
        """
        stock: Any = super()
        request = stock.sign(*arguments, **keywords)
        with in_words_of_ccxt(self.hk_adapter_name):
            check_simulated(self, request["url"])
        headers = request.get("headers")
        wanted = site_of(self).key_header
        if headers and "X-HK-APIKEY" in headers and wanted != "X-HK-APIKEY":
            headers[wanted] = headers.pop("X-HK-APIKEY")
        return request

    def on_rest_response(self, code: int, *told: Any) -> Any:
        """Handle an answer as ccxt does; one that says to wait is taken at its status, whatever its body says."""
        stock: Any = super()
        text = stock.on_rest_response(code, *told)
        unreadable = isinstance(text, str) and code in _THROTTLED and fault_of(text, _MOST_ROWS) is not None
        return "" if unreadable else text

    def parse_json(self, text: Any) -> Any:
        """Read JSON as ccxt does; raise BadResponse for what is said twice, written out at length, or too much."""
        if isinstance(text, str) and (fault := fault_of(text, _MOST_ROWS)) is not None:
            raise BadResponse(f"{self.hk_adapter_name}: {fault}")
        stock: Any = super()
        return stock.parse_json(text)

    def parse_order(self, order: Any, market: Any = None) -> Any:
        """Read an order as ccxt does; its fee has the keys of ccxt's structure, and a number.

        ccxt leaves the cost of HashKey's fee as text, and 4.5.28 calls it ``amount``: OctoBot fails for want of
        ``cost``.
        """
        stock: Any = super()
        told = stock.parse_order(order, market)
        told["fee"] = _with_cost(self, told.get("fee"))
        told["fees"] = [_with_cost(self, fee) for fee in told.get("fees") or ()]
        return told

    def parse_order_status(self, status: str | None) -> Any:
        """Name the status; an order whose cancel or start is under way may still trade, so it is open."""
        if status in {"PENDING_NEW", "PENDING_CANCEL", "PENDING"}:
            return "open"
        stock: Any = super()
        return stock.parse_order_status(status)


def _with_cost(exchange: Any, fee: Any) -> Any:
    if not isinstance(fee, dict):
        return fee
    rest = {key: value for key, value in fee.items() if key != "amount"}
    return rest | {"cost": exchange.safe_number_2(fee, "cost", "amount")}


def site_of(exchange: Any) -> Site:
    """Find the site that the option ``site`` names. Raises ccxt's ExchangeError for an unknown one."""
    with in_words_of_ccxt(exchange.id):
        named = exchange.options.get("site") or STOCK_SITE
        return site_named(named if isinstance(named, str) else shown(named))


def site_urls(site: Site, *, streams: bool) -> dict[str, Any]:
    """Name a site's production and test hosts as ccxt keeps them."""
    return {"api": _hosts(site.production, streams), "test": _hosts(site.sandbox, streams)}


def _hosts(origin: str, streams: bool) -> dict[str, Any]:
    hosts: dict[str, Any] = {"public": origin, "private": origin}
    if streams:
        stream = origin.replace("https://api-", "wss://stream-")
        hosts["ws"] = {"public": stream + _QUOTES, "private": stream + _USER}
    return hosts


def check_simulated(exchange: Any, url: str) -> None:
    """Raise ConfigurationError where a program that runs against a simulator has changed the host to another one."""
    served: Served | None = exchange.hk_adapter_simulator
    if served is not None and urlsplit(url)[:2] != urlsplit(served.url)[:2]:
        raise ConfigurationError(f"the program runs against the simulator at {served.url}: no other host is asked")


def _streams_of(origin: str) -> dict[str, Any]:
    told = origin.replace("http://", "ws://")
    streams = {"public": told + _QUOTES, "private": told + _USER}
    return {"api": {"ws": streams}, "test": {"ws": streams}}


def _differing(given: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what of ``given`` differs from ``told``: it is the caller's own."""
    different: dict[str, Any] = {}
    for key, value in given.items():
        known = told.get(key)
        if isinstance(value, Mapping) and isinstance(known, Mapping):
            if inner := _differing(value, known):
                different[key] = inner
        elif value != known:
            different[key] = value
    return different
