"""The hook contract is what plugin authors write against: every hook is typed and documented in one fixed form."""

from __future__ import annotations

import inspect
import re
import typing
from pathlib import Path

import pytest

from hk_adapter import hooks
from hk_adapter.flow.effects import Flow
from tests.cases import each

PARTS = ["Dispatch:", "Returns:", "Raises:", "Retries:", "Tests:", "Since:"]
HOOKS = [
    pytest.param(owner, name, id=name)
    for owner in (hooks.CatalogueHooks, hooks.VenueHooks)
    for name, member in vars(owner).items()
    if inspect.isfunction(member)
]
each_hook = each(("owner", "name"), HOOKS)
ROOT = Path(__file__).parent.parent


def text_of(owner, name):
    """Give a hook's docstring."""
    return inspect.getdoc(getattr(owner, name)) or ""


@each_hook
def test_it_is_a_hook(owner, name):
    """Every function of the two classes is marked, and answered by one plugin alone."""
    options = getattr(getattr(owner, name), f"{hooks.PROJECT}_spec")
    assert options["firstresult"] is True


@each_hook
def test_it_says_what_it_does(owner, name):
    """The first line is one imperative sentence under 80 characters."""
    first = text_of(owner, name).splitlines()[0]
    assert first.endswith(".")
    assert len(first) < 80


@each_hook
def test_it_has_every_part(owner, name):
    """Dispatch, result, errors, repeats, tests and version stand there, each once and in this order."""
    text = text_of(owner, name)
    places = [text.find(part) for part in PARTS]
    assert -1 not in places
    assert places == sorted(places)
    assert [text.count(part) for part in PARTS] == [1] * len(PARTS)


@each_hook
def test_no_part_is_empty(owner, name):
    """Each part says something."""
    text = text_of(owner, name)
    for part, following in zip(PARTS, [*PARTS[1:], None], strict=True):
        said = text.partition(part)[2] if following is None else text.partition(part)[2].partition(following)[0]
        assert said.strip()


@each_hook
def test_its_tests_are_there(owner, name):
    """The tests that it names exist."""
    named = text_of(owner, name).partition("Tests:")[2].partition("Since:")[0]
    folders = re.findall(r"tests/\w+", named)
    assert folders
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []


@each_hook
def test_its_version_is_one(owner, name):
    """It says since when it is there."""
    assert re.fullmatch(r"\d+\.\d+", text_of(owner, name).partition("Since:")[2].strip())


@each_hook
def test_it_is_typed(owner, name):
    """Every argument and the result have a type, plain arguments without defaults."""
    function = getattr(owner, name)
    hints = typing.get_type_hints(function)
    parameters = list(inspect.signature(function).parameters.values())[1:]
    assert set(hints) == {*(one.name for one in parameters), "return"}
    for one in parameters:
        assert one.kind is one.POSITIONAL_OR_KEYWORD
        assert one.default is one.empty


@each_hook
def test_venue_hooks_are_flows(owner, name):
    """A venue hook gives a flow, the catalogue's are plain functions."""
    result = typing.get_type_hints(getattr(owner, name))["return"]
    is_flow = typing.get_origin(result) is typing.get_origin(Flow)
    assert is_flow is (owner is hooks.VenueHooks)


@each_hook
def test_the_errors_it_names_exist(owner, name):
    """What the docstring says is raised is an error of ours."""
    from hk_adapter import errors  # noqa: PLC0415

    raises = text_of(owner, name).partition("Raises:")[2].partition("Retries:")[0]
    words = set(re.findall(r"\b(?:[A-Z][a-z]+){2,}\b", raises))
    assert [word for word in words if not hasattr(errors, word)] == []


def test_both_markers_are_of_the_project():
    """Specifications and implementations meet under one name."""
    assert hooks.hookspec.project_name == hooks.hookimpl.project_name == hooks.PROJECT
