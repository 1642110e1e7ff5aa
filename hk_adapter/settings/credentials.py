"""Keys that sign and never show themselves: not printed, not pickled, not in the frames of an error."""

from __future__ import annotations

import hmac
from binascii import a2b_base64
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NoReturn

from hk_adapter.errors import AdapterError, ConfigurationError, InvalidArgument, shown

_HIDDEN = "<hidden>"
CALLED = {"hmac": "HMAC", "ed25519": "Ed25519", "rsa": "RSA", "ecdsa": "ECDSA"}
"""The ways of signing, as errors call them."""
DIGESTS = frozenset({"md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512"})
_PEM = "-----BEGIN"
WRITTEN_LINE_ENDS = r"is PEM text in which \n is written where a line ends, as in JSON: give it real lines"
"""The fault of a key that was copied out of a file of another kind."""
_LEAST_OF_A_LINE = 16
"""Characters of a line of PEM text that errors are kept free of, too, where it stands alone."""
_URL_SAFE = str.maketrans("-_", "+/")
_KEY_ENCODINGS: Mapping[str, Callable[[str], bytes]] = MappingProxyType(
    {
        "utf-8": str.encode,
        "base64": lambda text: a2b_base64(text.translate(_URL_SAFE), strict_mode=True),
        "hex": bytes.fromhex,
    }
)


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


class KeyCredentials(Hidden):
    """A key that signs in the way of its kind, as ``hk_adapter.hooks.Credentials`` wants them; this one in none.

    ``parts`` are what a venue wants of a key beside its two halves, such as a passphrase, each by its name.

    Raises:
        ConfigurationError: the key or a part is empty, not text, not ASCII, or has blanks around it.
    """

    __slots__ = ("__api_key", "__parts")

    def __init__(self, api_key: NamedValue, parts: Mapping[str, NamedValue]) -> None:
        self.__api_key = api_key.checked()
        self.__parts = {name: value.checked() for name, value in parts.items()}

    @property
    def api_key(self) -> str:
        """The public part, as it goes into a header."""
        return self.__api_key.reveal()

    @property
    def kind(self) -> str:
        """How it signs."""
        raise NotImplementedError

    def part(self, name: str) -> str:
        """Return a further part of the key, to be sent or signed; raise ConfigurationError where it has none such."""
        if name not in self.__parts:
            raise ConfigurationError(f"the key has no {shown(name)}")
        return self.__parts[name].reveal()

    def hide_by(self, hide: Callable[..., object]) -> None:
        """Hand all texts of the key to what leaves them out of errors; nothing else may see them."""
        hide(self.__api_key.reveal(), *(part.reveal() for part in self.__parts.values()))

    def hmac(self, digest: str, message: bytes, *, key_encoding: str = "utf-8") -> bytes:
        """Sign with the secret."""
        raise self._cannot("HMAC", "secret")

    def hmac_sha256(self, message: bytes) -> str:
        """Sign with the secret."""
        raise self._cannot("HMAC", "secret")

    def ed25519(self, message: bytes) -> bytes:
        """Sign with the private key."""
        raise self._cannot("Ed25519", "private_key")

    def rsa(self, digest: str, message: bytes, *, padding: str = "pkcs1v15") -> bytes:
        """Sign with the private key."""
        raise self._cannot("RSA", "private_key")

    def ecdsa(self, digest: str | None, message: bytes, *, form: str = "der") -> bytes:
        """Sign with the private key."""
        raise self._cannot("ECDSA", "private_key")

    def _cannot(self, way: str, needed: str) -> ConfigurationError:
        called, kind = CALLED[self.kind], "" if needed == "secret" else " of that kind"
        return ConfigurationError(f"an {called} key cannot sign by {way}: that takes a key with a {needed}{kind}")


class HmacCredentials(KeyCredentials):
    """A key and the secret that signs for it: one line, or PEM text for a library that signs by itself, such as ccxt.

    Raises:
        ConfigurationError: either is empty, not text, not ASCII, or has blanks around it.
    """

    __slots__ = ("__secret", "__sha256")

    def __init__(
        self,
        api_key: str | Secret | NamedValue,
        secret: str | Secret | NamedValue,
        parts: Mapping[str, NamedValue] = MappingProxyType({}),
    ) -> None:
        halves = given("api_key", api_key), given("secret", secret)
        del api_key, secret
        super().__init__(halves[0], parts)
        self.__secret = halves[1].checked(may_be_pem=True)
        self.__sha256 = hmac.new(self.__secret.reveal().encode(), digestmod="sha256")

    @property
    def kind(self) -> str:
        """How it signs."""
        return "hmac"

    @property
    def is_pem(self) -> bool:
        """Whether the secret is the PEM text of a private key: ccxt signs with such at Coinbase, Binance and Bybit."""
        return _PEM in self.__secret.reveal()

    def hmac(self, digest: str, message: bytes, *, key_encoding: str = "utf-8") -> bytes:
        """Sign by a digest of ``hashlib``'s, with the bytes that the secret stands for.

        Raises InvalidArgument for an unknown digest or encoding, ConfigurationError for a secret that is not in it.
        """
        if digest not in DIGESTS:
            raise InvalidArgument(f"no digest is named {shown(digest)}")
        read = _KEY_ENCODINGS.get(key_encoding)
        if read is None:
            raise InvalidArgument(f"key_encoding must be one of {', '.join(_KEY_ENCODINGS)}, not {shown(key_encoding)}")
        try:
            return hmac.digest(read(self.__secret.reveal()), message, digest)
        except ValueError:
            pass  # what Python says of it could quote it
        raise ConfigurationError(f"the secret is not written in {key_encoding}, as this venue's are")

    def hmac_sha256(self, message: bytes) -> str:
        """Sign with the secret's UTF-8 text as the key; lower-case hex."""
        signature = self.__sha256.copy()
        signature.update(message)
        return signature.hexdigest()

    def hand_to(self, take: Callable[[str, str], object]) -> None:
        """Hand key and secret to a library that signs by itself, such as ccxt; nothing else may see them."""
        take(self.api_key, self.__secret.reveal())

    def hide_by(self, hide: Callable[..., object]) -> None:
        """Hand all texts of the key to what leaves them out of errors; nothing else may see them."""
        super().hide_by(hide)
        secret = self.__secret.reveal()
        hide(secret, *(line for line in secret.splitlines() if len(line) >= _LEAST_OF_A_LINE))


class NamedValue(Hidden):
    """A value as somebody gave it, hidden from the start, with the name that errors call it by."""

    __slots__ = ("name", "value")

    def __init__(self, name: str, value: Any) -> None:
        self.name = name
        self.value = value

    def checked(self, *, may_be_pem: bool = False) -> Secret:
        """Return it as a Secret; raise ConfigurationError, with its name only, if it can be no key.

        ``may_be_pem``: whether it may have lines, as PEM text has.
        """
        text = self.value.reveal() if isinstance(self.value, Secret) else self.value
        escaped = isinstance(text, str) and has_written_line_ends(text)
        if may_be_pem and isinstance(text, str) and text.startswith(_PEM):
            text = text.replace("\r\n", "").replace("\n", "")
        fault = WRITTEN_LINE_ENDS if escaped else _fault(text)
        del text
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


def has_written_line_ends(text: str) -> bool:
    """Whether PEM text has a backslash and an n where a line ends, as in a JSON file or a .env file."""
    return _PEM in text and "\\n" in text


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
