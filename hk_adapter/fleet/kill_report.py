"""What a kill switch came to: one report an order, and for what is not complete exactly what and why."""

from __future__ import annotations

from enum import StrEnum

from hk_adapter.errors import AdapterError
from hk_adapter.model import CancelReport, Order
from hk_adapter.record import Record


class KnownBy(StrEnum):
    """Whose word it is that an order was open."""

    LIST = "list"
    """A list that the stop had from the venue."""
    STREAM = "stream"
    """A private stream of this process, and what that had told last."""
    PLACED = "placed"
    """This process, which placed it and has seen no end."""
    SEEN = "seen"
    """An earlier list of this process."""
    JOURNAL = "journal"
    """A journal that tells of its create, or of a cancel that is not settled, and of no end."""


class StoppedOrder(Record, frozen=True, kw_only=True):
    """One order that was found open, or is known to have been where no list was to be had to its end.

    Attributes:
        order_id: the venue's; None of a row that tells none, and of a create that was never answered.
        order: as last seen, ``status`` being the state that is known; None where nothing showed more than its id.
        late: whether it was not among those that the first list showed: it arrived meanwhile.
        report: of all cancels of it together; None in a dry run, and where no cancel of it could be sent.
        known_by: whose word it is that it was open.
        why: why it is not proven off the book, None where it is; in a dry run why it could not be canceled, None where
            it would be.
    """

    comes_to = ("final",)

    order_id: str | None
    order: Order | None
    late: bool = False
    report: CancelReport | None = None
    known_by: KnownBy = KnownBy.LIST
    why: str | None = None

    @property
    def final(self) -> bool:
        """Whether it is proven off the book, with its filled amount."""
        return self.report is not None and self.report.final


class AccountStop(Record, frozen=True, kw_only=True):
    """What became of one account.

    Attributes:
        account: its name in the pool.
        orders: every order in scope that was ever found open, in the order of finding. Where no list could be had to
            its end, also those that this process, its streams and its journals know to have been open.
        listings: how often the open orders were listed; a further page that could not be had is a row of ``orders``,
            and the ``error`` as long as that was the last list.
        clean: whether a list that was begun after creates were blocked, and after each that had left was over, showed
            nothing in scope. In a dry run: whether the open orders were listed.
        market_type: of which type of market the lists had the orders, such as ``spot`` of an exchange that has swaps,
            too: of the others nothing is said. None: of all; also where a symbol was given, or nothing was opened.
        error: why not: why the account could not be opened, or its open orders not be listed, or what may still arrive.
        elapsed: in seconds.
    """

    comes_to = ("complete",)

    account: str
    venue_id: str
    orders: tuple[StoppedOrder, ...] = ()
    listings: int = 0
    clean: bool = False
    market_type: str | None = None
    error: AdapterError | None = None
    elapsed: float = 0.0

    @property
    def complete(self) -> bool:
        """Whether every order is proven off the book, and nothing else is open; of its ``market_type`` alone."""
        return self.clean and all(order.final for order in self.orders)

    @property
    def incomplete_orders(self) -> tuple[StoppedOrder, ...]:
        """The orders that are not proven off the book."""
        return tuple(order for order in self.orders if not order.final)


class StopProgress(Record, frozen=True, kw_only=True):
    """How far one account is, for whoever shows it; told from the account's own thread.

    Attributes:
        found: orders that were found open so far.
        final: those of them that are proven off the book.
        listed: whether its open orders could be listed to the end so far.
        sent: whether a cancel may have left.
        over: whether nothing more will be done for it.
    """

    account: str
    found: int = 0
    final: int = 0
    listed: bool = False
    sent: bool = False
    over: bool = False


class KillReport(Record, frozen=True, kw_only=True):
    """What became of all accounts.

    Attributes:
        accounts: one each, in the pool's order.
        dry_run: whether nothing was to be canceled.
        creates_blocked: whether creates were blocked first, everywhere that was asked for.
        block_error: why the file that blocks the creates of other processes could not be written.
    """

    comes_to = ("complete",)

    accounts: tuple[AccountStop, ...]
    dry_run: bool = False
    creates_blocked: bool = False
    block_error: str | None = None
    elapsed: float = 0.0

    @property
    def complete(self) -> bool:
        """Whether every order of every account is proven off the book, and nothing else is open.

        False in a dry run, where a block that was asked for could not be put up, and without any account.
        """
        told = not self.dry_run and self.block_error is None and bool(self.accounts)
        return told and all(account.complete for account in self.accounts)

    @property
    def listed(self) -> bool:
        """Whether the open orders of every account could be listed, the last time that they were asked for."""
        return bool(self.accounts) and all(account.clean or account.error is None for account in self.accounts)

    @property
    def incomplete_accounts(self) -> tuple[AccountStop, ...]:
        """The accounts that are not complete; their ``incomplete_orders`` and ``error`` say why."""
        return tuple(account for account in self.accounts if not account.complete)
