"""Pure decisions of the road: the hash that names a mutation, the order of a lane, the cursor of a pull."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

LANES = ("urgent", "normal")
MOST_MUTATIONS = 200
MOST_BYTES = 2**20
LONGEST_PAYLOAD = 128 * 1024
SCOPE_GRACE_MS = 30 * 86_400_000
HELD_MS = 7 * 86_400_000
FEED_MS = 92 * 86_400_000
KEY_BYTES = 5
HIGHEST_VERSION = 2**31 - 1
# Told past leader, village and town: of these acts none of them hears, not even that there is one.
PAST_THE_LEADER = frozenset({"orders.report", "objections.make", "objections.say"})

# What of an act's words is not kept with them: the room that applied it keeps it, and deletes it in its time.
NOT_KEPT = {"callouts.answer": "place"}


def words_kept(name: str, payload: str) -> str:
    """The payload as the log keeps it: word for word, but for what must be deleted sooner than it."""
    if name not in NOT_KEPT:
        return payload
    try:
        told = json.loads(payload)
        return json.dumps({k: v for k, v in told.items() if k != NOT_KEPT[name]}, ensure_ascii=False)
    except (ValueError, AttributeError, RecursionError):
        return "{}"


def mutation_hash(mutation_id: str, name: str, version: int, payload: str) -> str:
    """SHA-256 over the UTF-8 of ``id\\nname\\nversion\\npayload``; lone surrogates as the phone's encoder writes them."""
    text = f"{mutation_id}\n{name}\n{version}\n{payload}"
    clean = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return hashlib.sha256(clean.encode()).hexdigest()


class Order(NamedTuple):
    """How a lane's mutations meet what the server expects: ``gap`` or ``cloned`` stops the push before anything is done."""

    problem: str | None
    expected: int


def check_order(expected: int, seqs: Iterable[tuple[int, bool]]) -> Order:
    """``seqs`` = (seq, already known by its id), in the order sent. A known id may stand anywhere up to the next number."""
    wanted = expected
    for seq, is_known in seqs:
        if seq < wanted and not is_known:
            return Order("device_cloned", expected)
        if seq > wanted:
            return Order("gap", wanted)
        if seq == wanted:
            wanted += 1
    return Order(None, wanted)


def stream_hash(key: str) -> bytes:
    """Five bytes that stand for a stream in a cursor: 100 streams stay under 1 KB."""
    return hashlib.blake2b(key.encode(), digest_size=KEY_BYTES).digest()


@dataclass(frozen=True)
class Cursor:
    """How far a phone has read: epoch, scope version, counter by stream hash."""

    epoch: str
    scope_version: int
    read: Mapping[bytes, int]

    def encode(self) -> str:
        head = self.epoch.encode()
        body = bytes([1, len(head)]) + head + _varint(self.scope_version)
        for key in sorted(self.read):
            body += key + _varint(self.read[key])
        return base64.urlsafe_b64encode(body).rstrip(b"=").decode()

    @staticmethod
    def decode(text: str) -> Cursor | None:
        """None when the text is no cursor of ours."""
        if len(text) > 4096:
            return None
        try:
            raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            if raw[0] != 1:
                return None
            at = 2 + raw[1]
            epoch = raw[2:at].decode("ascii")
            scope_version, at = _read_varint(raw, at)
            if scope_version > HIGHEST_VERSION:
                return None
            read: dict[bytes, int] = {}
            while at < len(raw):
                key = raw[at : at + KEY_BYTES]
                read[key], at = _read_varint(raw, at + KEY_BYTES)
            return Cursor(epoch, scope_version, read)
        except (ValueError, IndexError, UnicodeDecodeError):
            return None


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _read_varint(raw: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 56:
            raise ValueError("number too long")  # nine bytes of seven bits fit every counter of the database


def is_handed_over(lanes: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a revoked phone has given everything it spoke of: all numbers up to its head, and all photos."""
    lanes = list(lanes)
    return bool(lanes) and all(lane["expected"] > lane["head"] and not lane["unsent_photos"] for lane in lanes)
