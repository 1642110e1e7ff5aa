"""HashKey's error codes: what each says about the request that it answered.

Sources: the error table of HashKey's documentation (Sept 2026); rows marked "other sources" are in ccxt 4.5's table,
on older documentation pages or were seen on public calls. The words are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class Reading(StrEnum):
    """What a code says about the request that was answered."""

    OK = "ok"
    BAD_REQUEST = "bad_request"
    QUERY_REFUSED = "query_refused"
    """Only a question can be refused for this: its time span, its page, its market-data parameters."""
    AUTHENTICATION = "authentication"
    PERMISSION = "permission"
    RATE_LIMITED = "rate_limited"
    CLOCK_SKEW = "clock_skew"
    NOT_FOUND = "not_found"
    FINISHED = "finished"
    """Off the book by the venue's word: filled or canceled before."""
    FINISHED_OR_NOT_FOUND = "finished_or_not_found"
    CANCEL_REFUSED = "cancel_refused"
    LOCKED = "locked"
    """Refused for now; the same cancel may pass later."""
    ORDER_REJECTED = "order_rejected"
    """Only a new order can be refused for this."""
    INSUFFICIENT_FUNDS = "insufficient_funds"
    DUPLICATE_CLIENT_ORDER_ID = "duplicate_client_order_id"
    UNAVAILABLE = "unavailable"
    """The venue, or the feature, is closed by its own word. An allow-list: nothing else may claim it."""
    UNKNOWN = "unknown"
    """The request may or may not have run."""
    UNRELATED = "unrelated"
    """Wallet, fiat, OTC, marketplace or futures: no spot order call should give it, so it is a doubt."""


class Row(NamedTuple):
    """One code of the table: its exact text, its reading, and a few plain words."""

    code: str
    reading: Reading
    words: str


_R = Reading

ROWS: tuple[Row, ...] = (
    # Trading, queries, authentication.
    Row("200", _R.OK, "success"),
    Row("0000", _R.OK, "success"),
    # Listed twice by the documentation, also as "signature wrong": the message decides, see error_for.
    Row("0001", _R.BAD_REQUEST, "a field is missing or malformed"),
    Row("0003", _R.RATE_LIMITED, "too many requests"),
    Row("0102", _R.AUTHENTICATION, "API key not accepted"),
    Row("0103", _R.AUTHENTICATION, "API key expired"),
    Row("0104", _R.PERMISSION, "the key may not use this account id"),
    Row("0201", _R.BAD_REQUEST, "unknown instrument"),
    Row("0202", _R.PERMISSION, "this address is not on the key's allow-list"),
    Row("0206", _R.ORDER_REJECTED, "order type not supported"),
    Row("0207", _R.ORDER_REJECTED, "price invalid"),
    Row("0209", _R.ORDER_REJECTED, "price has too many decimals"),
    Row("0210", _R.ORDER_REJECTED, "price outside the allowed band"),
    Row("0211", _R.NOT_FOUND, "no order under this id"),
    Row("0212", _R.FINISHED_OR_NOT_FOUND, "finished already, or never existed"),
    Row("0401", _R.INSUFFICIENT_FUNDS, "balance too small"),
    Row("-1000", _R.UNKNOWN, "unknown server error"),
    Row("-1001", _R.UNKNOWN, "internal error"),
    Row("-1002", _R.AUTHENTICATION, "key not valid in this environment"),
    Row("-1004", _R.BAD_REQUEST, "bad request"),
    Row("-1005", _R.PERMISSION, "the key lacks the permission"),
    Row("-1006", _R.UNKNOWN, "unexpected internal answer, execution unknown"),
    Row("-1007", _R.UNKNOWN, "backend timeout, execution unknown"),
    Row("-1014", _R.ORDER_REJECTED, "these order fields do not go together"),
    Row("-1015", _R.RATE_LIMITED, "too many new orders"),
    Row("-1020", _R.PERMISSION, "operation not supported for this user"),
    Row("-1021", _R.CLOCK_SKEW, "timestamp outside the window"),
    # The first of the two may have run.
    Row("-1024", _R.UNKNOWN, "duplicate request"),
    Row("-1101", _R.UNAVAILABLE, "feature switched off"),
    Row("-1102", _R.BAD_REQUEST, "illegal parameter"),
    Row("-1115", _R.ORDER_REJECTED, "time in force invalid"),
    Row("-1117", _R.ORDER_REJECTED, "side invalid"),
    Row("-1123", _R.BAD_REQUEST, "client order id invalid"),
    Row("-1124", _R.ORDER_REJECTED, "price invalid"),
    Row("-1126", _R.ORDER_REJECTED, "quantity invalid"),
    Row("-1129", _R.ORDER_REJECTED, "quantity and amount sent together"),
    Row("-1130", _R.BAD_REQUEST, "illegal parameter"),
    Row("-1132", _R.ORDER_REJECTED, "price above the maximum"),
    Row("-1133", _R.ORDER_REJECTED, "price below the minimum"),
    Row("-1135", _R.ORDER_REJECTED, "quantity above the maximum"),
    Row("-1136", _R.ORDER_REJECTED, "quantity below the minimum"),
    Row("-1137", _R.ORDER_REJECTED, "quantity has too many decimals"),
    Row("-1139", _R.FINISHED, "order filled already"),
    Row("-1140", _R.ORDER_REJECTED, "order value below the minimum"),
    Row("-1141", _R.DUPLICATE_CLIENT_ORDER_ID, "client order id used already"),
    Row("-1142", _R.FINISHED, "order canceled already"),
    Row("-1143", _R.NOT_FOUND, "order not on the book"),
    Row("-1144", _R.LOCKED, "order locked just now"),
    Row("-1145", _R.CANCEL_REFUSED, "an order of this type cannot be canceled"),
    Row("-1146", _R.UNKNOWN, "creating the order timed out"),
    Row("-1147", _R.UNKNOWN, "canceling the order timed out"),
    Row("-1148", _R.ORDER_REJECTED, "cash amount has too many decimals"),
    # Not a doubt: timing out, which is one, has a code of its own (-1146).
    Row("-1149", _R.ORDER_REJECTED, "creating the order failed"),
    Row("-1150", _R.CANCEL_REFUSED, "canceling the order failed"),
    Row("-1151", _R.ORDER_REJECTED, "pair not open for trading yet"),
    Row("-1152", _R.AUTHENTICATION, "no such user"),
    Row("-1153", _R.ORDER_REJECTED, "price type invalid"),
    Row("-1154", _R.UNRELATED, "futures: position side invalid"),
    Row("-1155", _R.ORDER_REJECTED, "pair closed to API trading"),
    Row("-1156", _R.ORDER_REJECTED, "post-only order would trade at once"),
    Row("-1160", _R.AUTHENTICATION, "no such account"),
    Row("-1186", _R.PERMISSION, "the key may not place orders"),
    Row("-1193", _R.ORDER_REJECTED, "too many orders created"),
    Row("-1194", _R.ORDER_REJECTED, "market orders not allowed"),
    Row("-1200", _R.ORDER_REJECTED, "buy quantity below the minimum"),
    Row("-1201", _R.ORDER_REJECTED, "buy quantity above the maximum"),
    Row("-1202", _R.ORDER_REJECTED, "sell quantity below the minimum"),
    Row("-1203", _R.ORDER_REJECTED, "sell quantity above the maximum"),
    Row("-1205", _R.AUTHENTICATION, "account not authorised"),
    Row("-1206", _R.ORDER_REJECTED, "order value above the maximum"),
    Row("-1215", _R.AUTHENTICATION, "account status abnormal"),
    Row("-2010", _R.ORDER_REJECTED, "new order rejected"),
    Row("-2011", _R.CANCEL_REFUSED, "cancel rejected"),
    Row("-2017", _R.ORDER_REJECTED, "too many open orders for the pair"),
    Row("-2020", _R.ORDER_REJECTED, "trading this pair is not allowed"),
    Row("-2021", _R.ORDER_REJECTED, "trading this pair is not allowed"),
    Row("-2022", _R.ORDER_REJECTED, "too many orders in one batch"),
    Row("-2023", _R.AUTHENTICATION, "identity check needed before API trading"),
    Row("-2026", _R.QUERY_REFUSED, "type invalid"),
    Row("-2027", _R.QUERY_REFUSED, "time span over 30 days"),
    Row("-2028", _R.QUERY_REFUSED, "only the last month can be asked for"),
    Row("-2029", _R.QUERY_REFUSED, "only the last three months can be asked for"),
    # Batch too large, or, by ccxt, too little margin: either way no order was created.
    Row("-2030", _R.ORDER_REJECTED, "batch too large, or margin too small"),
    Row("-3117", _R.PERMISSION, "permission invalid"),
    Row("-3143", _R.ORDER_REJECTED, "account over its limit, trading suspended"),
    Row("-3145", _R.RATE_LIMITED, "requests too frequent"),
    Row("-5030", _R.BAD_REQUEST, "a field is too long"),
    # The table has a bare placeholder for these two.
    Row("-5035", _R.UNKNOWN, "free text"),
    Row("-5036", _R.UNKNOWN, "free text"),
    # Wallet, fiat, OTC, marketplace.
    Row("-1161", _R.UNRELATED, "balance transfer failed"),
    Row("-1162", _R.UNRELATED, "contract address not supported"),
    Row("-1163", _R.UNRELATED, "withdrawal address illegal"),
    Row("-1164", _R.UNRELATED, "withdrawal failed"),
    Row("-1165", _R.UNRELATED, "withdrawal amount missing"),
    Row("-1166", _R.UNRELATED, "withdrawal above the daily limit"),
    Row("-1167", _R.UNRELATED, "withdrawal below the minimum"),
    Row("-1168", _R.UNRELATED, "withdrawal amount malformed"),
    Row("-1169", _R.UNRELATED, "withdrawals suspended"),
    Row("-1170", _R.UNRELATED, "deposits suspended"),
    Row("-1171", _R.UNRELATED, "withdrawal address not allow-listed"),
    Row("-1172", _R.UNRELATED, "transfer source invalid"),
    Row("-1173", _R.UNRELATED, "transfer target invalid"),
    Row("-1174", _R.UNRELATED, "transfer to the same account"),
    Row("-1175", _R.UNRELATED, "fiat deposit status invalid"),
    Row("-1176", _R.UNRELATED, "fiat withdrawal status invalid"),
    Row("-1177", _R.UNRELATED, "fiat order type invalid"),
    Row("-1182", _R.UNRELATED, "new withdrawal address not usable yet"),
    Row("-1204", _R.UNRELATED, "transfer source must be a main account"),
    Row("-1207", _R.UNRELATED, "deposit status invalid"),
    Row("-1208", _R.UNRELATED, "fiat order type invalid"),
    Row("-1209", _R.UNRELATED, "withdrawal status invalid"),
    Row("-1210", _R.UNRELATED, "deposit below the minimum"),
    Row("-1211", _R.UNRELATED, "a withdrawal is under way"),
    Row("-1212", _R.UNRELATED, "no such deposit order"),
    Row("-1213", _R.UNRELATED, "deposit cannot be refunded in this state"),
    Row("-1214", _R.UNRELATED, "no such deposit account"),
    Row("-1218", _R.UNRELATED, "user type cannot pay fees in HSK"),
    Row("-1300", _R.UNRELATED, "no such deposit order id"),
    Row("-1301", _R.UNRELATED, "old deposit order, ask support"),
    Row("-1302", _R.UNRELATED, "no API refund in this state"),
    Row("-1303", _R.UNRELATED, "no API refund for this failure"),
    Row("-1304", _R.UNRELATED, "document missing or of a wrong type"),
    Row("-1305", _R.UNRELATED, "image too large"),
    Row("-2016", _R.UNRELATED, "too many API keys"),
    Row("-2018", _R.UNRELATED, "too many trade users"),
    Row("-2019", _R.UNRELATED, "user type may not log in to the app"),
    Row("-2024", _R.UNRELATED, "no such fiat account"),
    Row("-2025", _R.UNRELATED, "no such custody account"),
    Row("-3144", _R.UNRELATED, "account over its limit, transfers suspended"),
    Row("-4000", _R.UNRELATED, "bank account number invalid"),
    Row("-4001", _R.UNRELATED, "asset invalid"),
    Row("-4002", _R.UNRELATED, "withdrawal below the minimum"),
    Row("-4003", _R.UNRELATED, "balance too small for the withdrawal"),
    Row("-4004", _R.UNRELATED, "bank account not allow-listed"),
    Row("-4005", _R.UNRELATED, "asset not listed"),
    Row("-4006", _R.UNRELATED, "identity check not passed"),
    Row("-4007", _R.UNRELATED, "withdrawal channel has no API"),
    Row("-4008", _R.UNRELATED, "currency not available to this client"),
    Row("-4009", _R.UNRELATED, "the key may not withdraw"),
    Row("-4010", _R.UNRELATED, "withdrawals of the day over the maximum"),
    Row("-4011", _R.UNRELATED, "wallet: system error"),
    Row("-4012", _R.UNRELATED, "wallet: parameter error"),
    Row("-4013", _R.UNRELATED, "same withdrawal sent again"),
    Row("-4014", _R.UNRELATED, "allow-list type invalid"),
    Row("-4016", _R.UNRELATED, "second factor missing"),
    Row("-4017", _R.UNRELATED, "second factor wrong"),
    Row("-4018", _R.UNRELATED, "second factor used already"),
    Row("-4019", _R.UNRELATED, "withdrawal over the user's own limit"),
    Row("-4020", _R.UNRELATED, "withdrawal outside the user's own hours"),
    Row("-5000", _R.UNRELATED, "in-kind subscription duplicated"),
    Row("-5001", _R.UNRELATED, "fund code invalid"),
    Row("-5002", _R.UNRELATED, "no such deposit address"),
    Row("-5003", _R.UNRELATED, "address invalid"),
    Row("-5004", _R.UNRELATED, "address belongs to another account's allow-list"),
    Row("-5005", _R.UNRELATED, "wallet signature wrong"),
    Row("-5006", _R.UNRELATED, "address allow-listed before"),
    Row("-5011", _R.UNRELATED, "no subscription found"),
    Row("-5012", _R.UNRELATED, "no such subscription id"),
    Row("-5013", _R.UNRELATED, "subscription failed"),
    Row("-5021", _R.UNRELATED, "exactly one of two amounts is needed"),
    Row("-5022", _R.UNRELATED, "quote expired"),
    Row("-5023", _R.UNRELATED, "fund position too small"),
    Row("-5024", _R.UNRELATED, "below the minimum of 100 USD"),
    Row("-5025", _R.UNRELATED, "above the maximum buy amount"),
    Row("-5026", _R.UNRELATED, "quote pair not supported"),
    Row("-5027", _R.UNRELATED, "OTC order id invalid"),
    Row("-5031", _R.UNRELATED, "quote pair not supported"),
    Row("-5032", _R.UNRELATED, "OTC precision illegal"),
    Row("-5033", _R.UNRELATED, "OTC precision illegal"),
    Row("-5034", _R.UNRELATED, "OTC client order id not generated"),
    Row("-6000", _R.UNRELATED, "marketplace: provider id invalid"),
    Row("-6001", _R.UNRELATED, "marketplace: not enough assets"),
    Row("-6002", _R.UNRELATED, "marketplace: quantity not acceptable"),
    Row("-6003", _R.UNRELATED, "marketplace: pair not supported"),
    Row("-6004", _R.UNRELATED, "marketplace: client id of the request not unique"),
    Row("-6011", _R.UNRELATED, "marketplace: request unknown or expired"),
    Row("-6012", _R.UNRELATED, "marketplace: quote unknown or expired"),
    Row("-6013", _R.UNRELATED, "marketplace: accepted quote expired"),
    Row("-6014", _R.UNRELATED, "marketplace: risk too high"),
    Row("-6015", _R.UNRELATED, "marketplace: client id of the quote not unique"),
    Row("-6016", _R.UNRELATED, "marketplace: self trade"),
    Row("-6017", _R.UNRELATED, "marketplace: only manual orders can be declined"),
    Row("-6018", _R.UNRELATED, "marketplace: not enough assets to confirm"),
    Row("-6019", _R.UNRELATED, "marketplace: quote confirmed twice already"),
    Row("-6020", _R.UNRELATED, "marketplace: price out of range"),
    Row("-6021", _R.UNRELATED, "marketplace: another quote was accepted"),
    Row("-6022", _R.UNRELATED, "marketplace: outside service hours"),
    Row("-6023", _R.UNRELATED, "marketplace: no permission for the pair"),
    Row("-6025", _R.UNRELATED, "marketplace: balance too small for the quote"),
    Row("-6100", _R.UNRELATED, "marketplace: operation not allowed for the user"),
    Row("-6101", _R.UNRELATED, "marketplace: parameters out of range"),
    # Other sources: ccxt's table, an older page (-2013), public calls and sockets (-100002 and its kin, 404).
    Row("0002", _R.AUTHENTICATION, "signature wrong"),
    # Nobody says which call gives it.
    Row("0402", _R.UNKNOWN, "asset invalid"),
    Row("-1138", _R.FINISHED, "order partially canceled already"),
    Row("-2013", _R.NOT_FOUND, "no such order"),
    Row("-100002", _R.QUERY_REFUSED, "a parameter has the wrong type"),
    Row("-10009", _R.QUERY_REFUSED, "kline interval invalid"),
    Row("-100010", _R.QUERY_REFUSED, "symbols invalid"),
    Row("-100011", _R.QUERY_REFUSED, "symbols not supported"),
    Row("-100012", _R.QUERY_REFUSED, "symbol missing"),
    Row("-100013", _R.QUERY_REFUSED, "dump scale missing"),
    Row("-10004", _R.QUERY_REFUSED, "topic invalid"),
    Row("-10001", _R.QUERY_REFUSED, "JSON invalid"),
    Row("404", _R.BAD_REQUEST, "no such path"),
    Row("-1181", _R.UNKNOWN, "system error"),
    Row("-1195", _R.ORDER_REJECTED, "market order too far above the market"),
    Row("-1196", _R.ORDER_REJECTED, "market order too far below the market"),
    Row("-2001", _R.UNAVAILABLE, "platform not open for trading"),
    Row("-2002", _R.ORDER_REJECTED, "more than 300 open orders"),
    # A warning, as -2042: whether the order stands is not documented.
    Row("-2032", _R.UNKNOWN, "position concentration needs a confirmation"),
    Row("-2033", _R.ORDER_REJECTED, "order breaks the trading rules"),
    Row("-2034", _R.ORDER_REJECTED, "holding limit is zero"),
    Row("-2035", _R.UNRELATED, "sub-account frozen for transfers"),
    Row("-2036", _R.QUERY_REFUSED, "records older than 30 days are not served"),
    Row("-2037", _R.UNKNOWN, "position and order data error"),
    # The request in the way may be our own earlier one.
    Row("-2040", _R.UNKNOWN, "another request is being processed"),
    Row("-2041", _R.UNKNOWN, "no such token"),
    Row("-2042", _R.UNKNOWN, "trade limit passed"),
    Row("-2045", _R.ORDER_REJECTED, "price too low"),
    Row("-2046", _R.ORDER_REJECTED, "price too high"),
    Row("-2048", _R.UNRELATED, "futures: too many conditional orders"),
    Row("-2051", _R.UNRELATED, "futures: order rejected"),
    Row("-2052", _R.UNRELATED, "futures: stop order rejected"),
    Row("-2053", _R.UNRELATED, "futures: position too small"),
    Row("-1157", _R.UNRELATED, "futures: changing the margin failed"),
    Row("-1158", _R.UNRELATED, "futures: margin may not be reduced"),
    Row("-1159", _R.UNRELATED, "finance account exists already"),
    Row("-1178", _R.UNRELATED, "no such brokerage account"),
    Row("-1179", _R.UNRELATED, "address owner not confirmed"),
    Row("-2003", _R.UNRELATED, "futures: position does not fit the leverage"),
    Row("-2004", _R.UNRELATED, "futures: changing the leverage failed"),
    Row("-2005", _R.UNRELATED, "futures: changing the leverage timed out"),
    Row("-2031", _R.UNRELATED, "futures: leverage may not be reduced"),
    Row("-2038", _R.UNRELATED, "futures: margin too small"),
    Row("-2039", _R.UNRELATED, "futures: leverage may not be reduced"),
    Row("-2043", _R.UNRELATED, "futures: leverage at its maximum"),
    Row("-2044", _R.UNRELATED, "futures: price beyond the liquidation price"),
    Row("-2049", _R.UNRELATED, "futures: stop buy price too high"),
    Row("-2050", _R.UNRELATED, "futures: stop sell price too low"),
    Row("-2054", _R.UNRELATED, "futures: long take-profit price invalid"),
    Row("-2055", _R.UNRELATED, "futures: long stop-loss price invalid"),
    Row("-2056", _R.UNRELATED, "futures: short take-profit price invalid"),
    Row("-2057", _R.UNRELATED, "futures: short stop-loss price invalid"),
)

CODES: Mapping[str, Row] = MappingProxyType({row.code: row for row in ROWS})
