"""From the arguments of ``connect`` to one configured ccxt exchange. Sends nothing."""

from __future__ import annotations

import difflib
import ipaddress
import math
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import SplitResult, urlsplit

from hk_adapter.errors import AdapterError, ConfigurationError, NotSupported
from hk_adapter.hooks import VenueSettings
from hk_adapter.venues.ccxt_bridge.exchange import make_exchange
from hk_adapter.venues.ccxt_bridge.pro_exchange import make_pro_exchange

INSTALL = 'pip install "hk-adapter[ccxt]"'
OLDEST = (4, 5, 35)
"""The oldest release of ccxt that the bridge works with: older ones do not find lost creates at okx and kucoin."""


CCXT_PRO = "ccxt_pro"
"""The bridge's own setting: whether ccxt.pro listens while an account is watched."""
_OURS = {
    "apiKey": "give it as api_key",
    "secret": "give it as secret",
    "number": "numbers are always exact Decimals",
    "timeout": "give it to connect or to the call",
    "verbose": "it would print signatures",
    "session": "the connection sends by itself",
    "verify": "certificates are always checked",
    "cafile": "give it to connect as ca_file",
    "validateServerSsl": "certificates are always checked",
    "asyncio_loop": "the connection uses the loop it is called in",
    "throttler": "it is the bridge's own",
    "markets": "they are loaded from the exchange",
    "has": "it is ccxt's own",
    "logger": "nothing is logged by ccxt",
}
_SANDBOX_OPTIONS = ("sandbox", "testnet", "sandboxMode")
"""Options by which ccxt, or okx's class and its like, sends to a test network, or to production's paper accounts."""
_PROXY = re.compile(r"(?i)prox(y|ies)|trust_?env")
_HOST = re.compile(r"^[a-z]+://[^/]+")
_HOSTNAME = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?")
_SCHEMES = frozenset({"http", "https", "ws", "wss"})
_DEFAULT_OPTIONS = {"warnOnFetchOpenOrdersWithoutSymbol": False}  # it costs more requests, not a failure
_EXCHANGES_OPTIONS = {"bybit": {"fetchOrder": {"acknowledged": True}}}
"""Options of an exchange and those made from it. bybit: ccxt looks no order up until told that only the last 500 are
there; here what is not there is not known, and nothing worse."""
_MAPPINGS = ("urls", "headers", "api", "fees", "features", "exceptions", "timeframes")
_SECRET_OPTION = re.compile(r"private_?key|secret|token|passw|passphrase|seed|mnemonic|cookie", re.IGNORECASE)
_SHORTEST_SECRET = 8
_PAIR = frozenset({"apiKey", "secret"})
_SECRET_KEYS = ("apiKey", "secret", "uid", "accountId", "login", "password", "twofa", "privateKey", "token")


def configured_exchange(settings: VenueSettings) -> Any:
    """Make the exchange that ``settings`` asks for.

    Raises ConfigurationError: ccxt is missing, the exchange or a setting is unknown, or a host may not be used.
    NotSupported: the exchange has no such environment.
    """
    return _without_traces(
        lambda: _configured(settings, _exchange_class(settings.member), make_exchange, {"number": Decimal})
    )


def listens(settings: VenueSettings) -> bool:
    """Return whether ccxt.pro may listen. Raises ConfigurationError where the setting is no such word."""
    said = settings.options.get(CCXT_PRO, True)
    if isinstance(said, str):  # of a command line, or the environment
        said = {"true": True, "false": False}.get(said.lower())
    if not isinstance(said, bool):
        raise ConfigurationError(f"{CCXT_PRO} must be True or False")
    return said


def configured_pro(settings: VenueSettings) -> Any:
    """Make the exchange of ccxt.pro's that ``settings`` asks for; None where it has none. Errors as above."""
    import ccxt.pro  # noqa: PLC0415 - 0.1 s, for those who watch

    member = settings.member
    kind = getattr(ccxt.pro, member or "", None) if member in ccxt.pro.exchanges else None
    if kind is None or hasattr(kind, "hk_adapter_name"):
        return None
    return _without_traces(lambda: _configured(settings, kind, make_pro_exchange, {}))


def stream_hosts_of(exchange: Any) -> frozenset[str]:
    """Return the origins of an exchange's streams."""
    urls = [exchange.implode_hostname(url) for url in _texts(exchange.urls["api"]) if url.startswith("ws")]
    parts = [urlsplit(url) for url in urls if "{" not in url.partition("://")[2].partition("/")[0]]
    return frozenset(f"{part.scheme}://{part.netloc}" for part in parts if _may_be_used(part.scheme, part.hostname))


def _without_traces(make: Callable[[], Any]) -> Any:
    try:
        return make()
    except AdapterError as error:
        # Its frames held the configuration, in which there may be a password.
        clean = error.with_traceback(None)
        clean.__cause__ = clean.__context__ = None
    raise clean


def hosts_of(exchange: Any) -> frozenset[str]:
    """Return the origins of an exchange's API."""
    urls = [exchange.implode_hostname(url) for url in _texts(exchange.urls["api"]) if url.startswith("http")]
    parts = [urlsplit(url) for url in urls if "{" not in url]
    return frozenset(f"{part.scheme}://{part.netloc}" for part in parts if _may_be_used(part.scheme, part.hostname))


def key_names_of(exchange: Any) -> tuple[str, ...]:
    """Return under which names ``connect`` is given what an exchange signs with; a key there is always a pair."""
    needed = [name for name, is_so in exchange.requiredCredentials.items() if is_so]
    further = tuple(name for name in needed if name not in _PAIR)
    return further if len(further) == len(needed) else ("api_key", "secret", *further)


def secrets_of(exchange: Any) -> list[str]:
    """Return the texts of a configuration that must never be shown, those among ccxt's options too."""
    own = [value for key in _SECRET_KEYS if isinstance(value := getattr(exchange, key, None), str) and value]
    return own + list(_secret_options(exchange.options))


def _secret_options(options: Mapping[Any, Any]) -> Iterator[str]:
    for key, value in options.items():
        if isinstance(value, Mapping):
            yield from _secret_options(value)
        elif isinstance(value, str) and len(value) >= _SHORTEST_SECRET and _SECRET_OPTION.search(str(key)):
            yield value


def _configured(
    settings: VenueSettings, kind: type[Any], make: Callable[[type[Any], dict[str, Any]], Any], more: Mapping[str, Any]
) -> Any:
    if settings.site is not None:
        raise ConfigurationError("ccxt's exchanges have no sites; an account of another site is another exchange")
    options = {key: value for key, value in settings.options.items() if key != CCXT_PRO}
    _check_options(kind, options)
    if settings.environment != "sandbox":
        _check_is_no_sandbox(options.get("options") or {})
    config = {**options, **more}
    config["options"] = _merged(_default_options(kind), options.get("options") or {})
    try:
        exchange = make(kind, config)
    except Exception as error:
        raise ConfigurationError(
            f"{settings.venue_id}: ccxt cannot be configured like that ({type(error).__name__})"
        ) from error
    if "urls" in options:
        _check_urls(kind, exchange)
    _choose_hosts(exchange, settings)
    return exchange


def _default_options(kind: type[Any]) -> dict[str, Any]:
    own = (_EXCHANGES_OPTIONS[base.__name__] for base in kind.__mro__ if base.__name__ in _EXCHANGES_OPTIONS)
    return _DEFAULT_OPTIONS | next(own, {})


def _merged(defaults: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(defaults)
    for key, value in given.items():
        default = found.get(key)
        mapped = isinstance(value, Mapping)
        found[key] = _merged(default, value) if mapped and isinstance(default, Mapping) else value
    return found


def _exchange_class(member: str | None) -> type[Any]:
    try:
        import ccxt.async_support as ccxt  # noqa: PLC0415 - 0.3 s and 70 MB, for those who ask for it
    except ImportError as error:
        raise ConfigurationError(f"ccxt is not installed; {INSTALL}") from error
    _check_release(ccxt.__version__)
    if member is not None and member in ccxt.exchanges:
        kind: type[Any] = getattr(ccxt, member)
        if hasattr(kind, "hk_adapter_name"):
            raise ConfigurationError(f"ccxt:{member} is this package's own class for ccxt's bots, and no exchange")
        return kind
    near = difflib.get_close_matches(member or "", ccxt.exchanges, n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(f'ccxt:{name}' for name in near)}?" if near else ""
    shown = (
        f"{member!r} is no exchange of ccxt {ccxt.__version__}" if member else "ccxt is no venue; ccxt:<exchange> is"
    )
    raise ConfigurationError(f"{shown}.{hint}")


def _check_release(version: str) -> None:
    numbers = re.match(r"(\d+)(?:\.(\d+))?(?:\.(\d+))?", version)
    if numbers is None or tuple(int(part or 0) for part in numbers.groups()) < OLDEST:
        wanted = ".".join(str(part) for part in OLDEST)
        raise ConfigurationError(
            f"ccxt {version!r} is installed, and 'ccxt:' venues need {wanted} or newer: pip install 'ccxt>={wanted}'"
        )


def _check_options(kind: type[Any], options: Mapping[str, Any]) -> None:
    for key in sorted(options):
        if _PROXY.search(key):
            raise ConfigurationError(f"{key}: give connect a proxy instead; the connection does the sending")
        if key in _OURS:
            raise ConfigurationError(f"{key} is not for ccxt's configuration: {_OURS[key]}")
        if not hasattr(kind, key):
            raise ConfigurationError(f"ccxt's {kind.__name__} has no setting {key!r}{_meant(kind, key)}")
        if callable(getattr(kind, key)):
            raise ConfigurationError(f"{key} is a method of ccxt's {kind.__name__}, not a setting")
    _check_values(options)


def _meant(kind: type[Any], key: str) -> str:
    """Return what may have been meant: a name that is near or, by that of a secret, what the exchange's key is."""
    if near := difflib.get_close_matches(key, _settings_of(kind), n=1):
        return f"; did you mean {near[0]!r}?"
    return f"; its keys are given as {', '.join(key_names_of(kind()))}" if _SECRET_OPTION.search(key) else ""


def _settings_of(kind: type[Any]) -> list[str]:
    return [name for name in dir(kind) if not name.startswith("_") and not callable(getattr(kind, name))]


def _check_is_no_sandbox(options: Mapping[str, Any]) -> None:
    """Refuse ccxt's own words for it: the connection, its journal and a stop would be told as production's."""
    for key in _SANDBOX_OPTIONS:
        if options.get(key):
            raise ConfigurationError(f"options: {key} would send to another environment: give environment='sandbox'")


def _check_values(options: Mapping[str, Any]) -> None:
    for key in _MAPPINGS:
        if key in options and not isinstance(options[key], Mapping):
            raise ConfigurationError(f"{key} must be a mapping, as ccxt has it")
    if "rateLimit" in options and not _is_span(options["rateLimit"]):
        raise ConfigurationError("rateLimit must be ms between two requests, from 0 up")
    host = options.get("hostname")
    if host is not None and not (isinstance(host, str) and _HOSTNAME.fullmatch(host)):
        raise ConfigurationError("hostname must be the name of a host, and nothing more")
    if not isinstance(options.get("enableRateLimit", True), bool):
        raise ConfigurationError("enableRateLimit must be True or False")
    inner = options.get("options")
    if inner is not None and not isinstance(inner, Mapping):
        raise ConfigurationError("options must be a mapping of ccxt's options")
    if (inner or {}).get("createMarketBuyOrderRequiresPrice") is False:
        raise ConfigurationError(
            "createMarketBuyOrderRequiresPrice: False would send amounts as money; give cost= to create_order"
        )
    if "maxRetriesOnFailure" in (inner or {}):
        raise ConfigurationError(
            "maxRetriesOnFailure: ccxt repeats nothing here; the core decides what may be repeated"
        )


def _is_span(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool) and 0 <= value < math.inf


def _check_urls(kind: type[Any], exchange: Any) -> None:
    """Refuse addresses that ccxt could not use, or that would show what is sent; ccxt has some of plain http."""
    known = kind().urls.get("api")
    given = exchange.urls.get("api")
    if isinstance(known, Mapping) and not isinstance(given, Mapping):
        raise ConfigurationError(f"urls: 'api' must be a mapping with ccxt's own names: {', '.join(known)}")
    for url in set(_texts(given)) - set(_texts(known)):
        part = _address(exchange.implode_hostname(url))
        if part is None:
            raise ConfigurationError("urls: an address must look like https://host, with a path at most")
        if part.scheme in {"http", "ws"} and not _may_be_used(part.scheme, part.hostname):
            raise ConfigurationError("urls: plain http is for loopback only; give https addresses")


def _address(url: str) -> SplitResult | None:
    """Return the parts of an address; None for what two readers of it could take for two hosts, or for none."""
    try:
        part = urlsplit(url)
        port = part.port
    except ValueError:
        return None
    plain = url.isascii() and url.isprintable() and not re.search(r"[\\@?#\s]", url)
    return part if plain and part.scheme in _SCHEMES and part.hostname and port != 0 else None


def _choose_hosts(exchange: Any, settings: VenueSettings) -> None:
    if settings.environment == "sandbox":
        if not exchange.urls.get("test"):
            raise NotSupported(f"ccxt knows no sandbox of {exchange.id}")
        exchange.set_sandbox_mode(True)
    if settings.base_url is not None:
        exchange.urls["api"] = _moved(exchange.urls["api"], settings.base_url)
    if not hosts_of(exchange):
        raise ConfigurationError(
            f"{settings.venue_id} has no https address to send to; plain http is for loopback only"
        )


def _moved(urls: Any, origin: str) -> Any:
    if isinstance(urls, Mapping):
        return {name: _moved(url, origin) for name, url in urls.items()}
    if not isinstance(urls, str):
        return urls
    if urls.startswith("ws"):
        return _HOST.sub("ws" + origin.removeprefix("http"), urls)
    return _HOST.sub(origin, urls) if urls.startswith("http") else urls


def _texts(urls: Any) -> Iterator[str]:
    if isinstance(urls, str):
        yield urls
    elif isinstance(urls, Mapping):
        for inner in urls.values():
            yield from _texts(inner)


def _may_be_used(scheme: str, host: str | None) -> bool:
    return bool(host) and (scheme in {"https", "wss"} or _is_loopback(str(host)))


def _is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its address or as ``localhost``; a name may begin like an address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
