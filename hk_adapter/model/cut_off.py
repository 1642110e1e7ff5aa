"""Whether a page may be followed by one that nothing names."""

from __future__ import annotations

from hk_adapter.model.read_requests import TradePage
from hk_adapter.model.requests import OrderPage


def is_cut_off(page: OrderPage | TradePage) -> bool:
    """Whether there may be a further page that nothing names: the page says so, or not what else makes it incomplete.

    To be asked of a page as its plugin gave it: rows that the core leaves out say nothing of further ones.
    """
    if page.cut_off or page.complete or page.next_before_id is not None:
        return bool(page.cut_off)
    return page.cut_off is None or page.left_out == 0
