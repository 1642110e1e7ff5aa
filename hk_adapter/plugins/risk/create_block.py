"""A switch for new orders alone, which other processes can throw too, by a file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, ClassVar

from hk_adapter.errors import OrderDenied
from hk_adapter.flow.effects import Flow
from hk_adapter.flow.wrapper import wraps_flow
from hk_adapter.plugins.risk.block_file import BlockFile
from hk_adapter.plugins.risk.block_reason import BY_HAND, block_reason
from hk_adapter.plugins.risk.wrapper import PASSES

PATH_VARIABLE = "HK_ADAPTER_CREATE_BLOCK"


class CreateBlock:
    """Denies new orders while it is on. Cancels and reads always pass.

    It is looked at before a call, before each request of it, and once more as a request that waited for the rate budget
    is to leave. One object serves any number of connections, threads and loops.
    """

    shares_looks = True
    """Around a look it does nothing."""
    holds_creates = True
    """It is refused where it would hold none back: by the ccxt class, whose orders are placed by ccxt's own code."""
    hk_adapter_settings: ClassVar[Mapping[str, Any]] = {"path": str}
    """What a profile may say of it."""

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        """Watch a file, beside the switch in this process; None is ``HK_ADAPTER_CREATE_BLOCK``, without which none.

        While the file is there, or while it cannot be known whether it is, nothing is placed: a path in no directory
        blocks creates, and is no error here, for it is to keep nobody from canceling. Raises ConfigurationError for
        what is no text.
        """
        named = path if path is not None else os.environ.get(PATH_VARIABLE) or None
        self.file = None if named is None else BlockFile(named)
        self._block: str | None = None

    @property
    def creates_blocked(self) -> bool:
        """Whether no order may be placed, here or by the file."""
        return self.creates_held_by() is not None

    def block_creates(self, reason: str = BY_HAND) -> None:
        """Block new orders in this process, until ``allow_creates``; the file stays as it is."""
        self._block = block_reason(reason)

    def allow_creates(self) -> None:
        """Unblock new orders, as far as this process goes; the file stays as it is."""
        self._block = None

    def creates_held_by(self) -> str | None:
        """Return in words why no create may leave now; None lets it."""
        if (reason := self._block) is not None:
            return reason
        return None if self.file is None else self.file.reason()

    @wraps_flow
    async def operate(self, flow: Flow[Any], operation: Any) -> Any:
        """Deny a call that places orders."""
        if not operation.name.startswith(PASSES):
            self._check()
        return await flow

    @wraps_flow
    async def attempt(self, flow: Flow[Any], hook: str) -> Any:
        """Deny a request that places orders, where creates were blocked since its call began."""
        if not hook.startswith(PASSES):
            self._check()
        return await flow

    def _check(self) -> None:
        if (reason := self.creates_held_by()) is not None:
            raise OrderDenied(f"new orders are blocked {reason}")
