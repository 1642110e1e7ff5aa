"""An audit: a line for each request that changes something, written before it is sent, and one for what it came to."""

from hk_adapter.plugins.audit.wrapper import Audit

__all__ = ["Audit"]
