"""A key signs as venues want it: any digest, secrets in Base64 and hex, RSA and curves, further parts."""

from __future__ import annotations

import base64
import hashlib
import hmac
import traceback
from pathlib import Path
from typing import Any

import pytest

from hk_adapter.errors import ConfigurationError, InvalidArgument
from hk_adapter.settings import HmacCredentials, KeyForm, load_credentials
from tests.cases import each

SECRET = "canary-secret+0815"
BASE64 = "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
ANY = KeyForm(kinds=frozenset({"hmac", "ed25519", "rsa", "ecdsa"}))


def test_kraken_s_own_example() -> None:
    """HMAC-SHA512 by a Base64 secret, over the path and the hash of nonce and body, as Kraken documents it."""
    nonce, body = "1616492376594", "nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25"
    message = b"/0/private/AddOrder" + hashlib.sha256((nonce + body).encode()).digest()
    signature = HmacCredentials("key", BASE64).hmac("sha512", message, key_encoding="base64")
    wanted = "4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ=="
    assert base64.b64encode(signature).decode() == wanted


@each("digest", ["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "sha3_512"])
@each(
    ("secret", "encoding", "key"),
    [
        (SECRET, "utf-8", SECRET.encode()),
        (BASE64, "base64", base64.b64decode(BASE64)),
        (BASE64.replace("/", "_").replace("+", "-"), "base64", base64.b64decode(BASE64)),
        ("00fF10", "hex", b"\x00\xff\x10"),
    ],
)
def test_any_digest_by_any_writing_of_the_secret(digest: str, secret: str, encoding: str, key: bytes) -> None:
    """As Python's own ``hmac`` makes it of the bytes that the text stands for."""
    made = HmacCredentials("key", secret).hmac(digest, b"message", key_encoding=encoding)
    assert made == hmac.digest(key, b"message", digest)


def test_text_is_the_default() -> None:
    """And sha256 in hex has its own short way."""
    credentials = HmacCredentials("key", SECRET)
    assert credentials.hmac("sha256", b"m").hex() == credentials.hmac_sha256(b"m")


def told(error: BaseException) -> str:
    """Show all that an error tells, with the variables of its frames but the tests' own."""
    frames = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format()).split('  File "')
    own = [frame for frame in frames if "/tests/" not in frame]
    return repr(error) + repr(error.__context__) + repr(error.__cause__) + "".join(own)


@each(
    ("arguments", "kind", "words"),
    [
        ({"digest": "sha257"}, InvalidArgument, "no digest is named 'sha257'"),
        ({"digest": "shake_256"}, InvalidArgument, "no digest"),
        ({"key_encoding": "base32"}, InvalidArgument, "key_encoding must be one of utf-8, base64, hex"),
        ({"key_encoding": "base64"}, ConfigurationError, "the secret is not written in base64"),
        ({"key_encoding": "hex"}, ConfigurationError, "the secret is not written in hex"),
    ],
)
def test_what_cannot_be_signed_with_is_told_without_it(arguments: Any, kind: type[Exception], words: str) -> None:
    """Neither in the error nor in its frames."""
    with pytest.raises(kind, match=words) as caught:
        HmacCredentials("key", SECRET).hmac(**{"digest": "sha256", "message": b"m"} | arguments)
    assert "canary" not in told(caught.value)


def pem_of(private_key: Any) -> str:
    """Write a private key as PEM text."""
    form = pytest.importorskip("cryptography.hazmat.primitives.serialization")
    text: bytes = private_key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    return text.decode()


def loaded(private_key: Any, form: KeyForm = ANY, **given: Any) -> Any:
    """Load the credentials of a private key."""
    return load_credentials("acme", api_key="key", private_key=pem_of(private_key), form=form, env={}, **given)


@pytest.fixture(scope="module")
def rsa_key() -> Any:
    """Make an RSA key."""
    rsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.rsa")
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.mark.parametrize("digest", ["sha256", "sha512"])
@pytest.mark.parametrize("padding", ["pkcs1v15", "pss"])
def test_an_rsa_signature_is_verified_by_the_public_key(rsa_key: Any, digest: str, padding: str) -> None:
    """The public key verifies it, by the same digest and padding."""
    hashes = pytest.importorskip("cryptography.hazmat.primitives.hashes")
    paddings = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.padding")
    credentials = loaded(rsa_key)
    made = credentials.rsa(digest, b"message", padding=padding)
    algorithm = getattr(hashes, digest.upper())()
    way = (
        paddings.PKCS1v15() if padding == "pkcs1v15" else paddings.PSS(paddings.MGF1(algorithm), algorithm.digest_size)
    )
    rsa_key.public_key().verify(made, b"message", way, algorithm)
    assert credentials.kind == "rsa"


@pytest.mark.parametrize(("curve", "length"), [("SECP256R1", 64), ("SECP256K1", 64), ("SECP521R1", 132)])
def test_a_signature_on_a_curve_is_verified_by_the_public_key(curve: str, length: int) -> None:
    """The public key verifies it; raw, it is r and s side by side, as JSON web tokens have it."""
    ec = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ec")
    utils = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.utils")
    hashes = pytest.importorskip("cryptography.hazmat.primitives.hashes")
    key = ec.generate_private_key(getattr(ec, curve)())
    credentials = loaded(key)
    raw = credentials.ecdsa("sha256", b"message", form="raw")
    r, s = (int.from_bytes(raw[half * length // 2 :][: length // 2], "big") for half in (0, 1))
    for made in (credentials.ecdsa("sha256", b"message"), utils.encode_dss_signature(r, s)):
        key.public_key().verify(made, b"message", ec.ECDSA(hashes.SHA256()))
    assert (credentials.kind, len(raw)) == ("ecdsa", length)


@pytest.mark.parametrize(
    ("way", "arguments"), [("hmac", ("sha256", b"")), ("ed25519", (b"",)), ("ecdsa", ("sha256", b""))]
)
def test_each_kind_signs_in_its_own_way_only(rsa_key: Any, way: str, arguments: Any) -> None:
    """Asked for another, it says what that takes; so does a way that there is none of."""
    credentials = loaded(rsa_key)
    with pytest.raises(ConfigurationError, match="an RSA key cannot sign by"):
        getattr(credentials, way)(*arguments)
    with pytest.raises(InvalidArgument, match="padding must be"):
        credentials.rsa("sha256", b"", padding="none")
    with pytest.raises(InvalidArgument, match="no digest"):
        credentials.rsa("sha0", b"")
    with pytest.raises(ConfigurationError, match="takes a key with a private_key of that kind"):
        HmacCredentials("key", "secret").rsa("sha256", b"")


@pytest.mark.parametrize("kinds", [{"hmac"}, {"ed25519"}, {"hmac", "ecdsa"}])
def test_a_kind_that_the_venue_does_not_take_is_refused(rsa_key: Any, kinds: set[str]) -> None:
    """When the connection is opened, not at the first order."""
    with pytest.raises(ConfigurationError, match=r"private_key (is a private key of another|cannot be used)"):
        loaded(rsa_key, KeyForm(kinds=frozenset(kinds)))
    with pytest.raises(ConfigurationError, match="secret cannot be used: a key of this venue signs by RSA"):
        load_credentials("acme", api_key="key", secret=SECRET, form=KeyForm(kinds=frozenset({"rsa"})), env={})


def test_a_private_key_never_shows_itself(rsa_key: Any) -> None:
    """However it is printed."""
    credentials, lines = loaded(rsa_key), pem_of(rsa_key).splitlines()[1:-1]
    text = repr(credentials) + str(credentials) + f"{credentials}"
    assert not any(line in text for line in lines)
    for dump in (vars, __import__("pickle").dumps, __import__("copy").deepcopy):
        with pytest.raises(TypeError):
            dump(credentials)


PARTS = KeyForm(parts=("passphrase", "uid"))
GIVEN = {"passphrase": "canary pass phrase", "uid": "canary-7"}


def test_parts_come_with_their_key(tmp_path: Path) -> None:
    """From the arguments, the variables, or the profile's table; sources are never mixed."""
    config = tmp_path / "config.toml"
    table = "".join(f'{name} = "file {value}"\n' for name, value in GIVEN.items())
    config.write_text(
        f'[profiles.desk]\nvenue = "acme"\napi_key = "f"\nsecret = "s"\n[profiles.desk.key_parts]\n{table}'
    )
    config.chmod(0o600)
    env = {"HK_ADAPTER_CONFIG": str(config)}
    variables = {"API_KEY": "v", "SECRET": "s", "PASSPHRASE": "env canary", "UID": "env 7"}
    in_env = env | {f"HK_ADAPTER_ACME_{name}": value for name, value in variables.items()}
    by_argument = load_credentials("acme", api_key="a", secret="s", key_parts=GIVEN, form=PARTS, env=in_env)
    by_variable = load_credentials("acme", form=PARTS, env=in_env, profile="desk")
    by_profile = load_credentials("acme", form=PARTS, env=env, profile="desk")
    found = [one and (one.api_key, one.part("uid")) for one in (by_argument, by_variable, by_profile)]
    assert found == [("a", "canary-7"), ("v", "env 7"), ("f", "file canary-7")]
    with pytest.raises(ConfigurationError, match="needs its passphrase, which is missing in the arguments"):
        load_credentials("acme", api_key="a", secret="s", form=PARTS, env=in_env)


@each(
    ("given", "words"),
    [
        ({"key_parts": {"uid": "canary-7"}}, "needs its passphrase"),
        ({"key_parts": GIVEN | {"pin": "canary"}}, r"has no 'pin', which is in the arguments; it has passphrase, uid"),
        ({"key_parts": GIVEN | {"uid": "canary\n"}}, r"key_parts\['uid'\] has blanks"),
        ({"key_parts": GIVEN | {"uid": 7}}, r"key_parts\['uid'\] is a int, not text"),
        ({"key_parts": GIVEN, "api_key": None, "secret": None}, r"api_key is missing beside key_parts\['passphrase'\]"),
    ],
)
def test_parts_that_cannot_be_used_are_told_by_name_only(given: Any, words: str) -> None:
    """And never by what they are."""
    with pytest.raises(ConfigurationError, match=words) as caught:
        load_credentials("acme", **{"api_key": "a", "secret": SECRET} | given, form=PARTS, env={})
    assert "canary" not in told(caught.value)


def test_a_key_without_parts_has_none() -> None:
    """Asked for one, it says so, and shows none of those that it has."""
    credentials = load_credentials("acme", api_key="a", secret=SECRET, key_parts=GIVEN, form=PARTS, env={})
    assert credentials is not None
    with pytest.raises(ConfigurationError, match="the key has no 'pin'"):
        credentials.part("pin")
    assert "canary" not in repr(credentials) + str(credentials)
