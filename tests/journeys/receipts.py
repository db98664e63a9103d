"""Receipts, verified as an outsider would: with the public keys of the session door and nothing of our own code."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256


def verify(mutation: Mapping[str, Any], keys: Sequence[Mapping[str, str]]) -> None:
    """Raise ``AssertionError`` or ``InvalidSignature`` unless the receipt signs just this mutation (docs/wire.md §3)."""
    receipt = mutation["outcome"]["receipt"]
    told = "\n".join([mutation["id"], mutation["name"], str(mutation["version"]), mutation["payload"]])
    assert hashlib.sha256(told.encode()).hexdigest() == receipt["hash"], "the receipt is for other bytes"
    key = next(key for key in keys if key["kid"] == receipt["kid"])
    signed = "\n".join([mutation["id"], receipt["hash"], str(receipt["at"]), receipt["kid"]])
    raw = _bytes(receipt["sig"])
    signature = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    point = ec.EllipticCurvePublicNumbers(_number(key["x"]), _number(key["y"]), ec.SECP256R1())
    point.public_key().verify(signature, signed.encode(), ec.ECDSA(SHA256()))


def verify_all(mutations: Sequence[Mapping[str, Any]], keys: Sequence[Mapping[str, str]]) -> None:
    """Every mutation of a phone was applied, and its receipt verifies against the keys of the session door."""
    for mutation in mutations:
        assert mutation["outcome"]["outcome"] == "applied", mutation
        verify(mutation, keys)


def _bytes(words: str) -> bytes:
    return base64.urlsafe_b64decode(words + "=" * (-len(words) % 4))


def _number(words: str) -> int:
    return int.from_bytes(_bytes(words), "big")
