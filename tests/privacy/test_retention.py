"""Retention: a dry run that says what a run does, figures with a document, and holds that keep what they name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from server.duties.mediations.models import Mediation
from server.duties.visits.models import Visit
from server.households.commands import delete_closed_households
from server.households.models import Household
from server.kernel import clock
from server.kernel.ids import new_id
from server.people.queries import holder_of
from server.photos.models import PhotoLink
from server.platform import anchors
from server.platform.audit import AuditEvent
from server.platform.chain import Report
from server.platform.db import reading, transaction
from server.platform.looks import Look, note_look
from server.privacy import figures, keeping, queries, retention
from server.privacy.rules import RETENTION, figure_fits
from server.records.models import Record, RecordPhoto, RecordStep
from server.sync.models import MutationLog
from tests.builders import DAY, at_desk
from tests.privacy.conftest import set_figure
from tests.sync.phone import Phone, hazard, mediation, visit
from tests.world import COUNTY, World

YEAR = 366 * DAY


@pytest.fixture
def held() -> Iterator[set[UUID]]:
    """Ids that a legal hold names, as the room of findings would say."""
    named: set[UUID] = set()

    def ids(_session: Any, asked: Any) -> set[UUID]:
        return named & set(asked)

    queries.plug_holds(ids)
    yield named
    queries._holds.remove(ids)


def told(app: Flask, world: World, username: str, name: str, payload: dict[str, Any]) -> UUID:
    assert Phone(app, username).do(name, payload)["outcome"] == "applied"
    with app.app_context(), transaction() as session:
        found = session.get_one(Record, UUID(str(payload["id"])))
        found.state, found.finished_at = "finished", clock.now()
        return found.id


def test_without_a_document_nothing_is_due_and_nothing_is_deleted(app: Flask, world: World) -> None:
    told(app, world, "worker", "visits.report", visit(world, note="独居，腿脚不便"))
    with app.app_context():
        with reading() as session:
            trials = retention.try_out(session, COUNTY, clock.now() + 99 * YEAR)
        assert not any(trial.is_set or trial.due for trial in trials.values())
        assert {*trials} == {*RETENTION}
        retention.run(clock.now() + 99 * YEAR)
        with reading() as session:
            assert session.scalars(sa.select(Visit.note)).one() == "独居，腿脚不便"


def test_words_go_and_that_there_was_a_visit_stays(app: Flask, world: World, held: set[UUID]) -> None:
    free = told(app, world, "worker", "visits.report", visit(world, note="独居，腿脚不便"))
    kept = told(app, world, "worker", "visits.report", visit(world, note="正在保全"))
    held.add(kept)
    set_figure(app, world, "visits", 400)
    said = app.test_cli_runner().invoke(args=["retention", "--dry-run"]).output
    assert f"{COUNTY} visits: 0 due, 0 held" in said and f"{COUNTY} photos: no figure is set" in said
    for days, due in ((399, 0), (401, 2)):
        with app.app_context(), reading() as session:
            trial = retention.try_out(session, COUNTY, clock.now() + days * DAY)["visits"]
            assert (trial.due, trial.held) == (due, min(due, 1))
    with app.app_context():
        assert retention.run(clock.now() + 401 * DAY) == 1
        with reading() as session:
            notes = dict(session.execute(sa.select(Visit.record_id, Visit.note)).all())
            assert notes == {free: "", kept: "正在保全"}
            assert session.get_one(Record, free).kind == "visit"
            sent = dict(session.execute(sa.select(MutationLog.object_id, MutationLog.payload)).all())
            assert sent[free] == "{}" and "正在保全" in sent[kept], "nor is there a copy of what the phone sent"
            noted = session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "retention.run")).one()
            assert noted.details == {"visits": 1}
        held.clear()
        held.add(world.households[1])
        assert retention.run(clock.now() + 401 * DAY) == 0, "now the household is held"
        held.clear()
        assert retention.run(clock.now() + 401 * DAY) == 1, "the hold has ended"
        assert retention.run(clock.now() + 401 * DAY) == 0, "and each is done once"


def test_parties_of_a_mediation_and_photos_of_a_record_go(app: Flask, world: World) -> None:
    record = told(app, world, "worker", "mediations.report", mediation(world))
    photo = told(app, world, "worker", "hazards.report", hazard(world))
    with app.app_context(), transaction() as session:
        sha = "ab" * 32
        session.add(RecordPhoto(record_id=photo, sha256=sha, role="before", position=0))
        author = world.people["worker"]
        session.add(
            PhotoLink(
                county_code=COUNTY, sha256=sha, kind="record", object_id=photo, role="before", author_id=author, linked_at=1
            )
        )  # fmt: skip
    set_figure(app, world, "mediations", 1825)
    set_figure(app, world, "hazard_photos", 730)
    with app.app_context():
        retention.run(clock.now() + 6 * YEAR)
        with reading() as session:
            found = session.get_one(Mediation, record)
            assert (found.parties, found.note) == ([], "")
            assert not session.scalars(sa.select(RecordStep.words).where(RecordStep.words.is_not(None))).all()
            assert not session.scalars(sa.select(PhotoLink)).all() and not session.scalars(sa.select(RecordPhoto)).all()


def test_the_audit_log_is_closed_and_the_rest_verifies(
    app: Flask, world: World, held: set[UUID], tmp_path: Path
) -> None:
    old = [new_id() for _ in range(5)]
    with app.app_context():
        with transaction() as session:
            for one in old:
                note_look(session, world.people["leader"], "record", one, "phone")
        with transaction() as session:
            while anchors.link_waiting(session, clock.now()):
                pass
        held.add(old[2])
    set_figure(app, world, "audit_rows", 1095)
    set_figure(app, world, "audit_chain", 1825)
    elsewhere = tmp_path / "anchors.jsonl"
    object.__setattr__(app.extensions["settings"], "audit_anchor_file", str(elsewhere))

    def verified(now: int) -> Report:
        with reading() as session:
            return anchors.verify(session, [json.loads(line) for line in elsewhere.read_text().splitlines()], now)

    with app.app_context():
        anchors.round_(clock.now())
        first = clock.now() + 1100 * DAY
        retention.run(first)
        with reading() as session:
            assert session.scalars(sa.select(Look.object_id).where(Look.object_id.in_(old))).all() == [old[2]]
        report = verified(first)
        assert report.faults == [] and report.first == 1
        second = clock.now() + 1900 * DAY
        retention.run(second)
        with transaction() as session:
            anchors.link_waiting(session, clock.now())
        report = verified(second)
        assert report.faults == [] and report.first > 5
        assert {"daily", "rows", "closed"} == {json.loads(line)["kind"] for line in elsewhere.read_text().splitlines()}


def test_a_closed_household_under_a_hold_stays(app: Flask, world: World, held: set[UUID]) -> None:
    free, kept = world.households[2:4]
    held.add(kept)
    with app.app_context(), transaction() as session:
        for one in (free, kept):
            found = session.get_one(Household, one)
            found.closed_on, found.close_reason = clock.today(), "moved_out"
        session.flush()
        assert delete_closed_households(session, clock.day_of(clock.now() + YEAR)) == 1
        assert session.get(Household, free) is None and session.get(Household, kept) is not None


def test_a_figure_has_bounds_a_document_and_a_day(app: Flask, world: World) -> None:
    today = clock.today()
    assert not figure_fits("audit_rows", 182, today, today), "logs are kept for six months by law"
    assert not figure_fits("nothing", 1, today, today)
    county = at_desk(app, "county")
    form = {"name": "photos", "value": "365", "document_no": "示〔2026〕40号", "from_day": today.isoformat()}
    assert county.form("/office/retention", **form).status_code == 303
    for wrong in ({"value": "12"}, {"value": "9x"}, {"document_no": ""}, {"from_day": "2020-01-01"}):
        assert county.form("/office/retention", **{**form, **wrong}).status_code == 422, wrong
    page = county.get("/office/retention").text
    assert "示〔2026〕40号" in page and "365 天" in page
    assert "—" in county.form("/office/retention/dry-run").text
    with app.app_context(), reading() as session:
        assert figures.in_force(session, COUNTY, today)["photos"].value == 365
        assert holder_of(session, world.people["county"], today).county_code == COUNTY


def test_every_class_of_the_rules_has_its_way_to_forget() -> None:
    assert {one.name for one in keeping.keepings()} | set(retention.AUDIT) == set(RETENTION)
