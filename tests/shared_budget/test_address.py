"""What ``budget=`` takes, and what is told of what it does not take: never a password."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

import hk_adapter as hk
from hk_adapter.transport.shared_budget.address import read_address

SECRET = "canary-of-a-password"


def test_what_a_url_says() -> None:
    """Where Redis is, among how many the limits are divided without it, and what goes out then."""
    address = read_address(f"rediss://me:{SECRET}@redis.example:7000/3?processes=12&without_redis=all")
    assert (address.processes, address.without_redis) == (12, "all")
    assert address.url == f"rediss://me:{SECRET}@redis.example:7000/3"
    assert address.place == "rediss://redis.example:7000/3"
    assert SECRET not in repr(address)
    plain = read_address("unix:///run/redis.sock?db=2")
    assert (plain.processes, plain.without_redis, plain.url) == (4, "cancels", "unix:///run/redis.sock?db=2")


def test_sentinels_say_where_the_redis_is() -> None:
    """They say where the Redis is; user, password, database and parameters are of that one."""
    address = read_address(f"redis+sentinel://me:{SECRET}@one,two:7000,[::1]:5/main/2?processes=3")
    assert address.sentinels == (("one", 26379), ("two", 7000), ("::1", 5))
    assert (address.processes, address.passwords) == (3, (SECRET,))
    assert address.place == "redis+sentinel://one:26379,two:7000,[::1]:5/main/2"
    assert SECRET not in repr(address)
    assert read_address("redis+sentinel://one/main").place == "redis+sentinel://one:26379/main/"


def test_sentinels_have_a_login_of_their_own() -> None:
    """It is beside that of the Redis, and shown as little; by ``rediss+sentinel`` both are spoken to by TLS."""
    own = f"sentinel_username=me&sentinel_password={SECRET}%2Fand"
    address = read_address(f"rediss+sentinel://:{SECRET}%40other@one/main/2?{own}&processes=3")
    assert (address.sentinel_username, address.sentinel_password) == ("me", f"{SECRET}/and")
    assert address.url == f"rediss://:{SECRET}%40other@main/2"
    assert address.place == "rediss+sentinel://one:26379/main/2"
    assert {f"{SECRET}@other", f"{SECRET}%40other", f"{SECRET}/and", f"{SECRET}%2Fand"} == set(address.passwords)
    assert SECRET not in repr(address)


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        (f"redis://:{SECRET}@", "must name a Redis"),
        ("unix://", "must name a Redis"),
        (f"redis://:{SECRET}@host:port", "no URL of a Redis that can be read"),
        (f"redis://:{SECRET}@host?processes=0", "processes in the URL of budget must be a whole number from 1 to"),
        (f"redis://:{SECRET}@host?processes=99999", "from 1 to 10000, not '99999'"),
        (f"redis://:{SECRET}@host?processes=2&processes=3", "a parameter twice"),
        (f"redis://:{SECRET}@host/0#x", "a '#' part"),
        (f"redis://:{SECRET}@host?ssl_ca_certs=/x", "with rediss:// alone"),
        (f"rediss://:{SECRET}@host?ssl_ca_certs=/no/such", "names no file: '/no/such'"),
        (f"redis://:{SECRET}@host?processes=many", "not 'many'"),
        (f"redis://:{SECRET}@host?without_redis=some", "one of cancels, all, nothing, not 'some'"),
        (f"redis://:{SECRET}@host?process=3", "unknown parameter 'process'"),
        (f"redis://:{SECRET}@host/x", "the database in the URL of budget must be a number, not 'x'"),
        (f"redis+sentinel://:{SECRET}@host", "have to be asked for a service"),
        (f"redis+sentinel://:{SECRET}@host/a b", "have to be asked for a service"),
        (f"redis+sentinel://:{SECRET}@host,/main", "must be a host, or a host and its port"),
        (f"redis+sentinel://:{SECRET}@host:x/main", "must be a host, or a host and its port"),
        (f"redis+sentinel://:{SECRET}@host/main/x", "must be a number, not 'x'"),
        (f"redis+sentinel://:{SECRET}@host/main?process=3", "unknown parameter 'process'"),
        (f"redis://me:1/{SECRET}@host", "is written %2F"),
        (f"redis://me?{SECRET}=1@host/0", "is written %3F"),
        (f"redis://:{SECRET}@host?sentinel_password={SECRET}", "unknown parameter 'sentinel_password'"),
        (f"redis+sentinel://:{SECRET}@host/main?ssl_ca_certs=/x", "with rediss:// alone"),
        (f"rediss+sentinel://one/main?sentinel_password={SECRET}&sentinel_password=", "a parameter twice"),
        (f"rediss+sentinel://:{SECRET}@one", "have to be asked for a service"),
        (f"http://:{SECRET}@host", "such as redis://localhost/0"),
        ("limited", "such as redis://localhost/0"),
        (5, "not 5"),
    ],
)
def test_what_is_not_taken(budget: object, said: str) -> None:
    """It is refused as the venue is opened, in words that show no password."""
    with pytest.raises(hk.ConfigurationError) as caught:
        hk.connect("hashkey", budget=budget)  # type: ignore[arg-type]
    assert said in str(caught.value)
    assert SECRET not in str(caught.value)


WITHOUT = """
import sys
sys.modules["redis"] = None
import hk_adapter as hk

hk.connect("hashkey", environment="simulator").close()
try:
    hk.connect("hashkey", api_key="a", secret="b", budget="redis://127.0.0.1:1")
except hk.ConfigurationError as error:
    print(error)
"""


def test_without_its_library() -> None:
    """The command is named that adds it; who needs no Redis does not need it."""
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, timeout=30, check=True)
    assert "pip install 'hk-adapter[redis]'" in done.stdout


@pytest.mark.parametrize(
    "text", ["rediss://bot:secret@host/1", "redis+sentinel://host/mymaster?sentinel_password=secret"]
)
def test_no_pickle_holds_a_password(text: str) -> None:
    """An address is never pickled: what travels to other processes, or into a file, is the user's own URL."""
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(read_address(text))
