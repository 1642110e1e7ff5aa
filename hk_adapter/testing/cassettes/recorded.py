"""A venue that is recorded where that was asked for, from a simulator or a sandbox, and played back ever after."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import hk_adapter as hk
from hk_adapter import registry
from hk_adapter.hooks import VenueSettings
from hk_adapter.settings import Secret
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, serve
from hk_adapter.simulator.control import SimulatorControl
from hk_adapter.simulator.opening import VENUE_ID
from hk_adapter.simulator.server import Served
from hk_adapter.testing.cassettes.replay_time import machine_ms
from hk_adapter.testing.cassettes.scrubbing import LOOPBACK
from hk_adapter.testing.cassettes.tape import Tape

SERVED = (VENUE_ID, f"ccxt:{VENUE_ID}")
"""The venues that a simulator is served for."""
_KEYS = ("api_key", "secret", "private_key", "key_parts")
_WHO = ("password", "uid", "login", "twofa", "token", "accountId")
"""What else some exchanges of ccxt's want of a key: where none is at hand, anything will do for a recording."""
_NOBODY = "replayed"
_NO_SECRET = "e5c1f0a7d92b4c86" * 4
"""Signs whatever a venue wants of a secret: it is text, hex and Base64. No id begins so, as many end in zeros."""


class Recorded:
    """Opens venues as a test's recording wants it.

    While it is made, the venue is the simulator that is served for it, or, where ``environment`` or ``base_url`` say
    so, a real one, with the caller's keys. While it is played, the same calls open the same host with keys that are
    none and without a rate limit, and nothing goes out.
    """

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._served: Served | None = None
        self._opened: list[Callable[[], object]] = []

    @property
    def recording(self) -> bool:
        """Whether the recording is made now."""
        return not self._tape.replays

    @property
    def requests(self) -> list[Any]:
        """The requests that are recorded by now, or that the recording has, as VCR.py keeps them."""
        return list(self._tape.cassette.requests)

    @property
    def simulator(self) -> SimulatorControl | None:
        """The control handle of the simulator that is recorded; None while the recording is played."""
        return self._serve().control if self.recording else None

    def at_venue(self, action: str, *arguments: Any, **keywords: Any) -> Any:
        """Let the simulator do something by itself, such as ``fill``; None while what came of it is played."""
        control = self.simulator
        if control is None:
            return None
        control.advance(machine_ms())  # as it would be for anybody who does something there now
        return getattr(control, action)(*arguments, **keywords)

    def connect(self, venue_id: str = VENUE_ID, **given: Any) -> hk.Venue:
        """Open a venue for threads, as ``hk_adapter.connect``; it is closed when the test is over."""
        venue = hk.connect(venue_id, **self.arguments(venue_id, **given))
        self._opened.append(venue.close)
        return venue

    def connect_async(self, venue_id: str = VENUE_ID, **given: Any) -> hk.AsyncVenue:
        """Open a venue for asyncio, as ``hk_adapter.connect_async``; close it by ``async with``."""
        return hk.connect_async(venue_id, **self.arguments(venue_id, **given))

    def arguments(self, venue_id: str = VENUE_ID, **given: Any) -> dict[str, Any]:
        """Return the arguments of ``connect`` for a bot that opens the venue itself."""
        own = dict(given)
        if not self._is_real(given) and venue_id in SERVED:
            own |= self._simulated(venue_id, given)
        if not self.recording:
            own |= {name: None for name in _KEYS if name in own} | _no_keys() | {"budget": "unlimited"}
            return own | {name: _NOBODY for name in _WHO if name in own and own[name] is None}
        texts = (one.reveal() if isinstance(one, Secret) else one for one in (own.get(name) for name in _KEYS))
        self._tape.writing.hide(*(text for text in texts if isinstance(text, str)))
        return own

    def exchange(self, name: str = "hkadapter", *, asyncio: bool = False, **config: Any) -> Any:
        """Make an instance of ccxt's class of that name, or another one that this package has registered."""
        import ccxt  # noqa: PLC0415 - only for bots that speak ccxt
        import ccxt.async_support  # noqa: PLC0415

        from hk_adapter.ccxt_facade import register  # noqa: PLC0415

        register()
        made = getattr(ccxt.async_support if asyncio else ccxt, name)(self.ccxt_config(**config))
        if not asyncio:
            self._opened.append(made.session.close)
        return made

    def ccxt_config(self, **config: Any) -> dict[str, Any]:
        """Return the configuration of ``ccxt.hkadapter`` for a bot that makes the instance itself."""
        options = {"url": self._url()} | config.get("options", {})
        if self.recording:
            key, secret = config.get("apiKey") or DEFAULT_API_KEY, config.get("secret") or DEFAULT_SECRET
        else:
            key, secret = _no_keys().values()
        keys = {"apiKey": key, "secret": secret}
        self._tape.writing.hide(*keys.values())
        self._declare(options["url"])
        return {"enableRateLimit": False} | config | keys | {"options": options}

    def close(self) -> None:
        """Close what is open, and the simulator."""
        for close in reversed(self._opened):
            close()
        if self._served is not None:
            self._served.close()

    def _is_real(self, given: dict[str, Any]) -> bool:
        return bool(given.get("environment") or given.get("base_url") or given.get("profile"))

    def _simulated(self, venue_id: str, given: dict[str, Any]) -> dict[str, Any]:
        keys = {"api_key": given.get("api_key", DEFAULT_API_KEY), "secret": given.get("secret", DEFAULT_SECRET)}
        place = {"environment": "sandbox"} if venue_id == VENUE_ID else {}
        return {"base_url": self._url(), "budget": "unlimited", **place, **keys}

    def _url(self) -> str:
        return self._serve().url if self.recording else f"http://{LOOPBACK}"

    def _serve(self) -> Served:
        if self._served is None:
            self._served = serve()
            self._tape.lives_by_our_clock = True
        return self._served

    def _declare(self, url: str) -> None:
        """Report at once whose host it is that ccxt's class asks: it opens our connection with the first cancel."""
        settings = VenueSettings(venue_id=VENUE_ID, environment="sandbox", base_url=url)
        self._tape.writing.opened(settings, registry.open_venue(settings), registry.KeyRedactor())


def _no_keys() -> dict[str, str]:
    """Return keys that are none, and that no other test has: a rate limit told to one silences all its connections."""
    return {"api_key": f"replayed-{uuid.uuid4().hex}", "secret": _NO_SECRET}
