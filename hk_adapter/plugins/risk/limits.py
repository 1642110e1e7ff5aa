"""The limits, each from its argument, else from its variable."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from hk_adapter.errors import ConfigurationError, InvalidArgument, shown
from hk_adapter.model.decimals import to_decimal
from hk_adapter.record import Record

VARIABLES = "HK_ADAPTER_RISK_"
"""What the names of the variables begin with; the argument's name in capitals follows."""

Bound = Decimal | Mapping[str, Decimal]
"""One number for every symbol, or each symbol's own."""


class RiskLimits(Record, frozen=True, kw_only=True):
    """What new orders are held to; None: not limited."""

    max_cost: Bound | None
    max_amount: Bound | None
    symbols: frozenset[str] | None
    refuses_unknown: bool
    known_params: frozenset[str]
    block_creates: bool

    @property
    def any(self) -> bool:
        """Whether anything but the block is limited."""
        return not (self.max_cost is None and self.max_amount is None and self.symbols is None)


def read_limits(given: Mapping[str, Any], env: Mapping[str, str] = os.environ) -> RiskLimits:
    """Read the limits from arguments, and what is None there from the variables.

    Raises ConfigurationError, which names the argument or the variable, for what cannot be one; and where neither a
    limit nor ``block_creates`` is given, for then nothing would be held to anything.
    """

    def read(name: str, read_value: Callable[[str, Any], Any]) -> Any:
        variable = VARIABLES + name.upper()
        if given[name] is not None:
            return read_value(name, given[name])
        return read_value(variable, env[variable]) if variable in env else None

    block = read("block_creates", _flag)
    limits = RiskLimits(
        max_cost=read("max_cost", _bound),
        max_amount=read("max_amount", _bound),
        symbols=read("symbols", _names),
        refuses_unknown=read("unknown", _refuses) is not False,
        known_params=read("known_params", _names) or frozenset(),
        block_creates=block or False,
    )
    if not limits.any and block is None:
        raise ConfigurationError(
            f"risk has no limit: give max_cost, max_amount, symbols or block_creates, or set {VARIABLES}MAX_COST etc."
        )
    return limits


def _bound(name: str, value: Any) -> Bound:
    if isinstance(value, Mapping):
        return MappingProxyType({_text(name, one): _above_zero(f"{name}[{one!r}]", value[one]) for one in value})
    return _above_zero(name, value)


def _above_zero(name: str, value: Any) -> Decimal:
    try:
        number = to_decimal(name, value)
    except InvalidArgument as error:
        raise ConfigurationError(f"risk: {error}") from error
    if number <= 0:
        raise ConfigurationError(f"risk: {name} must be above 0; to place no orders at all there is block_creates")
    return number


def _names(name: str, value: Any) -> frozenset[str]:
    if isinstance(value, str) and name.startswith(VARIABLES):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ConfigurationError(f"risk: {name} must be a list of names, not {shown(value)}")
    names = frozenset(_text(name, one) for one in value)
    if not names:
        raise ConfigurationError(f"risk: {name} holds no name; to place no orders at all there is block_creates")
    return names


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ConfigurationError(f"risk: {name} must hold names, not {shown(value)}")
    return str.__str__(value)


def _refuses(name: str, value: Any) -> bool:
    if not isinstance(value, str) or value not in {"refuse", "pass"}:
        raise ConfigurationError(f"risk: {name} must be 'refuse' or 'pass', not {shown(value)}")
    return value == "refuse"


def _flag(name: str, value: Any) -> bool:
    if name.startswith(VARIABLES) and value in {"true", "false"}:
        return bool(value == "true")
    if not isinstance(value, bool):
        raise ConfigurationError(f"risk: {name} must be true or false, not {shown(value)}")
    return value
