"""Where a history begins: how the call names its order, how that stands, and what its venue is like."""

from __future__ import annotations

from dataclasses import dataclass

from hk_adapter.model import CancelRequest, Wait
from hk_adapter.testing.campaign.histories.world import ORDER_ID, PART, World
from hk_adapter.testing.campaign.truth import End, State

CLIENT_ID = "own-1"
OLDER_ID = "1000"
BEFORE = -20.0
"""Seconds before the call at which its order was placed; one with the same client order id a minute before that."""

_RESTING = (State(BEFORE, PART - PART, None),)
_PARTLY = (*_RESTING, State(BEFORE + 5, PART, None))
_GONE = (*_RESTING, State(BEFORE + 5, PART - PART, End.CANCELED))
_JUST_GONE = (*_RESTING, State(-0.5, PART - PART, End.CANCELED))
_REJECTED = (*_RESTING, State(BEFORE + 5, PART - PART, End.REJECTED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is the same throughout a history. Times in seconds.

    Attributes:
        lags: whether a look-up may show the order as it stood at any time before.
        used_before: whether an older, canceled order had its client order id.
        twice: whether a gateway may deliver a cancel twice and hand back the second answer. With a client order id that
            was used before, nothing tells then which of the two orders the venue's "already ended" is about.
        placed: whether this process has just placed the order, which neither gateway nor views need to know yet.
        others_rows: whether rows carry a price, and another order's may be shown under the order's id.
        timed: whether the venue's rows say when they last changed.
        measured: whether our clock was measured before the call; else it may be wrong by a second.
    """

    name: str
    request: CancelRequest
    world: World
    wait: Wait = Wait.FINAL
    timeout: float = 10.0
    lags: bool = False
    used_before: bool = False
    twice: bool = True
    placed: bool = False
    others_rows: bool = False
    timed: bool = True
    measured: bool = False


_BY_ID = CancelRequest(order_id=ORDER_ID)
_BY_CLIENT_ID = CancelRequest(client_order_id=CLIENT_ID)
_BY_BOTH = CancelRequest(order_id=ORDER_ID, client_order_id=CLIENT_ID)

SETTINGS = (
    Setting(name="resting", request=_BY_ID, world=World(states=_RESTING), measured=True),
    Setting(name="resting, acknowledged is enough", request=_BY_ID, world=World(states=_RESTING), wait=Wait.ACK),
    Setting(name="resting, by client id", request=_BY_CLIENT_ID, world=World(states=_RESTING), measured=True),
    Setting(name="resting, by both ids", request=_BY_BOTH, world=World(states=_RESTING)),
    Setting(name="resting, rows without times", request=_BY_ID, world=World(states=_RESTING), timed=False),
    Setting(name="resting, in a hurry", request=_BY_ID, world=World(states=_RESTING), timeout=1.5),
    Setting(name="partly filled", request=_BY_ID, world=World(states=_PARTLY, changes=1), measured=True),
    Setting(name="canceled long ago", request=_BY_ID, world=World(states=_GONE)),
    Setting(name="canceled a moment ago", request=_BY_ID, world=World(states=_JUST_GONE)),
    Setting(name="canceled a moment ago, by our clock", request=_BY_ID, world=World(states=_JUST_GONE), measured=True),
    Setting(name="rejected", request=_BY_ID, world=World(states=_REJECTED), measured=True),
    Setting(name="never existed", request=_BY_ID, world=World(), measured=True),
    Setting(name="never existed, by client id", request=_BY_CLIENT_ID, world=World()),
    Setting(name="just placed", request=_BY_ID, world=World(states=_RESTING, changes=1), placed=True),
    Setting(
        name="rows of other orders",
        request=_BY_ID,
        world=World(states=_RESTING, changes=1),
        others_rows=True,
        measured=True,
    ),
    Setting(name="views that lag", request=_BY_ID, world=World(states=_RESTING, changes=1), lags=True),
    Setting(
        name="views that lag, by our clock",
        request=_BY_ID,
        world=World(states=_RESTING, changes=1),
        lags=True,
        measured=True,
    ),
    Setting(
        name="client id used before",
        request=_BY_CLIENT_ID,
        world=World(states=_RESTING, changes=0),
        used_before=True,
        twice=False,
        measured=True,
    ),
)
