"""From HashKey's JSON to the common model: pure functions, exact or UnexpectedPayload. ``fields`` reads one object."""

from hk_adapter.venues.hashkey.parse.orders import ACKNOWLEDGED, STATUSES, parse_order, parse_page

__all__ = ["ACKNOWLEDGED", "STATUSES", "parse_order", "parse_page"]
