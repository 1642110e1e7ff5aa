"""Ed25519 keys: from PEM text or a private file, unlocked by a passphrase, and never shown."""

from __future__ import annotations

import builtins
import copy
import json
import os
import pickle
import pprint
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import hk_adapter
from hk_adapter.errors import AdapterError, ConfigurationError
from hk_adapter.hooks import Credentials
from hk_adapter.settings import Ed25519Credentials, HmacCredentials, Secret, load_credentials
from tests.cases import each

Pem = Callable[..., str]
KeyFile = Callable[..., Path]
Config = Callable[..., dict[str, str]]

pytest.importorskip("cryptography")

# RFC 8032, 7.1, test 1: the signature of the empty message.
EMPTY_SIGNED = bytes.fromhex(
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24"
    "655141438e7a100b"
)
KEY, PASSPHRASE = "canary-key-4711", "canary: öpen sesame "
PUBLIC = (
    "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----"
)
posix_only = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")


def _failure(call: Callable[[], object]) -> AdapterError:
    with pytest.raises(AdapterError) as caught:
        call()
    return caught.value


def _everything_of(error: BaseException) -> str:
    """What a log, a crash reporter and a pickle show of an error; of the frames, those of the package alone."""
    ours = str(Path(hk_adapter.__file__).parent)
    shown = [repr(error), str(error), repr(pickle.dumps(error)), repr(vars(error))]
    link: BaseException | None = error
    while link is not None:
        stack = traceback.TracebackException.from_exception(link, capture_locals=True).stack
        shown += [f"{link!r} {frame.name}: {frame.locals}" for frame in stack if frame.filename.startswith(ours)]
        link = link.__cause__ or link.__context__
    return "\n".join(shown)


def test_it_signs_as_rfc_8032_says(pem: Pem) -> None:
    """The first test vector of the standard."""
    credentials: Credentials = Ed25519Credentials("key", pem(), None)
    assert credentials.ed25519(b"") == EMPTY_SIGNED
    assert credentials.kind == "ed25519"
    assert credentials.api_key == "key"


def test_the_public_half_can_be_shown(pem: Pem) -> None:
    """As PEM with its header and footer lines, as the venue wants it uploaded."""
    assert Ed25519Credentials("key", pem(), None).public_key.strip() == PUBLIC


def test_a_path_is_as_good_as_the_text(pem: Pem, key_file: KeyFile) -> None:
    """The same key, read from its file."""
    assert Ed25519Credentials("key", str(key_file(pem())), None).ed25519(b"") == EMPTY_SIGNED


def test_the_home_directory_may_be_written_short(
    pem: Pem, key_file: KeyFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``~`` stands for it, as in a shell."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    key_file(pem())
    assert Ed25519Credentials("key", "~/trading.pem", None).ed25519(b"") == EMPTY_SIGNED


@pytest.mark.parametrize("wrapped", [str, Secret])
def test_a_passphrase_unlocks_an_encrypted_key(pem: Pem, wrapped: Any) -> None:
    """Blanks, colons and letters beyond ASCII in it are part of it."""
    credentials = Ed25519Credentials(wrapped("key"), wrapped(pem(PASSPHRASE)), wrapped(PASSPHRASE))
    assert credentials.ed25519(b"") == EMPTY_SIGNED


def test_a_passphrase_that_is_not_needed_is_not_used(pem: Pem) -> None:
    """One variable may unlock some keys, and stand beside others."""
    assert Ed25519Credentials("key", pem(), "canary").ed25519(b"") == EMPTY_SIGNED


@pytest.mark.parametrize(
    ("passphrase", "fault"),
    [
        (None, "private_key is encrypted: its passphrase belongs in passphrase"),
        ("other", "private_key is not unlocked by passphrase"),
        ("", "passphrase is empty"),
        (5, "passphrase is a int, not text"),
        ("x" * 2000, "private_key is not unlocked by passphrase"),
    ],
)
def test_a_locked_key_stays_locked(pem: Pem, passphrase: Any, fault: str) -> None:
    """Without the right passphrase there is no key, and the error names where it belongs."""
    error = _failure(lambda: Ed25519Credentials("key", pem(PASSPHRASE), passphrase))
    assert isinstance(error, ConfigurationError)
    assert str(error).startswith(fault)


@each(
    ("text", "fault"),
    [
        ("", "private_key is empty"),
        (" \n", "private_key is blank"),
        (5, "private_key is a int, not text"),
        (b"-----BEGIN", "private_key is a bytes, not text"),
        ("-----BEGIN PRIVATE KEY-----\nY2FuYXJ5\n-----END PRIVATE KEY-----", "private_key is no private key in PKCS#8"),
        ("-----BEGIN PRIVATE KEY-----\ncanary \ud800", "private_key is no private key in PKCS#8"),
        (r"-----BEGIN PRIVATE KEY-----\nY2FuYXJ5\n-----END", r"private_key is PEM text in which \n is"),
        (PUBLIC, "private_key is a public key"),
    ],
)
def test_what_is_no_private_key_is_refused(text: Any, fault: str) -> None:
    """The error says what is wrong with it, and never what it is."""
    error = _failure(lambda: Ed25519Credentials("key", text, None))
    assert isinstance(error, ConfigurationError)
    assert str(error).startswith(fault)
    assert "canary" not in str(error)


def test_a_key_of_another_kind_is_refused() -> None:
    """A key for RSA or another curve signs what the venue cannot verify."""
    serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")
    x25519 = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.x25519")
    other = x25519.X25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(ConfigurationError, match="private_key is a private key of another kind than Ed25519"):
        Ed25519Credentials("key", other.decode(), None)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The path and the system's word for it are in the error."""
    with pytest.raises(ConfigurationError, match=r"^private_key: file .*/none\.pem cannot be read: No such file"):
        Ed25519Credentials("key", str(tmp_path / "none.pem"), None)


def test_a_missing_file_without_a_suffix_is_named(tmp_path: Path) -> None:
    """So are mounted secrets, whose names have none."""
    with pytest.raises(ConfigurationError, match=r"^private_key: file .*/hashkey_key cannot be read"):
        Ed25519Credentials("key", str(tmp_path / "hashkey_key"), None)


@each(
    "pasted",
    [
        "canary",
        "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=",  # the seed of RFC 8032 as Base64
        "/WGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=",
        "/WGxnex9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=",
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMRE\nScVpezJpGXA7rAMcrn9g",
        "canary\x00",
    ],
)
def test_a_key_pasted_where_a_path_belongs_is_not_repeated(pasted: str) -> None:
    """What does not name a file for sure is not shown: it may be a key without its PEM lines."""
    error = _failure(lambda: Ed25519Credentials("key", pasted, None))
    assert str(error).startswith("private_key is not PEM text, and the file it names cannot be read")
    shown = _everything_of(error)
    assert pasted not in shown
    assert pasted[:12] not in shown


@posix_only
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o666])
def test_a_file_that_others_can_reach_is_refused(pem: Pem, key_file: KeyFile, mode: int) -> None:
    """As for the config file, the error names the command that closes it."""
    path = key_file(pem(), mode)
    with pytest.raises(ConfigurationError, match=r"private_key: file .* is open to others; run: chmod 600 .*\.pem$"):
        Ed25519Credentials("key", str(path), None)


@posix_only
def test_a_key_may_come_by_a_pipe(pem: Pem) -> None:
    """As from a shell's ``<(vault read ...)``: it is read once."""
    reader, writer = os.pipe()
    os.write(writer, pem().encode())
    os.close(writer)
    try:
        assert Ed25519Credentials("key", f"/dev/fd/{reader}", None).ed25519(b"text")
    finally:
        os.close(reader)


def test_without_the_library_the_error_says_what_to_install(pem: Pem, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cryptography package is an extra."""
    original = builtins.__import__

    def refuse(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("cryptography"):
            raise ImportError(name)
        return original(name, *args, **kwargs)

    text = pem()
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ConfigurationError, match=r'pip install "hk-adapter\[ed25519\]"'):
        Ed25519Credentials("key", text, None)
    assert HmacCredentials("key", "secret").kind == "hmac"


def test_each_kind_signs_in_its_own_way_only(pem: Pem) -> None:
    """Asked for the other way, a key says what it lacks."""
    with pytest.raises(ConfigurationError, match="takes a key with a secret"):
        Ed25519Credentials("key", pem(), None).hmac_sha256(b"")
    with pytest.raises(ConfigurationError, match="takes a key with a private_key"):
        HmacCredentials("key", "secret").ed25519(b"")


@pytest.mark.parametrize(
    "how", [repr, str, format, ascii, pprint.pformat, lambda held: json.dumps([held], default=str)]
)
def test_it_never_shows_itself(pem: Pem, how: Callable[[Any], str]) -> None:
    """However it is printed, neither key nor private key is in it."""
    credentials = Ed25519Credentials(KEY, pem(PASSPHRASE), PASSPHRASE)
    text = how(credentials) + how([credentials])
    assert "canary" not in text
    assert "hidden" in text


@pytest.mark.parametrize("dump", [json.dumps, pickle.dumps, copy.copy, copy.deepcopy, vars])
def test_it_cannot_be_dumped(pem: Pem, dump: Callable[[Any], Any]) -> None:
    """JSON, pickles, copies and ``vars`` refuse it."""
    with pytest.raises(TypeError):
        dump(Ed25519Credentials(KEY, pem(), None))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_no_protocol_pickles_it(pem: Pem, protocol: int) -> None:
    """Not to disk, and not to another process."""
    with pytest.raises(TypeError, match="not to be pickled"):
        pickle.dumps(Ed25519Credentials(KEY, pem(), None), protocol)


def test_no_failure_lets_the_key_out(pem: Pem, key_file: KeyFile) -> None:
    """Neither text, pickle nor the variables of our frames hold key, private key or passphrase."""
    locked = pem(PASSPHRASE)
    body = locked.splitlines()[1:-1]
    broken = "\n".join([*locked.splitlines()[:3], "canary", locked.splitlines()[-1]])
    for private_key, passphrase in [
        (locked, None),
        (locked, "canary-wrong"),
        (broken, PASSPHRASE),
        (str(key_file(locked)), "canary-wrong"),
        (str(key_file(broken, name="broken.pem")), PASSPHRASE),
        (str(key_file(locked, 0o644, name="open.pem")), PASSPHRASE),
    ]:
        error = _failure(lambda text=private_key, word=passphrase: Ed25519Credentials(KEY, text, word))  # type: ignore[misc]
        shown = _everything_of(error)
        assert "__init__" in shown
        assert not [hidden for hidden in ("canary", "sesame", *body) if hidden in shown]


def _variables(private_key: str, **more: str) -> dict[str, str]:
    return {"HK_ADAPTER_HASHKEY_API_KEY": "env-key", "HK_ADAPTER_HASHKEY_PRIVATE_KEY": private_key, **more}


def _kind_and_key(**given: Any) -> tuple[str, str]:
    credentials = load_credentials("hashkey", **given)
    assert credentials is not None
    return credentials.kind, credentials.api_key


def test_arguments_may_hold_a_private_key(pem: Pem, key_file: KeyFile) -> None:
    """As text or as a path; then it is used, whatever the variables say."""
    env = {"HK_ADAPTER_HASHKEY_API_KEY": "env-key", "HK_ADAPTER_HASHKEY_SECRET": "env-secret"}
    for private_key in (pem(), str(key_file(pem()))):
        assert _kind_and_key(api_key="arg-key", private_key=private_key, env=env) == ("ed25519", "arg-key")


def test_variables_may_hold_a_private_key(pem: Pem, key_file: KeyFile) -> None:
    """``HK_ADAPTER_HASHKEY_PRIVATE_KEY`` is the text or the path."""
    for private_key in (pem(), str(key_file(pem()))):
        assert _kind_and_key(env=_variables(private_key)) == ("ed25519", "env-key")


def test_a_profile_may_hold_a_private_key(pem: Pem, key_file: KeyFile, config: Config) -> None:
    """As text over several lines, or as an absolute path."""
    for private_key in (f'"""{pem()}"""', f"'{key_file(pem())}'"):
        env = config(f"[profiles.main]\nvenue='hashkey'\napi_key='file-key'\nprivate_key={private_key}\n")
        assert _kind_and_key(profile="main", env=env) == ("ed25519", "file-key")


def test_a_relative_path_in_a_profile_is_refused(config: Config) -> None:
    """Which file it names would depend on where the bot was started."""
    env = config("[profiles.main]\nvenue='hashkey'\napi_key='k'\nprivate_key='canary/key.pem'\n")
    with pytest.raises(ConfigurationError, match="neither PEM text nor an absolute path") as caught:
        load_credentials("hashkey", profile="main", env=env)
    assert "canary" not in str(caught.value)


VARIABLE = "HK_ADAPTER_HASHKEY_PRIVATE_KEY_PASSPHRASE"


@pytest.mark.parametrize("source", ["arguments", "variables", "profile"])
@pytest.mark.parametrize("unlocked_by", ["variable", "profile", "both"])
def test_a_passphrase_is_found_wherever_the_key_is(
    pem: Pem, key_file: KeyFile, config: Config, source: str, unlocked_by: str
) -> None:
    """It comes from its variable, else from the profile: so the file with the key need not hold the passphrase."""
    path = str(key_file(pem(PASSPHRASE)))
    in_profile = {"variable": None, "profile": PASSPHRASE, "both": "another"}[unlocked_by]
    lines = ["[profiles.main]", "venue='hashkey'"]
    lines += [f"api_key='k'\nprivate_key='{path}'"] if source == "profile" else []
    lines += [f"private_key_passphrase='{in_profile}'"] if in_profile else []
    env = config("\n".join(lines))
    env |= {} if unlocked_by == "profile" else {VARIABLE: PASSPHRASE}
    env |= {"HK_ADAPTER_HASHKEY_API_KEY": "k", "HK_ADAPTER_HASHKEY_PRIVATE_KEY": path} if source == "variables" else {}
    given = {"api_key": "k", "private_key": path} if source == "arguments" else {}
    assert _kind_and_key(**given, profile="main", env=env) == ("ed25519", "k")


@pytest.mark.parametrize(
    ("passphrase", "fault"),
    [
        (
            {},
            f"HK_ADAPTER_HASHKEY_PRIVATE_KEY is encrypted: its passphrase belongs in {VARIABLE} or in private_key_pass",
        ),
        ({VARIABLE: "wrong"}, f"HK_ADAPTER_HASHKEY_PRIVATE_KEY is not unlocked by {VARIABLE}"),
        ({VARIABLE: ""}, f"{VARIABLE} is empty"),
    ],
)
def test_a_missing_passphrase_names_its_place(pem: Pem, passphrase: dict[str, str], fault: str) -> None:
    """The error tells which variable to set, or which one is wrong."""
    with pytest.raises(ConfigurationError, match=f"^{fault}"):
        load_credentials("hashkey", env=_variables(pem(PASSPHRASE), **passphrase))


def test_a_passphrase_alone_is_no_half_pair() -> None:
    """It may wait there for a key that the arguments bring."""
    assert load_credentials("hashkey", env={VARIABLE: "canary"}) is None


def test_a_private_key_without_its_api_key_is_half_a_pair() -> None:
    """The access key that the venue gave for it is needed too."""
    with pytest.raises(ConfigurationError, match="the arguments: api_key is missing beside private_key"):
        load_credentials("hashkey", private_key="canary", env={})


def test_a_passphrase_beside_a_secret_is_refused(config: Config) -> None:
    """In one profile they contradict each other."""
    env = config("[profiles.main]\nvenue='hashkey'\napi_key='k'\nsecret='s'\nprivate_key_passphrase='canary'\n")
    with pytest.raises(ConfigurationError, match="beside a secret") as caught:
        load_credentials("hashkey", profile="main", env=env)
    assert "canary" not in str(caught.value)
