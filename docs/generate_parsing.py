"""Write ``reference/parsing.md`` from the docstrings of ``hk_adapter.parsing``, what venue plugins read answers with.

Run it after a change of them: ``python docs/generate_parsing.py``. A test notices when that was forgotten.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from hk_adapter import parsing
from hk_adapter.errors import OutcomeUnknown
from hk_adapter.parsing import ErrorTable, Fields, Meaning
from hk_adapter.record import field_names

PAGE = Path(__file__).parent / "reference" / "parsing.md"

_HEAD = """\
# Reading what a venue answers

*Made by `docs/generate_parsing.py` from the docstrings of `hk_adapter/parsing`; change those, not this page.*

`hk_adapter.parsing` has what a venue plugin reads answers with: exact numbers, or a doubt. HashKey's plugin is written
with all of it. How they go together: [write a venue](../how-to/write-a-venue.md#read-exactly).
"""
_CALLS = ("cancel_order", "create_order", "fetch_order", "fetch_open_orders")
_DOUBT = OutcomeUnknown.__name__
_GROUPS = {
    "JSON": ("read_json", "write_json", "SaidTwice"),
    "Fields": ("reading", "Fields"),
    "Lists": ("read_rows", "order_page", "by_position", "name_of"),
    "Refusals": ("ErrorTable", "ErrorRow", "Meaning", "retry_after"),
    "Arithmetic": ("exact_product", "exact_sum"),
}


def page() -> str:
    """Build the whole page."""
    return "\n".join(_parts()).rstrip() + "\n"


def _parts() -> Iterator[str]:
    yield _HEAD
    for title, names in _GROUPS.items():
        yield f"## {title}\n"
        for name in names:
            yield from _documented(name, getattr(parsing, name))


def _documented(name: str, one: object) -> Iterator[str]:
    shown = name if one in (Meaning, parsing.SaidTwice, parsing.ErrorRow) else f"{name}{_signature(one)}"
    yield f"### `{shown}`\n"
    yield f"```text\n{inspect.getdoc(one) or ''}\n```\n"
    if one in (Fields, ErrorTable):
        yield from _methods(one)
    elif one is Meaning:
        yield from _meanings()
    elif isinstance(one, type) and (fields := field_names(one)):
        yield f"Fields: {', '.join(f'`{field}`' for field in fields)}\n"


def _meanings() -> Iterator[str]:
    """Show what each meaning comes to, by asking a table that has all of them."""
    table = ErrorTable("lagoon", [parsing.ErrorRow(one, one, "") for one in Meaning])
    yield f"| | {' | '.join(f'`{call}`' for call in _CALLS)} |"
    yield f"|---{'|---' * len(_CALLS)}|"
    for one in Meaning:
        errors = [type(table.error(one, http_status=200, operation=call)).__name__ for call in _CALLS]
        yield f"| `{one.name}` | {' | '.join('doubt' if error == _DOUBT else f'`{error}`' for error in errors)} |"
    yield ""


def _methods(one: object) -> Iterator[str]:
    for name, method in vars(one).items():
        if name.startswith("_") or not inspect.isfunction(method):
            continue
        text = inspect.getdoc(method) or ""
        if "\n\n" in text:
            yield f"- `{name}{_signature(method)}`\n\n```text\n{text}\n```\n"
        else:
            yield f"- `{name}{_signature(method)}`: {' '.join(text.split())}"
    yield ""


def _signature(one: object) -> str:
    signature = inspect.signature(one)  # type: ignore[arg-type]
    parameters = [part for name, part in signature.parameters.items() if name != "self"]
    returns = inspect.Signature.empty if isinstance(one, type) else signature.return_annotation
    return re.sub(
        r"(?<=: |> )'([^']+)'", r"\1", str(signature.replace(parameters=parameters, return_annotation=returns))
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
