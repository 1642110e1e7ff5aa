"""All accounts with a key: found by id, and whose sub-accounts they are."""

from __future__ import annotations

from collections.abc import Mapping

from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.refusals import Refusal


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
