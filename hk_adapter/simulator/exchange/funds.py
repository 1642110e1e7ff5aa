"""The money side of an order: what it locks when it is taken in, and what each trade of it moves.

Undocumented, and so ours: a buy that pays its fee in quote currency locks that too, at the dearer of its rates, and a
market order without a limit locks what the book as it stands would cost it.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.exchange.fees import FeeRates, fee_asset
from hk_adapter.simulator.exchange.money import ZERO
from hk_adapter.simulator.exchange.orders import Order, OrderTerms


def limit_lock(terms: OrderTerms, fees: FeeRates, amount: Decimal) -> Decimal:
    """Return how much of `terms.pays` an amount of a limit order locks."""
    if terms.side == "SELL":
        return amount
    highest = fees.highest
    return amount * terms.price * quote_factor(terms, highest) if highest else amount * terms.price


def market_lock(terms: OrderTerms, fees: FeeRates, makers: Iterable[Order]) -> Decimal:
    """Return how much of `terms.pays` a new market order locks; `makers` are those that it would trade with."""
    if terms.side == "BUY":
        cost = terms.cash or sum((part * maker.terms.price for maker, part in _walk(terms, makers)), ZERO)
        return cost * quote_factor(terms, fees.taker)
    return terms.amount or sum((part for _, part in _walk(terms, makers)), ZERO)


def settle(order: Order, amount: Decimal, price: Decimal, rate: Decimal, collector: Account) -> tuple[Decimal, str]:
    """Move the money of one side of a trade; return the fee that was charged, and its asset.

    What the order needs no longer, because the price was better than its limit, is freed.
    """
    terms, account = order.terms, order.account
    cost, asset = amount * price, fee_asset(terms.market, terms.side)
    paid, received = (cost, amount) if terms.side == "BUY" else (amount, cost)
    fee = ZERO
    if rate:
        fee = rate * (amount if asset == terms.market.base else cost)
        collector.receive(asset, fee)
        if asset == terms.pays:
            paid += fee
        else:
            received -= fee
    account.pay(terms.pays, paid)
    account.receive(terms.gets, received)
    left = order.locked - paid
    order.locked = left if terms.type == "MARKET" else limit_lock(terms, order.fees, order.remaining - amount)
    account.release(terms.pays, left - order.locked)
    return fee, asset


def part_for_market(order: Order, maker: Order) -> Decimal:
    """Return how much a market order takes from an order that rests: what is wanted, there, and paid for.

    Cash is spent in whole steps of the pair's amounts.
    """
    terms, price = order.terms, maker.terms.price
    wanted = _bought(terms, terms.cash - order.cost, price) if terms.cash else order.remaining
    wanted = min(wanted, maker.remaining)
    if terms.side == "SELL":
        return min(wanted, order.locked)
    unit = price * quote_factor(terms, order.fees.taker)
    return wanted if wanted * unit <= order.locked else _bought(terms, order.locked, unit)


def has_spent(order: Order, price: Decimal) -> bool:
    """Return whether a market order by cash traded, and has less left than one step costs at a price."""
    return bool(order.filled) and not _bought(order.terms, order.terms.cash - order.cost, price)


def quote_factor(terms: OrderTerms, rate: Decimal) -> Decimal:
    """Return what a buy pays for each unit of cost: 1, and the fee's rate where that is taken in quote currency."""
    return 1 + rate if fee_asset(terms.market, terms.side) == terms.pays else Decimal(1)


def _walk(terms: OrderTerms, makers: Iterable[Order]) -> Iterable[tuple[Order, Decimal]]:
    amount, cash = terms.amount, terms.cash
    for maker in makers:
        part = min(maker.remaining, _bought(terms, cash, maker.terms.price) if terms.cash else amount)
        if not part:
            return
        amount -= part
        cash -= part * maker.terms.price
        yield maker, part


def _bought(terms: OrderTerms, cash: Decimal, price: Decimal) -> Decimal:
    return cash // (price * terms.market.step) * terms.market.step
