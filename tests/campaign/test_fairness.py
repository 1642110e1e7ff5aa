"""What the faults may claim: an unfair one would blame the adapter for the venue's lie."""

from random import Random

from hk_adapter.testing.campaign.fault_list import ALL_FAULTS
from hk_adapter.testing.campaign.faults import Fault, Forged, ForgeryContext, Point, Purpose, Row
from hk_adapter.testing.campaign.truth import Word
from tests.cases import each

FORGERS = [fault for fault in ALL_FAULTS if fault.forge is not None]
ROW: Row = {
    "orderId": "7",
    "clientOrderId": "own",
    "symbol": "ETHUSD",
    "origQty": "1",
    "executedQty": "0.4",
    "status": "PARTIALLY_FILLED",
    "side": "BUY",
    "type": "LIMIT",
}


def _forgeries(fault: Fault, purpose: Purpose) -> list[Forged]:
    assert fault.forge is not None
    row = None if purpose is Purpose.TIME else dict(ROW)
    drawn = (fault.forge(ForgeryContext(Random(seed), purpose, row, row)) for seed in range(300))
    return [forged for forged in drawn if forged is not None]


@each("fault", FORGERS, ids=lambda fault: fault.name)
def test_a_refusal_is_only_given_instead_of_acting(fault: Fault) -> None:
    """What may have run is never answered with a definite refusal."""
    words = {forged.word for forged in _forgeries(fault, Purpose.CANCEL)}
    if Word.REFUSED in words:
        assert fault.point is Point.INSTEAD
    if Word.ACCEPTED in words:
        assert fault.point is Point.AFTER_ACTING


@each("fault", FORGERS, ids=lambda fault: fault.name)
def test_only_the_venue_itself_says_that_an_order_is_finished_or_not_there(fault: Fault) -> None:
    """No fault says "filled already" or "canceled already" below HTTP 500, nor "not found" to a look-up."""
    told = {purpose: _forgeries(fault, purpose) for purpose in (Purpose.CANCEL, Purpose.QUERY)}
    for purpose, forgeries in told.items():
        forbidden = ["-1139", "-1142", "-1138"] + (["0211", "-1143", "-2013"] if purpose is Purpose.QUERY else [])
        for forged in forgeries:
            claims = [code for code in forbidden if f'"{code}"'.encode() in forged.response.body]
            assert not claims or forged.response.status >= 500
