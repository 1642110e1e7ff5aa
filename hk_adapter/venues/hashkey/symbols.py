"""Between ``ETH/USD`` and HashKey's ``ETHUSD``, which has no separator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from hk_adapter.errors import InvalidArgument
from hk_adapter.model import Market

Unify = Callable[[str, str | None], str | None]
"""From the venue's word for a market, and the symbol that the caller used, to the unified symbol."""

QUOTES = ("USD", "HKD", "USDT", "USDC", "FDUSD")
"""Quote currencies of the HK, Global and MENA catalogues in September 2026."""


def venue_symbol(symbol: str) -> str:
    """Write a unified spot symbol in the venue's way. Raises InvalidArgument for anything else."""
    base, slash, quote = symbol.partition("/")
    if not slash or not (base.isalnum() and quote.isalnum() and symbol.isascii()) or symbol != symbol.upper():
        raise InvalidArgument(f"symbol must be a unified spot symbol such as 'ETH/USD', not {symbol[:40]!r}")
    return base + quote


LONGEST_WORD = 64
"""Letters of a market's name, several times those of the longest one: what is longer is none, and is not kept."""


def unified_symbol(word: str, asked: str | None) -> str | None:
    """Read the venue's word: as the caller's own symbol if it fits, else by its quote currency.

    None where no quote currency fits, or more than one (``BTCFDUSD``), and for words with other signs. Such a word
    stays as it is where it contradicts ``asked``, so that the contradiction shows.
    """
    if len(word) > LONGEST_WORD:
        return None if asked is None else word
    return _unified(word, asked)


@lru_cache(maxsize=1024)
def _unified(word: str, asked: str | None) -> str | None:
    if asked is not None and venue_symbol(asked) == word:
        return asked
    fitting = [quote for quote in QUOTES if word.endswith(quote) and len(word) > len(quote)]
    if len(fitting) != 1 or not (word.isascii() and word.isalnum()):
        return None if asked is None else word
    return f"{word.removesuffix(fitting[0])}/{fitting[0]}"


class SymbolNames:
    """What the venue calls its markets: by its own catalogue once that was read, by the rules above before."""

    def __init__(self) -> None:
        self._symbols: Mapping[str, str] = {}
        self._words: Mapping[str, str] = {}

    def learn(self, markets: Iterable[Market]) -> None:
        """Keep the names of markets, beside those known already; a market may have a new word."""
        learned = {market.symbol: market.id for market in markets}
        # New mappings each time: another thread may be reading the old ones.
        self._words = {**self._words, **learned}
        self._symbols = {word: symbol for symbol, word in self._words.items()}

    @property
    def words(self) -> frozenset[str]:
        """The venue's words for the markets of its catalogue; empty before that was read."""
        return frozenset(self._symbols)

    def word(self, symbol: str) -> str:
        """Write a unified symbol in the venue's way.

        Raises InvalidArgument for what no unified spot symbol is, and for one that the venue would take for another
        market: without its slash ``ETHU/SD`` is ``ETH/USD``.
        """
        joined = venue_symbol(symbol)
        if symbol in self._words:
            return self._words[symbol]
        meant = self.unified(joined, None)
        if meant not in (None, symbol):
            hint = "" if self._words else "; if there is such a market, load the markets first"
            raise InvalidArgument(f"symbol: hashkey would take {symbol!r} for {meant!r}{hint}")
        return joined

    def unified(self, word: str, asked: str | None) -> str | None:
        """Read the venue's word; exact for every market of the catalogue. Else as ``unified_symbol``."""
        return self._symbols.get(word) or unified_symbol(word, asked)
