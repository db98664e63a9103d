"""Nobody holds a row, mark or photo outside their scope: every role against every kind of object. On both databases."""

from __future__ import annotations

import base64
import hashlib
import io
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from PIL import Image

from server.cases.commands import open_case
from server.kernel import clock
from server.kernel.ids import new_id
from server.people.commands import revoke_device
from server.people.queries import holder_of
from server.platform.db import transaction
from server.sync.epochs import begin
from server.sync.feeds import FEEDS
from server.sync.mutations import MUTATIONS
from tests.sync.phone import (
    Phone,
    absence,
    assigned,
    correction,
    emergency,
    hazard,
    information,
    mediation,
    patrol,
    publicity,
    visit,
)
from tests.world import POSTS, World

GRID = {"grid"}
IN_GRID = {"worker", "worker2", "parttime", "leader", "adviser"}
TEAM = {"worker", "leader"}
OF_MICRO = (
    "households.save", "households.close", "visits.report", "hazards.report", "emergencies.report",
    "information.report", "publicity.report", "mediations.report",
)  # fmt: skip
EVERYBODY = [name for name, _, _ in POSTS]


def allowed(world: World, who: str) -> set[str]:
    """The streams of docs/wire.md §2, written down by hand."""
    a = world.areas
    streams = {f"person:{world.people[who]}", "county:330424", "city", f"area:{a['county']}"}
    if who in IN_GRID:
        streams |= {f"grid:{a['grid']}", f"micro:{a['micro1']}", f"micro:{a['micro2']}"}
    if who in ("worker3", "leader2"):
        streams |= {f"grid:{a['other_grid']}", f"micro:{a['other_micro1']}", f"micro:{a['other_micro2']}"}
    if who == "micro":
        streams |= {f"micro:{a['micro1']}"}
    if who in IN_GRID | {"worker3", "leader2", "micro", "village"}:
        streams |= {f"area:{a['village']}", f"area:{a['town']}"}
    if who == "town":
        streams |= {f"area:{a['town']}"}
    if who in TEAM:
        streams |= {f"team:{world.team}"}
    return streams


@pytest.fixture
def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "navy").save(out, "JPEG")
    return out.getvalue()


def upload(phone: Phone, content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    meta = f"sha256 {base64.b64encode(sha256.encode()).decode()},filetype {base64.b64encode(b'image/jpeg').decode()}"
    headers = {
        **phone.headers,
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(len(content)),
        "Upload-Metadata": meta,
        "Content-Type": "application/offset+octet-stream",
    }
    assert phone.client.post("/api/v1/uploads", data=content, headers=headers).status_code == 201
    return sha256


def test_a_pull_as_every_role_holds_only_its_own_streams(app: Flask, world: World, picture: bytes) -> None:
    worker = Phone(app, "worker")
    care = visit(world, matter_code="VIS-01", household_id=str(world.households[0]), plan_id=str(world.care_plan))
    for name, told in (("hazards.report", hazard(world)), ("patrols.report", patrol(world)), ("visits.report", care)):
        assert worker.do(name, told)["outcome"] == "applied"
    Phone(app, "worker3").do("hazards.report", hazard(world, grid_id=str(world.areas["other_grid"])))
    for who in EVERYBODY:
        phone = Phone(app, who)
        rows = phone.pull()
        held = {row["_stream"] for kind in rows.values() for row in kind.values()}
        assert held <= allowed(world, who), (who, held - allowed(world, who))
        assert phone.streams <= allowed(world, who) | {f"area:{world.areas['city']}", f"area:{world.areas['dept']}"}, (
            who
        )
        assert (care["id"] in rows.get("record", {})) == (who in TEAM), who
        if who == "micro":
            assert {h["micro_grid_id"] for h in rows["household"].values()} == {str(world.areas["micro1"])}
            assert "staff" not in rows and "record" not in rows


def test_a_photo_of_a_care_visit_opens_for_its_team_alone_and_the_look_is_logged(
    app: Flask, world: World, picture: bytes
) -> None:
    worker = Phone(app, "worker")
    sha256 = upload(worker, picture)
    # care visits take no photo by policy; a hazard's photo is the grid's
    told = hazard(world, photos=[{"sha256": sha256, "role": "scene"}])
    assert worker.do("hazards.report", told)["outcome"] == "applied"
    for who in EVERYBODY:
        got = Phone(app, who).client.get(f"/api/v1/photos/{sha256}?size=thumb")
        sees = who in IN_GRID | {"village", "town", "county"}
        assert got.status_code == (200 if sees else 404), (who, got.status_code)


def outside(
    world: World, record: str, task: str, refusal: str, case: str
) -> list[tuple[str, dict[str, Any], int | None]]:
    """One act of each kind on an object of the first grid."""
    household, place = str(world.households[0]), str(world.places[0])
    return [
        ("hazards.report", hazard(world), None),
        ("patrols.report", patrol(world), None),
        ("visits.report", visit(world), None),
        ("emergencies.report", emergency(world), None),
        ("information.report", information(world), None),
        ("publicity.report", publicity(world), None),
        ("mediations.report", mediation(world), None),
        ("mediations.step", {"id": str(new_id()), "mediation_id": record, "words": "x"}, None),
        ("hazards.relook", {"id": str(new_id()), "hazard_id": record, "outcome": "fixed"}, None),
        ("records.confirm", {"record_id": record, "mine": True}, None),
        ("absences.save", absence(world, "worker"), None),
        ("absences.end", {"id": str(new_id()), "to_day": clock.today().isoformat()}, None),
        ("records.comment", {"record_id": record, "words": "x"}, None),
        ("corrections.ask", correction("record", record_id=record), None),
        ("records.correct", {"id": record, "changes": {"note": "x"}}, 1),
        ("approvals.approve", {"record_id": record}, 1),
        ("approvals.return", {"record_id": record, "reason": "other"}, 1),
        ("approvals.dispute", {"record_id": record}, 1),
        ("approvals.rule", {"record_id": record, "upheld": True}, 1),
        ("households.save", {"id": household, "changes": {"contact_name": "x"}}, 1),
        ("households.close", {"id": household, "reason": "moved_out"}, 1),
        ("places.save", {"id": place, "changes": {"name": "x"}}, 1),
        ("looks.note", {"kind": "visit_plan", "object_id": str(world.care_plan), "at": 1_700_000_000_000}, None),
        ("tasks.assign", assigned(world), None),
        ("tasks.accept", {"task_id": task}, None),
        ("tasks.finish", {"task_id": task, "record_id": record}, None),
        ("tasks.hand_back", {"task_id": task, "reason": "leave"}, None),
        ("tasks.ask_time", {"task_id": task, "due_day": clock.today().isoformat()}, None),
        ("tasks.refuse", {"id": str(new_id()), "task_id": task, "ground": 1}, None),
        ("tasks.withdraw", {"task_id": task}, 1),
        ("tasks.set_due", {"task_id": task, "due_day": clock.today().isoformat()}, 1),
        ("cases.verify", {"case_id": case, "settled": True}, 1),
        ("refusals.say", {"id": refusal, "words": "x"}, None),
        ("refusals.take_back", {"id": refusal}, None),
        ("objections.make", objection(), None),
        ("objections.say", {"id": str(new_id()), "words": "x"}, None),
        ("messages.read", {"id": str(new_id())}, None),
    ]


def objection() -> dict[str, Any]:
    """To a sheet of nobody here: a person's own are asked in tests/evaluation/test_runs.py."""
    return {"id": str(new_id()), "sheet_id": str(new_id()), "indicator": "X", "reason": "other"}


def refused_task(app: Flask, world: World, worker: Phone) -> tuple[str, str]:
    """A task of the worker and its refusal."""
    asked, refusal = assigned(world), str(new_id())
    assert Phone(app, "leader").do("tasks.assign", asked)["outcome"] == "applied"
    assert worker.do("tasks.refuse", {"id": refusal, "task_id": asked["id"], "ground": 1})["outcome"] == "applied"
    return asked["id"], refusal


def case_of(app: Flask, world: World, record: str, lead: str | None = None) -> str:
    """A case that the town makes of a hazard."""
    with app.app_context(), transaction() as session:
        town = holder_of(session, world.people["town"], clock.today())
        unit = world.areas[lead] if lead else None
        return str(open_case(session, town, UUID(record), level="L3", lead_unit=unit).id)


def test_the_matrix_below_knows_every_mutation(app: Flask, world: World) -> None:
    """An order outside the list names nothing of anybody else's: who hears of it is asked in test_outside_orders.py. A call-out
    calls whole areas: who is not called is asked in tests/callouts/test_on_the_wire.py."""
    known = {name for name, _, _ in outside(world, *(str(new_id()) for _ in range(4)))}
    assert known | {"void", "orders.report", "callouts.answer"} == set(MUTATIONS)
    assert set(FEEDS) >= {"record", "household", "place", "visit_plan", "message", "team", "staff"}


@pytest.mark.parametrize("who", ["worker3", "leader2", "dept", "city", "sysadmin", "secadmin", "auditor", "micro"])
def test_every_act_on_a_foreign_object_is_not_found_and_changes_nothing(app: Flask, world: World, who: str) -> None:
    worker = Phone(app, "worker")
    told = hazard(world)
    worker.do("hazards.report", told)
    task, refusal = refused_task(app, world, worker)
    case = case_of(app, world, told["id"])
    before = worker.pull()
    stranger = Phone(app, who)
    for name, payload, version in outside(world, told["id"], task, refusal, case):
        if who == "micro" and name in OF_MICRO:
            continue  # the first micro-grid is this leader's own
        result = stranger.do(name, payload, base_version=version)
        assert (result["outcome"], result["problem"]["code"]) == ("refused", "not_found"), (who, name, result)
        absent = stranger.do(name, {**payload, **_nowhere(payload)}, base_version=version)
        assert absent["problem"]["code"] == "not_found", (name, absent)
    after = worker.pull()
    assert [after[kind] for kind in ("record", "task", "case")] == [before[kind] for kind in ("record", "task", "case")]


def _nowhere(payload: dict[str, Any]) -> dict[str, Any]:
    """The same act on an object that is nowhere: the answer must not tell the two apart."""
    fields = [
        f
        for f in ("grid_id", "hazard_id", "mediation_id", "task_id", "case_id", "record_id", "object_id")
        if f in payload
    ] or ["id"]
    return {fields[0]: str(new_id())}


def test_a_no_change_pull_is_small_and_one_changed_row_too(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    leader.pull()
    got = leader.client.get("/api/v1/sync/pull", query_string={"cursor": leader.cursor})
    assert got.status_code == 204 and got.data == b""
    assert "Set-Cookie" not in got.headers and "Content-Security-Policy" not in got.headers
    worker.do("hazards.report", hazard(world))
    got = leader.client.get("/api/v1/sync/pull", query_string={"cursor": leader.cursor})
    changed = [s for s in got.json["streams"] if s["stream"].startswith("grid:")]
    assert [list(s["put"]) for s in changed] == [["record"]]
    assert len(got.data) <= 2_500  # the record and the leader's message


def test_paging_by_bytes_gives_the_same_mirror_as_one_answer(app: Flask, world: World) -> None:
    small, large = Phone(app, "worker"), Phone(app, "worker")
    assert small.pull(max_bytes=1) == large.pull(max_bytes=1 << 20)


def test_a_foreign_or_nonsense_cursor_asks_to_read_anew(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    for cursor in ("nonsense", "AQRhYmNkAA", "////"):
        got = worker.client.get("/api/v1/sync/pull", query_string={"cursor": cursor})
        assert (got.status_code, got.json["code"]) == (410, "cursor_expired")


def test_whoever_may_see_nothing_still_hears_of_a_restore(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    worker.pull()
    pull = lambda cursor: worker.client.get("/api/v1/sync/pull", query_string={"cursor": cursor})  # noqa: E731
    with app.app_context(), transaction() as session:
        revoke_device(session, holder_of(session, world.people["worker"], clock.today()), worker.device_id)
    assert pull(worker.cursor).status_code == 204
    with app.app_context(), transaction() as session:
        epoch = begin(session, "restore")
    told = pull(worker.cursor).json
    assert (told["epoch"], told["streams"], told["grant"], told["more"]) == (epoch, [], [], False)
    assert pull(told["cursor"]).status_code == 204
