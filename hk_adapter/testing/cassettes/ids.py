"""Client order ids that are the same when a recording is played as they were when it was made."""

from __future__ import annotations

import hashlib
from collections import Counter
from threading import Lock


class ReplayedIds:
    """Gives an id each time it is called: for ``connect(client_ids=...)``, and for bots that make ids of their own.

    With a word, the ids of that word are counted by themselves: give one where calls are in flight side by side.
    """

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._given: Counter[str] = Counter()
        self._lock = Lock()

    def __call__(self, word: str = "") -> str:
        """Return the next id."""
        with self._lock:
            self._given[word] += 1
            count = self._given[word]
        return hashlib.sha256(f"{self._seed}\n{word}\n{count}".encode()).hexdigest()[:24]
