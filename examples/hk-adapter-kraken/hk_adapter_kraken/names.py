"""Between ``BTC/USD`` and what Kraken calls it: ``XBTUSD`` in orders, ``XXBTZUSD`` in lists of fills, ``XBT/USD``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import hk_adapter as hk

_CODES = {"XBT": "BTC", "XDG": "DOGE"}
_LEGACY = "XXBT XXDG XETH XETC XLTC XMLN XREP XXLM XXMR XXRP XZEC ZAUD ZCAD ZEUR ZGBP ZJPY ZUSD"
_SHORT = {word: word[1:] for word in _LEGACY.split()}
"""Assets whose older names have a letter before them; all others are named as they are."""


def currency(word: str) -> str:
    """Write Kraken's name of an asset in the common way: ``XXBT`` and ``XBT`` are ``BTC``."""
    short = _SHORT.get(word, word)
    return _CODES.get(short, short)


class Names:
    """What Kraken calls its markets, by its own list of pairs."""

    def __init__(self) -> None:
        self._symbols: Mapping[str, str] = {}
        self._words: Mapping[str, str] = {}

    def learn(self, markets: Iterable[hk.Market]) -> None:
        """Keep the names of markets, beside those known already."""
        # New mappings each time: another thread may be reading the old ones.
        learned = {market.symbol: str(market.info["altname"]) for market in markets}
        pairs = {market.id: market.symbol for market in markets}
        self._words = {**self._words, **learned}
        self._symbols = {**self._symbols, **pairs, **{word: symbol for symbol, word in learned.items()}}

    def word(self, symbol: str) -> str:
        """Write a symbol in Kraken's way. Raises InvalidArgument for one that its list of pairs has not."""
        if symbol not in self._words:
            raise hk.InvalidArgument(f"symbol: kraken lists no {symbol[:40]!r}; load_markets tells what it lists")
        return self._words[symbol]

    def symbol(self, word: str) -> str | None:
        """Read Kraken's word; None for a pair that its list has not, or before that was read."""
        return self._symbols.get(word)
