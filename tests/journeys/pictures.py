"""Pictures as a phone's camera makes them: 12 megapixels, several megabytes, with the moment in EXIF and no place."""

from __future__ import annotations

import io
import random
from datetime import datetime

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 4000, 3000
DATE_TIME_ORIGINAL = 0x9003
EXIF_PART = 0x8769


def camera_picture(seed: int, taken: datetime, width: int = WIDTH, height: int = HEIGHT, comment: bytes = b"") -> bytes:
    """JPEG bytes: sky and ground, some blocks with edges, grain as of a small sensor. The same seed, the same bytes.

    ``taken`` is local time, as cameras write it; ``comment`` goes into the file's comment block.
    """
    chance = random.Random(seed)
    picture = Image.linear_gradient("L").resize((width, height), Image.Resampling.BILINEAR).convert("RGB")
    pen = ImageDraw.Draw(picture)
    for _ in range(60):
        x, y = chance.randrange(width), chance.randrange(height)
        colour = (chance.randrange(256), chance.randrange(256), chance.randrange(256))
        pen.rectangle((x, y, x + chance.randrange(width // 8), y + chance.randrange(height // 8)), fill=colour)
    grain = Image.frombytes("L", (width // 4, height // 4), chance.randbytes((width // 4) * (height // 4)))
    grain = grain.resize((width, height)).filter(ImageFilter.GaussianBlur(1)).convert("RGB")
    out = io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(EXIF_PART)[DATE_TIME_ORIGINAL] = taken.strftime("%Y:%m:%d %H:%M:%S")
    Image.blend(picture, grain, 0.18).save(out, "JPEG", quality=90, exif=exif, comment=comment)
    return out.getvalue()
