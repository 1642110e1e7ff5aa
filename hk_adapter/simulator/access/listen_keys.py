"""Listen keys: what a private stream is opened with, whose events it carries, and when it ends.

Sources: HashKey documentation, 2026: 64 letters, good for 60 minutes from the last renewal. Whether a second one can be
had while one lives is not said, nor what answers for one that is gone: both are settings of the dialect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from random import Random
from string import ascii_letters

from hk_adapter.simulator.dialect import Dialect
from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.exchange.agenda import Agenda
from hk_adapter.simulator.refusals import Refusal

VALID_MS = 60 * 60 * 1000
LETTERS = 64


@dataclass(slots=True, eq=False)
class ListenKey:
    """Keep one key's state; `expires` is the venue's time in ms."""

    text: str = field(repr=False)
    account: Account = field(repr=False)
    expires: int


class ListenKeys:
    """Hand out keys, renew them and end them; `on_end` is told of each that ends, and when."""

    def __init__(self, dialect: Dialect, agenda: Agenda, seed: int) -> None:
        self.on_end: Callable[[ListenKey, int], object] = lambda key, now: None
        self._dialect = dialect
        self._agenda = agenda
        self._random = Random(f"listen keys {seed}")  # noqa: S311 - chance must be repeatable here
        self._keys: dict[str, ListenKey] = {}

    def create(self, account: Account, now: int) -> str:
        """Return a key for an account: a new one, or the one it has, renewed, as the dialect has it."""
        living = list(self.of(account))
        if living and self._dialect.listen_key_again == "same":
            living[0].expires = now + VALID_MS
            return living[0].text
        if self._dialect.listen_key_again == "replaces":
            for key in living:
                self.end(key, now)
        return self._new(account, now)

    def replace(self, account: Account, now: int) -> str:
        """End all keys of an account and give it another, whatever the dialect says."""
        for key in list(self.of(account)):
            self.end(key, now)
        return self._new(account, now)

    def renew(self, account: Account, text: str, now: int) -> None:
        """Renew a key for its whole time; Refusal for one that the account does not have."""
        self._key_of(account, text).expires = now + VALID_MS

    def delete(self, account: Account, text: str, now: int) -> None:
        """End a key that is not needed any more; Refusal for one that the account does not have."""
        self.end(self._key_of(account, text), now)

    def find(self, text: str) -> ListenKey | None:
        """Find a key that lives."""
        return self._keys.get(text)

    def of(self, account: Account) -> Iterator[ListenKey]:
        """Yield the keys of an account that live, the oldest first."""
        return (key for key in self._keys.values() if key.account is account)

    def all(self) -> list[ListenKey]:
        """List every key that lives."""
        return list(self._keys.values())

    def end(self, key: ListenKey, now: int) -> None:
        """End a key."""
        if self._keys.pop(key.text, None) is not None:
            self.on_end(key, now)

    def _new(self, account: Account, now: int) -> str:
        text = "".join(self._random.choices(ascii_letters, k=LETTERS))
        key = self._keys[text] = ListenKey(text, account, now + VALID_MS)
        self._agenda.add(key.expires, partial(self._expire, key))
        return text

    def _key_of(self, account: Account, text: str) -> ListenKey:
        key = self._keys.get(text)
        if key is None or key.account is not account:
            raise Refusal(self._dialect.listen_key_unknown, "listenKey")
        return key

    def _expire(self, key: ListenKey, now: int) -> None:
        if key.text not in self._keys:
            return
        if now >= key.expires:
            self.end(key, now)
        else:
            self._agenda.add(key.expires, partial(self._expire, key))
