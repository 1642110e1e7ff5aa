"""Profiles protect real money: read only when named, only from a private file, only for the venue they say."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from hk_adapter.errors import ConfigurationError, InvalidArgument
from hk_adapter.settings import Profile, load_profile, profile_budget, profile_places

Config = Callable[..., dict[str, str]]

MAIN = """
[profiles.main]
venue = "hashkey"
environment = "sandbox"
api_key = "canary-key"
secret = "canary-secret"
plugins = ["journal", "risk"]

[profiles.public]
venue = "ccxt:kraken"
"""

posix_only = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")


def test_a_profile_is_read_by_its_name(config: Config) -> None:
    """All that it says is given, the credentials ready to sign."""
    found = load_profile("hashkey", profile="main", env=config(MAIN))
    assert found == Profile(name="main", venue="hashkey", environment="sandbox", plugins=("journal", "risk"))
    assert found.credentials is not None
    assert found.credentials.api_key == "canary-key"


def test_a_profile_may_have_no_key(config: Config) -> None:
    """Public calls need none, and what is not said is None."""
    found = load_profile("ccxt:kraken", profile="public", env=config(MAIN))
    assert found == Profile(name="public", venue="ccxt:kraken", environment=None, plugins=())
    assert found.credentials is None


def test_the_environment_variable_names_a_profile(config: Config) -> None:
    """``HK_ADAPTER_PROFILE`` stands in for the argument."""
    found = load_profile("hashkey", env={**config(MAIN), "HK_ADAPTER_PROFILE": "main"})
    assert found is not None
    assert found.name == "main"


def test_the_argument_wins_over_the_variable(config: Config) -> None:
    """What the call names is what is read."""
    found = load_profile("hashkey", profile="main", env={**config(MAIN), "HK_ADAPTER_PROFILE": "public"})
    assert found is not None
    assert found.name == "main"


@pytest.mark.parametrize("variables", [{}, {"HK_ADAPTER_PROFILE": ""}])
def test_without_a_name_no_file_is_read(config: Config, variables: dict[str, str]) -> None:
    """A spoiled or open file disturbs nobody who did not ask for it."""
    assert load_profile("hashkey", env={**config("not toml", mode=0o644), **variables}) is None


def _put(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(MAIN)
    path.chmod(0o600)


def test_the_file_is_looked_for_in_xdg_config_home(tmp_path: Path) -> None:
    """``$XDG_CONFIG_HOME`` comes before the home directory."""
    _put(tmp_path / "xdg" / "hk-adapter" / "config.toml")
    env = {"XDG_CONFIG_HOME": str(tmp_path / "xdg"), "HOME": str(tmp_path / "home")}
    assert load_profile("hashkey", profile="main", env=env)


@pytest.mark.parametrize("xdg", [{}, {"XDG_CONFIG_HOME": ""}, {"XDG_CONFIG_HOME": "relative"}])
def test_the_file_is_looked_for_at_home(tmp_path: Path, xdg: dict[str, str]) -> None:
    """``~/.config`` is used where ``$XDG_CONFIG_HOME`` is not set, or not absolute."""
    _put(tmp_path / ".config" / "hk-adapter" / "config.toml")
    assert load_profile("hashkey", profile="main", env={"HOME": str(tmp_path), **xdg})


def test_the_named_file_is_the_only_one(tmp_path: Path) -> None:
    """``HK_ADAPTER_CONFIG`` is not a first guess: a missing file there is an error."""
    _put(tmp_path / ".config" / "hk-adapter" / "config.toml")
    env = {"HOME": str(tmp_path), "HK_ADAPTER_CONFIG": str(tmp_path / "other.toml")}
    with pytest.raises(ConfigurationError, match=r"other\.toml cannot be read: No such file.*\[profiles\.NAME\]; HK_"):
        load_profile("hashkey", profile="main", env=env)


def test_without_a_home_the_error_says_what_to_set() -> None:
    """No home directory is no reason to guess."""
    with pytest.raises(ConfigurationError, match="HK_ADAPTER_CONFIG"):
        load_profile("hashkey", profile="main", env={})


def test_a_directory_is_no_config_file(tmp_path: Path) -> None:
    """The system's word for it is passed on."""
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_profile("hashkey", profile="main", env={"HK_ADAPTER_CONFIG": str(tmp_path)})


@posix_only
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o610, 0o601, 0o666, 0o777])
def test_a_file_that_others_can_reach_is_refused(config: Config, mode: int) -> None:
    """The error names the command that closes it."""
    env = config(MAIN, mode=mode)
    with pytest.raises(ConfigurationError, match=r"is open to others; run: chmod 600 .*config\.toml") as caught:
        load_profile("hashkey", profile="main", env=env)
    assert "canary" not in str(caught.value)


@posix_only
@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_a_private_file_is_read(config: Config, mode: int) -> None:
    """Any mode that keeps group and others out will do."""
    assert load_profile("hashkey", profile="main", env=config(MAIN, mode=mode))


@posix_only
def test_a_pipe_is_no_config_file(tmp_path: Path) -> None:
    """It would be read by whoever comes first, and wait for a writer: it is refused at once."""
    pipe = tmp_path / "config.toml"
    os.mkfifo(pipe, 0o600)
    with pytest.raises(ConfigurationError, match=r"config\.toml is no plain file$"):
        load_profile("hashkey", profile="main", env={"HK_ADAPTER_CONFIG": str(pipe)})


@posix_only
def test_a_device_is_no_config_file() -> None:
    """Nobody is told to shut it for all others by ``chmod``."""
    with pytest.raises(ConfigurationError, match=r"config file /dev/null is no plain file$"):
        load_profile("hashkey", profile="main", env={"HK_ADAPTER_CONFIG": os.devnull})


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root has a file of root's")
@pytest.mark.parametrize(("mode", "is_read"), [(0o440, True), (0o640, True), (0o444, False), (0o460, False)])
def test_a_file_of_roots_may_be_open_to_its_group(
    config: Config, monkeypatch: pytest.MonkeyPatch, mode: int, is_read: bool
) -> None:
    """So a container is given its secrets: root says who is in that group. It may not be written by it."""
    env = config(MAIN, mode=mode)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with nullcontext() if is_read else pytest.raises(ConfigurationError, match="is open to others"):
        load_profile("hashkey", profile="main", env=env)


@posix_only
def test_the_command_to_run_can_be_pasted(tmp_path: Path) -> None:
    """A path with a blank is quoted."""
    path = tmp_path / "my config.toml"
    path.write_text(MAIN)
    path.chmod(0o644)
    with pytest.raises(ConfigurationError, match=r"chmod 600 '.*/my config\.toml'$"):
        load_profile("hashkey", profile="main", env={"HK_ADAPTER_CONFIG": str(path)})


@posix_only
def test_a_link_is_judged_by_its_target(config: Config, tmp_path: Path) -> None:
    """A private name for an open file is not private."""
    config(MAIN, mode=0o644)
    link = tmp_path / "link.toml"
    link.symlink_to(tmp_path / "config.toml")
    assert stat.S_ISLNK(link.lstat().st_mode)
    with pytest.raises(ConfigurationError, match="is open to others"):
        load_profile("hashkey", profile="main", env={"HK_ADAPTER_CONFIG": str(link)})


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_refused(config: Config) -> None:
    """Who owns the file can change it: someone else's keys are not ours."""
    env = config(MAIN)
    os.chown(env["HK_ADAPTER_CONFIG"], 12345, -1)
    with pytest.raises(ConfigurationError, match="belongs to another user"):
        load_profile("hashkey", profile="main", env=env)


def test_a_profile_for_another_venue_is_refused(config: Config) -> None:
    """A key never goes to a venue that it is not for."""
    with pytest.raises(ConfigurationError, match="'main' is for venue 'hashkey', not 'ccxt:hashkey'"):
        load_profile("ccxt:hashkey", profile="main", env=config(MAIN))


def test_a_profile_for_another_environment_is_refused(config: Config) -> None:
    """A sandbox profile does not trade in production by a forgotten argument."""
    with pytest.raises(ConfigurationError, match="'main' is for environment 'sandbox', not 'production'"):
        load_profile("hashkey", profile="main", environment="production", env=config(MAIN))


@pytest.mark.parametrize("environment", [None, "sandbox"])
def test_a_profile_for_the_same_environment_is_taken(config: Config, environment: str | None) -> None:
    """Agreement, or a call that says nothing, is fine."""
    assert load_profile("hashkey", profile="main", environment=environment, env=config(MAIN))


def test_a_profile_without_an_environment_fits_all(config: Config) -> None:
    """What is not said contradicts nothing."""
    assert load_profile("ccxt:kraken", profile="public", environment="production", env=config(MAIN))


def test_an_unknown_profile_lists_the_known(config: Config) -> None:
    """A typing error is answered with the names there are."""
    with pytest.raises(ConfigurationError, match="no profile 'mian'; it has: main, public"):
        load_profile("hashkey", profile="mian", env=config(MAIN))


@pytest.mark.parametrize("content", ["", "profiles = 'canary'", "profiles = ['canary']"])
def test_a_file_without_profiles_has_none(config: Config, content: str) -> None:
    """A file of another shape is told as such."""
    with pytest.raises(ConfigurationError, match="no profile 'main'; it has: none"):
        load_profile("hashkey", profile="main", env=config(content))


@pytest.mark.parametrize("content", [MAIN + "[profile.other]\nvenue = 'hashkey'", "[Profiles.main]", "[main]"])
@pytest.mark.parametrize("read", [profile_places, partial(load_profile, "hashkey", profile="main")])
def test_a_profile_under_another_name_is_refused(config: Config, content: str, read: Callable[..., Any]) -> None:
    """It would be an account that a stop of every profile passes by without a word."""
    with pytest.raises(ConfigurationError, match=r"has unknown keys: .*; each profile is a table \[profiles.NAME\]"):
        read(env=config(content))


@pytest.mark.parametrize("name", ["", " ", 5, b"main"])
def test_a_name_that_is_none_is_an_invalid_argument(config: Config, name: Any) -> None:
    """An empty name is a mistake, not the absence of one."""
    with pytest.raises(InvalidArgument, match="profile"):
        load_profile("hashkey", profile=name, env=config(MAIN))


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("api_key = 'canary'\nsecret = 'canary'", "does not say which 'venue'"),
        ("venue = 5", "does not say which 'venue'"),
        ("venue = ''", "does not say which 'venue'"),
        ("venue = 'hashkey'\nenvironment = 'live'", "'environment' other than production, sandbox, simulator"),
        ("venue = 'hashkey'\nenvironment = ['sandbox']", "'environment' other than"),
        ("venue = 'hashkey'\nplugins = 'journal'", "'plugins' that are not a list"),
        ("venue = 'hashkey'\nplugins = [1]", "'plugins' that are not a list"),
        ("venue = 'hashkey'\napi_secret = 'canary'\nkey = 'canary'", "unknown keys: api_secret, key; there are: venue"),
        ("venue = 'hashkey'\nca_file = 'ca.pem'", "'ca_file' that is not an absolute path"),
        ("venue = 'hashkey'\nca_file = 5", "'ca_file' that is not an absolute path"),
        ("venue = 'hashkey'\nplugins = ['risk']\nplugin_settings = {risk = 5}", "not a table for each plugin"),
        ("venue = 'hashkey'\napi_key = 'canary'", r"secret in profile 'main' of .* is missing"),
        ("venue = 'hashkey'\nsecret = 'canary'", r"api_key in profile 'main' of .* is missing"),
        ("venue = 'hashkey'\napi_key = 'canary'\nsecret = ''", r"^secret in profile 'main' of .* is empty"),
        ("venue = 'hashkey'\napi_key = 4711\nsecret = 'canary'", r"^api_key in profile 'main' of .* is a int"),
    ],
)
def test_a_profile_that_says_something_wrong_is_refused(config: Config, lines: str, fault: str) -> None:
    """The error names profile, file and key, and no value that could be a secret."""
    with pytest.raises(ConfigurationError, match=fault) as caught:
        load_profile("hashkey", profile="main", env=config(f"[profiles.main]\n{lines}\n"))
    assert "config.toml" in str(caught.value)
    assert "canary" not in str(caught.value)


def test_a_profile_that_is_no_table_is_refused(config: Config) -> None:
    """A word in the place of a profile is told as such."""
    with pytest.raises(ConfigurationError, match="is not a table"):
        load_profile("hashkey", profile="main", env=config("profiles.main = 'canary'"))


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("[profiles.main]\nsecret = canary", "is not TOML at line 2, column 10"),
        ("[profiles.main]\nsecret = 'canary\n", "is not TOML"),
        ("[profiles.main\ncanary", "is not TOML at line 1, column 15"),
        ("secret = 'canary", "is not TOML"),
        ("a = {canary = 1, canary = 2}", "is not TOML"),
        ("a = 1979-99-99 # canary", "is not TOML"),
        ("a = " + "[" * 20000 + "'canary'", "is not TOML"),
        ("canary = " + "9" * 5000, "is not TOML"),
        (b"secret = '\xffcanary'", "is not UTF-8"),
        ("secret = 'canary'".encode("utf-16"), "is not UTF-8"),
    ],
)
def test_a_file_that_is_no_toml_is_told_by_place_only(config: Config, content: str | bytes, fault: str) -> None:
    """Where it breaks is said, what stands there is not; and no error of the parser comes along."""
    with pytest.raises(ConfigurationError, match=fault) as caught:
        load_profile("hashkey", profile="main", env=config(content))
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_profile_may_name_a_budget(config: Config) -> None:
    """It is read before the rest, for the profile's venue alone; what is no text is refused, and never shown."""
    named = MAIN.replace("[profiles.public]", 'budget = "redis://:canary@h/0"\n[profiles.public]')
    env = config(named)
    assert profile_budget("hashkey", profile="main", env=env) == "redis://:canary@h/0"
    assert profile_budget("ccxt:kraken", profile="main", env=env) is None
    assert profile_budget("ccxt:kraken", profile="public", env=env) is None
    assert profile_budget("hashkey", env={**env, "HK_ADAPTER_PROFILE": "main"}) == "redis://:canary@h/0"
    assert profile_budget("hashkey", env={}) is None
    assert "canary" not in repr(load_profile("hashkey", profile="main", env=env))
    with pytest.raises(ConfigurationError, match="has a 'budget' that is no text"):
        profile_budget("hashkey", profile="main", env=config(named.replace('"redis://:canary@h/0"', "5")))
