"""A report of a stop is complete where everything is proven, and only there."""

from __future__ import annotations

from typing import Any

import hk_adapter as hk
from hk_adapter.fleet.kill_report import AccountStop, KillReport, StoppedOrder
from tests.cases import each

SHOWN = hk.Order(id="1", status=hk.OrderStatus.CANCELED)
ENDED = StoppedOrder(order_id="1", order=SHOWN, report=hk.CancelReport(outcome=hk.CancelOutcome.CANCELED, order=SHOWN))
OPEN = StoppedOrder(order_id="2", order=None, report=hk.CancelReport(outcome=hk.CancelOutcome.UNKNOWN))
FAULT = hk.VenueUnavailable("not now")


def account(**more: Any) -> AccountStop:
    """Report on one account."""
    return AccountStop(account="a", venue_id="v", **more)


@each(
    ("given", "complete"),
    [
        ({"clean": True}, True),
        ({"clean": True, "orders": (ENDED,)}, True),
        ({"clean": True, "orders": (ENDED, OPEN)}, False),
        ({"clean": False, "orders": (ENDED,)}, False),
    ],
)
def test_an_account(given: dict[str, Any], complete: bool) -> None:
    """It needs both: a list that showed nothing, and an end of every order that was ever found."""
    assert account(**given).complete is complete


@each(
    ("accounts", "given", "complete"),
    [
        ((account(clean=True),), {}, True),
        ((account(clean=True), account()), {}, False),
        ((account(clean=True),), {"dry_run": True}, False),
        ((account(clean=True),), {"block_error": "the disk is full"}, False),
        ((), {}, False),
    ],
)
def test_all_accounts(accounts: tuple[AccountStop, ...], given: dict[str, Any], complete: bool) -> None:
    """A dry run stops nothing; without the block of other processes, or any account, nobody knows what is open."""
    assert KillReport(accounts=accounts, **given).complete is complete


@each(
    ("accounts", "listed"),
    [
        ((account(clean=True, error=FAULT),), True),
        ((account(clean=False),), True),
        ((account(clean=False), account(clean=False, error=FAULT)), False),
        ((), False),
    ],
)
def test_what_was_listed(accounts: tuple[AccountStop, ...], listed: bool) -> None:
    """An account was, whose last list was clean, or broke off for nothing; without any account, none was."""
    assert KillReport(accounts=accounts).listed is listed
