"""Everything that can be wrong with a report, and with how a call behaved."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What is wrong with a report. Every one of these must stay at zero."""

    LOST = "lost"
    """A cancel ran, and is reported as never sent or its order as not found."""
    INVENTED_END = "invented end"
    """Reported final while the order was on the book."""
    WRONG_END = "wrong end"
    """Reported final, but it ended otherwise."""
    WRONG_AMOUNT = "wrong amount"
    FALSE_ALREADY = "false already canceled"
    """Our own send took it off the book."""
    FALSE_OFF_BOOK = "false off book"
    FALSE_PENDING = "false pending"
    """No send was accepted."""
    FALSE_REJECTED = "false rejected"
    """Off the book, or never seen on it, or a send was not definitely refused."""
    FALSE_REFUSAL = "false refusal"
    """A send ran then or later, or is in doubt."""
    WRONG_REASON = "wrong reason"
    """A refusal, but not the last one's reason."""
    FALSE_NOT_FOUND = "false not found"
    FALSE_NOT_SENT = "false not sent"
    FALSE_VENUE_DOWN = "false venue down"
    FALSE_DOUBT = "false doubt"
    """Said to be in doubt or accepted though no byte left."""
    WRONG_ATTEMPTS = "wrong attempts"
    WRONG_AMBIGUOUS = "wrong ambiguous attempts"
    TOO_MANY_SENDS = "too many sends"
    SPOKE_WHILE_BLOCKED = "spoke while blocked"
    """Something was sent after HTTP 418."""
    OVER_LIMIT = "over limit"
    """More went out in a second than the venue's documented limit."""
    RAISED = "raised"
    LATE = "late"
    """Over the deadline."""
