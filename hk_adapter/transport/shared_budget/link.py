"""The one connection of a process to a Redis: a thread carries what is asked there, and nobody is held up by it.

Who asks gets a question to look at, and looks again. What has to be told is told as soon as there is an answer: where
Redis cannot be reached, or has forgotten, each budget tells all that still counts.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from hk_adapter.flow.forks import renew_after_fork
from hk_adapter.flow.guard import Guard
from hk_adapter.flow.log_line import write
from hk_adapter.flow.real_time import monotonic
from hk_adapter.flow.runtime import COUNTED_LATE
from hk_adapter.flow.threads import started_bare
from hk_adapter.transport.shared_budget.address import BLOCK_KEY, BudgetAddress, told_block
from hk_adapter.transport.shared_budget.client import close_client, open_client, refusal_by, told_error
from hk_adapter.transport.shared_budget.script import SCRIPT

if TYPE_CHECKING:
    import redis

_FIRST_REST, _LONGEST_REST = 0.05, 1.0
"""Seconds between two tries to reach it again."""

_LONGEST = 1_000_000.0
"""Seconds beyond which no limit, pause or wait lasts: a script that answers so is not ours, or was lied to."""
_LOG = logging.getLogger("hk_adapter")

Op = dict[str, Any]


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What the script answers. Times are seconds from when it ran."""

    epoch: float
    full_from: float = msgspec.field(name="from")
    pauses: dict[str, float] | list[float]
    """By group; an empty table of Lua's is a list."""
    block: str | bool
    """Why nothing may be placed, in whoever's words; False where it may."""
    answers: list[float]


class Member(Protocol):
    """One key's budget in this process."""

    key: str

    def limits(self) -> dict[str, list[list[Any]]]:
        """Return the limits by group, as the script reads them."""

    def still_counting(self) -> list[Op]:
        """Return all that Redis must know of what this process sent and heard."""

    def heard(self, reply: Reply) -> bool:
        """Record what Redis said, as it comes in. Returns whether it has forgotten what it knew."""


@dataclass(slots=True, eq=False)
class Question:
    """One thing to carry to Redis. ``make`` builds it as it leaves; ``answer`` is None until there is one.

    ``failed``: it was not answered, and may have been carried out.
    """

    member: Member
    make: Callable[[], Op | None]
    asked: float
    answer: float | None = None
    failed: bool = False


@dataclass(slots=True, eq=False)
class _Batch:
    """What goes to one budget in one step, with the questions that wait for it."""

    member: Member
    rows: list[tuple[Question | None, Op]]

    def packed(self, *, lost: bool) -> bytes:
        ops = [op for _, op in self.rows]
        return msgspec.msgpack.encode({"lost": lost, "late": COUNTED_LATE, "lim": self.member.limits(), "ops": ops})


class Link:
    """Carries questions to one Redis, in order. Thread-safe, and of this process alone."""

    def __init__(self, address: BudgetAddress) -> None:
        """Connect to nothing yet.

        ``gone`` is why Redis is out of reach, and ``block`` why nothing may be placed; None where they are not so.
        """
        self._address = address
        self._guard = Guard()
        self._members: list[Member] = []
        self._start()
        renew_after_fork(self)

    def _start(self) -> None:
        self.gone: str | None = None
        self.block: str | None = None
        self._heard_block: str | bool = False
        self._inbox: SimpleQueue[Question] = SimpleQueue()
        self._client: redis.Redis | None = None
        self._sha = ""
        self._runs = False
        self._lost = False
        self._rest = _FIRST_REST
        self._untold: list[tuple[Member, Op]] = []

    def renew_in_child(self) -> None:
        """Leave the parent its connection and its thread; the socket is not touched."""
        self._guard = Guard()
        self._start()

    def join(self, member: Member) -> None:
        """Have a budget tell all it knows whenever Redis was out of reach."""
        with self._guard:
            self._members.append(member)

    def post(self, member: Member, make: Callable[[], Op | None]) -> Question:
        """Carry something to Redis as soon as can be."""
        question = Question(member, make, monotonic())
        self._inbox.put(question)
        self.revive()
        return question

    def revive(self) -> None:
        """Start the thread where there is none; it tries to reach Redis for as long as that is gone."""
        with self._guard:
            if not self._runs:
                self._runs = started_bare(self._run, self._inbox)

    def _run(self, inbox: SimpleQueue[Question]) -> None:
        try:
            while inbox is self._inbox:
                questions = self._next(inbox)
                if inbox is self._inbox:
                    self._carry(questions)
        finally:  # it never ends by itself: something broke that has no name here, and the thread's traceback tells it
            if inbox is self._inbox:
                self.gone, self._runs = "its thread broke", False

    def _next(self, inbox: SimpleQueue[Question]) -> list[Question]:
        try:
            questions = [inbox.get(timeout=None if self.gone is None else self._rest)]
        except Empty:
            return []
        while not inbox.empty():
            questions.append(inbox.get())
        return questions

    def _carry(self, questions: list[Question]) -> None:
        import redis  # noqa: PLC0415 - only where a budget is in Redis

        batches = self._batches(questions)
        try:
            replies = self._exchange(batches)
        except (redis.RedisError, OSError, UnicodeError, msgspec.DecodeError) as error:
            self._lose(error, batches)
            return
        self._untold = []
        self.gone, self._lost, self._rest = None, False, _FIRST_REST
        for batch, reply in zip(batches, replies, strict=True):
            if batch.member.heard(reply) and reply.block is False and isinstance(self._heard_block, str):
                self.post(batch.member, partial(_block, self._heard_block))
            else:
                self._heard_block = reply.block
            self.block = told_block(self._heard_block, self._address)
            for (asked, _), answer in zip(batch.rows, reply.answers, strict=True):
                if asked is not None:
                    asked.answer = answer

    def _batches(self, questions: list[Question]) -> list[_Batch]:
        """Sort what is asked by budgets, after what they must have told before."""
        found: dict[int, _Batch] = {}

        def add(member: Member, question: Question | None, op: Op) -> None:
            found.setdefault(id(member), _Batch(member, [])).rows.append((question, op))

        for member, op in self._untold:
            add(member, None, op)
        for member in list(self._members) if self.gone is not None else ():  # each, that it may say so
            batch = found.setdefault(id(member), _Batch(member, []))
            batch.rows += [(None, op) for op in member.still_counting()]
        for question in questions:
            if (made := question.make()) is not None:
                add(question.member, question, made)
        return list(found.values())

    def _lose(self, error: Exception, batches: list[_Batch]) -> None:
        """Record that Redis is out of reach. What it was asked may have been carried out: it is taken back later."""
        self.gone = told_error(error, self._address)
        if self._lost:
            self._rest = min(_LONGEST_REST, 2 * self._rest)
        self._lost = True
        self._close()
        for batch in batches:
            for asked, op in batch.rows:
                if op["op"] in {"ask", "drop"}:
                    self._untold.append((batch.member, {"op": "drop", "id": op["id"]}))
                if asked is not None:
                    asked.failed = True
        self._untold = self._untold[-1000:]

    def _exchange(self, batches: list[_Batch]) -> list[Reply]:
        """Carry each batch there and its reply back; without any, see whether anybody is there."""
        client = self._client = self._client or open_client(self._address)
        if not batches:
            client.ping()
        self._sha = self._sha or str(client.script_load(SCRIPT))
        return [
            self._evaluate(client, batch.member.key, batch.packed(lost=self._lost), len(batch.rows))
            for batch in batches
        ]

    def _evaluate(self, client: redis.Redis, key: str, packed: bytes, asked: int) -> Reply:
        from redis.exceptions import NoScriptError  # noqa: PLC0415 - as above

        try:
            raw: Any = client.evalsha(self._sha, 2, key, BLOCK_KEY, packed)
        except NoScriptError:
            raw = client.eval(SCRIPT, 2, key, BLOCK_KEY, packed)
        if not isinstance(raw, bytes):
            raise msgspec.DecodeError("what its script answers is no text")
        return _checked(msgspec.msgpack.decode(raw, type=Reply), asked)

    def _close(self) -> None:
        client, self._client, self._sha = self._client, None, ""
        if client is not None:
            close_client(client)


def _checked(reply: Reply, asked: int) -> Reply:
    """Return a reply that can be gone by. Raises DecodeError for one that our script cannot have given."""
    pauses = reply.pauses.values() if isinstance(reply.pauses, dict) else reply.pauses
    if len(reply.answers) != asked:
        raise msgspec.DecodeError(f"its script answers {len(reply.answers)} of {asked} questions")
    seconds = (reply.full_from, *pauses, *reply.answers)
    if not (math.isfinite(reply.epoch) and all(-math.inf < one <= _LONGEST for one in seconds)):
        raise msgspec.DecodeError("its script answers with a time that is none")
    return reply


def _block(reason: str) -> Op:
    return {"op": "block", "reason": reason}


def _tell_refusal(address: BudgetAddress) -> None:
    if (why := refusal_by(address)) is not None:
        write(_LOG, logging.WARNING, "the Redis of a budget, %s, refuses what is asked: %s", address.place, why)


_links: dict[BudgetAddress, Link] = {}
_opening = Guard()


def link_to(address: BudgetAddress) -> Link:
    """Return this process' link to a Redis; its budgets share it. Raises ConfigurationError as ``open_client``."""
    with _opening:
        link = _links.get(address)
        if link is None:
            close_client(open_client(address))
            link = _links[address] = Link(address)
            started_bare(_tell_refusal, address)  # the first call would, too, and may come much later
        return link
