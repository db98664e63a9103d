"""A real disk of 60 MB that is full: what was saved stays readable, text is still saved, and the worker is told in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.phone import PATIENCE_MS, Phone
from tests.journeys.pictures import camera_picture
from tests.journeys.receipts import verify
from tests.journeys.site import Site
from tests.journeys.small_disk import SmallDisk, mounted
from tests.journeys.steps import PASSWORD, log_hazard, open_hazard, records_page, settle

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

PAUSED = "手机空间不足，暂停拍照。先记文字"  # over every screen
NO_PHOTOS = "暂停拍照。可以先记文字"  # in the form, where the camera was
CLEARED = "浏览器清除了本应用存在手机上的数据，其中 1 项"
NOT_SAVED = "手机的数据库打不开，没有保存"
BALLAST = """async () => {
  const root = await navigator.storage.getDirectory();
  const found = await root.getFileHandle('gridwalk-ballast').then((handle) => handle.getFile(), () => undefined);
  return found ? found.size : 0;
}"""
BALLAST_BYTES = 4 * 1024 * 1024
LONG = "满盘以后，只有文字。" * 150  # more than fits into the last block of a file
LITTLE = 1024 * 1024  # room for text, none for a ballast
NEVER_SAVED = "01930000-0000-7000-8000-000000000001"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """Under the profile that ``new_phone(site, "worker")`` will use."""
    with mounted(tmp_path / "profile-worker") as small:
        yield small


def test_on_a_full_disk_all_stays_readable_text_is_saved_photos_stop_in_words_and_all_arrives_in_the_end(
    world_site: Site, disk: SmallDisk, new_phone: Callable[[Site, str], Phone]
) -> None:
    disk.promise_to_keep()
    worker = new_phone(world_site, "worker")
    settle(worker)
    assert worker.page.evaluate("() => navigator.storage.persisted()"), "the browser made no promise"
    await_ballast(worker, BALLAST_BYTES)
    delivered = hazard_with_photos(worker, "送达了的", 1)
    worker.wait_until_sent()
    worker.go_offline()
    unsent = hazard_with_photos(worker, "满盘以前，没送出", 2)

    texts = save_text_until_the_ballast_is_gone(worker, disk)
    says_that_photos_stop(worker)
    worker.shoot("no-room")

    kept = {delivered: "delivered", unsent: "saved", **dict.fromkeys(texts, "saved")}
    worker.page.reload()
    worker.open()
    reads_all(worker, kept, with_photos=unsent)

    # what the ballast gave back is taken too: now Chromium cannot even open a database, but nothing may come to harm
    disk.fill()
    worker.open("/app#/log/hazard/" + NEVER_SAVED)
    worker.page.wait_for_timeout(3000)
    disk.clear()
    disk.fill(leave=LITTLE)
    restart(worker)
    reads_all(worker, kept, with_photos=unsent)
    says_that_photos_stop(worker)
    worker.shoot("after-a-restart")

    disk.clear()
    later = log_hazard(worker, "腾出空间以后")
    worker.go_online()
    worker.wait_until_sent()
    all_arrived(world_site, worker, {delivered, unsent, *texts, later}, photos=3)
    worker.page.reload()
    await_ballast(worker, BALLAST_BYTES)
    expect(worker.page.get_by_text(PAUSED)).to_have_count(0)


def test_a_browser_that_promised_nothing_clears_the_data_on_a_full_disk_and_the_worker_is_told_what_is_gone(
    world_site: Site, disk: SmallDisk, new_phone: Callable[[Site, str], Phone]
) -> None:
    """Chromium does that at the first write that fails, with the page open. The app cannot hinder it, only say so."""
    worker = new_phone(world_site, "worker")
    settle(worker)
    await_ballast(worker, BALLAST_BYTES)
    worker.go_offline()
    log_hazard(worker, "满盘以前")
    open_hazard(
        worker
    )  # before the disk is full: the first record's undo ends by itself, and that write may be the failing one
    disk.fill()
    worker.find("note").fill(LONG)
    expect(worker.page.get_by_role("alert").get_by_text(CLEARED)).to_be_visible()
    worker.tap("save")
    expect(worker.page.get_by_text(NOT_SAVED).first).to_be_visible()
    expect(worker.find("note")).to_have_value(LONG)
    worker.shoot("cleared")

    disk.clear()
    worker.go_online()
    worker.sign_in("worker", PASSWORD)
    again = log_hazard(worker, "重新记的")
    worker.wait_until_sent()
    all_arrived(world_site, worker, {again}, photos=0)


def save_text_until_the_ballast_is_gone(phone: Phone, disk: SmallDisk) -> list[str]:
    """The browser may let go of a file of its own meanwhile, and the first record then still finds room."""
    saved: list[str] = []
    while phone.page.evaluate(BALLAST):
        assert len(saved) < 5, "the disk is never full"
        disk.fill()
        saved.append(log_hazard(phone, LONG))
    return saved


def hazard_with_photos(phone: Phone, note: str, count: int) -> str:
    record = open_hazard(phone)
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    phone.take_photos([camera_picture(hash((note, number)), now, 1600, 1200) for number in range(count)])
    phone.find("note").fill(note)
    phone.tap("save")
    expect(phone.find("tab-today")).to_be_visible()
    return record


def restart(phone: Phone) -> None:
    """What lies in the open database alone does not survive this."""
    phone.close()
    phone.start(offline=True)
    phone.open()


def await_ballast(phone: Phone, size: int) -> None:
    for _ in range(PATIENCE_MS // 100):
        if phone.page.evaluate(BALLAST) == size:
            return
        phone.page.wait_for_timeout(100)
    raise AssertionError("the ballast never lay on the disk")


def says_that_photos_stop(phone: Phone) -> None:
    """On the screen where one is, and in the form in place of the camera."""
    expect(phone.page.get_by_role("alert").get_by_text(PAUSED)).to_be_visible()
    open_hazard(phone)
    expect(phone.page.get_by_text(NO_PHOTOS).last).to_be_visible()
    expect(phone.find("photo-input")).to_have_count(0)
    phone.tap("back")
    phone.tap("tab-today")


def reads_all(phone: Phone, records: dict[str, str], with_photos: str) -> None:
    """List and detail, without a network."""
    records_page(phone)
    for record, delivery in records.items():
        phone.expect_row(record, delivery=delivery)
    phone.tap("record-row", id=with_photos)
    expect(phone.page.get_by_text("满盘以前，没送出").first).to_be_visible()
    phone.expect_photos(2)
    phone.tap("back")
    phone.tap("tab-today")


def all_arrived(site: Site, phone: Phone, records: set[str], photos: int) -> None:
    plain = {record.replace("-", "") for record in records}
    assert sorted(str(row["id"]).replace("-", "") for row in site.query("SELECT id FROM record")) == sorted(plain)
    assert len(site.query("SELECT sha256 FROM photo")) == photos
    keys = phone.page.evaluate("() => fetch('/api/v1/session').then(answer => answer.json())")["receipt_keys"]
    kept = phone.kept("worker")
    assert len(kept) == len(records)
    for mutation in kept:
        assert mutation["outcome"]["outcome"] == "applied", mutation
        verify(mutation, keys)
