"""What a caller may set of HashKey beside the site: the keywords of ``connect`` that only this venue knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, cast, get_args

from msgspec.structs import replace

from hk_adapter.errors import ConfigurationError, shown
from hk_adapter.hooks import VenueSettings
from hk_adapter.record import Record
from hk_adapter.venues.hashkey.parse.market_stream import DepthFrames
from hk_adapter.venues.hashkey.signing import SIGNED_OF_JSON, SignedOfJson
from hk_adapter.venues.hashkey.sites import RATE_LIMITS, Site

DEFAULT_RECV_WINDOW = 5000
LARGEST_RECV_WINDOW = 8000
"""Milliseconds; larger windows are refused since 2026-04-30 (MENA documentation, 2026)."""

CLOCK_AHEAD = 1000
"""Milliseconds that a timestamp may be ahead of the venue's clock; those further ahead are refused."""

SECONDS_AN_ORDER = 0.12
"""What each order takes of a call of several; the older, lower limit has a slot for an order every 0.1 s."""

LONGEST_SECOND_LOOK = 60.0
"""Seconds; no fill is posted later than that, as far as anybody has seen."""

SETTINGS: Mapping[str, type] = {
    "recv_window": int,
    "rate_limits": str,
    "batch_signature": str,
    "batch_path": str,
    "second_look": float,
    "depth_frames": str,
}
KNOWN = tuple(SETTINGS)


class Options(Record, frozen=True, kw_only=True):
    """The settings of one opened site; what each default stands for is in ``docs/venues/hashkey.md``.

    Attributes:
        recv_window: ms; None does not send it, and the venue takes 5000.
        rate_limits: the year of the documentation whose limits are kept.
        batch_signature: what is signed where the body is JSON.
        second_look: seconds after which the end of a canceled order is looked at once more; None takes it as it is.
        depth_frames: how the frames of a book on the public stream are read.
    """

    recv_window: int | None = None
    rate_limits: Literal["2025", "2026"] = "2025"
    batch_signature: SignedOfJson = "query"
    batch_path: str | None = None
    second_look: float | None = None
    depth_frames: DepthFrames = "marked"

    def applied_to(self, site: Site) -> Site:
        """Return the site as these settings have it."""
        paths = site.batch_paths if self.batch_path is None else (self.batch_path,)
        return replace(site, limits=RATE_LIMITS[self.rate_limits], batch_paths=paths)


def read_options(settings: VenueSettings, site: Site) -> Options:
    """Check the caller's settings. Raises ConfigurationError, which shows no value of an unknown one."""
    # A traceback with variables must not show what may be a password: only names and known settings become variables.
    unknown = sorted(set(settings.options) - set(KNOWN))
    if unknown:
        raise ConfigurationError(f"hashkey does not know the setting {shown(unknown[0])}; it knows {', '.join(KNOWN)}")
    given = settings.options
    return Options(
        recv_window=_recv_window(given.get("recv_window")),
        rate_limits=cast("Literal['2025', '2026']", _one_of(given, "rate_limits", RATE_LIMITS) or "2025"),
        batch_signature=cast("SignedOfJson", _one_of(given, "batch_signature", SIGNED_OF_JSON) or "query"),
        batch_path=_one_of(given, "batch_path", site.batch_paths),
        second_look=_second_look(given.get("second_look")),
        depth_frames=cast("DepthFrames", _one_of(given, "depth_frames", get_args(DepthFrames)) or "marked"),
    )


def _one_of(given: Mapping[str, Any], name: str, known: Iterable[str]) -> str | None:
    value = given.get(name)
    if value is None:
        return None
    choices = tuple(known)
    if not isinstance(value, str) or value not in choices:
        raise ConfigurationError(f"{name} must be one of {', '.join(map(repr, choices))}, not {shown(value)}")
    return value


def _second_look(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= LONGEST_SECOND_LOOK:
        told = shown(value)
        raise ConfigurationError(f"second_look must be seconds above 0, up to {LONGEST_SECOND_LOOK:g}, not {told}")
    return float(value)


def _recv_window(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LARGEST_RECV_WINDOW:
        raise ConfigurationError(f"recv_window must be an int of 1 to {LARGEST_RECV_WINDOW} ms, not {shown(value)}")
    return value
