"""Scenarios that once ended in a wrong word, each the only one of a million, stay right."""

from __future__ import annotations

import pytest

from hk_adapter.testing.campaign.oracle import judge
from hk_adapter.testing.campaign.player import Stage

ONCE_WRONG = {
    "the venue's clock leaps between two sends": 1000438548,
    "the other name of an order is sent again": 1000865601,
    "two orders that do not exist are asked for first": 1000811986,
    "one name of an order never leaves": 1000032953,
    "a look is due in less than a clock can tell": 3000003389,
    "one order of a call ends after the call has given up": 7000213318,
    "a look is to be judged by a clock that is not read yet": 1000955045,
}
BESIDE_A_STREAM = {"the venue's clock tells a time of long ago": 3000015871}


@pytest.mark.parametrize(
    ("seed", "streamed"),
    [*((seed, False) for seed in ONCE_WRONG.values()), *((seed, True) for seed in BESIDE_A_STREAM.values())],
    ids=[*ONCE_WRONG, *BESIDE_A_STREAM],
)
def test_no_report_is_wrong(seed: int, streamed: bool) -> None:
    """The oracle finds nothing amiss with any order of the scenario."""
    truths = Stage().play(seed, streamed=streamed).truths
    assert [verdict for truth in truths for verdict in judge(truth)] == []
