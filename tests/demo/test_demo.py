"""What the demo holds: the accounts, real rows behind every feed entry, work waiting for each role, nothing for strangers."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from server.areas import borders
from server.areas import queries as areas
from server.areas.models import Border, Grid, MicroGrid, OrgUnit
from server.badges import queries as badges
from server.badges.models import Badge
from server.boards import queries as boards
from server.demo import commands
from server.demo.accounts import ACCOUNTS, PASSWORD
from server.demo.evaluation import last_month
from server.demo.sizes import SIZES
from server.evaluation import sheets
from server.evaluation.models import EvaluationRun
from server.households import queries as households
from server.households.models import Household, Place, VisitPlan
from server.kernel import clock, stream_keys
from server.kernel.geo import Position, contains, to_degrees
from server.matters import drafting, versions
from server.matters import queries as matters
from server.messages import queries as messages
from server.people import queries as people
from server.people.models import Appointment, Person, Team
from server.platform.config import Settings
from server.platform.db import Base, db, transaction
from server.platform.streams import StreamEntry
from server.records import queries as records
from server.records.models import Record
from server.workforce import covers
from tests import world as worlds
from tests.builders import Browser

HANDLES = {
    "worker", "worker2", "parttime", "worker3", "leader", "leader2", "adviser", "micro", "village", "town", "dept", "county",
    "city", "zone", "sysadmin", "secadmin", "auditor",
}  # fmt: skip
FEEDS = {
    "grid": areas, "micro_grid": areas, "org_unit": areas, "household": households, "place": households,
    "visit_plan": households, "matter": matters, "review_policy": matters, "policy": matters, "staff": people, "team": people,
    "badge": badges,
    "score_sheet": sheets, "rule_set": sheets,
}  # fmt: skip


def holder(session, username: str):
    found = people.person_named(session, username)
    return people.holder_of_person(session, found, clock.today())


def test_every_account_signs_in_and_has_a_post(demo_app) -> None:
    assert {a.username for a in ACCOUNTS} == HANDLES
    for username in sorted(HANDLES):
        answer = Browser(demo_app).sign_in(username, PASSWORD)
        assert answer.status_code == 200, username
        assert answer.json["roles"], username


def test_nobody_else_can_sign_in(session) -> None:
    with_password = session.scalars(sa.select(Person.username).where(Person.password_hash.is_not(None)))
    assert set(with_password) == HANDLES


def test_two_grids_of_one_village_are_home(session) -> None:
    worker, worker3 = holder(session, "worker"), holder(session, "worker3")
    assert {holder(session, name).grids for name in ("worker2", "parttime", "leader")} == {worker.grids}
    assert worker3.grids == holder(session, "leader2").grids != worker.grids
    assert holder(session, "adviser").grids == worker.grids | worker3.grids
    villages = {areas.grid(session, g).village_id for g in worker.grids | worker3.grids}
    assert len(villages) == 1


def rows_of(session, kind: str, ids: list) -> dict:
    if kind == "record":
        return records.feed_rows(session, ids)
    if kind == "message":
        return messages.feed_rows(session, ids)
    if kind == covers.KIND:
        return covers.feed_rows(session, ids)
    return FEEDS[kind].feed_rows(session, kind, ids)


def test_every_feed_entry_has_a_row_and_every_row_an_entry(session) -> None:
    entries = session.execute(sa.select(StreamEntry.kind, StreamEntry.object_id, StreamEntry.op)).all()
    told: dict[str, list] = {}
    for kind, object_id, op in entries:
        assert op == "put"
        told.setdefault(kind, []).append(object_id)
    for kind, ids in told.items():
        assert set(rows_of(session, kind, ids)) == set(ids), kind
        assert len(ids) == len(set(ids)), kind
    counts = {kind: len(ids) for kind, ids in told.items()}
    for kind, table in {
        "grid": Grid, "micro_grid": MicroGrid, "household": Household, "place": Place, "visit_plan": VisitPlan, "record": Record,
    }.items():  # fmt: skip
        assert counts[kind] == session.scalar(sa.select(sa.func.count()).select_from(table)), kind
    pairs = sa.select(Appointment.grid_id, Appointment.person_id).where(Appointment.grid_id.is_not(None)).distinct()
    assert counts["staff"] == len(session.execute(pairs).all())


def test_the_accounts_have_badges_and_one_home_board_has_changed_since_its_posters(session) -> None:
    named = set(session.scalars(sa.select(Person.username).join(Badge, Badge.person_id == Person.id)))
    assert named == {a.username for a in ACCOUNTS if any(p.grid is not None for p in a.posts)}
    home = sorted(holder(session, "worker").grids | holder(session, "worker3").grids)
    found = boards.boards_of(session, [session.get_one(Grid, grid) for grid in home], clock.today())
    places = boards.places_of(session, found)
    assert sorted(sum(posted.is_old for posted in places[one.grid.id]) for one in found) == [0, 2]
    assert all(one.words_zh and one.supervision and any(m.phone for m in one.members) for one in found)


def test_the_staff_row_is_the_one_that_later_changes_will_touch(session) -> None:
    for grid_id in holder(session, "adviser").grids:
        for person in people.in_post(session, grid_id, clock.today()):
            row = people.staff_row_of(session, grid_id, person.id)
            assert session.get(StreamEntry, (stream_keys.grid(grid_id), "staff", row)) is not None


def test_every_area_has_a_border_and_places_lie_inside_their_grid(session) -> None:
    outlines = {b.area_id: areas.outline_in_degrees(b.rings)[0] for b in session.scalars(sa.select(Border))}
    assert set(outlines) == set(session.scalars(sa.select(Grid.id))) | set(session.scalars(sa.select(MicroGrid.id)))
    for place in session.scalars(sa.select(Place)):
        assert contains(outlines[place.grid_id], Position(to_degrees(place.lng), to_degrees(place.lat))), place.name
        assert contains(outlines[place.micro_grid_id], Position(to_degrees(place.lng), to_degrees(place.lat)))


def test_the_worker_has_a_patrol_and_visits_due_today(session) -> None:
    [grid_id] = holder(session, "worker").grids
    assert len(households.planned_places(session, grid_id)) == 3
    kinds = Counter(session.scalars(sa.select(Place.kind).where(Place.grid_id == grid_id)))
    assert kinds["check_point"] >= 6 and set(kinds) == {"check_point", "shop", "site", "facility"}
    due = sa.select(VisitPlan).where(VisitPlan.grid_id == grid_id, VisitPlan.due == clock.today())
    codes = Counter((p.matter_code, p.for_role) for p in session.scalars(due))
    assert codes["VIS-08", "full_time_worker"] == 3
    assert codes["VIS-08", "micro_grid_leader"] == 1
    assert codes["VIS-01", "full_time_worker"] == 1


def test_worker_and_leader_care_for_two_households_and_worker2_does_not(session) -> None:
    care = {t.id for t in session.scalars(sa.select(Team).where(Team.purpose == "care"))}
    [team] = holder(session, "worker").teams & care
    assert holder(session, "leader").teams & care == {team}
    assert holder(session, "worker").teams == holder(session, "leader").teams, "they share the mediations too"
    assert holder(session, "worker2").teams == frozenset()
    plans = list(session.scalars(sa.select(VisitPlan).where(VisitPlan.data_class == "S")))
    assert len({p.household_id for p in plans}) == 2
    assert {p.team_id for p in plans} == {team}
    entries = sa.select(StreamEntry.stream).where(StreamEntry.object_id.in_([p.id for p in plans]))
    assert set(session.scalars(entries)) == {stream_keys.team(team)}


def test_the_history_is_real_work_and_the_leader_has_some_left(session) -> None:
    found = list(session.scalars(sa.select(Record)))
    assert {r.kind for r in found} == {
        "patrol",
        "hazard",
        "visit",
        "emergency",
        "publicity",
        "information",
        "mediation",
    }
    month, told = last_month(), SIZES["small"].history_days
    assert all(
        clock.today() - timedelta(days=told) <= r.day < clock.today() or month.from_day <= r.day < month.to_day
        for r in found
    )
    assert all(r.acted_at < r.received_at < clock.now() for r in found)
    assert Counter(r.review_status for r in found)["waiting"] >= 2
    assert {r.author_id for r in found} <= set(session.scalars(sa.select(Person.id)))
    [micro] = [p.micro_grid_id for p in holder(session, "micro").posts]
    assert stream_keys.micro(micro) in {r.stream for r in found}
    assert not any(r.stream.startswith("team:") for r in found if r.matter_code != "VIS-01" and r.kind != "mediation")


def test_the_list_is_marked_as_an_example_and_everything_is_reviewed(session) -> None:
    found = matters.matters_in_force(session, "330424", clock.today())
    assert {m.review.mode for m in found if m.duty != "emergencies"} == {"all"}
    assert {m.review.mode for m in found if m.duty == "emergencies"} == {"none"}  # the leader is told, nobody waits
    assert all(row["demo"] for row in matters.feed_rows(session, "matter", [m.id for m in found]).values())
    assert matters.patrol_review_policy(session, "330424", clock.today()).mode == "all"


def test_it_is_refused_outside_the_demo_and_in_a_database_that_is_not_empty(session, demo_app) -> None:
    settings: Settings = demo_app.extensions["settings"]
    with pytest.raises(commands.DemoRefused):
        commands.fill(session, settings, "small")
    session.execute(sa.update(Person).values(left_on=None))
    session.rollback()
    with pytest.raises(commands.DemoRefused):
        commands.fill(session, Settings(demo=False), "small")


def test_the_command_leaves_a_filled_database_alone(demo_app) -> None:
    runner = demo_app.test_cli_runner()
    assert runner.invoke(args=["demo", "--if-empty"]).exit_code == 0
    refused = runner.invoke(args=["demo"])
    assert refused.exit_code == 1
    listed = runner.invoke(args=["demo-accounts"]).output
    assert all(name in listed for name in HANDLES)


def test_a_second_county_has_people_and_homes_but_no_accounts(databases, tmp_path, monkeypatch) -> None:
    two = replace(
        SIZES["small"], counties=("330481", "330424"), villages=(("330424102", 2), ("330481101", 1)), history_days=1
    )
    monkeypatch.setitem(SIZES, "small", two)
    app = worlds.app_on(databases.empty(), tmp_path, demo=True)
    with app.app_context():
        Base.metadata.create_all(db.engines[None])
        with transaction() as session:
            commands.fill(session, app.extensions["settings"], "small")
        with transaction() as session:
            other = list(session.scalars(sa.select(Person).where(Person.county_code == "330481")))
            assert len(other) > 10
            assert not any(p.password_hash for p in other)
            assert len(matters.matters_in_force(session, "330481", clock.today())) == 45
            assert session.scalar(sa.select(sa.func.count()).where(Household.county_code == "330481")) == 12
    worlds.close(app)


def content(databases, folder) -> list:
    """Names, codes and borders of a small demo, without ids."""
    app = worlds.app_on(databases.empty(), folder, demo=True)
    with app.app_context():
        Base.metadata.create_all(db.engines[None])
        with transaction() as session:
            commands.fill(session, app.extensions["settings"], "small")
        with transaction() as session:
            units = session.execute(sa.select(OrgUnit.name_zh, OrgUnit.phone).order_by(OrgUnit.name_zh)).all()
            people_ = sorted((p.username, p.name, p.phone) for p in session.scalars(sa.select(Person)))
            doors = sorted((h.door, h.contact_name) for h in session.scalars(sa.select(Household)))
            rings = sorted(str(b.rings) for b in session.scalars(sa.select(Border)))
    worlds.close(app)
    return [units, people_, doors, rings]


def test_the_same_seed_gives_the_same_county(databases, tmp_path) -> None:
    first, second = (content(databases, tmp_path / name) for name in ("a", "b"))
    assert first == second


@pytest.mark.prove
def test_the_default_demo_takes_a_minute_and_a_hundred_megabytes_at_most(tmp_path) -> None:
    app = worlds.app_on("", tmp_path, demo=True, argon2_memory_kib=65_536, argon2_rounds=3)
    began = time.monotonic()
    with app.app_context():
        Base.metadata.create_all(db.engines[None])
        with transaction() as session:
            commands.fill(session, app.extensions["settings"])
        took = time.monotonic() - began
        with transaction() as session:
            count = lambda table: session.scalar(sa.select(sa.func.count()).select_from(table))  # noqa: E731
            home = OrgUnit.county_code == "330424"
            assert 520 <= count(Grid) <= 560
            assert 2_700 <= count(MicroGrid) <= 3_000
            assert (
                session.scalar(sa.select(sa.func.count()).where(OrgUnit.kind.in_(["village", "community"]), home))
                == 105
            )
            assert (
                session.scalar(sa.select(sa.func.count()).where(OrgUnit.kind.in_(["town", "subdistrict"]), home)) == 9
            )
            per_village = sa.select(Grid.village_id, sa.func.count()).join(Record, Record.grid_id == Grid.id)
            figures = [n for _, n in session.execute(per_village.group_by(Grid.village_id))]
            assert len(figures) == 2 and min(figures) >= 300
    worlds.close(app)
    assert took <= 60
    assert (tmp_path / "gridwalk.sqlite3").stat().st_size <= 100 * 2**20


def test_last_month_is_scored_and_worker_may_still_object(session) -> None:
    [run] = session.scalars(sa.select(EvaluationRun))
    assert (run.period, run.state) == (last_month().label, "open")
    assert run.object_until >= clock.today()
    rows = sheets.feed_rows(session, "score_sheet", [e.object_id for e in _sheets_of(session, "worker")])
    [row] = rows.values()
    scored = {line["indicator"] for line in row["sheet"]["lines"] if line["state"] == "scored"}
    assert {"VISITS_DUE", "TRAINING", "SATISFACTION"} <= scored
    assert row["sheet"]["status"] == "graded"


def _sheets_of(session, username: str) -> list:
    stream = stream_keys.person(holder(session, username).person_id)
    return list(
        session.scalars(sa.select(StreamEntry).where(StreamEntry.stream == stream, StreamEntry.kind == "score_sheet"))
    )


def test_a_zone_stands_over_an_area_whose_codes_lie_under_a_district(session) -> None:
    [post] = holder(session, "zone").posts
    zone = session.get_one(OrgUnit, post.org_unit_id)
    grids = areas.grids_under(session, [zone.id])
    assert (zone.kind, zone.county_code, len(grids)) == ("zone", "330411", 2)
    assert {grid.code[:9] for grid in grids} == {"330411004"}
    assert not {
        unit.id for grid in grids for unit in areas.ancestors(session, grid.village_id) if unit.kind == "county"
    }
    assert all(people.in_post(session, grid.id, clock.today()) for grid in grids)


def test_the_citys_measures_warn_of_the_home_grids_alone(session) -> None:
    measure = borders.measure_on(session, clock.today())
    assert measure is not None and measure.document_no == "示例"
    by_grid = sa.select(Household.grid_id, sa.func.count()).group_by(Household.grid_id)
    counts = {row.grid_id: row[1] for row in session.execute(by_grid)}
    home = holder(session, "adviser").grids
    assert {grid for grid, count in counts.items() if count > measure.grid_most} == home


def test_a_list_is_public_before_it_is_in_force_and_another_is_in_the_making(session) -> None:
    first, second = versions.versions_of(session, "330424")[::-1]
    assert first.from_day <= clock.today() < second.from_day
    assert "HAZ-21" in {entry["code"] for entry in second.entries} - {entry["code"] for entry in first.entries}
    draft = drafting.open_draft(session, "330424")
    assert {row.matter_code for row in drafting.adjustments_of(session, draft.id)} == {"HAZ-09", "HAZ-22"}
    assert all(one.answer is None for one, _department in drafting.opinions_of(session, draft.id))
