"""What one who watches balances was told, held against what the account truly had, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from hk_adapter.model import BalanceUpdate
from hk_adapter.simulator.exchange.accounts import Account

BALANCE_COLUMNS = ("wrong balance", "balance back")

Held = tuple[Decimal, Decimal]
"""What is free, and what is held in open orders."""
NOTHING: Held = (Decimal(0), Decimal(0))


class BalanceHistory:
    """Every pair of amounts that anybody could have been shown of an account, by asset, in their order."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.by_asset: dict[str, list[Held]] = {}

    def note(self) -> None:
        """Write down what the account has now, where that is something else than before."""
        for asset, balance in self._account.balances.items():
            history, held = self.by_asset.setdefault(asset, []), (balance.free, balance.locked)
            if not history or history[-1] != held:
                history.append(held)


def of_balances(told: Sequence[BalanceUpdate], history: Mapping[str, Sequence[Held]]) -> list[str]:
    """List what is wrong with what was told of balances, a word for each; the history's last pairs are the truth.

    Nothing told at all is wrong, too: the account has something.
    """
    if not told:
        return ["wrong balance"]
    wrong = []
    for asset, held in history.items():
        shown = [_held(update, asset) for update in told if asset in update.changed]
        if _held(told[-1], asset) != held[-1]:
            wrong.append("wrong balance")
        elif not _are_in_order(shown, held):
            wrong.append("balance back")
    return wrong


def _held(update: BalanceUpdate, asset: str) -> Held:
    balance = update.balances.by_currency.get(asset)
    return NOTHING if balance is None else (balance.free or Decimal(0), balance.used or Decimal(0))


def _are_in_order(shown: Sequence[Held], history: Sequence[Held]) -> bool:
    """Whether each of what was shown was so, and none before what was shown earlier."""
    left = iter(history)
    return all(any(one == held for held in left) for one in _changes(shown))


def _changes(shown: Sequence[Held]) -> list[Held]:
    return [one for at, one in enumerate(shown) if at == 0 or shown[at - 1] != one]
