"""From the bytes that a phone sent to what is kept: decoded within limits, drawn anew without any metadata, and a thumbnail.

Why the sent bytes are not kept. Whatever stands beside the pixels (place, serial number, maker notes, a second file
hidden behind the end of the image) leaves only if the picture is drawn anew; two copies would double the disk for a
phone's picture that is already shrunk to 300 KB. What proves the photo is the hash of the sent bytes, checked here before
they are dropped. A crash between "derivative on the disk" and "row in the database" loses nothing: the upload's file is
removed only after the commit, and the next request of the phone finishes what was begun.
"""

from __future__ import annotations

import hashlib
import io
import threading
import warnings
from typing import NamedTuple

from PIL import Image, ImageOps

from server.kernel.problems import Problem
from server.photos.rules import FORMATS, JPEG_QUALITY, LONGEST_SIDE, MOST_PIXELS, MOST_PIXELS_WHOLE, THUMB_SIDE

Image.MAX_IMAGE_PIXELS = MOST_PIXELS  # beyond it Pillow only warns, beyond twice it refuses; we refuse both
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", message="Corrupt EXIF data")  # of no use to anybody who reads the log
_decoding = threading.BoundedSemaphore(2)  # bounds the memory that pictures take at once, whatever the number of phones


class Stored(NamedTuple):
    """Bytes to keep and their own SHA-256 (hex)."""

    sha256: str
    content: bytes


class Derived(NamedTuple):
    """What is made of one photo. Width and height in pixels of the full picture."""

    full: Stored
    thumb: Stored
    width: int
    height: int


def derive(sent: bytes) -> Derived:
    """Draw the picture anew. Raises Problem ``not_an_image`` (unknown format, broken, truncated), ``image_too_large``, or
    ``unavailable`` when there is no memory just now: that says nothing of the picture."""
    with _decoding:
        try:
            full = _shrunk(_decoded(sent), LONGEST_SIDE)
        except MemoryError as error:
            raise Problem("unavailable") from error
    thumb = _shrunk(full, THUMB_SIDE)
    return Derived(_jpeg(full), _jpeg(thumb), full.width, full.height)


def _decoded(sent: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(sent), formats=FORMATS) as opened:
            most = MOST_PIXELS if opened.format == "JPEG" else MOST_PIXELS_WHOLE
            if opened.width * opened.height > most:
                raise Problem("image_too_large", most_pixels=most)
            # JPEG decodes at a fraction of its size: a 48-megapixel picture takes a sixteenth of the memory.
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            opened.load()
            return _on_white(_upright(opened))
    except Image.DecompressionBombError as error:
        raise Problem("image_too_large", most_pixels=MOST_PIXELS) from error
    except (Problem, MemoryError):
        raise
    except Exception as error:  # a decoder fed by strangers may raise anything; none of it is our failure
        raise Problem("not_an_image") from error


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as the camera says; a broken EXIF block is no reason to lose the picture."""
    try:
        return ImageOps.exif_transpose(picture)
    except MemoryError:
        raise
    except Exception:  # the EXIF reader too is fed by strangers
        return picture.copy()


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        sheet = Image.new("RGB", layer.size, "white")
        sheet.paste(layer, mask=layer.getchannel("A"))
        return sheet
    return picture.convert("RGB")


def _shrunk(picture: Image.Image, side: int) -> Image.Image:
    shrunk = picture.copy()
    shrunk.thumbnail((side, side), Image.Resampling.LANCZOS)
    return shrunk


def _jpeg(picture: Image.Image) -> Stored:
    """A JPEG of the pixels alone: built from a fresh image, so nothing that Pillow read can travel along."""
    bare = Image.frombytes("RGB", picture.size, picture.tobytes())
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=JPEG_QUALITY, optimize=True)
    content = out.getvalue()
    return Stored(hashlib.sha256(content).hexdigest(), content)
