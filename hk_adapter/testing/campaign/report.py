"""The lines that ``hk-adapter campaign`` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from hk_adapter.testing.campaign.ccxt_judge import FALSE, NOTHING, TRUE, Claim
from hk_adapter.testing.campaign.ccxt_player import Comparison
from hk_adapter.testing.campaign.kinds import Kind
from hk_adapter.testing.campaign.run import Result
from hk_adapter.testing.campaign.unresolved import COULD_HAVE_BEEN, COULD_NOT
from hk_adapter.testing.campaign.verdicts import Verdict

_WIDTH = 26
_SHOWN_SEEDS = 5


def lines_of(result: Result) -> Iterator[str]:
    """Describe what a campaign of ours came to: a line a verdict, then outcomes, fault rates and faults."""
    for verdict, count in result.verdicts.items():
        yield _counted(verdict, count) + _replays(result.replays.get(verdict, ()))
    yield f"\n{'outcome':>{_WIDTH}}  cancels"
    for outcome, count in result.outcomes.most_common():
        yield _counted(outcome, count)
    if result.by_rate:  # of the usual kind alone
        yield from _rates(result)
        yield from _causes(result)
    yield from _kinds(result)
    yield from _streams(result.stream)
    yield _struck(result.faults)


def lines_of_comparison(result: Comparison) -> Iterator[str]:
    """Describe what a campaign through ccxt came to: a line a word, then what was raised, fault rates and faults."""
    for told in (*TRUE, *NOTHING, *FALSE):
        yield _counted(told, result.told[told]) + _replays(result.replays.get(told, ()))
    yield f"\n{'cancel_order raised':>{_WIDTH}}  times"
    for name, count in result.raised.most_common():
        yield _counted(name, count)
    yield f"\n{'fault rate':>{_WIDTH}}  told the truth  told nothing  told what is not so  cancels"
    for rate, column in sorted(result.by_rate.items()):
        true, nothing, false = (_share(column, words) for words in (TRUE, NOTHING, FALSE))
        yield f"{rate:>{_WIDTH}.0%}  {true:>14.2%}  {nothing:>12.2%}  {false:>19.2%}  {column.total():,}"
    yield _struck(result.faults)


def _rates(result: Result) -> Iterator[str]:
    """Describe what a cancel cost and how many stayed unresolved, a line for each fault rate."""
    yield f"\n{'fault rate':>{_WIDTH}}  sends per cancel  unresolved  cancels"
    for rate, column in sorted(result.by_rate.items()):
        sends, unresolved = column["sends"] / column["cancels"], column["unresolved"] / column["cancels"]
        yield f"{rate:>{_WIDTH}.0%}  {sends:>16.3f}  {unresolved:>10.3%}  {column['cancels']:,}"


def _causes(result: Result) -> Iterator[str]:
    """Split the unresolved by what kept them from being proven, a column for each fault rate."""
    rates = sorted(result.by_rate)
    yield f"\n{'unresolved':>{_WIDTH}}" + "".join(f"  {rate:>7.0%}" for rate in rates)
    for title, causes in (("nothing could prove it", COULD_NOT), ("could have been proven", COULD_HAVE_BEEN)):
        for name, counted in ((title, causes), *((cause, (cause,)) for cause in causes)):
            counts = (sum(result.causes.get(rate, Counter())[cause] for cause in counted) for rate in rates)
            seeds = [] if name is title else [seed for cause in counted for seed in result.replays.get(cause, ())]
            shown = _replays(seeds) if causes is COULD_HAVE_BEEN else ""
            yield f"{name:>{_WIDTH}}" + "".join(f"  {count:>7,}" for count in counts) + shown


def _kinds(result: Result) -> Iterator[str]:
    """Describe what each kind of scenario came to, and what was wrong in it."""
    yield f"\n{'kind':>{_WIDTH}}  cancels  unresolved  wrong"
    for kind in Kind:
        column = result.by_kind.get(kind)
        if column is not None:
            wrong = {verdict: column[verdict] for verdict in Verdict if column[verdict]}
            told = "".join(f"  {verdict} {count:,}" for verdict, count in wrong.items())
            cancels, unresolved = column["cancels"], column["unresolved"]
            yield f"{kind:>{_WIDTH}}  {cancels:>7,}  {unresolved:>10,}  {sum(wrong.values()):>5,}{told}"


def _streams(count: Counter[str]) -> Iterator[str]:
    """Describe what a stream beside the calls was good for."""
    cancels, good = count["cancels"], count["good cancels"]
    if not cancels:
        return
    yield f"\n{'with a stream open':>{_WIDTH}}  cancels  queries a cancel"
    yield f"{'on a good day':>{_WIDTH}}  {good:>7,}  {count['good queries'] / max(good, 1):>16.3f}"
    yield f"{'altogether':>{_WIDTH}}  {cancels:>7,}  {count['queries'] / cancels:>16.3f}"
    yield f"{'proven by the stream':>{_WIDTH}}  {count['heard']:>7,}"
    yield _counted("queries of its own", count["asked beside"])


def _counted(name: str, count: int) -> str:
    return f"{name:>{_WIDTH}}  {count:,}"


def _replays(seeds: Sequence[int]) -> str:
    shown = ", ".join(str(seed) for seed in seeds[:_SHOWN_SEEDS])
    return f"  --replay {shown}" if shown else ""


def _share(column: Counter[Claim], words: Sequence[Claim]) -> float:
    return sum(column[word] for word in words) / column.total()


def _struck(faults: Counter[str]) -> str:
    return f"\n{len(faults)} kinds of faults struck {faults.total():,} times"
