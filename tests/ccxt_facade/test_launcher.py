"""``python -m hk_adapter.run``: a program that knows nothing of us finds the class in ccxt."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
import ccxt, ccxt.async_support, ccxt.pro

assert __name__ == "__main__"
print(sys.argv[1:], [name in module.exchanges for module in (ccxt, ccxt.async_support, ccxt.pro) for name in {names}])
sys.exit(7)
"""


@pytest.fixture
def run(tmp_path):
    """Run the launcher in a process of its own."""

    def start(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "hk_adapter.run", *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            cwd=tmp_path,
        )

    return start


def test_a_file_gets_its_arguments_and_the_class(run, tmp_path):
    """``sys.argv`` is the program's own, options included; its exit code is the launcher's."""
    (tmp_path / "bot.py").write_text(PROGRAM.format(names=["hkadapter"]))
    done = run("bot.py", "trade", "--name", "x", "-c", "config.json")
    assert done.stdout.strip() == "['trade', '--name', 'x', '-c', 'config.json'] [True, True, True]"
    assert done.returncode == 7, done.stderr


def test_a_file_knows_where_it_is(run, tmp_path):
    """``__file__`` holds after the program has changed its directory, and its neighbours can be imported."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "near.py").write_text("x = 5")
    code = "import os; os.chdir('/'); import near; print(near.x, os.path.samefile(__file__, os.environ['BOT']))"
    (tmp_path / "in" / "bot.py").write_text(f"import os; os.environ['BOT'] = os.path.abspath('in/bot.py'); {code}")
    done = run("in/bot.py")
    assert done.stdout.strip() == "5 True", done.stderr


def test_ctrl_c_before_the_program_runs(run, tmp_path):
    """It is one line, and the code of an interrupted command; the program has not begun."""
    (tmp_path / "ccxt").mkdir()
    (tmp_path / "ccxt" / "__init__.py").write_text("import signal; signal.raise_signal(signal.SIGINT)")
    (tmp_path / "bot.py").write_text("print('begun')")
    done = run("bot.py")
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "hk_adapter.run: interrupted before the program ran\n"


PRESSES = """
import os, signal, sys
class Gone:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        sum(range(3))
class Presses:
    def find_spec(self, name, *_):
        if name == {during!r}:
            Gone()
sys.meta_path.insert(0, Presses())
"""


@pytest.mark.parametrize("during", ["hk_adapter.errors", "msgspec", "hk_adapter.ccxt_facade", "requests"])
def test_ctrl_c_while_the_launcher_is_imported(run, tmp_path, monkeypatch, during):
    """Python imports the whole package before the launcher in it: that is one line, too."""
    (tmp_path / "sitecustomize.py").write_text(PRESSES.format(during=during))
    (tmp_path / "bot.py").write_text("print('begun')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = run("bot.py")
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "hk_adapter.run: interrupted before the program ran\n"


def test_ctrl_c_is_left_alone_by_an_import_of_the_package(tmp_path):
    """Only the launcher answers it: any other program has its own way."""
    (tmp_path / "bot.py").write_text("import signal, hk_adapter; print(signal.getsignal(2).__name__)")
    start = [sys.executable, "-m", "bot", "-m", "hk_adapter.run"]
    done = subprocess.run(start, capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("default_int_handler\n", "")


def test_ctrl_c_once_the_program_runs_is_the_programs(run, tmp_path):
    """It ends as under Python alone, unless the program says otherwise."""
    (tmp_path / "bot.py").write_text("import signal; signal.raise_signal(signal.SIGINT)")
    done = run("bot.py")
    assert done.returncode != 0
    assert done.stderr.endswith("KeyboardInterrupt\n")


SEVERAL = """
import sys
from hk_adapter.run import main

path = [*sys.path]
for program in sys.argv[1:]:
    print(main([program]))
    sys.path[:] = path
    sys.modules.pop("near", None)
"""


def run_each(tmp_path, *programs):
    """Run the launcher's ``main`` with one program after the other in one process; give what it prints and returns."""
    start = [sys.executable, "-c", SEVERAL, *programs]
    done = subprocess.run(start, capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_a_directory_with_a_main(run, tmp_path):
    """It is run as by ``python DIRECTORY``: what is beside its ``__main__.py`` can be imported."""
    (tmp_path / "bots").mkdir()
    (tmp_path / "bots" / "near.py").write_text("x = 5")
    (tmp_path / "bots" / "__main__.py").write_text(
        "import near, ccxt; print(__name__, near.x, ccxt.hkadapter.__name__)"
    )
    told = "__main__ 5 hkadapter"
    assert run_each(tmp_path, "bots", "./bots", "bots/") == [told, "None"] * 3
    done = run("bots")
    assert (done.stdout, done.returncode) == (f"{told}\n", 0), done.stderr


def test_a_package_with_a_main(run, tmp_path):
    """It is run as by ``python -m``: it can import from itself."""
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text("x = 5")
    (tmp_path / "package" / "__main__.py").write_text("from . import x; print(__name__, x)")
    done = run("package")
    assert done.stdout.strip() == "__main__ 5", done.stderr


def test_a_module_and_another_name(run, tmp_path):
    """A module is run as by ``python -m``; ``--name`` before it names the class."""
    (tmp_path / "botmodule.py").write_text(PROGRAM.format(names=["myhashkey", "hkadapter"]))
    done = run("--name", "myhashkey", "botmodule")
    assert done.stdout.strip() == "[] [True, False, True, False, True, False]"


def test_what_cannot_be_run_is_one_line(run, tmp_path):
    """A package without ``__main__`` too: its name, and what is looked for."""
    programs = ["xml", "no_such_module", "nothing.py", "a..b", "."]
    said = [f"hk_adapter.run: {program} is no installed command" for program in programs]
    lines = run_each(tmp_path, *programs)
    assert [line[: len(words)] for line, words in zip(lines, said, strict=True)] == said
    done = run("xml")
    assert (done.returncode, done.stderr) == (1, f"{lines[0]}\n")


def test_options_for_a_program_that_has_no_place_for_them(run, tmp_path):
    """``--option`` gives the class options, as often as needed."""
    code = "import ccxt; print({k: ccxt.hkadapter().options[k] for k in ('site', 'defaultNetwork')})"
    (tmp_path / "bot.py").write_text(code)
    done = run("--option", "site=hk", "--option", "defaultNetwork=a=b", "bot.py")
    assert done.stdout.strip() == "{'site': 'hk', 'defaultNetwork': 'a=b'}"


def test_an_installed_command(run):
    """A console script is found by its name, and its return value is the exit code."""
    done = run("hk-adapter", "--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert "version" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no-such-program"], "no-such-program"),
        ([], "usage:"),
        (["--option", "site", "bot"], "usage:"),
        (["--name", "hashkey", "bot"], "choose another name"),
    ],
)
def test_what_cannot_be_run_is_said(run, arguments, said):
    """One line on stderr, and an exit code that is not zero."""
    done = run(*arguments)
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_usage_is_shown_on_request(run):
    """The usage is shown on request."""
    done = run("--help")
    assert done.returncode == 0
    assert done.stdout.startswith("usage: python -m hk_adapter.run")


@pytest.mark.parametrize("own", [[], ["--simulator"]])
def test_without_ccxt_it_says_what_to_install(run, tmp_path, own):
    """One line, and no simulator is served for a program that cannot run."""
    (tmp_path / "ccxt.py").write_text("raise ModuleNotFoundError('as where it is not installed', name='ccxt')")
    done = run(*own, "bot.py")
    assert (done.returncode, done.stderr) == (
        1,
        "hk_adapter.run: ccxt is not installed: pip install 'hk-adapter[ccxt]'\n",
    )
