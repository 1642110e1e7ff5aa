"""Klines: the trades of equal times together, at every documented length."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hk_adapter.simulator import SimRequest
from hk_adapter.simulator.endpoints.klines import INTERVALS, next_start, start_of

from .conftest import Client, speaking

KLINES = "/quote/v1/klines"
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DOCUMENTED = {"1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "1w", "1M"}


def ms(*date: int) -> int:
    """Give a UTC date in ms."""
    return int(datetime(*date, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc,arg-type]


START = ms(2023, 11, 27, 14)


def klines(client: Client, query: str) -> Any:
    """Ask for ETH/USD."""
    response = client.simulator.handle(SimRequest("GET", KLINES, f"symbol=ETHUSD&{query}"), client.now)
    return json.loads(response.body)


def traded(client: Client) -> Client:
    """Trade at minutes 0, 0, 2 and 7 after 14:00, and ask at minute 10."""
    for second, price, amount, side in (
        (1, "2000", "1", "BUY"),
        (59, "1990", "2", "SELL"),
        (130, "2010.5", "3", "BUY"),
        (420, "2005", "4", "SELL"),
    ):
        client.control.trade("ETHUSD", amount, price, side, now=START + second * 1000)
    client.now = START + 10 * MINUTE_MS
    return client


def test_a_kline_has_eleven_elements(client: Client) -> None:
    """Open time, prices, volume, close time (0 as in every sample), cost, count, and what takers bought."""
    first, *_ = klines(traded(client), "interval=1m")
    assert first == [START, "2000", "2000", "1990", "1990", "3", 0, "5980", 2, "1", "2000"]


def test_times_without_trades_have_none(client: Client) -> None:
    """By default only times in which there was a trade have a kline, oldest first."""
    rows = klines(traded(client), "interval=1m")
    assert [(row[0] - START) // MINUTE_MS for row in rows] == [0, 2, 7]
    assert klines(client, "interval=1m&symbol=ignored") == rows
    (five, ten) = klines(client, "interval=5m")
    assert (five[1:6], ten[1:6]) == (
        ["2000", "2010.5", "1990", "2010.5", "6"],
        ["2005", "2005", "2005", "2005", "4"],
    )


def test_gaps_may_be_flat() -> None:
    """Where the dialect fills them, a gap shows the last price and no volume, up to the time that is running."""
    rows = klines(traded(speaking(kline_gaps="flat")), "interval=1m")
    assert [(row[0] - START) // MINUTE_MS for row in rows] == list(range(11))
    assert rows[1] == [START + MINUTE_MS, "1990", "1990", "1990", "1990", "0", 0, "0", 0, "0", "0"]
    assert rows[-1][4:6] == ["2005", "0"]
    assert klines(speaking(kline_gaps="flat"), "interval=1m") == []


@pytest.mark.parametrize(("cut", "minutes"), [("latest", [2, 7]), ("earliest", [0, 2])])
def test_a_limit_cuts(cut: str, minutes: list[int]) -> None:
    """The dialect says which end is left when there are more than the limit."""
    rows = klines(traded(speaking(kline_cut=cut)), "interval=1m&limit=2")
    assert [(row[0] - START) // MINUTE_MS for row in rows] == minutes


def test_times_bound_the_opens(client: Client) -> None:
    """StartTime and endTime are held against when a kline begins, both included."""
    traded(client)
    for first, last, minutes in ((0, 7, [0, 2, 7]), (1, 7, [2, 7]), (0, 6, [0, 2]), (2, 2, [2]), (3, 2, [])):
        query = f"interval=1m&startTime={START + first * MINUTE_MS}&endTime={START + last * MINUTE_MS}"
        assert [(row[0] - START) // MINUTE_MS for row in klines(client, query)] == minutes


def test_the_close_time_may_be_one() -> None:
    """Where the dialect fills it in, it is the last ms of the kline."""
    client = traded(speaking(kline_close_time="last_ms"))
    assert klines(client, "interval=1h")[0][6] == START + HOUR_MS - 1
    assert klines(client, "interval=1M")[0][6] == ms(2023, 12, 1) - 1


def test_at_most_1000(client: Client) -> None:
    """The last 1000, whatever is asked for."""
    for minute in range(1010):
        client.control.trade("ETHUSD", "1", "2000", now=START + minute * MINUTE_MS)
    client.now = START + 2000 * MINUTE_MS
    for query in ("interval=1m", "interval=1m&limit=5000"):
        rows = klines(client, query)
        assert len(rows) == 1000
        assert rows[-1][0] == START + 1009 * MINUTE_MS


@pytest.mark.parametrize("interval", ["", "interval=", "interval=1s", "interval=60", "interval=1min", "interval=1D"])
def test_any_other_length_is_refused(client: Client, interval: str) -> None:
    """The code is the integer -10009."""
    assert klines(client, interval)["code"] == -10009


@pytest.mark.parametrize("name", ["startTime", "endTime"])
def test_times_are_whole_numbers(client: Client, name: str) -> None:
    """Anything else is of the wrong type: -100002."""
    assert klines(client, f"interval=1m&{name}=today")["code"] == -100002


def test_the_documented_lengths() -> None:
    """All of them, and no other."""
    assert INTERVALS == DOCUMENTED


@given(st.sampled_from(sorted(DOCUMENTED)), st.integers(0, ms(2100, 1, 1)))
def test_every_time_is_in_one_kline(interval: str, at: int) -> None:
    """A kline begins at or before each time it covers and ends where the next begins."""
    start = start_of(interval, at)
    following = next_start(interval, start)
    assert start <= at < following
    assert start_of(interval, start) == start_of(interval, following - 1) == start
    assert start_of(interval, following) == following


@given(st.integers(ms(2018, 1, 1), ms(2100, 1, 1)))
def test_weeks_begin_on_monday_and_months_on_the_first(at: int) -> None:
    """Days, weeks and months are those of UTC."""
    day, week, month = (datetime.fromtimestamp(start_of(length, at) / 1000, UTC) for length in ("1d", "1w", "1M"))
    assert (day.hour, day.minute, day.second) == (0, 0, 0)
    assert (week.weekday(), week.hour) == (0, 0)
    assert (month.day, month.hour) == (1, 0)
    moment = datetime.fromtimestamp(at / 1000, UTC)
    assert (month.year, month.month) == (moment.year, moment.month)
