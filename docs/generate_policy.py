"""Write ``explanation/a-cancel-step-by-step.md`` from the table that decides about a cancel.

Run it after a change of ``hk_adapter/execution/cancel/policy.py``: ``python docs/generate_policy.py``. A test notices
when that was forgotten. What follows which state is not written down anywhere: it is found by letting cases learn
every kind of event, as far as new ones come of it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from copy import copy
from decimal import Decimal
from pathlib import Path

from hk_adapter import errors
from hk_adapter.errors import CancelRejectReason
from hk_adapter.execution.cancel.policy import TABLE, Look, Measure, Send, Situation, State, When, next_step, state_of
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.model import CancelRequest, Order, OrderStatus, Wait

PAGE = Path(__file__).parent / "explanation" / "a-cancel-step-by-step.md"

_HEAD = """\
# A cancel, step by step

*Made by `docs/generate_policy.py` from the table in `hk_adapter/execution/cancel/policy.py`; change that, not this
page.*

A cancel goes round: a step is made and comes to an event, the event is learned, and what has been learned so far puts
the cancel into a state, whose row says the next step. What the outcomes mean, and why each rule is as it is, has
[a page of its own](acknowledgement-is-not-a-cancel.md); that the table leaves no way to a wrong word is
[played through](every-history.md).
"""

_STEPS_HEAD = """\
## The table

A state is the first of these that holds, and within it the first row. Whatever a row says: a step that the time left is
too short for is a stop, and the call reports what is known then.

| state | that is | when | next |
|---|---|---|---|"""

_EVENTS_HEAD = """\
## What each step can come to

| step | comes to | and the cancel is then |
|---|---|---|"""

Learn = Callable[[CancelCase], object]
_ENDED = Order(id="1", client_order_id="c", status=OrderStatus.CANCELED, filled=Decimal(0), amount=Decimal(1))
_OPEN = Order(id="1", client_order_id="c", status=OrderStatus.OPEN, filled=Decimal(0), amount=Decimal(1))
_DOUBT = errors.OutcomeUnknown("no answer")
_BLOCK = errors.RateLimited("blocked", http_status=418)
_LOCKED = errors.CancelRejected("locked", reason=CancelRejectReason.OTHER)
_EARLY = errors.CancelRejected("ended, or not there yet", reason=CancelRejectReason.TOO_LATE_OR_UNKNOWN)
_UNREACHED = errors.NotSent("no connection", unreachable=True)

_SENDS: dict[str, Learn] = {
    "answered with the order, open": lambda case: case.learn_answer(1, _OPEN),
    "answered with the order, ended": lambda case: case.learn_answer(1, _ENDED),
    "accepted, the order not shown": lambda case: case.learn_acceptance(1),
    "refused: asked too often": lambda case: case.learn_failure(1, errors.RateLimited("too many")),
    "refused: our timestamp": lambda case: case.learn_failure(1, errors.ClockSkew("timestamp")),
    "refused: key or request": lambda case: case.learn_failure(1, errors.AuthenticationError("key")),
    "refused: the venue is closed": lambda case: case.learn_failure(1, errors.VenueUnavailable("closed")),
    "refused for the order's sake": lambda case: case.learn_failure(1, _LOCKED),
    "refused: ended, or not there yet": lambda case: case.learn_failure(1, _EARLY),
    "refused: we are blocked": lambda case: case.learn_failure(1, _BLOCK),
    "in doubt": lambda case: case.learn_failure(1, _DOUBT),
    "not sent: no connection": lambda case: case.learn_failure(0, _UNREACHED),
    "not sent: a reason of ours": lambda case: case.learn_failure(0, errors.NotSent("denied")),
}
_LOOKS: dict[str, Learn] = {
    "shown, ended": lambda case: case.learn_look(_ENDED, 1.0),
    "shown, open": lambda case: case.learn_look(_OPEN, 1.0),
    "missed under every id": lambda case: case.learn_miss(1.0 + case.looks),
    "gone from the open orders": lambda case: case.learn_gone(),
    "failed": lambda case: case.learn_look_failure(_DOUBT),
    "refused: our timestamp": lambda case: case.learn_look_failure(errors.ClockSkew("timestamp")),
    "refused: key or request": lambda case: case.learn_look_failure(errors.AuthenticationError("key")),
    "refused: we are blocked": lambda case: case.learn_look_failure(_BLOCK),
}
_MEASURED: dict[str, Learn] = {
    "measured, or not": lambda _case: None,
    "refused: we are blocked": lambda case: setattr(case, "blocked", True),
}
_EVENTS = {Send: _SENDS, Look: _LOOKS, Measure: _MEASURED}
Arrow = tuple[State, type, str, State]


def page() -> str:
    """Build the whole page."""
    return "\n".join(_parts()).rstrip() + "\n"


def arrows() -> set[Arrow]:
    """Find what follows what: in a state, a step that comes to an event leads to a state."""
    found: set[Arrow] = set()
    for request in (CancelRequest(order_id="1"), CancelRequest(client_order_id="c")):
        for wait, second_look in ((Wait.FINAL, None), (Wait.FINAL, 1.0), (Wait.ACK, None)):
            case = CancelCase(request)
            case.second_look = second_look
            todo, known = [(case, False)], set()
            while todo:
                case, measured = todo.pop()
                for after, is_measured in _round(case, wait, found, measured=measured):
                    if (key := _what_matters(after, measured=is_measured)) not in known:
                        known.add(key)
                        todo.append((after, is_measured))
    return found


def _what_matters(case: CancelCase, *, measured: bool) -> Hashable:
    """Tell what a case's way on depends on, by kinds: a third look is like the second, a key like a request."""
    skewed = [isinstance(error, errors.ClockSkew) for error in (case.last_error, case.look_error)]
    refusal = case.is_refused_before_reading(), *skewed, case.blocked
    ends = case.proven_end is None, case.acknowledged_end is None, case.second_look is None, case.shown_open
    return measured, refusal, ends, case.sends, case.looks > 0, case.in_question, case.accepted, case.order_id is None


def _round(case: CancelCase, wait: Wait, found: set[Arrow], *, measured: bool) -> Iterator[tuple[CancelCase, bool]]:
    here = state_of(case, wait, measured=measured)
    now = Situation(left=9.0, whole=10.0, silence=0.0, jitter=0.0, measured=measured)
    step = type(next_step(case, wait, now))
    for event, learn in _EVENTS.get(step, {}).items():
        after, known = copy(case), measured or step is Measure
        learn(after)
        found.add((here, step, event, state_of(after, wait, measured=known)))
        yield after, known


def _parts() -> Iterator[str]:
    found = arrows()
    yield _HEAD
    yield from _picture({(here, step, after) for here, step, _, after in found})
    yield _STEPS_HEAD
    for state, rows in TABLE.items():
        for number, (when, do) in enumerate(rows.items()):
            said = f"| `{state.name}` | {state} " if number == 0 else "| | "
            yield f"{said}| {'' if when is When.ALWAYS and len(rows) == 1 else _else(when, number)} | {do} |"
    yield ""
    yield _EVENTS_HEAD
    for step, events in _EVENTS.items():
        for number, event in enumerate(events):
            states = [f"`{state.name}`" for state in State if any(a[1:] == (step, event, state) for a in found)]
            yield f"| {f'`{step.__name__}`' if number == 0 else ''} | {event} | {', '.join(states)} |"


def _else(when: When, number: int) -> str:
    return "else" if when is When.ALWAYS and number else str(when)


def _picture(found: set[tuple[State, type, State]]) -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield "    [*] --> UNSENT"
    for here in State:
        for after in State:
            steps = [step.__name__.lower() for step in _EVENTS if (here, step, after) in found]
            if steps:
                yield f"    {here.name} --> {after.name}: {', '.join(steps)}"
    for state in State:
        if any(do.name == "STOP" for do in TABLE[state].values()):
            yield f"    {state.name} --> [*]: stop"
    yield "```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
