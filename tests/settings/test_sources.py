"""Arguments before variables before the profile; one source at a time; nothing leaks when it fails."""

from __future__ import annotations

import logging
import pickle
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import hk_adapter
from hk_adapter.errors import AdapterError, ConfigurationError, InvalidArgument, RequestState
from hk_adapter.settings import HmacCredentials, Secret, load_credentials, load_profile
from tests.cases import each

Config = Callable[..., dict[str, str]]

PROFILE = "[profiles.main]\nvenue = 'hashkey'\nenvironment = 'sandbox'\napi_key = 'file-key'\nsecret = 'file-secret'\n"
VARIABLES = {"HK_ADAPTER_HASHKEY_API_KEY": "env-key", "HK_ADAPTER_HASHKEY_SECRET": "env-secret"}


def _key(**given: Any) -> str | None:
    credentials = load_credentials(given.pop("venue_id", "hashkey"), **given)
    return credentials.api_key if credentials else None


def test_arguments_come_first(config: Config) -> None:
    """What the call says wins over everything else."""
    env = {**config(PROFILE), **VARIABLES}
    assert _key(api_key="arg-key", secret="arg-secret", profile="main", env=env) == "arg-key"


def test_variables_come_before_the_profile(config: Config) -> None:
    """The environment wins over the file."""
    assert _key(profile="main", env={**config(PROFILE), **VARIABLES}) == "env-key"


def test_the_profile_comes_last(config: Config) -> None:
    """The file is used where nothing else names a key."""
    assert _key(profile="main", env=config(PROFILE)) == "file-key"


def test_a_profile_that_was_read_is_taken(config: Config) -> None:
    """A profile can be read once and handed on."""
    profile = load_profile("hashkey", profile="main", env=config(PROFILE))
    assert _key(profile=profile, env={}) == "file-key"


def test_a_profile_that_was_read_must_fit_too(config: Config) -> None:
    """Handed on, it is still refused for another venue or environment."""
    profile = load_profile("hashkey", profile="main", env=config(PROFILE))
    with pytest.raises(ConfigurationError, match="not 'ccxt:kraken'"):
        load_credentials("ccxt:kraken", profile=profile, env={})
    with pytest.raises(ConfigurationError, match="not 'production'"):
        load_credentials("hashkey", profile=profile, environment="production", env={})


def test_a_named_profile_is_checked_even_when_not_needed(config: Config) -> None:
    """A contradiction is a mistake whoever brings the key."""
    with pytest.raises(ConfigurationError, match="not 'production'"):
        load_credentials(
            "hashkey", api_key="k", secret="s", profile="main", environment="production", env=config(PROFILE)
        )


def test_without_any_key_there_are_no_credentials() -> None:
    """Public calls need none."""
    assert load_credentials("hashkey", env={}) is None


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables are read from the process unless others are given."""
    monkeypatch.delenv("HK_ADAPTER_PROFILE", raising=False)
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    assert _key() == "env-key"


@pytest.mark.parametrize(
    ("venue_id", "prefix"),
    [
        ("hashkey", "HASHKEY"),
        ("ccxt:kraken", "CCXT_KRAKEN"),
        ("my-venue_2", "MY_VENUE_2"),
    ],
)
def test_variables_are_named_after_the_venue(venue_id: str, prefix: str) -> None:
    """The id in capitals, with ``_`` for all but letters and digits."""
    env = {f"HK_ADAPTER_{prefix}_API_KEY": "key", f"HK_ADAPTER_{prefix}_SECRET": "secret"}
    assert _key(venue_id=venue_id, env=env) == "key"


def test_another_venues_variables_are_not_used() -> None:
    """A key never goes to a venue that it is not for."""
    assert _key(venue_id="ccxt:hashkey", env=VARIABLES) is None


@each(
    ("given", "env", "fault"),
    [
        ({"api_key": "canary"}, VARIABLES, "the arguments: secret is missing"),
        ({"secret": "canary"}, VARIABLES, "the arguments: api_key is missing"),
        ({}, {"HK_ADAPTER_HASHKEY_API_KEY": "canary"}, "variables: HK_ADAPTER_HASHKEY_SECRET is missing"),
        ({}, {"HK_ADAPTER_HASHKEY_SECRET": "canary"}, "variables: HK_ADAPTER_HASHKEY_API_KEY is missing"),
    ],
)
def test_half_a_pair_is_never_completed_from_elsewhere(given: dict[str, str], env: dict[str, str], fault: str) -> None:
    """The error names the source and the missing half; two sources are never mixed."""
    with pytest.raises(ConfigurationError, match=fault) as caught:
        load_credentials("hashkey", **given, env=env)
    assert "canary" not in str(caught.value)


@each("value", ["", " ", "canary ", "canäry", "can\x7fary"])
def test_an_unusable_variable_is_named(value: str) -> None:
    """A variable that is set but can be no key is a mistake, not an absence."""
    env = {**VARIABLES, "HK_ADAPTER_HASHKEY_SECRET": value}
    with pytest.raises(ConfigurationError, match=r"^HK_ADAPTER_HASHKEY_SECRET (is|has)") as caught:
        load_credentials("hashkey", env=env)
    assert "can" not in str(caught.value)


@pytest.mark.parametrize("value", ["", b"canary", 4711])
def test_an_unusable_argument_is_named(value: Any) -> None:
    """An empty argument is a mistake too: the variables do not step in."""
    with pytest.raises(ConfigurationError, match=r"^secret is") as caught:
        load_credentials("hashkey", api_key="key", secret=value, env=VARIABLES)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("value", ["canary", "", b"canary"])
def test_a_secret_beside_a_private_key_is_refused(value: Any) -> None:
    """A key signs in one way; we do not choose it for the caller."""
    with pytest.raises(ConfigurationError, match="both secret and private_key in the arguments") as caught:
        load_credentials("hashkey", api_key="key", secret="secret", private_key=value, env={})
    assert "canary" not in str(caught.value)


def test_a_secret_beside_a_private_key_is_refused_among_the_variables() -> None:
    """Two variables for one key are a contradiction too."""
    env = {**VARIABLES, "HK_ADAPTER_HASHKEY_PRIVATE_KEY": "canary"}
    with pytest.raises(ConfigurationError, match="both secret and private_key in the environment variables"):
        load_credentials("hashkey", env=env)


@pytest.mark.parametrize("venue_id", ["", None, 5])
def test_a_venue_id_that_is_none_is_an_invalid_argument(venue_id: Any) -> None:
    """Without a venue there is nothing to look for."""
    with pytest.raises(InvalidArgument, match="venue_id"):
        load_credentials(venue_id, env={})


CANARIES: list[tuple[str, dict[str, Any]]] = [
    ("half a pair", {"api_key": "canary"}),
    ("unusable half", {"api_key": "canary", "secret": " canary"}),
    ("not text", {"api_key": "canary", "secret": b"canary"}),
    ("private key alone", {"private_key": "canary"}),
    ("two keys", {"api_key": "canary", "secret": "canary", "private_key": "canary"}),
    ("no file", {"api_key": "canary", "private_key": "canary"}),
    ("no PEM", {"api_key": "canary", "private_key": "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----"}),
    ("no passphrase", {"api_key": "canary", "private_key": "-----BEGIN ENCRYPTED PRIVATE KEY-----\ncanary"}),
    ("two keys in a profile", {"profile": "two"}),
    ("a passphrase without use", {"profile": "unlocks"}),
    ("a relative path", {"profile": "relative"}),
    ("no such profile", {"api_key": "canary", "secret": "canary", "profile": "other"}),
    ("contradiction", {"api_key": "canary", "secret": "canary", "profile": "main", "environment": "production"}),
    ("half a pair in a profile", {"profile": "half"}),
    ("unknown keys", {"profile": "unknown"}),
    ("bad venue", {"venue_id": "", "api_key": "canary", "secret": "canary"}),
]
FILE = """
[profiles.main]
venue = "hashkey"
environment = "sandbox"
api_key = "canary"
secret = "canary"
[profiles.half]
venue = "hashkey"
api_key = "canary"
[profiles.unknown]
venue = "hashkey"
key = "canary"
[profiles.two]
venue = "hashkey"
api_key = "canary"
secret = "canary"
private_key = "canary"
[profiles.unlocks]
venue = "hashkey"
api_key = "canary"
secret = "canary"
private_key_passphrase = "canary"
[profiles.relative]
venue = "hashkey"
api_key = "canary"
private_key = "canary"
"""


def _failure(call: Callable[[], object]) -> AdapterError:
    with pytest.raises(AdapterError) as caught:
        call()
    return caught.value


def _our_frames(error: BaseException) -> str:
    """What a crash reporter sees in our frames, the variables included."""
    ours = str(Path(hk_adapter.__file__).parent)
    seen: list[str] = []
    link: BaseException | None = error
    while link is not None:
        stack = traceback.TracebackException.from_exception(link, capture_locals=True).stack
        seen += [f"{frame.name}: {frame.locals}" for frame in stack if frame.filename.startswith(ours)]
        link = link.__cause__ or link.__context__
    return "\n".join(seen)


@pytest.mark.parametrize("given", [given for _, given in CANARIES], ids=[name for name, _ in CANARIES])
@pytest.mark.parametrize("unusable_variable", [False, True])
def test_no_failure_lets_a_secret_out(
    config: Config, given: dict[str, Any], caplog: pytest.LogCaptureFixture, *, unusable_variable: bool
) -> None:
    """Neither text, pickle, log nor the variables of our frames hold a key, from whichever source."""
    caplog.set_level(logging.DEBUG)
    variables = {"HK_ADAPTER_HASHKEY_SECRET": "canary "} if unusable_variable else {"AWS_SECRET": "canary"}
    env = {**config(FILE), **variables}
    arguments = {"venue_id": "hashkey", **given}
    error = _failure(lambda: load_credentials(**arguments, env=env))
    frames = _our_frames(error)
    assert "load_credentials" in frames
    for shown in (str(error), repr(error), frames, caplog.text, repr(pickle.dumps(error)), repr(vars(error))):
        assert "canary" not in shown
    assert error.request_state is RequestState.NOT_SENT


def test_a_broken_file_lets_nothing_out(config: Config) -> None:
    """Not even the parser's frames, which hold the whole file, hang on to the error."""
    env = {**config("[profiles.main]\nsecret = canary"), "AWS_SECRET": "canary"}
    for call in (load_profile, load_credentials):
        error = _failure(lambda call=call: call("hashkey", profile="main", env=env))  # type: ignore[misc]
        frames = _our_frames(error)
        assert call.__name__ in frames
        assert "canary" not in frames + str(error) + repr(error)


@pytest.mark.parametrize("make", [lambda: HmacCredentials("canary", " canary"), lambda: Secret(b"canary")])  # type: ignore[arg-type]
def test_a_holder_that_refuses_lets_nothing_out(make: Callable[[], object]) -> None:
    """Made by hand, too, a holder keeps what it was given out of its frames."""
    error = _failure(make)
    frames = _our_frames(error)
    assert "__init__" in frames
    assert "canary" not in frames + str(error)
