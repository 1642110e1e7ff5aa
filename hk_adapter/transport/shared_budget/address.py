"""Where a shared budget is, and what holds while it cannot be reached: read from the URL that ``budget=`` is given."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from hk_adapter.errors import ConfigurationError, shown
from hk_adapter.record import Record

SENTINEL = "redis+sentinel"
SCHEMES = ("redis", "rediss", "unix", SENTINEL)
_SENTINELS_PORT = 26379
_OF_REDIS = frozenset({"db", "ssl_ca_certs"})
_PROCESSES = 4
_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
_MOST_PROCESSES = 10_000
BLOCK_KEY = "hk-adapter:create-block"
"""While anything is there, nothing is placed by whoever has a budget in that database. A text there says why."""
_LONGEST_REASON = 200


class WithoutRedis(StrEnum):
    """What goes out while Redis cannot be reached, each process within its share of the limits."""

    CANCELS = "cancels"
    """All but what places orders."""
    ALL = "all"
    NOTHING = "nothing"


class BudgetAddress(Record, frozen=True, kw_only=True):
    """A Redis database. Two that are equal have one budget of each key.

    Attributes:
        url: for the Redis library; may hold a password, and is not printed. With ``sentinels``, which say where the
            Redis is, it has the service's name in place of a host.
        sentinels: host and port of each; empty without them.
        processes: among how many processes the limits are divided while Redis cannot be reached.
        without_redis: what goes out meanwhile.
    """

    url: str
    processes: int
    without_redis: WithoutRedis
    sentinels: tuple[tuple[str, int], ...] = ()

    def __repr__(self) -> str:
        return f"<BudgetAddress {self.place}>"

    @property
    def place(self) -> str:
        """The URL without user, password and parameters."""
        parts = urlsplit(self.url)
        place = f"{parts.netloc.rpartition('@')[2]}{parts.path}"
        if not self.sentinels:
            return f"{parts.scheme}://{place}"
        hosts = (f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in self.sentinels)
        return f"{SENTINEL}://{','.join(hosts)}/{place}"

    @property
    def password(self) -> str:
        """What must not be shown; empty without one."""
        return unquote(urlsplit(self.url).password or "")


def is_address(text: str) -> bool:
    """Whether a budget is the URL of a Redis, well formed or not."""
    return text.partition("://")[0].lower() in SCHEMES and "://" in text


def read_address(text: str) -> BudgetAddress:
    """Read a URL. Raises ConfigurationError, which never shows what may be a password."""
    if text.partition("://")[0].lower() == SENTINEL:
        return _of_sentinels(text)
    try:
        parts = urlsplit(text)
        _ = parts.port
        told = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise ConfigurationError("budget is no URL of a Redis that can be read") from None
    if not (parts.path if parts.scheme == "unix" else parts.hostname):
        raise ConfigurationError("budget must name a Redis, such as redis://localhost:6379/0")
    params = dict(told)
    if len(params) < len(told) or parts.fragment:
        raise ConfigurationError(
            "the URL of budget says a parameter twice, or ends in a '#' part, which has no meaning"
        )
    processes = _processes(params.pop("processes", str(_PROCESSES)))
    without_redis = _without_redis(params.pop("without_redis", WithoutRedis.CANCELS))
    if unknown := sorted(params.keys() - _OF_REDIS):
        raise ConfigurationError(
            f"the URL of budget has the unknown parameter {shown(unknown[0])}; it takes processes, without_redis,"
            " db and, with rediss, ssl_ca_certs"
        )
    _check_authority(parts.scheme, params.get("ssl_ca_certs"))
    _check_database(params.get("db") or (parts.path.strip("/") if parts.scheme != "unix" else ""))
    where = text.partition("?")[0].partition("#")[0]
    url = f"{where}?{urlencode(params)}" if params else where
    return BudgetAddress(url=url, processes=processes, without_redis=without_redis)


def _of_sentinels(text: str) -> BudgetAddress:
    """Read ``redis+sentinel://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]...]/SERVICE[/DB]``; the rest as everywhere."""
    where, mark, query = text.partition("://")[2].partition("?")
    netloc, _, path = where.partition("/")
    who, at, hosts = netloc.rpartition("@")
    service, _, database = path.partition("/")
    if not service or not _NAME.fullmatch(service):
        raise ConfigurationError(
            "sentinels have to be asked for a service, as in redis+sentinel://host:26379/mymaster/0"
        )
    sentinels = tuple(_sentinel(one) for one in hosts.split(","))
    plain = read_address(f"redis://{who}{at}{service}/{database}{mark}{query}")
    return plain.replace(sentinels=sentinels)


def _sentinel(text: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host:
        raise ConfigurationError("a sentinel in the URL of budget must be a host, or a host and its port")
    return host, port or _SENTINELS_PORT


def _processes(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= _MOST_PROCESSES):
        raise ConfigurationError(
            f"processes in the URL of budget must be a whole number from 1 to 10000, not {shown(text)}"
        )
    return int(text)


def _without_redis(text: str) -> WithoutRedis:
    try:
        return WithoutRedis(text)
    except ValueError:
        names = ", ".join(WithoutRedis)
        raise ConfigurationError(
            f"without_redis in the URL of budget must be one of {names}, not {shown(text)}"
        ) from None


def _check_authority(scheme: str, path: str | None) -> None:
    if path is None:
        return
    if scheme != "rediss":
        raise ConfigurationError("ssl_ca_certs in the URL of budget goes with rediss:// alone")
    if not Path(path).is_file():
        raise ConfigurationError(f"ssl_ca_certs in the URL of budget names no file: {shown(path)}")


def _check_database(text: str) -> None:
    if text and not (text.isascii() and text.isdigit()):
        raise ConfigurationError(f"the database in the URL of budget must be a number, not {shown(text)}")


def told_block(found: str | bool, address: BudgetAddress) -> str | None:
    """Return in words why nothing may be placed, by what was found at ``BLOCK_KEY``; None where nothing was."""
    if found is False:
        return None
    where = f"by {BLOCK_KEY} in {address.place}"
    reason = found if isinstance(found, str) else ""
    return f"{reason[:_LONGEST_REASON]} ({where})" if reason and reason.isprintable() else where
