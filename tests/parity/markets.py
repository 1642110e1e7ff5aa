"""Markets and currencies, from the venue's catalogue."""

from __future__ import annotations

from typing import Any

from hk_adapter.venues.hashkey.parse.markets import parse_currencies, parse_market

from .comparing import ABSENT, Difference, Kind, Number, Pair, payloads

MARKETS_FILE, CURRENCIES_FILE = "markets.json", "currencies.json"
NO_FILTERS, NO_LIMIT = "without filters", "0 for no limit"
WITH_LIMITS = [name for name in payloads(MARKETS_FILE) if name not in {NO_FILTERS, NO_LIMIT}]
NOT_OURS = "Deposits and withdrawals are not this package's business; `info` has all that the venue said."


def our_currency(payload: Any, number: Number) -> Any:
    """Read a coin with our parser."""
    (currency,) = parse_currencies({"coins": [payload]})
    return by_venues_word(currency.to_ccxt(number))


def their_currency(exchange: Any, payload: Any) -> Any:
    """Read a coin as ccxt's ``fetch_currencies`` does; its older releases have no parser for one coin."""
    exchange.publicGetApiV1ExchangeInfo = lambda params: {"coins": [payload]}
    (currency,) = exchange.fetch_currencies().values()
    return by_venues_word(currency) | {"active": None}


def by_venues_word(currency: dict[str, Any]) -> dict[str, Any]:
    """Even out ccxt's releases: older ones name networks as the venue does, and work ``active`` out of them.

    So each network goes by the venue's word here. Its payload is part of the currency's, which is compared.
    """
    networks = currency["networks"].values()
    left = {"network", "active", "info"}
    return currency | {"networks": {one["id"]: {key: one[key] for key in one.keys() - left} for one in networks}}


def unknown_of_network(
    name: str, *, fee: float, withdraw: tuple[float, float | None], deposit: float
) -> dict[str, Pair]:
    """List what ccxt tells of a network beside its name."""
    told = {
        "deposit": True,
        "withdraw": True,
        "fee": fee,
        "limits.withdraw.min": withdraw[0],
        "limits.withdraw.max": withdraw[1],
        "limits.deposit.min": deposit,
    }
    return {f"networks.{name}.{key}": (None, value) for key, value in told.items() if value is not None}


MARKETS = Kind(
    title="Markets",
    file=MARKETS_FILE,
    ours=lambda payload, number: parse_market(payload).to_ccxt(number),
    theirs=lambda exchange, payload: exchange.parse_market(payload),
    differences=(
        Difference(
            keys="`maker`, `taker`",
            when="always",
            ours="`None`",
            theirs="constants, 0.12 %",
            reason="Theirs describe HashKey Global; what a key pays says `fetch_trading_fees`.",
            shown_by={name: {"maker": (None, 0.0012), "taker": (None, 0.0012)} for name in payloads(MARKETS_FILE)},
        ),
        Difference(
            keys="`percentage`, `tierBased`, `feeSide`",
            when="always",
            ours="no such keys",
            theirs="constants",
            reason="They belong to the constants above; on Hong Kong the side depends on the pair.",
            shown_by={
                name: {"percentage": (ABSENT, True), "tierBased": (ABSENT, True), "feeSide": (ABSENT, "get")}
                for name in payloads(MARKETS_FILE)
            },
        ),
        Difference(
            keys="`precision.cost`",
            when="always",
            ours="`quotePrecision`",
            theirs="no such key",
            reason="A market order by its cost is checked against it.",
            shown_by={name: {"precision.cost": (1e-06, ABSENT)} for name in payloads(MARKETS_FILE)},
        ),
        Difference(
            keys="`limits.price`",
            when="the filter has `minPrice` and `maxPrice`",
            ours="`None`",
            theirs="both",
            reason="Both are documented as no longer used; a check against them might refuse what the venue takes.",
            shown_by={
                name: {"limits.price.min": (None, 0.01), "limits.price.max": (None, 100000.0)} for name in WITH_LIMITS
            }
            | {NO_LIMIT: {"limits.price.min": (None, 0.0), "limits.price.max": (None, 0.0)}},
        ),
        Difference(
            keys="`limits.cost`",
            when="the filters limit an order's value",
            ours="both limits",
            theirs="`None`",
            reason="ccxt looks for the minimum under a name that no answer has, and for no maximum.",
            shown_by={
                name: {"limits.cost.min": (10.0, None), "limits.cost.max": (400000.0, None)} for name in WITH_LIMITS
            },
        ),
        Difference(
            keys="`limits.amount.max`",
            when="the filter says 0",
            ours="`None`",
            theirs="0",
            reason="0 stands for no limit; taken for a number it forbids every order.",
            shown_by={NO_LIMIT: {"limits.amount.max": (None, 0.0)}},
        ),
        Difference(
            keys="`active`",
            when="`status` says TRADING, and `tradeStatus` something else than TRADABLE",
            ours="`False`",
            theirs="`True`",
            reason="Since 2026 there are two words, and an order needs both.",
            shown_by={"trading, but not tradable": {"active": (False, True)}},
        ),
    ),
)

CURRENCIES = Kind(
    title="Currencies",
    file=CURRENCIES_FILE,
    ours=our_currency,
    theirs=their_currency,
    differences=(
        Difference(
            keys="`active`",
            when="always",
            ours="whether it goes in and out",
            theirs="`None`",
            reason="It follows from what the venue says of deposits and of withdrawals.",
            shown_by={name: {"active": (name != "closed for withdrawals", None)} for name in payloads(CURRENCIES_FILE)},
        ),
        Difference(
            keys="`networks`",
            when="the currency has networks",
            ours="each by the venue's word, the rest `None`",
            theirs="each by ccxt's word, with its fee and limits",
            reason=NOT_OURS,
            shown_by={
                "a coin": unknown_of_network("Bitcoin", fee=0.0, withdraw=(0.002, None), deposit=0.0005),
                "a coin of two chains": unknown_of_network("ETH", fee=5.0, withdraw=(10.0, 100000.0), deposit=1.0)
                | unknown_of_network("Polygon", fee=1.0, withdraw=(2.0, None), deposit=0.5),
            },
        ),
        Difference(
            keys="`fee`, `limits`",
            when="the currency has networks",
            ours="`None`",
            theirs="the lowest fee and the widest limits of all networks",
            reason=NOT_OURS,
            shown_by={
                "a coin": {
                    "fee": (None, 0.0),
                    "limits.deposit.min": (None, 0.0005),
                    "limits.withdraw.min": (None, 0.002),
                },
                "a coin of two chains": {
                    "fee": (None, 1.0),
                    "limits.deposit.min": (None, 0.5),
                    "limits.withdraw.min": (None, 2.0),
                    "limits.withdraw.max": (None, 100000.0),
                },
            },
        ),
    ),
)
