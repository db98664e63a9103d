"""Pictures for tests: real JPEGs of a wanted weight, and what a phone says about them."""

from __future__ import annotations

import base64
import hashlib
import io
import random

from PIL import Image


def jpeg(seed: int = 1, width: int = 800, height: int = 600, quality: int = 60, **options: object) -> bytes:
    """Noise as a JPEG; the same seed gives the same bytes."""
    picture = Image.frombytes("RGB", (width, height), random.Random(seed).randbytes(width * height * 3))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, **options)
    return out.getvalue()


def photo_of(weight: int, seed: int) -> bytes:
    """A JPEG of exactly ``weight`` bytes: noise, then zeros behind the end of the picture."""
    content = jpeg(seed, 880, 720, 70)
    while len(content) > weight:
        content = jpeg(seed, 880, 720, random.Random(len(content)).randint(40, 60))
    return content + bytes(weight - len(content))


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def said(content: bytes) -> str:
    """``Upload-Metadata`` as a phone writes it."""
    pairs = {"sha256": sha256(content), "filetype": "image/jpeg"}
    return ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in pairs.items())
