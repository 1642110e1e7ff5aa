"""What happens at the venue while somebody watches: orders come, trade, are canceled; connections and keys end."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from random import Random

from hk_adapter.flow.effects import Sleep
from hk_adapter.simulator import OrderView, Simulator, SimulatorControl
from hk_adapter.simulator.exchange.markets import MARKETS
from hk_adapter.simulator.exchange.orders import OrderTerms
from hk_adapter.simulator.refusals import Refusal
from hk_adapter.testing.stream_campaign.scene import ORDERS, Scene

SYMBOL = "ETHUSD"
_OPEN = ("NEW", "PARTIALLY_FILLED")
_SIDES = ("BUY", "SELL")


class VenueLife:
    """Lets one scene's orders live. ``placed`` lists the ids of those that were taken in."""

    def __init__(
        self,
        simulator: Simulator,
        scene: Scene,
        rng: Random,
        timestamp: Callable[[], int],
        note: Callable[[str], None] = lambda line: None,
    ) -> None:
        self._note = note
        self._simulator = simulator
        self._control = SimulatorControl(simulator)
        self._scene = scene
        self._rng = rng
        self._timestamp = timestamp
        self.placed: list[str] = []

    async def go_on(self, seed: int) -> None:
        """Run, as a flow, until every order of the scene was placed; at the end nothing goes wrong any more."""
        streams = self._control.streams
        await Sleep(1.0)
        streams.disturb(seed, self._scene.disturbed, self._scene.kinds, self._scene.latest)
        for _ in range(ORDERS):
            await Sleep(self._rng.expovariate(2.0))
            self._place()
            for _ in range(self._rng.randint(0, 3)):
                await Sleep(self._rng.expovariate(3.0))
                self._change()
            if self._rng.random() < self._scene.mishaps:
                self._strike()
        streams.disturb(seed, 0)
        self._simulator.streams.faults.refusals.clear()

    def _place(self) -> None:
        now, market, rng = self._timestamp(), MARKETS[SYMBOL], self._rng
        terms = OrderTerms(
            market=market,
            side=rng.choice(_SIDES),
            type=rng.choice(("LIMIT", "LIMIT", "LIMIT", "LIMIT_MAKER")),
            time_in_force="GTC",
            stp_mode=rng.choice(("EXPIRE_TAKER", "EXPIRE_MAKER")),
            price=Decimal(rng.randint(1890, 1910)),
            amount=self._amount(),
        )
        with self._simulator.at(now), suppress(Refusal):
            self.placed.append(self._simulator.venue.intake.place(self._simulator.account, terms, None, now).order_id)

    def _change(self) -> None:
        now = self._timestamp()
        self._control.advance(now)
        orders = [order for order in map(self._control.order, self.placed) if order.status in _OPEN]
        if not orders:
            return
        order = self._rng.choice(orders)
        change = self._rng.choice((self._fill, self._fill, self._cancel, self._end, self._come))
        change(order, now)
        self._note(f"order {order.order_id}: {change.__name__.strip('_')}")

    def _fill(self, order: OrderView, now: int) -> None:
        self._control.fill(order.order_id, min(order.remaining, self._amount()), now=now)

    def _cancel(self, order: OrderView, now: int) -> None:
        found = self._simulator.venue.book.records.by_id(order.order_id)
        with self._simulator.at(now), suppress(Refusal):
            if found is not None:
                self._simulator.venue.intake.cancel(found, now)

    def _end(self, order: OrderView, now: int) -> None:
        self._control.cancel(order.order_id, now=now)

    def _come(self, order: OrderView, now: int) -> None:
        self._control.counter_order(
            SYMBOL, self._rng.choice(_SIDES), self._amount(), self._rng.randint(1890, 1910), now=now
        )

    def _strike(self) -> None:
        streams, now = self._control.streams, self._timestamp()
        strike = self._rng.randint(0, 3)
        self._note(f"struck: {('restart', 'expired keys', 'replaced key', 'refused openings')[strike]}")
        if strike == 0:
            streams.restart(keys_survive=self._rng.random() < 0.5, now=now)
        elif strike == 1:
            streams.expire_keys(now=now)
        elif strike == 2:
            streams.replace_key(now=now)
        else:
            streams.refuse_next(self._rng.choice((0, 404, 503)), times=self._rng.randint(1, 3))

    def _amount(self) -> Decimal:
        return Decimal(self._rng.randint(1, 20)) / 10
