"""Where each order of an account stands, by its stream and by looks; and of which that is in doubt. No I/O, no clock.

Times are seconds of the monotonic clock, as they are passed in. One flow uses it at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from hk_adapter.execution.agreement import is_proven_end
from hk_adapter.execution.streams.doubts import Doubt, Doubts
from hk_adapter.execution.streams.judging import Says, is_older, judge, merged, says_the_same
from hk_adapter.execution.two_looks import SAID_AGAIN
from hk_adapter.flow.log_line import Lines
from hk_adapter.model import Order

MOST_OPEN = 20_000
"""Orders that are known to be open at the most: no account has as many, and a venue may invent more."""
MOST_ENDED = 10_000
"""Ended orders that are remembered, so that a late word about one is known for what it is."""
_LONGEST_WAIT = 60.0
_LONGEST_WAIT_FOR_WHAT_IS_UNKNOWN = 3600.0
"""Seconds between two looks at an order that the venue says it does not know: that ends none (decision 0059)."""
Since = Callable[[str | None], float]
"""Returns for a unified symbol since when its orders are somebody's news, in ms UTC."""


@dataclass(slots=True)
class _Known:
    order: Order
    told_at: float
    heard: bool


class Tracker:
    """The orders of one account. What it returns are changes to be told, each once.

    Each goes by its id, until a row shows another symbol under it: some venues count ids by symbol, so that may be
    another order. It goes by both then. Either is in doubt until a look by its id and symbol shows it.

    Where as many are open as it keeps, one more is in doubt, and looked up: what the looks show of it is told, until it
    has ended. Where as many are in doubt, too, what becomes of it is lost, and counted.
    """

    def __init__(self) -> None:
        self._most_open = MOST_OPEN
        self._lost = 0
        self._log = Lines("hk_adapter.streams", most=20)
        self._open: dict[str, _Known] = {}
        self._ended: dict[str, _Known] = {}
        self._doubts = Doubts(MOST_OPEN)
        self._apart: dict[str, dict[str, tuple[str, str]]] = {}  # by id: what goes by its symbol, too

    def open_orders(self) -> list[Order]:
        """Return those that have not ended, as far as is known; from any thread."""
        return [known.order for known in list(self._open.values())]

    def take_lost(self) -> int:
        """Return how much was lost, for there was no room for it, since this was last asked."""
        lost, self._lost = self._lost, 0
        return lost

    @property
    def has_doubt(self) -> bool:
        """Whether the state of any is not known."""
        return len(self._doubts) > 0

    def is_doubted(self, order_id: str | None) -> bool:
        """Whether an order's state is not known."""
        return order_id in self._doubts

    def known(self, name: str) -> Order | None:
        """Return an order as it was last believed; None for one that is not known, or forgotten."""
        known = self._open.get(name) or self._ended.get(name)
        return None if known is None else known.order

    def asked_by(self, name: str) -> tuple[str, str | None]:
        """Return the id, and the symbol, by which the order is looked up that goes by a name."""
        known = self.known(name)
        if known is not None and known.id is not None:
            return known.id, known.symbol
        doubt = self._doubts.get(name)
        if doubt is not None and doubt.claim is not None and doubt.claim.id is not None and doubt.claim.id != name:
            return doubt.claim.id, doubt.claim.symbol
        symbol = None if doubt is None else doubt.symbol
        return next((one[name] for one in self._apart.values() if name in one), (name, symbol))

    def name_of(self, order: Order) -> str:
        """Return what an order goes by here: its id, or that and its symbol where another symbol has the id."""
        order_id, symbol = order.id or "", order.symbol
        if symbol is None:
            return order_id
        name = f"{symbol} {order_id}"
        if name in self._apart.get(order_id, ()):
            return name
        first = self.known(order_id)
        if first is None or first.symbol in {None, symbol}:
            return order_id
        self._apart.setdefault(order_id, {})[name] = order_id, symbol
        if len(self._apart) > MOST_ENDED:
            del self._apart[next(iter(self._apart))]
        return name

    def _is_another(self, name: str, order: Order) -> bool:
        """Whether an order goes by its symbol, too, and nothing was believed of it yet."""
        return name != order.id and self.known(name) is None

    def heard_end(self, order_id: str) -> Order | None:
        """Return an order's end as the stream told it, where it is in no doubt; None without one."""
        known = self._ended.get(order_id)
        if known is None or not known.heard or order_id in self._doubts or not is_proven_end(known.order):
            return None
        return known.order

    def heard(self, order: Order, at: float) -> Order | None:
        """Record what the stream showed; return the order where that is news."""
        if order.id is None:
            return None
        name = self.name_of(order)
        if self._is_another(name, order):
            self._doubt_both(name, order, at)
            return None
        known = self.known(name)
        verdict = judge(known, order)
        doubt = self._doubts.get(name)
        if verdict.says is Says.CONTRADICTS:
            if doubt is None or doubt.claim is None or not says_the_same(doubt.claim, order):
                self._log.warning("order %s: %s; it is looked up", order.id, verdict.reason)
                self._put(name, Doubt(claim=order, since=at, due=at))
            return None
        if doubt is not None and doubt.missing:
            self._doubts.drop(name)  # the stream tells of it: it had only been missing
        if verdict.says is Says.NOTHING_NEW:
            self._refresh(order, at)
            return None
        return self._take(known, order, at, heard=True)

    def _doubt_both(self, name: str, order: Order, at: float) -> None:
        """Record that a row is of another order with the same id, or that it tells the wrong symbol of that one."""
        self._put_first(name, Doubt(claim=order, since=at, due=at))
        self._put_first(order.id or "", Doubt(claim=None, since=at, due=at))

    def _refresh(self, order: Order, at: float) -> None:
        """Keep what a row that is no news shows besides, such as an average that came after its fill."""
        kept = self._open.get(self.name_of(order))
        if kept is not None:
            kept.told_at = at
            if says_the_same(kept.order, order) and not is_older(order, kept.order):
                kept.order = merged(kept.order, order)

    def doubted(self, order_id: str, at: float) -> None:
        """Record that something about an order could not be read: it is to be looked at, and so is each of its id."""
        for name in (order_id, *self._apart.get(order_id, ())):
            if name == order_id or self.known(name) is not None:
                self._put_first(name, Doubt(claim=None, since=at, due=at))

    def listed(
        self, orders: Iterable[Order], unread: Mapping[str, str | None], asked: float, symbol: str | None = None
    ) -> list[Order]:
        """Record a whole list of open orders, or of those of one symbol, asked for at a time; return the news.

        An order that was known before it was asked for, and is not there, is in doubt. ``unread`` are the ids of rows
        that could not be read, each with its symbol, where that is known: one that is not known at all is looked up.
        """
        shown = {self.name_of(order): order for order in orders if order.id is not None}
        news = [one for order in shown.values() if (one := self._row(order, asked)) is not None]
        for name, known in self._open.items():
            if name in shown or known.told_at >= asked or symbol not in {None, known.order.symbol}:
                continue
            missing = known.order.id not in unread
            self._put_first(name, Doubt(claim=None, since=asked, due=asked, missing=missing))
        for name, of in unread.items():
            if self.known(name) is None:
                self._put_first(name, Doubt(claim=None, since=asked, due=asked, symbol=of))
        return news

    def _row(self, order: Order, asked: float, *, ends_doubt: bool = True) -> Order | None:
        key = self.name_of(order)
        known = self.known(key)
        if self._is_another(key, order):
            self._doubt_both(key, order, asked)
            return None
        verdict = judge(known, order)
        if verdict.says is Says.CONTRADICTS:
            self._log.warning("order %s: a list says of it: %s; it is looked up", order.id, verdict.reason)
            self._put_first(key, Doubt(claim=order, since=asked, due=asked))
            return None
        doubt = self._doubts.get(key)
        if doubt is not None and doubt.missing and ends_doubt:
            self._doubts.drop(key)
        return self._take(known, order, asked) if verdict.says is Says.NEWS else None

    def remembered(self, orders: Iterable[Order], asked: float, since: Since) -> list[Order]:
        """Record a list of the newest orders, ended ones too; return the news.

        Of an order that nobody knew it is news only where it was placed ``since`` a time of its symbol's.
        """
        news: list[Order] = []
        for order in orders:
            is_known = order.id is not None and self.known(self.name_of(order)) is not None
            if not is_known and (order.id is None or order.timestamp is None or order.timestamp < since(order.symbol)):
                continue
            if (one := self._row(order, asked, ends_doubt=_has_ended(order))) is not None:
                news.append(one)
        return news

    def proven(self, order: Order, asked: float) -> Order | None:
        """Record an end that another's look begun ``asked`` has proven; return the order where that is news.

        Of an order that nobody was told of, it is none.
        """
        return None if order.id is None or self.known(self.name_of(order)) is None else self._row(order, asked)

    def due(self, now: float) -> str | None:
        """Return which order is to be looked at now; None where none is."""
        return self._doubts.due(now)

    def next_due(self) -> float | None:
        """Return when the next order is to be looked at."""
        return self._doubts.next_due()

    def not_shown(self, order_id: str, now: float) -> None:
        """Record that a look had no answer: the order stays in doubt, and is looked at again later."""
        if (doubt := self._doubts.get(order_id)) is not None:
            self._later(order_id, doubt, now)

    def not_found(self, order_id: str, now: float) -> None:
        """Record that the venue knows no such order: it stays in doubt, and is looked at ever less often."""
        if (doubt := self._doubts.get(order_id)) is not None:
            self._later(order_id, doubt, now, _LONGEST_WAIT_FOR_WHAT_IS_UNKNOWN)

    def looked(self, order: Order, asked: float, now: float) -> Order | None:
        """Record what a look begun ``asked`` showed of an order in doubt; return the order where that is news."""
        key = self.name_of(order)
        doubt, known = self._doubts.get(key), self.known(key)
        if doubt is None:
            return None  # the stream has settled it meanwhile
        if doubt.claim is None:
            return self._settle_missing(doubt, known, order, asked, now)
        if judge(None, order).says is Says.CONTRADICTS:
            confirmed = says_the_same(order, doubt.claim) and asked >= doubt.since + SAID_AGAIN
        else:
            confirmed = says_the_same(order, doubt.claim)
        confirmed = confirmed or self._is_repeated(doubt, order, asked)
        if not confirmed:
            if doubt.look is None:
                doubt.look = (asked, order)
                self._doubts.put_off(key, max(asked, doubt.since) + SAID_AGAIN)
            else:
                self._later(key, doubt, now)
                doubt.look = (asked, order)
            return None
        self._doubts.drop(key)
        return self._believed(known, order, asked)

    def _settle_missing(
        self, doubt: Doubt, known: Order | None, order: Order, asked: float, now: float
    ) -> Order | None:
        key, verdict = self.name_of(order), judge(known, order)
        if verdict.says is Says.CONTRADICTS:
            doubt.claim, doubt.since = order, asked
            self._doubts.put_off(key, asked + SAID_AGAIN)
            return None
        if known is None and not self._has_room_for(order):
            return self._shown_without_room(doubt, order, asked, now)
        if doubt.missing and not _has_ended(order):
            self._later(key, doubt, now)  # a look may lag behind the list that does not have it any more
        else:
            self._doubts.drop(key)
        return self._keep(merged(known, order), asked) if verdict.says is Says.NEWS else None

    def _shown_without_room(self, doubt: Doubt, order: Order, asked: float, now: float) -> Order | None:
        """Record what a look shows of an open order that is not kept: it is looked at until its end."""
        before, doubt.look = doubt.look, (asked, order)
        self._later(self.name_of(order), doubt, now, _LONGEST_WAIT_FOR_WHAT_IS_UNKNOWN)
        return None if before is not None and says_the_same(before[1], order) else order

    def _is_repeated(self, doubt: Doubt, order: Order, asked: float) -> bool:
        if doubt.look is None:
            return False
        at, before = doubt.look
        return asked >= at + SAID_AGAIN and says_the_same(order, before)

    def _believed(self, known: Order | None, order: Order, at: float) -> Order | None:
        """Keep what was said twice; but an end that was told stays an end, and what is filled, filled."""
        if known is not None:
            goes_back = known.status is not None and known.status.final and not _has_ended(order)
            if goes_back or (order.filled or 0) < (known.filled or 0):
                self._log.error("order %s: told as %s, and looks say %s", order.id, known.status, order.status)
                return None
            if says_the_same(known, order):
                return None
        return self._take(known, order, at)

    def _take(self, known: Order | None, order: Order, at: float, *, heard: bool = False) -> Order | None:
        """Keep what is news and return it; where there is no room for an order, put it in doubt."""
        if known is None and not self._has_room_for(order):
            name = self.name_of(order)
            if not self.is_doubted(name):
                self._log.warning("order %s: as many are open as are kept; it is looked up", order.id)
                self._put_first(name, Doubt(claim=None, since=at, due=at))
            return None
        return self._keep(merged(known, order), at, heard=heard)

    def _has_room_for(self, order: Order) -> bool:
        """Whether an order that is not known can be kept."""
        return _has_ended(order) or len(self._open) < self._most_open

    def _put(self, order_id: str, doubt: Doubt) -> None:
        if not self._doubts.put(order_id, doubt):
            self._lose(order_id)

    def _put_first(self, order_id: str, doubt: Doubt) -> None:
        if not self._doubts.put_first(order_id, doubt):
            self._lose(order_id)

    def _lose(self, order_id: str) -> None:
        self._lost += 1
        self._log.error("order %s: too many are in doubt, and what becomes of it is not told", order_id)

    def _keep(self, order: Order, at: float, *, heard: bool = False) -> Order:
        key, kept = self.name_of(order), _Known(order, at, heard)
        if _has_ended(order):
            self._open.pop(key, None)
            self._ended.pop(key, None)
            self._ended[key] = kept
            if len(self._ended) > MOST_ENDED:
                del self._ended[next(iter(self._ended))]
        else:
            self._open[key] = kept
        return order

    def _later(self, order_id: str, doubt: Doubt, now: float, longest: float = _LONGEST_WAIT) -> None:
        doubt.tries += 1
        self._doubts.put_off(order_id, now + min(longest, SAID_AGAIN * 2.0 ** min(doubt.tries, 12)))


def _has_ended(order: Order) -> bool:
    return order.status is not None and order.status.final
