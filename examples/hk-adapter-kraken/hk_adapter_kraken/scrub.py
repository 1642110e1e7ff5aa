"""What of Kraken's traffic a recording keeps: a field that Kraken adds is not written until it stands here."""

from __future__ import annotations

import hk_adapter as hk

_PARAMS = "ordertype type volume pair price oflags timeinforce cl_ord_id validate txid ofs start"
_FIELDS = """
    error result txid count pending open closed trades descr order close pair type ordertype price price2 leverage
    refid userref cl_ord_id status reason opentm closetm starttm expiretm vol vol_exec cost fee stopprice limitprice
    misc oflags trigger ordertxid time maker unixtime rfc1123
"""

SCRUB = hk.Scrub(
    params=frozenset(_PARAMS.split()),
    changing=frozenset({"nonce"}),
    fields=frozenset(_FIELDS.split()),
    amounts=frozenset({"balance", "hold_trade", "credit", "credit_used"}),
    reads=frozenset({"QueryOrders", "OpenOrders", "ClosedOrders", "TradesHistory", "BalanceEx"}),
)
