"""How much one key may ask for: exact rolling seconds, counted when a request arrives, and what a breach costs.

Sources: HashKey documentation, Nov 2025 (10 orders, 2 queries, one transfer a second; a minute for too many orders; 418
for going on; a weight for each endpoint). It names neither the count that leads to a 418, nor the block's length, nor
whether weights use up the queries of a second: ours are settings.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType

from hk_adapter.simulator.dialect import Dialect
from hk_adapter.simulator.http import SimResponse
from hk_adapter.simulator.refusals import gateway_page, refuse

WINDOW_MS = 1000
HEAVY_PATHS = frozenset(
    {
        "/api/v1/spot/openOrders",
        "/api/v1/spot/cancelAllOpenOrders",
        "/api/v1/spot/cancelOrderByIds",
        "/api/v1/spot/batchOrders",
        "/api/v1.1/spot/batchOrders",
    }
)
TRANSFER_PATH = "/api/v1/account/assetTransfer"
QUERY_WEIGHTS: Mapping[str, int] = MappingProxyType(
    {
        "/api/v1/spot/tradeOrders": 5,
        "/api/v1/spot/subAccount/tradeOrders": 5,
        "/api/v1/subAccount/trades": 5,
        "/api/v1/account": 5,
        "/api/v1/account/type": 5,
        "/api/v1/account/trades": 5,
        "/api/v1/account/vipInfo": 5,
        "/api/v1/account/eodBalance": 5,
        "/api/v1/account/balanceFlow": 3,
    }
)
"""What a query weighs, where it is not 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Set what a key may do; ValueError for any number below 1.

    Orders count by weight (`batch_weight` for a batch or a cancel of several), queries by call, or by weight too with
    `queries_by_weight`; transfers between accounts count apart. Too many queries or transfers answer 429;
    too many orders 429 and a suspension of all order calls. The `block_after`th further call that is refused before
    one was let through answers 418, and everything from anybody is refused for `block_ms`: the address is blocked.
    """

    orders_per_second: int = 10
    queries_per_second: int = 2
    queries_by_weight: bool = False
    transfers_per_second: int = 1
    batch_weight: int = 5
    suspension_ms: int = 60_000
    block_after: int = 5
    block_ms: int = 120_000

    def __post_init__(self) -> None:
        for setting in fields(self):
            if (value := getattr(self, setting.name)) < 1 and setting.type != "bool":
                raise ValueError(f"limits {setting.name} must be at least 1: {value!r}")


@dataclass(frozen=True, slots=True)
class TooMany:
    """Hold how a request is refused: 429 or 418, and how many ms are left to wait."""

    status: int
    wait_ms: int


@dataclass(slots=True)
class Bans:
    """Count what was refused for asking too much; false when nothing was."""

    queries_refused: int = 0
    orders_refused: int = 0
    transfers_refused: int = 0
    suspensions: int = 0
    blocks: int = 0
    refused_while_blocked: int = 0

    def __bool__(self) -> bool:
        return bool(self.queries_refused or self.orders_refused or self.transfers_refused or self.blocks)


class _Window:
    """Count the weight of the last second; a call dearer than the limit needs an empty one."""

    def __init__(self, limit: int) -> None:
        self.suspended_until = 0
        self.refused = 0
        self._limit = limit
        self._used = 0
        self._arrivals: deque[tuple[int, int]] = deque()

    def admits(self, weight: int, now: int) -> bool:
        while self._arrivals and self._arrivals[0][0] + WINDOW_MS <= now:
            self._used -= self._arrivals.popleft()[1]
        if now < self.suspended_until or (self._used and self._used + weight > self._limit):
            self.refused += 1
            return False
        self.refused = 0
        self._used += weight
        self._arrivals.append((now, weight))
        return True

    def wait_ms(self, now: int) -> int:
        arrived = self._arrivals[0][0] + WINDOW_MS if self._arrivals else now
        return max(self.suspended_until, arrived) - now


class Limiter:
    """Watch the windows of every key."""

    def __init__(self, limits: Limits) -> None:
        self.bans = Bans()
        self._limits = limits
        self._queries: defaultdict[str, _Window] = defaultdict(lambda: _Window(limits.queries_per_second))
        self._orders: defaultdict[str, _Window] = defaultdict(lambda: _Window(limits.orders_per_second))
        self._transfers: defaultdict[str, _Window] = defaultdict(lambda: _Window(limits.transfers_per_second))
        self._blocked_until = 0

    def refuse(self, method: str, path: str, key: str | None, now: int) -> TooMany | None:
        """Count a request that arrives, and tell how it is refused, if it is; None for `key` counts as nobody's."""
        if now < self._blocked_until:
            self.bans.refused_while_blocked += 1
            return TooMany(418, self._blocked_until - now)
        if key is None:
            return None
        if method == "GET":
            weight = QUERY_WEIGHTS.get(path, 1) if self._limits.queries_by_weight else 1
            return self._query(self._queries[key], weight, now)
        if path == TRANSFER_PATH:
            return self._transfer(self._transfers[key], now)
        return self._order(self._orders[key], self._limits.batch_weight if path in HEAVY_PATHS else 1, now)

    def _query(self, window: _Window, weight: int, now: int) -> TooMany | None:
        if window.admits(weight, now):
            return None
        self.bans.queries_refused += 1
        return self._breach(window, now)

    def _transfer(self, window: _Window, now: int) -> TooMany | None:
        if window.admits(1, now):
            return None
        self.bans.transfers_refused += 1
        return self._breach(window, now)

    def _order(self, window: _Window, weight: int, now: int) -> TooMany | None:
        if window.admits(weight, now):
            return None
        self.bans.orders_refused += 1
        if now >= window.suspended_until:
            self.bans.suspensions += 1
            window.suspended_until = now + self._limits.suspension_ms
        return self._breach(window, now)

    def _breach(self, window: _Window, now: int) -> TooMany:
        if window.refused <= self._limits.block_after:
            return TooMany(429, window.wait_ms(now))
        window.refused = 0
        self.bans.blocks += 1
        self._blocked_until = now + self._limits.block_ms
        return TooMany(418, self._limits.block_ms)


def limit_answer(dialect: Dialect, too_many: TooMany) -> SimResponse:
    """Build the 429 or 418, as the dialect words it."""
    status = too_many.status
    if dialect.limit_answer == "empty":
        answer = SimResponse(status)
    elif dialect.limit_answer == "html":
        answer = gateway_page(status)
    else:
        answer = refuse("0003", status=400 if (status, dialect.limit_answer) == (429, "json_400") else status)
    if dialect.retry_after == "seconds":
        seconds = -(-too_many.wait_ms // 1000)
        answer = replace(answer, headers={**answer.headers, "Retry-After": str(seconds)})
    return answer
