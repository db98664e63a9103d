"""A handful of tiny real pictures; each phone makes them its own by a comment inside the file."""

from __future__ import annotations

import io
from random import Random

from PIL import Image


def tiny_jpegs(count: int = 4) -> list[bytes]:
    luck = Random(7)
    made = []
    for _ in range(count):
        picture = Image.new("RGB", (16, 12), tuple(luck.randrange(256) for _ in range(3)))
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=60)
        made.append(file.getvalue())
    return made
