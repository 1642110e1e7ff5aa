"""Arguments of ``connect`` that were misspelt, or named as elsewhere: like any keyword they go to the plugin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from hk_adapter.errors import ConfigurationError
from hk_adapter.record import field_names
from hk_adapter.venue.connect_arguments import ConnectArguments

_NEAR = 0.8
"""Of a ``difflib`` ratio: a letter or two, not a word."""
_BY_ANOTHER_NAME = dict.fromkeys(("sandbox", "sandboxmode", "testnet", "test", "demo"), "environment='sandbox'")
"""What other libraries call it."""
_NO_KEYWORDS = frozenset({"venue_id", "venue_settings", "profiles_key"})


@contextmanager
def naming_what_was_meant(keywords: Iterable[str]) -> Iterator[None]:
    """Let a plugin's refusal of a keyword name the argument of ``connect`` that is near to it."""
    try:
        yield
    except ConfigurationError as error:
        text = str(error)
        meant = _meant(name for name in keywords if repr(name) in text)
        if meant is None:
            raise
        raise ConfigurationError(f"{text}; connect itself takes {meant}") from None


def _meant(refused: Iterable[str]) -> str | None:
    from difflib import get_close_matches  # noqa: PLC0415 - only for what is misspelt

    names = {name.replace("_", ""): name for name in field_names(ConnectArguments) if name not in _NO_KEYWORDS}
    for name in refused:
        plain = name.replace("_", "").lower()
        if plain in _BY_ANOTHER_NAME:
            return _BY_ANOTHER_NAME[plain]
        for near in get_close_matches(plain, names, n=1, cutoff=_NEAR):
            return names[near]
    return None
