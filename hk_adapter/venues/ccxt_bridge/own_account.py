"""Whose orders a list shows: with a master key, HashKey's list of open orders goes on with those of its sub-accounts.

Sources: HK documentation, Nov 2025; MENA documentation, Sept 2026. Who cancels what a list shows must know.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from hk_adapter.errors import UnexpectedPayload
from hk_adapter.model import Order, UnreadRow

ACCOUNT_FIELDS: Mapping[str, str] = {"hashkey": "accountId"}
"""Exchanges whose lists may show other accounts' orders, and what their rows call the account."""
_SPOT = "1"


class OwnAccount:
    """The account of one key: seen on the orders that it places, or asked for when a list needs it."""

    def __init__(self, exchange_id: str, ask_accounts: Callable[[], Awaitable[Any]]) -> None:
        self._exchange_id = exchange_id
        self._field = ACCOUNT_FIELDS.get(exchange_id)
        self._ask_accounts = ask_accounts
        self._seen: str | None = None
        self._confirmed: str | None = None

    def _with_account(self, order: Order) -> Order:
        """Return an order with the account that its row names."""
        account = self._account_of(order)
        return order if account is None else replace(order, account_id=account)

    def learn(self, placed: Order) -> Order:
        """Record the account of an order that this key has placed."""
        self._seen = self._seen or self._account_of(placed)
        return self._with_account(placed)

    async def only_own(
        self, orders: Iterable[Order], unread: Iterable[UnreadRow], *, opened: bool
    ) -> tuple[tuple[Order, ...], tuple[UnreadRow, ...]]:
        """Remove the orders of other accounts from a list; ``opened``: of open orders, which may be all of others.

        Asks for the key's accounts, once, where it shows an account that this key has not placed orders of. Raises what
        that raises, and UnexpectedPayload where the answer does not tell which one is the key's own.
        """
        orders = tuple(self._with_account(order) for order in orders)
        unread = tuple(unread)
        listed: tuple[Order | UnreadRow, ...] = (*orders, *unread)
        shown = {account for row in listed if (account := self._account_of(row)) is not None}
        known = self._confirmed or self._seen
        if shown <= {known} or (not opened and known is None and len(shown) == 1):
            return orders, unread
        if self._confirmed is None:
            self._confirmed = self._own_of(await self._ask_accounts())
        own = {None, self._confirmed}
        return (
            tuple(order for order in orders if self._account_of(order) in own),
            tuple(row for row in unread if self._account_of(row) in own),
        )

    def _account_of(self, row: Order | UnreadRow) -> str | None:
        order = row.order if isinstance(row, UnreadRow) else row
        info = None if order is None else order.info
        account = info.get(self._field) if self._field is not None and isinstance(info, Mapping) else None
        return None if account in (None, "") else str(account)

    def _own_of(self, answer: Any) -> str:
        """Distinguish the key's own trading account from its sub-accounts', whose labels begin with ``Sub``."""
        told = [account.get("info") for account in answer if isinstance(account, Mapping)]
        accounts = [info for info in told if isinstance(info, Mapping)] if len(told) == len(answer) else []
        trading = {str(info.get("accountId")): info for info in accounts if str(info.get("accountType")) == _SPOT}
        own = [name for name, info in trading.items() if not str(info.get("accountLabel") or "Sub").startswith("Sub")]
        if self._seen is not None:
            own = [self._seen] if self._seen in trading else []
        elif len(trading) == 1:
            own = list(trading)
        if len(own) != 1:
            raise UnexpectedPayload(f"{self._exchange_id}: which account is the key's own cannot be told")
        return own[0]
