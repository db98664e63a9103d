"""The signature under an achievement record: Ed25519 over its canonical JSON, with a key of the installation's own.

The key lies in ``DATA_DIR/keys/record-<kid>`` (PKCS#8 PEM), so the backup has it; older ones stay for checking. Canonical:
UTF-8, keys sorted, no spaces, the member ``signature`` left out.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from flask import current_app

from server.platform.keys import b64, unb64

PREFIX, KID_BYTES = "record-", 4


def signed(told: Mapping[str, Any]) -> dict[str, Any]:
    """The record with ``signature``: algorithm, key id, public key and value."""
    kid, key = _newest()
    public = b64(key.public_key().public_bytes_raw())
    value = b64(key.sign(_canonical(told)))
    return {**told, "signature": {"alg": "Ed25519", "kid": kid, "public_key": public, "value": value}}


def is_genuine(told: Mapping[str, Any]) -> bool:
    """Whether one of this installation's keys signed exactly this."""
    try:
        given = told["signature"]
        public = _keys()[given["kid"]].public_key().public_bytes_raw()
        plain = {name: value for name, value in told.items() if name != "signature"}
        Ed25519PublicKey.from_public_bytes(public).verify(unb64(given["value"]), _canonical(plain))
    except (KeyError, TypeError, ValueError, InvalidSignature):
        return False
    return True


def public_keys() -> list[dict[str, str]]:
    """Every key that a record may be signed with, for whoever checks one."""
    keys = _keys() or dict([_newest()])
    return [
        {"kid": kid, "alg": "Ed25519", "public_key": b64(key.public_key().public_bytes_raw())}
        for kid, key in sorted(keys.items())
    ]


def _canonical(told: Mapping[str, Any]) -> bytes:
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


def _folder() -> Path:
    folder: Path = current_app.extensions["keyring"].folder
    return folder


def _keys() -> dict[str, Ed25519PrivateKey]:
    found = {}
    for path in sorted(_folder().glob(f"{PREFIX}*")):
        key = serialization.load_pem_private_key(path.read_bytes(), None)
        if isinstance(key, Ed25519PrivateKey):
            found[path.name.removeprefix(PREFIX)] = key
    return found


def _newest() -> tuple[str, Ed25519PrivateKey]:
    paths = sorted(_folder().glob(f"{PREFIX}*"), key=lambda path: (path.stat().st_mtime_ns, path.name))
    if not paths:
        paths = [_make()]
    kid = paths[-1].name.removeprefix(PREFIX)
    return kid, _keys()[kid]


def _make() -> Path:
    """Written beside its place and moved there, so that nobody reads half a key."""
    path = _folder() / f"{PREFIX}{os.urandom(KID_BYTES).hex()}"
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    fresh = path.with_name(f".{path.name}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    fresh.rename(path)
    return path
