"""An answer that begins with a byte order mark says what it says without."""

from __future__ import annotations

import codecs

import pytest

from hk_adapter.parsing.json_body import decoded


@pytest.mark.parametrize(("text", "value"), [(b"{}", {}), (b'[{"orderId":"1"}]', [{"orderId": "1"}]), (b"", None)])
def test_a_mark_is_skipped(text, value):
    """One mark, at the very beginning."""
    assert decoded(codecs.BOM_UTF8 + text) == value


@pytest.mark.parametrize("body", [codecs.BOM_UTF8 * 2 + b"{}", b"{}" + codecs.BOM_UTF8, codecs.BOM_UTF16_LE + b"{}"])
def test_what_is_no_such_mark(body):
    """Any other is no JSON."""
    assert decoded(body) is None
