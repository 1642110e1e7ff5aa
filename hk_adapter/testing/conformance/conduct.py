"""Conduct: a plugin signs and reads, and does nothing else."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch
from urllib.parse import unquote

from hk_adapter.testing.conformance.bench import SECRET, Bench
from hk_adapter.testing.conformance.promises import BrokenPromise, needs, require
from hk_adapter.testing.conformance.script import Script

TRIED = (
    "cancel_order",
    "fetch_order",
    "create_order",
    "fetch_open_orders",
    "cancel_orders",
    "fetch_orders",
    "fetch_my_trades",
    "fetch_time",
)
"""The hooks that cases are about."""


class Conduct:
    """Cases of ``sign``, and of what hooks may not do."""

    bench: Bench
    script: Script
    absent: frozenset[str]

    @needs("cancel_order")
    def test_the_secret_is_sent_nowhere(self) -> None:
        """No request holds the secret, in whatever spelling.

        Look at: ``sign``: it hands the credentials what is to be signed, and gets a signature back.
        """
        self.bench.cancel(self.bench.exchange.place())
        for one in self.bench.exchange.seen:
            request = one.request
            texts = (unquote(request.url), *request.headers.values(), (request.body or b"").decode("latin-1"))
            require(not any(SECRET in text for text in texts), f"{request!r} holds the secret")

    @needs("cancel_order")
    def test_the_secret_is_written_nowhere(self) -> None:
        """No line of the log holds it.

        Look at: what the plugin logs.
        """
        lines: list[str] = []
        handler = logging.Handler()
        handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
        root = logging.getLogger()
        level, root.level = root.level, logging.DEBUG
        root.addHandler(handler)
        try:
            self.bench.cancel(self.bench.exchange.place())
        finally:
            root.removeHandler(handler)
            root.level = level
        require(not any(SECRET in line for line in lines), "a line of the log holds the secret")

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
        with noted() as done:
            self.bench.cancel(order)
        require(not done, f"a hook did something by itself: {', '.join(done)}")

    def test_what_is_absent_is_declared(self) -> None:
        """A hook that the plugin has is not declared absent, and one that it lacks is.

        Look at: ``Capabilities``.
        """
        venue = self.bench.opened_venue
        for hook in TRIED:
            has = hasattr(venue, hook)
            require(not (has and hook in self.absent), f"{hook} is declared absent, and is there")
            require(has or hook in self.absent, f"{hook} is not there; declare why in Capabilities(absent=...)")


@contextmanager
def noted() -> Iterator[list[str]]:
    """Yield what is done that hooks may not do; nothing of it happens."""
    done: list[str] = []

    def noting(what: str) -> Callable[..., None]:
        def note(*_: object, **__: object) -> None:
            done.append(what)
            raise BrokenPromise(f"a hook {what}")

        return note

    with ExitStack() as stack:
        stack.enter_context(patch.object(socket, "socket", noting("opened a socket")))
        stack.enter_context(patch.object(threading.Thread, "start", noting("started a thread")))
        stack.enter_context(patch.object(time, "sleep", noting("slept")))
        yield done
