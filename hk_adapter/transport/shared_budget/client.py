"""What speaks to one Redis, straight or by its sentinels; and what it says in its refusals, without a password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from hk_adapter.errors import ConfigurationError
from hk_adapter.transport.shared_budget.address import BLOCK_KEY, BudgetAddress

if TYPE_CHECKING:
    import redis

INSTALL = "pip install 'hk-adapter[redis]'"
PATIENCE = 0.25
"""Seconds after which a Redis that does not answer counts as out of reach."""
_ASKS = "redis.call('TIME') return redis.call('EXISTS', KEYS[1])"
"""What a server does that lets budgets be there."""


def told_error(error: Exception, address: BudgetAddress) -> str:
    """Write an error of the Redis library, without a password."""
    if type(error).__name__ == "MasterNotFoundError":
        return "none of its sentinels names a primary"  # the library writes all that it would connect with
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    for password in address.passwords:
        text = text.replace(password, "***")
    return text


def open_client(address: BudgetAddress) -> redis.Redis:
    """Make what speaks to a Redis. Raises ConfigurationError where its library is missing or refuses the URL."""
    try:
        import redis  # noqa: PLC0415 - only where a budget is in Redis
        from redis.backoff import NoBackoff  # noqa: PLC0415
        from redis.retry import Retry  # noqa: PLC0415
    except ImportError as error:
        raise ConfigurationError(f"a budget in Redis needs its library: {INSTALL}") from error
    patience: dict[str, Any] = {
        "socket_timeout": PATIENCE,
        "socket_connect_timeout": PATIENCE,
        "retry": Retry(NoBackoff(), 0),
    }
    if urlsplit(address.url).scheme == "rediss":
        patience |= {"ssl_check_hostname": True}  # which older versions of the library leave out
    try:
        made = redis.Redis.from_url(address.url, single_connection_client=False, **patience)
    except ValueError:
        raise ConfigurationError("the Redis library does not take the URL of budget") from None
    return _by_sentinels(address, made, patience) if address.sentinels else made


@contextmanager
def opened(address: BudgetAddress) -> Iterator[redis.Redis]:
    """Speak to a Redis within a ``with`` block. Raises as ``open_client``."""
    client = open_client(address)
    try:
        yield client
    finally:
        close_client(client)


def close_client(client: redis.Redis) -> None:
    """Close its connections, and those to its sentinels, which the library would leave to the garbage collector."""
    client.close()
    pool: Any = client.connection_pool
    if (manager := getattr(pool, "sentinel_manager", None)) is not None:
        for sentinel in manager.sentinels:
            sentinel.close()


def _by_sentinels(address: BudgetAddress, named: redis.Redis, patience: dict[str, Any]) -> redis.Redis:
    """Make what asks, at each new connection, which Redis is the primary now."""
    import redis  # noqa: PLC0415 - only where a budget is in Redis
    from redis import sentinel  # noqa: PLC0415

    told: dict[str, Any] = named.connection_pool.connection_kwargs
    own = {name: told[name] for name in ("username", "password", "db") if name in told}
    tls = {name: told[name] for name in ("ssl_ca_certs",) if name in told}
    if "ssl_check_hostname" in patience:
        tls["ssl"] = True
    login = {"username": address.sentinel_username or None, "password": address.sentinel_password or None}
    named.close()
    untyped: Any = sentinel
    watchers = untyped.Sentinel(list(address.sentinels), sentinel_kwargs=patience | tls | login)
    pool = untyped.SentinelConnectionPool(str(told["host"]), watchers, **own, **tls, **patience)
    made = redis.Redis(connection_pool=pool)
    made.auto_close_connection_pool = True
    return made


def refusal_by(address: BudgetAddress) -> str | None:
    """Return in words why a Redis will not do what a budget asks of it, such as for a wrong password.

    None where it would, and where it cannot be reached: it may be there later. Waits for it as long as a call would.
    So it is with its sentinels, where none of them names it; and who has no certificate that is trusted never will.
    """
    import redis  # noqa: PLC0415 - only where a budget is in Redis
    from redis.sentinel import MasterNotFoundError  # noqa: PLC0415 - as above

    with opened(address) as client:
        try:
            client.eval(_ASKS, 1, BLOCK_KEY)
        except MasterNotFoundError:
            pool: Any = client.connection_pool
            told = [_refusal_of(sentinel, address) for sentinel in pool.sentinel_manager.sentinels]
            return next((one for one in told if one is not None), None)
        except (redis.RedisError, OSError, UnicodeError) as error:
            return told_error(error, address) if _lasts(error) else None
    return None


def _refusal_of(sentinel: Any, address: BudgetAddress) -> str | None:
    import redis  # noqa: PLC0415 - as above

    try:
        sentinel.sentinel_masters()
    except (redis.RedisError, OSError, UnicodeError) as error:
        at = sentinel.connection_pool.connection_kwargs
        return f"its sentinel {at['host']}:{at['port']} says {told_error(error, address)}" if _lasts(error) else None
    return None


def _lasts(error: Exception) -> bool:
    """Whether it will be the same next time: it was refused, or what proves who is there is not trusted."""
    import redis  # noqa: PLC0415 - as above

    refused = isinstance(error, redis.AuthenticationError | redis.ResponseError)
    return refused or "CERTIFICATE_VERIFY_FAILED" in str(error)
