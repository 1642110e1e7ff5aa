"""What an account's owner reads about it: balances, now and of days before, its accounts, its key, and its fee rates.

Sources: HashKey documentation 2025/2026. Only trading accounts exist here: none for custody, fiat or futures.
"""

from __future__ import annotations

import re
from calendar import monthrange, timegm

from hk_adapter.simulator.exchange.accounts import Account, Balance
from hk_adapter.simulator.exchange.fees import fee_asset, product_type
from hk_adapter.simulator.exchange.ledger import DAY_MS, day_of
from hk_adapter.simulator.exchange.markets import COINS, Market
from hk_adapter.simulator.exchange.money import plain
from hk_adapter.simulator.exchange.state import Answer, Parameters, VenueState
from hk_adapter.simulator.refusals import Refusal

TRADING_ACCOUNT = 1
MOST_DAYS_AGO = 7
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
# In HK's sample a user's id is this much above that of the main account.
_USER_OFFSET = 1 << 24


def balances(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """Show what an account has of each asset; a main account's key may ask for a sub-account."""
    if venue.dialect.account_id_required and not parameters.get("accountId"):
        raise Refusal("0001", "accountId")
    asked = venue.register.asked_for(account, parameters, venue.dialect.foreign_account)
    return balance_answer(venue, asked, asked.balances)


def balance_answer(venue: VenueState, account: Account, held: dict[str, Balance]) -> dict[str, object]:
    """Show an account's balances, each asset's free and locked amount and their sum."""
    assets = sorted({*COINS, *held} if venue.dialect.zero_balances == "listed" else held)
    rows = [_balance_row(asset, held.get(asset, Balance())) for asset in assets]
    if venue.dialect.zero_balances == "absent":
        rows = [row for row in rows if row["total"] != "0"]
    return {"balances": rows, "userId": user_id(account)}


def end_of_day_balances(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """Show what an account had when a day ended, up to 7 days ago; nothing of a day before the account was opened."""
    asked = venue.register.asked_for(account, parameters, venue.dialect.foreign_account)
    day = _report_day(parameters)
    if not day_of(now) - MOST_DAYS_AGO <= day < day_of(now):
        raise Refusal("-1130", "reportDate")
    held = venue.day_ends.held(asked, day)
    return {"balances": [], "userId": user_id(asked)} if held is None else balance_answer(venue, asked, held)


def account_types(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """List the accounts that a key may read: its own and, for a main account's, those of its sub-accounts."""
    rows = [_account_row(other) for other in venue.register.family(account)]
    if not venue.dialect.account_user_ids:
        for row in rows:
            del row["userId"]
    return rows


def key_type(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """Return whether a key is that of a main account or of a sub-account."""
    main = account.parent is None
    if venue.dialect.key_types == "mena":
        return {"accountType": "Master Account" if main else "Sub Account"}
    return {"accountType": "master" if main else "sub"}


def vip_info(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """Show an account's fee rates by pair. Level, volume and assets are those of somebody who has just come."""
    return {
        "code": 0,
        "vipLevel": "0",
        "tradeVol30Day": "0",
        "totalAssetBal": "0",
        "data": [_fee_row(account, market) for market in _markets_asked_for(venue, parameters)],
        venue.dialect.vip_time_name: str(now - now % DAY_MS),
    }


def user_id(account: Account) -> str:
    """Return whose account it is; each sub-account is a user of its own."""
    return str(int(account.account_id) + _USER_OFFSET)


def _report_day(parameters: Parameters) -> int:
    text = parameters.get("reportDate")
    if not text:
        raise Refusal("0001", "reportDate")
    match = _DATE.fullmatch(text)
    year, month, day = map(int, match.groups()) if match else (0, 0, 0)
    if not (year and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):
        raise Refusal("-1130", "reportDate")
    return timegm((year, month, day, 0, 0, 0)) * 1000 // DAY_MS


def _balance_row(asset: str, balance: Balance) -> dict[str, object]:
    return {
        "asset": asset,
        "assetId": asset,
        "assetName": asset,
        "total": plain(balance.total),
        "free": plain(balance.free),
        "locked": plain(balance.locked),
    }


def _account_row(account: Account) -> dict[str, object]:
    return {
        "accountId": account.account_id,
        "accountLabel": "Main Trading Account" if account.parent is None else "Sub Main Trading Account",
        "accountType": TRADING_ACCOUNT,
        "accountIndex": 0,
        "userId": user_id(account),
    }


def _markets_asked_for(venue: VenueState, parameters: Parameters) -> list[Market]:
    given = parameters.get("symbols")
    if not given:
        if venue.dialect.vip_symbols_required:
            raise Refusal("0001", "symbols")
        return list(venue.markets.values())
    symbols = given.split(",")
    if not all(symbol in venue.markets for symbol in symbols):
        raise Refusal("0201", "symbols")
    return [venue.markets[symbol] for symbol in symbols]


def _fee_row(account: Account, market: Market) -> dict[str, object]:
    buyer, seller = fee_asset(market, "BUY"), fee_asset(market, "SELL")
    return {
        "symbol": market.symbol,
        "productType": product_type(market),
        "buyMakerFeeCurrency": buyer,
        "buyTakerFeeCurrency": buyer,
        "sellMakerFeeCurrency": seller,
        "sellTakerFeeCurrency": seller,
        "actualMakerRate": plain(account.fees.maker),
        "actualTakerRate": plain(account.fees.taker),
    }
