"""Identifiers, drawn from the time given and a counter: the same calls always give the same ids."""

from __future__ import annotations

# The upper bits of a real order id are its creation time in ms since this moment, the lower 23 a sequence.
ID_EPOCH = 1_514_736_000_000
_SEQUENCE_BITS = 23
_ACCOUNT_OPENED = 1_690_000_000_000
# Tickets of samples since July 2025 begin with 46 and tell no time by their upper bits; how they are made is not known.
_FIRST_TICKET = 4_600_000_000_000_000_000
_TICKET_BITS = 17


class Ids:
    """Count the ids given out, starting at `seed`."""

    def __init__(self, seed: int) -> None:
        self._next = seed
        self._client_ids: tuple[int, int] = (0, 0)
        self._fills = self._tickets = seed

    def order_id(self, now: int) -> str:
        """Make the id of an order created at `now`; ValueError when that is before the ids' epoch."""
        if now < ID_EPOCH:
            raise ValueError(f"now={now} is before 2018, where order ids begin: it must be Unix time in milliseconds")
        self._next += 1
        return _identifier(now, self._next)

    def client_order_id(self, now: int) -> str:
        """Make the digits the venue gives an order without a client id: 16, more from the 1000th within a ms."""
        last, count = self._client_ids
        self._client_ids = (now, count + 1 if now == last else 0)
        return f"{now}{self._client_ids[1]:03d}"

    def fill_id(self, now: int) -> str:
        """Make the id of one side of a trade; of the same pattern as an order's, counted apart."""
        self._fills += 1
        return _identifier(now, self._fills)

    def ticket_id(self, now: int) -> str:
        """Make the id of a trade, which its sides share."""
        self._tickets += 1
        return str(_FIRST_TICKET + ((now - ID_EPOCH) << _TICKET_BITS) + self._tickets % (1 << _TICKET_BITS))


def account_id(seed: int) -> str:
    """Make an account's id."""
    return _identifier(_ACCOUNT_OPENED, seed)


def _identifier(time: int, sequence: int) -> str:
    return str(((time - ID_EPOCH) << _SEQUENCE_BITS) | (sequence % (1 << _SEQUENCE_BITS)))
