"""What becomes of the stream that is open beside the calls of a scenario: drawn from its seed, the calls unchanged."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hk_adapter.record import Record
from hk_adapter.simulator import Dialect, StreamFault
from hk_adapter.testing.campaign.scenario import Scenario

BEGINS = -1.5
"""When a stream is opened that is live as the calls begin, in seconds from then."""
MISHAPS = ("restart", "restart, keys lost", "expired key", "replaced key")

_WORDS = {
    name: words
    for name, words in Dialect.candidates().items()
    if name.startswith(("stream_", "listen_key_")) and name != "listen_key_signature"
}
_DELAYS = ((0, 0), (0, 0), (0, 60), (0, 400))


class StreamTrouble(Record, frozen=True, kw_only=True):
    """What was drawn.

    Attributes:
        begins: when the stream is opened, in seconds from the first call.
        spared: whether nothing befalls its own requests until then.
        disturbed: how probable it is that a frame goes wrong.
        latest: how late one may be, in ms.
        mishaps: what ends the connection or its key, and when.
        refusals: the HTTP statuses with which the first openings after the calls began are refused; 0: no connection.
    """

    begins: float
    spared: bool
    disturbed: float
    latest: int
    mishaps: tuple[tuple[float, str], ...]
    refusals: tuple[int, ...]

    @property
    def is_calm(self) -> bool:
        """Whether nothing goes wrong with the stream at all."""
        return self.spared and not (self.disturbed or self.mishaps or self.refusals)


FAULTS = tuple(StreamFault)


def draw_stream(scenario: Scenario) -> StreamTrouble:
    """Draw it, and give the scenario's venue its words for streams. In most scenarios the stream is open and calm."""
    dice = Random(f"stream {scenario.seed}")  # noqa: S311 - it repeats, and leaves the scenario what it is
    words: dict[str, str | int] = {}
    if dice.random() < 0.2:
        words = {name: dice.choice(_WORDS[name]) for name in _WORDS}
    delay = dice.choice(_DELAYS)
    if words or delay != (0, 0):
        scenario.dialect = replace(scenario.dialect, stream_delay_ms=delay, **words)  # type: ignore[arg-type]
    troubled = dice.random() < scenario.rate * 2
    spared = not troubled or dice.random() < 0.7
    mishaps: list[tuple[float, str]] = []
    if troubled and dice.random() < 0.5:
        soon = dice.random() * dice.choice((0.1, 1.0, 10.0))
        mishaps = [(soon + number * dice.random(), dice.choice(MISHAPS)) for number in range(dice.randint(1, 3))]
    return StreamTrouble(
        begins=BEGINS if spared else dice.choice((BEGINS, -0.3, -0.05)),
        spared=spared,
        disturbed=dice.choice((0.0, 0.1, 0.5, 1.0)) if troubled else 0.0,
        latest=dice.choice((50, 1000, 5000)),
        mishaps=tuple(sorted(mishaps)),
        refusals=tuple(dice.choice((0, 404, 503)) for _ in range(dice.randint(0, 2))) if mishaps else (),
    )
