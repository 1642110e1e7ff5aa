"""The kinds of scenario beyond the usual one: each brings what it is named for, and the usual ones stay as they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from random import Random

import pytest

from hk_adapter.simulator import SimRequest, SimResponse
from hk_adapter.testing.campaign import Kind, replay, run
from hk_adapter.testing.campaign.faults import Purpose
from hk_adapter.testing.campaign.generator import draw
from hk_adapter.testing.campaign.kind_faults import Earlier, doubled, shifted
from hk_adapter.testing.campaign.kinds import BEYOND
from hk_adapter.testing.campaign.other_terms import RowsOfOthers
from hk_adapter.testing.campaign.player import Stage
from hk_adapter.testing.campaign.request_log import Exchange
from hk_adapter.testing.campaign.scenario import Scenario
from hk_adapter.testing.campaign.scenario_venue import ScenarioVenue
from hk_adapter.testing.campaign.timeline import Timeline
from hk_adapter.testing.campaign.truth import Query

FIRST = 40
ROW = b'{"orderId":"7","status":"NEW","executedQty":"0"}'

MARKS: dict[Kind, Callable[[Scenario], bool]] = {
    Kind.LAGGING_VIEWS: lambda one: any(one.lags.values()),
    Kind.FLICKER: lambda one: one.replicas,
    Kind.LATE_FILLS: lambda one: any(plan.posted_late for plan in one.orders),
    Kind.MARKET_ORDERS: lambda one: any(plan.completes is not None for plan in one.orders),
    Kind.USED_CLIENT_IDS: lambda one: any(plan.used for plan in one.orders),
    Kind.USED_ORDER_IDS: lambda one: any(plan.used_id for plan in one.orders),
    Kind.IDS_BY_SYMBOL: lambda one: any(plan.namesake for plan in one.orders),
    Kind.NAMED_TWICE: lambda one: any(plan.twin for plan in one.orders),
    Kind.ODD_IDS: lambda one: any(plan.written != "{}" for plan in one.orders),
    Kind.ARRIVALS: lambda one: any(plan.arrives is not None for plan in one.orders),
    Kind.JUST_PLACED: lambda one: any(plan.placed and plan.hidden_for for plan in one.orders),
    Kind.LITTLE_TIME: lambda one: any(plan.timeout < 2 for plan in one.orders),
    Kind.INTERRUPTS: lambda one: any(not leave.frozen for leave in one.leaves.values()),
    Kind.DEAD_LEADERS: lambda one: any(leave.frozen for leave in one.leaves.values()),
    Kind.WRAPPERS: lambda one: one.wrapper is not None,
}
"""What a scenario of a kind has, in some of them at least."""

TOLD = {
    Kind.USED_CLIENT_IDS: "is placed under the same client id",
    Kind.USED_ORDER_IDS: "the numbers begin anew",
    Kind.IDS_BY_SYMBOL: "one of another symbol has its id, or its client id",
    Kind.SECOND_ANSWER: "delivered twice, the second answer",
    Kind.SHIFTED_ANSWERS: "an answer to something else",
    Kind.DOUBLED_KEYS: "doubled key",
    Kind.OTHER_TERMS: "other terms under the id",
    Kind.ARRIVALS: "comes to the book",
    Kind.JUST_PLACED: "is taken in as",
    Kind.INTERRUPTS: "the caller went away",
    Kind.DEAD_LEADERS: "the caller went away",
    Kind.NAMED_TWICE: "named again",
    Kind.WRAPPERS: "raised",
}
"""What the timelines of a kind tell where it strikes."""


def _drawn(kind: Kind, seed: int) -> Scenario:
    return draw(seed, Random(seed), None, kind)


@pytest.mark.parametrize("kind", MARKS)
def test_a_scenario_of_a_kind_has_what_it_is_named_for(kind: Kind) -> None:
    """--only KIND draws that kind, seed by seed, and nothing else has its marks."""
    assert any(MARKS[kind](_drawn(kind, seed)) for seed in range(FIRST))
    assert not any(MARKS[kind](_drawn(Kind.USUAL, seed)) for seed in range(FIRST) if kind is not Kind.LITTLE_TIME)


@pytest.mark.parametrize("kind", [kind for kind in TOLD if kind is not Kind.WRAPPERS])
def test_a_kind_strikes(kind: Kind) -> None:
    """What a kind brings happens in its scenarios."""
    stage = Stage()
    assert any(TOLD[kind] in stage.play(seed, told=True, only=kind).timeline for seed in range(FIRST))


def test_a_campaign_draws_every_kind() -> None:
    """No kind is left to those who name it."""
    assert {draw(seed, Random(seed), None, None).kind for seed in range(600)} == set(Kind)


@pytest.mark.parametrize(
    ("seed", "takes"),
    [(1_000_000_057, 6.2), (1_000_000_032, 5.2)],
    ids=["both slots frozen", "one frozen, one closed"],
)
def test_who_froze_over_a_query_holds_the_others_up_no_longer_than_it_could_last(seed: int, takes: float) -> None:
    """Three seconds of its own, one for being late, one in which it counts: then the others go on, by the limits."""
    played = replay(seed, only=Kind.DEAD_LEADERS)
    assert played.verdicts == [[]] * len(played.truths)
    assert max(truth.ended - truth.started for truth in played.truths) <= takes


def test_no_dead_leader_holds_anybody_up() -> None:
    """Whoever looks and is gone, closed or frozen: the others end, as soon as the venue's limits let them."""
    assert run(300, seed=1, only=Kind.DEAD_LEADERS).bad == 0


@pytest.mark.parametrize("kind", BEYOND)
def test_a_kind_is_played_to_its_end_and_counted(kind: Kind) -> None:
    """Every order of a scenario has a report or a reason, and the kind has a line of its own."""
    result = run(20, seed=3, only=kind)
    assert result.by_kind[kind]["cancels"] == result.cancels >= 20
    assert set(result.by_kind) == {kind}


def test_equal_seeds_give_equal_results_in_every_kind() -> None:
    """A kind depends on its seed and on nothing else, also after other scenarios."""
    for kind in BEYOND:
        assert run(6, seed=4, only=kind) == run(6, seed=4, only=kind)


def test_a_shifted_answer_is_never_one_that_could_be_true() -> None:
    """No list for a list, no row of its own order for a cancel, no code for anybody."""
    own, other, several = (Earlier(SimResponse(200, body=body), -1.0) for body in (ROW, ROW.replace(b"7", b"8"), b"[]"))
    code = Earlier(SimResponse(200, body=b'{"code":"0211"}'), None)
    earlier = [own, other, several, code]
    for seed in range(50):
        rng = Random(seed)
        assert shifted(earlier, Purpose.CANCEL, "7", rng)[0] in (other.response, several.response)
        assert shifted(earlier, Purpose.QUERY, None, rng)[0] in (own.response, other.response)
        answer, shows = shifted(earlier, Purpose.QUERY, "7", rng)
        assert answer is not code.response
        assert (shows is not None) == (answer is own.response)
        assert b"serverTime" in shifted([code], Purpose.QUERY, "7", rng)[0].body


def test_a_row_of_other_terms_can_be_told_from_the_orders_own() -> None:
    """Nobody is shown one before the order's own row; then each has terms that none had before, and is sound."""
    place = ScenarioVenue(draw(3, Random(3), 0.0, Kind.OTHER_TERMS), Timeline(kept=False))
    case = place.cases[0]
    assert case.order is not None
    own = place.row(case.order, Purpose.QUERY)
    answer = SimResponse(200, body=json.dumps(own).encode())
    rows, terms = RowsOfOthers(Random(1)), [own["price"]]
    for _ in range(50):
        case.truth.queries.append(record := Query(0.0, served=0.1))
        exchange = Exchange(SimRequest("GET", "/", "", {}), Purpose.QUERY, case, record, 9.0)
        if len(terms) == 1:
            assert rows.forge(exchange, answer, 0.2) is None
            rows.hear(exchange, answer)
        forged = rows.forge(exchange, answer, 0.2)
        assert forged is not None
        row = json.loads(forged.body)
        assert row["orderId"] == own["orderId"]
        assert Decimal(row["executedQty"]) <= Decimal(row["origQty"])
        terms.append(row["price"])
        assert case.truth.queries[-1].served is None
    assert len(set(terms)) == len(terms)


def test_a_doubled_key_says_two_things() -> None:
    """The same key stands twice in one row, with different values; a limit's answer is left alone."""
    for seed in range(50):
        for body in (ROW, b"[" + ROW + b"]", b'{"code":"-1142","msg":"Order is cancelled"}'):
            spoilt = doubled(SimResponse(200, body=body), Random(seed))
            assert spoilt is not None
            said: list[list[tuple[str, object]]] = []
            json.loads(spoilt.body, object_pairs_hook=said.append)
            [(first, second)] = [
                [value for name, value in said[0] if name == key]
                for key in {name for name, _ in said[0]}
                if sum(name == key for name, _ in said[0]) > 1
            ]
            assert first != second
    assert doubled(SimResponse(429, body=b'{"code":"0003"}'), Random(1)) is None
    assert doubled(SimResponse(200, body=b"[]"), Random(1)) is None
