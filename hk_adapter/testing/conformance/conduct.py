"""Conduct: a plugin signs and reads, and does nothing else."""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import unquote

from hk_adapter.flow.http import Response
from hk_adapter.testing.conformance.absent_groups import ABSENT_GROUPS
from hk_adapter.testing.conformance.bench import SECRET, Bench
from hk_adapter.testing.conformance.every_hook import ask_all
from hk_adapter.testing.conformance.exchange import Fate
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Request, Script
from hk_adapter.testing.conformance.side_effects import watched

TRIED: tuple[str, ...] = (
    "cancel_order",
    "fetch_order",
    "create_order",
    "fetch_open_orders",
    "cancel_orders",
    "create_orders",
    "cancel_all_orders_after",
    "fetch_orders",
    "fetch_my_trades",
    "fetch_time",
    "fetch_balance",
    "fetch_markets",
    *ABSENT_GROUPS["market_data"],
    *ABSENT_GROUPS["streams"],
)
"""The hooks that cases are about."""


_WORD = re.compile(r"[A-Za-z0-9+/_-]{16,}")
_OF_URLS = str.maketrans("-_", "+/")
"""Base64 as URLs have it, in the usual letters."""


class Conduct:
    """Cases of ``sign``, and of what hooks may not do."""

    bench: Bench
    script: Script
    absent: frozenset[str]

    @needs("cancel_order")
    def test_the_secret_is_sent_nowhere(self) -> None:
        """No request holds the secret, in whatever spelling: neither a cancel, nor a look, a list or a create.

        Look at: ``sign``: it hands the credentials what is to be signed, and gets a signature back.
        """
        ask_all(self.bench, self.script, self.absent)
        for one in self.bench.exchange.seen:
            request = one.request
            texts = (unquote(request.url), *request.headers.values(), (request.body or b"").decode("latin-1"))
            require(not any(map(tells, texts)), f"{request!r} holds the secret")

    @needs("cancel_order")
    def test_the_secret_is_written_nowhere(self) -> None:
        """No line of the log holds it, also where requests are refused.

        Look at: what the plugin logs.
        """
        lines: list[str] = []
        handler = logging.Handler()
        handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
        root = logging.getLogger()
        level, root.level = root.level, logging.DEBUG
        root.addHandler(handler)
        try:
            ask_all(self.bench, self.script, self.absent)
            self.bench.exchange.meet(Request.CANCEL, Fate(acts=False, instead=Response(401, {}, b"{}")))
            self.bench.cancel(self.bench.exchange.place(), timeout=1.0)
        finally:
            root.removeHandler(handler)
            root.level = level
        require(not any(map(tells, lines)), "a line of the log holds the secret")

    @needs("cancel_order")
    def test_what_goes_out_depends_on_nothing_but_the_call(self) -> None:
        """``sign`` builds the same bytes of the same call at the same time.

        Look at: clocks and chance in ``sign``: it is given its time.
        """
        self.bench.cancel(self.bench.exchange.place())
        for call in tuple(self.bench.sent):
            one, other = self.bench.sign(call, 2)
            same = (one.url, dict(one.headers), one.body) == (other.url, dict(other.headers), other.body)
            require(same, f"{one!r} was signed twice at the same time, and differs")

    @needs("cancel_order")
    def test_every_request_has_a_limit(self) -> None:
        """Every request is in a group that the venue has a limit for: no other leaves.

        Look at: ``group`` of each ``HttpCall``, and ``limits``.
        """
        report = self.bench.cancel(self.bench.exchange.place())
        require(report.final, f"the cancel was reported {report.outcome}: {report.error}")

    @needs("cancel_order")
    def test_hooks_do_no_io(self) -> None:
        """A hook opens no socket, starts no thread and never sleeps.

        Look at: the imports of the plugin: HTTP is an ``HttpCall``, waiting is the host's.
        """
        order = self.bench.exchange.place()
        with watched() as done:
            self.bench.cancel(order)
        require(not done, f"a hook did something by itself: {', '.join(done)}")

    @needs("cancel_order", "the_hosts_clock")
    def test_hooks_read_no_clock_and_draw_no_chance(self) -> None:
        """Neither a hook nor ``sign`` reads a clock of the machine's or draws a random number.

        Look at: ``Now`` and ``Random``, which are to be awaited; ``sign`` is given its time, and a nonce.
        """
        with watched(clocks=True) as done:
            ask_all(self.bench, self.script, self.absent)
        require(not done, f"a plugin went by other than it was given: {', '.join(done)}")

    def test_what_is_absent_is_declared(self) -> None:
        """A hook that the plugin has is not declared absent, and one that it lacks is, or says of that it lacks it.

        Look at: ``Capabilities``, and ``support``.
        """
        venue = self.bench.opened_venue
        ordered = bool(getattr(venue, "ordered", False))
        require(not (ordered and "ordered" in self.absent), "ordered is declared absent, and is there")
        for hook in TRIED:
            has = hasattr(venue, hook) and getattr(venue, "support", {}).get(hook, True) is not False
            require(not (has and hook in self.absent), f"{hook} is declared absent, and is there")
            require(has or hook in self.absent, f"{hook} is not there; declare why in Capabilities(absent=...)")


def tells(text: str) -> bool:
    """Whether a text holds the secret: as it is, or in Base64 or hexadecimal digits, alone or beside more."""
    return SECRET in text or any(SECRET.encode() in read for word in _WORD.findall(text) for read in _read(word))


def _read(word: str) -> Iterator[bytes]:
    padding = "=" * (-len(word) % 4)
    with suppress(ValueError):
        yield bytes.fromhex(word)
    for spelling in (word, word.translate(_OF_URLS)):
        with suppress(ValueError):
            yield base64.b64decode(spelling + padding)
