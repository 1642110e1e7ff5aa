"""The control handle of the streams: faults of frames and connections, keys that end, and who is connected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hk_adapter.simulator.core import Simulator
from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.streams.faults import Chance, Mishap, StreamFault


@dataclass(frozen=True, slots=True)
class StreamView:
    """Show an open connection: whose it is, None for a public one, and how many frames wait for its client."""

    account_id: str | None
    unread: int


class StreamControl:
    """Arrange what becomes of streams. Wrong arguments raise ValueError and change nothing.

    An `account_id` of None is the first account; `now`, in ms, moves the venue's time, None is the latest it has seen.
    """

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._streams = simulator.streams
        self._keys = simulator.venue.listen_keys

    def fail_next(
        self, kind: StreamFault | str, *, after: int = 0, times: int = 1, event: str | None = None, ms: int = 0
    ) -> None:
        """Make frames go wrong on their way: the next one, after `after` others, or the next `times`.

        Frames of all connections count. `event` picks those that tell of an `executionReport`, a `ticketInfo`, an
        `outboundAccountInfo`, a `depth`, a `trade`, a `realtimes` or a `ping`; None is any. `ms` is how much later a
        `late` one arrives, or one that is `split`. Faults that no frame has met stay waiting.
        """
        if after < 0 or times < 1 or ms < 0:
            raise ValueError(f"after and ms must be 0 or more, times at least 1: {after!r} {ms!r} {times!r}")
        fault = _fault(kind)
        if ms and fault not in (StreamFault.LATE, StreamFault.SPLIT):
            raise ValueError(f"ms goes with late and split: {kind!r}")
        with self._at(None):
            self._streams.faults.add(Mishap(fault, after, times, event, ms))

    def disturb(
        self, seed: int, share: float, kinds: Iterable[StreamFault | str] = tuple(StreamFault), most_ms: int = 1000
    ) -> None:
        """Make this share of all frames (0 to 1) go wrong from now on, in a way drawn from the seed.

        A `late` or `split` frame is late by up to `most_ms`. A share of 0 ends it.
        """
        faults = tuple(map(_fault, kinds))
        if not 0 <= share <= 1 or not faults or most_ms < 1:
            raise ValueError(f"share is 0 to 1, with at least one kind and 1 ms: {share!r} {faults!r} {most_ms!r}")
        with self._at(None):
            self._streams.faults.chance = Chance(seed, share, faults, most_ms) if share else None

    def refuse_next(self, status: int = 503, times: int = 1) -> None:
        """Refuse the next openings with an HTTP status; 0: no connection comes about."""
        if times < 1 or not (status == 0 or 400 <= status <= 599):
            raise ValueError(f"status is 0 or 400 to 599, times at least 1: {status!r} {times!r}")
        with self._at(None):
            self._streams.faults.refusals += [status] * times

    def restart(self, *, keys_survive: bool = True, now: int | None = None) -> None:
        """End every connection as a server does that restarts; listen keys outlive it, unless told otherwise."""
        with self._at(now) as at:
            self._streams.restart(at, keys_survive=keys_survive)

    def listen_key(self, account_id: str | None = None, *, now: int | None = None) -> str:
        """Return a listen key for an account, as a request for one does."""
        with self._at(now) as at:
            return self._keys.create(self._account(account_id), at)

    def expire_keys(self, account_id: str | None = None, *, now: int | None = None) -> None:
        """Expire the listen keys of an account; what is open with them ends."""
        with self._at(now) as at:
            for key in list(self._keys.of(self._account(account_id))):
                self._keys.end(key, at)

    def replace_key(self, account_id: str | None = None, *, now: int | None = None) -> str:
        """Make a listen key as if somebody else had asked for it, which ends those before it; return it."""
        with self._at(now) as at:
            return self._keys.replace(self._account(account_id), at)

    @property
    def connections(self) -> list[StreamView]:
        """The connections that are open, the oldest first."""
        with self._at(None):
            return [
                StreamView(None if connection.key is None else connection.key.account.account_id, connection.unread)
                for connection in self._streams.connections
            ]

    @contextmanager
    def _at(self, now: int | None) -> Iterator[int]:
        with self._simulator.looking():
            at = self._simulator.latest if now is None else now
            with self._simulator.at(at):
                yield at

    def _account(self, account_id: str | None) -> Account:
        if account_id is None:
            return self._simulator.account
        account = self._simulator.venue.register.by_id(account_id)
        if account is None:
            raise ValueError(f"the venue knows no account {account_id!r}")
        return account


def _fault(kind: str) -> StreamFault:
    try:
        return StreamFault(kind)
    except ValueError as error:
        raise ValueError(f"kind must be one of {', '.join(StreamFault)}: {kind!r}") from error
