"""CSRF tokens: a nonce and its HMAC under the session's own secret.

Each answer carries a fresh token, and all tokens of one session stay good as long as the session: two tabs that renew at
the same time do not shut each other out, and a reading door needs no write to renew one.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from server.platform.keys import b64

NONCE_BYTES = 9
NONCE_CHARS = 12


def new_secret() -> str:
    return b64(os.urandom(32))


def token_of(secret: str) -> str:
    """A fresh token: nonce and tag in base64url."""
    nonce = b64(os.urandom(NONCE_BYTES))
    return nonce + _tag(secret, nonce)


def is_token_of(secret: str, token: str) -> bool:
    """Compared in constant time."""
    nonce = token[:NONCE_CHARS]
    return hmac.compare_digest(
        token.encode("utf-8", "replace"), (nonce + _tag(secret, nonce)).encode("utf-8", "replace")
    )


def _tag(secret: str, nonce: str) -> str:
    return b64(hmac.new(secret.encode(), nonce.encode("utf-8", "replace"), hashlib.sha256).digest()[:20])
