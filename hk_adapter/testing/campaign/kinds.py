"""The kinds of scenario beyond the usual one: each brings one thing that venues or callers do now and then."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a scenario has beyond the usual faults; one at a time, so that whatever is wrong has a name."""

    USUAL = "usual"
    LAGGING_VIEWS = "lagging-views"
    """The open orders, the history and the single query each show the venue as it was, each with a lag of its own."""
    FLICKER = "flicker"
    """Each look-up is served by another replica, so that an end once shown is followed by the order as it was."""
    LATE_FILLS = "late-fills"
    """What was filled shows half a second later, so that CANCELED with 0 filled comes before the fills."""
    MARKET_ORDERS = "market-orders"
    """A market order is FILLED below what was asked for."""
    SECOND_ANSWER = "second-answer"
    """A request is delivered twice, and the second answer is handed back; a create's too."""
    SHIFTED_ANSWERS = "shifted-answers"
    """The answer is that of something else, or an earlier one again."""
    DOUBLED_KEYS = "doubled-keys"
    """A row says one key twice, differently."""
    USED_CLIENT_IDS = "used-client-ids"
    """An older order had the client's id before, or a newer one gets it; the query by it shows that one."""
    NAMED_TWICE = "named-twice"
    """One call names an order by its id and by its client id."""
    ODD_IDS = "odd-ids"
    """An order id is written as the venue does not write it: spaces, zeros, a sign, two in one."""
    ARRIVALS = "arrivals"
    """Orders come to the book after it was listed and before the mass cancel."""
    JUST_PLACED = "just-placed"
    """This very connection placed the order, and for a while no view and no cancel knows it."""
    LITTLE_TIME = "little-time"
    """Many calls share the budget, and some of them have little time left when their turn comes."""
    INTERRUPTS = "interrupts"
    """The caller goes away at any step of the call, and cancels again."""
    DEAD_LEADERS = "dead-leaders"
    """Who looks for several is gone while the others wait, closed or frozen."""
    WRAPPERS = "wrappers"
    """A wrapper raises, before, after or instead of the call: errors of its own, foreign ones, no errors at all."""
    OTHER_TERMS = "other-terms"
    """Another order's row comes under the id that was asked for: other terms, and an end of its own."""
    USED_ORDER_IDS = "used-order-ids"
    """The venue begins its numbers anew: an older order had the order's id, or a newer one gets it after the cancel."""

    IDS_BY_SYMBOL = "ids-by-symbol"
    """The venue counts order ids by symbol: an order of another symbol has the very id, and maybe the client's, too."""


BEYOND = tuple(kind for kind in Kind if kind is not Kind.USUAL)
"""What a campaign draws beside the usual."""
SHARE = 0.2
"""Of the scenarios of a campaign: those of a kind beyond the usual."""
