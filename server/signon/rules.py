"""Pure decisions about sign-in through another house: whether what it says is meant for us, for this try, and now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TRY_MS = 5 * 60_000  # as long as 浙政钉 lets a code live
SKEW_S = 60
LONGEST_SUBJECT = 200


def is_for_us(claims: Mapping[str, Any], *, issuer: str, client_id: str, nonce: str, now_s: int) -> bool:
    """An ID token of this issuer, for us alone, of this try, in force (OpenID Connect Core 3.1.3.7)."""
    audience = claims.get("aud")
    meant = audience if isinstance(audience, list) else [audience]
    if claims.get("iss") != issuer or client_id not in meant:
        return False
    if claims.get("azp", client_id) != client_id or (len(meant) > 1 and "azp" not in claims):
        return False
    begun, over = _time(claims.get("iat")), _time(claims.get("exp"))
    if begun is None or over is None:
        return False
    return claims.get("nonce") == nonce and begun - SKEW_S <= now_s < over + SKEW_S


def subject_in(claims: Mapping[str, Any], name: str) -> str | None:
    """Who it is to the other house: a name that never changes hands."""
    found = claims.get(name)
    if isinstance(found, int) and not isinstance(found, bool):
        found = str(found)
    return found if isinstance(found, str) and 0 < len(found) <= LONGEST_SUBJECT and found.isprintable() else None


def _time(value: Any) -> float | None:
    """Seconds, as a token writes them."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
