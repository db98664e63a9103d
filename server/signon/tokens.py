"""ID tokens: whether one of the issuer's listed keys signed what a token says (RFC 7515, 7517), as RS256 or ES256 alone.

The list of algorithms stands here and is never read from the token, so neither ``none`` nor a shared secret can be talked
into. What the claims must say is decided in ``rules``, on this house's own clock.
"""

from __future__ import annotations

from typing import Any

import jwt
import orjson

LONGEST = 16_384
ALGORITHMS = {"RSA": "RS256", "EC": "ES256"}
_SIGNED = jwt.PyJWS(algorithms=list(ALGORITHMS.values()), options={"enforce_minimum_key_length": True})


def claims_of(token: Any, keys: Any) -> dict[str, Any] | None:
    """What a token says, if one of these keys signed it; else None."""
    if not isinstance(token, str) or len(token) > LONGEST or not isinstance(keys, list):
        return None
    try:
        named = jwt.get_unverified_header(token).get("kid")
        for key in keys:
            if isinstance(key, dict) and _may_be(key, named) and (claims := _claims(token, key)) is not None:
                return claims
    except (jwt.PyJWTError, ValueError):
        return None
    return None


def _may_be(key: dict[str, Any], named: str | None) -> bool:
    is_named = named is None or key.get("kid") == named
    algorithm = ALGORITHMS.get(str(key.get("kty")))
    return (
        is_named and algorithm is not None and key.get("use", "sig") == "sig" and key.get("alg", algorithm) == algorithm
    )


def _claims(token: str, key: dict[str, Any]) -> dict[str, Any] | None:
    algorithm = ALGORITHMS[key["kty"]]
    try:
        told = orjson.loads(_SIGNED.decode(token, jwt.PyJWK(key, algorithm), algorithms=[algorithm]))
    except (jwt.PyJWTError, ValueError, KeyError, TypeError):
        return None
    return told if isinstance(told, dict) else None
