"""The body of a push: inflated as a stream within bounds, and told apart from a cut link."""

from __future__ import annotations

import json
import zlib
from typing import IO, Any

import orjson

from server.kernel.problems import Problem
from server.sync.rules import MOST_BYTES

BLOCK = 64 * 1024
GZIP = 16 + zlib.MAX_WBITS


def read(stream: IO[bytes], content_length: int | None, encoding: str) -> Any:
    """The JSON of a body of ``content_length`` bytes (as sent, so compressed).

    Problems: ``cut_body`` when fewer bytes came than were promised (a WSGI server may show the cut as a normal end),
    ``too_large`` past 1 MiB inflated, ``unsupported_media`` for another encoding, ``bad_json``.
    """
    if encoding not in ("", "identity", "gzip"):
        raise Problem("unsupported_media")
    if content_length is not None and content_length > MOST_BYTES:
        raise Problem("too_large", most=MOST_BYTES)
    inflater = zlib.decompressobj(GZIP) if encoding == "gzip" else None
    came, body = 0, bytearray()
    while content_length is None or came < content_length:
        try:
            block = stream.read(BLOCK if content_length is None else min(BLOCK, content_length - came))
        except OSError as error:
            raise Problem("cut_body") from error
        if not block:
            break
        came += len(block)
        body += _inflate(inflater, block, MOST_BYTES + 1 - len(body)) if inflater else block
        if len(body) > MOST_BYTES:
            raise Problem("too_large", most=MOST_BYTES)
    if content_length is not None and came < content_length:
        raise Problem("cut_body")
    if inflater is not None and not inflater.eof:
        raise Problem("bad_json" if content_length is not None else "cut_body")
    return _parse(bytes(body))


def _inflate(inflater: Any, block: bytes, most: int) -> bytes:
    try:
        out: bytes = inflater.decompress(block, most)
    except zlib.error as error:
        raise Problem("bad_json") from error
    return out


def _parse(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass  # lone surrogates are no JSON for orjson, but a phone may send them
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Problem("bad_json") from error
