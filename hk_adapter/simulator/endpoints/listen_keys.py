"""The key of a private stream: asked for, renewed and given back.

Source: HashKey documentation, 2026. No answer says when a key ends.
"""

from __future__ import annotations

from hk_adapter.simulator.endpoints.parameters import required
from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.exchange.state import Answer, Parameters, VenueState


def create_listen_key(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """Return a key for the account."""
    return {venue.dialect.listen_key_name: venue.listen_keys.create(account, now)}


def renew_listen_key(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """Renew a key for another hour."""
    venue.listen_keys.renew(account, required(parameters, "listenKey"), now)
    return {}


def delete_listen_key(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """End a key, and what is open with it."""
    venue.listen_keys.delete(account, required(parameters, "listenKey"), now)
    return {}
