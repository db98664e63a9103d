"""The sealed export of a phone's outbox: opened with the installation's key, and taken in through the push door.

File: ``GWX1``, 4-byte big-endian length, header JSON ``{v, kid, epk:{x,y}, iv}``, AES-256-GCM ciphertext; the key comes from
ECDH P-256 and HKDF-SHA256 (docs/wire.md §7). Inside, plain or gzip: one line of JSON, a line feed, then the photos' bytes
in order.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.kernel.problems import Problem
from server.platform.keys import keyring, unb64

MAGIC = b"GWX1"
INFO = b"gridwalk-export-v1"
LONGEST_HEADER = 4_096
MOST_FILE_BYTES = 64 * 2**20  # some 200 photos and all that a phone may hold besides
GZIP_MAGIC, GZIP = b"\x1f\x8b", 16 + zlib.MAX_WBITS


@dataclass(frozen=True)
class Outbox:
    """What a file held: the head line, and the photos by their SHA-256 as the phone named them."""

    person: str
    device_id: str
    mutations: list[dict[str, Any]]
    photos: dict[str, bytes]


def open_file(content: bytes) -> Outbox:
    """Problem ``sealed_file_unreadable`` for anything that is no whole file of ours, or sealed to another installation."""
    try:
        return _outbox(_inflated(_opened(content)))
    except (ValueError, KeyError, TypeError, IndexError, InvalidTag, RecursionError, zlib.error) as error:
        raise Problem("sealed_file_unreadable") from error


def _opened(content: bytes) -> bytes:
    if content[:4] != MAGIC:
        raise ValueError("not ours")
    length = int.from_bytes(content[4:8], "big")
    if length > LONGEST_HEADER:
        raise ValueError("header too long")
    header = json.loads(content[8 : 8 + length])
    private = keyring().export_private_key(str(header["kid"]))
    if private is None or header["v"] != 1:
        raise ValueError("sealed to another key")
    x, y = (int.from_bytes(unb64(header["epk"][axis]), "big") for axis in ("x", "y"))
    theirs = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    shared = private.exchange(ec.ECDH(), theirs)
    key = HKDF(hashes.SHA256(), 32, salt=b"", info=INFO).derive(shared)
    return AESGCM(key).decrypt(unb64(header["iv"]), content[8 + length :], None)


def _inflated(inside: bytes) -> bytes:
    """What gzip holds, never more than the longest file; anything else as it is."""
    if not inside.startswith(GZIP_MAGIC):
        return inside
    inflater = zlib.decompressobj(GZIP)
    plain = inflater.decompress(inside, MOST_FILE_BYTES)
    if not inflater.eof:
        raise ValueError("cut, or too long when inflated")
    return plain


def _outbox(plain: bytes) -> Outbox:
    line, _, rest = plain.partition(b"\n")
    head = json.loads(line)
    photos: dict[str, bytes] = {}
    at = 0
    for photo in head["photos"]:
        photos[str(photo["sha256"])] = rest[at : at + int(photo["length"])]
        at += int(photo["length"])
    if at != len(rest):
        raise ValueError("photos do not add up")
    return Outbox(str(head["person"]), str(head["device_id"]), list(head["mutations"]), photos)
