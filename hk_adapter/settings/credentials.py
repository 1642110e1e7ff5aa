"""Keys that sign and never show themselves: not printed, not pickled, not in the frames of an error."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any, NoReturn

from hk_adapter.errors import AdapterError, ConfigurationError, InvalidArgument

_HIDDEN = "<hidden>"


class Hidden:
    """What a holder of secrets has in common: no way to show or serialize it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({_HIDDEN})"

    def __str__(self) -> str:
        return _HIDDEN

    def __format__(self, spec: str) -> str:
        return _HIDDEN

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(f"{type(self).__name__} is not to be pickled or copied")

    def __getstate__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} is not to be pickled or copied")


class Secret(Hidden):
    """Text that is never shown, pickled or put into JSON. Compares in constant time.

    Raises:
        InvalidArgument: it is given anything but text.
    """

    __slots__ = ("__text",)
    __hash__ = None  # type: ignore[assignment]  # a printed hash would tell which secrets are equal

    def __init__(self, text: str) -> None:
        kind = _other_than_text(text)
        if kind:
            del text
            raise InvalidArgument(f"a Secret wraps text, not {kind}")
        self.__text = text

    def reveal(self) -> str:
        """Return the text. Bind it to no name that lives on."""
        return self.__text

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        ours, theirs = (text.encode("utf-8", "surrogatepass") for text in (self.__text, other.__text))
        return hmac.compare_digest(ours, theirs)


class HmacCredentials(Hidden):
    """A key and the secret that signs for it, as ``hk_adapter.hooks.Credentials`` wants them.

    Raises:
        ConfigurationError: either is empty, not text, not ASCII, or has blanks around it.
    """

    __slots__ = ("__api_key", "__secret")

    def __init__(self, api_key: str | Secret | NamedValue, secret: str | Secret | NamedValue) -> None:
        halves = given("api_key", api_key), given("secret", secret)
        del api_key, secret
        self.__api_key, self.__secret = (half.checked() for half in halves)

    @property
    def api_key(self) -> str:
        """The public part, as it goes into a header."""
        return self.__api_key.reveal()

    @property
    def kind(self) -> str:
        """How it signs."""
        return "hmac"

    def hmac_sha256(self, message: bytes) -> str:
        """Sign with the secret's UTF-8 text as the key; lower-case hex."""
        return hmac.digest(self.__secret.reveal().encode(), message, "sha256").hex()

    def hand_to(self, take: Callable[[str, str], object]) -> None:
        """Hand key and secret to a library that signs by itself, such as ccxt; nothing else may see them."""
        take(self.__api_key.reveal(), self.__secret.reveal())

    def ed25519(self, message: bytes) -> NoReturn:
        """Raise ConfigurationError: there is no private key to do so with."""
        raise ConfigurationError("an HMAC key cannot sign by Ed25519: that takes a key with a private_key")


class NamedValue(Hidden):
    """A value as somebody gave it, hidden from the start, with the name that errors call it by."""

    __slots__ = ("name", "value")

    def __init__(self, name: str, value: Any) -> None:
        self.name = name
        self.value = value

    def checked(self) -> Secret:
        """Return it as a Secret; raise ConfigurationError, with its name only, if it can be no key."""
        fault = _fault(self.value.reveal() if isinstance(self.value, Secret) else self.value)
        if fault:
            raise ConfigurationError(f"{self.name} {fault}")
        return self.value if isinstance(self.value, Secret) else Secret(self.value)

    def text(self) -> str:
        """Return it as text of any form; raise ConfigurationError, with its name only, if it is none or blank."""
        value = self.value.reveal() if isinstance(self.value, Secret) else self.value
        if isinstance(value, str) and value.strip():
            return value
        raise ConfigurationError(f"{self.name} {_fault(value)}")


def given(name: str, value: str | Secret | NamedValue | None) -> NamedValue:
    """Name a value, unless it has a name already."""
    return value if isinstance(value, NamedValue) else NamedValue(name, value)


def forget(error: AdapterError) -> AdapterError:
    """Strip an error of the frames and causes that it came through: their variables can hold secrets."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _other_than_text(value: object) -> str | None:
    return None if isinstance(value, str) else type(value).__name__


def _fault(value: object) -> str | None:
    if not isinstance(value, str):
        return f"is a {type(value).__name__}, not text"
    if not value.strip():
        return "is blank" if value else "is empty"
    if value != value.strip():
        return "has blanks around it"
    if not value.isascii():
        return "has characters beyond ASCII"
    return None if value.isprintable() else "has control characters in it"
