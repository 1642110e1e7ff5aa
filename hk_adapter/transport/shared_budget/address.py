"""Where a shared budget is, and what holds while it cannot be reached: read from the URL that ``budget=`` is given."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import NoReturn
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from hk_adapter.errors import ConfigurationError, shown
from hk_adapter.record import Record

_OF_SENTINELS = {"redis+sentinel": "redis", "rediss+sentinel": "rediss"}
"""By scheme, that of the Redis that sentinels are asked for."""
SCHEMES = ("redis", "rediss", "unix", *_OF_SENTINELS)
_SENTINELS_PORT = 26379
_OF_REDIS = frozenset({"db", "ssl_ca_certs"})
_LOGIN_PARAMS = ("sentinel_username", "sentinel_password")
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
        sentinels: host and port of each; empty without them. They are spoken to by TLS where the Redis is.
        sentinel_username: who asks them; empty for their default user.
        sentinel_password: what is asked of them needs; not printed, and empty without one.
        processes: among how many processes the limits are divided while Redis cannot be reached.
        without_redis: what goes out meanwhile.
    """

    url: str
    processes: int
    without_redis: WithoutRedis
    sentinels: tuple[tuple[str, int], ...] = ()
    sentinel_username: str = ""
    sentinel_password: str = ""

    def __repr__(self) -> str:
        return f"<BudgetAddress {self.place}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a BudgetAddress may hold passwords and is never pickled")

    @property
    def place(self) -> str:
        """The URL without user, password and parameters."""
        parts = urlsplit(self.url)
        place = f"{parts.netloc.rpartition('@')[2]}{parts.path}"
        if not self.sentinels:
            return f"{parts.scheme}://{place}"
        hosts = (f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in self.sentinels)
        return f"{parts.scheme}+sentinel://{','.join(hosts)}/{place}"

    @property
    def passwords(self) -> tuple[str, ...]:
        """What must not be shown: each password, and how it stands in the URL; the longest first, and none empty."""
        written = urlsplit(self.url).password or ""
        own = {written, unquote(written), self.sentinel_password, quote(self.sentinel_password, safe="")}
        return tuple(sorted(own - {""}, key=len, reverse=True))


def is_address(text: str) -> bool:
    """Whether a budget is the URL of a Redis, well formed or not."""
    return text.partition("://")[0].lower() in SCHEMES and "://" in text


def read_address(text: str) -> BudgetAddress:
    """Read a URL. Raises ConfigurationError, which never shows what may be a password."""
    plain, sentinels = _apart_from_sentinels(text)
    try:
        parts = urlsplit(plain)
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
    _check_database(params.get("db") or (parts.path.strip("/") if parts.scheme != "unix" else ""))
    processes = _processes(params.pop("processes", str(_PROCESSES)))
    without_redis = _without_redis(params.pop("without_redis", WithoutRedis.CANCELS))
    login = {name: params.pop(name, "") for name in _LOGIN_PARAMS if sentinels}
    if unknown := sorted(params.keys() - _OF_REDIS):
        named = shown(unknown[0]) if "@" not in parts.query else "(a '?' in a password is written %3F)"
        raise ConfigurationError(
            f"the URL of budget has the unknown parameter {named}; it takes processes, without_redis,"
            " db, with rediss ssl_ca_certs, and with sentinels sentinel_username and sentinel_password"
        )
    _check_authority(parts.scheme, params.get("ssl_ca_certs"))
    where = plain.partition("?")[0].partition("#")[0]
    url = f"{where}?{urlencode(params)}" if params else where
    return BudgetAddress(url=url, processes=processes, without_redis=without_redis, sentinels=sentinels, **login)


def _apart_from_sentinels(text: str) -> tuple[str, tuple[tuple[str, int], ...]]:
    """Read ``redis+sentinel://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]...]/SERVICE[/DB]``; the rest as everywhere.

    The URL that is left has the service in place of the hosts. Any other is left as it is, without sentinels.
    """
    scheme, _, rest = text.partition("://")
    if (own := _OF_SENTINELS.get(scheme.lower())) is None:
        return text, ()
    where, mark, query = rest.partition("?")
    netloc, _, path = where.partition("/")
    who, at, hosts = netloc.rpartition("@")
    service, _, database = path.partition("/")
    if not service or not _NAME.fullmatch(service):
        raise ConfigurationError(
            "sentinels have to be asked for a service, as in redis+sentinel://host:26379/mymaster/0"
        )
    sentinels = tuple(_sentinel(one) for one in hosts.split(","))
    return f"{own}://{who}{at}{service}/{database}{mark}{query}", sentinels


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
        raise ConfigurationError("ssl_ca_certs in the URL of budget goes with rediss:// alone, or rediss+sentinel://")
    if not Path(path).is_file():
        raise ConfigurationError(f"ssl_ca_certs in the URL of budget names no file: {shown(path)}")


def _check_database(text: str) -> None:
    if "@" in text:
        raise ConfigurationError("budget is no URL of a Redis that can be read: a '/' in a password is written %2F")
    if text and not (text.isascii() and text.isdigit()):
        raise ConfigurationError(f"the database in the URL of budget must be a number, not {shown(text)}")


def told_block(found: str | bool, address: BudgetAddress) -> str | None:
    """Return in words why nothing may be placed, by what was found at ``BLOCK_KEY``; None where nothing was."""
    if found is False:
        return None
    where = f"by {BLOCK_KEY} in {address.place}"
    reason = found if isinstance(found, str) else ""
    return f"{reason[:_LONGEST_REASON]} ({where})" if reason and reason.isprintable() else where
