"""What venue plugins read answers with: exactly, or not at all. HashKey's own rooms are written with it.

Inside ``reading(...)``, what cannot be read is ``UnexpectedPayload``, a doubt; and a code that no table has is one too.
"""

from hk_adapter.model.decimals import exact_product, exact_sum
from hk_adapter.parsing.error_table import ErrorRow, ErrorTable, Meaning
from hk_adapter.parsing.fields import Fields, reading
from hk_adapter.parsing.json_body import SaidTwice, read_json, write_json
from hk_adapter.parsing.retry_after import retry_after
from hk_adapter.parsing.rows import by_position, name_of, order_page, read_rows

__all__ = [
    "ErrorRow",
    "ErrorTable",
    "Fields",
    "Meaning",
    "SaidTwice",
    "by_position",
    "exact_product",
    "exact_sum",
    "name_of",
    "order_page",
    "read_json",
    "read_rows",
    "reading",
    "retry_after",
    "write_json",
]
