"""What the hooks of one opened venue share."""

from __future__ import annotations

from hk_adapter_kraken.names import Names


class Desk:
    """What this connection has learned.

    Attributes:
        names: what Kraken calls its markets.
    """

    def __init__(self) -> None:
        self.names = Names()
