"""Whose orders a list shows: a master key's list of open orders goes on with those of its sub-accounts.

Sources: HK documentation, Nov 2025; MENA documentation, Sept 2026. Who cancels what a list shows must know.
"""

from __future__ import annotations

from msgspec.structs import replace

from hk_adapter.errors import UnexpectedPayload
from hk_adapter.model import Account, Order, OrderPage, ReadRows, UnreadRow
from hk_adapter.venues.hashkey import endpoints
from hk_adapter.venues.hashkey.error_codes import VENUE
from hk_adapter.venues.hashkey.parse.account import ACCOUNT_TYPES, parse_accounts
from hk_adapter.venues.hashkey.responses import read_list

_MOST_LISTS = 64
"""Lists read at once of which it is remembered whose orders they were taken to be; more is nothing that a bot does."""
_UNTOLD = "it does not say whose it is, in a list of several accounts"


class OwnAccount:
    """The account of one key: seen on the orders that it places, or asked for when a list needs it.

    Answers to cancels and look-ups teach nothing: whether a master key's reach further is documented nowhere.
    """

    def __init__(self) -> None:
        self._seen: str | None = None
        self._confirmed: str | None = None
        self._guessed: dict[str, str] = {}
        """Of whose orders a list was taken to be that goes on: its account, by the cursor of the next page."""

    def learn(self, placed: Order) -> None:
        """Record the account of an order that this key has placed."""
        self._seen = self._seen or placed.account_id

    async def only_own(self, page: OrderPage, *, own_first: bool, after: str | None = None) -> OrderPage:
        """Remove the orders of other accounts from a page; ``own_first`` tells that they come last in its list.

        ``after`` is its cursor, where it is not the first page of its list.

        Sends one more request, ``GET /api/v1/account/type``, until that was answered once, where the page has orders of
        an account that this key has not placed orders of. Raises what it raises, and UnexpectedPayload where its answer
        does not tell which account is the key's own, or where an earlier page of the list was taken for another's.
        """
        page = _with_unreadable_accounts(page)
        shown, before = _accounts(page), self._guessed.pop(after or "", None)
        own = self._confirmed or self._seen
        # Only the list of open orders is documented to go on with other accounts: a history of one is the key's own.
        if own is None and not own_first and len(shown) == 1 and shown <= {before or next(iter(shown))}:
            self._guess(page, next(iter(shown)))
            return page
        if not shown <= {own}:
            own = await self._ask_accounts()
        if before is not None and own is not None and before != own:
            text = f"{VENUE}: an earlier page of this list has orders of another account than the key's own"
            raise UnexpectedPayload(text, venue=VENUE)
        if not shown <= {own}:
            return of_account(page, str(own), comes_first=own_first)
        if before is not None and own is None:
            self._guess(page, before)
        goes_on = after is not None or page.next_before_id is not None
        return _without_untold(page) if shown and goes_on else page  # another page may have other accounts' orders

    def _guess(self, page: OrderPage, account_id: str) -> None:
        """Remember whose orders a list is taken to be of, for its next page."""
        if page.next_before_id is not None:
            self._guessed[page.next_before_id] = account_id
        while len(self._guessed) > _MOST_LISTS:
            self._guessed.pop(next(iter(self._guessed)), None)

    async def _ask_accounts(self) -> str:
        if self._confirmed is None:
            accounts = parse_accounts(read_list(await endpoints.ACCOUNTS.call({}), "fetch_accounts"))
            self._confirmed = _own_of(accounts, self._seen)
        return self._confirmed


def of_account(page: OrderPage, account_id: str, *, comes_first: bool = False) -> OrderPage:
    """Remove the orders of other accounts from a page; where this one's come first, theirs end its list.

    Where it has others', an order that does not say whose it is may be theirs: it is left out, and told.
    """
    orders = tuple(order for order in page.orders if order.account_id in (None, account_id))
    unread = tuple(row for row in page.unread if row.order is None or row.order.account_id in (None, account_id))
    own = replace(page, orders=orders, unread=unread, left_out=page.left_out - len(page.unread) + len(unread))
    if not _accounts(page) <= {account_id}:
        own = _without_untold(own)
    if own.left_out < page.left_out and own.left_out == 0 and page.next_before_id is None:
        own = replace(own, complete=not own.cut_off)
    if comes_first and len(own.orders) < len(page.orders) and page.orders[: len(own.orders)] == own.orders:
        return replace(own, complete=own.left_out == 0, next_before_id=None, cut_off=False)
    return own


def _accounts(page: OrderPage) -> set[str]:
    rows = (*page.orders, *(row.order for row in page.unread if row.order is not None))
    return {order.account_id for order in rows if order.account_id is not None}


def _without_untold(page: OrderPage) -> OrderPage:
    """Leave out the rows that do not say whose they are."""
    untold = [order for order in page.orders if order.account_id is None]
    if untold:
        page = replace(page, complete=False, left_out=page.left_out + len(untold))
    told = tuple(order for order in page.orders if order.account_id is not None)
    rows = [UnreadRow(reason=_UNTOLD, order=order, maybe_foreign=True) for order in untold]
    unread = (replace(row, maybe_foreign=True) if _is_untold(row) else row for row in page.unread)
    return replace(page, orders=told, unread=(*unread, *rows))


def _with_unreadable_accounts(page: OrderPage) -> OrderPage:
    """Mark rows whose account is told, and cannot be read."""
    if not any(_is_untold(row, unreadable=True) for row in page.unread):
        return page
    unread = (replace(row, maybe_foreign=True) if _is_untold(row, unreadable=True) else row for row in page.unread)
    return replace(page, unread=tuple(unread))


def _is_untold(row: UnreadRow, *, unreadable: bool = False) -> bool:
    order = row.order
    if order is None or order.account_id is not None:
        return False
    return not unreadable or order.info.get("accountId") not in (None, "")


def _own_of(accounts: ReadRows[Account], seen: str | None) -> str:
    """Distinguish a key's own trading account from its sub-accounts', whose labels begin with ``Sub``.

    One that stands alone is the key's own whatever its label, but not beside one of a kind that nobody knows. What
    cannot be read of the answer may be the own one, unless ``seen``, the account of a placed order, is among the rest.
    """
    trading = [account for account in accounts if account.type == "spot"]
    alone = len(trading) == 1 and all(account.type in ACCOUNT_TYPES.values() for account in accounts)
    own = trading if alone else [one for one in trading if not (one.name or "Sub").startswith("Sub")]
    if seen is not None:
        own = [account for account in trading if account.id == seen]
    elif accounts.unread:
        own = []
    if len(own) != 1:
        raise UnexpectedPayload(f"{VENUE}: which account is the key's own cannot be told", venue=VENUE)
    return own[0].id
