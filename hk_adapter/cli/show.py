"""How reports and errors are written: words for people. Nothing here needs rich."""

from __future__ import annotations

import click

from hk_adapter.errors import AdapterError
from hk_adapter.model import CancelOutcome, CancelReport, Order, plain

SENTENCES: dict[CancelOutcome, str] = {
    CancelOutcome.CANCELED: "proven off the book; nothing was filled",
    CancelOutcome.PARTIALLY_CANCELED: "proven off the book; a part was filled first",
    CancelOutcome.TOO_LATE_FILLED: "proven off the book; it was filled before the cancel took effect",
    CancelOutcome.ALREADY_CANCELED: "proven off the book; it was canceled before, and not by this call",
    CancelOutcome.ENDED: "proven off the book; the venue ended it itself",
    CancelOutcome.OFF_BOOK: "off the book by the venue's word; its end or its fills are not read yet, ask the venue",
    CancelOutcome.PENDING: "the venue accepted the cancel; the order's end is not proven, it may still trade",
    CancelOutcome.REJECTED: "the venue refused the cancel; the order was still on the book afterwards",
    CancelOutcome.NOT_FOUND: "the venue knows no order under the ids given",
    CancelOutcome.RATE_LIMITED: "refused for asking too often; the cancel did not run",
    CancelOutcome.CLOCK_SKEW: "refused for its timestamp; the cancel did not run, check this machine's clock",
    CancelOutcome.AUTH: "refused for the key, its signature or its permissions; the cancel did not run",
    CancelOutcome.BAD_REQUEST: "refused as malformed; the cancel did not run",
    CancelOutcome.VENUE_DOWN: "the venue is closed or cannot be reached; the cancel did not run",
    CancelOutcome.NOT_SENT: "no cancel was sent; the error says why",
    CancelOutcome.UNKNOWN: "the cancel may or may not have run; ask the venue before acting on either",
}


def complain(line: str) -> None:
    """Write one line to stderr, under the command's name."""
    click.echo(f"hk-adapter: {one_line(line)}", err=True)


def one_line(text: str) -> str:
    """Keep a text, which may quote a venue, from breaking the line or steering the terminal."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def error_line(error: AdapterError) -> str:
    """Describe an error: its name, what it says, and the venue's code unless its message says that."""
    message = str(error)
    code = "" if error.code is None or error.code in message else f" (code {error.code})"
    return one_line(f"{type(error).__name__}: {message}{code}")


def report_text(report: CancelReport) -> str:
    """Describe a cancel's report in words, one fact a line; facts that are not known have no line."""
    facts = {
        **(_order_facts(report.order) if report.order is not None else {}),
        "evidence": str(report.evidence),
        "attempts": f"{report.attempts}, of which in doubt: {report.ambiguous_attempts}",
        "error": None if report.error is None else error_line(report.error),
        "retry after": None if report.retry_after is None else f"{report.retry_after:g} s",
        "elapsed": f"{report.elapsed:.2f} s",
    }
    lines = [f"  {name:<12} {one_line(fact)}" for name, fact in facts.items() if fact is not None]
    return "\n".join([f"{report.outcome}: {SENTENCES[report.outcome]}", *lines])


def _order_facts(order: Order) -> dict[str, str | None]:
    terms = (order.symbol or order.venue_symbol, order.type, order.side, plain(order.amount))
    price = "" if order.price is None else f" at {plain(order.price)}"
    word = "" if order.venue_status is None else f" (the venue's word: {order.venue_status})"
    return {
        "order": order.id,
        "client id": order.client_order_id,
        "terms": " ".join(str(term) for term in terms if term is not None) + price or None,
        "status": None if order.status is None else f"{order.status}{word}",
        "filled": plain(order.filled),
        "remaining": plain(order.remaining),
        "average": plain(order.average),
    }
