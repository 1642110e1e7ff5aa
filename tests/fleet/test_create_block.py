"""A block of creates: denied in this process at once, and in others by a file; what is canceled or read passes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import hk_adapter as hk
from hk_adapter.flow import real_time
from hk_adapter.plugins.risk import CreateBlock, Risk
from hk_adapter.plugins.risk.block_file import BlockFile

TERMS = ("ETH/USD", "limit", "buy", "0.1", "1000")


def test_creates_are_denied_while_the_switch_is_on(tmp_path: Path) -> None:
    """While it is on, creates are denied unsent; orders are canceled and listed as ever."""
    block = CreateBlock()
    with hk.connect("hashkey", environment="simulator", plugins=[block]) as venue:
        order = venue.create_order(*TERMS)
        block.block_creates("until noon")
        with pytest.raises(hk.OrderDenied, match="blocked until noon"):
            venue.create_order(*TERMS)
        assert [one.id for one in venue.fetch_open_orders()] == [order.id]
        assert venue.cancel_order(order.id).status == "canceled"
        assert len(venue.simulator.orders()) == 1
        block.allow_creates()
        assert venue.create_order(*TERMS).id is not None


@pytest.mark.parametrize("reason", [None, "", 5])
@pytest.mark.parametrize("make", [CreateBlock, lambda: Risk(symbols=["ETH/USD"])], ids=["block", "risk"])
def test_a_block_never_fails_for_its_words(make: Callable[[], CreateBlock | Risk], reason: Any) -> None:
    """Without a reason, and with one that is no text, creates are blocked as well; one that was there is not lifted."""
    block = make()
    block.block_creates("by the desk")
    block.block_creates(reason)
    assert block.creates_blocked
    with (
        hk.connect("hashkey", environment="simulator", plugins=[block]) as venue,
        pytest.raises(hk.OrderDenied, match="blocked by hand"),
    ):
        venue.create_order(*TERMS)


def test_a_file_of_another_process(tmp_path: Path) -> None:
    """A file that appears, whatever is in it, denies at once; when it is gone, orders are placed again."""
    path = tmp_path / "stop"
    with hk.connect("hashkey", environment="simulator", plugins=[CreateBlock(path)]) as venue:
        for content in ("", "not json", '{"reason": 1}', "[" * 3000):
            path.write_text(content)
            with pytest.raises(hk.OrderDenied, match=f"by {path}"):
                venue.create_order(*TERMS)
        path.unlink()
        BlockFile(path).put_up("by the desk")
        with pytest.raises(hk.OrderDenied, match="by the desk"):
            venue.create_order(*TERMS)
        BlockFile(path).take_down()
        assert venue.create_order(*TERMS).id is not None


def test_what_cannot_be_known_blocks(tmp_path: Path) -> None:
    """Where nobody can tell whether the file is there, nothing is placed."""
    folder = tmp_path / "mounted"
    folder.mkdir()
    file = BlockFile(folder / "stop")
    assert file.reason() is None
    folder.rmdir()
    assert "is not there" in (file.reason() or "")
    folder.symlink_to(folder)  # a loop: an error of the system's that is none of "it is not there"
    assert "cannot be known" in (file.reason() or "")


def test_putting_it_up_twice(tmp_path: Path) -> None:
    """Who comes second changes nothing, and nothing else is left beside the file."""
    path = tmp_path / "stop"
    BlockFile(path).put_up("first")
    BlockFile(path).put_up("second")
    assert "first" in (BlockFile(path).reason() or "")
    assert os.listdir(tmp_path) == ["stop"]
    BlockFile(path).take_down()
    BlockFile(path).take_down()
    assert BlockFile(path).reason() is None


@pytest.mark.parametrize("path", ["/nonexistent/dir/stop", "", "a\0b", __file__ + "/stop"])
def test_a_path_where_no_file_can_be(path: str) -> None:
    """It blocks creates, and keeps no cancel from going out: whoever is to cancel can connect."""
    block = CreateBlock()
    with hk.connect("hashkey", environment="simulator", plugins=[block]) as venue:
        order = venue.create_order(*TERMS)
        block.file = CreateBlock(path).file
        with pytest.raises(hk.OrderDenied, match=r"cannot be known whether|is not there"):
            venue.create_order(*TERMS)
        assert venue.cancel_order(order.id).status == "canceled"
    assert block.file is not None
    with pytest.raises(OSError, match=r"names no file|No such file|Not a directory"):
        block.file.put_up("by the desk")


@pytest.mark.parametrize("written", ["{}\r", "{}\n", " {}", "{}\t"])
def test_a_variable_with_a_blank_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    """It names another file than everybody else's, in a directory that is there: nothing would ever block by it."""
    path = tmp_path / "stop"
    monkeypatch.setenv("HK_ADAPTER_CREATE_BLOCK", written.format(path))
    path.touch()
    venue = hk.connect("hashkey", environment="simulator", plugins=["create_block"])
    with venue, pytest.raises(hk.OrderDenied, match="the path has blanks around it"):
        venue.create_order(*TERMS)
    with pytest.raises(OSError, match="blanks"):
        BlockFile(written.format(path)).put_up("by the desk")


def test_what_is_no_path() -> None:
    """What is no text is refused as the block is made."""
    with pytest.raises(hk.ConfigurationError):
        CreateBlock(b"stop")  # type: ignore[arg-type]


def test_a_profile_tells_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile's ``plugin_settings`` name the file."""
    path, file = tmp_path / "stop", tmp_path / "config.toml"
    head = '[profiles.desk]\nvenue = "hashkey"\nplugins = ["create_block"]\n'
    file.write_text(f'{head}plugin_settings.create_block.path = "{path}"\n')
    file.chmod(0o600)
    monkeypatch.setenv("HK_ADAPTER_CONFIG", str(file))
    path.touch()
    with hk.connect("hashkey", environment="simulator", profile="desk") as venue, pytest.raises(hk.OrderDenied):
        venue.create_order(*TERMS)


def test_by_its_id_it_reads_its_path_from_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its id it reads its path from HK_ADAPTER_CREATE_BLOCK."""
    path = tmp_path / "stop"
    monkeypatch.setenv("HK_ADAPTER_CREATE_BLOCK", str(path))
    path.touch()
    with hk.connect("hashkey", environment="simulator", plugins=["create_block"]) as venue:
        with pytest.raises(hk.OrderDenied):
            venue.create_order(*TERMS)
        with pytest.raises(hk.OrderDenied):
            venue.create_orders([{"symbol": "ETH/USD", "type": "limit", "side": "buy", "amount": "1", "price": "1"}])


def test_a_create_is_counted_before_it_meets_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """Either it sees the block, or who blocks sees it under way: what it asks as it is about to leave comes later."""
    block, counted = CreateBlock(), []
    with hk.connect("hashkey", environment="simulator", plugins=[block]) as venue:
        known = venue._connection.shared.looks.known

        def asked() -> None:
            counted.append(known.is_placing_at(real_time.monotonic()))

        monkeypatch.setattr(block, "creates_held_by", asked)
        venue.create_order(*TERMS)
        venue.create_orders([dict(zip(("symbol", "type", "side", "amount", "price"), TERMS, strict=True))])
        assert not known.is_placing_at(real_time.monotonic())
    of_the_call, *of_its_request = counted[: len(counted) // 2]
    assert not of_the_call
    assert len(of_its_request) >= 2
    assert all(of_its_request)
    assert counted == [of_the_call, *of_its_request] * 2
