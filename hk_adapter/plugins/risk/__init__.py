"""Limits on new orders that no bug of a bot's gets past, and a switch; what is canceled is none of their business."""

from hk_adapter.plugins.risk.create_block import CreateBlock
from hk_adapter.plugins.risk.wrapper import Risk

__all__ = ["CreateBlock", "Risk"]
