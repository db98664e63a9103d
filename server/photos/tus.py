"""The words of tus 1.0.0 (https://tus.io/protocols/resumable-upload): headers read and written. No web, no database."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Protocol

from server.kernel.problems import Problem

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"
ALGORITHMS = ("sha1", "sha256")
BODY = "application/offset+octet-stream"
LONGEST_METADATA = 1000


class Headers(Protocol):
    """The headers of a request."""

    def get(self, key: str, default: str) -> str: ...


def must_speak(headers: Headers) -> None:
    """Problem ``tus_version`` (412) unless the client speaks 1.0.0."""
    if headers.get("Tus-Resumable", "") != VERSION:
        raise Problem("tus_version", headers={"Tus-Version": VERSION})


def number(headers: Headers, name: str) -> int:
    """A whole number of at most 15 digits. Problem ``bad_request`` when missing or anything else."""
    text = headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise Problem("bad_request", field=name)
    return int(text)


def metadata(text: str) -> dict[str, str]:
    """``Upload-Metadata``: pairs of a key and a base64 value. Problem ``bad_request``."""
    if len(text) > LONGEST_METADATA:
        raise Problem("bad_request", field="Upload-Metadata")
    found: dict[str, str] = {}
    for pair in filter(None, (p.strip() for p in text.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise Problem("bad_request", field="Upload-Metadata") from error
    return found


def promised_hash(text: str) -> str:
    """The SHA-256 of the whole file, lower-case hex, that the metadata must name. Problem ``invalid``."""
    sha256 = metadata(text).get("sha256", "").lower()
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        raise Problem("invalid", fields={"sha256": ["not_a_hash"]})
    return sha256


class Checksum:
    """``Upload-Checksum`` of one request: feed it the blocks, then ask. Without the header it always agrees."""

    def __init__(self, header: str | None) -> None:
        self._hash: Any = None
        self._promised = b""
        if header is None:
            return
        algorithm, _, digest = header.strip().partition(" ")
        if algorithm not in ALGORITHMS:
            raise Problem("bad_request", field="Upload-Checksum", algorithms=list(ALGORITHMS))
        try:
            self._promised = base64.b64decode(digest, validate=True)
        except binascii.Error as error:
            raise Problem("bad_request", field="Upload-Checksum") from error
        self._hash = hashlib.new(algorithm)

    def watch(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            if self._hash is not None:
                self._hash.update(block)
            yield block

    @property
    def agrees(self) -> bool:
        return self._hash is None or self._hash.digest() == self._promised


def http_date(instant: int) -> str:
    """``Upload-Expires``: a date of RFC 9110."""
    return format_datetime(datetime.fromtimestamp(instant // 1000, UTC), usegmt=True)
