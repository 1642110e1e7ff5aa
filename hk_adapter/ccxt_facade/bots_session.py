"""The requests session of a blocking ccxt instance: furnished while it is new, and asked once for each request."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Mapping
from functools import partial
from types import FunctionType
from typing import Any, cast

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from requests.sessions import Session
from requests.utils import check_header_validity

from hk_adapter.ccxt_facade.idle_connections import keep_without_locks
from hk_adapter.transport.http_rules import split

_MOST_CONNECTIONS = 256
_NO_REPEAT = urllib3.Retry(0, read=False)
_ON_THE_WAY = {
    Session: ("request", "prepare_request", "merge_environment_settings", "get_adapter", "send"),
    HTTPAdapter: ("send", "get_connection_with_tls_context", "build_connection_pool_key_attributes", "cert_verify"),
}
"""What a request of ``Session.request`` goes through until it comes to urllib3."""
_SETTINGS = ("auth", "params", "cert", "proxies", "trust_env")

Answer = requests.Response | urllib3.BaseHTTPResponse
"""Of a session, or of urllib3 beneath it."""


def ask_once(
    session: Any,
    method: str,
    url: str,
    *,
    rewritten: bool,
    headers: Mapping[str, str],
    timeout: float,
    proxies: Mapping[str, str] | None,
    verify: Any,
) -> Answer:
    """Send a request without a body, once, and follow no answer elsewhere; the answer's body is yet to be read.

    ``rewritten``: whether the bot put something of his own before the URL. Raises what the session and urllib3 raise.
    """
    adapter = None if rewritten or proxies else _plain_adapter(session, url)
    if adapter is not None:
        return _asked_at_once(adapter, method, url, headers, timeout, verify)
    once = partial(_once_only(session).request, allow_redirects=False, stream=True)
    return cast("Answer", once(method, url, headers=headers, timeout=timeout, proxies=proxies, verify=verify))


def _plain_adapter(session: Any, url: str) -> HTTPAdapter | None:
    """Return what has a session's connections where requests would send a URL as it is; None for any other session.

    ``Session.request`` takes longer than what is sent by it. But nothing that stands on its way is passed by: a class
    of the bot's, what he has set, a tracer, a mock.
    """
    if type(session) is not Session or not _is_untouched(session, Session):
        return None
    own = vars(session)
    if any(own[name] for name in _SETTINGS) or any(session.hooks.values()):
        return None
    adapter = session.get_adapter(url)
    plain = type(adapter) in {HTTPAdapter, _Trusting} and _is_untouched(adapter, HTTPAdapter)
    return cast("HTTPAdapter", adapter) if plain else None


def _is_untouched(one: object, kind: type) -> bool:
    """Whether requests' own functions stand on the way, in an object and in its class."""
    names, own = _ON_THE_WAY[kind], sys.modules[kind.__module__].__dict__
    if not vars(one).keys().isdisjoint(names):
        return False
    of_class = vars(kind)
    for name in names:
        found = of_class[name]
        if type(found) is not FunctionType or found.__globals__ is not own:  # wrappers say that they are what they wrap
            return False
    return True


def _asked_at_once(
    adapter: Any, method: str, url: str, headers: Mapping[str, Any], timeout: float, verify: Any
) -> Answer:
    origin, target = split(url)
    place = requests.PreparedRequest()
    place.method, place.url = method, f"{origin}/"
    trusted = adapter.trusted(verify) if isinstance(adapter, _Trusting) else verify
    pool = adapter.get_connection_with_tls_context(place, trusted)
    adapter.cert_verify(pool, place.url, trusted, None)
    answer = pool.urlopen(
        method,
        target,
        headers=_sendable(headers),
        retries=_NO_REPEAT,
        redirect=False,
        assert_same_host=False,
        timeout=urllib3.Timeout(connect=timeout, read=timeout),
        preload_content=False,
        decode_content=False,
    )
    if isinstance(answer, urllib3.BaseHTTPResponse):
        return answer
    return cast("Answer", adapter.build_response(place, answer))  # a test tool's own: vcrpy's, for one


def _sendable(headers: Mapping[str, Any]) -> dict[str, str]:
    """Check headers as requests does; None is none."""
    told = {name: value for name, value in headers.items() if value is not None}
    for header in told.items():
        check_header_validity(header)
    return told


def furnish(session: Any, ca_file: str | None) -> None:
    """Let a new session keep a connection for each of many threads, and trust the authorities of a PEM file.

    requests keeps ten connections, and warns of each other one. None trusts whom requests trusts.
    """
    if type(session) is Session:
        for prefix, adapter in session.adapters.items():
            if type(adapter) is HTTPAdapter:
                session.adapters[prefix] = _Trusting(ca_file)


class _Trusting(HTTPAdapter):
    """Trusts a PEM file: what a session is told of it, requests passes over where a request says ``verify=True``."""

    __attrs__ = [*HTTPAdapter.__attrs__, "_ca_file"]  # noqa: RUF012 - requests' own name for what is pickled and copied

    def __init__(self, ca_file: str | None) -> None:
        super().__init__(pool_maxsize=_MOST_CONNECTIONS)
        self._ca_file = ca_file

    def init_poolmanager(self, *arguments: Any, **keywords: Any) -> None:
        super().init_poolmanager(*arguments, **keywords)
        keep_without_locks(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **keywords: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **keywords)
        keep_without_locks(manager)
        return manager

    def send(self, request: Any, *arguments: Any, **keywords: Any) -> requests.Response:
        if "verify" in keywords:
            keywords["verify"] = self.trusted(keywords["verify"])
        return super().send(request, *arguments, **keywords)

    def trusted(self, verify: Any) -> Any:
        """Return what to verify by, where a request says ``verify``."""
        return self._ca_file if self._ca_file is not None and verify is True else verify


def _once_only(session: Any) -> Any:
    """Return the session with its adapters' repeats off, without touching the bot's: connections are shared."""
    if not isinstance(session, Session):
        return session
    quiet = object.__new__(type(session))
    quiet.__dict__.update(session.__dict__)
    quiet.cookies = RequestsCookieJar()  # the bot's, cleared before, has a lock that an interrupt could leave taken
    quiet.adapters = OrderedDict((prefix, _quiet(adapter)) for prefix, adapter in session.adapters.items())
    return quiet


def _quiet(adapter: Any) -> Any:
    if not isinstance(adapter, HTTPAdapter):
        return adapter
    quiet = object.__new__(type(adapter))
    quiet.__dict__.update(adapter.__dict__)
    quiet.max_retries = _NO_REPEAT
    return quiet
