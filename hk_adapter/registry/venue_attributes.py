"""What the attributes of an opened venue may be: the words for what is wrong with a value, None where nothing is."""

from __future__ import annotations

import inspect
import ipaddress
import math
import re
from collections.abc import Callable, Mapping
from typing import TypeGuard
from urllib.parse import urlsplit

from hk_adapter.hooks import HEEDED, Budget, LeakyBucket, Scrub

KEY_KINDS = frozenset({"hmac", "ed25519", "rsa", "ecdsa"})
"""The ways in which a key may sign."""
_PART = re.compile(r"[a-z][a-z0-9_]*")


def is_async(function: Callable[..., object]) -> bool:
    """Whether calling a function gives something to be awaited."""
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


def _hosts_fault(hosts: object) -> str | None:
    if not isinstance(hosts, frozenset):
        return f"is a {type(hosts).__name__}, not a frozenset of origins"
    if not all(_is_origin(host) for host in hosts):
        return "has an entry that is no origin such as 'https://api.example': no path, no user, nothing else"
    if clear := sorted(host for host in hosts if _goes_in_the_clear(host)):
        return f"has {clear[0]}, to which keys would go in the clear: https, or a loopback address"
    return None


def _stream_hosts_fault(hosts: object) -> str | None:
    if (fault := _hosts_fault(hosts)) is not None:
        return fault
    sockets = isinstance(hosts, frozenset) and all(urlsplit(host).scheme in {"wss", "ws"} for host in hosts)
    return None if sockets else "has an origin that is none of wss or ws"


def _goes_in_the_clear(origin: str) -> bool:
    parts = urlsplit(origin)
    if parts.scheme in {"https", "wss"} or parts.hostname == "localhost":
        return False
    try:
        return not ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return True


def _is_origin(host: object) -> bool:
    if not isinstance(host, str):
        return False
    try:
        parts = urlsplit(host)
        _ = parts.port
    except ValueError:
        return False
    known = parts.scheme in {"https", "http", "wss", "ws"} and bool(parts.hostname) and "@" not in parts.netloc
    return known and f"{parts.scheme}://{parts.netloc}" == host


def _limits_fault(limits: object) -> str | None:
    if not isinstance(limits, Mapping):
        return f"is a {type(limits).__name__}, not a mapping of group to RateLimit"
    for group, declared in limits.items():
        for limit in declared if isinstance(declared, tuple) else (declared,):
            if not isinstance(group, str) or not isinstance(limit, Budget):
                return f"has for group {group!r} a {type(limit).__name__}, not a RateLimit or LeakyBucket"
            if fault := _limit_fault(group, limit):
                return fault
    return None


def _limit_fault(group: str, limit: Budget) -> str | None:
    pace: object = limit.refill if isinstance(limit, LeakyBucket) else limit.window
    if not is_whole(limit.amount) or not is_whole(limit.kept) or not _is_number(pace):
        return f"has for group {group!r} a {type(limit).__name__} whose numbers are of the wrong kind"
    if limit.amount < 1 or not 0 < pace < math.inf or not 0 <= limit.kept < limit.amount:
        return f"allows nothing in group {group!r}, or keeps more of it than there is"
    return None


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_whole(value: object) -> TypeGuard[int]:
    """Whether a value is a whole number, and no truth value."""
    return isinstance(value, int) and not isinstance(value, bool)


def scrub_fault(scrub: object) -> str | None:
    """Return what is wrong with a declaration of what recordings keep; None where nothing is."""
    if not isinstance(scrub, Scrub):
        return f"is a {type(scrub).__name__}, not a Scrub"
    for name in Scrub.__struct_fields__:
        names = getattr(scrub, name)
        if not isinstance(names, frozenset) or not all(isinstance(one, str) for one in names):
            return f"has {name} that are no frozenset of names"
    return None


def _lifetime_fault(lifetime: object) -> str | None:
    if not isinstance(lifetime, int) or isinstance(lifetime, bool):
        return f"is a {type(lifetime).__name__}, not a number of ms"
    return None if lifetime > 0 else "is not above 0 ms"


def _sign_fault(sign: object) -> str | None:
    if not callable(sign):
        return f"is a {type(sign).__name__}, not a function"
    return "is async; signing is a pure, plain function" if is_async(sign) else None


def _span_fault(span: object) -> str | None:
    if isinstance(span, bool) or not isinstance(span, int | float):
        return f"is a {type(span).__name__}, not a number"
    return None if 0 <= span < math.inf else "is no finite number from 0 up"


def _bool_fault(value: object) -> str | None:
    return None if isinstance(value, bool) else "is no bool"


def _kinds_fault(kinds: object) -> str | None:
    if isinstance(kinds, frozenset) and kinds and kinds <= KEY_KINDS:
        return None
    return f"is no frozenset of some of {', '.join(sorted(KEY_KINDS))}"


def _parts_fault(parts: object) -> str | None:
    if not isinstance(parts, tuple) or not all(isinstance(name, str) and _PART.fullmatch(name) for name in parts):
        return "is no tuple of names made of small letters, digits and '_'"
    taken = sorted({"api_key", "secret", "private_key", "private_key_passphrase"} & set(parts))
    return f"names {taken[0]}, which every key has" if taken else None


def _names_fault(names: object) -> str | None:
    if isinstance(names, tuple) and all(isinstance(name, str) and name.isidentifier() for name in names):
        return None
    return "is no tuple of names"


def _order_fault(ordered: object) -> str | None:
    named = isinstance(ordered, frozenset) and all(isinstance(group, str) for group in ordered)
    return None if named or isinstance(ordered, bool) else "is neither a bool nor a frozenset of groups"


def _nonces_fault(number: object) -> str | None:
    return None if is_whole(number) and number > 0 else "is no whole number above 0"


def _batch_fault(number: object) -> str | None:
    return None if is_whole(number) and number >= 0 else "is no whole number from 0 up"


def _largest_fault(number: object) -> str | None:
    return None if number is None or (is_whole(number) and number > 0) else "is no whole number above 0"


def _form_fault(form: object) -> str | None:
    return None if form is None or callable(form) else "is no function"


def _heeds_fault(heeds: object) -> str | None:
    known = isinstance(heeds, frozenset) and heeds <= HEEDED
    return None if known else f"is no frozenset of some of {', '.join(sorted(HEEDED))}"


def _market_type_fault(word: object) -> str | None:
    return None if word is None or (isinstance(word, str) and _PART.fullmatch(word)) else "is no word of small letters"


MUST_HAVE: dict[str, Callable[[object], str | None]] = {
    "hosts": _hosts_fault,
    "limits": _limits_fault,
    "request_lifetime": _lifetime_fault,
    "sign": _sign_fault,
}
MAY_HAVE: dict[str, Callable[[object], str | None]] = {
    "seconds_an_order": _span_fault,
    "clock_ahead": _span_fault,
    "clock_step": _span_fault,
    "checks_time": _bool_fault,
    "key_kinds": _kinds_fault,
    "key_parts": _parts_fault,
    "key_names": _names_fault,
    "ordered": _order_fault,
    "nonces_a_second": _nonces_fault,
    "cancel_batch": _batch_fault,
    "create_batch": _batch_fault,
    "largest_client_id": _largest_fault,
    "client_id_form": _form_fault,
    "stream_hosts": _stream_hosts_fault,
    "shared_limits": _limits_fault,
    "sign_stream": _sign_fault,
    "heeds": _heeds_fault,
    "market_type": _market_type_fault,
}
