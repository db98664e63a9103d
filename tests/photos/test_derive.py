"""Pictures meant to hurt: bombs, truncated files, strange formats, broken EXIF."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from server.kernel.problems import Problem
from server.photos import derive as derivation
from server.photos.derive import derive
from tests.photos.pictures import jpeg


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A few hundred bytes that unpack to gigabytes."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(10**6))) + chunk(b"IEND", b"")
    )


def refused(content: bytes) -> str:
    with pytest.raises(Problem) as raised:
        derive(content)
    return raised.value.code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_formats_of_phones_are_taken(kind: str) -> None:
    derived = derive(saved(Image.new("RGB", (400, 300), "red"), kind))
    full = Image.open(io.BytesIO(derived.full.content))
    assert full.format == "JPEG" and (derived.width, derived.height) == (400, 300) == full.size
    assert max(Image.open(io.BytesIO(derived.thumb.content)).size) == 320


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PPM", "ICO", "PDF", "EPS"])
def test_other_formats_are_no_images_here(kind: str) -> None:
    assert refused(saved(Image.new("RGB", (40, 30), "red"), kind)) == "not_an_image"


@pytest.mark.parametrize("side", [8_000, 30_000, 60_000])
def test_a_bomb_is_refused_before_it_unpacks(side: int) -> None:
    assert refused(png_that_claims(side, side)) == "image_too_large"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_unpacks_whole_is_bounded_in_pixels(kind: str) -> None:
    """50 megapixels with transparency weighed 200 KB and took 825 MiB."""
    assert refused(saved(Image.new("RGBA", (2_600, 2_000), "red"), kind)) == "image_too_large"
    screen = derive(saved(Image.new("RGBA", (1_440, 3_200), "red"), kind))
    assert screen.height > screen.width
    assert derive(saved(Image.new("RGB", (4_000, 3_000), "red"), "JPEG")).width >= 1_000, "a camera's JPEG goes on"


def test_no_memory_says_nothing_of_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(_picture: Image.Image) -> Image.Image:
        raise MemoryError

    monkeypatch.setattr(derivation, "_on_white", none_left)
    assert refused(jpeg()) == "unavailable"


@pytest.mark.parametrize("keep", [0, 2, 20, 200, 5_000, 100_000])
def test_a_truncated_file_is_refused(keep: int) -> None:
    assert refused(jpeg(1)[:keep]) == "not_an_image"


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 5000, b"<svg onload=alert(1)>", b"GIF89a", b"\xff\xd8\xff\xe0" + b"A" * 999]
)
def test_noise_is_refused(content: bytes) -> None:
    assert refused(content) == "not_an_image"


@pytest.mark.parametrize("exif", [b"", b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\xff\xff" + b"\xff" * 500])
def test_a_broken_exif_block_costs_no_picture(exif: bytes) -> None:
    assert derive(jpeg(1, 100, 80, exif=b"Exif\0\0" + exif)).width == 100


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1", "I;16", "CMYK"])
def test_every_way_to_store_colours_becomes_a_plain_picture(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    derived = derive(saved(Image.new(mode, (60, 40)), kind))
    assert Image.open(io.BytesIO(derived.full.content)).mode == "RGB"


def test_what_is_see_through_becomes_white() -> None:
    derived = derive(saved(Image.new("RGBA", (60, 40), (0, 0, 0, 0)), "PNG"))
    assert min(Image.open(io.BytesIO(derived.full.content)).convert("L").getextrema()) > 250


def test_a_small_picture_is_not_blown_up() -> None:
    derived = derive(saved(Image.new("RGB", (1, 1)), "PNG"))
    assert (derived.width, derived.height) == (1, 1)
