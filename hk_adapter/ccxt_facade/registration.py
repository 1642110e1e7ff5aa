"""Puts the class where bots look for it: ``ccxt.<name>``, ``ccxt.async_support.<name>`` and ``ccxt.pro.<name>``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from hk_adapter.ccxt_facade.options import STOCK, check_known, with_flags
from hk_adapter.errors import ConfigurationError, InvalidArgument, shown

NAME = "hkadapter"
MODULES = ("ccxt", "ccxt.async_support", "ccxt.pro")

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def register(name: str = NAME, options: Mapping[str, Any] | None = None) -> None:
    """Register the class with ccxt under ``name``, in all three of its modules. Idempotent. Sends nothing.

    ``options`` become the class's own, above those of the environment (``HK_ADAPTER_CCXT_SITE`` and the like) and below
    those that a bot gives an instance; None leaves them as they are.

    Raises:
        InvalidArgument: the name is not lower-case letters and digits, or ccxt has another exchange of that name.
        ConfigurationError: ccxt is not installed, or has no HashKey; an option that nothing reads.
    """
    if not _NAME.fullmatch(str(name)):
        raise InvalidArgument(f"name must be lower-case letters and digits, not {shown(name)}")
    try:
        modules = [import_module(module) for module in MODULES]
    except ModuleNotFoundError as error:
        raise ConfigurationError("ccxt is not installed: pip install 'hk-adapter[ccxt]'") from error
    for module in modules:
        register_in(module, name, options)


def register_in(module: Any, name: str = NAME, options: Mapping[str, Any] | None = None) -> None:
    """Register in one module of ccxt, which may still be on its way in. Errors as ``register``."""
    from hk_adapter.ccxt_facade.asynchronous import AsyncCancels  # noqa: PLC0415 - they need ccxt
    from hk_adapter.ccxt_facade.blocking import BlockingCancels  # noqa: PLC0415

    present = getattr(module, name, None)
    if present is None:
        present = _made_in(module, name, BlockingCancels if module.__name__ == "ccxt" else AsyncCancels)
        setattr(module, name, present)
    if not hasattr(present, "hk_adapter_name"):
        raise InvalidArgument(f"{module.__name__} has a {shown(name)} already; choose another name")
    if options is not None:
        check_known(options, getattr(module, STOCK)().options)
        present.hk_adapter_options = with_flags(options)
    if name not in module.exchanges:
        module.exchanges.append(name)


def _made_in(module: Any, name: str, facade: type) -> Any:
    stock = getattr(module, STOCK, None)
    if stock is None:
        raise ConfigurationError(f"this release of {module.__name__} has no {STOCK}")
    body = {"hk_adapter_name": name, "__module__": module.__name__, "__doc__": facade.__doc__}
    return type(name, (facade, stock), body)
