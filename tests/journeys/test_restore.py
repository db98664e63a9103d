"""The restore drill: backup, more work, the server's disk is lost, the backup is restored, two phones come back.

Nothing that any phone still holds is lost, photos included; nothing is doubled; phones and server end up the same,
whichever phone comes first. On both databases.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.disaster import flask, lose, restored
from tests.journeys.phone import PATIENCE_MS, Phone
from tests.journeys.pictures import camera_picture
from tests.journeys.receipts import verify
from tests.journeys.site import Site, Templates, fill_world
from tests.journeys.steps import open_hazard, records_page, settle

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

NewPhone = Callable[[Site, str], Phone]
STATES = {"approved": "已通过", "waiting": "待审核"}


@pytest.mark.parametrize("first", ["worker", pytest.param("leader", marks=pytest.mark.prove)])
def test_after_a_restore_both_phones_bring_back_all_they_hold_whoever_comes_first(
    first: str, templates: Templates, new_phone: NewPhone, tmp_path: Path
) -> None:
    with templates.site("world", fill_world, tmp_path / "site") as site:
        worker, leader = new_phone(site, "worker"), new_phone(site, "leader")
        settle(worker)
        settle(leader, "leader")
        old, old_left = hazard(worker, "备份以前，后来批准", 1), hazard(worker, "备份以前，没人看", 1)
        worker.wait_until_sent()
        flask(site, "backup", str(tmp_path / "backup"))

        new, new_left = hazard(worker, "备份以后，后来批准", 2), hazard(worker, "备份以后，没人看", 1)
        worker.wait_until_sent()
        leader.page.reload()
        approve(leader, old)
        approve(leader, new)
        leader.wait_until_sent()
        worker.page.reload()
        records_page(worker)
        worker.expect_row(new, delivery="delivered", review="approved")
        worker.go_offline()
        leader.go_offline()
        unsent = hazard(worker, "还没送出", 1)
        epoch = newest_epoch(site)

        lose(site)
        with restored(site, templates.databases, tmp_path / "backup", tmp_path / "restored"):
            assert newest_epoch(site) != epoch
            assert states(site) == {old: "waiting", old_left: "waiting"}, "the backup is not from where the drill says"
            assert photos(site) == 2
            said = {phone.link.url: listen(phone) for phone in (worker, leader)}
            if first == "leader":
                leader_comes_first(site, leader, old, new)
                worker.go_online()
            else:
                worker.go_online()
                await_handed_over(site, worker, said[worker.link.url])
                leader.go_online()
            for phone in (worker, leader):
                await_handed_over(site, phone, said[phone.link.url])

            expected = {old: "approved", old_left: "waiting", new: "approved", new_left: "waiting", unsent: "waiting"}
            until(worker, lambda: states(site) == expected and photos(site) == 6, "something is missing on the server")
            for phone in (worker, leader):
                shows(phone, expected, new)
                receipts_verify(phone)
            assert_once(site)


def hazard(phone: Phone, note: str, pictures: int) -> str:
    record = open_hazard(phone)
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    phone.take_photos([camera_picture(hash((note, number)), now, 1600, 1200) for number in range(pictures)])
    phone.find("note").fill(note)
    phone.tap("save")
    expect(phone.find("tab-today")).to_be_visible()
    return record


def approve(leader: Phone, record: str) -> None:
    leader.tap("tab-approvals")
    front = leader.find("approval-card").first
    expect(front).to_be_visible()
    expect(leader.find("approvals-left")).not_to_have_attribute("data-left", "0")
    for _ in range(20):
        shown = str(front.get_attribute("data-id"))
        if shown == record:
            leader.tap("approve")
            expect(leader.find("approval-card", id=record)).to_have_count(0)
            return
        leader.tap("approval-later")
        expect(leader.find("approval-card", id=shown)).to_have_count(0)
    raise AssertionError(f"record {record} never came up for review")


def listen(phone: Phone) -> list[str]:
    """Fills with the epoch of every push from now on."""
    epochs: list[str] = []

    def note(method: str, path: str, body: bytes) -> bool:
        if path.startswith("/api/v1/sync/push"):
            epochs.append(json.loads(body)["epoch"])
        return False

    phone.link.veto = note
    return epochs


def leader_comes_first(site: Site, leader: Phone, old: str, new: str) -> None:
    """What it decided about a record that nobody has brought back yet is held, shown as waiting, and not forgotten."""
    leader.go_online()
    approvals = "SELECT outcome FROM mutation_log WHERE name = 'approvals.approve' ORDER BY outcome"
    wanted = [{"outcome": "applied"}, {"outcome": "held"}]
    until(leader, lambda: site.query(approvals) == wanted, "the approvals did not come back as one applied, one held")
    assert states(site)[old] == "approved" and new not in states(site)
    leader.find("sync-chip").first.tap()
    expect(leader.find("outbox-row", state="deferred")).to_have_count(1)
    leader.shoot("held")
    leader.find("outbox-close").tap()


def await_handed_over(site: Site, phone: Phone, said: list[str]) -> None:
    """The phone has spoken in the new epoch and sent all it held. Before it has heard of it, it thinks that nothing waits."""
    phone.page.reload()
    until(phone, lambda: newest_epoch(site) in said, "a phone never heard of the new epoch")
    phone.wait_until_sent()


def until(phone: Phone, is_so: Callable[[], bool], otherwise: str) -> None:
    for _ in range(PATIENCE_MS // 100):
        if is_so():
            return
        phone.page.wait_for_timeout(100)
    raise AssertionError(otherwise)


def shows(phone: Phone, expected: dict[str, str], with_photos: str) -> None:
    """After one more pull from where this phone had read to."""
    phone.page.reload()
    for record, status in expected.items():
        phone.open(f"/app#/record/{record}")
        page = phone.find("record-page", id=record, delivery="delivered")
        expect(page).to_be_visible()
        expect(page.get_by_text(STATES[status]).first).to_be_visible()
    phone.open(f"/app#/record/{with_photos}")
    phone.expect_photos(2)
    phone.shoot("in-the-end")


def receipts_verify(phone: Phone) -> None:
    """Every mutation of this phone is applied and has a receipt by the keys that the restored server names."""
    keys = phone.page.evaluate("() => fetch('/api/v1/session').then(answer => answer.json())")["receipt_keys"]
    name = phone.profile.name.removeprefix("profile-")
    applied = {"applied"}
    until(
        phone, lambda: {m["outcome"]["outcome"] for m in phone.kept(name)} == applied, f"not all of {name} is applied"
    )
    for mutation in phone.kept(name):
        verify(mutation, keys)


def assert_once(site: Site) -> None:
    """No mutation was taken twice, nothing was refused or lost, and no record was reported by two."""
    log = site.query("SELECT name, outcome, object_id FROM mutation_log")
    reports = [str(row["object_id"]) for row in log if row["name"] == "hazards.report"]
    assert len(reports) == len(set(reports)) == 5
    assert sorted(row["name"] for row in log) == ["approvals.approve"] * 2 + ["hazards.report"] * 5
    assert {row["outcome"] for row in log} == {"applied"}
    assert not site.query("SELECT * FROM lost_range")


def states(site: Site) -> dict[str, str]:
    """Record → state of its review, as the server has it."""
    found = site.query("SELECT id, review_status FROM record")
    return {dashed(row["id"]): row["review_status"] for row in found}


def dashed(value: object) -> str:
    plain = str(value).replace("-", "")
    return "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))


def photos(site: Site) -> int:
    """Photos that are named by a record and whose bytes the server holds."""
    found = site.query("SELECT DISTINCT l.sha256 FROM photo_link l JOIN photo p ON p.sha256 = l.sha256")
    return len(found)


def newest_epoch(site: Site) -> str:
    found = site.query("SELECT id FROM epoch ORDER BY number DESC LIMIT 1")
    return str(found[0]["id"]) if found else "first"
