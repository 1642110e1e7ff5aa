"""What of HashKey's traffic a recording keeps: the parameters that are sent, and the fields that it is known to answer.

A field that HashKey adds is not written until it stands here.
"""

from __future__ import annotations

from hk_adapter.hooks import Scrub

_PARAMS = """
    symbol symbols side type quantity amount price timeInForce stpMode newClientOrderId orderId clientOrderId
    origClientOrderId ids fromOrderId startTime endTime toId limit interval site recvWindow
"""
_OF_ORDERS = """
    symbol symbolName clientOrderId orderId exchangeId transactTime time updateTime price origQty executedQty status
    timeInForce type side reqAmount concentration alert cummulativeQuoteQty cumulativeQuoteQty avgPrice stopPrice
    icebergQty isWorking feeCoin feeAmount sumFeeAmount platformFeeCoin sumPlatformFeeAmount ordCxlReason stpMode code
    msg message result success data order orders error
"""
_OF_FILLS = """
    id ticketId matchOrderId qty quantity commission commissionAsset fee feeCoinId feeCoinName originFee originCoinId
    originCoinName feeSupplementaryAmount makerRebate isBuyer isMaker hskDeduct hskDeductPrice lastOrderId
"""
_OF_ACCOUNTS = """
    balances asset assetId assetName accountType accountIndex vipLevel updateTimestamp productType actualMakerRate
    actualTakerRate buyMakerFeeCurrency buyTakerFeeCurrency sellMakerFeeCurrency sellTakerFeeCurrency timestamp
    serverTime
"""
_ACCOUNTS = "accountId subAccountId userId uid orgId accountLabel accountName"
_AMOUNTS = "free locked total totalAssetBal tradeVol30Day"

SCRUB = Scrub(
    params=frozenset(_PARAMS.split()),
    changing=frozenset({"timestamp", "signature"}),
    fields=frozenset([*_OF_ORDERS.split(), *_OF_FILLS.split(), *_OF_ACCOUNTS.split()]),
    accounts=frozenset(_ACCOUNTS.split()),
    amounts=frozenset(_AMOUNTS.split()),
)
