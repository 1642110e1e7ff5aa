"""Keys whose public half the venue knows: the same text is signed, with Base64 or hex as its form."""

import base64
import subprocess
import sys
from typing import Any
from urllib.parse import quote

import pytest

from hk_adapter.simulator import SimRequest, SimResponse, Simulator
from tests.cases import each

from .conftest import NOW, ORDER, Client, refusal

ed25519 = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ed25519")
serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")
rsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.rsa")

# The first test key of RFC 8032, which everybody knows.
PRIVATE = ed25519.Ed25519PrivateKey.from_private_bytes(
    bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
)
PEM = (
    PRIVATE.public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
)
# Computed from the documented rule with that key; the second has a + and a /, which a query must escape.
WHOLE = "symbol=ETHBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1538323200000"
WHOLE_SIGNATURE = "ZqjCoKoMsRf69YQuiS/pGOdRL35GhRFPQl4GxXYLUZGB5HXk5XG7PSTAyYeab1Pa7I85yASPPpPEzKd2LX0OBg=="
CANCEL = "orderId=1563291927536863744&timestamp=1701094949000"
CANCEL_SIGNATURE = "v3GmUHsRXRPX200TR9+20YtTmnsmRJbPaiByghrECGei2y/5riZJ8yEUO7C5JBECTmbKJ5MQ6t94VxvIV1TZAw=="


def signed(text: str) -> str:
    """Sign a text as the documents recommend."""
    return base64.b64encode(PRIVATE.sign(text.encode())).decode()


@pytest.fixture
def simulator() -> Simulator:
    """Give a venue whose first account was opened with a public key."""
    return Simulator(public_key=PEM)


def delete(simulator: Simulator, signature: str, *, in_body: bool = False, at: int = NOW) -> SimResponse:
    """Send the cancel of the vector under a signature as it is to stand in the request."""
    text = f"{CANCEL}&signature={signature}"
    query, body = ("", text.encode()) if in_body else (text, b"")
    return simulator.handle(SimRequest("DELETE", ORDER, query, {"X-HK-APIKEY": "simulator-key"}, body), at)


@pytest.mark.parametrize(("text", "signature"), [(WHOLE, WHOLE_SIGNATURE), (CANCEL, CANCEL_SIGNATURE)])
def test_the_vectors(simulator: Simulator, text: str, signature: str) -> None:
    """The venue verifies the vectors that were derived from the documented rule."""
    assert signed(text) == signature
    assert simulator.keys["simulator-key"].verifier.verifies(text.encode(), quote(signature, safe=""))


@pytest.mark.parametrize("in_body", [False, True])
@pytest.mark.parametrize("form", ["base64", "hex", "HEX"])
def test_base64_and_hex_open_the_door(simulator: Simulator, form: str, in_body: bool) -> None:
    """Both forms are taken, escaped, in query and form body: what is refused is the unknown order."""
    raw = base64.b64decode(CANCEL_SIGNATURE).hex()
    signature = {"base64": quote(CANCEL_SIGNATURE, safe=""), "hex": raw, "HEX": raw.upper()}[form]
    assert refusal(delete(simulator, signature, in_body=in_body)) == "0211"


def test_an_unescaped_plus_is_a_space(simulator: Simulator) -> None:
    """Base64 that stands unescaped in a query does not verify, as the documents warn."""
    assert "+" in CANCEL_SIGNATURE
    assert refusal(delete(simulator, CANCEL_SIGNATURE)) == "0001"


@pytest.mark.parametrize(
    "signature",
    ["", "00", quote(WHOLE_SIGNATURE, safe=""), CANCEL_SIGNATURE.lower().replace("+", "%2B"), "%00%FF", "é"],
)
def test_any_other_signature_is_refused(simulator: Simulator, signature: str) -> None:
    """What is not this text's signature is refused, and raises nothing; Base64 is case-sensitive."""
    assert refusal(delete(simulator, signature)) == "0001"


def test_the_method_is_fixed_by_how_the_key_was_opened(simulator: Simulator) -> None:
    """A secret opens nothing where a public key was given, nor the other way round."""
    assert Client(simulator).refused("GET", ORDER, orderId="1") == "0001"
    assert refusal(delete(Simulator(), quote(CANCEL_SIGNATURE, safe=""))) == "0001"


def test_a_further_account_has_its_own_key(simulator: Simulator) -> None:
    """An account that is opened later may have a public key too, beside others with secrets."""
    other = Simulator()
    opened = other.open_account("newer", "", {"ETH": 1}, public_key=PEM)
    text = f"{CANCEL}&signature={quote(CANCEL_SIGNATURE, safe='')}"
    assert refusal(other.handle(SimRequest("DELETE", ORDER, text, {"X-HK-APIKEY": "newer"}), NOW)) == "0211"
    assert Client(other).refused("GET", ORDER, orderId="1") == "0211"
    assert other.keys["newer"].account is opened


def rsa_pem() -> str:
    """Give the PEM text of a key of another kind."""
    key: Any = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    pem: bytes = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem.decode()


@each("pem", ["", "not a key", PEM.replace("-----BEGIN PUBLIC KEY-----", ""), "rsa"])
def test_what_is_no_ed25519_key_is_told(pem: str) -> None:
    """A text that is no such key is refused when the account is opened, not when it is used."""
    with pytest.raises(ValueError, match="public_key is not"):
        Simulator(public_key=rsa_pem() if pem == "rsa" else pem)


def test_the_key_is_not_shown(simulator: Simulator) -> None:
    """The key's state shows neither how it is verified nor any secret."""
    assert "PublicKey" not in repr(simulator.keys["simulator-key"])
    assert "simulator-secret" not in repr(Simulator().keys["simulator-key"])


def test_nobody_else_needs_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `cryptography` such a key cannot be opened, and everything else works."""
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    with pytest.raises(ImportError):
        Simulator(public_key=PEM)
    assert Client().refused("GET", ORDER, orderId="1") == "0211"


def test_the_package_is_imported_only_for_such_keys() -> None:
    """Who opens accounts with secrets does not pay for it."""
    script = (
        "import sys\nfrom hk_adapter.simulator import Simulator\nSimulator()\n"
        "assert not [name for name in sys.modules if name.startswith('cryptography')]\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
