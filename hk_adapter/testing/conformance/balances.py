"""Balances: all of what there is, or an error."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

from hk_adapter.errors import AdapterError
from hk_adapter.model import Balances as Read
from hk_adapter.testing.conformance.as_it_is import FINE, LONG
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.exchange import Fate
from hk_adapter.testing.conformance.further_script import WritesBalances
from hk_adapter.testing.conformance.no_lists import no_lists
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Request, Script
from hk_adapter.testing.conformance.scripted_data import ScriptedBalance
from hk_adapter.testing.conformance.spoiling import ROW, UNREADABLE, spoilt


class Balances:
    """Cases of ``fetch_balance``."""

    bench: Bench
    script: Script
    absent: frozenset[str]

    @needs("fetch_balance")
    def test_balances_are_read_as_they_are(self) -> None:
        """What is free, held by orders, and both together is read with every digit, of each currency, or not at all.

        Look at: which field of the row is which, and that one of which nothing is free, or all is held, is listed.
        """
        self._there_is(
            ScriptedBalance(currency="ETH", free=LONG, used=FINE),
            ScriptedBalance(currency="USD", free=FINE, used=LONG),
            ScriptedBalance(currency="BTC", free=Decimal(0), used=Decimal("1.5")),
            ScriptedBalance(currency="SOL", free=Decimal("2.5")),
        )
        self._read_as_it_is(self.bench.venue.fetch_balance())

    @needs("fetch_balance")
    def test_a_balance_of_nothing_is_nothing(self) -> None:
        """A currency of which there is nothing has 0 of it, or is not listed; it hides no other.

        Look at: what a row of zeros is read as.
        """
        self._there_is(
            ScriptedBalance(currency="ETH", free=Decimal(0)), ScriptedBalance(currency="USD", free=Decimal(7))
        )
        read = self.bench.venue.fetch_balance()
        require("USD" in read, "there are 7 USD, and none are listed")
        told = read.by_currency.get("ETH")
        numbers = {} if told is None else {told.free, told.used, told.total} - {None}
        require(not any(numbers), f"there is no ETH, and it was read as {told}")

    @needs("fetch_balance")
    def test_each_look_at_balances_is_a_new_one(self) -> None:
        """What changed between two looks is in the second, and what is gone is not.

        Look at: what the plugin remembers between two calls of ``fetch_balance``.
        """
        self._there_is(ScriptedBalance(currency="ETH", free=Decimal(3)))
        self._read_as_it_is(self.bench.venue.fetch_balance())
        self._there_is(ScriptedBalance(currency="USD", free=Decimal(1), used=Decimal(2)))
        read = self.bench.venue.fetch_balance()
        self._read_as_it_is(read)
        require("ETH" not in read or not read["ETH"].total, f"the ETH is gone, and was read as {read.by_currency}")

    @needs("fetch_balance")
    def test_what_tells_no_balances_is_no_empty_account(self) -> None:
        """Where a refusal comes instead, a page of a gateway or an answer without rows, it is an error.

        Look at: what is read where the field with the rows is missing.
        """
        self._there_is(ScriptedBalance(currency="ETH", free=Decimal(3)))
        for answer in no_lists(self.script, Request.BALANCES, self.absent):
            self.bench.exchange.meet(Request.BALANCES, Fate(instead=answer))
            with suppress(AdapterError):
                read = self.bench.venue.fetch_balance()
                told = (
                    f"HTTP {answer.status} with {answer.body[:60]!r} came, and {len(read)} currencies were told as all"
                )
                require("ETH" in read, told)

    @needs("fetch_balance", UNREADABLE)
    def test_a_balance_that_cannot_be_read_is_told(self) -> None:
        """An account of which one currency cannot be read is an error, and never the account without it.

        Look at: ``unread`` of the balances, or that the whole answer is ``UnexpectedPayload``.
        """
        writer: WritesBalances = self.script  # type: ignore[assignment]
        good, bad = (ScriptedBalance(currency=name, free=Decimal(free)) for name, free in (("USD", "3"), ("ETH", ROW)))
        self.bench.exchange.meet(Request.BALANCES, Fate(instead=spoilt(writer.balances([bad, good]))))
        try:
            read = self.bench.venue.fetch_balance()
        except AdapterError:
            return
        require(False, f"the ETH cannot be read, and the account was read as {read.by_currency}")

    def _there_is(self, *balances: ScriptedBalance) -> None:
        self.bench.exchange.desk.balances = list(balances)

    def _read_as_it_is(self, read: Read) -> None:
        for true in self.bench.exchange.desk.balances:
            require(true.currency in read, f"there is {true.currency}, and it is not among {sorted(read)}")
            told = read[true.currency]
            pairs = ((told.free, true.free), (told.used, true.used), (told.total, true.total))
            wrong = any(number not in (None, is_so) for number, is_so in pairs)
            is_so = f"{true.free} free and {true.used} held, {true.total} together"
            require(not wrong, f"there is {true.currency}: {is_so}; and it was read as {told}")
            require(told.free is not None or told.total is not None, f"nothing was read of {true.currency}: {is_so}")
        strange = {one for one in read if read[one].total} - {one.currency for one in self.bench.exchange.desk.balances}
        require(not strange, f"there is none of {sorted(strange)}, and it was listed")
