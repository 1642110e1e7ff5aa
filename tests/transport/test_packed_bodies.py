"""A packed body reads the same however the network cuts it into parts."""

from __future__ import annotations

import gzip
import zlib

import pytest

from hk_adapter.transport.packed_bodies import unpacked, unpacker_for

BODIES = [
    pytest.param("gzip", gzip.compress(b"whole"), id="gzip"),
    pytest.param("gzip", gzip.compress(b"wh") + gzip.compress(b"ole"), id="two members"),
    pytest.param("gzip", gzip.compress(b"whole") + bytes(4), id="zeros after it"),
    pytest.param("gzip", gzip.compress(b"whole") + b"more", id="words after it"),
    pytest.param("deflate", zlib.compress(b"whole") + bytes(4), id="zeros after deflate"),
    pytest.param("deflate", zlib.compress(b"whole")[2:-4] + bytes(4), id="zeros after deflate without its frame"),
]


@pytest.mark.parametrize(("coding", "packed"), BODIES)
def test_where_it_is_cut_makes_no_difference(coding: str, packed: bytes) -> None:
    """What follows the last member is none of it, be it in a part of its own."""
    for cut in range(len(packed) + 1):
        unpacker = unpacker_for({"content-encoding": coding})
        assert unpacker is not None
        assert b"".join(unpacked((packed[:cut], packed[cut:]), unpacker)) == b"whole", cut
