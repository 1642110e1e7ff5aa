"""Send many cancels: by the venue's batches where it has them, else one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from hk_adapter.errors import AdapterError, InvalidArgument, NotSupported, PluginError
from hk_adapter.execution.cancel.one import CancelRun, send, send_attempt
from hk_adapter.flow.effects import Gather, Now
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import CancelOrdersAnswer, CancelOrdersRequest

T = TypeVar("T")


async def send_all(runs: list[CancelRun], batch: int, *, sent_before: bool) -> None:
    """Send a cancel for each; ``batch`` is how many ids one request of the venue takes.

    Raises what the caller did wrong, unless something was sent, now or before: then it is told for the orders that
    it concerns.
    """
    together = [run for run in runs if run.case.order_id is not None] if batch > 1 else []
    alone = [run for run in runs if run.case.order_id is None]
    if len(together) < 2:
        together, alone = [], runs
    batches = _parts(together, batch)
    results = await Gather((*(_send_batch(part) for part in batches), *(send(run) for run in alone)))
    # A venue may be said to take several ids at once where its plugin has no hook for that.
    unsent = {number for number, _ in enumerate(batches) if isinstance(results[number], NotSupported)}
    singly = [run for number in unsent for run in batches[number]]
    results = [result for number, result in enumerate(results) if number not in unsent]
    results += await Gather(tuple(send(run) for run in singly))
    _raise_or_hold_back(runs, [result for result in results if isinstance(result, Exception)], sent_before)


def _raise_or_hold_back(runs: list[CancelRun], failures: list[Exception], sent_before: bool) -> None:
    for failure in failures:
        if not isinstance(failure, AdapterError):
            raise failure
    if failures and not sent_before and all(run.case.sends == 0 for run in runs):
        raise failures[0]
    for run in runs:
        if run.case.sends == 0 and run.case.last_error is None:
            error = next((one for one in failures if isinstance(one, AdapterError)), None)
            run.case.learn_failure(0, error or PluginError("the cancel was not sent"))


async def _send_batch(runs: list[CancelRun]) -> None:
    attempt = send_attempt(runs, await Now())
    ids: dict[str, list[CancelRun]] = {}
    for run in runs:  # two may have been named by other ids, and be about one order
        ids.setdefault(str(run.case.order_id), []).append(run)
    symbols = {run.case.symbol for run in runs}
    request = CancelOrdersRequest(
        order_ids=tuple(ids),
        symbol=symbols.pop() if len(symbols) == 1 else None,
        params=runs[0].case.request.params,  # all of one call have the same
    )
    try:
        answer = await runs[0].hooks.call(VenueHooks.cancel_orders, CancelOrdersAnswer, attempt, request)
    except AdapterError as error:
        if attempt.sent == 0 and isinstance(error, InvalidArgument | NotSupported):
            raise
        for run in runs:
            run.case.learn_failure(attempt.sent, error)
        return
    for order_id, same in ids.items():
        for run in same:
            if order_id in answer.refused:
                run.case.learn_failure(attempt.sent, answer.refused[order_id])
            else:
                run.case.learn_acceptance(attempt.sent)


def _parts(items: Sequence[T], size: int) -> list[list[T]]:
    return [list(items[start : start + size]) for start in range(0, len(items), max(1, size))]
