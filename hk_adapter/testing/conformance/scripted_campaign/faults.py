"""What may strike a scripted venue's requests: the campaign's faults of the network, and forgeries of the script's."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from hk_adapter.flow.http import Response
from hk_adapter.model import CancelOutcome, OrderStatus
from hk_adapter.simulator import SimResponse
from hk_adapter.testing.campaign.faults import NETWORK, ORDERS, Fault, Forge, Forged, ForgeryContext, Point, Purpose
from hk_adapter.testing.campaign.forged_bodies import GARBAGE
from hk_adapter.testing.campaign.truth import Word
from hk_adapter.testing.conformance.own_answers import is_among, own_answers
from hk_adapter.testing.conformance.script import Asked, Refusal, Script
from hk_adapter.testing.conformance.scripted_data import ScriptedOrder
from hk_adapter.testing.conformance.written import has_words_for, refusal_of

UNKNOWN_STATUS = "zz_nobody_knows"
OUTCOMES = {
    Refusal.NO_SUCH_ORDER: CancelOutcome.REJECTED,
    Refusal.ENDED: CancelOutcome.REJECTED,
    Refusal.BAD_KEY: CancelOutcome.AUTH,
    Refusal.RATE_LIMITED: CancelOutcome.RATE_LIMITED,
    Refusal.CLOSED: CancelOutcome.VENUE_DOWN,
    Refusal.CLOCK_SKEW: CancelOutcome.CLOCK_SKEW,
}
"""What a refused cancel amounts to; one that is not here leaves open whether it ran."""

_ONE_VENUES_FORM = frozenset({"success code and nothing else", "code of an odd type", "JSON at HTTP 201"})
"""Garbage to the venue that the campaign plays else: another one may answer so."""
_CUT = "truncated unnoticed"
_INSTEAD = (Refusal.BAD_KEY, Refusal.RATE_LIMITED, Refusal.CLOSED, Refusal.CLOCK_SKEW)
_QUERY, _CANCEL = frozenset({Purpose.QUERY}), frozenset({Purpose.CANCEL})
_OFTEN = 3
"""What a plugin may misread is drawn so many times as often as what mostly the host has to deal with."""
_STRANGER = 800
"""The number of an order that nobody of the scenario has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedGround(ForgeryContext):
    """What a forger may draw on: the order as it is, and as it was before a cancel ran; None where there is none."""

    asked: Asked
    order: ScriptedOrder | None
    earlier: ScriptedOrder | None


def faults_over(script: Script, absent: Container[str], strangers_own_id: str) -> Mapping[Purpose, Sequence[Fault]]:
    """List what may strike requests for an order; nothing strikes others.

    ``strangers_own_id`` is a client order id that no order of a scenario has.
    """
    forger = _Forger(script, strangers_own_id)
    misread = [*forger.rows(), *([] if Refusal.UNKNOWN_WORD in absent else [forger.undocumented()])]
    every = (
        *(fault for fault in NETWORK if fault.name != _CUT),
        *(forger.fair(fault) for fault in GARBAGE if fault.name not in _ONE_VENUES_FORM),
        *(forger.instead(refusal) for refusal in _INSTEAD if refusal not in absent and has_words_for(script, refusal)),
        *([] if Refusal.NO_SUCH_ORDER in absent else [forger.instead(Refusal.NO_SUCH_ORDER, _CANCEL)]),
        *(misread * _OFTEN),
    )
    return {purpose: tuple(fault for fault in every if purpose in fault.purposes) for purpose in ORDERS}


class _Forger:
    """Forges answers that the script would write."""

    def __init__(self, script: Script, strangers_own_id: str) -> None:
        self._script = script
        self._strangers_own_id = strangers_own_id

    def fair(self, fault: Fault) -> Fault:
        """Return garbage that strikes only where the venue itself would not answer so: then it is a word of its own."""

        def forge(ground: ForgeryContext) -> Forged | None:
            forged = None if fault.forge is None else fault.forge(ground)
            if forged is None or not isinstance(ground, ScriptedGround):
                return forged
            own = own_answers(self._script, ground.asked, [] if ground.order is None else [ground.order])
            return None if is_among(forged.response.status, forged.response.body, own) else forged

        return Fault(fault.name, fault.point, ORDERS, forge)

    def rows(self) -> Sequence[Fault]:
        """Return answers that prove nothing, or less than they say."""
        return (
            Fault(_CUT, Point.EITHER, ORDERS, self._cut),
            Fault("unknown status word", Point.EITHER, _QUERY, self._unknown_word),
            Fault("another order's answer", Point.EITHER, _QUERY, self._of_another),
            Fault("stale answer", Point.AFTER_ACTING, _QUERY, self._stale),
            Fault("fills out of order", Point.AFTER_ACTING, _QUERY, self._fewer_fills),
        )

    def instead(self, refusal: Refusal, purposes: frozenset[Purpose] = ORDERS) -> Fault:
        """Return a refusal that comes in place of acting."""
        forge = self._refusing(refusal, Word.REFUSED, OUTCOMES[refusal])
        return Fault(f"refused: {refusal}", Point.INSTEAD, purposes, forge)

    def undocumented(self) -> Fault:
        """Return a word that nobody knows, which may come of what ran."""
        return Fault("undocumented word", Point.EITHER, ORDERS, self._refusing(Refusal.UNKNOWN_WORD, Word.DOUBT, None))

    def _refusing(self, refusal: Refusal, word: Word, outcome: CancelOutcome | None) -> Forge:
        def forge(ground: ForgeryContext) -> Forged | None:
            if not isinstance(ground, ScriptedGround):
                return None
            return Forged(_sent(refusal_of(self._script, ground.asked, refusal)), word, outcome)

        return forge

    def _true(self, ground: ForgeryContext) -> Response | None:
        """Write the answer that would be true; None for a list, and for an order that there is not."""
        if not isinstance(ground, ScriptedGround) or ground.order is None:
            return None
        cancels = ground.purpose is Purpose.CANCEL
        return self._script.accepted(ground.order) if cancels else self._script.order(ground.order)

    def _cut(self, ground: ForgeryContext) -> Forged | None:
        true = self._true(ground)
        if true is None or not true.body.strip():
            return None
        cut = true.body[: ground.rng.randrange(len(true.body.strip()))]
        return Forged(SimResponse(true.status, true.headers, cut))

    def _row(self, change: Callable[[ScriptedOrder], ScriptedOrder]) -> Callable[[ForgeryContext], Forged | None]:
        """Show an order otherwise than it is, where the answer shows that at all."""

        def forge(ground: ForgeryContext) -> Forged | None:
            true = self._true(ground)
            if true is None or not isinstance(ground, ScriptedGround) or ground.order is None:
                return None
            changed = self._script.order(change(ground.order))
            return None if changed.body == true.body else Forged(_sent(changed))

        return forge

    def _unknown_word(self, ground: ForgeryContext) -> Forged | None:
        return self._row(lambda one: replace(one, word=UNKNOWN_STATUS))(ground)

    def _of_another(self, ground: ForgeryContext) -> Forged | None:
        status = ground.rng.choice((OrderStatus.OPEN, OrderStatus.CANCELED))
        number = self._script.order_id(_STRANGER)

        def another(one: ScriptedOrder) -> ScriptedOrder:
            own = None if one.client_order_id is None else self._strangers_own_id
            return replace(one, id=number, client_order_id=own, status=status)

        return self._row(another)(ground)

    def _stale(self, ground: ForgeryContext) -> Forged | None:
        earlier = ground.earlier if isinstance(ground, ScriptedGround) else None
        return None if earlier is None else Forged(_sent(self._script.order(earlier)))

    def _fewer_fills(self, ground: ForgeryContext) -> Forged | None:
        order = ground.order if isinstance(ground, ScriptedGround) else None
        if order is None or order.is_ended or not order.filled:
            return None
        return self._row(lambda one: replace(one, filled=one.filled * 0))(ground)


def _sent(response: Response) -> SimResponse:
    return SimResponse(response.status, response.headers, response.body)
