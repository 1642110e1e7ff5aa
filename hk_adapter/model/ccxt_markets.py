"""Markets, currencies, tickers and books in ccxt's unified dicts."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from hk_adapter.model.ccxt_format import Number, Record, iso8601
from hk_adapter.model.decimals import own_context, writer

_EXACT = own_context(DivisionByZero, InvalidOperation, Overflow)
_CCXTS_LAST_DIGIT = Decimal("1e-18")


def market_to_ccxt(market: Record, number: Number = float) -> dict[str, Any]:
    """Return ccxt's market dict, with the keys of its ``safe_market_structure``."""
    num = _optional(number)
    spot = market.type == "spot"
    return {
        "id": market.id,
        "lowercaseId": None,
        "symbol": market.symbol,
        "base": market.base,
        "quote": market.quote,
        "settle": None,
        "baseId": market.base,
        "quoteId": market.quote,
        "settleId": None,
        "type": market.type,
        "spot": spot,
        "margin": False,
        "swap": False,
        "future": False,
        "option": False,
        "index": False,
        "active": market.active,
        "contract": not spot,
        "linear": None,
        "inverse": None,
        "subType": None,
        "taker": num(market.taker),
        "maker": num(market.maker),
        "contractSize": None,
        "expiry": None,
        "expiryDatetime": None,
        "strike": None,
        "optionType": None,
        "precision": {
            "amount": num(market.amount_step),
            "price": num(market.price_step),
            "cost": num(market.cost_step),
        },
        "limits": {
            "leverage": {"min": None, "max": None},
            "amount": _limits(market.amount, num),
            "price": _limits(market.price, num),
            "cost": _limits(market.cost, num),
        },
        "marginModes": {"cross": None, "isolated": None},
        "created": None,
        "info": market.info,
    }


def currency_to_ccxt(currency: Record, number: Number = float) -> dict[str, Any]:
    """Return ccxt's currency dict, with the keys of its ``safe_currency_structure``."""
    num = _optional(number)
    return {
        "info": currency.info,
        "id": currency.id,
        "numericId": None,
        "code": currency.code,
        "precision": num(currency.step),
        "type": currency.type,
        "name": currency.name,
        "active": currency.active,
        "deposit": currency.deposit,
        "withdraw": currency.withdraw,
        "fee": None,
        "fees": {},
        "networks": {network: _network(network) for network in currency.networks},
        "limits": _no_limits(),
    }


def ticker_to_ccxt(ticker: Record, number: Number = float) -> dict[str, Any]:
    """Return ccxt's ticker dict, with the keys and the derived numbers of its ``safe_ticker``."""
    num = _optional(number)
    open_, last = ticker.open, ticker.last
    change = None if open_ is None or last is None else _EXACT.subtract(last, open_)
    return {
        "symbol": ticker.symbol,
        "timestamp": ticker.timestamp,
        "datetime": iso8601(ticker.timestamp),
        "high": num(ticker.high),
        "low": num(ticker.low),
        "bid": num(ticker.bid),
        "bidVolume": num(ticker.bid_volume),
        "ask": num(ticker.ask),
        "askVolume": num(ticker.ask_volume),
        "vwap": num(_ratio(ticker.quote_volume, ticker.base_volume)),
        "open": num(ticker.open),
        "close": num(ticker.last),
        "last": num(ticker.last),
        "previousClose": None,
        "change": num(change),
        "percentage": num(_percent(_ratio(change, open_))),
        "average": num(_ratio(None if open_ is None or last is None else _EXACT.add(open_, last), Decimal(2))),
        "baseVolume": num(ticker.base_volume),
        "quoteVolume": num(ticker.quote_volume),
        "markPrice": None,
        "indexPrice": None,
        "info": ticker.info,
    }


def order_book_to_ccxt(book: Record, number: Number = float) -> dict[str, Any]:
    """Return ccxt's order book dict."""
    number = writer(number)
    return {
        "symbol": book.symbol,
        "bids": [[number(level.price), number(level.amount)] for level in book.bids],
        "asks": [[number(level.price), number(level.amount)] for level in book.asks],
        "timestamp": book.timestamp,
        "datetime": iso8601(book.timestamp),
        "nonce": book.nonce,
    }


def _network(word: str) -> dict[str, Any]:
    """Return the keys of ccxt's networks: a bot may read them all, and None says that nothing is known."""
    return {
        "id": word,
        "network": word,
        "active": None,
        "deposit": None,
        "withdraw": None,
        "fee": None,
        "precision": None,
        "limits": _no_limits(),
        "info": {},
    }


def _no_limits() -> dict[str, Any]:
    return {"deposit": {"min": None, "max": None}, "withdraw": {"min": None, "max": None}}


def _ratio(above: Decimal | None, below: Decimal | None) -> Decimal | None:
    if above is None or below is None or below == 0:
        return None
    return _EXACT.divide(above, below).quantize(_CCXTS_LAST_DIGIT, rounding=ROUND_DOWN, context=_EXACT)


def _percent(ratio: Decimal | None) -> Decimal | None:
    return None if ratio is None else _EXACT.multiply(ratio, Decimal(100))


def _optional(number: Number) -> Callable[[Decimal | None], Any]:
    written = writer(number)
    return lambda value: None if value is None else written(value)


def _limits(limits: Record, num: Callable[[Decimal | None], Any]) -> dict[str, Any]:
    return {"min": num(limits.min), "max": num(limits.max)}
