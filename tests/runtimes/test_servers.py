"""Programs that start processes of their own: a web server with workers forked from a preloaded app, and a notebook."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import textwrap
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from hk_adapter.simulator.server import Served

from .programs import PATIENCE, ROOT

Resting = Callable[[int], list[str]]

APP = """
import json, os
import hk_adapter

venue = hk_adapter.connect("hashkey", environment="simulator", base_url=os.environ["VENUE"])
venue.cancel_order(os.environ["FIRST"])   # a connection is open before the fork


def app(environ, start_response):
    report = venue.try_cancel(environ["PATH_INFO"].strip("/"))
    start_response("200 OK", [("Content-Type", "application/json")])
    said = {"outcome": report.outcome, "attempts": report.attempts, "id": report.order.id, "worker": os.getpid()}
    return [json.dumps(said).encode()]
"""

BLOCKING_CELL = """
import hk_adapter
blocking = hk_adapter.connect("hashkey", environment="simulator", base_url={url!r})
print(blocking.try_cancel({one!r}).outcome)
blocking.close()
"""

AWAITING_CELL = """
async with hk_adapter.connect_async("hashkey", environment="simulator", base_url={url!r}) as venue:
    print((await venue.try_cancel({two!r})).outcome)
"""


def needs(*names: str) -> None:
    """Skip where a program is not installed; ``nox -s runtimes`` installs them all."""
    for name in names:
        if find_spec(name) is None:
            pytest.skip(f"{name} is not installed; nox -s runtimes installs it")


def ask(port: int, order_id: str) -> dict[str, object]:
    """Let the app cancel an order, as soon as it is up."""
    for _ in range(PATIENCE * 10):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{order_id}", timeout=PATIENCE) as answer:
                said: dict[str, object] = json.load(answer)
                return said
        except ConnectionError:
            time.sleep(0.1)
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionError):
                raise
            time.sleep(0.1)
    pytest.fail("the app did not come up")


def test_gunicorn_with_a_preloaded_app(served: Served, resting: Resting, tmp_path: Path) -> None:
    """Two workers, forked after the venue was used, cancel what they are asked to, each over its own connections."""
    needs("gunicorn")
    (tmp_path / "preloaded.py").write_text(APP)
    first, *ids = resting(17)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--preload", "--workers=2", f"--bind=127.0.0.1:{port}", "preloaded:app"],
        cwd=tmp_path,
        env={**os.environ, "VENUE": served.url, "FIRST": first, "PYTHONPATH": f"{tmp_path}:{ROOT}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        told = [ask(port, one) for one in ids]
    finally:
        server.terminate()
        assert server.wait(PATIENCE) == 0
    assert [(one["outcome"], one["attempts"], one["id"]) for one in told] == [("canceled", 1, one) for one in ids]


def test_cells_of_a_real_kernel(served: Served, resting: Resting, tmp_path: Path) -> None:
    """A cell that blocks and a cell that awaits cancel in an IPython kernel of its own, as a notebook has it."""
    needs("nbclient", "ipykernel", "nbformat")
    import nbformat  # noqa: PLC0415 - installed for this test alone
    from nbclient import NotebookClient  # noqa: PLC0415 - installed for this test alone

    one, two = resting(2)
    cells = [textwrap.dedent(cell).format(url=served.url, one=one, two=two) for cell in (BLOCKING_CELL, AWAITING_CELL)]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    where = {"metadata": {"path": str(ROOT)}}
    NotebookClient(notebook, timeout=PATIENCE, kernel_name="python3", resources=where).execute()
    assert ["".join(out["text"] for out in cell["outputs"]) for cell in notebook.cells] == ["canceled\n"] * 2
