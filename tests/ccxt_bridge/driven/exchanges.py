"""An exchange of ccxt's with all that it needs to place an order: keys of its kind, and a market that is ours."""

from __future__ import annotations

import os
from copy import deepcopy
from typing import Any

from ccxt import TICK_SIZE

from tests.ccxt_bridge.by_hand import MARKET
from tests.ccxt_bridge.client_id_table import members
from tests.ccxt_bridge.driven import signers
from tests.ccxt_bridge.market_order_table import ready

CANNOT: dict[str, str] = {}
"""Exchanges that place no order here, and why."""

EVERY = "HK_ADAPTER_TEST_EXCHANGES"
SAMPLE = (
    "binance",
    "bithumb",
    "bitvavo",
    "coinbase",
    "deribit",
    "hashkey",
    "hitbtc",
    "hyperliquid",
    "kraken",
    "kucoin",
    "okx",
    "poloniex",
)
"""Of each kind of answer and of request one."""

ED25519 = "4iYFsZcZXQLTfykuzRwY19SxRja53Vm6jSf6CuTx6Kjt"  # base58 of 32 bytes
WALLET = {"privateKey": "0x" + "1" * 64, "walletAddress": "0x" + "2" * 40}
DYDX = "dydx1cpb4tedmwq304c2kc9pwzjwq0sc6z2a4tasxrz"
L2 = {"syntheticId": "0x11", "collateralId": "0x1", "syntheticResolution": 1000000, "collateralResolution": 1000000}

_SETTINGS: dict[str, dict[str, Any]] = {
    "bullish": {"token": "a-token"},
    "coinbaseinternational": {"apiKey": "k" * 8, "secret": "s" * 43, "password": "cHc="},
    "dydx": {"walletAddress": DYDX},
    "gemini": {"apiKey": "account-key"},
    "grvt": {"apiKey": "", "privateKey": WALLET["privateKey"]},
    "hibachi": {"privateKey": "s" * 44},
    "modetrade": {"secret": ED25519},
    "pacifica": {"privateKey": ED25519, "walletAddress": ED25519},
    "revolutx": {"privateKey": b"7" * 32},
    "woofipro": {"secret": ED25519},
}
_OPTIONS: dict[str, dict[str, Any]] = {
    "apex": {"accountId": "77", "seeds": "0x" + "6" * 64},
    "aster": {"builderFee": False, "approvedBuilderFee": True},
    "bullish": {"tokenExpires": 4_000_000_000_000, "defaultTradingAccountId": "77", "tradingAccountId": "77"},
    "cex": {"createOrder": {"accountId": "77"}},
    "coinbaseinternational": {"portfolio": "77"},
    "derive": {"subaccount_id": "7", "deriveWalletAddress": WALLET["walletAddress"], "createOrder": {"max_fee": "9"}},
    "dydx": {
        "dydxCredentials": {"privateKey": "1" * 64, "publicKey": "02" + "1" * 64},
        "dydxAccount": {
            "address": DYDX,
            "account_number": "77",
            "sequence": "1",
            "pub_key": {"key": "A" * 43 + "="},
        },
    },
    "grvt": {
        "builderFee": False,
        "signInExpiration": 4_000_000_000_000,
        "AuthCookieValue": "gravity=a-session",
        "AuthAccountId": "77",
        "accountId": "77",
        "subAccountId": "7",
        "userMainAccountId": "0x" + "4" * 40,
    },
    "lighter": {
        "accountIndex": 77,
        "apiKeyIndex": 7,
        "auths": {"77": {"7": {"lighterPrivateKey": "5" * 80}}},
        "libraryPath": "/a-signer.so",
        "tiersForAccountIndexes": {"77": True},
    },
    "nado": {"gatewayContracts": {"chain_id": "1", "endpoint_addr": "0x" + "3" * 40}},
    "ndax": {"omsId": 1, "accountId": 77, "sessionToken": "t"},
    "paradex": {
        "authToken": "a-token",
        "expires": 4_000_000_000,
        "systemConfig": {
            "l1_chain_id": "1",
            "starknet_chain_id": "PRIVATE_SN_PARACLEAR_MAINNET",
            "paraclear_account_hash": "0x41cb0280ebadaa75f996d8d92c6f265f6d040bb3ba442e5f86a554f1765244e",
            "paraclear_account_proxy_hash": "0x3530cc4759d78042f1b543bf797f5f3d647cde0388c33734cf91b7f7b9314a9",
        },
    },
    "polymarket": {"proxyCredentials": {"proxy": "0x" + "5" * 40, "privateKey": "5" * 64, "secret": "a-secret"}},
}
_MARKETS: dict[str, dict[str, Any]] = {
    "apex": {"quoteId": "7"},
    "bitstamp": {"id": "ethusd"},
    "hyperliquid": {"baseId": "7"},
    "lighter": {"id": "7"},
    "nado": {"id": "7"},
    "ndax": {"id": "7"},
    "polymarket": {"id": "7"},
}
_SWAPS = frozenset(
    [
        "apex",
        "binanceusdm",
        "binancecoinm",
        "coinbaseinternational",
        "delta",
        "deribit",
        "derive",
        "dydx",
        "extended",
        "grvt",
        "hibachi",
        "hyperliquid",
        "krakenfutures",
        "kucoinfutures",
        "lighter",
        "modetrade",
        "nado",
        "pacifica",
        "paradex",
        "polymarket",
        "woofipro",
    ]
)
_INFO = {
    "orderTypes": ["LIMIT", "MARKET"],
    "underlyingDecimals": 4,
    "settlementDecimals": 6,
    "quoteIncrement": "0.01",
    "l2Config": L2,
    "instrument_hash": "0x030501",
    "base_asset_address": "0x" + "3" * 40,
    "base_asset_sub_id": "0",
    "atomicResolution": "-9",
    "quantumConversionExponent": "-8",
    "clobPairId": "7",
    "size_decimals": "4",
    "price_decimals": "2",
}


def driven(member: str) -> tuple[Any, str]:
    """Open an exchange, and name its market."""
    venue = ready(member)
    exchange: Any = venue._exchange
    prepare(exchange, member)
    return venue, next(iter(exchange.markets))


def prepare(exchange: Any, member: str) -> None:
    """Give an exchange of ccxt's, bridged or plain, its keys, its options and its market."""
    signers.give(exchange, member)
    for name, value in WALLET.items():
        if exchange.requiredCredentials.get(name):
            setattr(exchange, name, value)
    for name, value in _SETTINGS.get(member, {}).items():
        setattr(exchange, name, value)
    exchange.options.update(deepcopy(_OPTIONS.get(member, {})))
    by_step = exchange.precisionMode == TICK_SIZE
    market: dict[str, Any] = {**MARKET, "precision": {"amount": 4, "price": 6}}
    if by_step:
        number = exchange.number
        market["precision"] = {"amount": number("0.0001"), "price": number("0.01"), "base": number("0.000000001")}
    market.update(lowercaseId="ethusd", subType="linear", contract=False, info=dict(_INFO))
    market.update(_MARKETS.get(member, {}))
    if member in _SWAPS:
        market.update(symbol="ETH/USD:USD", type="swap", spot=False, swap=True, contract=True, linear=True)
        market.update(inverse=False, settle="USD", settleId="USD", contractSize=exchange.number("1"))
    exchange.set_markets([market])
    kept = exchange.markets[market["symbol"]]
    kept.update(subType="linear", info=market["info"])


def driven_members() -> list[str]:
    """Name the exchanges to drive: a sample, or all where the environment says so."""
    every = [member for member in members() if member not in CANNOT]
    return every if os.environ.get(EVERY) == "all" else [member for member in every if member in SAMPLE]
