"""What a bot gets from a cancel: the proven end of the order, in ccxt's structure."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import ccxt
import pytest

import hk_adapter as hk

UNKNOWN_ID = "1563291927536863744"


async def test_a_canceled_order_is_returned_confirmed(bot):
    """The order returned is canceled, as the venue's truth is, and not the open one of the acknowledgement."""
    order_id = await bot.place()
    done = await bot.cancel(order_id, "ETH/USD")
    assert (done["id"], done["status"], done["filled"], done["remaining"]) == (order_id, "canceled", 0.0, 1.0)
    assert bot.status(order_id) == "CANCELED"
    assert bot.sent() == 1


async def test_fills_before_the_cancel_are_told(bot):
    """A partly filled order comes back canceled, with the amount that traded and what it cost."""
    order_id = await bot.place()
    bot.served.control.fill(order_id, "0.4")
    done = await bot.cancel(order_id)
    assert (done["status"], done["filled"], done["remaining"], done["cost"]) == ("canceled", 0.4, 0.6, 760.0)


async def test_an_order_that_filled_first_can_be_returned(make_bot):
    """For programs that read what a cancel gives, an option makes it the filled order."""
    one = await make_bot(options={"filledFirst": "return"})
    order_id = await one.place()
    one.served.control.fill(order_id)
    done = await one.cancel(order_id, "ETH/USD")
    assert (done["status"], done["filled"]) == ("closed", 1.0)


@pytest.mark.parametrize("options", [{}, {"filledFirst": "raise"}, {"filledFirst": None}], ids=str)
async def test_an_order_that_filled_first_is_an_exception(make_bot, options):
    """Most bots take every cancel without an exception for a cancel: one that came too late is OrderNotFound."""
    one = await make_bot(options=options)
    filled, resting = await one.place(), await one.place()
    one.served.control.fill(filled)
    with pytest.raises(ccxt.OrderNotFound) as told:
        await one.cancel(filled)
    assert told.value.report.outcome == "too_late_filled"
    with pytest.raises(ccxt.OrderNotFound) as told:
        await one.call("cancel_orders", [filled, resting])
    assert [order["status"] for order in told.value.orders] == ["closed", "canceled"]
    one.served.control.fill(again := await one.place(), "0.4")
    assert (await one.cancel(again))["status"] == "canceled"


async def test_an_order_canceled_before_is_returned(bot):
    """Canceling twice gives the canceled order twice."""
    order_id = await bot.place()
    first = await bot.cancel(order_id)
    again = await bot.cancel(order_id)
    assert (again["status"], again["filled"]) == (first["status"], first["filled"])


async def test_an_unknown_id_is_order_not_found(bot):
    """An id that the venue never knew raises OrderNotFound."""
    with pytest.raises(ccxt.OrderNotFound):
        await bot.cancel(UNKNOWN_ID, "ETH/USD")


async def test_the_client_id_alone_is_enough(bot):
    """``id`` may be None, or empty, beside ``clientOrderId``."""
    for number, nothing in enumerate((None, "")):
        order_id = await bot.place(clientOrderId=f"mine-{number}")
        done = await bot.cancel(nothing, None, {"clientOrderId": f"mine-{number}"})
        assert (done["id"], done["clientOrderId"], done["status"]) == (order_id, f"mine-{number}", "canceled")


async def test_without_any_id_nothing_is_sent(bot):
    """What is missing is said by ArgumentsRequired of ccxt."""
    with pytest.raises(ccxt.ArgumentsRequired):
        await bot.cancel(None, "ETH/USD")
    assert bot.sent() == 0


@pytest.mark.parametrize("symbol", ["ETH/USD", "ETHUSD", None])
async def test_symbols_as_ccxt_takes_them(bot, symbol):
    """The unified symbol, the venue's id of a loaded market, or none."""
    done = await bot.cancel(await bot.place(), symbol)
    assert (done["symbol"], done["status"]) == ("ETH/USD", "canceled")


async def test_no_market_list_is_needed(make_bot):
    """A bot that starts only to cancel sends the cancel first, and asks for no market."""
    one = await make_bot()
    order_id = (await (await make_bot()).call("create_order", "ETH/USD", "limit", "buy", 1, 1900))["id"]
    one.served.control.requests.clear()
    done = await one.cancel(order_id)
    assert (done["symbol"], done["status"]) == ("ETH/USD", "canceled")
    assert [request.method for request in one.served.control.requests] == ["DELETE", "GET"]
    assert {request.path for request in one.served.control.requests} == {"/api/v1/spot/order"}


async def test_the_structure_is_the_one_of_ccxt(bot):
    """Keys and values are those that ccxt's own class reads from the same order."""
    order_id = await bot.place()
    bot.served.control.fill(order_id, "0.25")
    done = await bot.cancel(order_id, "ETH/USD")
    read = await bot.call("fetch_order", order_id, "ETH/USD")
    assert done == read


async def test_numbers_are_what_the_instance_wants(make_bot):
    """With ``number`` set to Decimal, no digit goes through a float."""
    one = await make_bot(number=Decimal)
    done = await one.cancel(await one.place())
    assert (done["amount"], type(done["amount"])) == (Decimal(1), Decimal)


async def test_ccxts_own_params_are_no_obstacle(bot):
    """``type`` and switched-off triggers mean spot; what the venue does not know is refused before anything is sent."""
    done = await bot.cancel(await bot.place(), "ETH/USD", {"type": "spot", "stop": False, "trigger": None})
    assert done["status"] == "canceled"
    order_id = await bot.place()
    with pytest.raises(ccxt.BadRequest):
        await bot.cancel(order_id, "ETH/USD", {"nonsense": 1})
    assert (bot.sent(), bot.status(order_id)) == (0, "NEW")


async def test_several_orders_come_back_in_the_order_asked(make_bot):
    """Each order comes back with its own end, in the order asked for; the client's ids after the others."""
    bot = await make_bot(options={"filledFirst": "return"})
    ids = [await bot.place() for _ in range(3)]
    bot.served.control.fill(ids[1])
    mine = await bot.place(clientOrderId="mine")
    done = await bot.call("cancel_orders", ids, "ETH/USD", {"clientOrderIds": ["mine"]})
    assert [order["id"] for order in done] == [*ids, mine]
    assert [order["status"] for order in done] == ["canceled", "closed", "canceled", "canceled"]
    assert await bot.call("cancel_orders", []) == []


async def test_several_of_which_one_is_unknown(bot):
    """The exception for the one carries the orders of the others, so that nothing known is lost."""
    order_id = await bot.place()
    with pytest.raises(ccxt.OrderNotFound) as told:
        await bot.call("cancel_orders", [UNKNOWN_ID, order_id])
    assert [order["id"] for order in told.value.orders] == [order_id]
    assert [report.final for report in told.value.reports] == [False, True]


async def test_all_orders_of_a_symbol_or_side_or_every_one(bot):
    """All orders of a symbol, or of one side, or of every symbol; an empty list where nothing was open."""
    ids = {await bot.place(price=1900 + step) for step in range(2)}
    other = await bot.place("BTC/USD", 50_000)
    assert await bot.call("cancel_all_orders", "ETH/USD", {"side": "sell"}) == []
    done = await bot.call("cancel_all_orders", "ETH/USD")
    assert {order["id"] for order in done} == ids
    assert {order["status"] for order in done} == {"canceled"}
    assert [order["id"] for order in await bot.call("cancel_all_orders")] == [other]
    assert await bot.call("cancel_all_orders", "ETH/USD") == []


async def test_many_at_once_share_their_look_ups(bot):
    """Cancels side by side are settled by common looks, not by one query each."""
    if bot.exchange.synchronous:
        pytest.skip("a blocking instance does one thing at a time")
    ids = [await bot.place() for _ in range(8)]
    bot.served.control.requests.clear()
    done = await asyncio.gather(*(bot.cancel(order_id) for order_id in ids))
    assert [(order["id"], order["status"]) for order in done] == [(order_id, "canceled") for order_id in ids]
    assert (bot.sent(), bot.sent("GET") < 8) == (8, True)


async def test_threads_may_share_an_instance(bot):
    """Cancels from several threads each come back with their own order."""
    if not bot.exchange.synchronous:
        pytest.skip("an asynchronous instance belongs to its loop")
    ids = [await bot.place() for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(bot.exchange.cancel_order, ids))
    assert [(order["id"], order["status"]) for order in done] == [(order_id, "canceled") for order_id in ids]


async def test_wrappers_of_a_bots_choice_are_around_the_cancels(make_bot):
    """The option ``plugins`` puts them there; one that denies a call is told as ccxt's OperationRejected."""

    class Guard:
        """Lets nothing through."""

        @hk.wraps_flow
        async def operate(self, flow, operation):
            raise hk.OrderDenied(f"{operation.name} is not for today")

    one = await make_bot(options={"plugins": [Guard()]})
    with pytest.raises(ccxt.OperationRejected, match="not for today"):
        await one.cancel(await one.place())
    assert one.sent() == 0


async def test_a_replacement_needs_a_canceled_order(bot):
    """``edit_order`` places a new order only where the old one was resting until then."""
    order_id = await bot.place()
    replaced = await bot.call("edit_order", order_id, "ETH/USD", "limit", "buy", 1, 1910)
    assert (bot.status(order_id), replaced["status"]) == ("CANCELED", "open")
    bot.served.control.fill(replaced["id"])
    with pytest.raises(ccxt.InvalidOrder):
        await bot.call("edit_order", replaced["id"], "ETH/USD", "limit", "buy", 1, 1920)
    assert len(bot.served.control.orders()) == 2


async def test_a_replacement_needs_a_cancel_of_its_own(bot):
    """Where the venue refuses it, for somebody else was quicker, no second order takes the place of the one."""
    order_id = await bot.place()
    bot.served.control.fail_next(code="-1142", method="DELETE", acted=True)
    with pytest.raises(ccxt.InvalidOrder, match="the venue refused this cancel of it; none placed") as told:
        await bot.call("edit_order", order_id, "ETH/USD", "limit", "buy", 1, 1910)
    assert (told.value.report.outcome, told.value.report.accepted) == ("canceled", False)
    assert [one.order_id for one in bot.served.control.orders()] == [order_id]


async def test_no_replacement_of_an_order_of_another_symbol(bot):
    """The venue cancels by the id alone; that the symbol was another one tells of a bot that mixes up its orders."""
    order_id = await bot.place()
    with pytest.raises(ccxt.InvalidOrder, match=r"ETH/USD.*; none placed") as told:
        await bot.call("edit_order", order_id, "BTC/USD", "limit", "buy", 0.01, 30000)
    assert isinstance(told.value.report.error, hk.Mismatch)
    assert [one.order_id for one in bot.served.control.orders()] == [order_id]


async def test_two_edits_of_one_order(bot):
    """As with ccxt's own class, one of them places an order; the other one raises."""
    order_id = await bot.place()
    draft = (order_id, "ETH/USD", "limit", "buy", 1, 1910)
    if bot.exchange.synchronous:
        with ThreadPoolExecutor(2) as pool:
            edits = [pool.submit(bot.exchange.edit_order, *draft) for _ in range(2)]
        told = [edit.exception() or edit.result() for edit in edits]
    else:
        told = await asyncio.gather(*(bot.exchange.edit_order(*draft) for _ in range(2)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in told) == ["InvalidOrder", "dict"]
    assert len(bot.served.control.orders()) == 2


async def test_a_replacement_whose_cancel_was_not_answered(bot):
    """The look shows the order canceled, and nothing says that another one did it."""
    order_id = await bot.place()
    bot.served.control.fail_next("cut", method="DELETE", acted=True)
    replaced = await bot.call("edit_order", order_id, "ETH/USD", "limit", "buy", 1, 1910)
    assert (bot.status(order_id), replaced["status"]) == ("CANCELED", "open")


async def test_no_replacement_of_an_order_that_ended_before_a_cancel_in_doubt(bot):
    """It was canceled before: an answer that is lost is no reason to bring it back."""
    order_id = await bot.place()
    await bot.cancel(order_id)
    bot.served.control.fail_next(status=502, method="DELETE")
    with pytest.raises(ccxt.InvalidOrder, match="had ended before: canceled; none placed") as told:
        await bot.call("edit_order", order_id, "ETH/USD", "limit", "buy", 1, 1910)
    assert (told.value.report.ambiguous_attempts, told.value.report.ended_before) == (1, True)
    assert [one.order_id for one in bot.served.control.orders()] == [order_id]


@pytest.mark.parametrize(
    "draft",
    [
        ("limit", "buy", None, 1910),
        ("limit", "buy", 0, 1910),
        ("limit", "buy", "abc", 1910),
        ("limit", "buy", float("nan"), 1910),
        ("limit", "buy", -1, 1910),
        ("limit", "buy", 1, None),
        ("limit", "buy", 1, 0),
        ("limit", "up", 1, 1910),
    ],
    ids=str,
)
async def test_no_order_is_canceled_for_one_that_cannot_be_placed(bot, draft):
    """A replacement without an amount, a price or a side is refused while the old order still rests."""
    order_id = await bot.place()
    with pytest.raises(ccxt.BadRequest):
        await bot.call("edit_order", order_id, "ETH/USD", *draft)
    assert (bot.status(order_id), bot.sent()) == ("NEW", 0)


@pytest.mark.parametrize(
    ("symbol", "amount", "kind"),
    [("NO/SUCH", 1, ccxt.BadSymbol), ("ETH/USD", 1e-9, ccxt.InvalidOrder)],
    ids=str,
)
async def test_no_order_is_canceled_for_one_that_its_market_does_not_take(bot, symbol, amount, kind):
    """What ccxt would refuse without asking is refused while the old order still rests."""
    order_id = await bot.place()
    with pytest.raises(kind):
        await bot.call("edit_order", order_id, symbol, "limit", "buy", amount, 1910)
    assert (bot.status(order_id), bot.sent()) == ("NEW", 0)


async def test_a_replacement_that_is_refused_tells_that_its_order_is_gone(bot):
    """A refusal says by itself that nothing changed: that of half an edit says what did."""
    order_id = await bot.place()
    bot.served.control.fill(order_id, "0.4")
    with pytest.raises(ccxt.ExchangeError, match=f"{order_id} was canceled, 0.4 of it filled") as told:
        await bot.call("edit_order", order_id, "ETH/USD", "limit", "buy", 1, 1910, {"timeInForce": "XXX"})
    assert told.value.report.outcome == "partially_canceled"
    assert bot.status(order_id) == "PARTIALLY_CANCELED"


async def test_half_an_edit_that_breaks_otherwise_tells_it_too(bot, monkeypatch):
    """Whatever a bot's own class raises in the place of the create keeps its words, and has the report."""

    def broken(*given, **more):
        raise LookupError("no such thing")

    order_id = await bot.place()
    monkeypatch.setattr(bot.exchange, "create_order", broken)
    with pytest.raises(LookupError, match="no such thing") as told:
        await bot.call("edit_order", order_id, "ETH/USD", "limit", "buy", 1, 1910)
    assert told.value.report.order.id == order_id
    assert order_id in told.value.__notes__[0]


@pytest.mark.parametrize(
    ("method", "given"),
    [
        ("cancel_order", ("7", 5)),
        ("cancel_order", ("7", ["ETH/USD"])),
        ("cancel_order", ("7", "ETH/USD", "abc")),
        ("cancel_order", ("7", "ETH/USD", [1])),
        ("cancel_order", (["7"],)),
        ("cancel_orders", ("12",)),
        ("cancel_orders", (7,)),
        ("cancel_orders", (["7"], 5)),
        ("cancel_orders", (["7"], None, "abc")),
        ("cancel_orders", ([], None, {"clientOrderIds": 7})),
        ("cancel_all_orders", (5,)),
        ("cancel_all_orders", ("ETH/USD", "abc")),
        ("edit_order", ("7", 5, "limit", "buy", 1, 1910)),
    ],
    ids=str,
)
async def test_wrong_arguments_are_a_bad_request(bot, method, given):
    """A bot that expects ccxt's exceptions gets no TypeError, and nothing is sent; one text is not several ids."""
    bot.served.control.requests.clear()
    with pytest.raises(ccxt.BadRequest):
        await bot.call(method, *given)
    assert bot.served.control.requests == []


async def test_what_is_not_spot_is_left_to_ccxt(bot, module, monkeypatch):
    """A perpetual's order goes the way of ccxt's own class: ours knows spot orders only."""
    asked = []
    stock = module.hashkey

    def cancel_order(self, id, symbol=None, params=None):
        asked.append((id, symbol, params))
        return {"id": id} if self.synchronous else _soon({"id": id})

    monkeypatch.setattr(stock, "cancel_order", cancel_order)
    assert await bot.cancel("7", "ETH/USDT:USDT", {"trigger": True}) == {"id": "7"}
    assert await bot.cancel("8", None, {"type": "swap"}) == {"id": "8"}
    assert asked == [("7", "ETH/USDT:USDT", {"trigger": True}), ("8", None, {"type": "swap"})]
    assert bot.sent() == 0


async def _soon(value):
    return value
