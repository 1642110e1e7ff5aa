"""Moving money between the accounts of one owner.

Sources: HashKey documentation 2025/2026. Which refusals a transfer meets is not shown anywhere: the codes are those
whose tabled texts fit.
"""

from __future__ import annotations

import re
from decimal import Decimal

from hk_adapter.simulator.endpoints.parameters import required
from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.exchange.markets import COINS
from hk_adapter.simulator.exchange.state import Answer, Parameters, VenueState
from hk_adapter.simulator.refusals import Refusal

MAX_CLIENT_ID = 64

_NUMBER = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?")


def transfer(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """Move a coin from one account to another, both of them the key's own or its sub-accounts'."""
    source = _account(venue, account, parameters, "fromAccountId", "-1172")
    target = _account(venue, account, parameters, "toAccountId", "-1173")
    if source is target:
        raise Refusal("-1174")
    coin, amount = _coin(parameters), _amount(parameters)
    client_id = parameters.get("clientOrderId", "")
    if len(client_id) > MAX_CLIENT_ID:
        raise Refusal("-5030", f"clientOrderId, {MAX_CLIENT_ID}")
    if not source.reserve(coin, amount):
        raise Refusal(venue.dialect.transfer_too_much)
    source.pay(coin, amount)
    target.receive(coin, amount)
    order_id = venue.transfers.note(source, target, coin, amount, client_id, parameters.get("remark", ""), now)
    return {"success": True, "timestamp": now, "clientOrderId": client_id, "orderId": order_id}


def _account(venue: VenueState, account: Account, parameters: Parameters, name: str, unknown: str) -> Account:
    account_id = required(parameters, name)
    found = next((one for one in venue.register.family(account) if one.account_id == account_id), None)
    if found is None:
        raise Refusal(unknown)
    return found


def _coin(parameters: Parameters) -> str:
    coin = required(parameters, "coin")
    if coin not in COINS:
        raise Refusal("-4001")
    return coin


def _amount(parameters: Parameters) -> Decimal:
    text = required(parameters, "quantity")
    if not _NUMBER.fullmatch(text) or not (amount := Decimal(text)):
        raise Refusal("-1130", "quantity")
    return amount
