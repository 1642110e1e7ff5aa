"""Accounts and their money, found by id, and whose sub-accounts they are.

Exact decimals, and every movement goes through reserve, release, pay or receive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from hk_adapter.simulator.exchange.fees import NO_FEES, FeeRates
from hk_adapter.simulator.exchange.money import ZERO
from hk_adapter.simulator.refusals import Refusal


@dataclass(slots=True)
class Balance:
    """Count what an account has of one asset: `free` to use, and `locked` in its open orders."""

    free: Decimal = ZERO
    locked: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """Sum up both."""
        return self.free + self.locked


@dataclass(slots=True)
class Account:
    """Keep the balances behind one API key. Callers compute under `money.EXACT`.

    `parent` is the main account of a sub-account, None for one that stands by itself.
    """

    account_id: str
    api_key: str = field(repr=False)
    secret: str = field(repr=False)
    balances: dict[str, Balance] = field(default_factory=dict)
    parent: Account | None = field(default=None, repr=False, compare=False)
    fees: FeeRates = NO_FEES

    @property
    def is_outside(self) -> bool:
        """Return whether no key opens it: it stands for everybody else, who may trade among themselves."""
        return not self.api_key

    def balance(self, asset: str) -> Balance:
        """Return the balance of an asset, empty at first."""
        return self.balances.setdefault(asset, Balance())

    def reserve(self, asset: str, amount: Decimal) -> bool:
        """Lock an amount for an order; False and nothing changed when too little is free."""
        balance = self.balance(asset)
        if balance.free < amount:
            return False
        balance.free -= amount
        balance.locked += amount
        return True

    def release(self, asset: str, amount: Decimal) -> None:
        """Release a locked amount."""
        balance = self.balance(asset)
        balance.locked -= amount
        balance.free += amount

    def pay(self, asset: str, amount: Decimal) -> None:
        """Transfer a locked amount to the other side of a trade."""
        self.balance(asset).locked -= amount

    def receive(self, asset: str, amount: Decimal) -> None:
        """Add an amount: the other side of a trade, or a deposit."""
        self.balance(asset).free += amount


class Register:
    """Keep the accounts in the order in which they were opened."""

    def __init__(self) -> None:
        self._by_id: dict[str, Account] = {}

    def add(self, account: Account) -> None:
        """Add an account."""
        self._by_id[account.account_id] = account

    def by_id(self, account_id: str) -> Account | None:
        """Find any account."""
        return self._by_id.get(account_id)

    def family(self, account: Account) -> list[Account]:
        """List an account and, after it, its sub-accounts: all that its key may read."""
        return [account, *(other for other in self._by_id.values() if other.parent is account)]

    def asked_for(self, account: Account, parameters: Mapping[str, str], refusal: str) -> Account:
        """Return the account that a request's accountId names, its key's own when it names none.

        Refusal with the given code for an account that the key may not read.
        """
        account_id = parameters.get("accountId")
        if not account_id or account_id == account.account_id:
            return account
        found = self._by_id.get(account_id)
        if found is None or found.parent is not account:
            raise Refusal(refusal)
        return found
