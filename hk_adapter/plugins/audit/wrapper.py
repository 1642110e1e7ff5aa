"""The wrapper: lines around each request that changes something, and one for what each such call came to."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from hk_adapter.errors import AdapterError, PluginError, RequestState
from hk_adapter.flow.effects import Flow
from hk_adapter.flow.log_line import write
from hk_adapter.flow.shielded import NotedFault
from hk_adapter.flow.wrapper import wraps_flow
from hk_adapter.model import Operation
from hk_adapter.plugins.audit.file import AuditFile, audit_path
from hk_adapter.plugins.audit.lines import ended, line_of, noted
from hk_adapter.plugins.reads import READS

_LOG = logging.getLogger("hk_adapter.plugins")

CANCEL_PATIENCE = 0.2
"""Seconds that a cancel waits for each line, until one fails or is late."""
OTHER_PATIENCE = 2.0
"""Seconds; what is no cancel is not sent without its line."""


@dataclass(slots=True)
class _Call:
    operation: Operation
    requests: int = 0
    failed: bool = False


class Audit:
    """Appends a JSON line to a file before each request that changes something is sent, and one for what it came to.

    One object serves any number of connections, threads and loops; any number of processes share one file.
    """

    shares_looks = True
    """Around a look it does nothing."""
    hk_adapter_settings: ClassVar[Mapping[str, Any]] = {"path": str, "cancel_patience": float}
    """What a profile may say of it."""

    def __init__(self, path: str | os.PathLike[str] | None = None, *, cancel_patience: float = CANCEL_PATIENCE) -> None:
        """Keep the lines in ``path``; None: ``HK_ADAPTER_AUDIT``. Its directory must be there.

        Raises ConfigurationError for what is no path, and where there is none.
        """
        self.path = audit_path(path)
        self._file = AuditFile(self.path)
        self._patience = cancel_patience
        self._calls: dict[int, _Call] = {}

    @wraps_flow
    async def operate(self, flow: Flow[Any], operation: Any) -> Any:
        """Write what a call that changes something came to."""
        if operation.name.startswith(READS):
            return await flow
        call = self._calls[operation.id] = _Call(operation)
        try:
            return await self._to_its_end(call, flow, "result", {})
        finally:
            self._calls.pop(operation.id, None)

    @wraps_flow
    async def attempt(self, flow: Flow[Any], operation: Any, request: Any, hook: str) -> Any:
        """Write a request that changes something before it is sent, and its answer after."""
        if hook.startswith(READS):
            return await flow
        call = self._calls.get(operation.id) or _Call(operation)
        call.requests += 1
        which = {"hook": hook, "number": call.requests}
        await self._write_before(call, hook, which | {"request": noted(request)})
        return await self._to_its_end(call, flow, "answer", which)

    async def _to_its_end(self, call: _Call, flow: Flow[Any], event: str, which: Mapping[str, Any]) -> Any:
        try:
            result = await flow
        except AdapterError as error:
            await self._write_after(call, event, {**which, **ended(error)})
            raise
        await self._write_after(call, event, {**which, **ended(result)})
        return result

    async def _write_before(self, call: _Call, hook: str, told: Mapping[str, Any]) -> None:
        """Write what is about to be sent; a failure keeps only what is no cancel from being sent."""
        if not hook.startswith("cancel"):
            await self._file.append(line_of("request", call.operation, told), OTHER_PATIENCE)
            return
        await self._write_after(call, "request", told)

    async def _write_after(self, call: _Call, event: str, told: Mapping[str, Any]) -> None:
        if call.failed:
            return  # a failing disk shall cost a call its patience once
        try:
            await self._file.append(line_of(event, call.operation, told), self._patience)
        except AdapterError as error:
            call.failed = True
            what = f"{call.operation.name} is not fully in the audit: {error}"
            write(_LOG, logging.ERROR, "%s", what)
            fault = PluginError(what, request_state=RequestState.UNKNOWN)
            fault.__cause__ = error
            await NotedFault(fault)
