"""Orders are created, filled, canceled and looked at in any order, over a venue of any dialect and a bad line.

Whatever is said of an order is what the simulator knows of it, fills are never taken back, and no money is lost.
"""

from __future__ import annotations

from contextlib import ExitStack
from decimal import Decimal

from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from hk_adapter import CancelReport
from hk_adapter.errors import AdapterError, OrderNotFound
from hk_adapter.simulator import Dialect, OrderTruth
from tests.properties.examples import examples
from tests.properties.judge import Case, shown_rightly
from tests.properties.open_venue import StillTime, opened

CLOSE_CALLS = (0, 1, 30, 400, 900, 3000, 20_000)
"""Milliseconds: pauses that fall before, between and after everything that a call does."""

delays = st.sampled_from(CLOSE_CALLS).flatmap(
    lambda low: st.sampled_from(CLOSE_CALLS).map(lambda more: (low, low + more))
)
_OPEN_QUESTIONS = {
    name: st.sampled_from(words)
    for name, words in Dialect.candidates().items()
    if name.startswith(("cancel_", "query_", "pending_", "create_", "post_", "batch_", "history_"))
}
_AT_ONCE = st.just((0, 0))
_SETTINGS = {"reject_share": st.sampled_from([0.0, 0.0, 0.3]), **_OPEN_QUESTIONS}
_prompt = st.builds(Dialect, accept_delay_ms=_AT_ONCE, cancel_delay_ms=_AT_ONCE, **_SETTINGS)
# One that acknowledges with CANCELED before it is true lies, and "off the book by the venue's word" with it.
_truthful = _SETTINGS | {"cancel_answer": st.sampled_from(["as_before", "as_after"])}
_slow = st.builds(Dialect, accept_delay_ms=_AT_ONCE | delays, cancel_delay_ms=_AT_ONCE | delays, **_truthful)
dialects = _slow | _prompt
numbers = st.integers(0, 10**6)
shares = st.sampled_from(["0.1", "0.5", "1"]).map(Decimal)
waits = st.sampled_from(["final", "final", "ack"])
timeouts = st.sampled_from([None, 0.2, 0.7, 3.0])


class OrderLife(RuleBasedStateMachine):
    """One account at one venue. Orders are drawn by number from all that the venue ever had."""

    facade = "blocking"
    time: StillTime

    @initialize(dialect=dialects, seed=st.integers(0, 99))
    def open(self, dialect, seed):
        """Open the venue."""
        self.stack = ExitStack()
        self.venue = self.stack.enter_context(opened(self.facade, dialect, self.time, seed=seed))
        self.control = self.venue.control
        self.dialect = dialect
        self.ids: list[str] = []
        self.known: dict[str, OrderTruth] = {}
        self.ended: dict[str, tuple[str, Decimal]] = {}
        self.said: dict[str, Decimal] = {}
        self.wealth = {asset: self.control.balance(asset).total for asset in ("ETH", "USD")}

    def teardown(self):
        """Close the venue."""
        if hasattr(self, "stack"):
            self.stack.close()

    def truth(self, order_id: str) -> OrderTruth:
        """How the order stands; of a forgotten one, how it stood last."""
        self.venue.tick()
        if order_id not in self.forgotten():
            self.known[order_id] = self.control.truth(order_id)
        return self.known[order_id]

    def forgotten(self) -> set[str]:
        """The orders that the venue no longer knows."""
        return set(self.ids) - {view.order_id for view in self.control.orders()}

    def pick(self, number: int) -> str:
        """Choose an order."""
        return self.ids[number % len(self.ids)]

    def catch_up(self) -> None:
        """Learn what the last call created, whether or not its answer came."""
        self.ids += [view.order_id for view in self.control.orders() if view.order_id not in self.ids]

    def hear(self, order_id: str | None, filled: Decimal | None) -> None:
        """Take what an answer said was filled: never less than one before."""
        if order_id is not None and filled is not None:
            assert filled >= self.said.get(order_id, filled), "fills were taken back"
            self.said[order_id] = filled

    @rule(
        amount=st.sampled_from(["0.1", "0.37", "2"]),
        price=st.sampled_from(["1800", "1900", "2000"]),
        side=st.sampled_from(["buy", "sell"]),
        post_only=st.booleans(),
    )
    def create(self, amount, price, side, post_only):
        """Place an order, which may trade with those of the other side."""
        try:
            order = self.venue.call("create_order", "ETH/USD", "limit", side, amount, price, post_only=post_only)
        except AdapterError:
            pass
        else:
            self.hear(order.id, order.filled)
            assert order.amount == Decimal(amount)
        self.catch_up()

    @rule(
        amount=st.sampled_from(["0.1", "1", "5"]),
        price=st.sampled_from(["1800", "1900", "2000"]),
        side=st.sampled_from(["BUY", "SELL"]),
    )
    def others_trade(self, amount, price, side):
        """Let somebody else trade with what rests."""
        self.control.counter_order("ETHUSD", side, amount, price, now=self.venue.now)

    @precondition(lambda self: self.ids)
    @rule(number=numbers, share=shares)
    def fill(self, number, share):
        """Fill a part of an order, or all of it."""
        truth = self.truth(self.pick(number))
        if truth.status in {"NEW", "PARTIALLY_FILLED"}:
            part = (
                truth.remaining
                if share == 1
                else max((truth.remaining * share).quantize(Decimal("0.0001")), Decimal("0.0001"))
            )
            self.control.fill(truth.order_id, min(part, truth.remaining))

    @precondition(lambda self: self.ids)
    @rule(number=numbers, share=shares, after=st.sampled_from(CLOSE_CALLS))
    def fill_soon(self, number, share, after):
        """Let a fill come in the midst of what is asked next."""
        truth = self.truth(self.pick(number))
        if truth.ended_at is None:
            amount = None if share == 1 else min(Decimal("0.05"), truth.remaining)
            self.control.fill_at(truth.order_id, amount, self.venue.now + after)

    @precondition(lambda self: self.ids)
    @rule(number=numbers, after=st.sampled_from(CLOSE_CALLS))
    def venue_cancels_soon(self, number, after):
        """Let the venue cancel by itself in the midst of what is asked next."""
        truth = self.truth(self.pick(number))
        if truth.ended_at is None:
            self.control.cancel_at(truth.order_id, self.venue.now + after)

    @precondition(lambda self: self.ids)
    @rule(number=numbers)
    def forget(self, number):
        """Let the venue forget an order that has ended long ago."""
        truth = self.truth(self.pick(number))
        if truth.ended_at is not None and truth.order_id not in self.forgotten():
            self.control.forget(truth.order_id)

    @rule(seconds=st.sampled_from([0.05, 1.0, 70.0]))
    def wait_a_while(self, seconds):
        """Let time pass."""
        self.time.sleep(seconds)
        self.venue.tick()

    @rule(
        kind=st.sampled_from(["refuse", "cut", "stall", "truncate"]),
        acted=st.booleans(),
        method=st.sampled_from(["DELETE", "GET", "POST"]),
        times=st.integers(1, 4),
    )
    def bad_line(self, kind, acted, method, times):
        """Let requests or answers be lost."""
        self.control.fail_next(kind=kind, acted=acted and kind != "refuse", method=method, times=times)

    @rule(
        code=st.sampled_from(["-1144", "0003", "-1021", "0102", "-1101"]),
        method=st.sampled_from(["DELETE", "GET"]),
        times=st.integers(1, 3),
    )
    def refusing_venue(self, code, method, times):
        """Let requests be refused, truly, for a reason that says nothing about the order."""
        self.control.fail_next(code=code, method=method, times=times)

    @rule(
        status=st.sampled_from([500, 502, 504]),
        acted=st.booleans(),
        code=st.sampled_from([None, "-1001", "-1006", "-1007", "-1147"]),
        method=st.sampled_from(["DELETE", "GET"]),
        times=st.integers(1, 3),
    )
    def failing_venue(self, status, acted, code, method, times):
        """Let the venue say that it does not know, whatever it did."""
        self.control.fail_next(status=status, code=code, acted=acted, method=method, times=times)

    @precondition(lambda self: self.ids)
    @rule(number=numbers, by_client_id=st.booleans(), wait=waits, timeout=timeouts)
    def cancel(self, number, by_client_id, wait, timeout):
        """Cancel an order, open or not."""
        before = self.truth(self.pick(number))
        named = {"client_order_id": before.client_order_id} if by_client_id else {"order_id": before.order_id}
        report = self.venue.call("try_cancel", **named, wait=wait, timeout=timeout)
        event(f"cancel: {report.outcome}")
        self.check(report, before)

    @precondition(lambda self: len(self.ids) > 1)
    @rule(picked=st.sets(numbers, min_size=2, max_size=5), wait=waits, timeout=timeouts)
    def cancel_several(self, picked, wait, timeout):
        """Cancel several orders in one call."""
        ids = sorted({self.pick(number) for number in picked})
        before = [self.truth(order_id) for order_id in ids]
        reports = self.venue.call("cancel_orders", ids, wait=wait, timeout=timeout)
        assert len(reports) == len(ids)
        for report, truth in zip(reports, before, strict=True):
            event(f"cancel_orders: {report.outcome}")
            self.check(report, truth)

    @rule()
    def cancel_unknown(self):
        """Cancel an order that never was."""
        report = self.venue.call("try_cancel", "1")
        assert not report.final

    @precondition(lambda self: self.ids)
    @rule(number=numbers)
    def query(self, number):
        """Look an order up: it is shown as it stands, or not at all."""
        order_id = self.pick(number)
        try:
            order = self.venue.call("fetch_order", order_id)
        except OrderNotFound:
            truth = self.truth(order_id)
            hidden = truth.status == "PENDING_NEW" and self.dialect.pending_new_shown == "nowhere"
            assert order_id in self.forgotten() or hidden
        except AdapterError:
            pass
        else:
            assert shown_rightly(order, self.truth(order_id))
            self.hear(order_id, order.filled)

    def check(self, report: CancelReport, before: OrderTruth) -> None:
        """Hold a report against the truth, unless the venue has forgotten the order."""
        order_id = before.order_id
        if order_id in self.forgotten():
            assert not report.final
            return
        assert list(Case(report, before, self.truth(order_id)).complaints()) == []
        if report.order is not None:
            self.hear(order_id, report.order.filled)
        if report.final:
            assert report.order is not None
            end = (str(report.order.status), report.order.filled)
            assert self.ended.setdefault(order_id, end) == end, "an end that was proven has changed"

    @invariant()
    def no_money_is_lost(self):
        """The account has what it began with and what its orders traded; locked is what the living ones can cost."""
        if not hasattr(self, "ids"):
            return
        views = [self.truth(order_id) for order_id in self.ids]
        living = [view for view in views if view.ended_at is None]
        buys, sells = ([view for view in views if view.side == side] for side in ("BUY", "SELL"))
        usd = sum((view.remaining * view.price for view in buys if view in living), Decimal(0))
        eth = sum((view.remaining for view in sells if view in living), Decimal(0))
        assert (self.control.balance("USD").locked, self.control.balance("ETH").locked) == (usd, eth)
        bought, sold = (sum((view.filled for view in side), Decimal(0)) for side in (buys, sells))
        spent, earned = (sum((view.cost for view in side), Decimal(0)) for side in (buys, sells))
        assert self.control.balance("ETH").total == self.wealth["ETH"] + bought - sold
        assert self.control.balance("USD").total == self.wealth["USD"] - spent + earned
        for asset in ("ETH", "USD"):
            balance = self.control.balance(asset)
            assert balance.free >= 0
            assert balance.free + balance.locked == balance.total

    @invariant()
    def ends_are_for_good(self):
        """An end that a report proved is still the order's end."""
        for order_id, (_, filled) in getattr(self, "ended", {}).items():
            assert self.truth(order_id).ended_at is not None
            assert self.truth(order_id).filled == filled


def test_the_life_of_orders(still_time, facade):
    """Every report agrees with the truth, fills only grow, ends are for good, and money is conserved."""
    machine = type("OrderLifeHere", (OrderLife,), {"facade": facade, "time": still_time})
    run_state_machine_as_test(machine, settings=examples(60, steps=30))
