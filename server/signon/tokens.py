"""ID tokens: a JWS in three parts, signed with RS256 or ES256 by a key that the issuer lists (RFC 7515, 7517, 7518).

No library for it is installed, and this is all of it that is needed: no other algorithm is known here, ``none`` and shared
secrets least of all (decision 0033).
"""

from __future__ import annotations

from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from server.platform.keys import unb64

LONGEST = 16_384
LEAST_RSA_BITS = 2048
P256_BYTES = 32


def claims_of(token: Any, keys: Any) -> dict[str, Any] | None:
    """What a token says, if one of these keys signed it; else None."""
    if not isinstance(token, str) or len(token) > LONGEST or token.count(".") != 2 or not isinstance(keys, list):
        return None
    written, _, tag = token.rpartition(".")
    head, claims = (_read(part) for part in written.split("."))
    if head is None or claims is None or "crit" in head:
        return None
    try:
        signature = unb64(tag)
        fitting = [key for key in keys if isinstance(key, dict) and _may_be(key, head)]
        is_signed = any(_CHECKS[head["alg"]](key, signature, written.encode()) for key in fitting)
    except (ValueError, KeyError, TypeError):
        return None
    return claims if is_signed else None


def _may_be(key: dict[str, Any], head: dict[str, Any]) -> bool:
    is_named = "kid" not in head or key.get("kid") == head["kid"]
    return is_named and key.get("use", "sig") == "sig" and key.get("alg", head["alg"]) == head["alg"]


def _is_rs256(key: dict[str, Any], signature: bytes, written: bytes) -> bool:
    if key.get("kty") != "RSA":
        return False
    numbers = rsa.RSAPublicNumbers(*(int.from_bytes(unb64(key[name])) for name in ("e", "n")))
    public = numbers.public_key()
    if public.key_size < LEAST_RSA_BITS:
        return False
    try:
        public.verify(signature, written, padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def _is_es256(key: dict[str, Any], signature: bytes, written: bytes) -> bool:
    if key.get("kty") != "EC" or key.get("crv") != "P-256" or len(signature) != 2 * P256_BYTES:
        return False
    x, y = (int.from_bytes(unb64(key[name])) for name in ("x", "y"))
    r, s = (int.from_bytes(half) for half in (signature[:P256_BYTES], signature[P256_BYTES:]))
    try:
        public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        public.verify(encode_dss_signature(r, s), written, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _read(part: str) -> dict[str, Any] | None:
    try:
        found = orjson.loads(unb64(part))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


_CHECKS = {"RS256": _is_rs256, "ES256": _is_es256}
