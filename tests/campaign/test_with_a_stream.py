"""The campaign with a stream open: cancels are free on a good day, nothing is wrong, and what is would be found."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from click.testing import CliRunner

from hk_adapter.cli.campaign import campaign
from hk_adapter.cli.exit_codes import ExitCode
from hk_adapter.execution.streams.judging import NEWS
from hk_adapter.execution.streams.keeper import Keeper
from hk_adapter.execution.streams.tracker import Tracker
from hk_adapter.model import Evidence, Order, OrderStatus, OrderUpdate, Wait
from hk_adapter.testing.campaign import Kind, replay, run
from hk_adapter.testing.campaign.generator import draw
from hk_adapter.testing.campaign.player import Stage
from hk_adapter.testing.campaign.stream_plan import MISHAPS, draw_stream
from hk_adapter.testing.campaign.told import is_told_wrong
from hk_adapter.testing.campaign.truth import End, Truth
from hk_adapter.testing.campaign.verdicts import Verdict


def test_nothing_is_wrong_and_a_cancel_is_free_on_a_good_day() -> None:
    """Every kind of trouble strikes the stream and the calls; no report and no update says what is not so."""
    result = run(300, 3, streamed=True)
    assert {verdict: count for verdict, count in result.verdicts.items() if count} == {}
    assert result.stream["good cancels"] > 50
    assert result.stream["good queries"] == 0
    assert result.stream["heard"] > result.cancels / 2
    assert result.stream["asked beside"] > 0


def test_most_queries_are_spared() -> None:
    """The same cancels without a stream ask at least twice as often."""
    stage = Stage()
    asked = {
        streamed: sum(
            len({id(query) for truth in stage.play(seed, 0.0, streamed=streamed).truths for query in truth.queries})
            for seed in range(150)
        )
        for streamed in (False, True)
    }
    assert asked[False] > 2 * asked[True]


def test_equal_seeds_give_equal_results_in_however_many_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the streams came to is counted with the rest."""
    alone = run(60, seed=5, streamed=True)
    monkeypatch.setattr("hk_adapter.testing.campaign.parallel._LARGEST", 30)
    assert run(60, seed=5, streamed=True, jobs=2) == alone


def test_a_stream_leaves_the_scenario_what_it_is() -> None:
    """Orders, call, faults and clocks are drawn as without one; the venue has words for streams beside."""
    for seed in range(200):
        plain, streamed = (draw(seed, _rng(seed), None, None) for _ in range(2))
        draw_stream(streamed)
        assert replace(streamed, dialect=plain.dialect) == plain


def test_every_mishap_is_drawn_and_most_streams_are_calm() -> None:
    """Restarts, lost, expired and replaced keys, refused openings; frames of every fault."""
    troubles = [draw_stream(draw(seed, _rng(seed), None, None)) for seed in range(2000)]
    assert {kind for trouble in troubles for _, kind in trouble.mishaps} == set(MISHAPS)
    assert sum(trouble.is_calm for trouble in troubles) > 1000
    assert any(trouble.refusals for trouble in troubles)
    assert any(not trouble.spared for trouble in troubles)
    assert {trouble.disturbed for trouble in troubles} == {0.0, 0.1, 0.5, 1.0}


def test_a_replay_tells_what_the_stream_told() -> None:
    """The same scenario again, alone, to the same reports, with a timeline."""
    stage, timelines = Stage(), ""
    for seed in range(40, 45):
        played, again = stage.play(seed, streamed=True), replay(seed, streamed=True)
        assert repr(again.truths) == repr(played.truths)
        timelines += again.timeline
    assert "the stream is live" in timelines
    assert "told of" in timelines


def _rng(seed: int) -> object:
    import random  # noqa: PLC0415

    return random.Random(seed)


CANCELED = OrderStatus.CANCELED


def test_a_stream_that_is_believed_too_soon_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """An order that is known is taken for canceled."""

    def end(self: Tracker, order_id: str) -> Order | None:
        known = self.known(order_id)
        return None if known is None else known.replace(status=CANCELED)

    monkeypatch.setattr(Tracker, "heard_end", end)
    verdicts = run(60, 3, streamed=True).verdicts
    assert verdicts[Verdict.INVENTED_END] + verdicts[Verdict.WRONG_END] > 0


def test_an_end_that_was_heard_for_another_amount_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is filled is as much a part of the proof as the word."""
    heard = Tracker.heard_end

    def end(self: Tracker, order_id: str) -> Order | None:
        known = heard(self, order_id)
        return None if known is None else known.replace(filled=Decimal("0.0001"), status=CANCELED)

    monkeypatch.setattr(Tracker, "heard_end", end)
    assert run(60, 3, streamed=True).bad > 0


def test_a_watch_that_tells_whatever_comes_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Doubled and late frames, and lists that lag, take orders back where nothing is judged."""
    monkeypatch.setattr("hk_adapter.execution.streams.tracker.judge", lambda known, row: NEWS)
    assert run(150, 3, streamed=True).verdicts[Verdict.TOLD_WRONG] > 0


def test_a_stream_that_is_never_heard_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then a good day costs queries, and the table says so."""
    monkeypatch.setattr(Keeper, "is_listening", lambda self, now: False)
    result = run(40, 3, streamed=True, only=Kind.USUAL, fault_rate=0.0)
    assert (result.stream["heard"], result.bad) == (0, 0)
    assert result.stream["good queries"] > 0


def update(status: str, filled: str = "0", *, live: bool = True) -> OrderUpdate:
    """Tell of an order of one unit."""
    order = Order(id="1", amount=Decimal(1), filled=Decimal(filled), status=OrderStatus(status))
    return OrderUpdate(order=order, live=live, evidence=Evidence.STREAM if live else Evidence.QUERY)


@pytest.mark.parametrize(
    ("told", "posted_late", "wrong"),
    [
        ([(0.5, update("open")), (1.5, update("open", "0.4")), (2.5, update("canceled", "0.4"))], 0.0, False),
        ([(1.5, update("open"))], 0.0, False),
        ([(0.5, update("open", "0.4"))], 0.0, True),
        ([(1.5, update("canceled", "0.4"))], 0.0, True),
        ([(2.5, update("closed", "0.4"))], 0.0, True),
        ([(2.5, update("canceled", "0.3"))], 0.0, True),
        ([(2.5, update("canceled", "0.3"))], 1.0, True),
        ([(2.5, update("canceled", "0.3", live=False))], 1.0, False),
        ([(1.5, update("open", "0.4")), (1.6, update("open", "0.4"))], 0.0, True),
        ([(-1.0, update("open"))], 0.0, True),
    ],
    ids=["all", "late", "soon", "end", "other", "less", "live", "posted", "twice", "nothing"],
)
def test_what_was_told_is_held_against_its_moment(
    told: list[tuple[float, OrderUpdate]], posted_late: float, wrong: bool
) -> None:
    """An update may come late; it may not say what was not so yet."""
    truth = Truth(wait=Wait.FINAL, timeout=10.0, posted_late=posted_late)
    truth.note(0.0, Decimal(0), None)
    truth.note(1.0, Decimal("0.4"), None)
    truth.note(2.0, Decimal("0.4"), End.CANCELED)
    assert is_told_wrong(told, truth) is wrong


def test_the_command_tells_what_a_cancel_costs() -> None:
    """Queries a cancel, on a good day and altogether; a replay with --stream; not through ccxt."""
    result = CliRunner().invoke(campaign, ["--cancels", "60", "--seed", "3", "--stream"])
    assert result.exit_code == ExitCode.DONE
    [line] = [line for line in result.stdout.splitlines() if "on a good day" in line]
    assert line.split()[-1] == "0.000"
    assert "proven by the stream" in result.stdout
    again = CliRunner().invoke(campaign, ["--stream", "--replay", "42"])
    assert again.exit_code == ExitCode.DONE
    assert "told of" in again.stdout
    assert CliRunner().invoke(campaign, ["--stream", "--through", "ccxt"]).exit_code == ExitCode.USAGE
