"""What the office puts into its grids: check points of the patrols, places, plans of visits; and who may not."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from server.areas.models import Grid
from server.areas.queries import unit
from server.households import planning, queries
from server.households.models import Household, Place, VisitPlan
from server.kernel import clock, stream_keys
from server.kernel.problems import Conflict, Problem
from server.people.models import TeamMember
from server.platform.looks import Look
from tests.builders import at_desk, writing
from tests.county import entries
from tests.strangers import add_strangers

TODAY = clock.today()
LATER = TODAY + timedelta(days=9)


def told(world, **more) -> dict:
    return {
        "id": uuid4(), "grid_id": world.areas["grid"], "version": None, "kind": "check_point", "name": "东门仓库",
        "address": "横港路9号", "lng": 120.915, "lat": 30.505, "radius_m": 40, "matters": ["HAZ-01"], "in_plan": "yes",
        **more,
    }  # fmt: skip


def visits(**more) -> dict:
    return {
        "matter_code": "VIS-08",
        "due": LATER,
        "every_days": 30,
        "for_role": "full_time_worker",
        "team_id": None,
        **more,
    }


def as_form(values: dict) -> dict:
    return {name: str(value) for name, value in values.items() if value is not None and name != "matters"}


def refused(code: str):
    return pytest.raises(Problem, match=f"^{code}$")


@pytest.mark.parametrize("username", ["village", "town"])
def test_a_check_point_of_the_office_reaches_the_next_patrol(session, acts, world, username) -> None:
    found = planning.keep_place(session, acts.holder(username), told(world))
    session.flush()
    assert found.id in {one.id for one in queries.planned_places(session, world.areas["grid"])}
    assert entries(session, stream_keys.grid(world.areas["grid"]), "place")[found.id] == "put"
    row = queries.feed_rows(session, "place", [found.id])[found.id]
    assert (row["in_plan"], row["matters"], row["radius_m"]) == (True, ["HAZ-01"], 40)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"kind": "shop"}, "check_point_unfit"),
        ({"matters": []}, "check_point_unfit"),
        ({"matters": ["VIS-08"]}, "matter_not_in_force"),
        ({"matters": ["HAZ-99"]}, "matter_not_in_force"),
        ({"lng": 121.9}, "place_elsewhere"),
    ],
)
def test_what_no_patrol_could_look_at_is_refused(session, acts, world, more, code) -> None:
    with refused(code):
        planning.keep_place(session, acts.holder("town"), told(world, **more))


def test_a_plan_holds_no_more_than_a_patrol_may_tell(session, acts, world, monkeypatch) -> None:
    monkeypatch.setattr("server.households.rules.MOST_PLANNED", 4)
    planning.keep_place(session, acts.holder("town"), told(world))
    with refused("patrol_plan_full"):
        planning.keep_place(session, acts.holder("town"), told(world))
    planning.keep_place(session, acts.holder("town"), told(world, in_plan=None))


def test_a_place_is_changed_and_taken_out_of_the_plan(session, acts, world) -> None:
    place = session.get_one(Place, world.places[0])
    change = told(world, version=place.version, name="新名", in_plan=None, matters=["HAZ-01", "HAZ-03"])
    planning.keep_place(session, acts.holder("village"), change, place.id)
    session.flush()
    row = queries.feed_rows(session, "place", [place.id])[place.id]
    assert (row["name"], row["in_plan"], sorted(row["matters"])) == ("新名", False, ["HAZ-01", "HAZ-03"])
    planning.keep_place(
        session, acts.holder("village"), {**change, "version": place.version, "in_plan": "yes"}, place.id
    )
    assert place.in_plan
    shop = {**change, "version": place.version, "kind": "shop"}
    planning.keep_place(session, acts.holder("village"), shop, place.id)
    assert not place.in_plan


def test_a_closed_place_leaves_the_phones_with_its_visits(session, acts, world) -> None:
    place, by = world.places[0], acts.holder("town")
    plan = planning.plan_visits_to_place(session, by, place, visits())
    assert planning.plans_of_places(session, world.areas["grid"], by) == {place: [plan]}
    with pytest.raises(Conflict, match=r"^stale$"):
        planning.close_place(session, by, place, 1)
    planning.close_place(session, by, place, session.get_one(Place, place).version)
    session.flush()
    grid = stream_keys.grid(world.areas["grid"])
    assert entries(session, grid, "place")[place] == "gone" and entries(session, grid, "visit_plan")[plan.id] == "gone"
    assert plan.closed_on == TODAY and place not in {p.id for p in queries.planned_places(session, world.areas["grid"])}
    with refused("not_found"):
        planning.place_for(session, by, place)
    with refused("closed"):
        planning.plan_visits_to_place(session, by, place, visits())
    with pytest.raises(Conflict, match=r"^already_decided$"):
        planning.close_place(session, by, place, 9)


def test_a_planned_visit_is_due_on_the_phone_until_it_ends(session, acts, world) -> None:
    by, household = acts.holder("town"), world.households[2]
    plan = planning.plan_visits_to_household(session, by, household, visits())
    session.flush()
    micro = stream_keys.micro(session.get_one(Household, household).micro_grid_id)
    assert entries(session, micro, "visit_plan")[plan.id] == "put"
    row = queries.feed_rows(session, "visit_plan", [plan.id])[plan.id]
    assert (row["every_days"], row["matter_code"], row["household_id"]) == (30, "VIS-08", str(household))
    with refused("visit_planned"):
        planning.plan_visits_to_household(session, by, household, visits(due=TODAY))
    planning.end_visits(session, by, plan.id)
    assert entries(session, micro, "visit_plan")[plan.id] == "gone"
    version = plan.version
    assert planning.end_visits(session, by, plan.id).version == version
    planning.plan_visits_to_household(session, by, household, visits(every_days=None))


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"due": TODAY - timedelta(days=1)}, "day_out_of_range"),
        ({"due": TODAY + timedelta(days=2_000)}, "day_out_of_range"),
        ({"matter_code": "HAZ-01"}, "matter_wrong_duty"),
        ({"matter_code": "VIS-99"}, "matter_not_in_force"),
        ({"matter_code": "VIS-01"}, "team_needed"),
        ({"for_role": "micro_grid_leader"}, "invalid"),
    ],
)
def test_a_visit_that_nobody_could_pay_is_refused(session, acts, world, more, code) -> None:
    with refused(code):
        planning.plan_visits_to_place(session, acts.holder("town"), world.places[0], visits(**more))


def test_a_teams_plan_is_made_seen_and_ended_by_its_members_alone(session, acts, world) -> None:
    town, care = acts.holder("town"), visits(matter_code="VIS-01", team_id=world.team)
    with refused("not_found"):
        planning.plan_visits_to_household(session, town, world.households[2], care)
    with refused("not_found"):
        planning.end_visits(session, town, world.care_plan)
    grid = next(one for one in planning.grids_of(session, town) if one.id == world.areas["grid"])
    behind = planning.households_behind(session, town, grid, "横港路 1号")
    assert [(one["household"].id, one["plans"]) for one in behind] == [(world.households[0], [])]
    assert [code for code, _, _ in planning.household_plans_by_matter(session, grid.id)] == ["VIS-08"]


def test_a_member_of_the_team_plans_its_visits(app, world) -> None:
    with writing(app) as session:
        session.add(TeamMember(team_id=world.team, person_id=world.people["town"], from_day=TODAY - timedelta(days=1)))
    desk, grid = at_desk(app, "town"), str(world.areas["grid"])
    shown = desk.form("/office/visit-plans", grid_id=grid, door="横港路1号")
    assert f"/office/visit-plans/{world.care_plan}/end" in shown.text
    care = as_form(visits(matter_code="VIS-01", team_id=world.team))
    made = desk.form(f"/office/visit-plans/households/{world.households[2]}", grid_id=grid, door="x", **care)
    assert made.status_code == 303, made.text
    with writing(app) as session:
        made = session.query(VisitPlan).filter_by(household_id=world.households[2]).one()
        assert (made.team_id, made.data_class) == (world.team, "S")
        look = session.query(Look).filter_by(person_id=world.people["town"], kind="visit_plan").one()
        assert (look.object_id, look.door) == (world.care_plan, "office")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_enter_change_plan_and_close(app, world, language) -> None:
    desk, grid = at_desk(app, "village"), str(world.areas["grid"])
    desk.form("/language", language=language)
    with writing(app) as session:
        here = session.get_one(Grid, world.areas["grid"])
        name = f"{unit(session, here.village_id).name_zh} · {here.name_zh}"
    for page in ("/office/places", "/office/visit-plans"):
        assert desk.get(f"{page}?grid={grid}").text.count(name) == 2, "grids of two villages may have one name"
    assert "检查点1" in desk.get(f"/office/places?grid={grid}").text
    new = as_form(told(world))
    assert desk.form("/office/places", **new, matters="HAZ-01").status_code == 303
    assert desk.form("/office/places", **new, matters="HAZ-01").status_code == 303, "sent twice is one place"
    assert desk.get(f"/office/places?grid={grid}").text.count("东门仓库") == 1
    path = f"/office/places/{new['id']}"
    bare = desk.form(path, **{**new, "version": "2"})
    assert bare.status_code == 422 and 'role="alert"' in bare.text
    assert desk.form(path, **{**new, "version": "2", "name": "西门仓库"}, matters="HAZ-03").status_code == 303
    assert "西门仓库" in desk.get(path).text
    assert desk.form(f"{path}/plans", **as_form(visits())).status_code == 303
    assert desk.form(f"{path}/plans", **as_form(visits())).status_code == 409
    assert f"{LATER.year}" in desk.get(f"/office/places?grid={grid}").text
    with writing(app) as session:
        version = session.get_one(Place, UUID(new["id"])).version
    assert desk.form(f"{path}/close", version=str(version)).status_code == 303
    assert desk.get(path).status_code == 404


def test_a_household_is_found_by_its_door_without_a_name(app, world) -> None:
    desk, grid = at_desk(app, "village"), str(world.areas["grid"])
    shown = desk.form("/office/visit-plans", grid_id=grid, door="横港路2号").text
    assert "李户主" not in shown and "1390000000" not in shown
    assert f"/office/visit-plans/{world.plan}/end" in shown
    assert desk.form("/office/visit-plans", grid_id=grid, door="横港路99号").status_code == 422
    assert desk.form(f"/office/visit-plans/{world.plan}/end").status_code == 303
    assert (
        f"/office/visit-plans/{world.plan}/end"
        not in desk.form("/office/visit-plans", grid_id=grid, door="横港路2号").text
    )


def test_the_next_town_finds_no_grid_and_no_place(app, world) -> None:
    add_strangers(app, world)
    stranger, grid = at_desk(app, "town_b"), str(world.areas["grid"])
    for path in ("/office/places", "/office/visit-plans"):
        assert stranger.get(f"{path}?grid={grid}").status_code == 404
    assert stranger.form("/office/places", **as_form(told(world)), matters="HAZ-01").status_code == 404
    assert stranger.form("/office/visit-plans", grid_id=grid, door="横港路1号").status_code == 404
    assert at_desk(app, "county").get("/office/places").status_code == 403
