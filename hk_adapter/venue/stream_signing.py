"""What a venue's plugin signs of its streams: the texts that go out first over one that is open."""

from __future__ import annotations

from collections.abc import Callable

from hk_adapter.errors import AdapterError, PluginError
from hk_adapter.flow.contained import fault_in
from hk_adapter.hooks import Credentials, OpenedVenue
from hk_adapter.model import StreamPlan
from hk_adapter.registry import KeyRedactor

SignFirst = Callable[[StreamPlan, int], tuple[str, ...]]
"""Writes the signed texts of a plan, at the venue's time in ms UTC. Raises PluginError where the plugin breaks."""


def stream_signer(venue: OpenedVenue, credentials: Credentials | None, redactor: KeyRedactor) -> SignFirst | None:
    """Return what signs a venue's streams with a key; None where its plugin signs none."""
    if not hasattr(venue, "sign_stream"):
        return None
    sign = redactor.redacting(venue.sign_stream)

    def signed(plan: StreamPlan, timestamp: int) -> tuple[str, ...]:
        try:
            return _texts(sign(plan, credentials, timestamp))
        except BaseException as error:
            fault = fault_in(error, "sign_stream")
            if fault is None:
                raise
        if isinstance(fault, AdapterError):
            raise fault
        raise PluginError(f"the venue's plugin could not sign a stream: {type(fault).__name__}") from fault

    return signed


def _texts(given: object) -> tuple[str, ...]:
    if type(given) is not tuple or not all(isinstance(text, str) for text in given):
        raise PluginError("sign_stream gave something else than a tuple of texts")
    return tuple(str.__str__(text) for text in given)
