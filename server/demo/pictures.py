"""Drawn pictures for the demo's hazards: a wall, a door, and something in the way. Nobody's photo, no place that exists."""

from __future__ import annotations

import hashlib
from io import BytesIO
from random import Random
from uuid import UUID

from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from server.photos import commands
from server.photos.derive import derive
from server.platform.files import files

SIZE = (1200, 900)
WALLS = ("#c9c2b4", "#b7c0c4", "#d6cdbb", "#bcb5aa", "#c4b9a6")
THINGS = ("#7a4a2b", "#35506b", "#6b6b2f", "#7c2f2f", "#3e5c45")
MARK = "DEMO"


def send(session: Session, county_code: str, person_id: UUID, picture: bytes) -> str:
    """The server holds the picture as if this person had uploaded it; answers its SHA-256."""
    sha256, derived = hashlib.sha256(picture).hexdigest(), derive(picture)
    with files().keeping():
        files().put(derived.full.content)
        files().put(derived.thumb.content)
        commands.take_in(session, county_code, person_id, sha256, len(picture), derived)
        session.flush()
    return sha256


def draw(random: Random) -> bytes:
    """One JPEG, different for each call."""
    image = Image.new("RGB", SIZE, random.choice(WALLS))
    pen = ImageDraw.Draw(image)
    floor = random.randint(560, 680)
    pen.rectangle((0, floor, *SIZE), fill="#8d8a85")
    for joint in range(random.randint(0, 60), SIZE[0], 120):
        pen.line((joint, floor, joint + random.randint(-90, 90), SIZE[1]), fill="#7a7772", width=3)
    _door(pen, random, floor)
    for _ in range(random.randint(2, 5)):
        _thing(pen, random, floor)
    pen.text((24, SIZE[1] - 60), MARK, fill="#ffffff", font_size=40)
    out = BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


def _door(pen: ImageDraw.ImageDraw, random: Random, floor: int) -> None:
    left = random.randint(120, 800)
    pen.rectangle((left, floor - 440, left + 230, floor), fill="#5d4a3a", outline="#3c2f24", width=8)
    pen.rectangle((left + 40, floor - 520, left + 190, floor - 460), fill="#0a5c36")


def _thing(pen: ImageDraw.ImageDraw, random: Random, floor: int) -> None:
    """A box, or a bicycle of two wheels and a bar."""
    left, colour = random.randint(40, 980), random.choice(THINGS)
    if random.random() < 0.6:
        width, height, low = random.randint(90, 200), random.randint(70, 170), floor + random.randint(40, 180)
        pen.rectangle((left, low - height, left + width, low), fill=colour, outline="#2b2b2b", width=4)
        pen.line((left, low - height, left + width, low), fill="#2b2b2b", width=3)
        return
    low = floor + random.randint(80, 190)
    for wheel in (left, left + 170):
        pen.ellipse((wheel, low - 110, wheel + 110, low), outline="#1d1d1d", width=12)
    pen.line((left + 55, low - 55, left + 130, low - 150, left + 225, low - 55), fill=colour, width=16, joint="curve")
    pen.line((left + 130, low - 150, left + 130, low - 190), fill=colour, width=12)
