"""Balances, fee rates, accounts, and what a key is: exactly as the venue says, or not at all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from hk_adapter.errors import AuthenticationError, BadRequest, InvalidArgument, UnexpectedPayload
from hk_adapter.model import (
    Account,
    AccountRequest,
    Balance,
    KeyInfo,
    SymbolsRequest,
    TradingFee,
)
from tests.cases import each
from tests.venues.hashkey.driving import answered, is_whole, opened, sent

SUB = "1649292498437183232"

# The fields of HashKey's documentations (HK 2025, MENA 2026); the numbers are ours.
USD = {"asset": "USD", "assetId": "USD", "assetName": "USD", "total": "130.5", "free": "100", "locked": "30.5"}
BALANCES: dict[str, Any] = {"balances": [USD], "userId": "1649292498437183200"}
FEE: dict[str, Any] = {
    "symbol": "ETHUSD",
    "productType": "Token-Fiat",
    "buyMakerFeeCurrency": "USD",
    "buyTakerFeeCurrency": "USD",
    "sellMakerFeeCurrency": "USD",
    "sellTakerFeeCurrency": "USD",
    "actualMakerRate": "0.0029",
    "actualTakerRate": "0.00290",
}
VIP: dict[str, Any] = {
    "code": 0,
    "msg": "success",
    "vipLevel": "0",
    "tradeVol30Day": "67",
    "totalAssetBal": "0",
    "data": [FEE, FEE | {"symbol": "BTCFDUSD", "productType": "Token-Token", "actualMakerRate": "0"}],
    "updateTimestamp": "1722320137809",
}
MAIN = {"accountId": "1471090223379184384", "accountLabel": "Main Trading Account", "accountType": 1, "accountIndex": 0}


def test_balances_are_as_the_venue_writes_them() -> None:
    """Free, used and total by currency, each as the venue writes it."""
    found = answered(opened().fetch_balance(AccountRequest()), BALANCES)
    assert dict(found) == {"USD": Balance(free=Decimal(100), used=Decimal("30.5"), total=Decimal("130.5"))}
    assert (found.account_id, found.timestamp, found.info) == (None, None, BALANCES)


def test_no_balances_are_none() -> None:
    """Whether the venue lists what an account has nothing of is not documented; an empty list is an answer."""
    assert not answered(opened().fetch_balance(AccountRequest()), {"balances": [], "userId": "1"})


@pytest.mark.parametrize(("account_id", "params"), [(None, {}), (SUB, {"accountId": SUB})])
def test_a_master_key_may_name_a_sub_account(account_id: str | None, params: dict[str, str]) -> None:
    """A master key may name a sub-account; the key's own account is never named."""
    call = sent(opened().fetch_balance(AccountRequest(account_id=account_id)))
    assert (call.path, call.params, call.group, call.weight) == ("/api/v1/account", params, "queries", 5)
    assert answered(opened().fetch_balance(AccountRequest(account_id=account_id)), BALANCES).account_id == account_id


@each(
    "rows",
    [
        None,
        {},
        [None],
        [USD, USD],
        [USD, USD | {"total": "1", "free": "1"}],
        [USD, USD | {"asset": "usd", "free": "NaN"}],
        [USD | {"asset": ""}],
        [USD | {"asset": "US/D"}],
        *(
            [USD | {name: value}]
            for name in ("free", "locked", "total")
            for value in (None, "", "NaN", "1,5", True, [])
        ),
    ],
)
def test_balances_that_cannot_be_read_are_no_balances(rows: Any) -> None:
    """One row of several would be money that is missing: it is told, or the whole answer is a doubt."""
    assert not is_whole(opened().fetch_balance(AccountRequest()), {"balances": rows})


def test_fee_rates_are_exact_fractions() -> None:
    """Fractions, exactly, of every market that the venue names; one whose name is ambiguous has no symbol."""
    assert answered(opened().fetch_trading_fees(SymbolsRequest()), VIP) == (
        TradingFee(symbol="ETH/USD", venue_symbol="ETHUSD", maker=Decimal("0.0029"), taker=Decimal("0.0029"), info=FEE),
        TradingFee(
            symbol=None,
            venue_symbol="BTCFDUSD",
            maker=Decimal(0),
            taker=Decimal("0.0029"),
            info=VIP["data"][1],
        ),
    )


def test_fee_rates_of_some_markets() -> None:
    """Those asked for are sent as one list; others that the venue adds are not given."""
    asked = SymbolsRequest(symbols=("BTC/FDUSD", "BTC/USD"))
    assert sent(opened().fetch_trading_fees(asked)).params == {"symbols": "BTCFDUSD,BTCUSD"}
    (fee,) = answered(opened().fetch_trading_fees(asked), VIP)
    assert (fee.symbol, fee.maker) == ("BTC/FDUSD", Decimal(0))


def test_all_symbols_are_sent_once_they_are_known() -> None:
    """HK's pages of Nov 2025 demand symbols, those of 2026 do not: before the catalogue is read, none are sent."""
    venue = opened()
    assert sent(venue.fetch_trading_fees(SymbolsRequest())).params == {}
    rows = [
        {"symbol": f"{base}FDUSD", "status": "TRADING", "baseAsset": base, "quoteAsset": "FDUSD"}
        for base in ("ETH", "BTC")
    ]
    answered(venue.fetch_markets(SymbolsRequest()), {"symbols": rows})
    assert sent(venue.fetch_trading_fees(SymbolsRequest())).params == {"symbols": "BTCFDUSD,ETHFDUSD"}
    assert [fee.symbol for fee in answered(venue.fetch_trading_fees(SymbolsRequest()), VIP)] == ["ETH/USD", "BTC/FDUSD"]


def test_a_market_without_a_rate_has_none() -> None:
    """None, and not nothing: the venue did not say."""
    answer = VIP | {"data": [{"symbol": "ETHUSD", "actualMakerRate": ""}]}
    (fee,) = answered(opened().fetch_trading_fees(SymbolsRequest()), answer)
    assert (fee.maker, fee.taker) == (None, None)


@each("data", [None, {}, [None], [FEE | {"symbol": ""}], [FEE | {"actualTakerRate": "cheap"}]])
def test_fee_rates_that_cannot_be_read(data: Any) -> None:
    """A doubt, or told."""
    assert not is_whole(opened().fetch_trading_fees(SymbolsRequest()), VIP | {"data": data})


def test_an_error_code_beside_the_fees_is_an_error() -> None:
    """The answer has a code of its own; 0 is success, and only that."""
    with pytest.raises(BadRequest):
        answered(opened().fetch_trading_fees(SymbolsRequest()), VIP | {"code": "0001", "msg": "symbols"}, status=400)


@each(
    ("number", "kind"),
    [(1, "spot"), ("1", "spot"), (3, "swap"), (5, "custody"), (6, "fiat"), (7, "opt"), (9, "prefund"), (42, "42")],
)
def test_accounts_have_ids_as_text_and_a_kind(number: object, kind: str) -> None:
    """Each with its id as text and its kind; a kind without a name of its own is the venue's number."""
    row = MAIN | {"accountType": number}
    assert answered(opened().fetch_accounts(AccountRequest()), [row]) == (
        Account(id="1471090223379184384", type=kind, name="Main Trading Account", info=row),
    )


@each("row", [None, {}, MAIN | {"accountId": ""}, MAIN | {"accountType": None}])
def test_accounts_that_cannot_be_read(row: Any) -> None:
    """It is told beside the others."""
    found = answered(opened().fetch_accounts(AccountRequest()), [MAIN, row])
    assert (len(found), len(found.unread)) == (1, 1)


@each(
    ("word", "kind"),
    [("master", "master"), ("Master Account", "master"), ("Sub Account", "sub"), ("sub", "sub"), ("Robot", "Robot")],
)
def test_what_a_key_is(word: str, kind: str) -> None:
    """HK and MENA have words of their own; any other stays as it is. What the key may do, nobody tells."""
    payload = {"accountType": word}
    assert answered(opened().check_key(AccountRequest()), payload) == KeyInfo(account_type=kind, info=payload)


def test_a_key_that_is_not_told_is_a_doubt() -> None:
    """Without the one field that the answer has, nothing is known; a refused key is an error."""
    for payload in ({}, {"accountType": 1}):
        with pytest.raises(UnexpectedPayload):
            answered(opened().check_key(AccountRequest()), payload)
    with pytest.raises(AuthenticationError):
        answered(opened().check_key(AccountRequest()), {"code": "0102", "msg": "invalid key"}, status=400)


def test_what_hashkey_does_not_take_is_refused_before_it_is_sent() -> None:
    """Params, an account where the key itself is asked about, ids that are none, an empty list of symbols."""
    venue = opened()
    for hook in (venue.fetch_balance, venue.fetch_accounts, venue.check_key):
        with pytest.raises(InvalidArgument):
            sent(hook(AccountRequest(params={"type": "spot"})))
    for hook in (venue.fetch_accounts, venue.check_key):
        with pytest.raises(InvalidArgument, match="account_id"):
            sent(hook(AccountRequest(account_id=SUB)))
    with pytest.raises(InvalidArgument, match="account_id"):
        sent(venue.fetch_balance(AccountRequest(account_id="main")))
    for asked in (SymbolsRequest(symbols=()), SymbolsRequest(symbols=("ETHUSD",)), SymbolsRequest(params={"x": 1})):
        with pytest.raises(InvalidArgument):
            sent(venue.fetch_trading_fees(asked))
