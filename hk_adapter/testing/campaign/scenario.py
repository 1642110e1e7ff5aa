"""One scenario: the orders and what will happen to them, the call, and what troubles venue and clocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from hk_adapter.model import Wait
from hk_adapter.simulator import Dialect
from hk_adapter.simulator.exchange.orders import OrderTerms
from hk_adapter.testing.campaign.kinds import Kind
from hk_adapter.testing.campaign.truth import End

EPOCH = 1_760_000_000.0
"""Unix seconds at the scenarios' time 0."""

BEFORE = -2.0
"""When the orders of a scenario were placed, in seconds from its start."""

USUAL_DIALECT = Dialect()


@dataclass(slots=True, kw_only=True)
class OrderPlan:
    """One order and the call that cancels it. Times in seconds from the scenario's start, amounts in base currency.

    Attributes:
        exists: False for an id that the venue never gave.
        named: which ids the call gives: ``order_id``, ``client_order_id`` or ``both``.
        fills: when it is filled, by how much.
        foreign_cancel: when somebody else cancels it; None: nobody.
        shown_from: before this the venue does not find it.
        taken_from: before this it is PENDING_NEW.
        refused: whether the matching engine rejects it, at ``taken_from``.
        lag: how long after an accepted cancel it leaves the book.
        locked_until: until then a cancel is refused for now (-1144).
        prefix: what its client order id begins with.
        placed: whether the connection that cancels it places it first.
        hidden_for: how long after that no view has it, and with ``cancels_lag`` no cancel finds it.
        posted_late: how long after a fill the views show it.
        completes: when it is FILLED, whatever remains of it; None: when nothing remains.
        used: ``older`` where another order had its client id before, ``newer`` where one gets it; None: neither.
        used_id: the same of its order id, which a newer one gets once it has ended and a cancel of it has come.
        twin: whether the call names it a second time, by its client id.
        written: how the call writes its order id.
        arrives: how far into the time between the list and what follows it comes to the book, from 0 to 1.
        namesake: whether it has an id of the plan before it, whose symbol is another one.
        names_symbol: whether the call names its symbol, at a venue that counts ids by symbol.
        spared: whether no call names it.
        comes: when somebody places it; None: it is there from the beginning, or as soon as its id is.
    """

    terms: OrderTerms
    exists: bool = True
    named: str = "order_id"
    wait: Wait = Wait.FINAL
    timeout: float = 10.0
    fills: list[tuple[float, Decimal]] = field(default_factory=list)
    foreign_cancel: float | None = None
    shown_from: float = 0.0
    taken_from: float = 0.0
    refused: bool = False
    lag: float = 0.0
    locked_until: float = 0.0
    prefix: str = "own-"
    placed: bool = False
    hidden_for: float = 0.0
    cancels_lag: bool = False
    posted_late: float = 0.0
    completes: float | None = None
    used: str | None = None
    used_id: str | None = None
    twin: bool = False
    written: str = "{}"
    arrives: float | None = None
    namesake: bool = False
    names_symbol: bool = True
    spared: bool = False
    comes: float | None = None


@dataclass(frozen=True, slots=True)
class Outage:
    """A span of trouble with the venue.

    It refuses everything signed (``expired``, ``maintenance``, ``limited``), answers nothing (``silent``), or cannot
    be reached (``unreachable``).
    """

    kind: str
    begins: float
    ends: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mass:
    """One ``cancel_all_orders`` in place of a call for each order; None asks for every symbol, side or client id.

    Attributes:
        symbol: unified.
        side: in lower case.
        site: whose requests the adapter sends; not every site has one for every symbol.
        batch: how many ids a request takes; with more orders than that the scope itself is asked for.
    """

    symbol: str | None = None
    side: str | None = None
    prefix: str | None = None
    site: str = "hk"
    batch: int = 100

    def covers(self, plan: OrderPlan) -> bool:
        """Whether an order is within the scope of the call."""
        terms = plan.terms
        wanted = {f"{terms.market.base}/{terms.market.quote}": self.symbol, terms.side.lower(): self.side}
        named = self.prefix is None or plan.prefix.startswith(self.prefix)
        return plan.exists and named and all(asked in {None, has} for has, asked in wanted.items())


@dataclass(frozen=True, slots=True)
class Leave:
    """When the caller of a call goes away: at a second, or after so many effects; ``frozen``: nothing is closed."""

    at: float | None
    steps: int | None
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class BySymbol:
    """A venue that counts ids by symbol.

    Attributes:
        ids: whether it counts its own ids so; else no order has that of another.
        own_ids: whether it counts the client's ids so.
        told: whether its answers about one order name the symbol.
    """

    ids: bool
    own_ids: bool
    told: bool


@dataclass(slots=True, kw_only=True)
class Scenario:
    """Everything that a seed decides before anything is sent.

    Attributes:
        rate: how probable a fault is, per exchange and per trouble of a scenario.
        latency: seconds each way.
        skew: seconds that our wall clock is ahead of the venue's.
        drift: seconds that the venue's clock gains per second.
        step: when the venue's clock jumps, and by how many seconds; None: never.
        paused: until then the key's orders are held back here, for an earlier breach of the limit.
        one_call: whether one call cancels all orders, rather than a call each.
        mass: that call, where it is a ``cancel_all_orders``; None: a ``cancel_orders`` that names them.
        limited: whether the venue keeps its limits.
        neighbours: when another program with the same key asks something, and whether that is a cancel.
        kind: what it has beyond the usual.
        lags: how many seconds behind a view is, by its path.
        replicas: whether each look-up draws a lag up to that.
        jitter: how much of the latency a way may take less, or several times more.
        leaves: which calls' callers go away, and when.
        wrapper: where a wrapper stands, when it raises, and what.
        by_symbol: how the venue counts order ids by symbol; None: each has one order.
    """

    seed: int
    rate: float
    orders: list[OrderPlan]
    latency: float
    dialect: Dialect = USUAL_DIALECT
    skew: float = 0.0
    drift: float = 0.0
    step: tuple[float, float] | None = None
    outage: Outage | None = None
    paused: float = 0.0
    one_call: bool = False
    mass: Mass | None = None
    limited: bool = False
    neighbours: list[tuple[float, bool]] = field(default_factory=list)
    kind: Kind = Kind.USUAL
    lags: dict[str, float] = field(default_factory=dict)
    replicas: bool = False
    jitter: float = 0.0
    leaves: dict[int, Leave] = field(default_factory=dict)
    wrapper: tuple[str, str, str] | None = None
    by_symbol: BySymbol | None = None


def end_of(word: str) -> End | None:
    """Read the venue's status word as an end; None while on the book."""
    if word == "FILLED":
        return End.FILLED
    if word in {"CANCELED", "PARTIALLY_CANCELED"}:
        return End.CANCELED
    return End.REJECTED if word == "REJECTED" else None
