"""The road of a record, walked once from end to end in real browsers, on both databases; and the taps it takes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.duties import make_due_visit, patrol_with_a_hazard
from tests.journeys.phone import Phone
from tests.journeys.pictures import camera_picture
from tests.journeys.receipts import verify_all
from tests.journeys.site import Site
from tests.journeys.steps import approve, bring_up, hand_back, object_on_screen, plain

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

PASSWORD = "gridwalk-demo"
NOTE = "楼道里堆了纸箱，已告知户主"
LEADERS_WORDS = "请写明是几楼"
CORRECTED = "三楼楼道里堆了纸箱，已告知户主"
UNFINISHED = "写到一半，手机没电了"


def test_a_record_goes_out_of_coverage_dies_returns_is_reviewed_corrected_and_approved(
    demo_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(demo_site, "worker")
    worker.sign_in("worker", PASSWORD)
    worker.await_offline_ready()
    expect(worker.find("visit-due").first).to_be_visible()
    worker.wait_until_sent()
    worker.shoot("signed-in")

    worker.go_offline()
    worker.page.reload()
    patrol, hazard = patrol_with_a_hazard(worker, three_pictures(), NOTE)
    visit = make_due_visit(worker, "日常走访联系", "VIS-08")
    draft = begin_a_hazard(worker)

    worker.await_cookie_kept()
    worker.kill()
    worker.start(offline=True)
    worker.open()
    all_is_there(worker, {patrol, hazard, visit}, hazard, draft)

    worker.go_online()
    worker.wait_until_sent()
    worker.tap("tab-records")
    for record in (patrol, hazard, visit):
        worker.expect_row(record, delivery="delivered", review="waiting")
    worker.shoot("delivered")
    delivered(worker, {patrol, hazard, visit})

    leader = new_phone(demo_site, "leader")
    leader.sign_in("leader", PASSWORD)
    review(leader, good=(patrol, visit), unclear=hazard)

    correct(worker, hazard)
    leader_sees_the_correction(leader, hazard)

    expected = {patrol: ("delivered", "approved"), visit: ("delivered", "approved"), hazard: ("delivered", "waiting")}
    assert_same_everywhere(demo_site, worker, leader, expected)
    delivered(worker, {patrol, hazard, visit})


def three_pictures() -> list[bytes]:
    taken = datetime.now(ZoneInfo("Asia/Shanghai"))
    pictures = [camera_picture(seed, taken) for seed in (1, 2, 3)]
    assert all(len(picture) > 1_000_000 for picture in pictures)
    return pictures


def begin_a_hazard(phone: Phone) -> str:
    """A form left open with words in it: the draft that must survive."""
    phone.tap("tab-log")
    phone.tap("duty-hazards")
    phone.tap(phone.page.locator('[data-testid^="matter-HAZ"]'))
    phone.find("note").fill(UNFINISHED)
    draft = object_on_screen(phone)
    phone.tap("back")
    phone.tap("tab-today")
    phone.tap("draft-row", id=draft)
    expect(phone.find("note")).to_have_value(UNFINISHED)
    return draft


def all_is_there(phone: Phone, records: set[str], hazard: str, draft: str) -> None:
    phone.tap("tab-today")
    phone.tap("draft-row", id=draft)
    expect(phone.find("note")).to_have_value(UNFINISHED)
    phone.tap("back")
    phone.tap("tab-records")
    for record in records:
        phone.expect_row(record, delivery="saved")
    phone.shoot("after-the-kill")
    phone.tap("record-row", id=hazard)
    expect(phone.page.get_by_text(NOTE)).to_be_visible()
    phone.expect_photos(3)
    phone.shoot("photos-after-the-kill")
    phone.tap("back")


def delivered(worker: Phone, records: set[str]) -> None:
    kept = worker.kept("worker")
    assert records <= {str(json.loads(mutation["payload"]).get("id")) for mutation in kept}
    verify_all(kept, worker.receipt_keys())


def review(leader: Phone, good: tuple[str, ...], unclear: str) -> None:
    for record in good:
        approve(leader, record)
    bring_up(leader, unclear)
    leader.expect_photos(3)
    leader.shoot("card")
    hand_back(leader, LEADERS_WORDS)
    leader.wait_until_sent()


def correct(worker: Phone, hazard: str) -> None:
    """The worker is told, corrects the words and sends again."""
    worker.find("sync-chip").first.tap()
    worker.find("outbox-close").tap()
    worker.page.reload()
    worker.tap("tab-records")
    worker.expect_row(hazard, review="returned")
    worker.tap("record-row", id=hazard)
    expect(worker.page.get_by_text(LEADERS_WORDS).first).to_be_visible()
    worker.shoot("returned")
    worker.tap("correct")
    worker.find("note").fill(CORRECTED)
    expect(worker.page.get_by_text(LEADERS_WORDS).first).to_be_visible()  # why, beside what is to be changed
    worker.shoot("correcting")
    worker.tap("save")
    worker.wait_until_sent()


def leader_sees_the_correction(leader: Phone, hazard: str) -> None:
    leader.page.reload()
    bring_up(leader, hazard)
    expect(leader.find("approval-card", id=hazard).get_by_text(CORRECTED)).to_be_visible()
    leader.shoot("corrected")


def assert_same_everywhere(site: Site, worker: Phone, leader: Phone, expected: dict[str, tuple[str, str]]) -> None:
    """Both phones and the server: the same records once, the same states, the same photos, the same words."""
    for phone in (worker, leader):
        for record, (delivery, status) in expected.items():
            phone.open(f"/app#/record/{record}")
            expect(phone.find("record-page", id=record, delivery=delivery)).to_be_visible()
            word = {"approved": "已通过", "waiting": "待审核"}[status]
            expect(phone.find("record-page").get_by_text(word).first).to_be_visible()
    worker.tap("tab-today")
    worker.tap("tab-records")
    for record, (delivery, status) in expected.items():
        worker.expect_row(record, delivery=delivery, review=status)

    rows = site.query(
        "SELECT id, review_status FROM record WHERE received_at >= (SELECT min(received_at) FROM mutation_log)"
    )
    found = {plain(row["id"]): row["review_status"] for row in rows}
    assert {record: found.get(plain(record)) for record in expected} == {r: s for r, (_, s) in expected.items()}
    linked = site.query("SELECT r.record_id, r.sha256 FROM record_photo r JOIN photo p ON p.sha256 = r.sha256")
    arrived = [row["sha256"] for row in linked if plain(row["record_id"]) in {plain(record) for record in expected}]
    kept = {sha for mutation in worker.kept("worker") for sha in mutation["photos"]}
    assert sorted(arrived) == sorted(kept) and len(kept) == 3
