"""``hk-adapter ccxt enable`` and ``disable``: on request only, and every trace can be removed."""

from __future__ import annotations

import subprocess
import sys
import zipfile

import pytest
from click.testing import CliRunner

from hk_adapter.ccxt_facade.autoload_install import MODULE_FILE, PATH_FILE, disable, enable
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
    assert f"undo: hk-adapter ccxt disable --directory {tmp_path}" in done.output


def test_disable_removes_it_all(invoke, tmp_path):
    """What was written is gone, and a second call finds nothing."""
    invoke("enable")
    invoke("enable")
    done = invoke("disable")
    assert list(tmp_path.iterdir()) == []
    assert done.output.count("removed ") == 2
    assert "nothing to remove" in invoke("disable").output


def test_disable_removes_what_python_compiled(invoke, tmp_path):
    """A Python that has run since leaves a ``.pyc``: it goes too, and those of others stay."""
    invoke("enable")
    for name in (f"_hk_adapter_ccxt.{sys.implementation.cache_tag}.pyc", "other.cpython-311.pyc"):
        (tmp_path / "__pycache__").mkdir(exist_ok=True)
        (tmp_path / "__pycache__" / name).touch()
    invoke("disable")
    assert [path.name for path in tmp_path.rglob("*.*")] == ["other.cpython-311.pyc"]


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


def test_a_start_loads_nothing_but_our_file(tmp_path):
    """Every start of Python pays for what the file imports: none of the standard library's larger modules."""
    for name in ("ours", "other"):
        (tmp_path / name).mkdir()
    enable(tmp_path / "ours")
    (tmp_path / "other" / "other.pth").write_text("import sys\n")
    code = (
        "import site, sys\n"
        f"site.addsitedir({str(tmp_path / 'other')!r}); before = set(sys.modules)\n"
        f"site.addsitedir({str(tmp_path / 'ours')!r}); print(*sorted(set(sys.modules) - before))"
    )
    bare = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert set(bare.stdout.split()) <= {"__future__", "_hk_adapter_ccxt"}


@pytest.mark.parametrize("names", [["ccxt", "ccxt.pro", "ccxt"], ["ccxt", "ccxt.async_support"]], ids=str)
def test_threads_that_import_the_modules_at_once(tmp_path, names):
    """They do not wait for each other for ever: each finds the class in the module that it imports.

    ``ccxt.pro`` beside ``ccxt.async_support`` is left out: that is a deadlock in ccxt alone, without us.
    """
    enable(tmp_path)
    code = f"""
import faulthandler, threading
faulthandler.dump_traceback_later(20, exit=True)
names = {names!r}
together, found = threading.Barrier(len(names)), []
def use(name):
    together.wait()
    found.append(__import__(name, fromlist=["x"]).hkadapter.__name__)
threads = [threading.Thread(target=use, args=(name,)) for name in names]
[one.start() for one in threads]
[one.join() for one in threads]
print(*found)
"""
    done = python(tmp_path, code)
    assert (done.stdout.split(), done.stderr) == (["hkadapter"] * len(names), "")


def test_looking_for_a_module_imports_no_parent(tmp_path):
    """Python looks with the lock of the module held: whoever imports the parent then can wait for ever."""
    enable(tmp_path)
    (tmp_path / "packed").mkdir()
    (tmp_path / "packed" / "pro.py").write_text("")
    code = f"""
import sys
finder = sys.meta_path[0]
print(finder.find_spec("ccxt.pro", [{str(tmp_path / "packed")!r}]).origin, "ccxt" in sys.modules)
print(finder.find_spec("ccxt.pro", [{str(tmp_path)!r}]), "ccxt" in sys.modules)
"""
    found = python(tmp_path, code).stdout.splitlines()
    assert found == [f"{tmp_path / 'packed' / 'pro.py'} False", "None False"]


def test_a_ccxt_in_a_zip(tmp_path):
    """One loader loads all that is in a folder of it: nothing is tried for what is not one of the three."""
    enable(tmp_path)
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as packed:
        packed.writestr("ccxt/__init__.py", "")
        packed.writestr("ccxt/pro.py", "from ccxt import helper\n")
        packed.writestr("ccxt/helper.py", "x = 1\n")
    code = f"import sys; sys.path.insert(0, {str(tmp_path / 'z.zip')!r}); import ccxt.pro; print(ccxt.helper.x)"
    done = python(tmp_path, code)
    assert done.stdout.strip() == "1"
    told = [line.split(":")[1].strip() for line in done.stderr.splitlines()]
    assert told == ["not registered in ccxt", "not registered in ccxt.pro"]


def test_a_ccxt_that_another_finder_knows(tmp_path):
    """An editable install is found by a finder of its own: ours asks all after it that can be asked."""
    enable(tmp_path)
    source = tmp_path / "elsewhere.py"
    source.write_text("class hashkey: pass\nexchanges = []\n")
    code = f"""
import importlib.util, sys
class Editable:
    def find_spec(self, name, path=None, target=None):
        return importlib.util.spec_from_file_location(name, {str(source)!r}) if name == "ccxt" else None
sys.meta_path[1:1] = [object(), Editable()]
import ccxt
print(ccxt.__file__)
"""
    assert python(tmp_path, code).stdout.strip() == str(source)


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
