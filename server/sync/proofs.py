"""Proof that this database has lost something: a receipt of ours, given in the present epoch, for a mutation not here.

A phone that only claims to know more would otherwise make every phone of the county read everything anew, at will.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from sqlalchemy.orm import Session

from server.platform.keys import keyring, unb64
from server.sync import epochs
from server.sync.models import MutationLog


def shows_a_loss(session: Session, proof: Mapping[str, Any]) -> bool:
    """``proof`` as ``schemas.Proof`` loaded it. A receipt of an earlier epoch shows what is known already."""
    epoch = epochs.newest(session)
    if epoch is not None and proof["at"] <= epoch.began_at:
        return False
    return is_our_receipt(proof) and session.get(MutationLog, proof["id"]) is None


def is_our_receipt(proof: Mapping[str, Any]) -> bool:
    """Whether one of our keys has signed id, hash, time and key id."""
    key = next((key for key in keyring().receipt_public_keys() if key["kid"] == proof["kid"]), None)
    if key is None:
        return False
    try:
        raw = unb64(proof["sig"])
        signature = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:64], "big"))
        x, y = (int.from_bytes(unb64(key[axis]), "big") for axis in ("x", "y"))
        said = f"{proof['id']}\n{proof['hash']}\n{proof['at']}\n{proof['kid']}".encode()
        ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key().verify(
            signature, said, ec.ECDSA(hashes.SHA256())
        )
    except (InvalidSignature, ValueError):
        return False
    return True
