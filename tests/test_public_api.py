"""What ``import hk_adapter`` offers: complete, sorted, documented, and of one version."""

from __future__ import annotations

import inspect
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import hk_adapter
from hk_adapter import errors, hooks, model
from hk_adapter.flow import effects

PUBLIC = [getattr(hk_adapter, name) for name in hk_adapter.__all__]
CLASSES = [one for one in PUBLIC if inspect.isclass(one)]
METHODS = [
    (owner, name)
    for owner in CLASSES
    for name, member in vars(owner).items()
    if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property | classmethod))
]


def defined_in(module):
    """List the public classes that a module defines itself."""
    return {
        name
        for name, value in vars(module).items()
        if inspect.isclass(value) and value.__module__ == module.__name__ and not name.startswith("_")
    }


def test_all_is_sorted():
    """Names stand in order and once, so that a diff shows what came and went."""
    assert hk_adapter.__all__ == sorted(set(hk_adapter.__all__))


def test_all_is_importable():
    """Every name is there."""
    assert [name for name in hk_adapter.__all__ if not hasattr(hk_adapter, name)] == []


@pytest.mark.parametrize("name", ["AsyncWatch", "PoolAccount", "Venue", "Watch", "connect"])
def test_what_is_imported_late_can_come_first(name):
    """A program may begin with any of the names that are imported by who asks for them."""
    program = f"from hk_adapter import {name}"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_all_is_complete():
    """Nothing public is in the module that is not in ``__all__``."""
    public = {
        name for name, value in vars(hk_adapter).items() if not name.startswith("_") and not inspect.ismodule(value)
    }
    assert public == set(hk_adapter.__all__)


@pytest.mark.parametrize(
    ("names", "source"),
    [
        (defined_in(errors), "errors"),
        (set(model.__all__), "models and enums"),
        (defined_in(effects), "effects"),
        ({"connect", "connect_async", "hookimpl", "wraps_flow", "register_venue", "list_venues"}, "functions"),
        (
            {"Venue", "AsyncVenue", "RateLimit", "Scrub", "VenueSettings", "HttpRequest", "Response"},
            "a plugin author's needs",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_users_rely_on_is_exported(names, source):
    """Models, enums, errors, effects and functions can all be had from the package itself."""
    assert names <= set(hk_adapter.__all__)


def test_everything_public_has_a_docstring():
    """Every public class and function says what it is for; an inherited or generated text does not count."""
    silent = []
    for name in hk_adapter.__all__:
        value = getattr(hk_adapter, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            text = vars(value).get("__doc__") if inspect.isclass(value) else value.__doc__
            if not text or text.startswith(f"{name}("):
                silent.append(name)
    assert silent == []


def test_every_public_method_has_a_docstring():
    """So does each method and property of a public class."""
    assert [f"{owner.__name__}.{name}" for owner, name in METHODS if not inspect.getdoc(vars(owner)[name])] == []


def test_both_facades_have_the_same_calls():
    """A bot changes from threads to asyncio by a word: same names, same arguments, same defaults."""
    blocking, asyncio = hk_adapter.Venue, hk_adapter.AsyncVenue

    def calls(facade):
        return {
            name: [(one.name, one.kind, one.default) for one in inspect.signature(member).parameters.values()]
            for name, member in vars(facade).items()
            if inspect.isfunction(member) and not name.startswith("_")
        }

    assert calls(blocking) == calls(asyncio)
    assert inspect.signature(hk_adapter.connect).parameters == inspect.signature(hk_adapter.connect_async).parameters


def test_the_error_tree():
    """All errors are AdapterErrors, and a wrong argument is a ValueError too."""
    for name in defined_in(errors) - {"RequestState", "CancelRejectReason", "KnownOrder", "KnownCancel"}:
        assert issubclass(getattr(hk_adapter, name), hk_adapter.AdapterError)
    assert issubclass(hk_adapter.InvalidArgument, ValueError)
    assert issubclass(hk_adapter.InsufficientFunds, hk_adapter.OrderRejected)
    assert issubclass(hk_adapter.DuplicateClientOrderId, hk_adapter.OrderRejected)


def test_the_version_is_the_distributions():
    """``__version__`` is what pip shows."""
    assert hk_adapter.__version__ == metadata.version("hk-adapter")


def test_the_package_is_typed():
    """Type checkers find the marker of PEP 561."""
    assert Path(hk_adapter.__file__).with_name("py.typed").is_file()


def test_the_markers_are_of_one_project():
    """A hook marked with our marker is found by our managers."""
    assert hk_adapter.hookimpl is hooks.hookimpl
    assert hooks.hookimpl.project_name == hooks.PROJECT == "hk_adapter"
