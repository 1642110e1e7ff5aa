"""All orders of a venue that shows some of the open ones, and does not say how the rest is had."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from msgspec.structs import replace

from hk_adapter.errors import AdapterError, NotSent, OutcomeUnknown, RateLimited, UnexpectedPayload
from hk_adapter.flow.effects import HttpCall, Now
from hk_adapter.model import CancelAllRequest, CancelOutcome, Order, OrderPage, OrderSide, OrderStatus, UnreadRow, Wait
from tests.cancel.test_other_batches import Pocket, cancel, timed
from tests.cases import each


@dataclass
class Shelf(Pocket):
    """Hooks of a venue whose list has so many rows at the most.

    Attributes:
        rows: how many.
        lag: how often the list is as it was before, once orders have gone.
        deaf: the orders whose cancels it takes, and does nothing.
        side: of every order.
    """

    rows: int = 3
    lag: int = 0
    deaf: tuple[str, ...] = ()
    side: OrderSide = OrderSide.BUY
    lists: int = 0
    _shown: list[str] = field(default_factory=list)

    async def _send(self, *names):
        await super()._send(*names)
        self.status |= dict.fromkeys(self.deaf, OrderStatus.OPEN)

    async def fetch_open_orders(self, request):
        """Show the first few."""
        await HttpCall("GET", "/x", deadline=None)
        if self.lists == 0 or self.lists > self.lag:
            resting = [name for name, status in self.status.items() if status is OrderStatus.OPEN]
            self._shown = resting[: self.rows]
        self.lists += 1
        orders = tuple(Order(id=one, status=OrderStatus.OPEN, side=self.side) for one in self._shown)
        whole = len(self._shown) < self.rows
        return OrderPage(orders=orders, complete=whole, cut_off=not whole)

    fetch_orders = Pocket.fetch_orders


def shelf(number, **kind):
    """Give one with so many orders."""
    return Shelf(status={str(one): OrderStatus.OPEN for one in range(number)}, **kind)


def all_of(venue, **asked):
    """Cancel what is open."""
    return cancel(venue, batch=0, name="cancel_all_orders", request=CancelAllRequest(**asked))


@each("number", [2, 3, 4, 6, 20])
@each("lag", [0, 1, 2])
def test_the_rest_is_had_once_the_first_have_gone(number, lag):
    """Each order is canceled, once, and has one report; the list lags now and then."""
    venue = shelf(number, lag=lag)
    reports = all_of(venue)
    assert sorted(venue.sent, key=int) == [str(one) for one in range(number)]
    assert [report.order.id for report in reports] == venue.sent
    assert {report.outcome for report in reports} == {CancelOutcome.CANCELED}


@each("deaf", [1, 2])
def test_orders_that_stay_hold_nobody_up_that_a_page_can_show(deaf):
    """They are shown on each page, until they are all that it shows."""
    names = tuple(str(one) for one in range(deaf))
    venue = shelf(9, deaf=names)
    reports = {report.order.id: report.outcome for report in all_of(venue)}
    assert reports == {str(one): CancelOutcome.PENDING if one < deaf else CancelOutcome.CANCELED for one in range(9)}


def test_what_the_list_never_shows_has_a_report():
    """A page full of orders that do not go hides the rest, and the call says so."""
    venue = shelf(9, deaf=("0", "1", "2"))
    *reports, unlisted = all_of(venue)
    assert [report.outcome for report in reports] == [CancelOutcome.PENDING] * 3
    assert (unlisted.outcome, unlisted.order, type(unlisted.error)) == (CancelOutcome.NOT_SENT, None, NotSent)


@dataclass
class Late(Shelf):
    """Hooks of a venue whose list shows what was so many seconds ago.

    Attributes:
        behind: how many.
    """

    behind: float = 0.0
    _gone: dict[str, float] = field(default_factory=dict)

    async def _send(self, *names):
        await super()._send(*names)
        now = (await Now()).monotonic
        self._gone |= dict.fromkeys(names, now + self.behind)

    async def fetch_open_orders(self, request):
        """Show the first few of those that rested then."""
        await HttpCall("GET", "/x", deadline=None)
        now = (await Now()).monotonic
        resting = [name for name in self.status if self._gone.get(name, now + 1) > now]
        orders = tuple(Order(id=one, status=OrderStatus.OPEN, side=self.side) for one in resting[: self.rows])
        return OrderPage(orders=orders, complete=len(resting) < self.rows, cut_off=len(resting) >= self.rows)


@each("behind", [0.5, 1.0, 1.5, 1.9])
@each("wait", list(Wait))
def test_a_list_that_is_as_late_as_lists_may_be(behind, wait):
    """Its orders leave it seconds after they have gone: it is looked at for as long, page by page."""
    venue = Late(status=dict.fromkeys("0123456", OrderStatus.OPEN), behind=behind)
    reports, _ = timed(venue, "cancel_all_orders", CancelAllRequest(), 30.0, wait=wait)
    assert sorted(venue.sent) == list("0123456")
    assert {report.order.id for report in reports} == set("0123456")


def test_a_list_that_stays_as_it_was():
    """Its orders have gone, and nobody knows what else there is: a few looks, and the call says so."""
    venue = shelf(9, lag=99)
    *reports, unlisted = all_of(venue)
    assert [report.outcome for report in reports] == [CancelOutcome.CANCELED] * 3
    assert (unlisted.outcome, unlisted.order) == (CancelOutcome.NOT_SENT, None)
    assert "further page" in str(unlisted.error)
    assert venue.lists < 9


def test_a_page_of_orders_that_are_not_meant():
    """Nothing can be taken off it, and so nothing is sent: an error."""
    venue = shelf(9)
    with pytest.raises(OutcomeUnknown, match="further page"):
        all_of(venue, side=OrderSide.SELL)
    assert venue.sent == []


def test_no_look_is_waited_for_past_the_deadline():
    """A list that stays as it was is read anew only as long as there is time."""
    for timeout in (0.3, 0.5, 0.7, 0.9, 1.2):
        reports, took = timed(shelf(9, lag=99), "cancel_all_orders", CancelAllRequest(), timeout)
        assert took <= timeout
        assert reports[-1].order is None


@dataclass
class Failing(Shelf):
    """Hooks of a venue whose list is had so often, and then an error.

    Attributes:
        error: which.
        had: how often the list is had before.
    """

    error: AdapterError = field(default_factory=lambda: NotSent("no"))
    had: int = 1

    async def fetch_open_orders(self, request):
        """Show the first few, or fail."""
        if self.lists >= self.had:
            await HttpCall("GET", "/x", deadline=None)
            raise self.error
        return await super().fetch_open_orders(request)


@dataclass
class Nameless(Failing):
    """Hooks of a venue whose first list has a row without an id."""

    async def fetch_open_orders(self, request):
        """Show it once."""
        page = await super().fetch_open_orders(request)
        row = UnreadRow(reason="no id")
        return page if self.lists > 1 else replace(page, complete=False, left_out=1, unread=(row,))


@each("had", [1, 99])
def test_a_row_that_only_the_first_list_shows_has_a_report(had):
    """Nobody could cancel it: it is told, whether the list is had once more or not."""
    venue = Nameless(status=dict.fromkeys("012345", OrderStatus.OPEN), had=had)
    reports = all_of(venue)
    assert [str(report.error) for report in reports if "no id" in str(report.error)] != []


@dataclass
class Smudged(Shelf):
    """Hooks of a venue whose plugin does not say that a page is cut off, but that it is not complete.

    Attributes:
        smudge: what else is wrong with each page that is as long as it can be.
    """

    smudge: str = "none"

    async def fetch_open_orders(self, request):
        """Show the first few, and something beside them."""
        page = await super().fetch_open_orders(request)
        if page.complete:
            return page
        first = page.orders[0]
        match self.smudge:
            case "a row that cannot be read":
                row = UnreadRow(reason="no amount", order=first)
                return OrderPage(orders=page.orders[1:], complete=False, left_out=1, unread=(row,))
            case "a row that is only counted":
                return OrderPage(orders=page.orders, complete=False, left_out=1)
            case "a row without an id":
                return OrderPage(orders=(*page.orders, Order(id=None, client_order_id="x")), complete=False)
            case "a row told twice":
                return OrderPage(orders=(*page.orders, first), complete=False)
            case "a row told twice, and not the same":
                return OrderPage(orders=(*page.orders, replace(first, price=Decimal(1))), complete=False)
            case "it says both":
                return OrderPage(orders=page.orders, complete=True, cut_off=True)
            case "it says neither":
                return OrderPage(orders=page.orders, complete=False, cut_off=False)
        return OrderPage(orders=page.orders, complete=False)


SMUDGES = (
    "none",
    "a row that cannot be read",
    "a row that is only counted",
    "a row without an id",
    "a row told twice",
    "a row told twice, and not the same",
    "it says both",
    "it says neither",
)


@each("smudge", SMUDGES)
def test_no_row_beside_them_hides_that_there_may_be_others(smudge):
    """A page that is not complete, and names no next one, may have one, whatever else is wrong with it."""
    venue = Smudged(status=dict.fromkeys("01234567", OrderStatus.OPEN), smudge=smudge)
    canceled = {report.order.id for report in all_of(venue) if report.order is not None and report.final}
    assert canceled == set("01234567")


def test_a_page_that_only_lacks_rows_hides_nothing_else():
    """Its plugin says so: the list is not read anew."""
    venue = Pocket(status={"1": OrderStatus.OPEN})
    row = UnreadRow(reason="no amount")
    orders = (Order(id="1", status=OrderStatus.OPEN),)
    venue.listed = OrderPage(orders=orders, complete=False, left_out=1, unread=(row,), cut_off=False)
    canceled, untold = all_of(venue)
    assert (canceled.outcome, untold.outcome) == (CancelOutcome.CANCELED, CancelOutcome.NOT_SENT)
    assert "no amount" in str(untold.error)


@dataclass
class TwoPages(Shelf):
    """Hooks of a venue that shows two pages, the second of which is cut off."""

    async def fetch_open_orders(self, request):
        """Show one of them."""
        page = await super().fetch_open_orders(request)
        if not page.cut_off:
            return page
        first, second = page.orders[:2], page.orders[2:]
        if request.before_id is None:
            return OrderPage(orders=first, complete=False, next_before_id=first[-1].id)
        return OrderPage(orders=second, complete=False, cut_off=True)


def test_a_first_page_that_stays_hides_no_further_one():
    """It goes on as it did before, though it shows nothing new."""
    venue = TwoPages(status=dict.fromkeys("01234567", OrderStatus.OPEN), rows=4, deaf=("0", "1"))
    reports = {report.order.id: report.outcome for report in all_of(venue)}
    assert reports == {str(one): CancelOutcome.PENDING if one < 2 else CancelOutcome.CANCELED for one in range(8)}


@dataclass
class ByPlace(Pocket):
    """Hooks of a venue whose pages of two are named by the number of rows before them, and which shows so many.

    Attributes:
        pages: how many.
        stale: how many of the pages asked for after a cancel are as before it.
        by_id: of how many pages from the first one on the next is named by an order's id.
        deaf: the orders whose cancels it takes, and does nothing.
        left: how many stale pages are to come.
    """

    pages: int = 2
    stale: int = 0
    by_id: int = 0
    deaf: tuple[str, ...] = ()
    left: int = 0
    _shown: list[str] = field(default_factory=list)

    async def _send(self, *names):
        await super()._send(*names)
        self.status |= dict.fromkeys(self.deaf, OrderStatus.OPEN)
        self.left = self.stale

    async def fetch_open_orders(self, request):
        """Show a page of what rests, or of what did."""
        await HttpCall("GET", "/x", deadline=None)
        resting = [name for name, status in self.status.items() if status is OrderStatus.OPEN]
        if self.left == 0:
            self._shown = resting
        self.left -= (not request.any_account) and self.left > 0
        said = request.before_id or "0"
        number = int(said[1:]) // 2 if said[0] == "#" else 0
        if said[0] != "#" and request.before_id is not None:
            number = (int(said) + 1) // 2
            rows = [name for name in self._shown if int(name) > int(said)]
        else:
            rows = self._shown[2 * number :]
        orders = tuple(Order(id=name, status=OrderStatus.OPEN) for name in rows[:2])
        if len(rows) <= 2:
            return OrderPage(orders=orders, complete=True)
        if number + 1 >= self.pages:
            return OrderPage(orders=orders, complete=False, cut_off=True)
        following = orders[-1].id if number < self.by_id else f"#{2 * (number + 1)}"
        return OrderPage(orders=orders, complete=False, next_before_id=following)

    fetch_orders = Pocket.fetch_orders


@each("number", [3, 5, 6, 7, 12])
@each("stale", [0, 1, 2])
@each("by_id", [0, 1])
@each("pages", [2, 3])
def test_no_row_is_passed_over_that_moves_up(number, stale, by_id, pages):
    """Where a page is named by its place it shows others once those before it have gone: it is not read then."""
    names = [str(one) for one in range(number)]
    venue = ByPlace(status=dict.fromkeys(names, OrderStatus.OPEN), pages=pages, stale=stale, by_id=by_id)
    reports, _ = timed(venue, "cancel_all_orders", CancelAllRequest(), 30.0)
    assert sorted(venue.sent, key=int) == names
    assert {report.outcome for report in reports} == {CancelOutcome.CANCELED}


def test_a_page_that_orders_fill_which_stay_hides_the_rest():
    """The further ones can be read by their place no more, and the call says so."""
    venue = ByPlace(status=dict.fromkeys("01234567", OrderStatus.OPEN), deaf=("0", "1"))
    *reports, unlisted = all_of(venue)
    assert {report.order.id for report in reports} == set("0123")
    assert (unlisted.outcome, unlisted.order) == (CancelOutcome.NOT_SENT, None)
    assert "further page" in str(unlisted.error)


@dataclass
class Breaking(TwoPages):
    """Hooks of a venue whose second page is had once, and then an error.

    Attributes:
        error: which.
        asked: the pages that were asked for; since the error, what it was and what came after it.
    """

    error: AdapterError = field(default_factory=lambda: NotSent("no"))
    asked: list[str] = field(default_factory=list)

    async def fetch_open_orders(self, request):
        """Show a page, or fail."""
        self.asked.append("first" if request.before_id is None else "second")
        if request.before_id is not None and self.asked.count("second") > 1:
            await HttpCall("GET", "/x", deadline=None)
            self.asked = ["second", "second"]
            raise self.error
        return await super().fetch_open_orders(request)


@each("error", [NotSent("no"), OutcomeUnknown("no answer"), UnexpectedPayload("what?")])
def test_what_a_list_showed_before_it_failed_is_canceled(error):
    """Its first page was read anew, and then it broke off: what the rest would have shown has the one report."""
    venue = Breaking(status=dict.fromkeys("01234567", OrderStatus.OPEN), rows=4, error=error)
    *reports, unlisted = all_of(venue)
    assert {report.order.id: report.outcome for report in reports} == dict.fromkeys("012345", CancelOutcome.CANCELED)
    assert (unlisted.outcome, unlisted.order) == (CancelOutcome.NOT_SENT, None)
    assert str(error) in str(unlisted.error)


def blocked():
    """Give the error of a venue that blocks the caller."""
    return RateLimited("blocked", http_status=418, retry_after=60.0)


def test_a_venue_that_blocks_its_caller_is_asked_for_no_list():
    """Nothing more goes out: what was just shown has a report that nothing was sent, and so has the rest."""
    venue = Breaking(status=dict.fromkeys("01234567", OrderStatus.OPEN), rows=4, error=blocked())
    reports = all_of(venue)
    assert (len(venue.sent), venue.asked) == (4, ["second", "second"])
    outcomes = [(None if report.order is None else report.order.id, report.outcome) for report in reports]
    shown = [name for name in "01234567" if name not in venue.sent][:2]
    assert outcomes[4:] == [(name, CancelOutcome.NOT_SENT) for name in (*shown, None)]
    assert [report.retry_after for report in reports[4:]] == [60.0] * 3


@dataclass
class Blocking(Shelf):
    """Hooks of a venue that blocks who cancels."""

    async def _send(self, *names):
        await super()._send(*names)
        raise blocked()


def test_a_cancel_that_is_blocked_ends_the_reading():
    """The list is read once; what it may hide has a report, which says when the venue may be asked again."""
    venue = Blocking(status=dict.fromkeys("01234567", OrderStatus.OPEN))
    *_, unlisted = all_of(venue)
    assert (venue.lists, unlisted.order, unlisted.outcome) == (1, None, CancelOutcome.NOT_SENT)
    assert unlisted.retry_after == 60.0


@dataclass
class Reused(Pocket):
    """Hooks of a venue that counts ids by symbol, whose list shows one order after the other."""

    lists: int = 0

    async def fetch_open_orders(self, request):
        """Show that of one symbol, and then that of the other."""
        await HttpCall("GET", "/x", deadline=None)
        symbol = "ETH/USD" if self.lists == 0 else "BTC/USD"
        self.lists += 1
        return OrderPage(orders=(Order(id="1", symbol=symbol, status=OrderStatus.OPEN),), complete=False, cut_off=True)

    fetch_orders = Pocket.fetch_orders


def test_a_second_order_of_an_id_is_told():
    """It shows once the first has gone: nothing was sent for it, and the call says so."""
    reports = all_of(Reused(status={"1": OrderStatus.OPEN}))
    assert [str(report.error) for report in reports if "another order has the id" in str(report.error)] != []
