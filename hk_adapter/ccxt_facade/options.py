"""Reads what is ours in ccxt's ``options``: a program with no place for them gives them as text (``--option``)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from hk_adapter.errors import ConfigurationError, shown
from hk_adapter.registry import load_wrapper
from hk_adapter.transport.shared_budget.address import is_address
from hk_adapter.transport.trust import trusting_context
from hk_adapter.venue.api import arguments

STOCK = "hashkey"
"""The exchange of ccxt's whose class ours extends, and the venue of ours that its cancels go to."""

_DIGITS = re.compile(r"[0-9]{1,9}")
_FILLED_FIRST = ("raise", "return")
FILLED_FIRST = _FILLED_FIRST[0]
"""What holds where nobody says: an exception, as in ccxt's own class, leaves most bots' books right."""
_FLAGS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
_SANDBOX = ("sandbox", "testnet")
"""ccxt's own two words for it."""
OWN = ("site", "url", "filledFirst", "budget", "plugins", "recvWindow", "caFile", *_SANDBOX)
"""What this class reads in ``options``, beside what ccxt's does."""
_IN_ENVIRONMENT = {
    "HK_ADAPTER_CCXT_SITE": "site",
    "HK_ADAPTER_CCXT_URL": "url",
    "HK_ADAPTER_CCXT_SANDBOX": "sandbox",
    "HK_ADAPTER_CCXT_FILLED_FIRST": "filledFirst",
    "HK_ADAPTER_CCXT_CA_FILE": "caFile",
}


_PREFIX = "HK_ADAPTER_CCXT_"
_OF_KEYS = ("_API_KEY", "_SECRET", "_PRIVATE_KEY", "_PRIVATE_KEY_PASSPHRASE")
"""How variables end that hold a key of a venue such as ``ccxt:kraken``: they begin as ours do."""


def from_environment() -> dict[str, str]:
    """Return the options that the environment sets, for programs that have no place for them."""
    return {name: text for variable, name in _IN_ENVIRONMENT.items() if (text := os.environ.get(variable))}


def check_environment() -> None:
    """Raise ConfigurationError for a variable that looks like ours and that nothing reads; it names what is near."""
    for variable in os.environ:
        if not variable.upper().startswith(_PREFIX) or variable in _IN_ENVIRONMENT or variable.endswith(_OF_KEYS):
            continue
        near = _near(variable[len(_PREFIX) :], (ours.removeprefix(_PREFIX) for ours in _IN_ENVIRONMENT))
        hint = f"; did you mean {_PREFIX}{near}?" if near else f"; ours are {', '.join(_IN_ENVIRONMENT)}"
        raise ConfigurationError(f"nothing reads the environment variable {shown(variable)}{hint}")


def check_known(given: Iterable[str], known: Iterable[str]) -> None:
    """Raise ConfigurationError for an option that nothing reads; the message names what is near."""
    every = {*OWN, *known}
    for name in given:
        if name not in every:
            near = _near(name, every)
            hint = f"; did you mean {near!r}?" if near else f"; ours are {', '.join(OWN)}"
            raise ConfigurationError(f"there is no option {name!r}{hint}")


def check_spelled(given: Iterable[str], known: Iterable[str]) -> None:
    """Raise ConfigurationError for an option that is nearly one of ours: ccxt would take it, and nothing read it."""
    others = set(known)
    for name in given:
        near = None if name in OWN or name in others else _near(name, OWN)
        if near is not None:
            raise ConfigurationError(f"there is no option {name!r}; did you mean {near!r}?")


def _near(name: str, known: Iterable[str]) -> str | None:
    plain = {one.lower().replace("_", ""): one for one in known}
    found = get_close_matches(str(name).lower().replace("_", "").replace("-", ""), plain, 1, 0.8)
    return plain[found[0]] if found else None


def with_flags(given: Mapping[str, Any]) -> dict[str, Any]:
    """Read ccxt's words for the sandbox, which may be text. ConfigurationError for what is neither yes nor no."""
    return {name: _flag(name, value) if name in _SANDBOX else value for name, value in given.items()}


def wants_sandbox_in_text(attributes: Mapping[str, Any]) -> bool:
    """Whether text asks for the sandbox beside ``options``: ccxt 4.5.28 makes it an attribute, and heeds a bool alone.

    ConfigurationError for what is neither yes nor no.
    """
    told = {name: attributes[name] for name in _SANDBOX if name in attributes}
    flags = with_flags(told)
    return any(flags[name] for name, value in told.items() if not isinstance(value, bool))


def _flag(name: str, value: Any) -> bool:
    if value is None or value == "":
        return False
    text = value if isinstance(value, str) else shown(value)
    found = value if isinstance(value, bool) else _FLAGS.get(text.strip().lower())
    if found is None:
        raise ConfigurationError(f"the option {name} must be true or false, not {shown(value)}")
    return found


def raises_filled_first(options: Mapping[str, Any]) -> bool:
    """Whether an order that filled first is to be raised. ConfigurationError for another word than the two."""
    word = options.get("filledFirst") or FILLED_FIRST
    if word not in _FILLED_FIRST:
        raise ConfigurationError(f"the option filledFirst must be one of {', '.join(_FILLED_FIRST)}, not {shown(word)}")
    return bool(word == "raise")


def budget(options: Mapping[str, Any]) -> Any:
    """Return the budget as ``connect`` takes it; the text "None" is None."""
    given = options.get("budget", "unlimited")
    return None if _is_none(given) else given


def plugins(options: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the wrappers as ``connect`` takes them; a text names them with commas between."""
    given = options.get("plugins")
    if _is_none(given):
        return ()
    if isinstance(given, str):
        return tuple(name.strip() for name in given.split(",") if name.strip())
    if not isinstance(given, list | tuple):
        raise ConfigurationError(f"the option plugins must be a list or a text, not {type(given).__name__}")
    return tuple(given)


def check_holds(options: Mapping[str, Any]) -> None:
    """Raise ConfigurationError for what is there to hold orders back: a wrapper (``holds_creates``), a Redis.

    It would hold none: this class places orders by ccxt's own code; wrappers and budget are around its cancels alone.
    """
    if isinstance(given := budget(options), str) and is_address(given):
        raise ConfigurationError("the option budget: a Redis counts and holds back no order that this class places")
    for one in plugins(options):
        wrapper = load_wrapper(one) if isinstance(one, str) else one
        if getattr(wrapper, "holds_creates", False):
            name = one if isinstance(one, str) else getattr(one, "__name__", type(one).__name__)
            raise ConfigurationError(f"the option plugins: {name} holds back no order that this class places")


def ca_file(options: Mapping[str, Any], *, trust_env: bool) -> str | None:
    """Return the PEM file of the authorities to trust; where the environment is trusted, else that of SSL_CERT_FILE.

    None leaves it to ccxt. ConfigurationError for what is no file.
    """
    given = options.get("caFile") or (os.environ.get("SSL_CERT_FILE") if trust_env else None)
    if _is_none(given):
        return None
    path = arguments.path(given)
    path = None if path is None else os.path.expanduser(path)
    if path is None or not os.path.isfile(path):
        raise ConfigurationError(f"the option caFile must be the path of a PEM file, not {shown(given)}")
    trusting_context(path)  # raises where it holds no certificates
    return path


def recv_window(options: Mapping[str, Any]) -> Any:
    """Return the window in ms as ``connect`` takes it, which checks it; None where none is given."""
    given = options.get("recvWindow")
    if _is_none(given):
        return None
    if (isinstance(given, float) and given.is_integer()) or (isinstance(given, str) and _DIGITS.fullmatch(given)):
        return int(given)
    return given


def _is_none(given: Any) -> bool:
    return given is None or given in ("", "None", "none")
