"""How ccxt would send a request: its headers, its proxies, its rewriting of URLs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ccxt

from hk_adapter.errors import NotSent
from hk_adapter.flow.http import HttpRequest
from hk_adapter.flow.mock_signs import in_a_test, is_mock, replaced_in
from hk_adapter.transport.ways_out import Sender, replaced_beside

_WAY_OUT = ("fetch", "fetch2", "request")


@dataclass(frozen=True, slots=True, repr=False)
class Route:
    """One request as ccxt would send it. Holds a key and a signature.

    Attributes:
        proxy: an HTTP proxy; None goes straight.
        socks: a SOCKS proxy.
    """

    url: str
    headers: dict[str, str]
    proxy: str | None
    socks: str | None


def route_of(exchange: Any, request: HttpRequest) -> Route:
    """Ask the instance for headers and proxies, as its own ``fetch`` does.

    Raises NotSent, over ccxt's own exception for proxy settings that contradict each other, and for those of another
    kind than text, and for headers and a session that ccxt can make nothing of.
    """
    try:
        return _route(exchange, request)
    except ccxt.BaseError as error:
        refused = refused_by_ccxt(error)
    except (TypeError, ValueError, AttributeError) as error:
        lack = type(error).__name__  # what the error says may hold a proxy's password
        refused = NotSent(f"{request!r}: the instance's headers, proxies or session cannot be used: {lack}")
    raise refused


def refused_by_ccxt(error: ccxt.BaseError) -> NotSent:
    """Make the error of a request that ccxt itself would not send.

    A bot gets ccxt's exception only where nothing was sent before: a request that had left by then stays a doubt.
    """
    told = NotSent(str(error))
    told.__cause__ = type(error)(str(error))
    return told


def seconds_of(exchange: Any, request: HttpRequest) -> float:
    """Return the instance's timeout; raise NotSent where it has none that is a number: a bot may change it any time."""
    milliseconds = exchange.timeout
    if isinstance(milliseconds, int | float):
        return milliseconds / 1000
    raise NotSent(f"{request!r}: the instance's timeout is no number")


def _route(exchange: Any, request: HttpRequest) -> Route:
    method, url = request.method, request.url
    headers = dict(exchange.prepare_request_headers(dict(request.headers)))
    rewriting = exchange.check_proxy_url_settings(url, method, headers, None)
    http, https, socks = exchange.check_proxy_settings(url, method, headers, None)
    proxy = http or https or None
    exchange.check_conflicting_proxies(proxy or socks, rewriting)
    if not all(isinstance(one, str) for one in (proxy, socks, rewriting) if one):
        raise TypeError("a proxy is text")
    if rewriting is not None:
        headers["Origin"] = exchange.origin
        url = rewriting + exchange.url_encoder_for_proxy_url(url)
    return Route(url, headers, proxy, socks or None)


def check_unmocked(exchange: Any, sender: Sender) -> None:
    """Raise NotSent where a mock stands in a way to the network that a cancel of ours does not take.

    It would leave a test that believes itself offline.
    """
    if tool := _mocked_in(exchange):
        raise NotSent(f"{tool} of the instance is replaced, as by a mock, which a cancel passes by")
    if tool := replaced_beside(sender):
        raise NotSent(f"{tool} is replaced, as by a mock, which a cancel passes by")


def _mocked_in(exchange: Any) -> str | None:
    """Name the method of ccxt's way to the network that an instance, or its class, has a mock for; None without one."""
    for name in _WAY_OUT:
        own = name in vars(exchange) and in_a_test()
        if own or is_mock(getattr(exchange, name, None)):
            return name
    return replaced_in(type(exchange), _WAY_OUT, "ccxt")
