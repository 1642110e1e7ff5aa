"""Cancels: a report is final when the order has ended, and says how."""

from __future__ import annotations

from hk_adapter.errors import AdapterError
from hk_adapter.flow.http import Response
from hk_adapter.model import CancelOutcome, OrderStatus
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.exchange import Fate
from hk_adapter.testing.conformance.gateways import PAGES
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Asked, Refusal, Request, Script
from hk_adapter.testing.conformance.written import refusal_of

_NOBODYS_WORD = "zz_nobody_knows"
_ENDS = {
    CancelOutcome.CANCELED,
    CancelOutcome.PARTIALLY_CANCELED,
    CancelOutcome.ALREADY_CANCELED,
    CancelOutcome.TOO_LATE_FILLED,
}


class Cancels:
    """Cases of ``cancel_order`` and ``fetch_order``."""

    bench: Bench
    script: Script

    @needs("cancel_order", "fetch_order")
    def test_an_acknowledgement_is_no_cancel(self) -> None:
        """A cancel that is accepted and runs a second later is reported canceled only then.

        Look at: the status that ``cancel_order`` gives to an answer that shows a working order: ``pending_cancel``.
        """
        order = self.bench.exchange.place()
        self.bench.exchange.meet(Request.CANCEL, Fate(after=1.2))
        report = self.bench.cancel(order)
        require(report.outcome is CancelOutcome.CANCELED, f"it was canceled, and reported {report.outcome}")

    @needs("cancel_order")
    def test_an_acknowledgement_is_waited_for_no_longer_than_asked(self) -> None:
        """With ``wait="ack"`` an accepted cancel is pending, or final where the answer itself shows the end.

        Look at: whether ``cancel_order`` takes an acceptance for the end.
        """
        order = self.bench.exchange.place()
        self.bench.exchange.meet(Request.CANCEL, Fate(acts=False))
        report = self.bench.cancel(order, wait="ack")
        require(report.outcome is CancelOutcome.PENDING, f"it was accepted, and reported {report.outcome}")

    @needs("cancel_order", "fetch_order")
    def test_a_cancel_that_is_accepted_and_never_runs(self) -> None:
        """It is never reported final.

        Look at: the status that ``cancel_order`` gives, and that ``fetch_order`` reads of a working order.
        """
        order = self.bench.exchange.place()
        self.bench.exchange.meet(Request.CANCEL, Fate(acts=False))
        report = self.bench.cancel(order)
        require(not report.final, f"the order rests, and was reported {report.outcome}")

    @needs("cancel_order", "fetch_order")
    def test_what_was_filled_is_kept(self) -> None:
        """A canceled order of which a part was filled is reported with that part.

        Look at: where ``filled`` comes from; a cancel never sets it to nothing.
        """
        report = self.bench.cancel(self.bench.exchange.place(filled="0.4"))
        require(report.outcome is CancelOutcome.PARTIALLY_CANCELED, f"0.4 was filled, and reported {report.outcome}")

    @needs("cancel_order", "fetch_order")
    def test_an_order_that_was_filled_first(self) -> None:
        """It is reported too late, with all of it filled.

        Look at: the refusal for an order that has ended, which is ``CancelRejected``, ``TOO_LATE``.
        """
        order = self.bench.exchange.place()
        self.bench.exchange.end(order, OrderStatus.CLOSED)
        report = self.bench.cancel(order)
        require(report.outcome is CancelOutcome.TOO_LATE_FILLED, f"it was filled first, and reported {report.outcome}")

    @needs("cancel_order", "fetch_order")
    def test_an_order_that_was_canceled_before(self) -> None:
        """It is reported as off the book: canceled before, or at least ended.

        Look at: the refusal for an order that has ended, and the table of status words.
        """
        order = self.bench.exchange.place()
        self.bench.exchange.end(order)
        report = self.bench.cancel(order)
        require(report.final, f"it had ended, and was reported {report.outcome}")

    @needs("cancel_order", "fetch_order")
    def test_a_lost_answer(self) -> None:
        """A cancel that ran though its answer was lost is reported canceled.

        Look at: that ``cancel_order`` catches nothing of what its effects raise.
        """
        order = self.bench.exchange.place()
        self.bench.exchange.meet(Request.CANCEL, Fate(lost=True))
        report = self.bench.cancel(order)
        require(report.outcome is CancelOutcome.CANCELED, f"it was canceled, and reported {report.outcome}")

    @needs("cancel_order", "fetch_order")
    def test_a_lost_request(self) -> None:
        """A cancel that never arrived is in doubt until the host has sent it again, and its order ended.

        Look at: that ``cancel_order`` sends once, and catches nothing of what its effects raise.
        """
        order = self.bench.exchange.place()
        self.bench.exchange.meet(Request.CANCEL, Fate(arrives=False), Fate())
        report = self.bench.cancel(order, timeout=60.0)
        require(report.outcome is CancelOutcome.CANCELED, f"it was canceled at last, and reported {report.outcome}")
        told = f"one of {report.attempts} was lost, and {report.ambiguous_attempts} told as in doubt"
        require(report.ambiguous_attempts == 1, told)

    @needs("cancel_order", "fetch_order")
    def test_a_gateways_page_is_no_answer(self) -> None:
        """A page of a gateway before the venue, in JSON too, whatever its status, says nothing about the order.

        Look at: what ``cancel_order`` makes of a body that is not the venue's: ``UnexpectedPayload``.
        """
        for page in PAGES:
            for acts in (True, False):
                order = self.bench.exchange.place()
                self.bench.exchange.meet(Request.CANCEL, Fate(acts=acts, instead=page))
                report = self.bench.cancel(order)
                told = (
                    f"HTTP {page.status} {page.body!r} hid a cancel (ran: {acts}), and it was reported {report.outcome}"
                )
                require(report.outcome is (CancelOutcome.CANCELED if acts else CancelOutcome.UNKNOWN), told)

    @needs("cancel_order", "fetch_order", Refusal.UNKNOWN_WORD)
    def test_a_word_that_nobody_knows_is_no_refusal(self) -> None:
        """A cancel that ran though it was answered with an undocumented word is reported canceled.

        Look at: the last line of the table of errors: whatever is not in it leaves the outcome open.
        """
        order = self.bench.exchange.place()
        self.bench.exchange.meet(Request.CANCEL, Fate(refused=Refusal.UNKNOWN_WORD))
        report = self.bench.cancel(order)
        require(report.outcome is CancelOutcome.CANCELED, f"it was canceled, and reported {report.outcome}")
        other = self.bench.exchange.place()
        self.bench.exchange.meet(Request.CANCEL, Fate(acts=False, refused=Refusal.UNKNOWN_WORD))
        report = self.bench.cancel(other)
        require(report.outcome is CancelOutcome.UNKNOWN, f"it may run, and was reported {report.outcome}")

    @needs("cancel_order", "fetch_order", Refusal.UNKNOWN_WORD)
    def test_a_server_error_is_no_refusal(self) -> None:
        """A cancel that was answered by HTTP 500 or 503 in the venue's form is in doubt, and canceled where it ran.

        Look at: what a status from 500 up means: a doubt, unless the venue's own word says that it is closed.
        """
        word = refusal_of(self.script, Asked(kind=Request.CANCEL), Refusal.UNKNOWN_WORD)
        for status in (500, 503):
            for acts in (True, False):
                order = self.bench.exchange.place()
                instead = Response(status, word.headers, word.body)
                self.bench.exchange.meet(Request.CANCEL, Fate(acts=acts, instead=instead))
                report = self.bench.cancel(order)
                told = f"HTTP {status} hid a cancel (ran: {acts}), and it was reported {report.outcome}"
                require(report.outcome is (CancelOutcome.CANCELED if acts else CancelOutcome.UNKNOWN), told)

    @needs("cancel_order", "fetch_order", Refusal.NO_SUCH_ORDER)
    def test_an_order_that_is_missed_was_not_canceled(self) -> None:
        """An order that was seen, and is not found after a cancel that was lost, is not reported as canceled or filled.

        Look at: that ``fetch_order`` raises ``OrderNotFound``, and remembers nothing of what it read before.
        """
        order = self.bench.exchange.place()
        self.bench.venue.fetch_order(order.id)
        self.bench.exchange.meet(Request.CANCEL, Fate(arrives=False))
        self.bench.exchange.meet(Request.QUERY, Fate(refused=Refusal.NO_SUCH_ORDER))
        report = self.bench.cancel(order)
        told = report.outcome not in _ENDS
        require(told, f"the order rests, a look missed it, and it was reported {report.outcome}")

    @needs("cancel_order", "fetch_order")
    def test_another_orders_answer(self) -> None:
        """An answer about another order ends nothing of ours.

        Look at: that the ids of an answer are read from it, and never filled in from the request.
        """
        rests, other = self.bench.exchange.place(), self.bench.exchange.place()
        self.bench.exchange.end(other)
        about_other = self.script.order(other)
        self.bench.exchange.meet(Request.CANCEL, Fate(acts=False, instead=about_other))
        self.bench.exchange.meet(Request.QUERY, Fate(instead=about_other))
        report = self.bench.cancel(rests)
        require(not report.final, f"the answers were about another order, and ours was reported {report.outcome}")

    @needs("cancel_order", "fetch_order")
    def test_a_status_that_nobody_knows(self) -> None:
        """An order whose status is an unknown word has not ended by it, nor is it told as open, or as any other.

        Look at: the table of status words: an unknown one is ``UnexpectedPayload``, or no status.
        """
        order = self.bench.exchange.place()
        order.word = _NOBODYS_WORD
        self.bench.exchange.meet(Request.CANCEL, Fate(acts=False))
        report = self.bench.cancel(order)
        require(not report.final, f"nobody knows {_NOBODYS_WORD}, and it was reported {report.outcome}")
        try:
            read = self.bench.venue.fetch_order(order.id).status
        except AdapterError:
            read = None
        require(read is None, f"nobody knows {_NOBODYS_WORD}, and it was read as {read}")

    @needs("cancel_order", "fetch_order", Refusal.NO_SUCH_ORDER)
    def test_an_order_that_does_not_exist(self) -> None:
        """It is not found, once two looks have missed it: never canceled.

        Look at: the refusal for an unknown order, which is ``OrderNotFound``.
        """
        report = self.bench.venue.try_cancel(self.script.order_id(999))
        require(report.outcome is CancelOutcome.NOT_FOUND, f"there is none, and it was reported {report.outcome}")

    @needs("cancel_order", "fetch_order", Refusal.BAD_KEY)
    def test_a_key_that_is_refused(self) -> None:
        """A cancel that is refused for its key is reported so, and as one that did not run.

        Look at: the table of errors: the refusal is ``AuthenticationError``.
        """
        self._refused(Refusal.BAD_KEY, CancelOutcome.AUTH)

    @needs("cancel_order", "fetch_order", Refusal.RATE_LIMITED)
    def test_a_rate_limit(self) -> None:
        """A cancel that is refused for asking too often is reported so, and as one that did not run.

        Look at: the table of errors: the refusal is ``RateLimited``.
        """
        self._refused(Refusal.RATE_LIMITED, CancelOutcome.RATE_LIMITED)

    @needs("cancel_order", "fetch_order", Refusal.CLOSED)
    def test_a_venue_that_is_closed(self) -> None:
        """A cancel that is refused because the venue is closed is reported so.

        Look at: the table of errors: the refusal is ``VenueUnavailable``, by the venue's own word alone.
        """
        self._refused(Refusal.CLOSED, CancelOutcome.VENUE_DOWN)

    def _refused(self, refusal: Refusal, outcome: CancelOutcome) -> None:
        self.bench.exchange.meet(Request.CANCEL, Fate(acts=False, refused=refusal))
        report = self.bench.cancel(self.bench.exchange.place())
        require(report.outcome is outcome, f"it was refused ({refusal}), and reported {report.outcome}")

    @needs("cancel_order", "fetch_order", "client_order_id")
    def test_a_cancel_by_the_clients_id(self) -> None:
        """An order is canceled by its client's id as by the venue's, and no other; the report has both ids.

        Look at: that both ids are read from the answers.
        """
        own = self.bench.own_id(4)
        self.bench.exchange.place(client_order_id=self.bench.own_id(3))
        order = self.bench.exchange.place(client_order_id=own)
        self.bench.exchange.place(client_order_id=self.bench.own_id(5))
        report = self.bench.cancel(order, client_order_id=own)
        require(report.outcome is CancelOutcome.CANCELED, f"it was canceled, and reported {report.outcome}")
        require(report.order is not None and report.order.client_order_id == own, "the client's id was not read")

    @needs("cancel_order", "fetch_order")
    def test_a_cancel_is_sent_once_where_all_is_well(self) -> None:
        """One cancel leaves for one order, to a host that the venue declares.

        Look at: how often ``cancel_order`` awaits an ``HttpCall``, and the URL that ``sign`` builds.
        """
        self.bench.cancel(self.bench.exchange.place())
        sent = self.bench.exchange.count(Request.CANCEL)
        require(sent == 1, f"{sent or 'no'} cancels were sent")
