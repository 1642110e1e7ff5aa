"""Stand-ins for what ccxt signs with and does not bring: their signatures are none that an exchange would take.

What is compared is what goes out beside the signature.
"""

from __future__ import annotations

import sys
from hashlib import sha256
from types import ModuleType, SimpleNamespace
from typing import Any


def give(member: str) -> None:
    """Let ccxt find what it signs with for an exchange, where that is no part of ccxt."""
    if member == "apex":
        _apex()


def _apex() -> None:
    """Stand in for ``apexpro.zklink_sdk``."""
    package, library = ModuleType("apexpro"), ModuleType("apexpro.zklink_sdk")
    vars(library).update(ContractBuilder=_Contract, Contract=lambda built: built, ZkLinkSigner=_Signer)
    vars(package).update(zklink_sdk=library, __path__=[])
    sys.modules.setdefault("apexpro", package)
    sys.modules.setdefault("apexpro.zklink_sdk", library)


class _Contract:
    def __init__(self, *facts: Any) -> None:
        self.facts = facts

    def get_bytes(self) -> bytes:
        return repr(self.facts).encode()


class _Signer:
    def new_from_seed(self, seed: bytes) -> _Signer:
        return self

    def sign_musig(self, signed: bytes) -> Any:
        return SimpleNamespace(signature=sha256(signed).hexdigest())
