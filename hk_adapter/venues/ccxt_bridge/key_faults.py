"""Where ccxt fails over the key that it signs with: over one of another kind, or one that was cut off.

Its libraries raise Python's errors then, whose words may repeat a part of the key. The place tells what it was.
"""

from __future__ import annotations

import re
from types import TracebackType

WHERE_TO_LOOK = "it was signing: is the key of the kind that this exchange gives for its API, and whole?"

_SIGNS = re.compile(r"sign(_\w+)?|\w+_sign|create_signed_request|ecdsa|eddsa|rsa|jwt|eth_get_address_from_private_key")
"""How ccxt (4.5.90) names what uses a key."""


def was_signing(raised: BaseException) -> bool:
    """Whether an error was raised while ccxt signed, in whatever it called for that."""
    frame: TracebackType | None = raised.__traceback__
    while frame is not None:
        module = str(frame.tb_frame.f_globals.get("__name__"))
        if module.partition(".")[0] == "ccxt" and _SIGNS.fullmatch(frame.tb_frame.f_code.co_name):
            return True
        frame = frame.tb_next
    return False
