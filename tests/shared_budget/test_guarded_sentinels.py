"""Sentinels and the Redis they name, which ask for passwords, users and TLS: it works, and no password is shown."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

import hk_adapter as hk
from hk_adapter.errors import ConfigurationError
from hk_adapter.transport.shared_budget.address import read_address
from hk_adapter.transport.shared_budget.admission import SharedBudget
from hk_adapter.transport.shared_budget.block_flag import BlockFlag
from hk_adapter.transport.shared_budget.client import opened, refusal_by
from hk_adapter.transport.shared_budget.link import Link

from .conftest import OPENED, need_server, wait_until
from .guarded_sentinel import OF_REDIS, OF_SENTINEL, Guarded, guarded

CANARY = "canary"
ways = pytest.mark.parametrize(
    ("user", "tls"), [("", False), ("desk", False), ("desk", True)], ids=["passwords", "users", "users, TLS"]
)


@pytest.fixture
def guards(tmp_path: Path, user: str, tls: bool) -> Iterator[Guarded]:
    """Start both."""
    need_server()
    with guarded(tmp_path, user=user, tls=tls) as both:
        yield both


def reached(url: str) -> str | None:
    """Ask through a link, as budgets do, and return why it is out of reach; None where it is not."""
    address = read_address(url)
    link = Link(address)
    OPENED.append(link)
    budget = SharedBudget(link, "test:guarded", address.processes, address.without_redis)
    question = link.post(budget, lambda: {"op": "pause", "g": "x", "left": 0.0})
    wait_until(lambda: question.failed or question.answer is not None)
    return link.gone


@ways
def test_the_login_of_each(guards: Guarded) -> None:
    """A budget and the create block are reached by both, each with what is its own."""
    url = guards.url()
    assert reached(url) is None
    assert refusal_by(read_address(url)) is None
    flag = BlockFlag(read_address(url))
    flag.put_up("by the desk")
    assert "by the desk" in str(flag.reason())
    assert "canary" not in f"{flag.reason()}{flag.name}{flag!r}"


@ways
@pytest.mark.parametrize("wrong", ["sentinel", "primary", "sentinel without"])
def test_a_wrong_one(guards: Guarded, wrong: str, caplog: pytest.LogCaptureFixture) -> None:
    """Who refuses is told, in words that show neither password, and in the log as the first connection is opened."""
    given = {"sentinel without": ("sentinel", "")}.get(wrong, (wrong, f"{CANARY}-that-is-wrong"))
    url = guards.url(**{given[0]: given[1]})
    refused = str(refusal_by(read_address(url)))
    assert ("its sentinel 127.0.0.1:" in refused) == (given[0] == "sentinel")
    assert "AuthenticationError" in refused
    with pytest.raises(OSError) as caught:  # noqa: PT011 - each says it in its own words
        BlockFlag(read_address(url)).put_up("by the desk")
    caplog.set_level(logging.DEBUG)
    venue = hk.connect("hashkey", environment="sandbox", api_key="a", secret="b", budget=url)
    wait_until(lambda: "refuses what is asked" in caplog.text)
    with pytest.raises(hk.NotSent, match="Redis is out of reach") as held:
        venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    venue.close()
    gone = str(reached(url))
    for shown in (refused, gone, caplog.text, repr(venue), _told(caught.value), _told(held.value)):
        assert CANARY not in shown


def _told(error: BaseException | None) -> str:
    """Write an error with all that it came of."""
    told = ""
    while error is not None:
        told += f"{error!r} {error} {vars(error)}"
        error = error.__cause__ or error.__context__
    return told


@pytest.mark.parametrize(("user", "tls"), [("desk", True)])
def test_an_authority_that_is_not_trusted(guards: Guarded) -> None:
    """Who cannot prove who he is gets no password: he is out of reach, and it is told that he will stay so."""
    url = guards.url(trusts=False)
    gone = str(reached(url))
    assert "none of its sentinels names a primary" in gone
    refused = str(refusal_by(read_address(url)))
    assert "CERTIFICATE_VERIFY_FAILED" in refused
    assert CANARY not in gone + refused


@pytest.mark.parametrize(("user", "tls"), [("desk", True)])
def test_no_tls_where_it_is_wanted(guards: Guarded) -> None:
    """By the scheme without TLS neither is reached, and nothing is shown."""
    gone = str(reached(guards.url().replace("rediss+", "redis+").partition("&ssl_ca_certs")[0]))
    assert gone != "None"
    assert CANARY not in gone


@pytest.mark.parametrize("user", ["desk", ""])
def test_what_the_library_shows(user: str) -> None:
    """What speaks to them shows no password either, whatever the Redis library does by itself."""
    made = Guarded(1, 2, user, None)
    address = read_address(made.url())
    with opened(address) as client:
        assert address.sentinel_password == OF_SENTINEL
        assert client.connection_pool.connection_kwargs["password"] == OF_REDIS
        assert CANARY not in f"{address!r} {address}"
    with pytest.raises(ConfigurationError) as caught:
        read_address(made.url() + "&sentinel_password=x")
    assert CANARY not in str(caught.value)
