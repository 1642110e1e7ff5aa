"""What venue authors import from ``hk_adapter.parsing`` stays there, and is what HashKey's own rooms read with."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import hk_adapter
from hk_adapter import parsing

# Typed by hand: a name that leaves this list breaks somebody's plugin.
PROMISED = """
    ErrorRow ErrorTable Fields Meaning SaidTwice by_position exact_product exact_sum name_of order_page read_json
    read_rows reading retry_after write_json
"""
READERS = """
    amount code flag has id maybe_amount maybe_flag maybe_id maybe_moment maybe_number maybe_object maybe_rows
    maybe_seconds maybe_text maybe_time number object rows seconds text time whole word above_zero
"""
HASHKEY = Path(hk_adapter.__file__).parent / "venues" / "hashkey"


def test_every_promised_name_is_there():
    """No name goes, and none comes unnoticed."""
    assert set(parsing.__all__) == set(PROMISED.split())
    assert parsing.__all__ == sorted(parsing.__all__)
    assert [name for name in parsing.__all__ if not hasattr(parsing, name)] == []


def test_every_reader_of_a_field_is_there():
    """Nor does a reader of ``Fields``."""
    readers = {name for name, one in vars(parsing.Fields).items() if inspect.isfunction(one) and name[0] != "_"}
    assert readers == set(READERS.split())


def test_every_name_says_what_it_is_for():
    """Functions, classes and their public methods have docstrings of their own."""
    public = [getattr(parsing, name) for name in parsing.__all__]
    methods = [
        one
        for owner in public
        if inspect.isclass(owner)
        for name, one in vars(owner).items()
        if inspect.isfunction(one) and name[0] != "_"
    ]
    assert [one for one in (*public, *methods) if not vars(one).get("__doc__", one.__doc__)] == []


def test_hashkey_reads_with_all_of_it():
    """There is no second way: what is public is what the venue that ships is written with."""
    used = set()
    for file in HASHKEY.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == parsing.__name__:
                used |= {name.name for name in node.names}
    assert set(parsing.__all__) == used


def test_hashkey_knows_no_part_of_it_by_another_name():
    """Its rooms import the public module, and not the files behind it."""
    behind = {
        module
        for file in HASHKEY.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (module := node.module or "").startswith(f"{parsing.__name__}.")
    }
    assert behind == set()
