"""A market's steps and limits, held against an order before it is sent. Nothing is rounded unasked."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal, DivisionByZero, InvalidOperation, Overflow

from hk_adapter.errors import InvalidArgument, OrderDenied, shown
from hk_adapter.model.decimals import own_context
from hk_adapter.model.enums import OrderType
from hk_adapter.model.market import Limits, Market, Markets
from hk_adapter.model.requests import CreateOrderRequest

ROUNDINGS = {"down": ROUND_DOWN, "up": ROUND_UP, "nearest": ROUND_HALF_UP}
"""What a caller may ask for; ``nearest`` takes a half up."""

_EXACT = own_context(DivisionByZero, InvalidOperation, Overflow)


def check_terms(markets: Markets, request: CreateOrderRequest) -> None:
    """Raise OrderDenied, naming argument, rule and value, where a loaded market's rules forbid an order.

    Raises InvalidArgument for a symbol that is not among the markets.
    """
    market = markets.get(request.symbol)
    if market is None:
        raise unknown_symbol(markets, request.symbol)
    at_market = request.type is OrderType.MARKET
    _check_step(market, "amount", request.amount, market.amount_step)
    _check_step(market, "price", request.price, market.price_step)
    _check_step(market, "cost", request.cost, market.cost_step)
    _check_limits(market, "amount", request.amount, _either(market.market_amount, market.amount, at_market))
    _check_limits(market, "price", request.price, market.price)
    cost = request.cost
    if request.amount is not None and request.price is not None:
        cost = _EXACT.multiply(request.amount, request.price)
    _check_limits(market, "cost", cost, _either(market.market_cost, market.cost, at_market))


def unknown_symbol(markets: Markets, symbol: str) -> InvalidArgument:
    """Make the error for a symbol that is not among the markets; it names the one that is meant, if one is."""
    asked = _letters(symbol)
    meant = [one.symbol for one in markets.values() if asked in {_letters(one.symbol), _letters(one.id)}]
    more = f"; did you mean {meant[0]!r}?" if len(meant) == 1 else ""
    return InvalidArgument(f"symbol: {shown(symbol)} is not among the markets that could be read{more}")


def _letters(symbol: str) -> str:
    """Return a symbol without what stands between its currencies, in small letters."""
    return "".join(one for one in symbol.casefold() if one.isalnum())


def rounded(name: str, market: Market, value: Decimal, rounding: str | None = None) -> Decimal:
    """Round to the market's step, by default amounts and costs down, prices to the nearest, as ccxt does.

    Raises InvalidArgument where nothing above 0 is left. A market without such a step leaves the value alone.
    """
    step = {"amount": market.amount_step, "price": market.price_step, "cost": market.cost_step}[name]
    if step is None:
        return value
    way = ROUNDINGS[rounding or ("nearest" if name == "price" else "down")]
    steps = _steps(value, step, way)
    if steps <= 0:
        raise InvalidArgument(f"{name}: {value} is less than {market.symbol}'s step of {step}")
    return _EXACT.multiply(steps, step)


def _steps(value: Decimal, step: Decimal, way: str) -> Decimal:
    """Count steps exactly: a quotient of endless digits would itself be rounded first."""
    whole = _EXACT.divide_int(value, step)
    rest = _EXACT.subtract(value, _EXACT.multiply(whole, step))
    half = _EXACT.compare(_EXACT.multiply(rest, Decimal(2)), step)
    up = (way == ROUND_UP and rest > 0) or (way == ROUND_HALF_UP and half >= 0)
    return _EXACT.add(whole, Decimal(1)) if up else whole


def _check_step(market: Market, name: str, value: Decimal | None, step: Decimal | None) -> None:
    if value is not None and step is not None and _EXACT.remainder(value, step) != 0:
        raise OrderDenied(f"{name}: {value} is no multiple of {market.symbol}'s step of {step}")


def _check_limits(market: Market, name: str, value: Decimal | None, limits: Limits) -> None:
    if value is None:
        return
    if limits.min is not None and value < limits.min:
        raise OrderDenied(f"{name}: {value} is below {market.symbol}'s minimum of {limits.min}")
    if limits.max is not None and value > limits.max:
        raise OrderDenied(f"{name}: {value} is above {market.symbol}'s maximum of {limits.max}")


def _either(special: Limits, general: Limits, is_special: bool) -> Limits:
    if not is_special:
        return general
    return Limits(
        min=general.min if special.min is None else special.min,
        max=general.max if special.max is None else special.max,
    )
