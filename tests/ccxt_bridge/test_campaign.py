"""The campaign through the bridge: faulted cancels against a venue whose truth is known, in virtual time.

What a code or a word of the venue's means, the bridge has from ccxt's tables, and the campaign's oracle from our own.
Where a fault forges such an answer, the two may differ; where the network fails, they must not.
"""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit

import hk_adapter as hk
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.operate import Core
from hk_adapter.flow.http import Response
from hk_adapter.hooks import VenueSettings
from hk_adapter.registry import open_venue, venue_hooks, venue_manager
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, SimRequest, Simulator
from hk_adapter.testing.campaign.fault_list import FAULTS
from hk_adapter.testing.campaign.hashkey_language import HashKeyLanguage
from hk_adapter.testing.campaign.kinds import Kind
from hk_adapter.testing.campaign.oracle import judge
from hk_adapter.testing.campaign.player import ScenarioCore, Stage
from hk_adapter.testing.campaign.scenario import EPOCH
from hk_adapter.testing.campaign.verdicts import Verdict
from hk_adapter.venues.ccxt_bridge.call_record import ORDERS
from tests.ccxt_bridge.by_hand import run

NOT_JUDGED = {Verdict.OVER_LIMIT, Verdict.WRONG_AMBIGUOUS}
"""ccxt's own throttle is looser than HashKey's limits; and it knows fewer refusals, so that more sends are in doubt."""
CCXTS_WORD = {
    Verdict.FALSE_PENDING,
    Verdict.FALSE_REFUSAL,
    Verdict.WRONG_REASON,
    Verdict.FALSE_ALREADY,
    Verdict.WRONG_END,
    Verdict.INVENTED_END,
}
"""What a forged answer can bring about that ccxt's tables, or its parser's guesses, take for something else."""


class BridgeStage(Stage):
    """Plays the scenarios through ``ccxt:hashkey``."""

    def __init__(self):
        super().__init__()
        options = {"enableRateLimit": False}  # each scenario begins at time 0 again
        self.venue = open_venue(VenueSettings(venue_id="ccxt:hashkey", environment="simulator", options=options))
        self.venue.take_key(DEFAULT_API_KEY, DEFAULT_SECRET)
        simulator = Simulator()

        def answer(request):
            path = urlsplit(request.url)
            asked = SimRequest(request.method, path.path, path.query, request.headers, request.body or b"")
            response = simulator.handle(asked, int(EPOCH * 1000))
            return Response(response.status, {}, response.body)

        run(self.venue.fetch_markets(hk.SymbolsRequest()), answer)
        self.scenario_core = ScenarioCore()
        self.hooks = venue_hooks(venue_manager(self.venue, self.scenario_core))

    def opened(self, scenario):
        """Give the venue, with a core that remembers nothing of other scenarios."""
        self.scenario_core.core = Core(SharedLookups(), check_cancel=self.venue.check_cancel)
        self.scenario_core.core.attach(self.hooks)
        return self.venue, self.hooks

    def group_of_cancels(self, venue):
        """Name the bridge's own."""
        return ORDERS


def verdicts(seeds):
    """Count what was wrong with whose report.

    Left out are scenarios that cancel a whole scope, those with ids that HashKey does not write, and those where it
    counts ids by symbol: ccxt knows none of that, and sends no symbol.
    """
    stage, found, cancels = BridgeStage(), Counter(), 0
    for seed in seeds:
        played = stage.play(seed)
        if played.scenario.mass is None and played.scenario.kind not in {Kind.ODD_IDS, Kind.IDS_BY_SYMBOL}:
            cancels += len(played.truths)
            found.update((verdict, seed) for truth in played.truths for verdict in judge(truth))
    return cancels, {pair: count for pair, count in found.items() if pair[0] not in NOT_JUDGED}


def test_whatever_the_network_does_no_report_is_wrong(monkeypatch):
    """Refused, cut, stalled, late or lost: through ccxt, too, nothing is lost and nothing invented."""
    honest = {purpose: tuple(fault for fault in faults if fault.forge is None) for purpose, faults in FAULTS.items()}
    monkeypatch.setattr(HashKeyLanguage, "faults", honest)
    cancels, wrong = verdicts(range(1000))
    assert cancels >= 1000
    assert wrong == {}


def test_forged_answers_mislead_only_where_ccxts_tables_do():
    """Also then nothing is lost, late, raised, sent too often, or wrongly said not to be sent or found."""
    cancels, wrong = verdicts(range(5000, 6000))
    assert cancels >= 1000
    assert {verdict for verdict, _ in wrong} <= CCXTS_WORD
    assert sum(wrong.values()) / cancels < 0.02
