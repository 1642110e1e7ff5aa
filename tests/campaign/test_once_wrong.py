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
}


@pytest.mark.parametrize("seed", ONCE_WRONG.values(), ids=ONCE_WRONG)
def test_no_report_is_wrong(seed: int) -> None:
    """The oracle finds nothing amiss with any order of the scenario."""
    assert [verdict for truth in Stage().play(seed).truths for verdict in judge(truth)] == []
