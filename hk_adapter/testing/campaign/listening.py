"""A stream that is open beside the calls of a scenario, with one who watches it; and what was told him, judged."""

from __future__ import annotations

from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.streams.asking import Asking
from hk_adapter.execution.streams.consumer import Consumer
from hk_adapter.execution.streams.keeper import Keeper
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import OrderUpdate
from hk_adapter.simulator import VENUE_ID, SimulatorControl
from hk_adapter.testing.campaign.beside import TimeBeside, WakefulRunner
from hk_adapter.testing.campaign.case import Case
from hk_adapter.testing.campaign.scenario import Scenario
from hk_adapter.testing.campaign.scenario_venue import ScenarioVenue
from hk_adapter.testing.campaign.stream_plan import FAULTS, StreamTrouble
from hk_adapter.testing.campaign.timeline import Timeline
from hk_adapter.testing.campaign.told import is_told_wrong, told_of
from hk_adapter.testing.campaign.verdicts import Verdict

_PATIENCE = 60.0
_TIMEOUT = 10.0


class Watcher(Consumer):
    """Writes down what it is told, and when."""

    def __init__(self, time: TimeBeside, timeline: Timeline) -> None:
        super().__init__()
        self._time = time
        self._timeline = timeline
        self.told: dict[str, list[tuple[float, OrderUpdate]]] = {}

    def offer(self, update: OrderUpdate) -> None:
        """Write it down."""
        self.told.setdefault(update.order.id or "", []).append((self._time.now, update))
        if self._timeline.kept:
            order = update.order
            how = "live" if update.live else "found by asking"
            self._timeline.add(self._time.now, f"told of {order.id}: {order.status}, filled {order.filled}; {how}")


def keeper_of(hooks: VenueHooks, looks: SharedLookups) -> Keeper:
    """Return what keeps a stream as an opened venue's does, and is heard by those who look."""
    asking = Asking(hooks=hooks, venue_id=VENUE_ID, place=None, timeout=_TIMEOUT)
    return Keeper(asking, _PATIENCE, looks)


class Listening:
    """The stream of one scenario, from its opening until the calls are over."""

    def __init__(
        self,
        scenario: Scenario,
        keeper: Keeper,
        place: ScenarioVenue,
        runner: WakefulRunner,
        time: TimeBeside,
        timeline: Timeline,
    ) -> None:
        self._scenario = scenario
        self._keeper = keeper
        self._place = place
        self._runner = runner
        self._time = time
        self._timeline = timeline
        self._watcher = Watcher(time, timeline)

    def begin(self, trouble: StreamTrouble, seed: int) -> None:
        """Open the stream, and go on to the moment when the calls begin."""
        self._arrange(trouble, seed)
        self._keeper.feed.join(self._watcher)
        self._time.play(self._runner._drive(self._keeper.run()))
        self._time.jump(0.0)
        self._timeline.add(0.0, f"the stream is {'live' if self._keeper.is_live else 'not live'}")

    def close(self) -> None:
        """Leave the stream as it is, and hand over to the oracle what is wrong with what was told."""
        if self._time.raised is not None:
            self._timeline.add(self._time.now, f"the stream was given up: {self._time.raised!r}")
        self._time.close()
        for case in self._place.cases:
            own = told_of(case.truth, self._watcher.told.get(case.order_id, ()))
            if is_told_wrong(own, case.truth) and not self._is_untold(case):
                case.truth.misconduct = {*case.truth.misconduct, Verdict.TOLD_WRONG}

    def _is_untold(self, case: Case) -> bool:
        """Whether the venue does not tell which of two orders with one id it shows to who names no symbol."""
        by_symbol = self._scenario.by_symbol
        return by_symbol is not None and not by_symbol.told and case.namesake is not None

    def _arrange(self, trouble: StreamTrouble, seed: int) -> None:
        control = SimulatorControl(self._place.simulator).streams
        time_of = self._place.time

        def disturb(now: float) -> None:
            control.disturb(seed, trouble.disturbed, FAULTS, trouble.latest)

        def strike(kind: str, now: float) -> None:
            self._timeline.add(now, f"the stream is struck: {kind}")
            for status in trouble.refusals:
                control.refuse_next(status)
            if kind.startswith("restart"):
                control.restart(keys_survive=kind == "restart", now=time_of(now))
            elif kind == "expired key":
                control.expire_keys(now=time_of(now))
            else:
                control.replace_key(now=time_of(now))

        if trouble.disturbed:
            self._place.at(0.0 if trouble.spared else trouble.begins, disturb)
        for when, kind in trouble.mishaps:
            self._place.at(when, lambda now, kind=kind: strike(kind, now))  # type: ignore[misc]
