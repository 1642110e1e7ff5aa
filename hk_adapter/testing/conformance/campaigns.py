"""The campaign as a case: cancels by the hundred, each fault seeded, judged by who knows the truth."""

from __future__ import annotations

from collections.abc import Callable

from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Script
from hk_adapter.testing.conformance.scripted_campaign.player import ScriptedPlayer

CASE = "test_whatever_befalls_a_cancel_its_report_is_true"


class Campaigns:
    """The case of all faults together."""

    bench: Bench
    script: Script
    absent: frozenset[str]
    cancels: int
    """How many the campaign has."""
    replayed: int | None
    """The seed of the one scenario to play, step by step; None plays the campaign."""
    tell: Callable[[str], None]
    """Takes the history of a replay, to be printed."""

    @needs("cancel_order", "fetch_order")
    def test_whatever_befalls_a_cancel_its_report_is_true(self) -> None:
        """Requests are lost, late, doubled, refused and answered with garbage, and no report says what is not so.

        Look at: what happened, step by step, which ``--hk-replay SEED`` prints for a seed that the failure names.
        ``--hk-cancels N`` plays more.
        """
        stage = ScriptedPlayer(self.bench, self.script, self.absent)
        if self.replayed is None:
            found = stage.run(self.cancels)
            require(not found.wrong, str(found))
            return
        played, wrong = stage.play(self.replayed, told=True)
        self.tell(f"{played.timeline}\nwrong: {', '.join(wrong) or 'nothing'}")
        require(not wrong, f"scenario {self.replayed}: {', '.join(wrong)}")
