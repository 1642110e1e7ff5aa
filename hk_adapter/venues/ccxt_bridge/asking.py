"""One call of a ccxt method, and what its failure says: refused, not sent, or unknown. Never more than is proven."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from hk_adapter.errors import (
    AdapterError,
    CancelRejected,
    CancelRejectReason,
    OutcomeUnknown,
    PluginError,
    RateLimited,
    RequestState,
    UnexpectedPayload,
    VenueError,
)
from hk_adapter.flow.effects import Flow, Now
from hk_adapter.flow.wire import Response
from hk_adapter.venues.ccxt_bridge.meanings import Meaning, Purpose, meaning_of
from hk_adapter.venues.ccxt_bridge.noted import ORDERS, READS, Asking, Noted

LONGEST_WORDS = 300
"""Characters of a venue's words that an error repeats."""

_QUERY = re.compile(r"\?[^\s\"'<>]*")


class Failures:
    """Turns what ccxt raises into our errors, for one exchange; knows its secrets only to leave them out."""

    def __init__(self, exchange_id: str) -> None:
        self._id = exchange_id
        self._secrets: tuple[str, ...] = ()

    def hide(self, secrets: Iterable[str]) -> None:
        """Leave these texts out of every error from now on."""
        self._secrets += tuple(secret for secret in secrets if secret)

    def __repr__(self) -> str:
        return f"<Failures {self._id}>"

    def error_for(self, raised: Exception, asking: Asking, purpose: Purpose) -> AdapterError:
        """Say what a failed call comes to. The result has neither cause nor frames: those of ccxt hold secrets."""
        if asking.broken is not None:
            return asking.broken.with_traceback(None)
        if isinstance(raised, AdapterError):
            return raised.with_traceback(None)
        meaning = meaning_of(type(raised))
        words = f"{self._id}: {type(raised).__name__}"
        if meaning is None:
            state = RequestState.UNKNOWN if asking.answers else RequestState.NOT_SENT
            return PluginError(f"{words} within ccxt", request_state=state)
        kind = _kind(meaning, raised, asking, purpose)
        if told := self._safe(str(raised)):
            words = f"{words}: {told}"
        error = kind(words)
        if isinstance(error, VenueError) and asking.response is not None:
            error.http_status = asking.response.status
        if isinstance(error, RateLimited):
            error.retry_after = _retry_after(asking.response)
        if isinstance(error, CancelRejected) and type(raised).__name__ == "CancelPending":
            error.reason = CancelRejectReason.BUSY
        return error

    def told(self, check: Callable[..., None], *arguments: Any) -> None:
        """Run a check of ccxt's that sends nothing; raises only AdapterErrors."""
        try:
            check(*arguments)
        except Exception as raised:  # noqa: BLE001 - as in ask_ccxt
            error = self.error_for(raised, Asking(), Purpose.READ)
        else:
            return
        raise error

    def _safe(self, text: str) -> str:
        text = _QUERY.sub("?[hidden]", " ".join(text.removeprefix(self._id).split()))
        for secret in self._secrets:
            text = text.replace(secret, "[hidden]")
        return text[:LONGEST_WORDS]


async def ask_ccxt(
    failures: Failures, purpose: Purpose, method: Callable[..., Flow[Any]], *arguments: Any, **keywords: Any
) -> Any:
    """Await one method of an exchange; raises only AdapterErrors."""
    group = ORDERS if purpose in {Purpose.CANCEL, Purpose.CREATE} else READS
    asking = Asking(group, (await Now()).timestamp)
    try:
        return await Noted(method(*arguments, **keywords), asking)
    except Exception as raised:  # noqa: BLE001 - ccxt's parsers raise whatever an unforeseen answer makes of them
        error = failures.error_for(raised, asking, purpose)
    finally:
        del asking  # it may hold exceptions whose frames hold a signature
    raise error


def _kind(meaning: Meaning, raised: Exception, asking: Asking, purpose: Purpose) -> type[AdapterError]:
    if asking.answers == 0:
        return meaning.unsent
    if purpose is Purpose.READ:
        return meaning.read
    if asking.refusal is None or not _comes_of(raised, asking.refusal):
        # The answer passed for a good one, and then ccxt could not read it.
        return UnexpectedPayload
    if asking.response is not None and asking.response.status >= 500:
        return OutcomeUnknown  # a gateway's, or a venue's that failed: whatever the body says, it may have run
    # Of several requests, an earlier one was answered well, and may have been the one that counts.
    return meaning.answered(purpose) if asking.answers == 1 else OutcomeUnknown


def _comes_of(error: BaseException, source: BaseException) -> bool:
    """Whether an exception is another one, or was raised while that one was handled."""
    link: BaseException | None = error
    for _ in range(10):
        if link is None or link is source:
            break
        link = link.__cause__ or link.__context__
    return link is source


def _retry_after(response: Response | None) -> float | None:
    """Read the header's seconds; None without it, or where it is a date."""
    text = "" if response is None else response.headers.get("retry-after", "").strip()
    return float(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
