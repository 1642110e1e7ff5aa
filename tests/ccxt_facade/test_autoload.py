"""``hk-adapter ccxt enable`` and ``disable``: on request only, and every trace can be removed."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from hk_adapter.ccxt_facade.site_file import MODULE_FILE, PATH_FILE, disable, enable
from hk_adapter.cli.ccxt import ccxt as command
from hk_adapter.errors import ConfigurationError


@pytest.fixture
def invoke(tmp_path):
    """Call the command for a directory that stands for site-packages."""

    def call(name):
        return CliRunner().invoke(command, [name, "--directory", str(tmp_path)])

    return call


def python(directory, code):
    """Run Python as if the directory were its site-packages."""
    done = subprocess.run(
        [sys.executable, "-c", f"import site; site.addsitedir({str(directory)!r})\n{code}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done


def test_enable_says_what_it_wrote(invoke, tmp_path):
    """Two files, both named in full; nothing else is in the directory."""
    done = invoke("enable")
    assert done.exit_code == 0
    written = {str(path) for path in tmp_path.iterdir()}
    assert written == {str(tmp_path / MODULE_FILE), str(tmp_path / PATH_FILE)}
    assert all(f"wrote {path}" in done.output for path in written)
    assert "disable" in done.output


def test_disable_removes_it_all(invoke, tmp_path):
    """What was written is gone, and a second call finds nothing."""
    invoke("enable")
    invoke("enable")
    done = invoke("disable")
    assert list(tmp_path.iterdir()) == []
    assert done.output.count("removed ") == 2
    assert "nothing to remove" in invoke("disable").output


def test_a_program_finds_the_class(tmp_path):
    """Each module of ccxt has it as soon as it is imported, in whatever order."""
    enable(tmp_path)
    code = "import {0}; print({0}.hkadapter.__name__, {0}.exchanges.count('hkadapter'))"
    for module in ("ccxt", "ccxt.async_support", "ccxt.pro"):
        done = python(tmp_path, code.format(module))
        assert (done.stdout.split(), done.stderr) == (["hkadapter", "1"], "")


def test_a_program_without_ccxt_pays_nothing(tmp_path):
    """Until ccxt is imported nothing of ours or of ccxt's is."""
    enable(tmp_path)
    loaded = python(tmp_path, "import sys; print(*sys.modules)").stdout.split()
    assert "_hk_adapter_ccxt" in loaded
    assert not [name for name in loaded if name.split(".")[0] in {"ccxt", "hk_adapter", "requests", "aiohttp"}]


def test_ccxt_works_where_we_are_gone(tmp_path):
    """A file left behind by an uninstalled package is a line on stderr, never a broken import."""
    enable(tmp_path)
    done = python(tmp_path, "import sys; sys.modules['hk_adapter'] = None; import ccxt; print(ccxt.hashkey.__name__)")
    assert done.stdout.strip() == "hashkey"
    assert "hk-adapter: not registered in ccxt" in done.stderr


def test_a_directory_that_cannot_be_written_to(tmp_path):
    """It is named, and nothing is left half done."""
    with pytest.raises(ConfigurationError, match="cannot be written to"):
        enable(tmp_path / "missing")
    assert disable(tmp_path / "missing") == []
