"""A venue that counts ids by symbol: who is reached by an id, for whose call, and what may be said of which order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from hk_adapter.execution import lookup_round, lookups
from hk_adapter.execution.cancel import same_order
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.model import CancelOutcome, Order, OrderUpdate
from hk_adapter.testing.campaign import Kind, replay
from hk_adapter.testing.campaign.case import Case
from hk_adapter.testing.campaign.generator import draw
from hk_adapter.testing.campaign.oracle import judge
from hk_adapter.testing.campaign.scenario import BySymbol
from hk_adapter.testing.campaign.scenario_venue import ScenarioVenue
from hk_adapter.testing.campaign.timeline import Timeline
from hk_adapter.testing.campaign.told import told_of
from hk_adapter.testing.campaign.truth import Truth, Word
from hk_adapter.testing.campaign.verdicts import Verdict
from tests.campaign.test_oracle import ON_BOOK, _order, _report, _send, _truth

WORDS = {"ETH/USD": "ETHUSD", "BTC/USD": "BTCUSD"}


def pairs(counted: BySymbol, seeds: int = 60) -> list[tuple[ScenarioVenue, Case, Case]]:
    """Set scenarios up in which two orders that are there from the beginning share what is counted."""
    found: list[tuple[ScenarioVenue, Case, Case]] = []
    for seed in range(seeds):
        scenario = draw(seed, Random(seed), 0.0, Kind.IDS_BY_SYMBOL)
        if scenario.by_symbol != counted or scenario.mass is not None:
            continue
        place = ScenarioVenue(scenario, Timeline(kept=False))
        there = [case for case in place.cases if case.plan.namesake and case.order is not None]
        found += [(place, case.namesake, case) for case in there if case.namesake and case.namesake.order is not None]
    return found


BY_ID, BY_BOTH, BY_CLIENT_ID = BySymbol(True, False, True), BySymbol(True, True, True), BySymbol(False, True, True)


@pytest.mark.parametrize("counted", [BY_ID, BY_BOTH, BY_CLIENT_ID], ids=["ids", "both", "client ids"])
def test_two_orders_share_what_is_counted_and_nothing_else(counted: BySymbol) -> None:
    """The venue's id, the client's, or both."""
    found = pairs(counted)
    assert found
    for _, one, other in found:
        assert (one.order_id == other.order_id) == counted.ids
        assert (one.client_order_id == other.client_order_id) == counted.own_ids
        assert one.truth.symbol != other.truth.symbol


def test_an_id_reaches_the_order_of_the_symbol_that_is_named() -> None:
    """And none of a symbol that has no such order."""
    for place, one, other in pairs(BY_ID):
        for case in (one, other):
            query = {"orderId": case.order_id, "symbol": WORDS[str(case.truth.symbol)]}
            assert place.case_of(query) is case
            assert place.whose_call(case, query) is (one if other.plan.spared and one.truth.either else case)
        assert place.case_of({"orderId": one.order_id, "symbol": "XRPUSD"}) is None


def test_an_id_without_a_symbol_reaches_either_for_the_call_that_is_made() -> None:
    """Whichever it is, the request is that of the one call that may have made it."""
    unnamed = [pair for pair in pairs(BY_BOTH, 200) if pair[1].truth.either]
    assert unnamed
    for place, one, other in unnamed:
        for name in ("orderId", "clientOrderId"):
            query = {name: one.order_id if name == "orderId" else one.client_order_id}
            reached = {place.case_of(query) for _ in range(60)}
            assert reached == {one, other}
            assert {place.whose_call(case, query) for case in reached if case is not None} == {one}


def of_either(report: Any, *sends: Any) -> Truth:
    """Return a call without a symbol: its order was canceled by it, the other one with the id rests."""
    truth = _truth(report, *sends)
    truth.symbol, truth.made, truth.order_id = "ETH/USD", 5, "7"
    other = replace(truth, states=[ON_BOOK], symbol="BTC/USD", made=6, canceled_by_us=False, report=None, asked=False)
    truth.either, other.either = other, truth
    return truth


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ({"symbol": "ETH/USD", "timestamp": 5}, []),
        ({"timestamp": 5}, []),
        ({"symbol": "BTC/USD", "timestamp": 6}, [Verdict.INVENTED_END]),
        ({"timestamp": 6}, [Verdict.INVENTED_END]),
        ({"symbol": "XRP/USD"}, [Verdict.WRONG_ORDER]),
    ],
)
def test_a_report_of_a_call_without_a_symbol_is_of_the_order_that_it_shows(
    told: dict[str, Any], wrong: list[Verdict]
) -> None:
    """The end of the one is none of the other; and what a call may have reached need not be spared."""
    report = _report(CancelOutcome.CANCELED, order=_order().replace(**told))
    truth = of_either(report, _send(ran=True))
    assert judge(truth) == wrong
    assert truth.either is not None
    assert judge(truth.either) == []


@pytest.mark.parametrize(("shown", "wrong"), [(set(), []), ({"BTC/USD", "ETH/USD"}, [Verdict.FALSE_OFF_BOOK])])
def test_a_code_is_of_neither_once_both_were_shown(shown: set[str], wrong: list[Verdict]) -> None:
    """Before that, nobody could know that there are two."""
    rests = Order(id="7", symbol="BTC/USD", timestamp=6)
    truth = of_either(_report(CancelOutcome.OFF_BOOK, order=rests), _send(Word.ACCEPTED, ran=True))
    truth.shown = shown
    assert judge(truth) == wrong


def test_another_symbols_end_is_a_wrong_order_where_the_call_named_its_own() -> None:
    """Though the id is the order's."""
    truth = _truth(_report(CancelOutcome.CANCELED, order=_order().replace(symbol="BTC/USD")), _send(ran=True))
    assert judge(truth) == []
    truth.symbol = "ETH/USD"
    assert judge(truth) == [Verdict.WRONG_ORDER]


def test_what_is_told_under_an_id_is_of_the_symbol_that_it_names() -> None:
    """Where it names none, of the order that was made then."""
    told = [
        (1.0, OrderUpdate(order=Order(id="7", symbol=symbol, timestamp=made)))
        for symbol, made in (("ETH/USD", 5), ("BTC/USD", 6), (None, 5), (None, 6))
    ]
    truth = _truth(None)
    assert list(told_of(truth, told)) == told
    truth.symbol, truth.made = "ETH/USD", 5
    assert list(told_of(truth, told)) == [told[0], told[2]]


def _nothing_of_another_symbol(monkeypatch: pytest.MonkeyPatch) -> None:
    for room in (lookup_round, lookups):
        monkeypatch.setattr(room, "is_of_another_symbol", lambda order, request: False)


def _no_other_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CancelCase, "_learn_other_symbol", lambda self, order, seen: None)


def _one_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(same_order, "_may_be_one", lambda case, other: True)


def _no_symbol_of_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CancelCase, "symbol", property(lambda case: case.request.symbol))


@pytest.mark.parametrize(
    ("breaks", "seed", "verdict"),
    [
        (_nothing_of_another_symbol, 1_000_000_538, Verdict.WRONG_ORDER),
        (_no_other_order, 1_000_003_174, Verdict.FALSE_OFF_BOOK),
        (_one_order, 1_000_000_682, Verdict.FALSE_PENDING),
        (_no_symbol_of_a_row, 1_000_001_194, Verdict.NOT_SPARED),
    ],
)
def test_an_adapter_that_takes_the_one_for_the_other_is_caught(
    breaks: Callable[[pytest.MonkeyPatch], None], seed: int, verdict: Verdict, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a list's row, by a code, by another cancel of its call, or by an id that it repeats without its symbol."""
    assert not any(replay(seed, only=Kind.IDS_BY_SYMBOL).verdicts)
    breaks(monkeypatch)
    found = replay(seed, only=Kind.IDS_BY_SYMBOL).verdicts
    assert verdict in {one for verdicts in found for one in verdicts}
