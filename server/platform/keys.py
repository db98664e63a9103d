"""The keys of an installation, in ``DATA_DIR/keys``, each with a ``kid`` that stands in all it makes.

- ``seal-<kid>``: 32 bytes, AES-256-GCM for sealed columns and stored photos;
- ``blind-<kid>``: 32 bytes, HMAC for equality over sealed values;
- ``merit-<kid>``: 32 bytes, Ed25519, signs merit badges for third parties;
- ``receipt-<kid>``, ``export-<kid>``: ECDSA and ECDH P-256, PKCS#8 PEM (P-256, since older WebViews lack Ed25519).

The newest file of a kind is used to write; older ones stay for reading. The folder belongs into the backup. A sealing key
may be added while the server runs (``flask rotate-keys``): every process looks at the folder once a second, and at once
when it meets a kid that it does not know.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import threading
import time
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

KID_BYTES = 4
NONCE_BYTES = 12
LOOKED_EVERY_S = 1.0


def b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Keyring:
    """All keys of one installation; made on first use, readable by the owner alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        os.chmod(folder, 0o700)
        self._looking = threading.Lock()
        self._read_seals()
        self._blind = next(iter(self._raw("blind").values()))
        self._receipt = self._pairs("receipt")
        self._receipt_kid = max(self._receipt, key=self._age("receipt"))
        self._export = self._pairs("export")
        self._merit = {kid: Ed25519PrivateKey.from_private_bytes(raw) for kid, raw in self._raw("merit").items()}
        self._merit_kid = max(self._merit, key=self._age("merit"))

    def seal(self, clear: bytes, place: str) -> bytes:
        """kid · nonce · ciphertext; ``place`` is bound to it."""
        if time.monotonic() - self._looked_at > LOOKED_EVERY_S:
            self._look()
        kid, key = self._sealing
        nonce = os.urandom(NONCE_BYTES)
        return kid + nonce + key.encrypt(nonce, clear, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        kid, nonce, rest = (
            sealed[:KID_BYTES],
            sealed[KID_BYTES : KID_BYTES + NONCE_BYTES],
            sealed[KID_BYTES + NONCE_BYTES :],
        )
        if kid not in self._seal:
            self._look()
        return self._seal[kid].decrypt(nonce, rest, place.encode())

    @property
    def seal_kid(self) -> bytes:
        """The key that seals now."""
        return self._sealing[0]

    @property
    def seal_kids(self) -> frozenset[bytes]:
        return frozenset(self._seal)

    def new_seal_key(self) -> bytes:
        """One more key for sealing; every process of the installation seals with it after ``LOOKED_EVERY_S``."""
        (kid,) = self._made("seal", os.urandom(32))
        self._read_seals()
        return kid

    def _look(self) -> None:
        with self._looking:
            names = {path.name.split("-")[1] for path in self.folder.glob("seal-*")}
            if names != {kid.hex() for kid in self._seal}:
                self._read_seals()
            self._looked_at = time.monotonic()

    def _read_seals(self) -> None:
        found = {kid: AESGCM(raw) for kid, raw in self._raw("seal").items()}
        newest = max(found, key=self._age("seal"))
        self._seal, self._sealing = found, (newest, found[newest])
        self._looked_at = time.monotonic()

    def blind(self, value: str, purpose: str) -> bytes:
        """A keyed hash that finds equal values without showing them."""
        return hmac.new(self._blind, f"{purpose}\0{value}".encode(), hashlib.sha256).digest()

    def receipt_kid(self) -> str:
        """The key that signs receipts now."""
        return self._receipt_kid.hex()

    def sign_with_receipt_key(self, message: str) -> str:
        """Raw r‖s in base64url (what WebCrypto verifies) over the UTF-8 of ``message``."""
        key = self._receipt[self._receipt_kid]
        r, s = decode_dss_signature(key.sign(message.encode(), ec.ECDSA(hashes.SHA256())))
        return b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    def is_signed_by_receipt_key(self, kid: str, signature: str, message: str) -> bool:
        """Whether a receipt key of this installation made the signature."""
        key = self._receipt.get(bytes.fromhex(kid))
        raw = unb64(signature)
        if key is None or len(raw) != 64:
            return False
        pair = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        try:
            key.public_key().verify(pair, message.encode(), ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True

    def receipt_public_keys(self) -> list[dict[str, str]]:
        return [_public(kid, key) for kid, key in self._receipt.items()]

    def merit_key(self) -> tuple[str, Ed25519PrivateKey]:
        """The key that signs merit badges now, with its ``kid``."""
        return self._merit_kid.hex(), self._merit[self._merit_kid]

    def merit_public_keys(self) -> dict[str, bytes]:
        """kid → raw public key, of every key that ever signed one."""
        return {kid.hex(): key.public_key().public_bytes_raw() for kid, key in self._merit.items()}

    def export_public_key(self) -> dict[str, str]:
        kid = max(self._export, key=self._age("export"))
        return _public(kid, self._export[kid])

    def export_private_key(self, kid: str) -> ec.EllipticCurvePrivateKey | None:
        return self._export.get(bytes.fromhex(kid)) if len(kid) == 2 * KID_BYTES else None

    def _age(self, kind: str) -> Any:
        return lambda kid: (self.folder / f"{kind}-{kid.hex()}").stat().st_mtime_ns

    def _raw(self, kind: str) -> dict[bytes, bytes]:
        found = {bytes.fromhex(p.name.split("-")[1]): p.read_bytes() for p in self.folder.glob(f"{kind}-*")}
        return found or self._made(kind, os.urandom(32))

    def _pairs(self, kind: str) -> dict[bytes, ec.EllipticCurvePrivateKey]:
        found = {bytes.fromhex(p.name.split("-")[1]): p.read_bytes() for p in self.folder.glob(f"{kind}-*")}
        if not found:
            pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            found = self._made(kind, pem)
        pairs = {kid: serialization.load_pem_private_key(raw, None) for kid, raw in found.items()}
        return {kid: key for kid, key in pairs.items() if isinstance(key, ec.EllipticCurvePrivateKey)}

    def _made(self, kind: str, raw: bytes) -> dict[bytes, bytes]:
        kid = os.urandom(KID_BYTES)
        path = self.folder / f"{kind}-{kid.hex()}"
        beside = self.folder / f".new-{path.name}"  # whole before any process can read it
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        os.rename(beside, path)
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)  # rows are sealed with it from now on: a power cut must not take it
        finally:
            os.close(folder)
        return {kid: raw}


def _public(kid: bytes, key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    return {"kid": kid.hex(), "x": b64(numbers.x.to_bytes(32, "big")), "y": b64(numbers.y.to_bytes(32, "big"))}


def keyring() -> Keyring:
    """The keyring of the running app."""
    ring: Keyring = current_app.extensions["keyring"]
    return ring
