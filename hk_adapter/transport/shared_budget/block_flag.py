"""The create block of a Redis: whoever has a budget there places nothing while it is up."""

from __future__ import annotations

from typing import Any

from hk_adapter.transport.shared_budget.address import BLOCK_KEY, BudgetAddress, told_block
from hk_adapter.transport.shared_budget.client import opened, refusal_by, told_error


class BlockFlag:
    """One Redis. What is at its key tells people why, and decides nothing: an empty text blocks as well."""

    def __init__(self, address: BudgetAddress) -> None:
        self._address = address
        self.name = f"{BLOCK_KEY} in {address.place}"
        """Where it is, as it is shown."""

    def put_up(self, reason: str) -> None:
        """Write the key and wait until Redis has it. Raises OSError, with no password.

        One that is there already stays as it is: who put it up first has said why.
        """
        import redis  # noqa: PLC0415 - only where a budget is in Redis

        try:
            with opened(self._address) as client:
                client.set(BLOCK_KEY, reason, nx=True)
        except (redis.RedisError, OSError, UnicodeError) as error:
            raise OSError(told_error(error, self._address)) from None

    def refusal(self) -> str | None:
        """Return in words why that Redis would not take it, such as for a wrong password; None where it may be away."""
        return refusal_by(self._address)

    def reason(self) -> str | None:
        """Return in words why nothing may be placed; None where nothing is there. Raises OSError, with no password."""
        import redis  # noqa: PLC0415 - as above

        try:
            with opened(self._address) as client:
                found: Any = client.get(BLOCK_KEY)
        except (redis.RedisError, OSError, UnicodeError) as error:
            raise OSError(told_error(error, self._address)) from None
        return None if found is None else told_block(str(found, "utf-8", "replace"), self._address)
