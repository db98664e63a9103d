"""Review, correction, dispute: decisions never merge, edits do. On SQLite and on PostgreSQL."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from server.approvals.commands import lapse_overdue
from server.kernel import clock
from server.kernel.ids import new_id
from server.platform.db import transaction
from server.platform.workdays import add_working_days
from server.records.commands import archive_finished
from tests.sync.phone import Phone, hazard, visit
from tests.world import World


def reported(phone: Phone, world: World, **more: Any) -> str:
    told = hazard(world, **more)
    assert phone.do("hazards.report", told)["outcome"] == "applied"
    return str(told["id"])


def test_the_leader_approves_and_the_worker_sees_it(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    record = reported(worker, world)
    assert leader.do("approvals.approve", {"record_id": record}, base_version=1)["version"] == 2
    row = worker.pull()["record"][record]
    assert row["review"]["status"] == "approved"
    assert [s["step"] for s in row["history"]] == ["saved", "approved"]


def test_returned_corrected_and_approved(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    record = reported(worker, world)
    leader.do("approvals.return", {"record_id": record, "reason": "unclear", "words": "写清楼号"}, base_version=1)
    rows = worker.pull()
    assert rows["record"][record]["review"]["reason"] == "unclear"
    assert [m["kind"] for m in rows["message"].values()] == ["record_returned"]
    result = worker.do("records.correct", {"id": record, "changes": {"note": "3 号楼道"}}, base_version=2)
    assert (result["outcome"], result["version"]) == ("applied", 3)
    row = leader.pull()["record"][record]
    assert (row["review"]["status"], row["body"]["note"]) == ("waiting", "3 号楼道")
    leader.do("approvals.approve", {"record_id": record}, base_version=3)
    steps = [s["step"] for s in worker.pull()["record"][record]["history"]]
    assert steps == ["saved", "returned", "corrected", "approved"]


def test_a_decision_on_another_version_is_stale_and_the_second_is_already_decided(app: Flask, world: World) -> None:
    worker, leader, village = Phone(app, "worker"), Phone(app, "leader"), Phone(app, "village")
    record = reported(worker, world)
    worker.do("records.correct", {"id": record, "changes": {"note": "新"}}, base_version=1)
    stale = leader.do("approvals.approve", {"record_id": record}, base_version=1)
    assert (stale["outcome"], stale["problem"]["code"], stale["server"]["version"]) == ("conflict", "stale", 2)
    leader.do("approvals.approve", {"record_id": record}, base_version=2)
    second = village.do("approvals.return", {"record_id": record, "reason": "other"}, base_version=2)
    assert (second["outcome"], second["problem"]["code"]) == ("conflict", "already_decided")


def test_two_edits_merge_by_field_and_meet_in_words_when_they_touch_one(app: Flask, world: World) -> None:
    one, two = Phone(app, "worker"), Phone(app, "worker")
    record = reported(one, world)
    one.do("records.correct", {"id": record, "changes": {"note": "甲"}}, base_version=1)
    other_field = two.do("records.correct", {"id": record, "changes": {"severity": "major"}}, base_version=1)
    assert other_field["outcome"] == "applied"
    same_field = two.do("records.correct", {"id": record, "changes": {"note": "乙"}}, base_version=1)
    assert (same_field["outcome"], same_field["problem"]["code"]) == ("conflict", "changed_meanwhile")
    assert same_field["server"]["fields"] == ["note"] and same_field["server"]["body"]["note"] == "甲"
    row = one.pull()["record"][record]
    assert (row["body"]["note"], row["body"]["severity"]) == ("甲", "major")


def test_photos_merge_as_a_set(app: Flask, world: World) -> None:
    one, two = Phone(app, "worker"), Phone(app, "worker")
    a, b, c = ({"sha256": x * 64, "role": "scene"} for x in "abc")
    record = reported(one, world, photos=[a, b])
    one.do("records.correct", {"id": record, "changes": {"photos": [a]}}, base_version=1)
    two.do("records.correct", {"id": record, "changes": {"photos": [a, b, c]}}, base_version=1)
    photos = one.pull()["record"][record]["photos"]
    assert [p["sha256"] for p in photos] == ["a" * 64, "c" * 64]


def test_a_photo_that_a_correction_takes_out_is_no_longer_seen_through_the_record(app: Flask, world: World) -> None:
    import sqlalchemy as sa

    from server.photos.models import PhotoLink

    worker = Phone(app, "worker")
    record = reported(worker, world, photos=[{"sha256": x * 64, "role": "scene"} for x in "ab"])
    worker.do(
        "records.correct",
        {"id": record, "changes": {"photos": [{"sha256": "b" * 64, "role": "scene"}]}},
        base_version=1,
    )
    with app.app_context(), transaction() as session:
        assert list(session.scalars(sa.select(PhotoLink.sha256))) == ["b" * 64]


@pytest.mark.parametrize("who", ["worker2", "parttime", "adviser", "micro"])
def test_only_a_reviewer_decides(app: Flask, world: World, who: str) -> None:
    record = reported(Phone(app, "worker"), world)
    result = Phone(app, who).do("approvals.approve", {"record_id": record}, base_version=1)
    assert result["problem"]["code"] == ("not_found" if who == "micro" else "not_allowed")


@pytest.mark.parametrize("who", ["worker3", "leader2"])
def test_the_other_grid_finds_nothing(app: Flask, world: World, who: str) -> None:
    record = reported(Phone(app, "worker"), world)
    result = Phone(app, who).do("approvals.approve", {"record_id": record}, base_version=1)
    assert result["problem"]["code"] == "not_found"
    assert "record" not in Phone(app, who).pull()


def test_nobody_reviews_a_record_of_their_own(app: Flask, world: World) -> None:
    leader, village = Phone(app, "leader"), Phone(app, "village")
    record = reported(leader, world)
    own = leader.do("approvals.approve", {"record_id": record}, base_version=1)
    assert own["problem"]["code"] == "own_record"
    assert village.do("approvals.approve", {"record_id": record}, base_version=1)["outcome"] == "applied"


def test_a_disputed_return_is_decided_by_the_adviser_not_by_the_leader(app: Flask, world: World) -> None:
    worker, leader, adviser = Phone(app, "worker"), Phone(app, "leader"), Phone(app, "adviser")
    record = reported(worker, world)
    leader.do("approvals.return", {"record_id": record, "reason": "wrong_matter"}, base_version=1)
    worker.do("approvals.dispute", {"record_id": record, "words": "事项没错"}, base_version=2)
    by_leader = leader.do("approvals.rule", {"record_id": record, "upheld": False}, base_version=3)
    assert by_leader["problem"]["code"] == "not_allowed"
    assert adviser.pull()["record"][record]["review"]["status"] == "disputed"
    assert adviser.do("approvals.rule", {"record_id": record, "upheld": True}, base_version=3)["outcome"] == "applied"
    row = worker.pull()["record"][record]
    assert row["review"]["status"] == "approved"
    assert [s["step"] for s in row["history"]] == ["saved", "returned", "disputed", "dispute_upheld"]


def test_a_care_visit_stays_in_its_team(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    told = visit(world, matter_code="VIS-01", household_id=str(world.households[0]), plan_id=str(world.care_plan))
    assert worker.do("visits.report", told)["outcome"] == "applied"
    holders = {"worker", "leader"}
    for who in ("worker", "leader", "worker2", "parttime", "adviser", "village", "town", "county", "micro", "secadmin"):
        rows = Phone(app, who).pull()
        assert (told["id"] in rows.get("record", {})) == (who in holders), who
        assert (str(world.care_plan) in rows.get("visit_plan", {})) == (who in holders), who
    outside = Phone(app, "worker2").do("approvals.approve", {"record_id": told["id"]}, base_version=1)
    assert outside["problem"]["code"] == "not_found"
    assert (
        Phone(app, "leader").do("approvals.approve", {"record_id": told["id"]}, base_version=1)["outcome"] == "applied"
    )


def test_a_care_visit_by_somebody_without_a_team_is_refused_in_words(app: Flask, world: World) -> None:
    told = visit(world, matter_code="VIS-01", household_id=str(world.households[0]), plan_id=None)
    result = Phone(app, "worker2").do("visits.report", told)
    assert result["problem"]["code"] == "team_needed"


def test_a_look_at_a_sensitive_record_is_logged_offline_too(app: Flask, world: World) -> None:
    import sqlalchemy as sa

    from server.platform.looks import Look

    leader, outsider = Phone(app, "leader"), Phone(app, "worker2")
    at = clock.now() - 3_600_000
    look = {"kind": "visit_plan", "object_id": str(world.care_plan), "at": at}
    assert leader.do("looks.note", look, made_at=at)["outcome"] == "applied"
    assert outsider.do("looks.note", look)["problem"]["code"] == "not_found"
    with app.app_context(), transaction() as session:
        looks = list(session.scalars(sa.select(Look)))
    assert [(str(x.object_id), x.at, x.door) for x in looks] == [(str(world.care_plan), at, "phone")]


def test_no_clock_of_a_phone_hides_a_look_from_who_asks_by_days(app: Flask, world: World) -> None:
    import sqlalchemy as sa

    from server.platform.looks import Look

    leader, before = Phone(app, "leader"), clock.now()
    leader.push()  # the server has met this phone: what it does from now on was not done years ago
    look = {"kind": "visit_plan", "object_id": str(world.care_plan), "at": 1_000}
    assert leader.do("looks.note", look, made_at=1_000)["outcome"] == "applied"
    with app.app_context(), transaction() as session:
        noted = session.scalars(sa.select(Look.at)).all()
    assert [before - 600_000 < at <= clock.now() for at in noted] == [True]


def test_not_reviewed_in_time_counts_as_passed(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    record = reported(worker, world)
    row = worker.pull()["record"][record]
    assert row["review"]["due"] == add_working_days(clock.today(), 3).isoformat()
    for days, status in ((0, "waiting"), (1, "lapsed")):
        with app.app_context(), transaction() as session:
            lapse_overdue(session, add_working_days(clock.today(), 3 + days))
        assert worker.pull()["record"][record]["review"]["status"] == status


@pytest.mark.parametrize("change", ["correct", "relook"])
def test_a_record_changed_after_it_left_the_feed_is_back_and_leaves_again(
    app: Flask, world: World, change: str
) -> None:
    worker, leader, reader = Phone(app, "worker"), Phone(app, "leader"), Phone(app, "worker2")
    record = reported(worker, world, fixed_on_spot=True)
    leader.do("approvals.approve", {"record_id": record}, base_version=1)
    archived = lambda: [row["id"] for row in reader.client.get("/api/v1/archive").json["rows"]]  # noqa: E731

    def put_away(before: int) -> int:
        with app.app_context(), transaction() as session:
            return archive_finished(session, before)

    assert put_away(clock.now() + 1) == 1
    assert record not in reader.pull().get("record", {}) and archived() == [record]
    if change == "correct":
        worker.do("records.correct", {"id": record, "changes": {"note": "补充"}}, base_version=2)
        leader.do("approvals.approve", {"record_id": record}, base_version=3)
    else:
        relook = {"id": str(new_id()), "hazard_id": record, "outcome": "fixed", "note": "", "photos": []}
        assert worker.do("hazards.relook", relook)["outcome"] == "applied"
    assert record in reader.pull()["record"] and archived() == []
    assert put_away(clock.now() - 60_000) == 0, "it stays as long as any other"
    assert put_away(clock.now() + 1) == 1
    assert record not in reader.pull()["record"] and archived() == [record]


def test_a_relook_closes_the_hazard(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    record = reported(worker, world)
    leader.do("approvals.approve", {"record_id": record}, base_version=1)
    assert worker.pull()["record"][record]["state"] == "open"
    relook = {"id": str(new_id()), "hazard_id": record, "outcome": "fixed", "note": "已清理", "photos": []}
    assert worker.do("hazards.relook", relook)["outcome"] == "applied"
    row = leader.pull()["record"][record]
    assert row["state"] == "closed" and row["body"]["relooks"][0]["outcome"] == "fixed"


def test_the_archive_is_read_page_by_page_without_losing_a_row_of_the_same_instant(app: Flask, world: World) -> None:
    import sqlalchemy as sa

    from server.records.models import Record

    worker = Phone(app, "worker")
    told = {reported(worker, world) for _ in range(5)}
    later = reported(worker, world)
    at = clock.now() - 3_600_000
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Record).where(Record.id.in_(map(UUID, told))).values(acted_at=at))
        session.execute(sa.update(Record).values(archived_at=clock.now()))
    pages: list[list[str]] = []
    after: dict[str, Any] = {}
    while rows := worker.client.get("/api/v1/archive", query_string={"limit": 2, **after}).json["rows"]:
        pages.append([row["id"] for row in rows])
        after = {"before": rows[-1]["acted_at"], "before_id": rows[-1]["id"]}
    assert [len(page) for page in pages] == [2, 2, 2] and pages[0][0] == later
    assert {i for page in pages for i in page} == told | {later}
    old_phone = worker.client.get("/api/v1/archive", query_string={"before": at})
    assert old_phone.json["rows"] == [], "before alone: what was done earlier than that"
    assert worker.client.get("/api/v1/archive", query_string={"before": at, "before_id": "x"}).status_code == 400


def test_the_own_archive_holds_own_records_alone_and_looks_at_nobody_elses(app: Flask, world: World) -> None:
    import sqlalchemy as sa

    from server.platform.looks import Look
    from server.records.models import Record

    worker, leader, other = Phone(app, "worker"), Phone(app, "leader"), Phone(app, "worker2")
    mine, mine_too = reported(worker, world), reported(worker, world)
    theirs = visit(world, matter_code="VIS-01", household_id=str(world.households[0]), plan_id=str(world.care_plan))
    assert leader.do("visits.report", theirs)["outcome"] == "applied"
    reported(other, world)
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Record).values(archived_at=clock.now()))
    looks = sa.select(sa.func.count()).select_from(Look).where(Look.door == "archive")
    first = worker.client.get("/api/v1/archive", query_string={"mine": 1, "limit": 1}).json["rows"]
    after = {"before": first[-1]["acted_at"], "before_id": first[-1]["id"]}
    rest = worker.client.get("/api/v1/archive", query_string={"mine": 1, **after}).json["rows"]
    assert {row["id"] for row in first + rest} == {mine, mine_too}
    with app.app_context(), transaction() as session:
        assert session.scalar(looks) == 0
    assert len(worker.client.get("/api/v1/archive").json["rows"]) == 4
    with app.app_context(), transaction() as session:
        assert session.scalar(looks) == 1
    assert [r["id"] for r in leader.client.get("/api/v1/archive", query_string={"mine": 1}).json["rows"]] == [
        theirs["id"]
    ]
