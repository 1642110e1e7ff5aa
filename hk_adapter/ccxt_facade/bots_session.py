"""The requests session of a blocking ccxt instance: furnished while it is new, and asked once for each request."""

from __future__ import annotations

import http.client
import sys
from collections import OrderedDict
from functools import partial
from typing import Any, cast

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from requests.sessions import Session
from urllib3.connection import HTTPConnection, HTTPSConnection

from hk_adapter.ccxt_facade.idle_connections import keep_without_locks
from hk_adapter.transport.http_rules import split
from hk_adapter.transport.ways_out import are_own

_MOST_CONNECTIONS = 256
_NO_REPEAT = urllib3.Retry(0, read=False)
_ON_THE_WAY: tuple[tuple[type, tuple[str, ...]], ...] = (
    (Session, ("request", "prepare_request", "merge_environment_settings", "get_adapter", "send")),
    (HTTPAdapter, ("send", "get_connection_with_tls_context", "build_connection_pool_key_attributes", "cert_verify")),
    (urllib3.HTTPConnectionPool, ("urlopen", "_make_request")),
    (HTTPConnection, ("connect", "request", "putrequest", "putheader", "getresponse")),
    (HTTPSConnection, ("connect",)),
    (http.client.HTTPConnection, ("putrequest", "putheader", "endheaders", "send", "getresponse")),
)
"""What a request of ``Session.request`` goes through."""
_OF_OBJECTS = frozenset(name for _, names in _ON_THE_WAY[:2] for name in names)
"""What a bot, or a mock, may have put into a session or an adapter of his own."""
_SETTINGS = ("auth", "params", "cert", "proxies", "trust_env")


def ask_once(session: Any, method: str, url: str, **keywords: Any) -> requests.Response:
    """Send a request by the session, once, and follow no answer elsewhere; the answer's body is yet to be read."""
    once = partial(_once_only(session).request, allow_redirects=False, stream=True)
    return cast("requests.Response", once(method, url, **keywords))


def plain_pool(session: Any, url: str, verify: Any) -> urllib3.HTTPConnectionPool | None:
    """Return the connections by which a session would send to a URL, as it is; None where it might do anything else.

    ``Session.request`` takes longer than what is sent by it. But nothing that stands on its way is passed by: a class
    of the bot's, what he has set, a tracer, a mock.
    """
    if type(session) is not Session or not _OF_OBJECTS.isdisjoint(vars(session)) or not _is_untouched():
        return None
    if any(getattr(session, name) for name in _SETTINGS) or any(session.hooks.values()):
        return None
    adapter: Any = session.get_adapter(url)
    if type(adapter) not in {HTTPAdapter, _Trusting} or not _OF_OBJECTS.isdisjoint(vars(adapter)):
        return None
    place = requests.PreparedRequest()
    place.method, place.url = "GET", f"{split(url).origin}/"
    trusted = adapter.trusted(verify) if isinstance(adapter, _Trusting) else verify
    pool: urllib3.HTTPConnectionPool = adapter.get_connection_with_tls_context(place, trusted)
    adapter.cert_verify(pool, place.url, trusted, None)
    return pool if pool.ConnectionCls in {HTTPConnection, HTTPSConnection} else None


def _is_untouched() -> bool:
    """Whether the libraries' own functions stand on the way, those that this release has."""
    for kind, names in _ON_THE_WAY:
        of_class = vars(kind)
        if not are_own([of_class[name] for name in names if name in of_class], sys.modules[kind.__module__]):
            return False
    return True


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
