"""Stand-ins for what ccxt signs with and does not bring: their signatures are none that an exchange would take.

What is compared is what goes out beside the signature.
"""

from __future__ import annotations

import json
import sys
from hashlib import sha256
from types import ModuleType, SimpleNamespace
from typing import Any

from ccxt.base import exchange as base_exchange

from hk_adapter.venues.ccxt_bridge.exchange import FlowExchange

APEX_LIBRARY = "zklink_sdk"


def give(exchange: Any, member: str) -> None:
    """Let an exchange of ccxt's find what it signs with, where that is no part of ccxt."""
    if member == "apex":
        _apex(exchange)
    elif member == "dydx":
        _dydx(exchange)
    elif member == "lighter":
        _lighter(exchange)


def _apex(exchange: Any) -> None:
    """Stand in for ``apexpro.zklink_sdk``; and let plain ccxt await the signature, which is a text there, too."""
    if not isinstance(exchange, FlowExchange):
        sign = exchange.get_zk_contract_signature_obj

        async def signed(*facts: Any) -> Any:
            return sign(*facts)

        exchange.get_zk_contract_signature_obj = signed
    package, library = ModuleType("apexpro"), ModuleType("apexpro.zklink_sdk")
    vars(library).update(ContractBuilder=_Contract, Contract=lambda built: built, ZkLinkSigner=_Signer)
    vars(package).update(zklink_sdk=library, __path__=[])
    sys.modules.setdefault("apexpro", package)
    sys.modules.setdefault("apexpro.zklink_sdk", library)
    if getattr(base_exchange, APEX_LIBRARY, library) is None:  # older releases of ccxt look for it once, at the start
        setattr(base_exchange, APEX_LIBRARY, library)


def _dydx(exchange: Any) -> None:
    """Stand in for protobuf: a transaction is its message as JSON, which can be compared, and not the chain's bytes."""
    vars(exchange).update(
        encode_dydx_tx_for_signing=lambda message, *rest: [sha256(repr(message).encode()).hexdigest(), message],
        encode_dydx_tx_raw=lambda message, signature: json.dumps(message),
    )


def _lighter(exchange: Any) -> None:
    """Stand in for the signer of Lighter's own package, a library by its path: a transaction is its facts as JSON."""

    async def load(*whatever: Any) -> str:
        return "a signer"

    vars(exchange).update(
        load_lighter_library=load,
        lighter_sign_create_order=lambda signer, facts: [14, exchange.json(facts)],
        lighter_sign_cancel_order=lambda signer, facts: [15, exchange.json(facts)],
        lighter_create_auth_token=lambda signer, facts: "a-token",
    )


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
