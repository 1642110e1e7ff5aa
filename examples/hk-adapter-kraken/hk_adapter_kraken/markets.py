"""The hooks for everybody: what can be traded, and the time."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import hk_adapter as hk
from hk_adapter.parsing import Fields, read_rows, reading
from hk_adapter_kraken import calls
from hk_adapter_kraken.answers import VENUE, read_result
from hk_adapter_kraken.desk import Desk
from hk_adapter_kraken.names import currency
from hk_adapter_kraken.terms import refuse_params

_MOST_DECIMALS = 30


class MarketHooks(Desk):
    """Pairs and time."""

    @hk.hookimpl
    async def fetch_markets(self, request: hk.SymbolsRequest) -> tuple[hk.Market, ...]:
        """List the pairs, and keep what they are called."""
        refuse_params(request.params)
        result = read_result(await calls.ask_anybody("AssetPairs"), "fetch_markets")
        with reading("a list of pairs", VENUE):
            rows = Fields(result).payload
        read = read_rows(rows.items(), _market, 0)
        self.names.learn(read)
        wanted = [one for one in read if request.symbols is None or one.symbol in request.symbols]
        return hk.ReadRows(wanted, read.unread)

    @hk.hookimpl
    async def fetch_time(self) -> int:
        """Return the venue's clock, in ms UTC. It tells whole seconds."""
        result = read_result(await calls.ask_anybody("Time"), "fetch_time")
        with reading("a time", VENUE):
            return Fields(result).seconds("unixtime")


def _market(pair: tuple[str, Any]) -> hk.Market:
    with reading("a pair", VENUE):
        word, payload = pair
        row = Fields(payload)
        row.text("altname")
        base, slash, quote = row.text("wsname").partition("/")
        if not slash:
            raise hk.InvalidArgument("wsname is no pair")
        base, quote = currency(base), currency(quote)
        return hk.Market(
            id=word,
            symbol=f"{base}/{quote}",
            base=base,
            quote=quote,
            active=row.text("status") == "online",
            amount_step=_step(row, "lot_decimals"),
            price_step=row.above_zero("tick_size") or _step(row, "pair_decimals"),
            amount=hk.Limits(min=row.above_zero("ordermin")),
            cost=hk.Limits(min=row.above_zero("costmin")),
            info=dict(row.payload),
        )


def _step(row: Fields, name: str) -> Decimal:
    """Read a number of decimals as the step that it stands for."""
    decimals = row.whole(name)
    if not 0 <= decimals <= _MOST_DECIMALS:
        raise hk.InvalidArgument(f"{name} is no number of decimals")
    return Decimal((0, (1,), -decimals))
