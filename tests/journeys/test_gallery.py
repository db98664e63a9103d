"""A HEIC file chosen from the gallery: taken where the browser opens it, else refused in words with what to do.

``gallery.heic`` is a real one (64×48, HEVC), made with libheif 1.15 and x265.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from server.records.schemas import MOST_PHOTOS
from tests.journeys.phone import Phone
from tests.journeys.pictures import camera_picture
from tests.journeys.site import Site
from tests.journeys.steps import open_hazard, settle

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

HEIC = (Path(__file__).parent / "gallery.heic").read_bytes()
# as a browser that opens HEIC as an image, though not as a bitmap: the picture that it would see is handed to it
OPENS_HEIC = """picture => {
  const real = URL.createObjectURL;
  const seen = new Blob([Uint8Array.from(atob(picture), letter => letter.charCodeAt(0))], { type: 'image/jpeg' });
  URL.createObjectURL = blob => real.call(URL, blob instanceof File && /hei[cf]/.test(blob.name) ? seen : blob);
}"""


def choose(phone: Phone, name: str, mime: str, content: bytes) -> None:
    phone.page.locator('input[type="file"]:not([capture])').first.set_input_files(
        [{"name": name, "mimeType": mime, "buffer": content}]
    )


@pytest.mark.parametrize(
    "language, words, again",
    [("zh", "HEIC 格式，本浏览器打不开，没有存下", "拍照"), ("en", "This photo is HEIC", "Take it with")],
)
def test_what_the_browser_cannot_open_is_refused_in_words_and_nothing_of_the_form_is_lost(
    world_site: Site, new_phone: Callable[[Site, str], Phone], language: str, words: str, again: str
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    worker.open(f"/app?lang={language}")
    open_hazard(worker)
    worker.find("note").fill("从相册选的")
    for name, mime in (("IMG_0001.heic", "image/heic"), ("1000000123", "")):
        choose(worker, name, mime, HEIC)
        alert = worker.page.get_by_role("alert").filter(has_text=words)
        expect(alert).to_be_visible()
        expect(alert).to_contain_text(again)
        expect(worker.page.locator(".photos .photo")).to_have_count(0)
        expect(worker.find("note")).to_have_value("从相册选的")
        alert.scroll_into_view_if_needed()
        worker.shoot(f"refused-{language}")
        worker.take_photos([camera_picture(1, datetime.now(ZoneInfo("Asia/Shanghai")), 640, 480)])
        expect(alert).to_have_count(0)
        worker.tap(worker.page.locator(".photos .photo"))
        worker.tap(worker.page.get_by_text("删掉这张照片" if language == "zh" else "Delete this photo"))
        expect(worker.page.locator(".photos .photo")).to_have_count(0)
    worker.tap("save")
    expect(worker.find("tab-today")).to_be_visible()
    worker.wait_until_sent()
    assert len(world_site.query("SELECT id FROM record")) == 1
    assert world_site.query("SELECT sha256 FROM photo") == []


def test_what_the_browser_opens_is_sent_as_a_jpeg_like_any_photo(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    open_hazard(worker)
    picture = camera_picture(2, datetime.now(ZoneInfo("Asia/Shanghai")), 640, 480)
    worker.page.evaluate(OPENS_HEIC, base64.b64encode(picture).decode())
    choose(worker, "IMG_0001.heic", "image/heic", HEIC)
    expect(worker.page.locator(".photos .photo")).to_have_count(1)
    worker.tap("save")
    expect(worker.find("tab-today")).to_be_visible()
    worker.wait_until_sent()
    stored = world_site.query("SELECT * FROM photo")
    assert len(stored) == 1
    answer = worker.page.evaluate(
        """sha => fetch(`/api/v1/photos/${sha}?size=full`).then(answer => answer.headers.get('content-type'))""",
        stored[0]["sha256"] if isinstance(stored[0]["sha256"], str) else bytes(stored[0]["sha256"]).hex(),
    )
    assert answer.startswith("image/")


def test_more_photos_than_a_record_takes_are_refused_at_once(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    open_hazard(worker)
    day = datetime(2026, 11, 24, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    files = [
        {"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": camera_picture(n, day, 160, 120)}
        for n in range(MOST_PHOTOS + 1)
    ]
    worker.page.locator('input[type="file"]:not([capture])').first.set_input_files(files)  # type: ignore[arg-type]
    expect(worker.page.locator(".photos .photo")).to_have_count(MOST_PHOTOS)
    expect(worker.page.get_by_text(f"一条记录最多 {MOST_PHOTOS} 张照片")).to_be_visible()
    expect(worker.page.locator('input[type="file"]')).to_have_count(0)
    worker.tap("save")
    worker.wait_until_sent()
    worker.tap("tab-records")
    expect(worker.find("record-row", delivery="delivered")).to_have_count(1)
