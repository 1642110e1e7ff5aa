"""Names that say nothing of who asks: of HTTP's own headers, and of what stands in orders anywhere."""

from __future__ import annotations

from hk_adapter.hooks import Scrub

_HEADERS = """
    accept accept-encoding accept-language cache-control connection content-length content-type host keep-alive origin
    referer te transfer-encoding user-agent
"""
_PARAMS = """
    symbol symbols pair market instrument product side type ordertype price amount quantity qty size volume limit
    orderid clientorderid newclientorderid origclientorderid timeinforce postonly status interval
"""
_FIELDS = """
    symbol pair market side type ordertype price amount quantity qty size volume origqty executedqty filled remaining
    average cost fee orderid clientorderid timeinforce status state code msg message error result success data orders
    order time timestamp updatetime transacttime
"""

PLAIN_HEADERS = frozenset(_HEADERS.split())
ANSWER_HEADERS = frozenset({"content-type", "retry-after"})
PLAIN = Scrub(params=frozenset(_PARAMS.split()), fields=frozenset(_FIELDS.split()))
"""For a host that no opened venue has declared: names in small letters, and without what joins their words."""
