"""Numbers for accounts: whose a recording is, is not written, and that two answers are about one account stays true."""

from __future__ import annotations

import re
from collections.abc import Iterable
from threading import Lock

from hk_adapter.testing.cassettes.scrubbing import FIRST_ACCOUNT, MOST_ACCOUNTS

_NUMBERED = re.compile(r"(?<![\w-])(?:\d{19}|account-\d{1,3})(?![\w-])")
_SHORTEST = 6
"""Characters from which on an id is found wherever it stands; shorter ones are numbered only where they are named."""


class Accounts:
    """The accounts of one recording, by their numbers. Thread-safe."""

    def __init__(self) -> None:
        self._numbers: dict[str, str] = {}
        self._lock = Lock()
        self._known: re.Pattern[str] | None = None
        self._expected: list[str] = []

    def expect(self, texts: Iterable[str]) -> None:
        """Let accounts that are asked for by their own ids have the numbers of a recording's requests, in turn."""
        found = (number for text in texts for number in _NUMBERED.findall(text) if is_numbered(number))
        self._expected = list(dict.fromkeys(found))

    def number(self, owner: str) -> str:
        """Return an account's number; one that is a number of ours already keeps it."""
        if is_numbered(owner):
            if owner in self._expected:
                self._expected.remove(owner)  # it was learnt from an answer
            return owner
        with self._lock:
            if owner not in self._numbers:
                self._numbers[owner] = self._expected.pop(0) if self._expected else self._next(owner)
                self._known = _pattern(self._numbers)
            return self._numbers[owner]

    def _next(self, owner: str) -> str:
        number = len(self._numbers)
        return str(FIRST_ACCOUNT + number) if owner.isdigit() else f"account-{number + 1}"

    def everywhere(self, text: str) -> str:
        """Number the known accounts wherever they stand by themselves in a text."""
        known = self._known
        return text if known is None else known.sub(lambda found: self._numbers[found[0]], text)


def is_numbered(owner: str) -> bool:
    """Whether an id is a number of ours."""
    if re.fullmatch(r"account-\d{1,3}", owner):
        return True
    return owner.isdigit() and 0 <= int(owner) - FIRST_ACCOUNT < MOST_ACCOUNTS


def _pattern(numbers: dict[str, str]) -> re.Pattern[str] | None:
    long = [re.escape(owner) for owner in sorted(numbers, key=len, reverse=True) if len(owner) >= _SHORTEST]
    return re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(long)})(?![A-Za-z0-9])") if long else None
