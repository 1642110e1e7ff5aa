"""What an account has of each currency, by its stream and by asking: the later word counts, and none moves it back.

No I/O, no clock. Our own times are seconds of the monotonic clock, and the venue's are ms UTC.
"""

from __future__ import annotations

from decimal import Decimal

from hk_adapter.execution.two_looks import SAID_AGAIN
from hk_adapter.flow.effects import Moment
from hk_adapter.model import Balance, Balances, UnreadRow

PLAUSIBLE = 5000.0
"""Milliseconds that the fastest frame may have taken by our clock and the venue's, for the two to be compared."""
LAG = 5.0
"""Seconds that an answer may be behind what was heard before it was asked for."""
MOST_LATE = 10_000
"""Milliseconds that a frame may come late. Where one is further behind another, one of their times is wrong."""
_NOTHING = Balance(free=Decimal(0), used=Decimal(0), total=Decimal(0))


class _Known:
    """A balance that is believed.

    ``at``: a time of the venue's at which, or after which, it was so. ``heard_at``: when the stream told it; None where
    asking did. ``connection``: which one that was.
    """

    __slots__ = ("at", "balance", "connection", "heard_at")

    def __init__(self, balance: Balance, at: int | None, heard_at: float | None, connection: int) -> None:
        self.balance = balance
        self.at = at
        self.heard_at = heard_at
        self.connection = connection


class _Claim:
    """What an answer said and was not believed, and when that was asked for."""

    __slots__ = ("asked", "balance")

    def __init__(self, balance: Balance, asked: float) -> None:
        self.balance = balance
        self.asked = asked


class Funds:
    """The balances of one account.

    A frame's time beside its coming shows how late it is, measured by the fastest one: so a frame is known to be older
    than an answer without any trust in clocks. Where the clocks agree well enough, one that may be older is no news
    either, but a reason to ask again. A frame that is heard while an answer is awaited counts: what the answer may show
    beyond it the stream tells too. A time that is far ahead of the others is not believed for longer than
    it takes to ask.

    Attributes:
        unread: rows of the last answer that could not be read.
        in_doubt: whether asking once more would tell.
    """

    def __init__(self) -> None:
        self.unread: tuple[UnreadRow, ...] = ()
        self.in_doubt = False
        self._known: dict[str, _Known] = {}
        self._claims: dict[str, _Claim] = {}
        self._connection = 0
        self._fastest: float | None = None
        self._is_fastest_sure = True
        self._asked: Moment | None = None
        self._answered: Moment | None = None
        self._timestamp: int | None = None

    def opened(self) -> None:
        """Record that the stream is another one."""
        self._connection += 1

    def forget(self) -> None:
        """Forget all that was known."""
        self._known.clear()
        self._claims.clear()
        self._asked = self._answered = self._timestamp = None
        self.unread, self.in_doubt = (), False

    @property
    def balances(self) -> Balances:
        """What there is now."""
        known = {currency: one.balance for currency, one in self._known.items()}
        times = [one.at for one in self._known.values() if one.at is not None]
        at = max(times, default=None) if self._timestamp is None else max(self._timestamp, *times, 0)
        return Balances(by_currency=known, timestamp=at, unread=self.unread)

    def heard(self, told: Balances, now: float) -> frozenset[str]:
        """Record what a frame shows, of some currencies or all; return those that changed."""
        is_late = self._is_late(told.timestamp, now)
        changed = set()
        for currency, balance in told.by_currency.items():
            known = self._known.get(currency)
            if known is not None and _is_older(told.timestamp, known.at):
                self.in_doubt |= _is_older(told.timestamp, known.at, by=MOST_LATE)
                continue
            if known is not None and _say_the_same(known.balance, balance):
                if not is_late:  # else it may be of a time when there was as much as there is now, by chance
                    self._keep(currency, known.balance, told.timestamp, now)
            elif is_late and (known is None or known.heard_at is None):
                self.in_doubt = True
            else:
                # Of two frames of one moment nobody knows which is the later.
                self.in_doubt |= known is not None and told.timestamp is not None and told.timestamp == known.at
                self._keep(currency, balance, told.timestamp, now)
                changed.add(currency)
        self.in_doubt |= bool(told.unread)
        return frozenset(changed)

    def _is_late(self, at: int | None, now: float) -> bool:
        """Whether a frame tells of a time before the last answer, as far as anybody can know."""
        if at is None:
            return False
        took, fastest = now * 1000 - at, self._fastest
        self._fastest = took if fastest is None else min(fastest, took)
        self._is_fastest_sure &= fastest is None or abs(took - fastest) <= MOST_LATE
        if self._asked is None or self._answered is None:
            return False
        if fastest is not None and at + self._fastest < self._asked.monotonic * 1000:
            return True
        if at >= self._answered.timestamp:
            return False
        travelled = self._fastest - (self._answered.monotonic * 1000 - self._answered.timestamp)
        # The first frame of all has none to be measured by but our clock.
        return fastest is None or abs(travelled) <= PLAUSIBLE

    def answered(self, told: Balances, asked: Moment, now: Moment) -> frozenset[str]:
        """Record a whole answer, had ``now``, to a question begun ``asked``; return the currencies that changed."""
        self._asked, self._answered, self.unread, self.in_doubt = asked, now, told.unread, False
        if not self._is_fastest_sure:  # the time of one frame was far from the others': it is measured anew
            self._fastest, self._is_fastest_sure = None, True
        changed = set()
        for currency, balance in {**self._absent(told), **told.by_currency}.items():
            known, claim = self._known.get(currency), self._claims.pop(currency, None)
            if known is not None and _say_the_same(known.balance, balance):
                known.balance = balance
            elif known is None or self._is_later(told, balance, known, claim):
                at = told.timestamp if known is None else told.timestamp or _earlier(known.at, asked.timestamp)
                self._known[currency] = _Known(balance, at, None, self._connection)
                changed.add(currency)
            else:
                is_repeated = claim is not None and _say_the_same(claim.balance, balance)
                self._claims[currency] = claim if claim and is_repeated else _Claim(balance, asked.monotonic)
                self.in_doubt = True
        self._timestamp = told.timestamp or self._timestamp
        return frozenset(changed)

    def _absent(self, told: Balances) -> dict[str, Balance]:
        """Return what is known and not in an answer: there is nothing of it, unless a row of it could not be read.

        A row that names none of what is known may be of any, which the venue calls otherwise.
        """
        unread = {row.about for row in told.unread}
        return dict.fromkeys(self._known.keys() - unread, _NOTHING) if unread <= self._known.keys() else {}

    def _is_later(self, told: Balances, balance: Balance, known: _Known, claim: _Claim | None) -> bool:
        """Whether an answer that contradicts what is known is the later word."""
        asked = 0.0 if self._asked is None else self._asked.monotonic
        first, second = known.at, told.timestamp
        if known.heard_at is None:  # both are answers, and the venue's own times may tell that this one is older
            is_older = _is_older(second, first) and first is not None and not self._is_to_come(first)
            return not is_older or (claim is not None and self._is_said_again(claim, balance, asked))
        if first is not None and second is not None and first != second and not self._is_to_come(first):
            return second > first
        if known.connection != self._connection and known.heard_at < asked - LAG:
            return True  # it may have changed while nobody listened
        return claim is not None and known.heard_at < claim.asked and self._is_said_again(claim, balance, asked)

    def _is_said_again(self, claim: _Claim, balance: Balance, asked: float) -> bool:
        return _say_the_same(claim.balance, balance) and asked >= claim.asked + SAID_AGAIN

    def _is_to_come(self, at: int) -> bool:
        """Whether a time was yet to come when the last answer was asked for, by our clock."""
        return self._asked is not None and at > self._asked.timestamp + MOST_LATE

    def _keep(self, currency: str, balance: Balance, at: int | None, now: float) -> None:
        known = self._known.get(currency)
        later = at if known is None or known.at is None else max(known.at, at or 0)
        self._known[currency] = _Known(balance, later, now, self._connection)
        self._claims.pop(currency, None)


def _is_older(at: int | None, known: int | None, *, by: int = 0) -> bool:
    return at is not None and known is not None and at < known - by


def _earlier(at: int | None, asked: int) -> int | None:
    """Return since when an answer holds that overrules what was known: not from a time on that was yet to come."""
    return None if at is None else min(at, asked)


def _say_the_same(one: Balance, other: Balance) -> bool:
    """Whether two say the same of what may be used and what is held; where neither says that, of both together."""
    pairs = [(one.free, other.free), (one.used, other.used)]
    told = [pair for pair in pairs if None not in pair]
    return all(first == second for first, second in told or [(one.total, other.total)])
