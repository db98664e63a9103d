"""The audit chain: linked in order under many writers, and whatever is done to it is found."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.kernel import clock
from server.kernel.ids import new_id
from server.platform import anchors, audit, chain
from server.platform.anchors import CLOSED, DAILY, ROWS, AuditAnchor
from server.platform.audit import AuditEvent
from server.platform.chain import AuditEntry, Report
from server.platform.db import db, reading, transaction
from server.platform.exports import note_export
from server.platform.keys import keyring
from server.platform.looks import Look, note_look
from tests.world import COUNTY, World

FIVE = 5
LATER = 200 * clock.DAY_MS  # when a log of today may go


@pytest.fixture
def here(app: Flask) -> Any:
    """Inside the app, with whatever the world itself noted linked already."""
    with app.app_context():
        link_all()
        yield app


def link_all() -> None:
    while True:
        with transaction() as session:
            if not anchors.link_waiting(session, clock.now()):
                return


def looked(world: World, count: int) -> None:
    with transaction() as session:
        for _ in range(count):
            note_look(session, world.people["leader"], "record", new_id(), "phone")
    link_all()


def verified(outside: list[dict[str, Any]] | None = None, now: int | None = None) -> Report:
    with reading() as session:
        return anchors.verify(session, outside or [], now)


def kinds(report: Report) -> set[str]:
    return {fault.kind for fault in report.faults}


def change(statement: str, **values: Any) -> None:
    with db.engines[None].begin() as connection:
        connection.execute(sa.text(statement), values)


def test_looks_exports_and_acts_stand_in_one_chain(here: Flask, world: World) -> None:
    with transaction() as session:
        note_look(session, world.people["leader"], "record", new_id(), "phone")
        note_export(
            session, county_code=COUNTY, person_id=world.people["town"], list_name="tasks", narrowed={"sort": "newest"},
            file_format="csv", row_count=3, is_personal=True, purpose="例会",
        )  # fmt: skip
        audit.note(session, "audit.question", person_id=world.people["auditor"], details={"question": "谁看过"})
    link_all()
    report = verified()
    assert report.faults == [] and report.count >= 3
    with reading() as session:
        assert {*session.scalars(sa.select(AuditEntry.source))} == {"look", "export", "act"}


def test_the_chain_holds_nothing_personal(here: Flask) -> None:
    assert {column.name for column in AuditEntry.__table__.columns} == {
        "seq", "source", "event_id", "linked_at", "digest", "hash",
    }  # fmt: skip


FLIP = "UPDATE audit_entry SET {0} = :bytes WHERE seq = :top - 2"
TAMPERED: list[tuple[str, list[str], set[str]]] = [
    ("a bit of the digest", [FLIP.format("digest")], {"hash", "changed"}),
    ("a bit of the hash", [FLIP.format("hash")], {"hash"}),
    ("a column of a row", ["UPDATE look SET door = 'office' WHERE chain_seq = :top - 2"], {"changed"}),
    ("an entry is gone", ["DELETE FROM audit_entry WHERE seq = :top - 2"], {"gap", "hash", "stray"}),
    ("a row is gone", ["DELETE FROM look WHERE chain_seq = :top - 2"], {"missing"}),
    (
        "a pair is reordered",
        [
            "UPDATE audit_entry SET seq = -1 WHERE seq = :top - 2",
            "UPDATE audit_entry SET seq = :top - 2 WHERE seq = :top - 1",
            "UPDATE audit_entry SET seq = :top - 1 WHERE seq = -1",
        ],
        {"hash", "changed", "stray"},
    ),
    ("a row is put into the middle", ["UPDATE look SET chain_seq = :top + 7 WHERE chain_seq = :top - 2"], {"changed"}),
]


def test_whatever_is_done_to_it_is_found(here: Flask, world: World) -> None:
    looked(world, FIVE)
    top = verified().last
    wrong = {}
    for name, statements, expected in TAMPERED:
        with Session(db.engines[None]) as session:  # rolled back at the end: each meets the same chain
            for statement in statements:
                column = "hash" if "SET hash" in statement else "digest"
                was = session.scalar(sa.select(getattr(AuditEntry, column)).where(AuditEntry.seq == top - 2)) or b"\0"
                values = {"top": top, "bytes": bytes([was[0] ^ 1]) + bytes(was[1:])}
                session.execute(sa.text(statement), {k: v for k, v in values.items() if f":{k}" in statement})
            found = anchors.verify(session)
        if not expected <= kinds(found) or not all(abs(fault.seq - top) <= 9 for fault in found.faults):
            wrong[name] = found.faults
    assert wrong == {}
    assert verified().faults == []


def test_a_chain_cut_short_or_made_anew_is_found_by_what_left_the_machine(here: Flask, world: World) -> None:
    looked(world, FIVE)
    with transaction() as session:
        made = anchors.set_anchor(session, DAILY, None, clock.now())
        assert made is not None
        outside = [anchors.as_json(made)]
    change("DELETE FROM audit_anchor")
    change("DELETE FROM look WHERE chain_seq = :seq", seq=outside[0]["seq"])
    change("DELETE FROM audit_entry WHERE seq = :seq", seq=outside[0]["seq"])
    assert verified().faults == [], "the end of a chain is known only to whoever has an anchor"
    assert kinds(verified(outside)) == {"anchor"}
    change("DELETE FROM audit_entry")
    change("UPDATE look SET chain_seq = NULL, salt = NULL")
    change("UPDATE audit_event SET chain_seq = NULL, salt = NULL")
    link_all()
    assert kinds(verified(outside)) == {"anchor"}


def test_an_anchor_that_nobody_signed_counts_for_nothing(here: Flask, world: World) -> None:
    looked(world, FIVE)
    forged = AuditAnchor(
        id=new_id(), kind=ROWS, seq=verified().last, hash=b"\0" * 32, at=1, kid="00000000", signature="A" * 86
    )
    with transaction() as session:
        session.add(forged)
    assert kinds(verified()) == {"unsigned"}
    assert kinds(verified([{"kind": "daily"}, {}])) == {"unsigned", "anchor"}


def held_outside() -> list[dict[str, Any]]:
    with reading() as session:
        return [anchors.as_json(one) for one in session.scalars(sa.select(AuditAnchor))]


def let_rows_go(session: Session, through: int, now: int) -> None:
    anchors.set_anchor(session, ROWS, through, now)
    for source in chain.SOURCES.values():
        session.execute(sa.delete(source.model).where(source.model.chain_seq <= through))


def test_after_an_old_part_was_closed_the_rest_verifies(here: Flask, world: World) -> None:
    looked(world, FIVE)
    with transaction() as session:
        anchors.set_anchor(session, DAILY, None, clock.now())
    looked(world, FIVE)
    middle, top, later = verified().last - 3, verified().last, clock.now() + LATER
    with transaction() as session:
        let_rows_go(session, middle, later)
    assert verified(held_outside(), later).faults == []
    with transaction() as session:
        assert anchors.close_through(session, middle, later) > 0
    report = verified(held_outside(), later)
    assert (report.faults, report.first, report.last) == ([], middle + 1, top)
    looked(world, 1)
    assert verified(held_outside(), later).faults == [] and verified(now=later).last == top + 1
    change("DELETE FROM audit_entry WHERE seq = :seq", seq=middle + 1)
    assert "gap" in kinds(verified(held_outside(), later))


def test_a_chain_closed_to_its_end_goes_on_from_there(here: Flask, world: World) -> None:
    looked(world, FIVE)
    top, later = verified().last, clock.now() + LATER
    with transaction() as session:
        anchors.close_through(session, top, later)
    looked(world, 2)
    report = verified(now=later)
    assert (report.faults, report.first, report.last) == ([], top + 1, top + 2)


def wipe(seq: int, now: int) -> None:
    with transaction() as session:
        let_rows_go(session, seq, now)
        anchors.close_through(session, seq, now)


def test_a_chain_wiped_whole_behind_an_anchor_of_its_own_is_found(here: Flask, world: World) -> None:
    looked(world, FIVE)
    with transaction() as session:
        anchors.set_anchor(session, DAILY, None, clock.now())
    outside, top, later = held_outside(), verified().last, clock.now() + LATER
    wipe(top, clock.now())
    assert kinds(verified(outside)) == {"anchor"}
    assert kinds(verified(held_outside())) == {"anchor"}, "sent out like an honest one, it is still too young"
    change("DELETE FROM audit_anchor")
    wipe(top, later)  # dated into the future: there is no entry left to name
    with transaction() as session:
        session.add(signed_anchor(CLOSED, top, bytes.fromhex(outside[0]["hash"]), later))
    assert kinds(verified([*outside, *held_outside()])) == {"anchor"}, "nor may it be of a later day"
    assert kinds(verified(outside, later)) == {"anchor"}, "old enough, but nobody outside was told"
    assert verified([*outside, *held_outside()], later).faults == []


def signed_anchor(kind: str, seq: int, hash_: bytes, at: int) -> AuditAnchor:
    told = f"gridwalk-anchor|{kind}|{seq}|{hash_.hex()}|{at}"
    return AuditAnchor(
        id=new_id(), kind=kind, seq=seq, hash=hash_, at=at,
        kid=keyring().receipt_kid(), signature=keyring().sign_with_receipt_key(told),
    )  # fmt: skip


def test_rows_let_go_too_soon_or_behind_nobodys_back_are_found(here: Flask, world: World) -> None:
    looked(world, FIVE)
    with transaction() as session:
        anchors.set_anchor(session, DAILY, verified().last - 3, clock.now())
    outside, top, later = held_outside(), verified().last, clock.now() + LATER
    with transaction() as session:
        let_rows_go(session, top, clock.now())
    assert kinds(verified()) == {"anchor"}, "the entry that is left says when it was linked"
    assert [fault.words for fault in verified(outside).faults] == ["rows, not held outside", "rows too soon"]
    change("DELETE FROM audit_anchor WHERE kind = 'rows'")
    with transaction() as session:
        anchors.set_anchor(session, ROWS, top, later)
    assert [fault.words for fault in verified(outside, later).faults] == ["rows, not held outside"]
    assert verified(held_outside(), later).faults == []


def test_an_anchor_above_the_end_of_the_chain_is_found(here: Flask, world: World) -> None:
    looked(world, FIVE)
    top, later = verified().last, clock.now() + LATER
    above = anchors.as_json(signed_anchor(DAILY, top + 1, b"\1" * 32, clock.now()))
    assert kinds(verified([above])) == {"anchor"}
    with transaction() as session:
        anchors.close_through(session, top, later)
    assert {fault.seq for fault in verified([above, *held_outside()], later).faults} == {top + 1}


def test_many_writers_and_two_linkers_make_one_chain(here: Flask, world: World) -> None:
    writers, each = 6, 20

    def write() -> None:
        with here.app_context():
            for _ in range(each):
                with transaction() as session:
                    note_look(session, world.people["leader"], "record", new_id(), "phone")

    def link(until: threading.Event) -> None:
        with here.app_context():
            while not until.is_set():
                with transaction() as session:
                    anchors.link_waiting(session, clock.now())

    done = threading.Event()
    linkers = [threading.Thread(target=link, args=(done,)) for _ in range(2)]
    hands = [threading.Thread(target=write) for _ in range(writers)]
    for thread in (*linkers, *hands):
        thread.start()
    for thread in hands:
        thread.join()
    done.set()
    for thread in linkers:
        thread.join()
    link_all()
    report = verified()
    assert report.faults == [] and report.last == report.count
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Look)) == writers * each
        assert chain.unlinked(session) == 0


def test_the_days_anchor_leaves_the_machine_once(app: Flask, world: World, tmp_path: Path) -> None:
    lines = tmp_path / "elsewhere.jsonl"
    with app.app_context():
        looked(world, FIVE)
        anchors.round_(clock.now())
        with reading() as session:
            assert session.scalars(sa.select(AuditAnchor)).one().left_at is None, "nowhere to go yet"
    object.__setattr__(app.extensions["settings"], "audit_anchor_file", str(lines))
    with app.app_context():
        for _ in range(2):
            anchors.round_(clock.now())
        told = [json.loads(line) for line in lines.read_text().splitlines()]
        assert [one["kind"] for one in told] == [DAILY]
        assert not any("user" in key or "person" in key for one in told for key in one)
        anchors.round_(clock.now() + clock.DAY_MS)
        assert len(lines.read_text().splitlines()) == 1, "a chain that has not grown needs no second anchor"
    runner = app.test_cli_runner()
    answer = runner.invoke(args=["verify-chain"])
    assert answer.exit_code == 0 and "1 outside anchors" in answer.output, answer.output
    lines.write_text("\n")
    assert (
        runner.invoke(args=["verify-chain"]).exit_code,
        "FAULT outside" in runner.invoke(args=["verify-chain"]).output,
    ) == (1, True)
    lines.unlink()
    assert runner.invoke(args=["verify-chain"]).exit_code == 1


def test_anchors_are_set_as_often_as_is_set(app: Flask, world: World) -> None:
    hour, now = clock.DAY_MS // 24, clock.now()

    def set_after(hours: float) -> int:
        with app.app_context():
            looked(world, 1)
            anchors.round_(now + int(hours * hour))
            with reading() as session:
                return session.scalar(sa.select(sa.func.count()).select_from(AuditAnchor)) or 0

    assert [set_after(hours) for hours in (0, 0.5, 1)] == [1, 1, 2]
    object.__setattr__(app.extensions["settings"], "audit_anchor_hours", 24)
    assert [set_after(hours) for hours in (2, 24, 25)] == [2, 2, 3]


def test_rows_that_nobody_links_are_a_fault_after_an_hour(app: Flask, world: World) -> None:
    with app.app_context():
        looked(world, 1)
        with transaction() as session:
            note_look(session, world.people["leader"], "record", new_id(), "phone", at=clock.now() - clock.DAY_MS)
    runner = app.test_cli_runner()
    assert runner.invoke(args=["verify-chain"]).exit_code == 0, "looked yesterday without a network, told just now"
    with app.app_context():
        change("UPDATE look SET noted_at = noted_at - 3600001 WHERE chain_seq IS NULL")
    answer = runner.invoke(args=["verify-chain"])
    assert answer.exit_code == 1 and "FAULT unlinked 0 1 rows" in answer.output, answer.output


def test_the_command_says_what_does_not_hold(app: Flask, world: World) -> None:
    with app.app_context():
        looked(world, FIVE)
        change("DELETE FROM audit_entry WHERE seq = 2")
    answer = app.test_cli_runner().invoke(args=["verify-chain"])
    assert answer.exit_code == 1 and "FAULT gap 2" in answer.output


def test_closing_needs_a_number_that_the_chain_has(here: Flask, world: World) -> None:
    looked(world, FIVE)
    with transaction() as session:
        assert anchors.close_through(session, 10_000, clock.now()) == 0
        assert anchors.set_anchor(session, CLOSED, 10_000, clock.now()) is None


def test_a_wrong_password_is_an_entry_whether_the_account_exists_or_not(app: Flask, world: World) -> None:
    browser = app.test_client()
    for name in ("worker", "nobody-of-this-name"):
        browser.post("/api/v1/session", json={"username": name, "password": "wrong-wrong-wrong", "device_id": None})
    with app.app_context(), reading() as session:
        rows = session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "sign_in_refused")).all()
        assert {row.person_id for row in rows} == {world.people["worker"], None}
