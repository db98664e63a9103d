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
from server.platform.looks import Look, note_look
from tests.world import COUNTY, World

FIVE = 5


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


def verified(outside: list[dict[str, Any]] | None = None) -> Report:
    with reading() as session:
        return anchors.verify(session, outside or [])


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
    assert kinds(verified([{"kind": "daily"}, {}])) == {"unsigned"}


def test_after_an_old_part_was_closed_the_rest_verifies(here: Flask, world: World) -> None:
    looked(world, FIVE)
    with transaction() as session:
        outside = [anchors.as_json(found) for found in [anchors.set_anchor(session, DAILY, None, clock.now())] if found]
    looked(world, FIVE)
    middle, top = verified().last - 3, verified().last
    with transaction() as session:
        anchors.set_anchor(session, ROWS, middle, clock.now())
        for source in chain.SOURCES.values():
            session.execute(sa.delete(source.model).where(source.model.chain_seq <= middle))
    assert verified(outside).faults == []
    with transaction() as session:
        assert anchors.close_through(session, middle, clock.now()) > 0
    report = verified(outside)
    assert (report.faults, report.first, report.last) == ([], middle + 1, top)
    looked(world, 1)
    assert verified(outside).faults == [] and verified().last == top + 1
    change("DELETE FROM audit_entry WHERE seq = :seq", seq=middle + 1)
    assert "gap" in kinds(verified(outside))


def test_a_chain_closed_to_its_end_goes_on_from_there(here: Flask, world: World) -> None:
    looked(world, FIVE)
    top = verified().last
    with transaction() as session:
        anchors.close_through(session, top, clock.now())
    looked(world, 2)
    report = verified()
    assert (report.faults, report.first, report.last) == ([], top + 1, top + 2)


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
    answer = app.test_cli_runner().invoke(args=["verify-chain"])
    assert answer.exit_code == 0 and "1 outside anchors" in answer.output, answer.output


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
